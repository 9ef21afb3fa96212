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

from dialogue_env.agent.observation import Observer
from dialogue_env.domain.domain import load_domain
from dialogue_env.draws import Stream, dialogue_keys
from dialogue_env.person.population import load_population
from dialogue_env.scoring import AnyWeights, scoring_of
from dialogue_env.simulator import Simulator
from dialogue_env.state import State, blank
from dialogue_env.types import F32, I64, Bools
from dialogue_env.world import build_world
from rewards import FACTS, TERM_NAMES, Facts, InputError
from rewards.errors import unknown

_NOBODY = np.zeros(0, np.int64)


class DialogueVectorEnv(VectorEnv[F32, I64, npt.NDArray[Any]]):
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
        population: str | Path = "mixed",
        reward_weights: AnyWeights = "balanced",
        noise: float = 0.05,
        hide: Sequence[str] = (),
        autoreset_mode: AutoresetMode | str = AutoresetMode.SAME_STEP,
        render_mode: None = None,
    ) -> None:
        """Make ``num_envs`` dialogues; raises InputError for an unknown name or a bad value.

        ``domain`` and ``population`` are names of shipped ones or paths of TOML files;
        ``noise`` in [0, .5] is the recognition error; ``hide`` names observation slices or features to blank. With a
        ``WeightsRange`` as ``reward_weights`` each dialogue draws its own weights, which the policy sees.
        """
        if not isinstance(num_envs, (int, np.integer)) or num_envs < 1:
            raise InputError(f"num_envs must be at least 1, not {num_envs}")
        if isinstance(hide, str):
            raise InputError(f"hide must be a list of observation slices or features, not the text {hide!r}")
        self.num_envs = num_envs
        self.scoring = scoring_of(reward_weights)
        self.world = build_world(load_domain(domain), load_population(population), noise)
        self.simulator = Simulator(self.world)
        self.observer = Observer(self.world.tables, tuple(hide))
        self.single_observation_space = Box(-1.0, 1.0, (self.observer.layout.size,), np.float32)
        self.acts_count = len(self.world.acts.names)
        self.single_action_space = Discrete(self.acts_count)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.reward_space = Box(*self.scoring.bounds(), dtype=np.float32)
        self.reward_dim = self.reward_space.shape[0]
        self.metadata = {**self.metadata, "autoreset_mode": _mode(autoreset_mode)}
        self._stays = self.metadata["autoreset_mode"] == AutoresetMode.DISABLED
        self.render_mode = render_mode
        self.state: State | None = None
        self._over, self._every = np.zeros(num_envs, bool), np.ones(num_envs, bool)
        self._seeds, self._episodes = np.zeros(num_envs, np.uint64), np.zeros(num_envs, np.int64)
        self._facts = np.empty(num_envs, FACTS)
        self._totals = np.zeros((num_envs, len(TERM_NAMES)), np.float32)
        self.weights = self.scoring.draw(np.zeros(num_envs, np.uint64))  # [B, M] of the dialogue that each row plays

    def reset(self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None) -> tuple[F32, dict[str, Any]]:
        """Begin dialogues: all, or those of ``options["reset_mask"]``.

        Row i plays the dialogues of seed ``seed + i`` (or of its own seed in a list), one
        after the other; without a seed it goes on with its next dialogue.
        """
        mask = self._every if not options else np.asarray(options.get("reset_mask", self._every))
        if mask.shape != (self.num_envs,) or mask.dtype != bool:
            raise InputError(f"reset_mask must be {self.num_envs} truth values, not {mask.dtype} of shape {mask.shape}")
        if seed is not None and self.state is not None and not mask.all():
            raise InputError("reset_mask goes without a seed: a seed begins every dialogue anew")
        rows = np.flatnonzero(mask)
        if seed is not None or self.state is None:
            self._seed(seed)
            rows = np.arange(self.num_envs)
        self._begin(rows)
        self._over[rows] = False
        return self._observed(), {}

    def step(self, actions: I64) -> tuple[F32, npt.NDArray[Any], Bools, Bools, dict[str, Any]]:
        """Play one exchange in every dialogue; see the class for what is returned."""
        state, actions, mode = self.live(), self._checked(actions), self.metadata["autoreset_mode"]
        fresh = np.flatnonzero(self._over) if mode == AutoresetMode.NEXT_STEP else _NOBODY
        facts, terms, reward, observation = self.exchange(state, actions)
        ended = self._over.copy()
        info: dict[str, Any] = {"reward_terms": terms, "_reward_terms": self._every.copy()}
        if len(fresh):
            self._begin(fresh)
            ended[fresh] = self._over[fresh] = False
            terms[fresh], reward[fresh] = 0.0, 0.0
            observation[fresh] = self._observed(fresh)
            info["_reward_terms"] = np.isin(np.arange(self.num_envs), fresh, invert=True)
        rows = np.flatnonzero(ended)
        if len(rows):
            outcome = {"dialogue": self.outcomes(facts)}
            if mode == AutoresetMode.SAME_STEP:
                info |= {"final_obs": _by_row(observation, rows), "_final_obs": ended, "final_info": outcome, "_final_info": ended}
                self._begin(rows)
                observation[rows] = self._observed(rows)
            else:
                info |= {**outcome, "_dialogue": ended}
        return observation, reward, ended, np.zeros(self.num_envs, bool), info

    def exchange(self, state: State, actions: I64) -> tuple[Facts, F32, npt.NDArray[Any], F32]:
        """Play one exchange and return facts, which hold until the next, reward terms, reward and observations.

        Nothing is checked, nothing begins anew.
        """
        facts = self._facts
        terms, observation = self.simulator.play(state, actions, self.observer, self.weights, facts)
        self._totals += terms
        self._over = facts["ended"].copy()
        return facts, terms, self.scoring.reward(terms, self.weights), observation

    def outcomes(self, facts: Facts) -> dict[str, Any]:
        """Return how the dialogues went, by name, [B] each, and the sums of their terms [B, M]; of those that have ended it is the outcome."""
        state = self.live(ended=True)
        person = state.person.now
        return {
            "success": facts["success"].copy(),
            "left": facts["left"].copy(),
            "turns": state.talk.now["exchanges"].copy(),
            "satisfaction": person["satisfaction"].copy(),
            "progress": person["progress"].copy(),
            "person_type": person["type"].copy(),
            "terms": self._totals.copy(),
        }

    def live(self, ended: bool = False) -> State:
        """Return the state; raises ResetNeeded where there is none, or unless ``ended`` is allowed, a dialogue is over that nothing resets."""
        if self.state is None:
            raise ResetNeeded("call reset first")
        if not ended and self._stays and np.count_nonzero(self._over):
            raise ResetNeeded('a dialogue has ended and cannot be stepped; call reset (in a batch, with options={"reset_mask": ended})')
        return self.state

    def _observed(self, rows: I64 | None = None) -> F32:
        return self.observer.observe(self.live(ended=True).talk, self.weights, rows)

    def action_masks(self) -> Bools:
        """Return which acts are open now, [B, A]; at least one always is."""
        return self.live(ended=True).talk.open.copy()

    def _seed(self, seed: int | Sequence[int | None] | None) -> None:
        if seed is None:
            seed = int(np.random.SeedSequence().generate_state(1, np.uint32)[0])
        if isinstance(seed, bool) or not isinstance(seed, (int, np.integer, list, tuple, np.ndarray)):
            raise InputError(f"seed must be a whole number or a list of {self.num_envs} of them, not {seed!r}")
        given = [int(seed) + i for i in range(self.num_envs)] if isinstance(seed, (int, np.integer)) else list(seed)
        if len(given) != self.num_envs:
            raise InputError(f"seed must be a number or a list of {self.num_envs}, not {len(given)} numbers")
        fallback = np.random.SeedSequence().generate_state(self.num_envs, np.uint32)
        seeds = [int(fallback[i]) if s is None else s for i, s in enumerate(given)]
        dialogue_keys(Stream.TRAINING, seeds, self._episodes)  # raises InputError for a seed that is none
        self._seeds, self._episodes, self.state = np.array(seeds, np.uint64), np.zeros(self.num_envs, np.int64), None

    def _begin(self, rows: I64) -> None:
        """Start the next dialogue of each of ``rows``."""
        if self.state is None:
            self.state = blank(self.world.tables, self.num_envs)
        keys = dialogue_keys(Stream.TRAINING, self._seeds[rows], self._episodes[rows])
        self.simulator.open(self.state, rows, keys)
        self._episodes[rows] += 1
        self._totals[rows] = 0.0
        if self.scoring.varies:
            self.weights[rows] = self.scoring.draw(keys)

    def _checked(self, actions: I64) -> I64:
        actions = np.asarray(actions)
        count = self.acts_count
        if actions.shape != (self.num_envs,) or actions.dtype.kind not in "iu":
            raise InputError(f"actions must be {self.num_envs} whole numbers, not {actions.dtype} of shape {actions.shape}")
        if actions.min() < 0 or actions.max() >= count:
            raise InputError(f"action {int(actions.max() if actions.max() >= count else actions.min())} is out of range; valid: 0 to {count - 1}")
        return actions.astype(np.int64, copy=False)


def _mode(name: AutoresetMode | str) -> AutoresetMode:
    valid = {mode.value: mode for mode in AutoresetMode}
    if not isinstance(name, AutoresetMode) and name not in valid:
        raise unknown("autoreset_mode", name, valid)
    return AutoresetMode(name)


def _by_row(values: F32, rows: I64) -> npt.NDArray[Any]:
    """Return an object array with each of ``rows`` of ``values`` in its place and None elsewhere, as Gymnasium does."""
    out = np.full(len(values), None, object)
    for row, value in zip(rows.tolist(), values[rows], strict=True):
        out[row] = value
    return out
