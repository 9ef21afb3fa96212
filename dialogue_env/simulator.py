"""One whole exchange on one screen: the file to read first.

``Simulator`` is pure: ``reset`` and ``step`` return new states, and all that they draw is a
function of (dialogue key, exchange). Fork a dialogue by indexing its state.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from dialogue_env.acts import Family, Reply
from dialogue_env.agent.observation import OFFSETS, Observer, write_observation
from dialogue_env.agent.talk import begin, listen, meet, open_talk, read_act
from dialogue_env.channel import cross, rating
from dialogue_env.draws import Draw, Opening, Stream, dialogue_keys, draw
from dialogue_env.person.meaning import meaning
from dialogue_env.person.mind import follow_through, update
from dialogue_env.person.opening import arrive
from dialogue_env.person.person import open_people
from dialogue_env.person.replies import CHOICE, respond, write_choice
from dialogue_env.person.report import say
from dialogue_env.state import State, blank
from dialogue_env.tables import Arrivals, open_tables
from dialogue_env.types import F32, F64, I64, U64, Bools
from dialogue_env.world import World
from rewards import FACTS, TERM_NAMES, Facts, InputError
from rewards.compiled import compiled, entry, records, told
from rewards.terms import write_terms

NOTHING_LOGGED = -1
"""A reply that is drawn, not given."""
_NO_REPLIES, _NOTHING, _NOWHERE = np.zeros(0, np.int64), np.zeros((0, 0), np.float32), np.zeros(1, OFFSETS)


@compiled
def exchange(tables: Any, talk: Any, people: Any, b: int, action: int, reply: int, room: Any, facts: Any) -> None:
    """Play one exchange in dialogue ``b``, in place, and write its facts; a masked act counts as HOLD.

    ``room`` is (one record of CHOICE, room of the belief) to work in.
    """
    person, number = people.now[b], talk.now[b].exchanges + 1
    act = read_act(tables, talk, b, action)
    move = meaning(tables, people, b, act)
    if reply == NOTHING_LOGGED:
        choice = room[0][0]
        write_choice(tables, person, act, move, choice)
        reply = respond(tables, person, act, move, choice.logit)
    said = say(tables, people, b, act, move, reply)
    heard, misheard = cross(tables, person.key, number, said)
    facts.progress_before, facts.satisfaction_before = person.progress, person.satisfaction
    facts.topic_jump = 1.0 - move.nearness
    facts.question_effort, facts.intruded, facts.missed = move.effort, move.intruded, move.missed
    update(tables, people, b, act, move, said, misheard)
    listen(tables, talk, b, act, heard, room[1])
    facts.progress_after, facts.satisfaction_after = person.progress, person.satisfaction
    facts.left = reply == Reply.LEAVE
    facts.ended = facts.left or act.family == Family.CLOSE or number >= tables.constants[0].world.max_turns
    facts.success = facts.ended and draw(person.key, number, Draw.OUTCOME) < follow_through(tables, person, facts.left)
    facts.utility_lost = 1.0 - person.utility if facts.ended and person.agreed else 0.0


@compiled
def opening(tables: Any, arrivals: Any, talk: Any, people: Any, b: int, first: Any) -> None:
    """Begin a dialogue in row ``b`` with the person of the row's key."""
    person = people.now[b]
    topic = arrivals.openings[int(draw(person.key, 0, Opening.TOPIC) * len(arrivals.openings))]
    arrive(tables, arrivals, people, b, topic, first.now[0].best_item)
    mood = rating(tables, person.satisfaction, draw(person.key, 0, Opening.RATING))
    meet(tables, talk, b, first, topic, mood, rating(tables, person.distress, draw(person.key, 0, Opening.UPSET)))


@entry
def _play(
    tables_: Any, talk_: Any, people_: Any, actions: I64, replies: I64, room_: Any, facts_: Any, terms: F32, weights: F32, offsets: Any, seen: F32
) -> None:
    """Play an exchange in every dialogue; write reward terms [B, M] and observations [B, D] too, unless they are empty."""
    tables, talk, people, facts, at = open_tables(tables_), open_talk(talk_), open_people(people_), records(facts_), records(offsets)[0]
    room = (records(room_[0]), room_[1])
    for b in range(len(actions)):
        exchange(tables, talk, people, b, actions[b], replies[b] if len(replies) else NOTHING_LOGGED, room, facts[b])
        if len(terms):
            write_terms(facts[b], terms[b])
            write_observation(tables, talk, b, weights[b], at, seen[b])


@entry
def _open(tables_: Any, arrivals_: Any, talk_: Any, people_: Any, rows: I64, keys: U64, first_: Any) -> None:
    tables, arrivals, talk, people, first = open_tables(tables_), Arrivals(*arrivals_), open_talk(talk_), open_people(people_), open_talk(first_)
    for i in range(len(rows)):
        people.now[rows[i]].key = keys[i]
        opening(tables, arrivals, talk, people, rows[i], first)


@entry
def _begin(tables_: Any, talk_: Any, room: F64) -> None:
    begin(open_tables(tables_), open_talk(talk_), 0, room)


class Simulator:
    """Dialogues of one world: ``reset(stream, seed, numbers) -> State``, ``step(state, action) -> (State, Facts)``."""

    def __init__(self, world: World) -> None:
        """Simulate dialogues of ``world``."""
        self.world = world
        self._tables = tuple(world.tables)
        self._room = np.zeros(1, CHOICE), np.zeros((4, max(len(world.tables.places), world.tables.fits.shape[1])))
        self._arrivals, self._first = tuple(world.arrivals), tuple(blank(world.tables, 1).talk)
        with told("compiling the simulator for this machine: about half a minute, once ..."):
            _begin(self._tables, self._first, self._room[1])
            self.step(self.reset(Stream.TRAINING, 0, np.zeros(1, np.int64)), np.zeros(1, np.int64))

    def reset(self, stream: Stream, seeds: Any, numbers: I64) -> State:
        """Return new dialogues [B]: the same stream, seed and number are the same person with the same luck."""
        state = blank(self.world.tables, len(numbers))
        self.open(state, np.arange(len(numbers)), dialogue_keys(stream, seeds, numbers))
        return state

    def open(self, state: State, rows: I64, keys: U64) -> None:
        """Begin the dialogues of ``keys`` in ``rows`` of a state, in place; everything drawn is a function of the key."""
        people = state.person
        rows, keys = np.ascontiguousarray(rows, np.int64), np.ascontiguousarray(keys, np.uint64)
        _open(self._tables, self._arrivals, tuple(state.talk), tuple(people), rows, keys, self._first)

    def step(self, state: State, action: I64, reply: I64 | None = None) -> tuple[State, Facts]:
        """Return the state and the facts after the agent's acts [B].

        A masked act counts as HOLD: a wasted exchange. The person's replies [B] are drawn, or, to replay
        a logged dialogue, given. A dialogue that has ended can be played on, which means nothing. Raises
        InputError for an act or a reply that there is none of.
        """
        after = state.copy()
        return after, self.advance(after, action, reply)

    def advance(self, state: State, action: I64, reply: I64 | None = None) -> Facts:
        """Play the exchange in place, as ``step`` does on a copy, and return its facts."""
        facts = np.empty(len(action), FACTS)
        actions = checked("acts", action, len(self.world.acts.names))
        replies = _NO_REPLIES if reply is None else checked("replies", reply, len(Reply))
        _play(self._tables, tuple(state.talk), tuple(state.person), actions, replies, self._room, facts, _NOTHING, _NOTHING, _NOWHERE, _NOTHING)
        return facts

    def play(self, state: State, action: I64, observer: Observer, weights: F32, facts: Facts) -> tuple[F32, F32]:
        """Play the exchange in place, write its ``facts`` [B], and return reward terms [B, M] and observations [B, D] under ``weights`` [B, M]."""
        size = len(action)
        terms, seen = np.empty((size, len(TERM_NAMES)), np.float32), np.empty((size, observer.layout.size), np.float32)
        at, weights = observer.layout.offsets, np.ascontiguousarray(weights, np.float32)
        _play(self._tables, tuple(state.talk), tuple(state.person), action, _NO_REPLIES, self._room, facts, terms, weights, at, seen)
        return terms, observer.blanked(seen)


def checked(what: str, numbers: Any, count: int) -> I64:
    """Return acts or replies [B] as compiled code takes them; raises InputError for those it would read past its tables for."""
    given = np.ascontiguousarray(numbers, np.int64)
    if given.min(initial=0) < 0 or given.max(initial=0) >= count:
        raise InputError(f"{what} must lie in [0, {count - 1}], not {sorted({int(given.min()), int(given.max())})}")
    return given


@dataclass(frozen=True, slots=True)
class Exchange:
    """One exchange of many dialogues: those at ``rows`` [n] of the dialogues begun with."""

    number: int  # from 0
    rows: I64
    before: State
    action: I64
    after: State
    facts: Facts


def exchanges(
    simulator: Simulator,
    state: State,
    choose: Callable[[int, I64, State], I64],
    reply: Callable[[int, I64], I64] | None = None,
    going: Callable[[Exchange], Bools] = lambda exchange: ~exchange.facts["ended"],
) -> Iterator[Exchange]:
    """Yield the exchanges of dialogues from ``state`` on, until all are over.

    ``choose`` returns the acts for (exchange, rows, state), ``reply`` logged replies for (exchange, rows), ``going`` which
    dialogues go on after an exchange: those that have not ended, unless told otherwise.
    """
    rows, number = np.arange(state.size), 0
    while len(rows):
        action = np.asarray(choose(number, rows, state))
        after, facts = simulator.step(state, action, None if reply is None else reply(number, rows))
        played = Exchange(number, rows, state, action, after, facts)
        yield played
        on = np.flatnonzero(going(played))
        rows, state, number = rows[on], after if len(on) == len(rows) else after.take(on), number + 1
