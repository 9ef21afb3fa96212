"""What an exchange does to the person: deterministic, given the reply and the turn's draws."""

import numpy as np
import numpy.typing as npt

from dialogue_env.acts import FAMILY, REPLY
from dialogue_env.move import Move, utility
from dialogue_env.rng import Draw
from dialogue_env.state import Mind, State, Talk
from dialogue_env.traits import Trait
from dialogue_env.user import ROUND, sigmoid
from dialogue_env.world import World

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

ONE = np.float32(1.0)
HALF = np.float32(0.5)


def unit(x: Floats) -> Floats:
    """Return ``x`` cut to [0, 1]."""
    return np.minimum(np.maximum(x, np.float32(0.0)), ONE)


def update(world: World, state: State, move: Move, reply: Ints, topic: Ints, misheard: Bools, draws: Floats) -> Floats:
    """Return the mind [B, 14] after the exchange; ``topic`` [B] is where the talk has got to."""
    before = state.mind
    failed = (move.missed | move.holding | misheard).astype(np.float32)
    quality_ = quality(world, state, move, reply, failed)
    rho = np.float32(world.person.constants["satisfaction"]["rho"])
    mind = before.copy()
    mind[:, Mind.SATISFACTION] = rho * before[:, Mind.SATISFACTION] + (ONE - rho) * quality_
    mind[:, Mind.WILLINGNESS] = willingness(world, state, move, topic)
    mind[:, Mind.ANNOYANCE] = annoyance(world, state, move, failed)
    mind[:, Mind.DISTRESS] = distress(world, state, move, reply, failed)
    mind[:, Mind.MISUNDERSTANDING] = misunderstanding(world, state, move, misheard)
    resisted, silent, accepted = reply == REPLY.RESIST, reply == REPLY.SILENT, reply == REPLY.ACCEPT
    mind[:, Mind.RESISTED] = resisted
    mind[:, Mind.ASKED] = reply == REPLY.ASK
    mind[:, Mind.THINKING] = silent
    mind[:, Mind.STUCK] = silent & (draws[:, Draw.STUCK] < world.person.constants["thinking"]["stuck"])
    mind[:, Mind.FAILURES] = before[:, Mind.FAILURES] + (move.missed | move.holding)
    mind[:, Mind.UNRECOGNISED] = before[:, Mind.UNRECOGNISED] + misheard
    mind[:, Mind.UTILITY] = agreed_utility(world, state, accepted)
    mind[:, Mind.REJECTED] = np.where(accepted, np.float32(0.0), np.maximum(before[:, Mind.REJECTED], resisted & move.proposing))
    mind[:, Mind.PROGRESS] = progress(world, mind, move.utility)
    return mind


def quality(world: World, state: State, move: Move, reply: Ints, failed: Floats) -> Floats:
    """Return how good the exchange was for the person, [B] in [0, 1]: satisfaction moves towards it."""
    c = world.person.constants["satisfaction"]
    return unit(
        c["base"]
        + c["relevance"] * move.relevance
        + c["interest"] * move.interest
        + c["length"] * ROUND[np.minimum(state.talk[:, Talk.TURN], len(ROUND) - 1)]
        + c["repetition"] * move.repetition
        + c["effort"] * move.effort
        + c["push"] * move.push
        + c["failure"] * failed
        + c["waiting"] * move.holding.astype(np.float32)
        + c["intrusion"] * move.intruded.astype(np.float32)
        + c["missed"] * move.missed.astype(np.float32)
        + c["need_met"] * move.met.astype(np.float32)
        + c["comfort"] * move.comfort * state.mind[:, Mind.DISTRESS]
        + c["agreed"] * (reply == REPLY.ACCEPT).astype(np.float32)
        + c["resisted"] * (reply == REPLY.RESIST).astype(np.float32)
        + c["insisting"] * move.pressure * state.mind[:, Mind.RESISTED]
        + c["abrupt"] * _abrupt(world, state, move)
        + c["unfit"] * np.maximum(-move.fit, np.float32(0.0))
    )


def _abrupt(world: World, state: State, move: Move) -> Floats:
    """Return how abruptly the agent closes, [B] in [0, 1]: 0 once something is agreed or the time is up."""
    left_over = ONE - state.talk[:, Talk.TURN].astype(np.float32) / np.float32(world.domain.max_turns)
    return left_over * ((move.family == FAMILY.CLOSE) & (state.talk[:, Talk.AGREED] == 0))


def willingness(world: World, state: State, move: Move, topic: Ints) -> Floats:
    """Return the willingness [B] to do what the dialogue is for.

    Talk near the goal warms up an interested person; what is said for it works by its fit,
    wears off with use, and turns against the agent while the person is distressed.
    """
    c, mind = world.person.constants["willingness"], state.mind
    interest = state.interest[np.arange(len(topic)), topic]
    lead = world.goal_closeness[topic] * (interest - np.float32(c["lead_neutral"]))
    upset = mind[:, Mind.DISTRESS]
    gain = np.maximum(move.gain, np.float32(0.0))
    return unit(
        mind[:, Mind.WILLINGNESS]
        + c["lead"] * lead
        + c["gain"] * (move.gain - np.float32(1.0 + c["backfire"]) * upset * gain)
        + c["satisfaction"] * (mind[:, Mind.SATISFACTION] - HALF)
        - c["reactance"] * move.push * (ONE - mind[:, Mind.WILLINGNESS])
    )


def annoyance(world: World, state: State, move: Move, failed: Floats) -> Floats:
    """Return the annoyance [B]: it decays, and grows with pushing against low willingness, repeats and failures."""
    c, mind = world.person.constants["annoyance"], state.mind
    return unit(
        c["decay"] * mind[:, Mind.ANNOYANCE]
        + c["push"] * move.push * (ONE - mind[:, Mind.WILLINGNESS])
        + c["repetition"] * move.repetition
        + c["failure"] * failed
        + c["intrusion"] * move.intruded.astype(np.float32)
        + c["comfort"] * move.comfort
    )


def distress(world: World, state: State, move: Move, reply: Ints, failed: Floats) -> Floats:
    """Return the distress [B]: comfort and speaking of it lower it, pressure and failures raise it."""
    c, upset = world.person.constants["distress"], state.mind[:, Mind.DISTRESS]
    change = c["comfort"] * move.comfort + c["push"] * move.pressure + c["failure"] * failed + c["emote"] * (reply == REPLY.EMOTE).astype(np.float32)
    return unit(upset + change * (upset > 0))


def misunderstanding(world: World, state: State, move: Move, misheard: Bools) -> Floats:
    """Return the misunderstanding [B]: it decays, grows when something is misheard, and CHECK or CORRECT mend it."""
    c = world.person.constants["misunderstanding"]
    mending = (move.family == FAMILY.CHECK) | (move.family == FAMILY.CORRECT)
    kept = np.where(mending, np.float32(c["mended"]), np.float32(c["decay"]))
    return unit(kept * state.mind[:, Mind.MISUNDERSTANDING] + c["misheard"] * misheard.astype(np.float32))


def agreed_utility(world: World, state: State, accepted: Bools) -> Floats:
    """Return the share [B] of the first wish that the item agreed on meets: anew where ``accepted`` [B], else as before."""
    agreed = state.mind[:, Mind.UTILITY].copy()
    rows = np.flatnonzero(accepted)
    if len(rows):
        agreed[rows] = utility(world, state.first_wish[rows], state.talk[rows, Talk.BEST_ITEM])
    return agreed


def progress(world: World, mind: Floats, match: Floats) -> Floats:
    """Return the goal progress [B] in [0, 1]: the domain's shares of match, willingness and comfort."""
    c = world.domain.progress
    total = c["match"] * match + c["willingness"] * mind[:, Mind.WILLINGNESS] + c["comfort"] * (ONE - mind[:, Mind.DISTRESS])
    return unit(total)


def follow_through(world: World, traits: Floats, mind: Floats, agreed: Bools, left: Bools) -> Floats:
    """Return the probability [B] that the person acts on it now that the dialogue is over.

    Saying yes is not doing it: the domain's ``outcome`` is a logit of agreement, rejection,
    willingness and comfort, to which the person's own follow-through adds.
    """
    c = world.domain.outcome
    trait = np.float32(world.person.constants["outcome"]["follow_through"])
    logit = (
        c["bias"]
        + c["agreed"] * agreed
        + c["rejected"] * ((mind[:, Mind.REJECTED] > 0) & ~agreed)
        + c["willingness"] * (mind[:, Mind.WILLINGNESS] - HALF)
        + c["comfort"] * (HALF - mind[:, Mind.DISTRESS])
        + c["left"] * left
        + trait * (traits[:, Trait.FOLLOW_THROUGH] - HALF)
    )
    return sigmoid(logit.astype(np.float32))


def changed_wish(world: World, state: State, draws: Floats) -> Ints:
    """Return the wishes [B, S] after people change their mind about one slot (item domains only)."""
    changed = np.flatnonzero(draws[:, Draw.CHANGED_MIND] < state.traits[:, Trait.MIND_CHANGE])
    if world.domain.target == "outcome" or not len(changed):
        return state.wish
    wish = state.wish.copy()
    scaled = draws[changed, Draw.NEW_WISH] * np.float32(len(world.sizes))
    slot = np.minimum(scaled.astype(np.int64), len(world.sizes) - 1)
    wish[changed, slot] = popular_value(world, slot, scaled - slot)
    return wish


def popular_value(world: World, slot: Ints, draw: Floats) -> Ints:
    """Return a value [B] of each slot [B] drawn by popularity."""
    below = (world.cumulative[slot] <= draw[:, None]).sum(axis=1)
    return np.minimum(below, world.sizes[slot] - 1)


def reached_topic(state: State, move: Move, reply: Ints) -> Ints:
    """Return where the talk has got to, [B]: a lead is taken up unless the person resists, drifts, is silent or goes."""
    refused = (reply == REPLY.RESIST) | (reply == REPLY.DRIFT) | (reply == REPLY.SILENT) | (reply == REPLY.LEAVE)
    return np.where(refused, state.talk[:, Talk.TOPIC], move.topic)
