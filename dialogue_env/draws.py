"""Counter-based random numbers: a draw is a function of (stream, seed, dialogue number, exchange, use).

No generator state exists, so a dialogue is the same alone and in any batch, and two policies
that meet the same person meet the same luck.
"""

import math
from collections.abc import Sequence
from enum import IntEnum
from typing import Any

import numpy as np

from dialogue_env.types import F64, I64, U64
from rewards.compiled import compiled, entry
from rewards.errors import InputError

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_EXCHANGES = np.uint64(1 << 20)
_SHIFT_1, _SHIFT_2, _SHIFT_3 = np.uint64(30), np.uint64(27), np.uint64(31)
_LOW, _HIGH, _ONE = np.uint64(8), np.uint64(40), np.uint64(1)
_MASK = np.uint64((1 << 24) - 1)
_STEP = 2.0**-24
LOGISTIC_SCALE = math.sqrt(3.0) / math.pi
LARGEST_SEED = 2**64 - 1
WANTED = 1 << 30
"""The exchange whose draws settle what is wanted of a dialogue: no other draw is correlated with them."""


class Stream(IntEnum):
    """What people are met for. Streams share no person, whatever the seeds."""

    TRAINING = 0
    SELECTION = 1  # of the best checkpoint
    TUNING = 2
    EVALUATION = 3


class Draw(IntEnum):
    """The use that each draw of an exchange is put to: a slot for each, so no two uses are correlated.

    REPORT_KIND and NEW_WISH settle two things at once, as one multinomial draw.
    """

    LEAVE = 0
    REPLY = 1
    REPORT_KIND = 2
    REPORT_SLOT = 3
    OTHER_VALUE = 4  # a wrong value, or the second of a vague report
    MISHEARD = 5
    MISHEARD_VALUE = 6
    RAISED_TOPIC = 7
    RATING = 8
    STUCK = 9
    HESITATION = 10
    CHANGED_MIND = 11
    NEW_WISH = 12
    OUTCOME = 13
    UPSET = 14
    DISCLOSE = 15
    INDIFFERENT_VALUE = 16  # the value that somebody names to whom it does not matter
    MISHEARD_VALUE_FOR = 17  # what a misheard value is taken for
    MISHEARD_FOR = 18  # what a misheard reply is taken for
    MISHEARD_TOPIC = 19  # the topic caught where none was raised
    REASON = 20  # whether a refusal comes with its reason
    WANTED = 21  # whether the reason names what is wanted instead
    WORDING = 22  # three draws that pick phrasings; they decide nothing


class Opening(IntEnum):
    """The uses of the draws before the first exchange; slots and traits follow."""

    TYPE = 0
    TOPIC = 1
    NEED = 2
    SATISFACTION = 3
    DISTRESS = 4
    RATING = 5
    UPSET = 6
    FAVOURITES = 8  # three
    REST = 11  # a draw for each slot, then one for each trait


@compiled
def mix(x: Any) -> Any:
    """Return splitmix64's finaliser of ``x`` (Steele, Lea and Flood 2014)."""
    x = (x ^ (x >> _SHIFT_1)) * _MIX_1
    x = (x ^ (x >> _SHIFT_2)) * _MIX_2
    return x ^ (x >> _SHIFT_3)


@compiled
def draw(key: Any, exchange: int, use: int) -> float:
    """Return a uniform draw in [0, 1) of 24 bits; exchange 0 is before the first, ``WANTED`` settles what is wanted of the dialogue.

    Each 64-bit hash gives two draws.
    """
    counter = np.uint64(exchange) * _EXCHANGES + np.uint64(use // 2) + _ONE
    bits = mix(np.uint64(key) + counter * _GOLDEN)
    return np.float64(((bits >> _LOW) if use % 2 == 0 else (bits >> _HIGH)) & _MASK) * _STEP


@compiled
def logistic_noise(uniform: float) -> float:
    """Return logistic noise of mean 0 and variance 1 from a uniform draw."""
    inside = min(max(uniform, 1e-6), 1.0 - 1e-6)
    return math.log(inside / (1.0 - inside)) * LOGISTIC_SCALE


@compiled
def another(value: int, size: int, uniform: float) -> int:
    """Return a value other than ``value``, evenly, out of ``size``."""
    return (value + 1 + min(int(uniform * (size - 1)), size - 2)) % size


@entry
def _uniforms(keys: U64, exchange: I64, first: int, out: F64) -> None:
    for b in range(len(keys)):
        for use in range(out.shape[1]):
            out[b, use] = draw(keys[b], exchange[b], first + use)


def uniforms(keys: U64, exchange: I64 | int, count: int, first: int = 0) -> F64:
    """Return the draws of the uses ``first`` to ``first + count - 1`` for each dialogue, [B, count]."""
    out = np.empty((len(keys), count))
    _uniforms(keys, np.broadcast_to(np.asarray(exchange, np.int64), len(keys)), first, out)
    return out


def dialogue_keys(stream: Stream, seeds: Any, numbers: Any) -> U64:
    """Return one key [B] for each dialogue number [B] of a stream, under one seed or one seed each.

    The seed is mixed before the number is added and again after, so neighbouring seeds and
    numbers share no draws. Raises InputError unless seeds are whole numbers from 0 to 2**64 - 1.
    """
    given, counted = _seeds(seeds), np.asarray(numbers).astype(np.uint64)
    keys = np.empty(max(len(given), len(counted)), np.uint64)
    _write_keys(int(stream), given, counted, keys)
    return keys


@entry
def _write_keys(stream: int, seeds: U64, numbers: U64, out: U64) -> None:
    for b in range(len(out)):
        base = mix(seeds[b if len(seeds) > 1 else 0] + _GOLDEN) + mix(np.uint64(stream))
        out[b] = mix(base + (numbers[b if len(numbers) > 1 else 0] + _ONE) * _GOLDEN)


def _seeds(seeds: Any) -> U64:
    if isinstance(seeds, np.ndarray) and seeds.dtype == np.uint64:
        return np.atleast_1d(seeds)
    given: Sequence[Any] = seeds if isinstance(seeds, (list, tuple)) else np.atleast_1d(np.asarray(seeds)).tolist()
    for seed in given:
        if isinstance(seed, (bool, np.bool_)) or not isinstance(seed, (int, np.integer)) or not 0 <= int(seed) <= LARGEST_SEED:
            raise InputError(f"seed must be a whole number from 0 to 2**64 - 1, not {seed!r}")
    return np.array([int(seed) for seed in given], np.uint64)
