"""Frame rates of training: against a do-nothing environment, and against SB3's own defaults."""

import time
from typing import Any

import numpy as np
import torch as th
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import DummyVecEnv, VecEnv

from dialogue_env import DialogueEnv, DialogueVectorEnv
from policies.algorithms import ALGORITHMS, spaces_of
from policies.sb3_vec_env import DialogueSB3VecEnv

ROUNDS = 3


class IdleVecEnv(DialogueSB3VecEnv):
    """The same spaces and no dialogue: what SB3 alone costs."""

    def __init__(self, envs: DialogueVectorEnv) -> None:
        super().__init__(envs)
        self._observation = np.zeros((envs.num_envs, *self.observation_space.shape), np.float32)
        envs.reset(seed=0)

    def reset(self) -> Any:
        """Return zeros."""
        return self._observation.copy()

    def step_wait(self) -> Any:
        """Return zeros; every tenth row ends, as in dialogues of ten turns."""
        ended = np.random.default_rng(0).random(self.num_envs) < 0.1
        infos = [{"terminal_observation": self._observation[0], "TimeLimit.truncated": False} if over else {} for over in ended]
        return self._observation.copy(), np.zeros(self.num_envs, np.float32), ended, infos


def frame_rate(algo: str, venv: VecEnv, envs: DialogueVectorEnv, turns: int = 98_304) -> float:
    """Return turns per second of training ``algo`` with the defaults of train.py."""
    algorithm = ALGORITHMS[algo]
    model = algorithm.model(algorithm.scorer, venv, policy_kwargs={"act_map": spaces_of(envs.world).act_map}, seed=0, device="cpu", **algorithm.defaults)
    model.learn(16_384)
    began, before = time.perf_counter(), model.num_timesteps
    model.learn(turns, reset_num_timesteps=False)
    return float((model.num_timesteps - before) / (time.perf_counter() - began))


def share_of_idle(algo: str, domain: str = "concierge") -> tuple[float, float, float]:
    """Return frame rates on the domain and on the do-nothing environment, and the median of their ratio."""
    th.set_num_threads(1)
    envs = DialogueVectorEnv(ALGORITHMS[algo].envs, domain=domain)
    pairs = [(frame_rate(algo, DialogueSB3VecEnv(envs), envs), frame_rate(algo, IdleVecEnv(envs), envs)) for _ in range(ROUNDS)]
    ours, idle = np.array(pairs).T
    return float(np.median(ours)), float(np.median(idle)), float(np.median(ours / idle))


def against_defaults(domain: str = "concierge") -> tuple[float, float]:
    """Return turns per second of train.py's defaults, and of SB3's PPO with its own defaults and 16 single environments."""
    th.set_num_threads(1)
    envs = DialogueVectorEnv(ALGORITHMS["maskable_ppo"].envs, domain=domain)
    ours = frame_rate("maskable_ppo", DialogueSB3VecEnv(envs), envs)
    plain = PPO("MlpPolicy", DummyVecEnv([lambda: DialogueEnv(domain=domain)] * 16), device="cpu")
    began = time.perf_counter()
    plain.learn(32_768)
    return ours, 32_768 / (time.perf_counter() - began)
