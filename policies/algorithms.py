"""The learning algorithms on offer: which SB3 class, which policy class, which defaults."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from gymnasium.spaces import Box, Discrete
from sb3_contrib import MaskablePPO, RecurrentPPO
from sb3_contrib.common.maskable.policies import MaskableActorCriticPolicy
from sb3_contrib.common.recurrent.policies import RecurrentActorCriticPolicy
from stable_baselines3 import DQN, PPO
from stable_baselines3.common.policies import ActorCriticPolicy, BasePolicy
from stable_baselines3.dqn.policies import DQNPolicy

from dialogue_env.hidden import layout_for
from dialogue_env.world import World
from policies.scorer import ActMap, act_map
from policies.scorer_policies import MaskableScorerPolicy, RecurrentScorerPolicy, ScorerDQNPolicy, ScorerPolicy

PPO_DEFAULTS = {
    "learning_rate": 3e-3,
    "n_steps": 16,
    "batch_size": 2048,
    "n_epochs": 2,
    "gamma": 0.99,
    "gae_lambda": 0.95,
    "ent_coef": 0.2,
    "vf_coef": 0.5,
    "max_grad_norm": 0.5,
}


@dataclass(frozen=True, slots=True)
class Algorithm:
    """An SB3 algorithm with its two policies and the defaults tuned for a 2-core CPU."""

    model: Any
    scorer: type[BasePolicy]
    mlp: type[BasePolicy]
    envs: int
    masks: bool
    defaults: dict[str, Any]


ALGORITHMS: dict[str, Algorithm] = {
    "ppo": Algorithm(PPO, ScorerPolicy, ActorCriticPolicy, 1024, False, PPO_DEFAULTS),
    "maskable_ppo": Algorithm(MaskablePPO, MaskableScorerPolicy, MaskableActorCriticPolicy, 1024, True, PPO_DEFAULTS),
    "recurrent_ppo": Algorithm(
        RecurrentPPO, RecurrentScorerPolicy, RecurrentActorCriticPolicy, 256, False, {**PPO_DEFAULTS, "learning_rate": 1e-3, "n_steps": 32}
    ),
    "dqn": Algorithm(
        DQN,
        ScorerDQNPolicy,
        DQNPolicy,
        128,
        False,
        {
            "learning_rate": 5e-4,
            "buffer_size": 200_000,
            "learning_starts": 10_000,
            "batch_size": 512,
            "train_freq": 4,
            "gradient_steps": 4,
            "target_update_interval": 2_000,
            "exploration_fraction": 0.3,
            "exploration_final_eps": 0.05,
            "gamma": 0.99,
        },
    ),
}


@dataclass(frozen=True, slots=True)
class Spaces:
    """What a model must know of a world."""

    observation: Box
    action: Discrete
    act_map: ActMap

    def custom_objects(self, policy_kwargs: dict[str, Any]) -> dict[str, Any]:
        """Return what to replace in a saved scorer model, so that it plays this world."""
        return {"observation_space": self.observation, "action_space": self.action, "policy_kwargs": {**policy_kwargs, "act_map": self.act_map}}


def spaces_of(world: World, informed: bool = False) -> Spaces:
    """Return the spaces and the scorer's map of a world, for a policy that sees the hidden person if it is ``informed``."""
    layout = layout_for(world.tables, informed)
    return Spaces(Box(-1.0, 1.0, (layout.size,), np.float32), Discrete(len(world.acts.names)), act_map(layout, world.acts))
