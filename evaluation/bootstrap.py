"""Intervals over people: the percentile bootstrap, vectorised, with the same resamples for everything.

A statistic is a function of how often each person counts: ``counts [R, n] -> [R]``. Counts of
one give the estimate itself, resampled counts its spread.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Statistic = Callable[[Floats], Floats]

RESAMPLES = 1000
LEVEL = 0.95
SEED = 7
"""Seed of the resamples, fixed so that a table can be made again to the last digit."""
BLOCK = 4_000_000
"""Most counts that are held at a time."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number and its 95 % interval; NaN where nobody counts."""

    value: float
    low: float
    high: float

    @property
    def half(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2


def estimates(statistics: Mapping[str, Statistic], people: int) -> dict[str, Estimate]:
    """Return the estimate of each statistic over ``people`` persons."""
    draws: dict[str, list[Floats]] = {name: [] for name in statistics}
    for counts in resamples(people):
        for name, statistic in statistics.items():
            draws[name].append(statistic(counts))
    everyone = np.ones((1, people))
    return {name: Estimate(float(statistic(everyone)[0]), *_interval(np.concatenate(draws[name]))) for name, statistic in statistics.items()}


def mean_of(values: npt.NDArray[np.generic]) -> Estimate:
    """Return the estimate of the mean of ``values`` [n], one for each person."""
    return estimates({"mean": weighted_mean(values)}, len(values))["mean"]


def weighted_mean(values: npt.NDArray[np.generic], among: npt.NDArray[np.bool_] | None = None) -> Statistic:
    """Return the statistic of the mean of ``values`` [n], over the people ``among`` [n] only if given."""
    mask = np.ones(len(values)) if among is None else among.astype(np.float64)
    masked = values.astype(np.float64) * mask

    def mean(counts: Floats) -> Floats:
        total = counts @ mask
        return np.divide(counts @ masked, total, out=np.full(len(counts), np.nan), where=total > 0)

    return mean


def lower_tail_mean(values: npt.NDArray[np.generic], share: float) -> Statistic:
    """Return the statistic of the mean of the worst ``share`` of ``values`` [n] (CVaR).

    The person on the border counts with the part that belongs to the tail.
    """
    order = np.argsort(values, kind="stable")
    ascending = values[order].astype(np.float64)
    size = share * len(values)

    def tail(counts: Floats) -> Floats:
        ordered = counts[:, order]
        before = ordered.cumsum(axis=1) - ordered
        return np.minimum(np.maximum(size - before, 0.0), ordered) @ ascending / size

    return tail


def pooled_entropy(amounts: Floats) -> Statistic:
    """Return the statistic of the entropy, in bits, of the pooled ``amounts`` [n, A] of each kind."""

    def entropy(counts: Floats) -> Floats:
        pooled = counts @ amounts
        shares = pooled / np.maximum(pooled.sum(axis=1, keepdims=True), 1.0)
        logs = np.log2(shares, out=np.zeros_like(shares), where=shares > 0)
        return np.asarray(-(shares * logs).sum(axis=1) + 0.0)

    return entropy


def resamples(people: int) -> Iterator[Floats]:
    """Yield ``RESAMPLES`` rows of counts [r, n], in blocks that fit in memory."""
    rows = max(1, min(RESAMPLES, BLOCK // people))
    for first in range(0, RESAMPLES, rows):
        yield _block(people, first, min(rows, RESAMPLES - first))


@lru_cache(maxsize=2)
def _block(people: int, first: int, rows: int) -> Floats:
    """Return how often each of ``people`` was drawn in ``rows`` resamples, [r, n]."""
    chosen = np.random.default_rng((SEED, people, first)).integers(people, size=(rows, people))
    flat = (chosen + np.arange(rows)[:, None] * people).ravel()
    counts = np.bincount(flat, minlength=rows * people).reshape(rows, people).astype(np.float64)
    counts.flags.writeable = False
    return counts


def _interval(draws: Floats) -> tuple[float, float]:
    """Return the ends of the percentile interval of the draws that are numbers."""
    finite = draws[np.isfinite(draws)]
    if not len(finite):
        return float("nan"), float("nan")
    low, high = np.percentile(finite, [50 * (1 - LEVEL), 50 * (1 + LEVEL)])
    return float(low), float(high)
