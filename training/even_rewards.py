"""The same scale of returns under all reward weights, so that every part of their range is learned at the same pace.

PPO divides advantages by their spread in the batch. Under mixed weights the loud ones (a goal that is
reached or not) would set that spread, and the quiet ones (a little more or less satisfaction) would hardly be
heard beside the entropy bonus. Dividing all rewards of a dialogue by a positive number changes no best policy.
"""

import numpy as np
import numpy.typing as npt
from stable_baselines3.common.vec_env import VecEnvWrapper
from stable_baselines3.common.vec_env.base_vec_env import VecEnvObs, VecEnvStepReturn

from policies.sb3_vec_env import DialogueSB3VecEnv
from rewards import TERM_NAMES

Floats = npt.NDArray[np.float64]

MEMORY = 5_000
"""Dialogues over which the spread of returns is estimated: the older, the less they count."""
SMALLEST = 1e-2


class EvenRewards(VecEnvWrapper):
    """Divides the rewards of a dialogue by the standard deviation that returns have under its weights.

    With sums of the terms of covariance C, the return under weights w has the variance w'Cw. C is estimated
    from the dialogues that have ended. The returns that are reported stay as they are.
    """

    def __init__(self, venv: DialogueSB3VecEnv) -> None:
        """Scale the rewards of ``venv``, whose dialogues draw their weights."""
        super().__init__(venv)
        self.envs = venv.envs
        self._count, self._mean, self._square = 0.0, np.zeros(len(TERM_NAMES)), np.zeros((len(TERM_NAMES),) * 2)

    def reset(self) -> VecEnvObs:
        """Begin dialogues."""
        return self.venv.reset()

    def step_wait(self) -> VecEnvStepReturn:
        """Play the step; the weights are those of the dialogues that were played, not of those that follow."""
        weights = self.envs.weights.astype(np.float64)
        observation, reward, ended, infos = self.venv.step_wait()
        scaled = reward / self.scale(weights)
        if ended.any():
            self._learn(np.array([infos[i]["dialogue"]["terms"] for i in np.flatnonzero(ended)], np.float64))
        return observation, scaled.astype(np.float32), ended, infos

    def scale(self, weights: Floats) -> Floats:
        """Return the standard deviation [B] of returns under weights [B, M]; 1 as long as no dialogue has ended."""
        if not self._count:
            return np.ones(len(weights))
        covariance = self._square - np.outer(self._mean, self._mean)
        return np.sqrt(np.maximum(np.einsum("bm,mk,bk->b", weights, covariance, weights), SMALLEST**2))

    def _learn(self, terms: Floats) -> None:
        """Take the term sums [n, M] of dialogues that have ended into the estimate."""
        self._count = min(self._count, MEMORY) + len(terms)
        share = len(terms) / self._count
        self._mean += share * (terms.mean(axis=0) - self._mean)
        self._square += share * (terms.T @ terms / len(terms) - self._square)
