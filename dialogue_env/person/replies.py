"""The choice of a reply: a hazard of leaving, then one multinomial logit.

``reply_logits`` and ``leave_probability`` are the exact likelihood of every reply; only ``respond`` draws.
"""

import math
from typing import Any

import numpy as np

from dialogue_env.acts import REPLIES, Family, Reply
from dialogue_env.draws import Draw, draw
from dialogue_env.messages import NOWHERE, Act
from dialogue_env.person.meaning import Move
from dialogue_env.person.model import FEATURES, IMPOSSIBLE
from dialogue_env.visits import novelty
from rewards.compiled import compiled, compiled_apart

FARTHEST = 30.0
"""Acceptability lies within so much of 0."""
WORST_FAILURES = 4
"""Failures beyond these make nobody likelier to leave (BETOLD)."""
CHOICES, LEAVE = len(REPLIES), int(Reply.LEAVE)
CHOICE = np.dtype(
    {
        "names": [*FEATURES, "feature", "logit"],
        "formats": [*("f8" for _ in FEATURES), ("f8", (len(FEATURES),)), ("f8", (CHOICES,))],
        "offsets": [*range(0, 8 * len(FEATURES), 8), 0, 8 * len(FEATURES)],
        "itemsize": 8 * (len(FEATURES) + CHOICES),
    },
    align=True,
)
"""The choice of a reply: its features, once more as ``feature`` [F] for loops over all, and the logit [R] of each reply but LEAVE."""


@compiled
def sigmoid(logit: float) -> float:
    """Return the logistic function; it overflows for no logit."""
    if logit >= 0.0:
        return 1.0 / (1.0 + math.exp(-logit))
    odds = math.exp(logit)
    return odds / (1.0 + odds)


@compiled
def early(exchanges: int) -> float:
    """Return the feature ``early`` after so many exchanges."""
    return max(0.8 - exchanges / 3.0, -0.2)


@compiled
def round_(exchanges: int) -> float:
    """Return the feature ``round`` after so many exchanges."""
    return (min(exchanges, 10) - 5) / 10.0


@compiled
def acceptability(tables: Any, person: Any, act: Act, move: Move) -> float:
    """Return the logit of saying yes to what is proposed now (the domain's ``acceptance``), within 30 of 0."""
    c = tables.constants[0].acceptance
    logit = (
        c.bias
        + c.match * (move.acceptable - 0.5)
        + c.willingness * (person.willingness - 0.5)
        + c.distress * person.distress
        + c.closeness * (tables.goal_closeness[act.topic] - 0.5)
    )
    return min(max(logit, -FARTHEST), FARTHEST)


@compiled
def write_choice(tables: Any, person: Any, act: Act, move: Move, out: Any) -> None:
    """Write the features of the reply choice and the logits of the replies into the record ``out`` of CHOICE."""
    constants = tables.constants[0]
    _write_features(tables, person, act, move, out)
    _write_logits(constants.bias[act.family], person.leaning, constants.response, out.feature, constants.again, person.last_reply, out.logit)
    if constants.world.item and person.offered == NOWHERE and act.family != Family.PROPOSE:
        out.logit[Reply.ACCEPT.value] = IMPOSSIBLE  # there is nothing yet to say yes to


@compiled
def _write_features(tables: Any, person: Any, act: Act, move: Move, out: Any) -> None:
    """Write the features of the reply choice into the record ``out`` of CHOICE."""
    out.interest = move.interest - 0.5
    out.relevance = move.relevance - 0.5
    out.satisfaction = person.satisfaction - 0.5
    out.annoyance = person.annoyance
    out.distress = person.distress
    out.distress_push = person.distress * move.pressure
    out.resisted = 1.0 if person.last_reply == Reply.RESIST else 0.0
    out.repetition = act.repetition
    out.push = move.push
    out.acceptability = acceptability(tables, person, act, move)
    out.unoffered = 1.0 if act.family != Family.PROPOSE and act.offers == 0 else 0.0
    out.misunderstanding = person.misunderstanding
    out.early = early(act.exchanges)
    out.round = round_(act.exchanges)
    out.agreed = 1.0 if person.agreed else 0.0
    out.offers = min(act.offers, 3) / 3.0
    out.stale = 0.5 - novelty(person.visits, act.topic)


@compiled_apart
def _write_logits(bias: Any, leaning: Any, response: Any, features: Any, again: Any, last: int, out: Any) -> None:
    """Write the logits of every reply but LEAVE into ``out`` [R]; impossible ones are -1e9.

    They are the act's ``bias`` [R], what the traits add (``leaning`` [R]), ``features`` [F] by ``response`` [R, F],
    and for the ``last`` reply what having given it adds (``again`` [R]).
    """
    for r in range(len(out)):
        total = bias[r]
        if total > IMPOSSIBLE:
            total += leaning[r] + (again[r] if r == last else 0.0)
            for f in range(len(features)):
                total += features[f] * response[r, f]
        out[r] = total


@compiled
def leave_probability(tables: Any, person: Any, act: Act, move: Move) -> float:
    """Return the hazard of walking out in this exchange; nobody leaves over a CLOSE."""
    if act.family == Family.CLOSE:
        return 0.0
    c = tables.constants[0].leaving
    return sigmoid(
        c.base
        + (c.failure if move.missed or move.holding else 0.0)
        + c.earlier_failures * min(person.failures, WORST_FAILURES)
        + c.repetition * 3.0 * act.repetition
        + c.unrecognised * person.unrecognised
        + c.negations * person.refusals
        + c.annoyance * person.annoyance
        + c.satisfaction * (person.satisfaction - 0.5)
        + c.patience * (person.traits.patience - 0.5)
        + c.turn * act.exchanges
    )


@compiled
def respond(tables: Any, person: Any, act: Act, move: Move, logits: Any) -> int:
    """Draw the reply from the hazard of leaving and the ``logits`` [R] of the others, which are overwritten.

    The greatest logit is subtracted, so no coefficient overflows.
    """
    number = act.exchanges + 1
    if draw(person.key, number, Draw.LEAVE) < leave_probability(tables, person, act, move):
        return LEAVE
    greatest, total = logits[0], 0.0
    for r in range(1, CHOICES):
        greatest = max(greatest, logits[r])
    for r in range(CHOICES):
        logits[r] = math.exp(logits[r] - greatest) if logits[r] > IMPOSSIBLE else 0.0
        total += logits[r]
    threshold, chosen, reached = draw(person.key, number, Draw.REPLY) * total, 0, 0.0
    for r in range(CHOICES):
        reached += logits[r]
        chosen = r if logits[r] > 0.0 else chosen
        if reached > threshold:
            return chosen
    return chosen
