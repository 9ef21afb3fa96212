"""One dialogue as a Gymnasium ``Env``: the vector environment's batch-of-one view."""

from typing import Any

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium.vector import AutoresetMode

from dialogue_env.vector_env import DialogueVectorEnv

Floats = npt.NDArray[np.float32]


class DialogueEnv(gymnasium.Env[Floats, np.int64]):
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

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Floats, dict[str, Any]]:
        """Begin the next dialogue, or the first of ``seed``."""
        super().reset(seed=seed)
        observation, _ = self.batch.reset(seed=seed)
        return observation[0], {}

    def step(self, action: np.int64 | int) -> tuple[Floats, Any, bool, bool, dict[str, Any]]:
        """Play one exchange; the reward is a float, or a vector if ``reward_weights`` is None or a list. Raises ResetNeeded after the end."""
        observation, reward, ended, _, info = self.batch.step(np.array([action]))
        own: dict[str, Any] = {"reward_terms": info["reward_terms"][0]}
        if ended[0]:
            own["dialogue"] = {key: value[0] for key, value in info["dialogue"].items()}
        scalar = reward[0] if self.batch.scoring.weights is None else float(reward[0])
        return observation[0], scalar, bool(ended[0]), False, own

    def action_masks(self) -> npt.NDArray[np.bool_]:
        """Return which acts are open now, [A]."""
        return self.batch.action_masks()[0]
