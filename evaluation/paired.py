"""Two policies with the same people: differences person by person, with a test of each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dialogue_env.types import F64, Bools
from evaluation.bootstrap import Estimate, estimates, weighted_mean
from evaluation.grid import FLOOR, Cell, Setting, by_setting
from evaluation.measures import BY_NAME, PER_PERSON, sample_of
from rewards import InputError, RewardWeights
from rewards.errors import unknown


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure of two policies in one setting: ``second`` minus ``first``, person by person."""

    setting: Setting
    first: str
    second: str
    measure: str
    first_mean: float
    second_mean: float
    difference: Estimate
    test: str
    p: float
    saving: float  # how many times fewer dialogues pairing needs than two separate samples; NaN if nobody differs


def compare(cells: Sequence[Cell], pair: Sequence[str], weights: RewardWeights) -> Iterator[Difference]:
    """Yield the differences, in every setting, between the two policies of ``pair``; raises InputError if one is not there."""
    first, second = pair
    for setting, group in by_setting(cells).items():
        found = {cell.policy: cell for cell in group}
        for name in (first, second):
            if name not in found:
                raise unknown("policy", name, found)
        yield from _differences(setting, found[first], found[second], weights)


def listening(cells: Sequence[Cell], weights: RewardWeights) -> dict[Setting, dict[str, Estimate]]:
    """Return how far the return of each policy is above that of the script that listens to nothing, person by person, where that was played."""
    found = {}
    for setting, group in by_setting(cells).items():
        returns = {cell.policy: cell.dialogues.returns(weights).astype(np.float64) for cell in group}
        if (floor := returns.pop(FLOOR, None)) is not None and returns:
            found[setting] = estimates({name: weighted_mean(values - floor) for name, values in returns.items()}, len(floor))
    return found


def check_pair(pair: Sequence[str]) -> None:
    """Raise InputError unless ``pair`` is empty or names two different policies."""
    if len(pair) not in (0, 2) or len(set(pair)) != len(pair):
        raise InputError(f"--compare needs exactly two different policies, not {len(pair)}: {' '.join(pair) or 'none'}")


def _differences(setting: Setting, first: Cell, second: Cell, weights: RewardWeights) -> Iterator[Difference]:
    samples = sample_of(first.dialogues, weights), sample_of(second.dialogues, weights)
    pairs = {name: tuple(person(sample).astype(np.float64) for sample in samples) for name, person in PER_PERSON.items()}
    count = len(first.dialogues.number)
    intervals = estimates({name: weighted_mean(b - a) for name, (a, b) in pairs.items()}, count)
    for name, (a, b) in pairs.items():
        binary = BY_NAME[name].binary
        yield Difference(
            setting=setting,
            first=first.policy,
            second=second.policy,
            measure=name,
            first_mean=float(a.mean()),
            second_mean=float(b.mean()),
            difference=intervals[name],
            test="McNemar" if binary else "Wilcoxon",
            p=mcnemar(a > 0, b > 0) if binary else signed_rank(b - a),
            saving=saving(a, b),
        )


def mcnemar(first: Bools, second: Bools) -> float:
    """Return the two-sided p of McNemar's exact test: among the people who differ, both ways are equally likely."""
    from scipy.stats import binomtest  # noqa: PLC0415 -- takes a second to import

    gained, lost = int((second & ~first).sum()), int((first & ~second).sum())
    return float(binomtest(gained, gained + lost, 0.5).pvalue) if gained + lost else 1.0


def signed_rank(differences: F64) -> float:
    """Return the two-sided p of Wilcoxon's signed-rank test of ``differences`` [n]; people without one are left out."""
    from scipy.stats import wilcoxon  # noqa: PLC0415 -- takes a second to import

    return float(wilcoxon(differences[differences != 0]).pvalue) if differences.any() else 1.0


def saving(first: F64, second: F64) -> float:
    """Return the variance of the difference of two separate samples over that of pairs."""
    paired = float(np.var(second - first))
    return float(np.var(first) + np.var(second)) / paired if paired > 0 else float("nan")
