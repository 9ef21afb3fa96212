"""How close simulated people are to real ones, in units of the distance between two groups of real people.

The dialogues of a corpus are split at random into halves. A model of people is fitted to one half and plays
the persons of the other, against the system side as logged. Its distance to the real persons of that half,
divided by the distance between the real persons of the two halves (the human floor), is its ratio.

Shares of few dialogues scatter, and a distance takes scatter for distance. The floor holds the scatter of two
halves; a model's sample has many copies of each dialogue and hardly any of its own. So a perfect model has a
ratio of about .7 (one over the square root of two), and 1 is as far off as other real people. With a
sample of the same size as the real one, one copy of each dialogue, a perfect model has 1: ``same_size``.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np

from calibration.realism.distances import Values, count, curve, distances
from calibration.realism.splits import RESAMPLES, Grouped, centred, ends, estimate, halves, resample_units
from dialogue_env.types import F64, I64
from evaluation.bootstrap import Estimate

FINEST = 1000
"""A Wasserstein distance is exact up to this many different values; beyond it, values are rounded to a grid of as many."""


Sample = Mapping[str, Values]
"""Values by the name of the quantity."""
Simulate = Callable[[I64], Sample]


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something that is compared."""

    name: str
    group: str  # what it is an aspect of: "resistance", "first yes", "leaving", ...
    distance: Literal["total variation", "Wasserstein"]
    bins: tuple[str, ...]  # names of the categories for total variation, else ()
    asked: float  # greatest ratio that is asked for; inf for none


class Comparison(Grouped, Protocol):
    """One corpus, with ways to sample its people and models of them."""

    @property
    def name(self) -> str:
        """Return a short name."""

    @property
    def corpus(self) -> str:
        """Return the name of the corpus."""

    @property
    def replayed(self) -> str:
        """Return what the simulator replays of the corpus, in a few words."""

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """Return what is compared."""

    @property
    def models(self) -> tuple[str, ...]:
        """Return the names of the models, "people" first, then naive ones."""

    @property
    def copies(self) -> int:
        """Return how many replays of each unit a model's sample has."""

    def human(self, rows: I64) -> Sample:
        """Return what the real people of the units ``rows`` [k] did; units are numbered 0..k-1."""

    def fit(self, model: str, rows: I64) -> Simulate:
        """Return a model fitted to the units ``rows``: from units [k] to what it does in them.

        Units of that sample are replays, 0..k*copies-1; replay r is of unit r // copies.
        """


@dataclass(frozen=True, slots=True)
class Score:
    """How far a model is from real people, mean over splits."""

    distance: Estimate
    ratio: Estimate  # to the floor
    same_size: float  # the ratio with one copy of each dialogue, mean over copies
    shares: F64  # [K] of the model over the held-out halves, as ``Result.human``


@dataclass(frozen=True, slots=True)
class Result:
    """One quantity of one comparison."""

    comparison: str
    corpus: str
    replayed: str  # what of the corpus
    quantity: Quantity
    units: int
    support: F64  # [K] values that the shares are of
    human: F64  # [K] of all real people: shares for total variation, summed up for Wasserstein
    half_low: F64  # [K] 95 % of random halves of them lie between these
    half_high: F64
    floor: Estimate
    scores: Mapping[str, Score]  # by model


@dataclass(frozen=True, slots=True)
class _Split:
    """Samples of one split in halves."""

    train: I64
    held: I64
    models: Mapping[str, Sample]  # playing the held-out half


def compare(comparison: Comparison, splits: int, seed: int, tick: Callable[[], Any] = lambda: None) -> tuple[Result, ...]:
    """Return one result per quantity; ``tick`` is called after each of ``splits`` x models fits.

    Raises InputError for fewer than 1 split or 4 groups.
    """
    pairs = tuple(halves(comparison.groups, splits, seed))
    parts = tuple(_Split(train, held, dict(_played(comparison, train, held, tick))) for train, held in pairs)
    weights = resample_units(comparison.groups, seed)
    return tuple(_result(comparison, quantity, parts, weights, seed) for quantity in comparison.quantities)


def _played(comparison: Comparison, train: I64, held: I64, tick: Callable[[], Any]) -> Iterator[tuple[str, Sample]]:
    for model in comparison.models:
        yield model, comparison.fit(model, train)(held)
        tick()


def _result(comparison: Comparison, quantity: Quantity, parts: tuple[_Split, ...], weights: F64, seed: int) -> Result:
    units, kind = len(comparison.groups), quantity.distance
    everyone = comparison.human(np.arange(units))[quantity.name]
    support = _support(quantity, [everyone, *(sample[quantity.name] for part in parts for sample in part.models.values())])
    human = count(everyone, support, units)
    ours = [(weights[:, part.train] @ human[part.train], weights[:, part.held] @ human[part.held]) for part in parts]
    floors = np.mean([distances(kind, support, first, second) for first, second in ours], axis=0)
    scores = {}
    for model in comparison.models:
        played = [(part.models[model][quantity.name], part.held) for part in parts]
        scores[model] = _score(quantity, support, played, [held for _, held in ours], weights, floors, comparison.copies)
    among = np.zeros((RESAMPLES, units))
    for row, (half, _) in zip(among, halves(comparison.groups, RESAMPLES, seed), strict=True):
        row[half] = 1.0
    low, high = ends(curve(kind, among @ human))
    overall = curve(kind, human.sum(axis=0))
    return Result(comparison.name, comparison.corpus, comparison.replayed, quantity, units, support, overall, low, high, estimate(centred(floors)), scores)


def _score(quantity: Quantity, support: F64, played: list[tuple[Values, I64]], held: list[F64], weights: F64, floors: F64, copies: int) -> Score:
    drawn, same, total = [], [], np.zeros(len(support))
    for (values, rows), theirs in zip(played, held, strict=True):
        counts = count(Values(values.unit // copies, values.value), support, len(rows))
        drawn.append(distances(quantity.distance, support, weights[:, rows] @ counts, theirs))
        each = count(Values(values.unit % copies, values.value), support, copies)
        same.append(distances(quantity.distance, support, each, theirs[:1]).mean())
        total += counts.sum(axis=0)
    found = np.mean(drawn, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):  # people who are all alike are at a distance of 0
        ratio, same_size = centred(found) / centred(floors), np.mean(same) / floors[0]
    return Score(estimate(centred(found)), estimate(ratio), float(same_size), curve(quantity.distance, total))


def _support(quantity: Quantity, samples: list[Values]) -> F64:
    if quantity.distance == "total variation":
        places = np.arange(len(quantity.bins), dtype=np.float64)
        if not all(np.isin(values.value, places).all() for values in samples):
            raise ValueError(f"{quantity.name}: a value is not a place among the {len(places)} categories")
        return places
    found = np.unique(np.concatenate([values.value for values in samples]))
    return found if len(found) <= FINEST else np.linspace(found[0], found[-1], FINEST)
