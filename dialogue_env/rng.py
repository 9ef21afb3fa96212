"""Counter-based random numbers: a draw is a function of (dialogue key, turn, slot).

No generator state exists, so row i of a batch is bitwise the single dialogue, and two
policies that meet the same person meet the same luck.
"""

import numpy as np
import numpy.typing as npt

from dialogue_env.columns import Columns

Keys = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_STREAMS = np.uint64(1 << 20)


class Draw(metaclass=Columns):
    """The use that each draw of a turn is put to: a slot for each, so no two uses are correlated.

    REPORT_KIND, MISHEARD_ACT and NEW_WISH settle two things at once, as one multinomial draw.
    """

    LEAVE = 0
    REPLY = 1
    REPORT_KIND = 2
    REPORT_SLOT = 3
    OTHER_VALUE = 4  # a wrong value, or the second of a vague report
    MISHEARD_ACT = 5
    MISHEARD_VALUE = 6
    DRIFT_TOPIC = 7
    RATING = 8
    STUCK = 9
    HESITATION = 10
    CHANGED_MIND = 11
    NEW_WISH = 12
    OUTCOME = 13
    UPSET = 14
    DISCLOSE = 15
    INDIFFERENT_VALUE = 16  # the value that somebody names to whom it does not matter
    MISHEARD_FOR = 17  # what a misheard value is taken for


def _mix(x: Keys) -> Keys:
    """Return splitmix64's finaliser of ``x`` (Steele, Lea and Flood 2014); ``x`` is overwritten."""
    x ^= x >> np.uint64(30)
    x *= _MIX_1
    x ^= x >> np.uint64(27)
    x *= _MIX_2
    x ^= x >> np.uint64(31)
    return x


def dialogue_keys(seeds: Ints | int, numbers: Ints) -> Keys:
    """Return one key [B] for each dialogue number [B] under a seed, or one seed each.

    The seed is mixed before the number is added and again after, so neighbouring seeds and
    numbers share no draws. Seeds are integers below 2**63.
    """
    base = _mix(np.atleast_1d(np.asarray(seeds, np.int64)).astype(np.uint64) + _GOLDEN)
    return _mix(base + (numbers.astype(np.uint64) + np.uint64(1)) * _GOLDEN)


def uniforms(keys: Keys, turn: Ints, count: int) -> Floats:
    """Return ``count`` uniform draws in [0, 1) for each dialogue, [B, count].

    Turn 0 is the reset, turn -1 what is wanted of the dialogue. Each 64-bit hash gives two draws of 24 bits.
    """
    hashes = (count + 1) // 2
    places: Keys = np.arange(1, hashes + 1, dtype=np.uint64)
    counters = (turn.astype(np.uint64) * _STREAMS)[:, None] + places
    bits = _mix(keys[:, None] + counters * _GOLDEN).view(np.uint32)[:, :count]
    return (bits >> np.uint32(8)).astype(np.float32) * np.float32(2.0**-24)
