"""The vector environment in Stable-Baselines3's own ``VecEnv`` contract."""

from typing import Any

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium.vector import AutoresetMode
from stable_baselines3.common.vec_env import VecEnv
from stable_baselines3.common.vec_env.base_vec_env import VecEnvIndices, VecEnvObs, VecEnvStepReturn

from dialogue_env import DialogueVectorEnv
from rewards import InputError

Floats = npt.NDArray[np.float32]


class DialogueSB3VecEnv(VecEnv):
    """``DialogueVectorEnv`` for SB3: renamed keys, infos only where a dialogue has ended.

    The infos of ended rows hold ``terminal_observation``, ``episode`` (return and length, as
    SB3's Monitor writes it), ``is_success`` and ``dialogue`` (the outcome by name).
    """

    def __init__(self, envs: DialogueVectorEnv) -> None:
        """Adapt ``envs``, which must reset in the same step and have a scalar reward."""
        if envs.metadata["autoreset_mode"] != AutoresetMode.SAME_STEP or not envs.scoring.scalar:
            raise InputError("the SB3 adapter needs autoreset_mode=SAME_STEP and reward weights (not None)")
        self.envs = envs
        self._actions = np.zeros(envs.num_envs, np.int64)
        self._returns = np.zeros(envs.num_envs, np.float64)
        super().__init__(envs.num_envs, envs.single_observation_space, envs.single_action_space)

    def reset(self) -> VecEnvObs:
        """Begin dialogues; the seed of ``seed()`` counts once."""
        given = [seed for seed in self._seeds if seed is not None]
        observation, _ = self.envs.reset(seed=given or None)
        self._reset_seeds()
        self._returns[:] = 0.0
        return observation

    def step_async(self, actions: npt.NDArray[Any]) -> None:
        """Take the acts of the coming step."""
        self._actions = actions

    def step_wait(self) -> VecEnvStepReturn:
        """Play the step."""
        observation, reward, ended, _, info = self.envs.step(self._actions)
        self._returns += reward
        infos: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        if "final_info" in info:
            rows = np.flatnonzero(ended)
            dialogue = info["final_info"]["dialogue"]
            for i in rows:
                outcome = {key: value[i] for key, value in dialogue.items()}
                infos[i] = {
                    "terminal_observation": info["final_obs"][i],
                    "TimeLimit.truncated": False,
                    "episode": {"r": float(self._returns[i]), "l": int(outcome["turns"]), "t": 0.0},
                    "is_success": bool(outcome["success"]),
                    "dialogue": outcome,
                }
            self._returns[rows] = 0.0
        return observation, reward, ended, infos

    def close(self) -> None:
        """Nothing is held open."""

    def env_is_wrapped(self, wrapper_class: type[gymnasium.Wrapper[Any, Any, Any, Any]], indices: VecEnvIndices = None) -> list[bool]:
        """Return that no row is wrapped."""
        return [False for _ in self._get_indices(indices)]

    def env_method(self, method_name: str, *method_args: Any, indices: VecEnvIndices = None, **method_kwargs: Any) -> Any:
        """Call a method of the vector environment once; its rows stand for the rows asked for."""
        result = getattr(self.envs, method_name)(*method_args, **method_kwargs)
        return result if indices is None else result[list(self._get_indices(indices))]

    def has_attr(self, attr_name: str) -> bool:
        """Return whether the vector environment has the attribute."""
        return hasattr(self.envs, attr_name)

    def get_attr(self, attr_name: str, indices: VecEnvIndices = None) -> list[Any]:
        """Return the attribute once per row asked for."""
        return [getattr(self.envs, attr_name) for _ in self._get_indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: VecEnvIndices = None) -> None:
        """Refuse: the rows share one world."""
        raise InputError(f"attribute {attr_name!r} cannot be set; make a new environment")
