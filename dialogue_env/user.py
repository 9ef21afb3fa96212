"""The person: first a choice of reply, then deterministic bookkeeping of what the turn did to them.

``reply_logits`` and ``leave_probability`` are the exact likelihood of every reply; only
``respond`` and ``report`` draw. Nothing here sees what the agent believes.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dialogue_env.acts import Family, Form, Report, UserAct
from dialogue_env.blocks import rowwise_product
from dialogue_env.move import Move
from dialogue_env.person import FEATURES
from dialogue_env.population import Trait
from dialogue_env.rng import Draw
from dialogue_env.state import Mind, State, Talk
from dialogue_env.world import World

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

HALF = np.float32(0.5)


def acceptability(world: World, state: State, move: Move) -> Floats:
    """Return the logit [B] of saying yes to what is proposed now (the domain's ``acceptance``)."""
    c, mind = world.domain.acceptance, state.mind
    return (
        c["bias"]
        + c["match"] * (move.utility - HALF)
        + c["willingness"] * (mind[:, Mind.WILLINGNESS] - HALF)
        + c["distress"] * mind[:, Mind.DISTRESS]
        + c["closeness"] * (world.goal_closeness[move.topic] - HALF)
    )


def features(world: World, state: State, move: Move) -> Floats:
    """Return the features of the reply choice, [B, F] in the order of ``FEATURES``."""
    mind, traits = state.mind, state.traits
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
        acceptability(world, state, move) * move.proposing,
        mind[:, Mind.MISUNDERSTANDING],
        traits[:, Trait.COOPERATIVENESS] - HALF,
        traits[:, Trait.RESISTANCE] - np.float32(0.18),
        traits[:, Trait.DRIFT] - np.float32(0.25),
        traits[:, Trait.TALKATIVENESS] - HALF,
        traits[:, Trait.EMOTIONALITY] - np.float32(1 / 3),
        traits[:, Trait.SUGGESTION] - np.float32(0.2),
    )
    out = np.empty((len(state), len(FEATURES)), np.float32)
    for f, column in enumerate(columns):
        out[:, f] = column
    return out


def reply_logits(world: World, state: State, move: Move) -> Floats:
    """Return the logits [B, R] of every reply but LEAVE; impossible ones are -1e9."""
    return world.acts.bias[move.act] + rowwise_product(features(world, state, move), world.person.response)


def leave_probability(world: World, state: State, move: Move) -> Floats:
    """Return the hazard [B] of walking out in this exchange; nobody leaves over a CLOSE."""
    c, mind = world.person.constants["leaving"], state.mind
    logit = (
        c["base"]
        + c["failure"] * (move.missed | move.holding)
        + c["earlier_failures"] * np.minimum(mind[:, Mind.FAILURES], np.float32(4.0))
        + c["repetition"] * 3 * move.repetition
        + c["negations"] * state.talk[:, Talk.REFUSALS].astype(np.float32)
        + c["annoyance"] * mind[:, Mind.ANNOYANCE]
        + c["satisfaction"] * (mind[:, Mind.SATISFACTION] - HALF)
        + c["patience"] * (state.traits[:, Trait.PATIENCE] - HALF)
        + c["turn"] * (state.talk[:, Talk.TURN] / world.domain.max_turns - HALF)
    ).astype(np.float32)
    return sigmoid(logit) * (move.family != Family.CLOSE)


def respond(world: World, state: State, move: Move, draws: Floats) -> Ints:
    """Draw the reply [B]: first whether the person leaves, else by the multinomial logit."""
    logits = reply_logits(world, state, move)
    cumulative = np.exp(logits - logits.max(axis=1, keepdims=True)).cumsum(axis=1)
    threshold = draws[:, Draw.REPLY] * np.float32(0.999999) * cumulative[:, -1]
    reply = (cumulative <= threshold[:, None]).sum(axis=1)
    return np.where(draws[:, Draw.LEAVE] < leave_probability(world, state, move), UserAct.LEAVE, reply)


def sigmoid(logit: Floats) -> Floats:
    """Return the logistic function, elementwise."""
    return np.float32(1.0) / (np.float32(1.0) + np.exp(-logit))


@dataclass(frozen=True, slots=True)
class Said:
    """What the person let out about one slot, [B]."""

    slot: Ints
    kind: Ints  # Report
    first: Ints  # value named
    second: Ints  # second value of a vague report, else the first again


def report(world: World, state: State, move: Move, reply: Ints, draws: Floats) -> Said:
    """Draw what the person lets out: about the slot asked for, else, in open replies, about any.

    Refusal falls with the question's relevance. Values are wrong at the person's error rate
    (own suggestions: one less their reliability), vague at their vagueness and the question
    form's share of partial answers.
    """
    c, traits = world.person.constants["answers"], state.traits
    sizes, row = world.sizes, np.arange(len(state))
    checking = move.family == Family.CHECK
    asked = (reply == UserAct.ANSWER) & (move.slot >= 0)
    open_slot = np.minimum((draws[:, Draw.REPORT_SLOT] * len(sizes)).astype(np.int64), len(sizes) - 1)
    slot = np.where(asked, move.slot, np.where(checking, _unclearest(state), open_slot))
    form = np.where(asked, _forms(world)[slot], Form.OPEN)
    wished, size = state.wish[row, slot], sizes[slot]
    u, pick = draws[:, Draw.REPORT_KIND], draws[:, Draw.REPORT_VALUE]
    offset = 1 + np.minimum((pick * (size - 1)).astype(np.int64), size - 2)
    indifferent = wished == size
    wrong_rate = np.where(reply == UserAct.SUGGEST, np.float32(1.0) - traits[:, Trait.RELIABILITY], traits[:, Trait.ERROR])
    refused = asked * traits[:, Trait.REFUSAL] * (np.float32(1.0) - np.float32(c["refusal_relevance"]) * move.relevance)
    names_value = np.float32(world.person.constants["belief"]["indifferent_names_value"])
    unsure = refused + np.where(indifferent, np.float32(1.0) - names_value, world.person.no_preference[form] * asked) * (1 - refused)
    vague = unsure + (1 - unsure) * (1 - (1 - traits[:, Trait.VAGUENESS]) * (1 - world.person.partial[form])) * ~checking
    wrong = vague + (1 - vague) * wrong_rate
    true = np.where(indifferent, (pick * size).astype(np.int64) % size, wished)
    kind = np.where(u < refused, Report.REFUSED, np.where(u < unsure, Report.NO_PREFERENCE, np.where(u < vague, Report.VAGUE, Report.VALUE)))
    other = (true + offset) % size
    first = np.where((kind == Report.VALUE) & (u < wrong), other, true)
    second = np.where(kind == Report.VAGUE, other, first)
    told = asked | ((reply == UserAct.ANSWER) & checking) | _disclosed(world, state, move, reply, draws)
    return Said(slot, np.where(told, kind, Report.NOTHING), first, second)


def _forms(world: World) -> Ints:
    return np.array([slot.form for slot in world.domain.slots], np.int64)


def _unclearest(state: State) -> Ints:
    """Return the slot [B] a CHECK recaps: of those asked about, the one with the least clear belief."""
    return np.where(state.asked > 0, state.slot_belief[:, :, 0], np.float32(-1.0)).argmax(axis=1)


def _disclosed(world: World, state: State, move: Move, reply: Ints, draws: Floats) -> Bools:
    """Return where an open reply lets a fact out: suggestions always, answers more often than other talk."""
    share = np.float32(world.person.constants["answers"]["disclosure"])
    rate = state.traits[:, Trait.DISCLOSURE] * np.where(reply == UserAct.FOLLOW, share, np.float32(2.0) * share)
    open_reply = (reply == UserAct.ANSWER) | (reply == UserAct.FOLLOW)
    volunteered = open_reply & (move.slot < 0) & (move.family != Family.CHECK) & (draws[:, Draw.DISCLOSE] < rate)
    return volunteered | (reply == UserAct.SUGGEST)
