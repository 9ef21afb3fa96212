"""Replays: the agent's side of logged dialogues against simulated people, or both sides as logged."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from calibration.corpora.coded import OVER
from dialogue_env.acts import Family
from dialogue_env.draws import Stream
from dialogue_env.likelihood import follow_through
from dialogue_env.simulator import Exchange, Simulator, exchanges
from dialogue_env.state import State
from dialogue_env.types import F64, I64, Bools
from dialogue_env.world import World
from rewards.errors import InputError

INSTEAD = {
    Family.ANSWER: Family.ACKNOWLEDGE,
    Family.CHECK: Family.ACKNOWLEDGE,
    Family.CORRECT: Family.ACKNOWLEDGE,
    Family.YIELD: Family.ACKNOWLEDGE,
    Family.CLARIFY: Family.EXPLORE,
}
"""What is played where an act is not open because the simulated person gave no occasion for it (asked nothing, say)."""


def script(world: World, family: I64, variant: npt.NDArray[np.str_]) -> I64:
    """Return the agent's side as acts of the world's domain, [D, L]; ``family`` and ``variant`` are as in ``Coded``, -1 after the end.

    A variant names the domain's act or the slot to ask about; a SHIFT leads to what the person seems
    to like best. Raises InputError for a family or variant that the domain lacks.
    """
    live = family != OVER
    acts = np.full(family.shape, OVER, np.int64)
    for f, v in {(int(f), str(v)) for f, v in zip(family[live], variant[live], strict=True)}:
        acts[(family == f) & (variant == v)] = _row(world, Family(f), v)
    return acts


def walk(world: World, acts: I64, seed: int, copies: int = 1, replies: I64 | None = None) -> Iterator[Exchange]:
    """Yield the exchanges of ``copies`` replays of each dialogue; the replies are drawn, or as logged in ``replies`` [D, L].

    Row r replays dialogue r // copies with person r. A replay goes on while its script does, past the domain's
    longest dialogue and past CLOSE; where replies are drawn, it ends with a person who leaves.
    """
    live = np.pad(np.repeat(acts, copies, axis=0) != OVER, ((0, 0), (0, 1)))
    begun = np.flatnonzero(live[:, 0])
    simulator = Simulator(world)

    def choose(number: int, rows: I64, state: State) -> I64:
        return _open(world, state, acts[begun[rows] // copies, number])

    def logged(number: int, rows: I64) -> I64:
        return np.asarray(replies)[begun[rows] // copies, number]

    def going(played: Exchange) -> Bools:
        stays = replies is not None or ~played.facts["left"]
        return live[begun[played.rows], played.number + 1] & stays

    state = simulator.reset(Stream.TRAINING, seed, begun)
    for played in exchanges(simulator, state, choose, None if replies is None else logged, going):
        yield replace(played, rows=begun[played.rows])


@dataclass(frozen=True, slots=True)
class Replays:
    """R = D * copies replayed dialogues; row r is a replay of dialogue r // copies."""

    family: I64  # [R, L] what the agent did, -1 after the end
    reply: I64  # [R, L] Reply
    acts_on_it: F64  # [R] probability that the person does in the end what the dialogue was for


def simulate(world: World, acts: I64, seed: int, copies: int) -> Replays:
    """Return replays against simulated people; the world must be without noise, so that what is heard is what was said."""
    if world.noise:
        raise InputError(f"a replay needs a world without noise, not {world.noise:g}")
    shape = (len(acts) * copies, acts.shape[1])
    family, reply, done = np.full(shape, OVER, np.int64), np.full(shape, OVER, np.int64), np.zeros(shape[0])
    for played in walk(world, acts, seed, copies):
        heard = played.after.talk.now
        family[played.rows, played.number] = world.acts.family[heard["last_act"]]
        reply[played.rows, played.number] = heard["last_reply"]
        done[played.rows] = follow_through(world, played.after.person, played.facts["left"])
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


def _open(world: World, state: State, action: I64) -> I64:
    """Return the acts [B] with those that are not open replaced by ``INSTEAD``."""
    instead = np.array([world.acts.span[INSTEAD.get(family, family)].start for family in Family])
    return np.where(state.talk.open[np.arange(state.size), action], action, instead[world.acts.family[action]])
