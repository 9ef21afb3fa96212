"""What is measured of a policy's dialogues: the list of measures, as data.

To add a measure, write a function of a ``Sample`` and a row of ``MEASURES``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from dialogue_env.acts import INITIATIVE
from dialogue_env.types import F64
from evaluation.bootstrap import Statistic, lower_tail_mean, pooled_entropy, weighted_mean
from evaluation.rollout import Dialogues
from rewards import RewardWeights

Person = npt.NDArray[np.generic]

TAIL = 0.1
"""Share of the worst dialogues that the tail measure looks at."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Dialogues of n people with their returns [n]."""

    dialogues: Dialogues
    returns: F64


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: its name in files, its title in tables, its format, and how it is computed."""

    name: str
    title: str
    percent: bool  # a share, shown in percent
    digits: int  # decimals shown
    better: Literal[1, 0, -1]  # what is wanted: more of it, neither, less of it
    binary: bool  # each person has it or not
    statistic: Callable[[Sample], Statistic]
    meaning: str
    note: Callable[[Sample, Sequence[str]], str] | None = None  # what the number is about, given the names of the person types


def sample_of(dialogues: Dialogues, weights: RewardWeights) -> Sample:
    """Return the dialogues with their returns under ``weights``."""
    return Sample(dialogues, dialogues.returns(weights).astype(np.float64))


PER_PERSON: dict[str, Callable[[Sample], Person]] = {
    "return": lambda sample: sample.returns,
    "success": lambda sample: sample.dialogues.success,
    "left": lambda sample: sample.dialogues.left,
    "satisfaction": lambda sample: sample.dialogues.satisfaction,
    "progress": lambda sample: sample.dialogues.progress,
    "turns": lambda sample: sample.dialogues.turns,
    "initiative": lambda sample: sample.dialogues.initiative,
}
"""The measures that each person has on their own, as arrays [n]; these can be compared person by person."""


def worst_type(sample: Sample) -> int:
    """Return the person type, of those present, with the lowest mean return."""
    types = sample.dialogues.person_type
    present = np.unique(types)
    return int(present[np.argmin([sample.returns[types == kind].mean() for kind in present])])


def act_counts(sample: Sample) -> F64:
    """Return how often each person met each act, [n, A]."""
    acts = sample.dialogues.acts
    row, turn = np.nonzero(acts >= 0)
    width = int(acts.max(initial=0)) + 1
    return np.bincount(row * width + acts[row, turn], minlength=len(acts) * width).reshape(len(acts), width).astype(np.float64)


def _mean(name: str) -> Callable[[Sample], Statistic]:
    return lambda sample: weighted_mean(PER_PERSON[name](sample))


def _turns_of_successes(sample: Sample) -> Statistic:
    return weighted_mean(sample.dialogues.turns, sample.dialogues.success)


def _worst_type_return(sample: Sample) -> Statistic:
    return weighted_mean(sample.returns, sample.dialogues.person_type == worst_type(sample))


def _worst_type_name(sample: Sample, types: Sequence[str]) -> str:
    return types[worst_type(sample)]


def _tail_return(sample: Sample) -> Statistic:
    return lower_tail_mean(sample.returns, TAIL)


def _act_entropy(sample: Sample) -> Statistic:
    return pooled_entropy(act_counts(sample))


_LEADS = ", ".join(family.name.lower() for family in INITIATIVE)
MEASURES: tuple[Measure, ...] = (
    Measure("return", "return", False, 2, 1, False, _mean("return"), "weighted sum of the reward terms over the dialogue"),
    Measure("success", "success %", True, 1, 1, True, _mean("success"), "people who did what the dialogue was for"),
    Measure("left", "left %", True, 1, -1, True, _mean("left"), "people who left before the end"),
    Measure("satisfaction", "satisfaction", False, 3, 1, False, _mean("satisfaction"), "the person's satisfaction at the end, 0 to 1"),
    Measure("progress", "progress", False, 3, 1, False, _mean("progress"), "goal progress at the end, 0 to 1"),
    Measure("turns", "turns", False, 1, 0, False, _mean("turns"), "exchanges per dialogue"),
    Measure("turns_success", "turns of successes", False, 1, 0, False, _turns_of_successes, "exchanges per successful dialogue"),
    Measure(
        "initiative",
        "initiative",
        False,
        3,
        0,
        False,
        _mean("initiative"),
        f"share of exchanges in which the agent does or asks what nobody asked for: {_LEADS}",
    ),
    Measure("act_entropy", "act entropy", False, 2, 0, False, _act_entropy, "entropy of all acts used, in bits"),
    Measure("cvar", "worst tenth", False, 2, 1, False, _tail_return, "mean return of the worst tenth of the dialogues (CVaR at 10 %)"),
    Measure("worst_type", "worst type", False, 2, 1, False, _worst_type_return, "mean return of the person type that fares worst", _worst_type_name),
)
BY_NAME: dict[str, Measure] = {measure.name: measure for measure in MEASURES}
