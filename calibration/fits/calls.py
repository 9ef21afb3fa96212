"""The calls of BETOLD as the simulator plays them, and who would leave them where.

A prompt is an INFORM of its own that neither presses nor wins anybody over, so that it repeats when the prompt
does. Where the assistant fails it is silent (HOLD), the simulator's own kind of failure. Negating is RESIST, all
else ANSWER. Without noise nobody is misheard in a replay, so the turns that the log calls unrecognised are laid
on the state.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from calibration.corpora.coded import OVER
from calibration.corpora.dialogues import Exchange, Log
from calibration.fits.estimates import Estimate
from calibration.fits.worlds import DOMAIN, replay_world
from calibration.replay import script, walk
from dialogue_env import load_domain
from dialogue_env.acts import Family, Reply
from dialogue_env.domain.domain import ActSpec
from dialogue_env.likelihood import leave_probability
from dialogue_env.simulator import Simulator
from dialogue_env.state import State
from dialogue_env.types import F64, I64, Bools
from dialogue_env.world import World

SEED = 5
CALLERS = 5
"""Simulated callers of each call that a condition is averaged over."""
LONGER = 15
"""Exchanges that a call can go on beyond the one at which it was left."""


@dataclass(frozen=True, slots=True)
class Calls:
    """C calls of at most L exchanges; after the end of a call acts are -1."""

    family: I64  # [C, L] HOLD where the assistant fails, else INFORM
    prompt: npt.NDArray[np.str_]  # [C, L] label of the prompt, "" where the assistant fails
    reply: I64  # [C, L] RESIST where the caller negates, else ANSWER
    failures: I64  # [C, L] of the assistant so far, this exchange included
    unrecognised: I64  # [C, L] turns of the caller before this exchange that were not recognised
    left: Bools  # [C] whether the caller left, at the last exchange

    def __len__(self) -> int:
        return len(self.left)

    @property
    def length(self) -> I64:
        """Return how many exchanges each call has, [C]."""
        return np.asarray((self.family != OVER).sum(axis=1))

    def take(self, rows: npt.NDArray[Any]) -> Self:
        """Return the calls at ``rows`` (indices or a mask)."""
        return replace(self, **{field.name: getattr(self, field.name)[rows] for field in fields(self)})


def calls_of(log: Log, signs: Mapping[str, Iterable[str]]) -> Calls:
    """Return the calls of ``log``; ``signs`` lists the labels of failures, unrecognised turns and negations, as for ``leaving.periods``."""
    shape = (len(log.dialogues), max(len(dialogue.exchanges) for dialogue in log.dialogues))
    family, reply = (np.full(shape, OVER, np.int64) for _ in range(2))
    failures, unrecognised, prompt = np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.full(shape, "", "U60")
    kinds = {name: frozenset(labels) for name, labels in signs.items()}
    for c, dialogue in enumerate(log.dialogues):
        for k, (exchange, label) in enumerate(_prompts(dialogue.exchanges)):
            failed = not kinds["failures"].isdisjoint(exchange.agent)
            family[c, k], prompt[c, k] = (Family.HOLD, "") if failed else (Family.INFORM, label)
            reply[c, k] = Reply.ANSWER if kinds["negations"].isdisjoint(exchange.person) else Reply.RESIST
            failures[c, k:] += failed
            unrecognised[c, k + 1 :] += not kinds["unrecognised"].isdisjoint(exchange.person)
    return Calls(family, prompt, reply, failures, unrecognised, np.array([dialogue.facts["left"] == 1 for dialogue in log.dialogues]))


def callers(estimates: tuple[Estimate, ...], base: float, calls: Calls) -> World:
    """Return the world of people who leave by the ``estimates`` and a ``base``, and of an agent with the prompts of ``calls``."""
    domain = load_domain(DOMAIN)
    others = [act for act in domain.acts if act.family != Family.INFORM]
    prompts = [ActSpec(Family.INFORM, name, (), 0.0, 0.0, 0.0, 0.0, {}, {}) for name in np.unique(calls.prompt) if name]
    return replay_world(estimates, base, replace(domain, acts=(*others, *prompts)))


def chances(world: World, calls: Calls, copies: int) -> F64:
    """Return the chance that simulated callers leave at each exchange, [C * copies, L + LONGER], 0 where there is none.

    The calls are replayed with both sides as logged; row r is of call r // copies. Where a call was left it goes
    on, in the same situation, for ``LONGER`` exchanges.
    """
    found = np.zeros((len(calls) * copies, calls.family.shape[1] + LONGER))
    for rows, number, state, action in _situations(world, calls, copies):
        found[rows, number] = leave_probability(world, state, action)
    return found


def condition(calls: Calls) -> F64:
    """Return what annoyance and satisfaction add to the logit of leaving at each exchange, [C, L], on average over simulated callers.

    It is set by hand, so that to a fit of the rest it is known beforehand.
    """
    copies, world = CALLERS, callers((), 0.0, calls)
    c, found = world.person.constants["leaving"], np.zeros((len(calls) * copies, calls.family.shape[1]))
    for played in walk(world, script(world, calls.family, calls.prompt), SEED, copies, calls.reply):
        person = played.before.person.now
        found[played.rows, played.number] = c["annoyance"] * person["annoyance"] + c["satisfaction"] * (person["satisfaction"] - 0.5)
    return np.asarray(found.reshape(len(calls), copies, -1).mean(axis=1))


def leavings(world: World, calls: Calls, copies: int) -> Bools:
    """Return whether simulated callers leave at each exchange, were they still there: drawn in the simulator; as ``chances``."""
    simulator, found = Simulator(world), np.zeros((len(calls) * copies, calls.family.shape[1] + LONGER), bool)
    for rows, number, state, action in _situations(world, calls, copies):
        found[rows, number] = simulator.step(state, action)[1]["left"]
    return found


def _situations(world: World, calls: Calls, copies: int) -> Iterator[tuple[I64, int, State, I64]]:
    """Yield the rows of callers, the exchange, the state before it and the acts of the agent."""
    last = np.where(calls.left, calls.length - 1, OVER)
    for played in walk(world, script(world, calls.family, calls.prompt), SEED, copies, calls.reply):
        call, state = played.rows // copies, played.before.copy()
        state.person.now["unrecognised"] = calls.unrecognised[call, played.number]
        yield played.rows, played.number, state, played.action
        at = np.flatnonzero(last[call] == played.number)
        state = state.take(at)
        for longer in range(1, LONGER + 1 if len(at) else 1):
            state.talk.now["exchanges"] += 1
            yield played.rows[at], played.number + longer, state, played.action[at]


def _prompts(exchanges: tuple[Exchange, ...]) -> Iterator[tuple[Exchange, str]]:
    """Yield each exchange with the label that it is known by: of its labels the one most often used so."""
    used: Counter[str] = Counter()
    for exchange in exchanges:
        label = max(exchange.agent, key=lambda name: used[name], default="")
        used[label] += 1
        yield exchange, label
