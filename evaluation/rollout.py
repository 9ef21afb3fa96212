"""Play a policy against people, and keep what counts of every dialogue as arrays."""

from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from dialogue_env import Simulator, State, Stream, World, exchanges
from dialogue_env.acts import INITIATIVE
from dialogue_env.agent.observation import Observer
from dialogue_env.hidden import with_hidden
from dialogue_env.types import F32, I64, Bools
from policies.protocol import Planner, Policy, informed, remember
from rewards import TERM_NAMES, RewardWeights, reward_vector


@dataclass(frozen=True, slots=True)
class Dialogues:
    """n finished dialogues; row i of two policies' dialogues is the same person with the same luck."""

    number: I64  # [n] who it was
    person_type: I64  # [n]
    success: Bools  # [n] did what the dialogue was for
    left: Bools  # [n] left before its end
    agreed: Bools  # [n] had said yes, and not no since, at the end
    turns: I64  # [n] exchanges
    satisfaction: F32  # [n] final, in [0, 1]
    progress: F32  # [n] final goal progress, in [0, 1]
    initiative: F32  # [n] share of exchanges whose act is of INITIATIVE
    terms: F32  # [n, M] sums of the reward terms
    acts: npt.NDArray[np.int16]  # [n, max_turns] acts played, -1 after the end

    def returns(self, weights: RewardWeights) -> F32:
        """Return the undiscounted return [n] under ``weights``; nothing is run again."""
        return weights.score(self.terms)

    def take(self, rows: npt.NDArray[Any]) -> Self:
        """Return the dialogues at ``rows``."""
        return replace(self, **{field.name: getattr(self, field.name)[rows] for field in fields(self)})


class Chooser:
    """A policy that is asked exchange by exchange, as ``exchanges`` does: it remembers the dialogues that go on."""

    def __init__(self, world: World, policy: Policy | Planner, weights: RewardWeights) -> None:
        """Ask ``policy`` in dialogues of ``world``; the observation shows ``weights``, and the hidden person to a policy that is ``informed``."""
        self._world, self._policy, self._observer, self._shown = world, policy, Observer(world.tables), weights.as_array()
        self._memory: Any = None
        self._rows = np.zeros(0, np.int64)

    def __call__(self, number: int, rows: I64, state: State) -> I64:
        """Return the acts in exchange ``number`` of the dialogues ``rows``, which were all there before."""
        if isinstance(self._policy, Planner):
            return self._policy.plan(state)
        if len(rows) < len(self._rows):
            self._memory = remember(self._memory, np.searchsorted(self._rows, rows))
        self._rows = rows
        observation, start = self._observer.observe(state.talk, self._shown), np.full(len(rows), number == 0)
        if informed(self._policy):
            observation = with_hidden(self._world, observation, state)
        action, self._memory = self._policy.predict(observation, self._memory, start, deterministic=True, action_masks=state.talk.open)
        return np.asarray(action)


def play(world: World, policy: Policy | Planner, numbers: I64, seed: int, weights: RewardWeights, stream: Stream = Stream.EVALUATION) -> Dialogues:
    """Play ``policy`` with the people ``numbers`` [n] of ``seed`` to the end of every dialogue.

    ``weights`` are what the observation shows; the terms are kept whatever they are.
    """
    simulator, count = Simulator(world), len(numbers)
    begun = simulator.reset(stream, seed, numbers)
    terms = np.zeros((count, len(TERM_NAMES)), np.float32)
    acts = np.full((count, world.domain.max_turns), -1, np.int16)
    success, left, people = np.zeros(count, bool), np.zeros(count, bool), begun.person.now.copy()
    for exchange in exchanges(simulator, begun, Chooser(world, policy, weights)):
        acts[exchange.rows, exchange.number] = exchange.after.talk.now["last_act"]
        terms[exchange.rows] += reward_vector(exchange.facts)
        over = exchange.facts["ended"]
        ended = exchange.rows[over]
        success[ended], left[ended], people[ended] = exchange.facts["success"][over], exchange.facts["left"][over], exchange.after.person.now[over]
    played = acts >= 0
    turns, leads = played.sum(axis=1), np.isin(world.acts.family, INITIATIVE)
    return Dialogues(
        number=numbers,
        person_type=people["type"].astype(np.int64),
        success=success,
        left=left,
        agreed=people["agreed"].copy(),
        turns=turns,
        satisfaction=people["satisfaction"].astype(np.float32),
        progress=people["progress"].astype(np.float32),
        initiative=((leads[acts] & played).sum(axis=1) / turns).astype(np.float32),
        terms=terms,
        acts=acts,
    )
