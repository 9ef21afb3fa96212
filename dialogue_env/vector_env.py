"""Dialogues in a batch as a Gymnasium ``VectorEnv``: a shell around the pure simulator."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium.error import ResetNeeded
from gymnasium.spaces import Box, Discrete
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from dialogue_env.domain import load_domain
from dialogue_env.observation import Observer
from dialogue_env.population import load_population
from dialogue_env.scoring import AnyWeights, scoring_of
from dialogue_env.simulator import Simulator
from dialogue_env.state import Mind, State, Talk
from dialogue_env.world import build_world
from rewards import TERM_NAMES, InputError, Turn, reward_vector
from rewards.errors import unknown

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

_NOBODY = np.zeros(0, np.int64)


class DialogueVectorEnv(VectorEnv[Floats, Ints, npt.NDArray[Any]]):
    """B simulated dialogues, stepped as arrays.

    Observation: ``Box(-1, 1, (D,))``, the named slices of ``observation.Layout``.
    Action: ``Discrete(A)``, the domain's acts; ``action_masks()`` says which are open, and a
    masked one is a wasted turn.
    Reward: the weighted sum of the reward terms; with ``reward_weights=None`` the vector [M], with a
    list of weights a vector of as many objectives.
    Termination: CLOSE, the person leaving, or the turn budget; nothing is ever truncated.
    Info: ``reward_terms`` [B, M] each step; where a dialogue has ended, ``final_obs`` and
    ``final_info`` with the outcome and the hidden truth, for evaluation only.
    """

    metadata = {"render_modes": [], "autoreset_mode": AutoresetMode.SAME_STEP}

    def __init__(
        self,
        num_envs: int = 1,
        *,
        domain: str | Path = "concierge",
        population: str | Path = "people",
        reward_weights: AnyWeights = "balanced",
        noise: float = 0.05,
        hide: Sequence[str] = (),
        autoreset_mode: AutoresetMode | str = AutoresetMode.SAME_STEP,
        render_mode: None = None,
    ) -> None:
        """Make ``num_envs`` dialogues; raises InputError for an unknown name or a bad value.

        ``domain`` and ``population`` are names of shipped ones or paths of TOML files;
        ``noise`` in [0, .5] is the recognition error; ``hide`` names observation slices to blank. With a
        ``WeightsRange`` as ``reward_weights`` each dialogue draws its own weights, which the policy sees.
        """
        if not isinstance(num_envs, (int, np.integer)) or num_envs < 1:
            raise InputError(f"num_envs must be at least 1, not {num_envs}")
        if not isinstance(noise, (int, float, np.number)) or not 0.0 <= noise <= 0.5:
            raise InputError(f"noise must lie in [0, 0.5], not {noise}")
        if isinstance(hide, str):
            raise InputError(f"hide must be a list of observation slices, not the text {hide!r}")
        self.num_envs = num_envs
        self.scoring = scoring_of(reward_weights)
        self.world = build_world(load_domain(domain), load_population(population), noise)
        self.simulator = Simulator(self.world)
        self.observer = Observer(self.world, tuple(hide))
        self.single_observation_space = Box(-1.0, 1.0, (self.observer.layout.size,), np.float32)
        self.acts_count = len(self.world.acts.names)
        self.single_action_space = Discrete(self.acts_count)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.reward_space = Box(*self.scoring.bounds(), dtype=np.float32)
        self.reward_dim = self.reward_space.shape[0]
        self.metadata = {**self.metadata, "autoreset_mode": _mode(autoreset_mode)}
        self.render_mode = render_mode
        self.state: State | None = None
        self._over = np.zeros(num_envs, bool)
        self._totals = np.zeros((num_envs, len(TERM_NAMES)), np.float32)
        self.weights = self.scoring.draw(np.zeros(num_envs, np.uint64))  # [B, M] of the dialogue that each row plays

    def reset(self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None) -> tuple[Floats, dict[str, Any]]:
        """Begin dialogues: all, or those of ``options["reset_mask"]``.

        Row i plays the dialogues of seed ``seed + i`` (or of its own seed in a list), one
        after the other; without a seed it goes on with its next dialogue.
        """
        mask = np.asarray((options or {}).get("reset_mask", np.ones(self.num_envs, bool)))
        if mask.shape != (self.num_envs,) or mask.dtype != bool:
            raise InputError(f"reset_mask must be {self.num_envs} truth values, not {mask.dtype} of shape {mask.shape}")
        if seed is not None and self.state is not None and not mask.all():
            raise InputError("reset_mask goes without a seed: a seed begins every dialogue anew")
        rows = np.flatnonzero(mask)
        if seed is not None or self.state is None:
            self._seed(seed)
            rows = np.arange(self.num_envs)
        self._begin(rows)
        assert self.state is not None
        self._over[rows] = False
        return self.observer.observe(self.state, self.weights), {}

    def step(self, actions: Ints) -> tuple[Floats, npt.NDArray[Any], Bools, Bools, dict[str, Any]]:
        """Play one exchange in every dialogue; see the class for what is returned."""
        mode = self.metadata["autoreset_mode"]
        before, actions = self._live(), self._checked(actions)
        fresh = np.flatnonzero(self._over) if mode == AutoresetMode.NEXT_STEP else _NOBODY
        self.state, turn = self.simulator.step(before, actions)
        terms, ended = reward_vector(turn), turn.ended
        if len(fresh):
            ended = ended & ~self._over
            terms[fresh] = 0.0
            self._begin(fresh, before)
        self._totals += terms
        info: dict[str, Any] = {"reward_terms": terms, "_reward_terms": ~self._over if len(fresh) else np.ones(self.num_envs, bool)}
        reward = self.scoring.reward(terms, self.weights)
        observation = self.observer.observe(self.state, self.weights)
        rows = np.flatnonzero(ended)
        if len(rows):
            outcome = {"dialogue": self._outcomes(turn)}
            if mode == AutoresetMode.SAME_STEP:
                info |= {"final_obs": _by_row(observation, rows), "_final_obs": ended, "final_info": outcome, "_final_info": ended}
                observation[rows] = self._begin(rows, before)
            else:
                info |= {**outcome, "_dialogue": ended}
        self._over = ended.copy()
        return observation, reward, ended, np.zeros(self.num_envs, bool), info

    def action_masks(self) -> Bools:
        """Return which acts are open now, [B, A]; at least one always is."""
        if self.state is None:
            raise ResetNeeded("call reset before action_masks")
        return self.state.open.copy()

    def _seed(self, seed: int | Sequence[int | None] | None) -> None:
        if seed is None:
            seed = int(np.random.SeedSequence().generate_state(1, np.uint32)[0])
        given = [seed + i for i in range(self.num_envs)] if isinstance(seed, (int, np.integer)) else list(seed)
        if len(given) != self.num_envs:
            raise InputError(f"seed must be a number or a list of {self.num_envs}, not {len(given)} numbers")
        fallback = np.random.SeedSequence().generate_state(self.num_envs, np.uint32)
        self._seeds = np.array([int(fallback[i]) if s is None else int(s) for i, s in enumerate(given)], np.int64)
        self._episodes = np.zeros(self.num_envs, np.int64)
        self.state = None

    def _begin(self, rows: Ints, before: State | None = None) -> Floats:
        """Start the next dialogue of each of ``rows`` and return their observations; ``before`` is the state before this step."""
        opened = self.simulator.reset(self._seeds[rows], self._episodes[rows])
        self.state = opened if self.state is None else self.state.put(rows, opened, before)
        self._episodes[rows] += 1
        self._totals[rows] = 0.0
        if self.scoring.varies:
            self.weights[rows] = self.scoring.draw(opened.key)
        return self.observer.observe(opened, self.weights[rows])

    def _live(self) -> State:
        """Return the state to step; raises ResetNeeded where none is, or a dialogue has ended that nothing resets."""
        if self.state is None:
            raise ResetNeeded("call reset before step")
        if self.metadata["autoreset_mode"] == AutoresetMode.DISABLED and self._over.any():
            raise ResetNeeded('a dialogue has ended and cannot be stepped; call reset (in a batch, with options={"reset_mask": ended})')
        return self.state

    def _checked(self, actions: Ints) -> Ints:
        actions = np.asarray(actions)
        count = self.acts_count
        if actions.shape != (self.num_envs,) or not np.issubdtype(actions.dtype, np.integer):
            raise InputError(f"actions must be {self.num_envs} whole numbers, not {actions.dtype} of shape {actions.shape}")
        if actions.min() < 0 or actions.max() >= count:
            raise InputError(f"action {int(actions.max() if actions.max() >= count else actions.min())} is out of range; valid: 0 to {count - 1}")
        return actions

    def _outcomes(self, turn: Turn) -> dict[str, Any]:
        assert self.state is not None
        mind, talk = self.state.mind, self.state.talk
        return {
            "success": turn.reached,
            "left": turn.left,
            "turns": talk[:, Talk.TURN].copy(),
            "satisfaction": mind[:, Mind.SATISFACTION].copy(),
            "progress": mind[:, Mind.PROGRESS].copy(),
            "user_type": self.state.user_type.copy(),
            "terms": self._totals.copy(),
        }


def _mode(name: AutoresetMode | str) -> AutoresetMode:
    valid = {mode.value: mode for mode in AutoresetMode}
    if not isinstance(name, AutoresetMode) and name not in valid:
        raise unknown("autoreset_mode", name, valid)
    return AutoresetMode(name)


def _by_row(values: Floats, rows: Ints) -> npt.NDArray[Any]:
    """Return an object array with each of ``rows`` of ``values`` in its place and None elsewhere, as Gymnasium does."""
    out = np.full(len(values), None, object)
    for row, value in zip(rows, values[rows], strict=True):
        out[row] = value
    return out
