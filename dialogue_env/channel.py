"""The air between the two sides: it loses and confuses what is said. Nothing else of the person reaches the agent."""

from typing import Any

import numpy as np

from dialogue_env.acts import CONFUSABLE, RAISING, TELLING, Reply, Report
from dialogue_env.draws import Draw, another, draw, logistic_noise
from dialogue_env.messages import NOWHERE, Heard, Said
from rewards.compiled import compiled

_CONFUSABLE = np.array(CONFUSABLE, np.int64)
_PLACE = np.array([CONFUSABLE.index(reply) if reply in CONFUSABLE else -1 for reply in Reply], np.int64)
"""Where each reply stands in ``CONFUSABLE``, -1 for those that nobody mistakes."""
CUE_WIDTH = 6.0
"""Standard deviations of the noise that the hesitation cue's range [0, 1] covers."""


@compiled
def cross(tables: Any, key: Any, number: int, said: Said) -> tuple[Heard, bool]:
    """Return what is heard of ``said`` in exchange ``number``, and whether a reply or a value was misheard.

    Replies and values are mistaken at the world's noise, evenly for any other; ACCEPT and LEAVE never. With a
    misheard reply go what it let out, unless the reply heard could have said as much, the topic that was raised, and the hesitation.
    """
    noise = tables.constants[0].world.noise
    reply = _recognise(noise, key, number, said.reply)
    slot, kind, first, second = said.slot, said.kind, said.first, said.second
    if reply not in TELLING:
        slot, kind, first, second = 0, Report.NOTHING.value, 0, 0
    confused = kind == Report.VALUE and tables.slots[slot].size > 1 and draw(key, number, Draw.MISHEARD_VALUE) < noise
    if confused:
        first = second = another(first, tables.slots[slot].size, draw(key, number, Draw.MISHEARD_VALUE_FOR))
    heard = Heard(
        reply,
        _topic(tables, key, number, said, reply),
        slot,
        kind,
        first,
        second,
        rating(tables, said.satisfaction, draw(key, number, Draw.RATING)),
        rating(tables, said.distress, draw(key, number, Draw.UPSET)),
        _hesitation(tables, key, number, said, reply),
    )
    return heard, confused or reply != said.reply


@compiled
def _recognise(noise: float, key: Any, number: int, reply: int) -> int:
    place = _PLACE[reply]
    if place < 0 or draw(key, number, Draw.MISHEARD) >= noise:
        return reply
    return _CONFUSABLE[another(place, len(_CONFUSABLE), draw(key, number, Draw.MISHEARD_FOR))]


@compiled
def _topic(tables: Any, key: Any, number: int, said: Said, reply: int) -> int:
    """Return the topic caught: the one raised, none where the reply heard raises none, any where none was raised."""
    if reply not in RAISING:
        return NOWHERE
    if said.reply in RAISING:
        return said.topic
    return int(draw(key, number, Draw.MISHEARD_TOPIC) * len(tables.centre))


@compiled
def _hesitation(tables: Any, key: Any, number: int, said: Said, reply: int) -> float:
    """Return the cue that a person heard to be silent is stuck, in [0, 1]; 0 with any other reply."""
    if reply != Reply.SILENT:
        return 0.0
    cue = tables.constants[0].thinking.discriminability * ((1.0 if said.stuck else 0.0) - 0.5)
    return min(max(0.5 + (cue + logistic_noise(draw(key, number, Draw.HESITATION))) / CUE_WIDTH, 0.0), 1.0)


@compiled
def rating(tables: Any, condition: float, uniform: float) -> float:
    """Return an outside observer's rating in {0, 1/4, ..., 1} of a condition in [0, 1]: five steps, noisily."""
    rated = 1.0 + 4.0 * condition + tables.constants[0].rating.noise * logistic_noise(uniform)
    return (min(max(round(rated), 1), 5) - 1) / 4.0
