"""Play a policy against people, and keep what counts of every dialogue as arrays."""

from dataclasses import dataclass, fields, replace
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np
import numpy.typing as npt

from dialogue_env.acts import QUESTIONS, Family
from dialogue_env.observation import Observer
from dialogue_env.simulator import Simulator
from dialogue_env.state import Mind, State, Talk
from dialogue_env.world import World
from rewards import TERM_NAMES, RewardWeights, reward_vector

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


class Policy(Protocol):
    """What evaluation needs of a policy: SB3's ``predict``, with masks."""

    def predict(self, observation: Any, state: Any = None, episode_start: Any = None, deterministic: bool = False, action_masks: Any = None) -> tuple[Any, Any]:
        """Return acts [B] and the recurrent state."""


@runtime_checkable
class Planner(Protocol):
    """A policy that sees the true state, hidden columns and all: a ceiling, never a contender."""

    def plan(self, state: State) -> Ints:
        """Return acts [B]."""


@dataclass(frozen=True, slots=True)
class Dialogues:
    """n finished dialogues; row i of two policies' dialogues is the same person with the same luck."""

    number: Ints  # [n] who it was
    user_type: Ints  # [n]
    success: npt.NDArray[np.bool_]  # [n] did what the dialogue was for
    left: npt.NDArray[np.bool_]  # [n] walked out
    agreed: npt.NDArray[np.bool_]  # [n] had said yes at the end
    turns: Ints  # [n]
    satisfaction: Floats  # [n] final, in [0, 1]
    progress: Floats  # [n] final goal progress, in [0, 1]
    initiative: Floats  # [n] share of turns that lead the topic or ask what nobody asked for
    terms: Floats  # [n, M] sums of the reward terms
    acts: npt.NDArray[np.int16]  # [n, max_turns] acts played, -1 after the end

    def returns(self, weights: RewardWeights) -> Floats:
        """Return the undiscounted return [n] under ``weights``; nothing is run again."""
        return weights.score(self.terms)

    def take(self, rows: npt.NDArray[Any]) -> Self:
        """Return the dialogues at ``rows``."""
        return replace(self, **{field.name: getattr(self, field.name)[rows] for field in fields(self)})


def play(world: World, policy: Policy | Planner, numbers: Ints, seed: int, weights: RewardWeights) -> Dialogues:
    """Play ``policy`` with the people ``numbers`` [n] of ``seed`` to the end of every dialogue.

    ``weights`` are what the observation shows; the terms are kept whatever they are.
    """
    simulator, observer, shown = Simulator(world), Observer(world), weights.as_array()
    state = simulator.reset(seed, numbers)
    rows = np.arange(len(numbers))
    terms = np.zeros((len(numbers), len(TERM_NAMES)), np.float32)
    acts = np.full((len(numbers), world.domain.max_turns), -1, np.int16)
    success, left = np.zeros(len(numbers), bool), np.zeros(len(numbers), bool)
    talk, mind, user_type, memory = state.talk.copy(), state.mind.copy(), state.user_type, None
    start = np.ones(len(numbers), bool)
    while len(rows):
        if isinstance(policy, Planner):
            action = policy.plan(state)
        else:
            action, memory = policy.predict(observer.observe(state, shown), memory, start, deterministic=True, action_masks=state.open)
        state, turn = simulator.step(state, np.asarray(action))
        acts[rows, state.talk[:, Talk.TURN] - 1] = state.talk[:, Talk.LAST_ACT]
        terms[rows] += reward_vector(turn)
        over = np.flatnonzero(turn.ended)
        success[rows[over]], left[rows[over]] = turn.reached[over], turn.left[over]
        talk[rows[over]], mind[rows[over]] = state.talk[over], state.mind[over]
        going = np.flatnonzero(~turn.ended)
        rows, state, memory, start = rows[going], state.take(going), remember(memory, going), np.zeros(len(going), bool)
    leads = np.isin(world.acts.family, (Family.SHIFT, *QUESTIONS))
    turns = talk[:, Talk.TURN]
    return Dialogues(
        number=numbers,
        user_type=user_type,
        success=success,
        left=left,
        agreed=talk[:, Talk.AGREED] > 0,
        turns=turns,
        satisfaction=mind[:, Mind.SATISFACTION],
        progress=mind[:, Mind.PROGRESS],
        initiative=((leads[acts] & (acts >= 0)).sum(axis=1) / turns).astype(np.float32),
        terms=terms,
        acts=acts,
    )


def remember(memory: Any, rows: Ints) -> Any:
    """Return the recurrent state (arrays [layers, B, H] in a tuple) of the dialogues that go on."""
    return None if memory is None else tuple(part[:, rows] for part in memory)
