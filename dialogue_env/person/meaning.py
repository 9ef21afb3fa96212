"""What the agent's act means to this person at this point."""

import math
from typing import Any, NamedTuple

from dialogue_env.acts import ECHOING, HELPFUL, INITIATIVE, QUESTIONS, REACTIVE, REOPENING, REPLYING, Family, Reply
from dialogue_env.messages import NOWHERE, Act
from dialogue_env.nearness import closeness
from dialogue_env.person.person import utility
from rewards.compiled import compiled

MOST_REPEATS = 3.0


class Move(NamedTuple):
    """An act as one person takes it."""

    interest: float  # in the topic it is about
    nearness: float  # of that topic to where the talk is
    relevance: float  # to where the talk is
    effort: float  # of a question, else 0
    pressure: float
    push: float  # pressure times reactance
    insisting: float  # pressure right after resistance, or of asking twice running or again for what is agreed
    comfort: float  # distress the act can take away, by its fit
    gain: float  # willingness the act can win, by its fit, influence and fatigue
    fit: float  # to the person's need
    utility: float  # of the most likely item to the wish, 1 in outcome domains
    item: int  # that a yes now would be to: on offer now or, if nothing is, before
    acceptable: float  # its utility
    holding: bool  # silent although the floor is the agent's
    intruded: bool  # unasked, into a thought that needed no help
    missed: bool  # a question or a need for help passed over
    met: bool  # a question answered or a stuck person helped
    echoing: bool  # the same words back twice running
    questioning: bool  # a question right after another
    reopening: bool  # something new although everything is agreed


@compiled
def bent(x: float, curve: float) -> float:
    """Return ``x`` in [0, 1] bent by ``curve`` in [-1, 1]: 1 saturates (x (2 - x)), -1 is slow to start (x^2), 0 leaves it."""
    return x * (1.0 + curve * (1.0 - x))


@compiled
def interest(tables: Any, person: Any, topic: int) -> float:
    """Return the interest in a topic, in [0, 1]: its closeness to the favourites, by their weights."""
    start = tables.constants[0].start
    return (
        start.taste_first * closeness(tables, person.favourites[0], topic)
        + start.taste_second * closeness(tables, person.favourites[1], topic)
        + start.taste_third * closeness(tables, person.favourites[2], topic)
    )


@compiled
def relevance(tables: Any, person: Any, act: Act, nearness: float) -> float:
    """Return how much to the point an act is, in [0, 1]; ``nearness`` is that of its topic to where the talk is."""
    if act.family == Family.SHIFT:
        return nearness
    if act.family == Family.CLARIFY:
        return tables.slot_closeness[person.topic, act.slot]
    if act.family == Family.PROPOSE:
        return tables.goal_closeness[person.topic]
    return tables.acts[act.act].relevance


@compiled
def meaning(tables: Any, people: Any, b: int, act: Act) -> Move:
    """Return the act as person ``b`` takes it."""
    person, constants, row, c = people.now[b], tables.constants[0], tables.acts[act.act], tables.constants[0].move
    nearness = closeness(tables, person.topic, act.topic)
    relevant, fit = relevance(tables, person, act, nearness), tables.fits[person.need, row.fit_row]
    taste = person.interest if act.topic == person.topic else interest(tables, person, act.topic)
    fresh = math.exp(constants.willingness.log_fatigue * MOST_REPEATS * act.repetition) if act.repetition > 0.0 else 1.0
    ignored = c.ignored_topic if person.raised != NOWHERE and act.family not in REACTIVE else 0.0
    pressure = bent(min(row.pressure * (c.irrelevant - c.relevant * relevant) + ignored, 1.0), c.pressure_curve)
    asked, thinking = person.last_reply == Reply.ASK, person.last_reply == Reply.SILENT
    proposing, again = act.family == Family.PROPOSE, act.last == act.act
    insists = person.last_reply == Reply.RESIST or (proposing and (person.agreed or again))
    item = act.item if proposing or person.offered == NOWHERE else person.offered
    match = utility(tables, people.wish[b], person.need, act.item)
    acceptable = match if item == act.item else utility(tables, people.wish[b], person.need, item)
    before = tables.acts[max(act.last, 0)].family if act.last != NOWHERE else Family.HOLD.value
    return Move(
        interest=taste,
        nearness=nearness,
        relevance=relevant,
        effort=effort(tables, act, relevant),
        pressure=pressure,
        push=pressure * person.traits.reactance,
        insisting=pressure * insists,
        comfort=row.comfort * max(fit, 0.0) * fresh,
        gain=row.gain * fit * fresh * person.traits.influence,
        fit=fit,
        utility=match,
        item=item,
        acceptable=acceptable,
        holding=(act.family == Family.HOLD) & (not thinking),
        intruded=thinking & (not person.stuck) & (act.family in INITIATIVE),
        missed=(asked & (act.family not in REPLYING)) | (person.stuck & (act.family == Family.HOLD)),
        met=(asked & (act.family == Family.ANSWER)) | (person.stuck & (act.family in HELPFUL)),
        echoing=again & (act.family in ECHOING),
        questioning=(act.family in QUESTIONS) & (before in QUESTIONS),
        reopening=person.agreed & (act.family in REOPENING),
    )


@compiled
def effort(tables: Any, act: Act, relevant: float) -> float:
    """Return the effort that a question asks for, in [0, 1]: less if it is to the point, and by its form; 0 of what asks nothing."""
    if act.family not in QUESTIONS:
        return 0.0
    whole = tables.acts[act.act].effort * (1.0 - tables.constants[0].move.effort_relevance * relevant)
    return whole * tables.constants[0].by_form.effort[tables.slots[act.slot].form] if act.family == Family.CLARIFY else whole
