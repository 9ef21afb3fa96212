"""What the agent makes of the person's reply: recognition, with noise, and running estimates."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dialogue_env.acts import REPLY, REPORT, UserAct
from dialogue_env.move import Move
from dialogue_env.rating import logistic_noise, rating
from dialogue_env.rng import Draw
from dialogue_env.state import NOWHERE, Mind, Signal, State
from dialogue_env.user import Said, another_value
from dialogue_env.world import World

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

COOPERATIVE = (UserAct.ANSWER, UserAct.FOLLOW, UserAct.ACCEPT, UserAct.ACKNOWLEDGE, UserAct.SUGGEST)
CERTAIN = (UserAct.ACCEPT, UserAct.LEAVE)
"""Replies that nobody mistakes."""
CONFUSABLE = np.array([act for act in UserAct if act not in CERTAIN], np.int64)
_REACTION = {
    UserAct.FOLLOW: 1.0,
    UserAct.ASK: 0.4,
    UserAct.ANSWER: 0.3,
    UserAct.ACKNOWLEDGE: 0.2,
    UserAct.RESIST: -0.6,
    UserAct.DRIFT: -1.0,
    UserAct.SILENT: -0.5,
}
REACTION = np.array([_REACTION.get(act, 0.0) for act in UserAct], np.float32)
"""What a reply says about the interest in the topic at hand."""
LIKING_RATE = np.float32(0.25)
COOPERATION_RATE = np.float32(0.25)
ONE = np.float32(1.0)


@dataclass(frozen=True, slots=True)
class Heard:
    """What was recognised, [B], and the estimates that follow from it."""

    reply: Ints
    report: Ints  # [B, 4] slot, kind (Report), value, second value
    misheard: Bools
    own_topic: Ints
    signals: Floats  # [B, 6]
    liking: Floats  # [B, T]


def listen(world: World, state: State, move: Move, reply: Ints, said: Said, draws: Floats) -> Heard:
    """Return what the agent recognises: acts and values are mistaken at the world's noise."""
    recognised = _recognise(world, reply, draws)
    misheard = recognised != reply
    rows = said.rows
    mistaken = (said.kind == REPORT.VALUE) & (draws[rows, Draw.MISHEARD_VALUE] < world.noise)
    first = np.where(mistaken, another_value(said.first, world.sizes[said.slot], draws[rows, Draw.MISHEARD_FOR]), said.first)
    report = np.zeros((len(reply), 4), np.int64)
    for column, part in enumerate((said.slot, said.kind, first, np.where(mistaken, first, said.second))):
        report[rows, column] = part
    misheard[rows] |= mistaken
    own_topic = _own_topic(world, state, move, recognised, draws)
    signals = _signals(world, state, reply, recognised, draws)
    return Heard(recognised, report, misheard, own_topic, signals, _liking(world, state, move, recognised, own_topic))


def _recognise(world: World, reply: Ints, draws: Floats) -> Ints:
    """Return the recognised reply [B]: at the noise rate another of those that can be mistaken, evenly; ACCEPT and LEAVE never."""
    u = draws[:, Draw.MISHEARD_ACT]
    recognised = reply.copy()
    rows = np.flatnonzero((u < world.noise) & (reply != REPLY.ACCEPT) & (reply != REPLY.LEAVE))
    if len(rows):
        recognised[rows] = CONFUSABLE[another_value(_PLACE[reply[rows]], len(CONFUSABLE), u[rows] / np.float32(world.noise))]
    return recognised


def _own_topic(world: World, state: State, move: Move, recognised: Ints, draws: Floats) -> Ints:
    """Return the topic the person raises by drifting or suggesting, else NOWHERE: another of their favourites, rather a close one."""
    own = np.full(len(state), NOWHERE)
    rows = np.flatnonzero((recognised == REPLY.DRIFT) | (recognised == REPLY.SUGGEST))
    if len(rows):
        topic, favourites = move.topic[rows, None], state.favourites[rows]
        pull = np.exp(world.person.constants["drift"]["closeness"] * world.domain.closeness[topic, favourites]) * (favourites != topic)
        summed = pull.cumsum(axis=1)
        choice = (summed[:, :-1] <= draws[rows, Draw.DRIFT_TOPIC, None] * summed[:, -1:]).sum(axis=1)
        own[rows] = np.where(summed[:, -1] > 0, favourites[np.arange(len(rows)), choice], NOWHERE)
    return own


def _signals(world: World, state: State, reply: Ints, recognised: Ints, draws: Floats) -> Floats:
    """Return the running estimates [B, 6]; the observer rates the person as they were before this exchange sank in."""
    c, signals = world.person.constants, state.signals.copy()
    keep = np.float32(c["rating"]["smoothing"])
    for signal, hidden, draw in ((Signal.MOOD, Mind.SATISFACTION, Draw.RATING), (Signal.UPSET, Mind.DISTRESS, Draw.UPSET)):
        signals[:, signal] = keep * signals[:, signal] + (ONE - keep) * rating(world, state.mind[:, hidden], draws[:, draw])
    signals[:, Signal.COOPERATION] += COOPERATION_RATE * (_COOPERATIVE[recognised] - signals[:, Signal.COOPERATION])
    signals[:, Signal.HESITATION] = 0.0
    signals[:, Signal.SURPRISE] = 0.0
    silent = np.flatnonzero(reply == REPLY.SILENT)
    stuck = draws[silent, Draw.STUCK] < c["thinking"]["stuck"]
    cue = np.float32(c["thinking"]["discriminability"]) * (stuck - np.float32(0.5)) + logistic_noise(draws[silent, Draw.HESITATION])
    signals[silent, Signal.HESITATION] = np.clip(np.float32(0.5) + cue * np.float32(1 / 6), 0.0, 1.0)
    return signals


def _liking(world: World, state: State, move: Move, recognised: Ints, own_topic: Ints) -> Floats:
    """Return the estimated interest [B, T]: a reaction counts for all topics by their closeness to this one."""
    liking = state.liking + (LIKING_RATE * REACTION[recognised])[:, None] * world.centred[move.topic]
    rows = np.flatnonzero(own_topic != NOWHERE)
    if len(rows):
        liking[rows] += LIKING_RATE * world.centred[own_topic[rows]]
    return liking


_COOPERATIVE = np.isin(np.arange(len(UserAct)), COOPERATIVE).astype(np.float32)
_PLACE = np.searchsorted(CONFUSABLE, np.arange(len(UserAct)))
"""Where each reply stands in ``CONFUSABLE``, if it does."""
