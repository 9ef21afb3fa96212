"""The person: first a choice of reply, then deterministic bookkeeping of what the turn did to them.

``reply_logits`` and ``leave_probability`` are the exact likelihood of every reply; only
``respond`` and ``report`` draw. Nothing here sees what the agent believes.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dialogue_env.acts import FAMILY, FORM, REPLY, REPORT, Report
from dialogue_env.blocks import rowwise_product
from dialogue_env.move import Move
from dialogue_env.person import FEATURES, REPLIES
from dialogue_env.rng import Draw
from dialogue_env.state import OFTEN, Mind, State, Talk
from dialogue_env.traits import Trait
from dialogue_env.world import World

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

HALF = np.float32(0.5)
ONE = np.float32(1.0)
EARLY = np.array([0.8, 0.8 - 1 / 3, 0.8 - 2 / 3, -0.2, -0.2, -0.2, -0.2, -0.2, -0.2, -0.2, -0.2], np.float32)
ROUND = np.arange(-5, 6, dtype=np.float32) * np.float32(0.1)
"""The features of these names after 0, 1, ... 10 and more exchanges."""
_SUM_UP = np.triu(np.ones((len(REPLIES), len(REPLIES)), np.float32))
"""A row of probabilities times this is its running sum; a product is faster than ``cumsum`` over a short axis."""


def acceptability(world: World, state: State, move: Move) -> Floats:
    """Return the logit [B] of saying yes to what is proposed now (the domain's ``acceptance``), within 30 of 0."""
    c, mind = world.domain.acceptance, state.mind
    logit = (
        c["bias"]
        + c["match"] * (move.utility - HALF)
        + c["willingness"] * (mind[:, Mind.WILLINGNESS] - HALF)
        + c["distress"] * mind[:, Mind.DISTRESS]
        + c["closeness"] * (world.goal_closeness[move.topic] - HALF)
    )
    return np.minimum(np.maximum(logit, np.float32(-30.0)), np.float32(30.0))


def features(world: World, state: State, move: Move) -> Floats:
    """Return the features of the reply choice, [B, F] in the order of ``FEATURES``."""
    mind, talk = state.mind, state.talk
    turn = np.minimum(talk[:, Talk.TURN], len(ROUND) - 1)
    columns = (
        move.interest - HALF,
        move.relevance - HALF,
        mind[:, Mind.SATISFACTION] - HALF,
        mind[:, Mind.ANNOYANCE],
        mind[:, Mind.DISTRESS],
        mind[:, Mind.DISTRESS] * move.pressure,
        mind[:, Mind.RESISTED],
        move.repetition,
        move.push,
        acceptability(world, state, move),
        ~move.proposing & (talk[:, Talk.OFFERS] == 0),
        mind[:, Mind.MISUNDERSTANDING],
        EARLY[turn],
        ROUND[turn],
        talk[:, Talk.AGREED],
        np.minimum(talk[:, Talk.OFFERS], 3) * OFTEN,
        HALF - state.novelty[np.arange(len(state)), move.topic],
    )
    out = np.empty((len(state), len(FEATURES)), np.float32)
    for f, column in enumerate(columns):
        out[:, f] = column
    return out


def reply_logits(world: World, state: State, move: Move) -> Floats:
    """Return the logits [B, R] of every reply but LEAVE; impossible ones are -1e9."""
    return world.acts.bias[move.act] + state.leaning + rowwise_product(features(world, state, move), world.person.response)


def leave_probability(world: World, state: State, move: Move) -> Floats:
    """Return the hazard [B] of walking out in this exchange; nobody leaves over a CLOSE."""
    c, mind = world.person.constants["leaving"], state.mind
    logit = (
        c["base"]
        + c["failure"] * (move.missed | move.holding).astype(np.float32)
        + c["earlier_failures"] * np.minimum(mind[:, Mind.FAILURES], np.float32(4.0))
        + c["repetition"] * 3 * move.repetition
        + c["unrecognised"] * mind[:, Mind.UNRECOGNISED]
        + c["negations"] * state.talk[:, Talk.REFUSALS].astype(np.float32)
        + c["annoyance"] * mind[:, Mind.ANNOYANCE]
        + c["satisfaction"] * (mind[:, Mind.SATISFACTION] - HALF)
        + c["patience"] * (state.traits[:, Trait.PATIENCE] - HALF)
        + c["turn"] * state.talk[:, Talk.TURN].astype(np.float32)
    )
    return sigmoid(logit) * (move.family != FAMILY.CLOSE)


def respond(world: World, state: State, move: Move, draws: Floats) -> Ints:
    """Draw the reply [B]: first whether the person leaves, else by the multinomial logit."""
    cumulative = rowwise_product(np.exp(reply_logits(world, state, move)), _SUM_UP)
    threshold = draws[:, Draw.REPLY] * np.float32(0.999999) * cumulative[:, -1]
    reply = (cumulative > threshold[:, None]).argmax(axis=1)
    return np.where(draws[:, Draw.LEAVE] < leave_probability(world, state, move), REPLY.LEAVE, reply)


def sigmoid(logit: Floats) -> Floats:
    """Return the logistic function, elementwise."""
    return ONE / (ONE + np.exp(-logit))


@dataclass(frozen=True, slots=True)
class Said:
    """What the ``rows`` [n] that spoke of a slot let out about it."""

    rows: Ints
    slot: Ints
    kind: Ints  # Report
    first: Ints  # value named
    second: Ints  # second value of a vague report, else the first again


def report(world: World, state: State, move: Move, reply: Ints, draws: Floats) -> Said:
    """Draw what people let out: about the slot asked for, else, in open replies, about any.

    Refusal falls with the question's relevance. Values are wrong at the person's error rate
    (own suggestions: one less their reliability), vague at their vagueness and the question
    form's share of partial answers; what is told unasked is as to an open question. A recap
    (CHECK) brings the least clear slot, plainly.
    """
    answered, checking = reply == REPLY.ANSWER, move.family == FAMILY.CHECK
    rows = np.flatnonzero((answered & ((move.slot >= 0) | checking)) | _disclosed(world, state, move, reply, draws))
    asked, checking, traits, u = (answered & (move.slot >= 0))[rows], checking[rows], state.traits[rows], draws[rows]
    free = np.minimum((u[:, Draw.REPORT_SLOT] * len(world.sizes)).astype(np.int64), len(world.sizes) - 1)
    slot = np.where(asked, move.slot[rows], np.where(checking, _unclearest(state, rows), free))
    wished, size = state.wish[rows, slot], world.sizes[slot]
    indifferent = wished == size
    form = np.where(asked, world.forms[slot], FORM.OPEN)
    refused, unsure, vague = _report_limits(world, form, asked, checking, indifferent, traits, move.relevance[rows])
    wrong_rate = np.where(reply[rows] == REPLY.SUGGEST, ONE - traits[:, Trait.RELIABILITY], traits[:, Trait.ERROR])
    level, named = u[:, Draw.REPORT_KIND], (u[:, Draw.INDIFFERENT_VALUE] * size).astype(np.int64)
    kind = np.where(level < refused, REPORT.REFUSED, np.where(level < unsure, Report.NO_PREFERENCE, np.where(level < vague, REPORT.VAGUE, REPORT.VALUE)))
    true = np.where(indifferent, np.minimum(named, size - 1), wished)
    other = another_value(true, size, u[:, Draw.OTHER_VALUE])
    wrong = (kind == REPORT.VALUE) & (level < vague + (ONE - vague) * wrong_rate)
    first = np.where(wrong, other, true)
    return Said(rows, slot, kind, first, np.where(kind == REPORT.VAGUE, other, first))


def another_value(value: Ints, size: Ints | int, draw: Floats) -> Ints:
    """Return a value [B] other than ``value`` [B], evenly, out of ``size`` values each."""
    return (value + 1 + np.minimum((draw * (size - 1)).astype(np.int64), size - 2)) % size


def _report_limits(
    world: World, form: Ints, asked: Bools, checking: Bools, indifferent: Bools, traits: Floats, relevance: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return cumulative probabilities [B] of a refusal, of no preference, and of a vague answer; values make up the rest."""
    c, person = world.person.constants, world.person
    refused = asked * traits[:, Trait.REFUSAL] * (ONE - np.float32(c["answers"]["refusal_relevance"]) * relevance)
    no_preference = np.where(indifferent, person.indifferent[form], person.no_preference[form] * asked)
    partial = np.where(checking, np.float32(0.0), ONE - (ONE - traits[:, Trait.VAGUENESS]) * (ONE - person.partial[form]))
    unsure = refused + no_preference * (ONE - refused)
    return refused, unsure, unsure + (ONE - unsure) * partial


def _unclearest(state: State, rows: Ints) -> Ints:
    """Return the slot [n] a CHECK recaps: of those asked about, the one with the least clear belief."""
    return np.where(state.asked[rows] > 0, state.slot_belief[rows, 0], np.float32(-1.0)).argmax(axis=1)


def _disclosed(world: World, state: State, move: Move, reply: Ints, draws: Floats) -> Bools:
    """Return where an open reply lets a fact out, [B]: suggestions always, answers more often than other talk."""
    share = np.float32(world.person.constants["answers"]["disclosure"])
    follows = reply == REPLY.FOLLOW
    rate = state.traits[:, Trait.DISCLOSURE] * np.where(follows, share, np.float32(2.0) * share)
    open_reply = (follows | (reply == REPLY.ANSWER)) & (move.slot < 0) & (move.family != FAMILY.CHECK)
    return (open_reply & (draws[:, Draw.DISCLOSE] < rate)) | (reply == REPLY.SUGGEST)
