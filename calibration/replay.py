"""Replays: the agent's side of logged dialogues against simulated people, or both sides as logged."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from calibration.coded import OVER
from dialogue_env.acts import Family
from dialogue_env.move import Move, read_move
from dialogue_env.simulator import Simulator
from dialogue_env.state import State, Talk
from dialogue_env.transition import follow_through
from dialogue_env.world import World
from rewards.errors import InputError

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

INSTEAD = {
    Family.ANSWER: Family.ACKNOWLEDGE,
    Family.CHECK: Family.ACKNOWLEDGE,
    Family.CORRECT: Family.ACKNOWLEDGE,
    Family.YIELD: Family.ACKNOWLEDGE,
    Family.CLARIFY: Family.EXPLORE,
}
"""What is played where an act is not open because the simulated person gave no occasion for it (asked nothing, say)."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One exchange of many dialogues, as a replay meets it: ``rows`` [n] are still going on."""

    exchange: int
    rows: Ints
    state: State  # before the exchange
    move: Move
    after: State


def script(world: World, family: Ints, variant: npt.NDArray[np.str_]) -> Ints:
    """Return the agent's side as acts of the world's domain, [D, L]; ``family`` and ``variant`` are as in ``Coded``, -1 after the end.

    A variant names the domain's act or the slot to ask about; a SHIFT leads to what the person seems
    to like best. Raises InputError for a family or variant that the domain lacks.
    """
    live = family != OVER
    acts = np.full(family.shape, OVER, np.int64)
    for f, v in {(int(f), str(v)) for f, v in zip(family[live], variant[live], strict=True)}:
        acts[(family == f) & (variant == v)] = _row(world, Family(f), v)
    return acts


def walk(world: World, acts: Ints, seed: int, copies: int = 1, replies: Ints | None = None) -> Iterator[Moment]:
    """Yield the exchanges of ``copies`` replays of each dialogue; the replies are drawn, or as logged in ``replies`` [D, L].

    Row r replays dialogue r // copies with person r.
    """
    simulator = Simulator(world)
    state = simulator.reset(seed, np.arange(len(acts) * copies))
    rows = np.arange(len(state))
    for exchange, column in enumerate(acts.T):
        going = column[rows // copies] != OVER
        rows, state = rows[going], state.take(going)
        if not len(rows):
            return
        action = _open(world, state, column[rows // copies])
        move = read_move(world, state, action)
        after, _ = simulator.step(state, action, None if replies is None else replies[rows // copies, exchange])
        yield Moment(exchange, rows, state, move, after)
        state = after


@dataclass(frozen=True, slots=True)
class Replays:
    """R = D * copies replayed dialogues; row r is a replay of dialogue r // copies."""

    family: Ints  # [R, L] what the agent did, -1 after the end
    reply: Ints  # [R, L] UserAct
    acts_on_it: Floats  # [R] probability that the person does in the end what the dialogue was for


def simulate(world: World, acts: Ints, seed: int, copies: int) -> Replays:
    """Return replays against simulated people; the world must be without noise, so that what is heard is what was said."""
    if world.noise:
        raise InputError(f"a replay needs a world without noise, not {world.noise:g}")
    shape = (len(acts) * copies, acts.shape[1])
    family, reply, done = np.full(shape, OVER, np.int64), np.full(shape, OVER, np.int64), np.zeros(shape[0], np.float32)
    for moment in walk(world, acts, seed, copies):
        after = moment.after
        family[moment.rows, moment.exchange] = moment.move.family
        reply[moment.rows, moment.exchange] = after.talk[:, Talk.LAST_REPLY]
        agreed, left = after.talk[:, Talk.AGREED] > 0, np.zeros(len(after), bool)
        done[moment.rows] = follow_through(world, after.traits, after.mind, agreed, left)
    return Replays(family, reply, done)


def _row(world: World, family: Family, variant: str) -> int:
    span, names = world.acts.span[family], world.acts.names
    if family == Family.SHIFT:
        return span.stop - 1
    if not variant and span.stop > span.start:
        return int(span.start)
    for name in (variant, f"clarify:{variant}"):
        if name in names[span]:
            return names.index(name)
    raise InputError(f"domain {world.domain.name}: has no act {family.name}{'.' if variant else ''}{variant}; its acts: {', '.join(names)}")


def _open(world: World, state: State, action: Ints) -> Ints:
    """Return the acts [B] with those that are not open replaced by ``INSTEAD``."""
    family = world.acts.family[action]
    instead = np.array([world.acts.span[INSTEAD.get(Family(f), Family(f))].start for f in range(len(Family))])
    return np.where(state.open[np.arange(len(state)), action], action, instead[family])
