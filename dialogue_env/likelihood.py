"""The exact likelihood of what people do, for whole batches: what calibration and planners read of a hidden person.

Each is a loop over the scalar functions that the simulator itself plays by.
"""

from typing import Any

import numpy as np

from dialogue_env.acts import Reply
from dialogue_env.agent.talk import open_talk, read_act
from dialogue_env.person.meaning import interest, meaning
from dialogue_env.person.mind import follow_through as _follow_through
from dialogue_env.person.person import Person, open_people
from dialogue_env.person.replies import CHOICE, write_choice
from dialogue_env.person.replies import leave_probability as _leave_probability
from dialogue_env.simulator import checked
from dialogue_env.state import State
from dialogue_env.tables import open_tables
from dialogue_env.types import F64, I32, I64, Bools, Records
from dialogue_env.world import World
from rewards.compiled import entry, records


def features(world: World, state: State, action: I64) -> F64:
    """Return the features of the reply choice after acts [B], [B, F] in the order of ``FEATURES``."""
    return np.asarray(_choice(world, state, action)[0]["feature"])


def reply_logits(world: World, state: State, action: I64) -> F64:
    """Return the logits [B, R] of every reply but LEAVE after acts [B]; impossible ones are -1e9."""
    return np.asarray(_choice(world, state, action)[0]["logit"])


def would_accept(world: World, state: State, action: I64) -> F64:
    """Return the probability [B] that acts [B] get a yes from who does not leave."""
    logits = reply_logits(world, state, action)
    chances = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(chances[:, Reply.ACCEPT] / chances.sum(axis=1))


def leave_probability(world: World, state: State, action: I64) -> F64:
    """Return the hazard [B] of leaving in the exchange with the acts [B]; nobody leaves over a CLOSE."""
    return _choice(world, state, action)[1]


def follow_through(world: World, people: Person, left: Bools) -> F64:
    """Return the probability [B] that people act on it if the dialogue is over now, having ``left`` [B] or not."""
    out = np.empty(len(left))
    _acting(tuple(world.tables), tuple(people), np.ascontiguousarray(left, bool), out)
    return out


def interests(world: World, people: Person, topics: I32) -> F64:
    """Return the true interest of each person in topics [B, K], in [0, 1]."""
    out = np.empty(topics.shape)
    _interests(tuple(world.tables), tuple(people), np.ascontiguousarray(topics, np.int32), out)
    return out


def missed_wishes(world: World, state: State) -> Bools:
    """Return which slots [B, S] of a wish the item that the agent takes to be most likely does not meet."""
    out = np.empty(state.person.wish.shape, bool)
    _missed(tuple(world.tables), tuple(state.talk), tuple(state.person), out)
    return out


def _choice(world: World, state: State, action: I64) -> tuple[Records, F64]:
    found, leaving = np.zeros(len(action), CHOICE), np.empty(len(action))
    _choices(tuple(world.tables), tuple(state.talk), tuple(state.person), checked("acts", action, len(world.acts.names)), found, leaving)
    return found, leaving


@entry
def _choices(tables_: Any, talk_: Any, people_: Any, actions: I64, found_: Any, leaving: F64) -> None:
    tables, talk, people, found = open_tables(tables_), open_talk(talk_), open_people(people_), records(found_)
    for b in range(len(actions)):
        act = read_act(tables, talk, b, actions[b])
        move = meaning(tables, people, b, act)
        write_choice(tables, people.now[b], act, move, found[b])
        leaving[b] = _leave_probability(tables, people.now[b], act, move)


@entry
def _acting(tables_: Any, people_: Any, left: Bools, out: F64) -> None:
    tables, people = open_tables(tables_), open_people(people_)
    for b in range(len(out)):
        out[b] = _follow_through(tables, people.now[b], left[b])


@entry
def _missed(tables_: Any, talk_: Any, people_: Any, out: Bools) -> None:
    tables, talk, people = open_tables(tables_), open_talk(talk_), open_people(people_)
    for b in range(len(out)):
        for s in range(len(tables.slots)):
            out[b, s] = people.wish[b, s] != tables.slots[s].size
        item = tables.items[talk.now[b].best_item]
        for k in range(item.first, item.end):
            place = tables.places[tables.cells[k].place]
            if place.value == people.wish[b, place.slot]:
                out[b, place.slot] = False


@entry
def _interests(tables_: Any, people_: Any, topics: I32, out: F64) -> None:
    tables, people = open_tables(tables_), open_people(people_)
    for b in range(out.shape[0]):
        for k in range(out.shape[1]):
            out[b, k] = interest(tables, people.now[b], topics[b, k])
