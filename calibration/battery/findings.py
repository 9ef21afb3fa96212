"""The findings of the battery: each measure of a user model beside the figure of real people.

A model passes a measure if its value lies where another group of as many people would have
fallen; else it is too kind or too hard.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from calibration.battery.human import Human
from calibration.battery.measures import MEASURES, Measure, measured
from calibration.scripts import Script
from calibration.user_models import UserModel
from evaluation.bootstrap import Estimate

Verdict = Literal["green", "red: too kind", "red: too hard", "not told"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One measure of one user model."""

    model: str
    measure: Measure
    estimate: Estimate
    human: Human

    @property
    def kindness(self) -> float:
        """The value on the human scale: 0 as people, beyond 1 too kind, beyond -1 too hard, nan if the model cannot tell."""
        return self.human.kindness(self.measure, self.estimate.value)

    @property
    def verdict(self) -> Verdict:
        """Whether the value lies in the human band."""
        if math.isnan(self.kindness):
            return "not told"
        return "green" if abs(self.kindness) <= 1.0 else "red: too kind" if self.kindness > 0 else "red: too hard"


def assess(model: UserModel, script: Script, seed: int, human: Mapping[str, Human]) -> tuple[Finding, ...]:
    """Return the findings of a user model that meets ``script``, in the order of ``MEASURES``."""
    values = measured(model.meet(script, seed))
    return tuple(Finding(model.name, measure, values[measure.name], human[measure.name]) for measure in MEASURES)
