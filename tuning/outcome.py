"""What a sweep has found: policies at their weights, tried on the same people, as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from evaluation.bootstrap import LEVEL, Estimate, resamples
from evaluation.grid import Cell
from evaluation.measures import PER_PERSON, Sample
from rewards import InputError, RewardWeights
from tuning.front import best_for, front_of, hypervolume, sparsity
from tuning.job import Result
from tuning.plan import Plan, load_plan
from tuning.sweep import REFERENCE, TRIALS, failures, seeds_of

Floats = npt.NDArray[np.float64]

EVERYBODY = "all people"
WORST = "worst type"
"""The column of a point that takes, measure by measure, the person type that fares worst."""
OBJECTIVES = ("success", "satisfaction")
MEASURES = ("success", "satisfaction", "left", "turns", "progress", "initiative")
"""The measures of a point, from ``evaluation.measures``."""
WORST_IS_MOST = ("left", "turns")


@dataclass(frozen=True)
class Outcome:
    """P points: a policy acting under weights, trained with S seeds and tried on the same n people."""

    plan: Plan
    weights: tuple[RewardWeights, ...]  # P
    notes: tuple[str, ...]  # P, what else is special about the point
    cells: tuple[tuple[Cell, ...], ...]  # P x S
    seconds: float  # of training, for one seed of all points
    steps: int  # turns of training, for one seed of all points

    def label(self, point: int) -> str:
        """Return the weights of the ranged terms at a point in words."""
        given = self.weights[point].as_dict()
        return ", ".join(f"{term} {given[term]:.3g}" for term in self.plan.range.terms)

    @property
    def types(self) -> tuple[str, ...]:
        """The person types that anybody is of, after everybody and before the worst."""
        present = [self.cells[0][0].types[kind] for kind in np.unique(self.person_type)]
        return (EVERYBODY, *present, WORST) if len(present) > 1 else (EVERYBODY,)

    @cached_property
    def person_type(self) -> npt.NDArray[np.int64]:
        """The type of each person, [n]."""
        return self.cells[0][0].dialogues.person_type

    @cached_property
    def measured(self) -> dict[str, npt.NDArray[np.float32]]:
        """Each measure of every person, [P, S, n]."""
        return {
            name: np.array([[PER_PERSON[name](Sample(cell.dialogues, np.zeros(0))) for cell in seeds] for seeds in self.cells], np.float32) for name in MEASURES
        }

    def people(self, kind: str) -> npt.NDArray[np.bool_]:
        """Return who is of a person type, [n]."""
        return np.ones(len(self.person_type), bool) if kind == EVERYBODY else self.person_type == self.cells[0][0].types.index(kind)

    def estimate(self, point: int, measure: str, kind: str) -> Estimate:
        """Return a measure at a point for a person type, with its interval."""
        if kind == WORST:
            estimates = [self.estimate(point, measure, name) for name in self.types[1:-1]]
            return (max if measure in WORST_IS_MOST else min)(estimates, key=lambda estimate: estimate.value)
        found = over_seeds_and_people(self.measured[measure][point][:, self.people(kind)])
        return found if measure == "turns" else Estimate(found.value, max(0.0, found.low), min(1.0, found.high))  # all others are shares

    def means(self, kind: str) -> Floats:
        """Return both objectives of every point for each seed, [S, P, 2]."""
        return self._weighted(np.ones((1, len(self.person_type))), kind)[0]

    def front(self, kind: str) -> list[int]:
        """Return the points that are not dominated in the means over seeds, by rising success."""
        return [int(point) for point in front_of(self.means(kind).mean(axis=0))]

    def hypervolumes(self, kind: str) -> "Spread":
        """Return the hypervolume of each seed's own front, and how it varies with the people."""
        own = [hypervolume(front, REFERENCE) for front in self.means(kind)]
        drawn = [
            [hypervolume(front, REFERENCE) for front in resample]
            for counts in resamples(len(self.person_type))
            for resample in self._weighted(counts[self._whole(counts)], kind)
        ]
        return Spread(np.array(own), np.array(drawn))

    def _whole(self, counts: Floats) -> npt.NDArray[np.bool_]:
        """Return which resamples [R] have somebody of every type."""
        return np.all([counts @ (self.person_type == kind) > 0 for kind in np.unique(self.person_type)], axis=0)

    def sparsities(self, kind: str) -> Floats:
        """Return the sparsity of each seed's own front, [S]."""
        return np.array([sparsity(front) for front in self.means(kind)])

    def expected_utility(self, kind: str) -> Estimate:
        """Return the mean return of the best point for each weighting of the range; the interval holds the choice of the best fixed."""
        terms = np.array([[cell.dialogues.terms for cell in seeds] for seeds in self.cells], np.float64)[:, :, self.people(kind)]  # [P, S, n, M]
        wanted = np.array([weights.values for weights in self.plan.range.points(self.plan.points)])  # [J, M]
        values = []
        for seed in range(terms.shape[1]):
            best = best_for(terms[:, seed].mean(axis=1), wanted)
            values.append(np.mean([terms[point, seed] @ weights for point, weights in zip(best, wanted, strict=True)], axis=0))
        return over_seeds_and_people(np.array(values))

    def _weighted(self, counts: Floats, kind: str) -> Floats:
        """Return both objectives when each person counts so often ``counts`` [R, n], [R, S, P, 2]."""
        if kind == WORST:
            return np.min([self._weighted(counts, name) for name in self.types[1:-1]], axis=0)
        among = counts * self.people(kind)
        values = np.stack([self.measured[name] for name in OBJECTIVES], axis=-1).transpose(2, 1, 0, 3)  # [n, S, P, 2]
        flat = among @ values.reshape(len(values), -1) / among.sum(axis=1, keepdims=True)
        return flat.reshape(len(counts), *values.shape[1:])


@dataclass(frozen=True, slots=True)
class Spread:
    """A number for each of S seeds, and again for R resamples of the people."""

    seeds: Floats  # [S]
    resampled: Floats  # [R, S]

    def estimate(self) -> Estimate:
        """Return the mean over seeds with its interval."""
        return interval(self.seeds, float(self.resampled.mean(axis=1).std()))

    def over(self, other: "Spread") -> Estimate:
        """Return the ratio of two means, NaN over 0; the resamples are of the same people, so they are paired (delta method)."""
        if not other.seeds.mean():
            return Estimate(float("nan"), float("nan"), float("nan"))
        ratio = float(self.seeds.mean() / other.seeds.mean())
        people = float((self.resampled.mean(axis=1) - ratio * other.resampled.mean(axis=1)).std() / other.seeds.mean())
        seeds = [ratio * seed_half(spread.seeds) / spread.seeds.mean() for spread in (self, other)]
        half = float(np.sqrt((NORMAL * people) ** 2 + sum(part**2 for part in seeds)))
        return Estimate(ratio, ratio - half, ratio + half)


NORMAL = 1.959964
"""Standard errors in half of a 95 % interval of a normal distribution."""


def over_seeds_and_people(values: npt.NDArray[np.floating]) -> Estimate:
    """Return the mean of ``values`` [S, n] with its interval."""
    person = values.mean(axis=0, dtype=np.float64)
    error = float(person.std(ddof=1) / np.sqrt(len(person))) if len(person) > 1 else float("nan")
    return interval(values.mean(axis=1, dtype=np.float64), error)


def interval(seeds: Floats, people: float) -> Estimate:
    """Return the mean of the seeds' estimates [S] and its 95 % interval: Student's over seeds and ``people``'s standard error, in quadrature.

    The people are the same for all seeds, so the two errors are independent. With one seed only the people count.
    """
    half = float(np.hypot(seed_half(seeds), NORMAL * people))
    return Estimate(float(seeds.mean()), float(seeds.mean()) - half, float(seeds.mean()) + half)


def seed_half(seeds: Floats) -> float:
    """Return half of Student's 95 % interval of the mean over seeds [S]; 0 with one seed."""
    count = len(seeds)
    return float(student.ppf((1 + LEVEL) / 2, count - 1) * seeds.std(ddof=1) / np.sqrt(count)) if count > 1 else 0.0


def load_outcome(folder: Path, elsewhere: Sequence[Path] = ()) -> Outcome:
    """Return what the sweep in ``folder`` has found so far, with trials of its other folders; raises InputError if there is nothing."""
    plan = load_plan(folder)
    trials = sorted(path for place in (folder, *elsewhere) for path in (place / TRIALS).glob("[0-9]*"))
    whole = [(path, results) for path in trials if len(results := seeds_of(path, plan)) == plan.seeds]
    if not whole:
        why = next((f" (trial {number} failed: {reason})" for number, reason in failures(folder).items()), "")
        raise InputError(f"{folder}: no trial has come to its end yet{why}; go on with: python tune.py --resume {folder}")
    points = [(path, seeds) for path, results in whole for seeds in zip(*(result.cells for result in results), strict=True)]
    every: list[Result] = [result for _, results in whole for result in results]
    return Outcome(
        plan=plan,
        weights=tuple(seeds[0].weights for _, seeds in points),
        notes=tuple(_note(path, plan) for path, _ in points),
        cells=tuple(seeds for _, seeds in points),
        seconds=sum(result.seconds for result in every) / plan.seeds,
        steps=sum(result.steps for result in every) // plan.seeds,
    )


def _note(trial: Path, plan: Plan) -> str:
    """Return the hyper-parameters of a trial that vary, in words."""
    if not plan.searches:
        return ""
    from training.run import load_run  # noqa: PLC0415 -- torch takes a second to import

    hyper = load_run(trial / f"seed-{plan.first_seed}").hyper_parameters
    values = [hyper[search.name] for search in plan.searches]
    shown = [f"{value:.3g}" if isinstance(value, float) else str(value) for value in values]
    return ", ".join(f"{search.name} {text}" for search, text in zip(plan.searches, shown, strict=True))
