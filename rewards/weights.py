"""Reward weights as data: presets, and the ``goal=1,satisfaction=0.5`` notation."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from rewards.compiled import entry
from rewards.errors import InputError, unknown
from rewards.terms import TERM_NAMES

Floats = npt.NDArray[np.float32]
LARGEST_WEIGHT = 100.0

PRESETS: dict[str, dict[str, float]] = {
    "balanced": {
        "goal": 1.0,
        "progress": 0.5,
        "satisfaction": 1.0,
        "final_satisfaction": 0.25,
        "turn_cost": 0.01,
        "question_burden": 0.02,
        "false_intervention": 0.05,
        "missed_need": 0.05,
        "leaving": 0.5,
        "relaxation": 0.5,
        "smoothness": 0.02,
    },
    "goal_only": {"goal": 1.0, "progress": 0.5, "turn_cost": 0.01},
    "satisfaction_only": {"satisfaction": 0.5, "final_satisfaction": 1.0, "leaving": 0.5},
}


@dataclass(frozen=True, slots=True)
class RewardWeights:
    """One weight per reward term, each in [0, 100]; terms that are not named weigh nothing.

    Costs are negative terms already, so a weight is never negative.
    """

    values: tuple[float, ...]

    @classmethod
    def of(cls, weights: Mapping[str, float]) -> Self:
        """Build weights from a mapping of term names; raises InputError for a bad name or number."""
        for name, value in weights.items():
            if name not in TERM_NAMES:
                raise unknown("reward term", name, TERM_NAMES)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
                raise InputError(f"weight of {name!r} must be a number, not {value!r}")
            if not 0.0 <= value <= LARGEST_WEIGHT:
                raise InputError(f"weight of {name!r} must lie in [0, {LARGEST_WEIGHT:g}], not {value:g} (costs are negative terms already)")
        return cls(tuple(float(weights.get(name, 0.0)) for name in TERM_NAMES))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a preset's name or ``term=number,term=number``; raises InputError."""
        if text in PRESETS:
            return cls.of(PRESETS[text])
        if "=" not in text:
            raise unknown("weights preset", text, (*PRESETS, "or term=number,term=number"))
        pairs: dict[str, float] = {}
        for part in text.split(","):
            name, _, number = (piece.strip() for piece in part.partition("="))
            if name in pairs:
                raise InputError(f"weight of {name!r} appears more than once in {text!r}")
            try:
                pairs[name] = float(number)
            except ValueError:
                raise InputError(f"weight of {name!r} must be a number, not {number!r} (write term=number,term=number)") from None
        return cls.of(pairs)

    def as_dict(self) -> dict[str, float]:
        """Return the weights by term name, in the order of the terms."""
        return dict(zip(TERM_NAMES, self.values, strict=True))

    def text(self) -> str:
        """Return the weights as ``term=number,term=number``, without those that are 0; ``parse`` reads it back."""
        return ",".join(f"{name}={value:.9g}" for name, value in self.as_dict().items() if value) or f"{TERM_NAMES[0]}=0"

    def as_array(self) -> Floats:
        """Return the weights as [M]."""
        return np.array(self.values, np.float32)

    def score(self, vector: Floats) -> Floats:
        """Return the weighted sum [B] of reward vectors [B, M]."""
        return weighted_sum(vector, np.array(self.values, np.float64))


def weighted_sum(vector: Floats, weights: npt.NDArray[np.floating[Any]]) -> Floats:
    """Return the weighted sum [B] of reward vectors [B, M] under weights [M], or [B, M] if every row has its own.

    Summed term by term in double precision.
    """
    out = np.empty(len(vector), np.float32)
    _sum(np.ascontiguousarray(vector, np.float32), np.ascontiguousarray(weights[None] if weights.ndim == 1 else weights, np.float64), out)
    return out


@entry
def _sum(vector: Any, weights: Any, out: Any) -> None:
    for b in range(len(out)):
        total = 0.0
        for m in range(vector.shape[1]):
            total += weights[b if len(weights) > 1 else 0, m] * np.float64(vector[b, m])
        out[b] = total
