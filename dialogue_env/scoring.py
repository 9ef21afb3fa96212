"""How reward terms become a reward: one weighted sum, weights drawn for each dialogue, several objectives, or every term."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from dialogue_env.draws import WANTED, uniforms
from dialogue_env.types import F64, U64
from rewards import TERMS, InputError, RewardWeights, WeightsRange, weighted_sum

Floats = npt.NDArray[np.float32]
AnyWeights = str | dict[str, float] | RewardWeights | WeightsRange | Sequence[RewardWeights | str | dict[str, float]] | None

SHOWN = RewardWeights.parse("balanced")
"""What the observation shows where no weights decide the reward."""


@dataclass(frozen=True)
class Scoring:
    """A scalar reward under ``weights``, or without them a vector: the ``objectives``, or without these every term."""

    weights: WeightsRange | None
    objectives: tuple[RewardWeights, ...] = ()

    @cached_property
    def fixed(self) -> F64:
        """The weights [M] of the terms that have no range."""
        return np.array(self.weights.base.values if self.weights else SHOWN.values)

    @property
    def scalar(self) -> bool:
        """Whether the reward is one number."""
        return self.weights is not None

    @property
    def varies(self) -> bool:
        """Whether each dialogue has weights of its own."""
        return self.weights is not None and bool(self.weights.spans)

    def draw(self, keys: U64) -> Floats:
        """Return the weights [B, M] of the dialogues with the keys [B]; fixed ones are the same in every row."""
        weights = self.weights or WeightsRange(SHOWN)
        return weights.draw(uniforms(keys, WANTED, len(weights.spans)).astype(np.float32))

    def reward(self, terms: Floats, weights: Floats) -> Floats:
        """Return the reward of terms [B, M]: scalars [B] under weights [B, M], or vectors [B, M] or [B, objectives]."""
        if self.weights is not None:
            return weighted_sum(terms, weights if self.weights.spans else self.fixed)
        return np.stack([objective.score(terms) for objective in self.objectives], axis=1) if self.objectives else terms

    def bounds(self) -> tuple[Floats, Floats]:
        """Return the lowest and the greatest vector reward of a turn."""
        low, high = (np.array([getattr(term, end) for term in TERMS.values()], np.float32) for end in ("low", "high"))
        if not self.objectives:
            return low, high
        return np.array([o.score(low[None])[0] for o in self.objectives]), np.array([o.score(high[None])[0] for o in self.objectives])


def scoring_of(weights: AnyWeights) -> Scoring:
    """Read what ``reward_weights`` may be; raises InputError.

    A preset, ``term=number`` text, mapping or RewardWeights: one weighted sum. A WeightsRange: the same
    with weights drawn for each dialogue. A list of any of the former: one objective for each. None: every term.
    """
    if weights is None:
        return Scoring(None)
    if isinstance(weights, WeightsRange):
        return Scoring(weights)
    if isinstance(weights, (list, tuple)):
        if len(weights) < 2:
            raise InputError(f"reward_weights as a list must hold the weights of at least two objectives, not {len(weights)}")
        return Scoring(None, tuple(_fixed(entry) for entry in weights))
    return Scoring(WeightsRange(_fixed(weights)))


def _fixed(weights: Any) -> RewardWeights:
    if isinstance(weights, RewardWeights):
        return weights
    if not isinstance(weights, (str, dict)):
        raise InputError(f"reward_weights must be a preset, term=number text, a mapping, a WeightsRange, a list of weights or None, not {weights!r}")
    return RewardWeights.parse(weights) if isinstance(weights, str) else RewardWeights.of(weights)
