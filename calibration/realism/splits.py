"""Random halves of a corpus, and intervals by resampling its dialogues; dialogues of a group stay together."""

from collections.abc import Iterator
from typing import Any, Protocol, runtime_checkable

import numpy as np

from dialogue_env.types import F64, I64
from evaluation.bootstrap import LEVEL, Estimate
from rewards.errors import InputError

RESAMPLES = 400
FEWEST = 4


@runtime_checkable
class Grouped(Protocol):
    """Dialogues that can be split in halves."""

    @property
    def groups(self) -> I64:
        """Return the group of each dialogue, [n]; the dialogues of a group are never split (``arange(n)`` where each stands alone)."""


def halves(groups: I64, splits: int, seed: int) -> Iterator[tuple[I64, I64]]:
    """Yield ``splits`` random pairs of rows, to fit to and held out; the rows of a group stay together."""
    names = np.unique(groups)
    if splits < 1 or len(names) < FEWEST:
        raise InputError(f"realism: needs at least 1 split and {FEWEST} dialogues, not {splits} and {len(names)}")
    for split in range(splits):
        first = np.random.default_rng((seed, split)).permutation(names)[: len(names) // 2]
        among = np.isin(groups, first)
        yield np.flatnonzero(among), np.flatnonzero(~among)


def resample_units(groups: I64, seed: int) -> F64:
    """Return how often each unit counts, [1 + R, n]: once, then as its group is drawn in each resample."""
    names, place = np.unique(groups, return_inverse=True)
    size = len(names)
    drawn = np.random.default_rng((seed, size)).multinomial(size, np.full(size, 1.0 / size), size=RESAMPLES)
    return np.concatenate([np.ones((1, len(groups))), drawn[:, place].astype(np.float64)])


def estimate(draws: F64) -> Estimate:
    """Return a number, ``draws[0]``, with the percentile interval of its resamples, ``draws[1:]``."""
    low, high = ends(draws[1:])
    return Estimate(float(draws[0]), float(low), float(high))


def centred(draws: F64) -> F64:
    """Return distances with those of resamples, ``draws[1:]``, scaled so that their mean is the distance itself, ``draws[0]``.

    A resample scatters about a sample that scatters itself, so distances of resamples are too great.
    """
    finite = draws[1:][np.isfinite(draws[1:])]
    scale = draws[0] / finite.mean() if len(finite) and finite.any() else 1.0
    return np.concatenate([draws[:1], draws[1:] * scale])


def ends(draws: F64) -> tuple[Any, Any]:
    """Return the ends of the 95 % percentile interval over the first axis."""
    finite = draws[np.isfinite(draws).reshape(len(draws), -1).all(axis=1)]
    if not len(finite):
        return np.full(draws.shape[1:], np.nan), np.full(draws.shape[1:], np.nan)
    low, high = np.percentile(finite, [50 * (1 - LEVEL), 50 * (1 + LEVEL)], axis=0)
    return low, high
