"""Values of people and of models of them: how often each occurs, and how far two such distributions are apart."""

from dataclasses import dataclass

import numpy as np

from dialogue_env.types import F64, I64


@dataclass(frozen=True, slots=True)
class Values:
    """The values of one quantity; a unit (a dialogue, or a replay of one) may have none or several."""

    unit: I64  # [m] from 0
    value: F64  # [m] a number; for total variation, the place of the category


def count(values: Values, support: F64, units: int) -> F64:
    """Return how often each unit has each value of ``support`` [K] (the nearest one), [units, K]."""
    size = len(support)
    places = np.searchsorted((support[1:] + support[:-1]) / 2, values.value)
    return np.bincount(values.unit * size + places, minlength=units * size).reshape(units, size).astype(np.float64)


def distances(kind: str, support: F64, first: F64, second: F64) -> F64:
    """Return the distance [R] between rows of counts [R, K] over ``support`` [K]; nan where a row has none."""
    excess = _shares(first) - _shares(second)
    if kind == "total variation":
        return np.asarray(np.abs(excess).sum(axis=-1) / 2)
    return np.asarray(np.abs(excess.cumsum(axis=-1)[..., :-1]) @ np.diff(support))


def curve(kind: str, counts: F64) -> F64:
    """Return what is drawn of counts [..., K]: shares, or shares summed up, whose distance is the area between them."""
    shares = _shares(counts)
    return shares if kind == "total variation" else shares.cumsum(axis=-1)


def _shares(counts: F64) -> F64:
    total = counts.sum(axis=-1, keepdims=True)
    return np.divide(counts, total, out=np.full(counts.shape, np.nan), where=total > 0)
