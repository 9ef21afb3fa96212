"""One dialogue as a Gymnasium ``Env``: the vector environment's batch-of-one view."""

from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode

from dialogue_env.types import F32, Bools
from dialogue_env.vector_env import DialogueVectorEnv
from rewards import InputError


class DialogueEnv(gymnasium.Env[F32, np.int64]):
    """One simulated dialogue; arguments, spaces, reward and termination are those of ``DialogueVectorEnv``.

    ``info["reward_terms"]`` holds the terms [M] of each exchange; when the dialogue has
    ended, ``info["dialogue"]`` holds its outcome.
    """

    metadata = {"render_modes": []}

    def __init__(self, render_mode: None = None, **arguments: Any) -> None:
        """Make one dialogue; raises InputError for an unknown name or a bad value."""
        self.batch = DialogueVectorEnv(1, autoreset_mode=AutoresetMode.DISABLED, **arguments)
        self.observation_space = self.batch.single_observation_space
        self.action_space = self.batch.single_action_space
        self.reward_space = self.batch.reward_space
        self.reward_dim = self.batch.reward_dim
        self.render_mode = render_mode

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[F32, dict[str, Any]]:
        """Begin the next dialogue, or the first of ``seed``."""
        super().reset(seed=seed)
        observation, _ = self.batch.reset(seed=seed)
        return observation[0], {}

    def step(self, action: np.int64 | int) -> tuple[F32, Any, bool, bool, dict[str, Any]]:
        """Play one exchange; the reward is a float, or a vector if ``reward_weights`` is None or a list. Raises ResetNeeded after the end."""
        state = self.batch.live()
        if not isinstance(action, (int, np.integer, np.ndarray)) or not 0 <= action < self.batch.acts_count:
            raise InputError(f"action must be a whole number from 0 to {self.batch.acts_count - 1}, not {action!r}")
        facts, terms, reward, observation = self.batch.exchange(state, np.array([action], np.int64))
        info: dict[str, Any] = {"reward_terms": terms[0]}
        ended = bool(facts["ended"][0])
        if ended:
            info["dialogue"] = {key: value[0] for key, value in self.batch.outcomes(facts).items()}
        return observation[0], float(reward[0]) if self.batch.scoring.scalar else reward[0], ended, False, info

    def action_masks(self) -> Bools:
        """Return which acts are open now, [A]."""
        return self.batch.action_masks()[0]
