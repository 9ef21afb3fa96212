"""What a reply lets out: about the slot asked for or, in open replies, about any; and the topic that is raised."""

import math
from typing import Any

from dialogue_env.acts import RAISING, Family, Form, Reply, Report
from dialogue_env.draws import Draw, another, draw
from dialogue_env.messages import NOWHERE, Act, Said
from dialogue_env.nearness import closeness
from dialogue_env.person.meaning import Move
from dialogue_env.person.person import FAVOURITES, missed, slot_of_need
from rewards.compiled import compiled


@compiled
def say(tables: Any, people: Any, b: int, act: Act, move: Move, reply: int) -> Said:
    """Return what person ``b`` says with a reply.

    Refusal falls with the question's relevance. Values are wrong at the person's error rate (own
    suggestions: one less their reliability), vague at their vagueness and the question form's share of
    partial answers; what is told unasked is as to an open question. A recap (CHECK) is answered plainly. A refusal may
    come with its reason.
    """
    person, number = people.now[b], act.exchanges + 1
    slot, kind, first, second = 0, Report.NOTHING.value, 0, 0
    asked, checking = reply == Reply.ANSWER and act.family == Family.CLARIFY, reply == Reply.ANSWER and act.family == Family.CHECK
    if reply == Reply.RESIST:
        slot, kind, first, second = _reason(tables, people, b, act, move, number)
    elif asked or checking or _discloses(tables, person, act, reply):
        slot = act.slot if asked or checking else slot_of_need(tables, person.need, draw(person.key, number, Draw.REPORT_SLOT))
        kind, first, second = _report(tables, person, people.wish[b, slot], slot, move.relevance, asked, checking, reply, number)
    stuck = reply == Reply.SILENT and draw(person.key, number, Draw.STUCK) < tables.constants[0].thinking.stuck
    return Said(reply, raised_topic(tables, person, act, reply), slot, kind, first, second, person.satisfaction, person.distress, stuck)


@compiled
def _reason(tables: Any, people: Any, b: int, act: Act, move: Move, number: int) -> tuple[int, int, int, int]:
    """Return slot, kind and values of what a refusal gives as its reason.

    Of an offered item that is a slot in which it misses the wish, a weighty one rather than another, with the value wanted
    or only the one that does not suit; in outcome domains, of a request or an argument, what the domain marks as the objection.
    """
    person, constants, slot, offered = people.now[b], tables.constants[0], NOWHERE, NOWHERE
    pleaded = act.family == Family.PROPOSE or (act.family == Family.INFORM and not constants.world.item)
    if pleaded and draw(person.key, number, Draw.REASON) < constants.answers.reason:
        if constants.world.item:
            slot, offered = missed(tables, people.wish[b], person.need, act.item, draw(person.key, number, Draw.REPORT_SLOT))
        else:
            slot = constants.world.objection
    if slot == NOWHERE:
        return 0, Report.NOTHING.value, 0, 0
    if offered != NOWHERE and draw(person.key, number, Draw.WANTED) >= constants.answers.wanted:
        return slot, Report.UNFIT.value, offered, offered
    kind, first, second = _report(tables, person, people.wish[b, slot], slot, move.relevance, False, False, Reply.RESIST.value, number)
    return slot, kind, first, second


@compiled
def _report(tables: Any, person: Any, wished: int, slot: int, relevance: float, asked: bool, checking: bool, reply: int, number: int) -> tuple[int, int, int]:
    """Return the kind of report about a slot and the values that it names."""
    key, size = person.key, tables.slots[slot].size
    indifferent = wished == size
    form = tables.slots[slot].form if asked else Form.OPEN.value
    refused, unsure, vague = report_limits(tables, person, form, relevance, asked, checking, indifferent)
    true = min(int(draw(key, number, Draw.INDIFFERENT_VALUE) * size), size - 1) if indifferent else wished
    level, other = draw(key, number, Draw.REPORT_KIND), another(true, size, draw(key, number, Draw.OTHER_VALUE))
    if level < refused:
        return Report.REFUSED.value, true, true
    if level < unsure:
        return Report.NO_PREFERENCE.value, true, true
    if level < vague and size > 1:
        return Report.VAGUE.value, true, other
    wrong_rate = 1.0 - person.traits.reliability if reply == Reply.SUGGEST else person.traits.error
    named = other if level < vague + (1.0 - vague) * wrong_rate else true
    return Report.VALUE.value, named, named


@compiled
def report_limits(tables: Any, person: Any, form: int, relevance: float, asked: bool, checking: bool, indifferent: bool) -> tuple[float, float, float]:
    """Return cumulative probabilities of a refusal, of no preference, and of a vague answer; values make up the rest."""
    constants = tables.constants[0]
    shares = constants.by_form
    refused = person.traits.refusal * (1.0 - constants.answers.refusal_relevance * relevance) if asked else 0.0
    no_preference = shares.indifferent[form] if indifferent else (shares.no_preference[form] if asked else 0.0)
    partial = 0.0 if checking else 1.0 - (1.0 - person.traits.vagueness) * (1.0 - shares.partial[form])
    unsure = refused + no_preference * (1.0 - refused)
    return refused, unsure, unsure + (1.0 - unsure) * partial


@compiled
def _discloses(tables: Any, person: Any, act: Act, reply: int) -> bool:
    """Return whether an open reply lets a fact out: suggestions always, answers more often than other talk."""
    if reply == Reply.SUGGEST:
        return True
    if act.slot != NOWHERE or (reply != Reply.FOLLOW and reply != Reply.ANSWER):
        return False
    share = tables.constants[0].answers.disclosure * (1.0 if reply == Reply.FOLLOW else 2.0)
    return draw(person.key, act.exchanges + 1, Draw.DISCLOSE) < person.traits.disclosure * share


@compiled
def raised_topic(tables: Any, person: Any, act: Act, reply: int) -> int:
    """Return the topic the person raises by drifting or suggesting, else NOWHERE: another of their favourites, rather a close one."""
    if reply not in RAISING:
        return NOWHERE
    pull = tables.constants[0].drift.closeness
    total = 0.0
    for i in range(FAVOURITES):
        if person.favourites[i] != act.topic:
            total += math.exp(pull * closeness(tables, act.topic, person.favourites[i]))
    threshold, reached = draw(person.key, act.exchanges + 1, Draw.RAISED_TOPIC) * total, 0.0
    for i in range(FAVOURITES):
        if person.favourites[i] != act.topic:
            reached += math.exp(pull * closeness(tables, act.topic, person.favourites[i]))
            if reached > threshold:
                return person.favourites[i]
    return NOWHERE
