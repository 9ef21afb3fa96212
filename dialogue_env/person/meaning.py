"""What the agent's act means to this person at this point."""

import math
from typing import Any, NamedTuple

from dialogue_env.acts import HELPFUL, INITIATIVE, QUESTIONS, REACTIVE, REPLYING, Family
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
    comfort: float  # distress the act can take away, by its fit
    gain: float  # willingness the act can win, by its fit, influence and fatigue
    fit: float  # to the person's need
    utility: float  # of the item on offer to the wish, 1 in outcome domains
    holding: bool  # silent although the floor is the agent's
    intruded: bool  # unasked, into a thought that needed no help
    missed: bool  # a question or a need for help passed over
    met: bool  # a question answered or a stuck person helped


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
    fresh = math.exp(constants.willingness.log_fatigue * MOST_REPEATS * act.repetition) if act.repetition > 0.0 else 1.0
    ignored = c.ignored_topic if person.raised != NOWHERE and act.family not in REACTIVE else 0.0
    pressure = min(row.pressure * (c.irrelevant - c.relevant * relevant) + ignored, 1.0)
    effort = row.effort * (1.0 - c.effort_relevance * relevant) if act.family in QUESTIONS else 0.0
    return Move(
        interest=person.interest if act.topic == person.topic else interest(tables, person, act.topic),
        nearness=nearness,
        relevance=relevant,
        effort=effort,
        pressure=pressure,
        push=pressure * person.traits.reactance,
        comfort=row.comfort * max(fit, 0.0) * fresh,
        gain=row.gain * fit * fresh * person.traits.influence,
        fit=fit,
        utility=utility(tables, people.wish[b], person.need, act.item),
        holding=act.family == Family.HOLD and not person.thinking,
        intruded=person.thinking and not person.stuck and act.family in INITIATIVE,
        missed=(person.asked and act.family not in REPLYING) or (person.stuck and act.family == Family.HOLD),
        met=(person.asked and act.family == Family.ANSWER) or (person.stuck and act.family in HELPFUL),
    )
