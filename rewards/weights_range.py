"""Reward weights that differ from dialogue to dialogue: a box or a simplex over some of the terms."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from rewards.errors import InputError, unknown
from rewards.terms import TERM_NAMES
from rewards.weights import RewardWeights

Floats = npt.NDArray[np.float32]
SHAPES = ("box", "simplex")
_ROUNDING = 1e-6
"""How far outside the range, in parts of it, weights may lie: what printing and reading costs."""


@dataclass(frozen=True, slots=True)
class WeightsRange:
    """Weights ``low + (high - low) * u`` of the ranged terms, and fixed weights of all others.

    In a ``box`` every u lies in [0, 1] on its own; in a ``simplex`` the u of all ranged terms
    sum to 1, so that more of one is less of another. Without ranged terms it is a single point.
    """

    base: RewardWeights  # weights of the terms that have no range
    spans: tuple[tuple[str, float, float], ...] = ()  # term, low, high
    shape: str = "box"

    @classmethod
    def parse(cls, base: str, pairs: Sequence[str] = (), shape: str = "box") -> Self:
        """Read ``term=low:high`` texts over base weights; raises InputError for a bad name, number or shape."""
        if shape not in SHAPES:
            raise unknown("shape of the weights range", shape, SHAPES)
        spans = tuple(_span(pair) for pair in pairs)
        names = [name for name, _, _ in spans]
        if repeated := next((name for name in names if names.count(name) > 1), ""):
            raise InputError(f"weights range of {repeated!r} appears more than once")
        if shape == "simplex" and len(spans) < 2:
            raise InputError(f"a simplex needs the ranges of at least two terms, not {len(spans)}; give another, or use the shape box")
        return cls(RewardWeights.parse(base), spans, shape)

    @property
    def terms(self) -> tuple[str, ...]:
        """The terms whose weights vary."""
        return tuple(name for name, _, _ in self.spans)

    def text(self) -> str:
        """Return the ranges as ``term=low:high term=low:high``."""
        return " ".join(f"{name}={low:g}:{high:g}" for name, low, high in self.spans)

    def place(self, position: npt.NDArray[Any]) -> Floats:
        """Return the weights [B, M] at positions u [B, K] in [0, 1], one column per ranged term."""
        weights = np.repeat(self.base.as_array()[None], len(position), axis=0)
        for column, (name, low, high) in enumerate(self.spans):
            weights[:, TERM_NAMES.index(name)] = low + (high - low) * position[:, column]
        return weights

    def at(self, position: npt.NDArray[Any]) -> RewardWeights:
        """Return the weights at one position u [K], without the noise of the last digits."""
        values = {name: round(low + (high - low) * float(u), 6) for (name, low, high), u in zip(self.spans, position, strict=True)}
        return RewardWeights.of({**self.base.as_dict(), **values})

    def draw(self, uniforms: Floats) -> Floats:
        """Return weights [B, M] spread evenly over the range, from uniform draws [B, K] in [0, 1).

        On a simplex: exponential draws over their sum, which is Dirichlet(1, ..., 1).
        """
        if self.shape == "box":
            return self.place(uniforms)
        exponential = -np.log1p(-uniforms.astype(np.float64)) + np.finfo(np.float64).tiny
        return self.place(exponential / exponential.sum(axis=1, keepdims=True))

    def points(self, count: int) -> tuple[RewardWeights, ...]:
        """Return an even lattice with ``count`` points along every ranged term (of a simplex: along every edge).

        The last term grows slowest in a box; on a simplex the first term falls as the others grow.
        """
        if not self.spans:
            return (self.base,)
        if count < 2:
            raise InputError(f"points must be at least 2, not {count}")
        steps = [np.array(step) / (count - 1) for step in itertools.product(range(count), repeat=len(self.spans))]
        if self.shape == "simplex":
            steps = [step[::-1] for step in steps if math.isclose(step.sum(), 1.0)]
        return tuple(self.at(step) for step in steps)

    def corners(self) -> tuple[RewardWeights, ...]:
        """Return the weights at the K corners of a simplex: its objectives.

        The reward at position u is the sum over the corners of u times the reward under that corner.
        Raises InputError for a box, which is no mixture of K objectives.
        """
        if self.shape != "simplex":
            raise InputError("only a weights range of the shape simplex is a mixture of objectives")
        return tuple(self.at(row) for row in np.eye(len(self.spans)))

    def locate(self, weights: RewardWeights) -> Floats:
        """Return the position u [K] of weights; raises InputError naming the term that lies outside and what would not."""
        given = weights.as_dict()
        for name, fixed in self.base.as_dict().items():
            if name not in self.terms and not math.isclose(given[name], fixed, rel_tol=_ROUNDING, abs_tol=_ROUNDING):
                raise InputError(f"weight of {name!r} was {fixed:g} throughout training and cannot be {given[name]:g}; it varied: {self.text() or 'nothing'}")
        position = np.empty(len(self.spans), np.float32)
        for column, (name, low, high) in enumerate(self.spans):
            position[column] = (given[name] - low) / (high - low)
            if not -_ROUNDING <= position[column] <= 1 + _ROUNDING:
                raise InputError(f"weight of {name!r} must lie in [{low:g}, {high:g}], not {given[name]:g}: the policy was trained with {self.text()}")
        if self.shape == "simplex" and abs(position.sum() - 1.0) > 1e-3:
            raise InputError(f"weights of {', '.join(self.terms)} must share one whole ({self.text()}), not {position.sum():.3g} of it")
        return position

    def fill(self, text: str) -> RewardWeights:
        """Read ``term=number,term=number`` for the ranged terms alone; raises InputError for another term or one outside its range.

        Of a simplex one term may be left out: it takes what is left.
        """
        given = RewardWeights.parse(text).as_dict()
        named = {part.partition("=")[0].strip() for part in text.split(",")}
        for name in named:
            if name not in self.terms:
                raise unknown("ranged term", name, self.terms)
        missing = [span for span in self.spans if span[0] not in named]
        values = {name: given[name] for name in named}
        if self.shape == "simplex" and len(missing) == 1:
            name, low, high = missing[0]
            rest = 1.0 - sum((values[term] - least) / (most - least) for term, least, most in self.spans if term != name)
            values[name] = max(0.0, low + (high - low) * rest)
        elif missing:
            raise InputError(f"weights {text!r} leave out {', '.join(name for name, _, _ in missing)}; needed: {', '.join(self.terms)}")
        weights = RewardWeights.of({**self.base.as_dict(), **values})
        self.locate(weights)
        return weights

    def as_dict(self) -> dict[str, Any]:
        """Return plain data that ``from_dict`` reads back."""
        return {"base": self.base.as_dict(), "spans": [list(span) for span in self.spans], "shape": self.shape}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Return the range that ``as_dict`` described."""
        return cls(RewardWeights.of(data["base"]), tuple((str(name), float(low), float(high)) for name, low, high in data["spans"]), data["shape"])


def _span(text: str) -> tuple[str, float, float]:
    """Read ``term=low:high``; raises InputError."""
    name, _, span = (part.strip() for part in text.partition("="))
    if name not in TERM_NAMES:
        raise unknown("reward term", name, TERM_NAMES)
    try:
        low, high = map(float, span.split(":"))
    except ValueError:
        raise InputError(f"weights range of {name!r} must be low:high, not {span!r} (write term=low:high)") from None
    RewardWeights.of({name: low}), RewardWeights.of({name: high})
    if low >= high:
        raise InputError(f"weights range of {name!r}: low end {low:g} must lie below high end {high:g}")
    return name, low, high
