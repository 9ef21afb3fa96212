"""What varies from trial to trial: reward weights and hyper-parameters, as Optuna's distributions."""

import ast
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

from rewards import InputError, RewardWeights, WeightsRange
from training.run import parse_hyper

SHARE = "share of "
"""What the name of a parameter begins with that places the weights: a share of the range, or of what is left of a simplex."""


@dataclass(frozen=True, slots=True)
class Search:
    """A hyper-parameter that varies: among ``choices``, or else from ``low`` to ``high``."""

    name: str
    choices: tuple[Any, ...] = ()
    low: float = 0.0
    high: float = 0.0
    log: bool = False

    def distribution(self) -> BaseDistribution:
        """Return Optuna's description."""
        if self.choices:
            return CategoricalDistribution(self.choices)
        if isinstance(self.low, int) and isinstance(self.high, int):
            return IntDistribution(self.low, self.high, log=self.log)
        return FloatDistribution(self.low, self.high, log=self.log)


def parse_search(algo: str, texts: Sequence[str]) -> tuple[Search, ...]:
    """Read ``name=value,value`` and ``name=low:high`` or ``name=low:high:log``; raises InputError."""
    return tuple(_search(algo, text) for text in texts)


def _search(algo: str, text: str) -> Search:
    name, _, values = (part.strip() for part in text.partition("="))
    form = f"--search {name}: write {name}=value,value or {name}=low:high or {name}=low:high:log"
    parse_hyper(algo, (f"{name}=0",))  # raises for an unknown name
    try:
        if ":" not in values:
            return Search(name, tuple(ast.literal_eval(value.strip()) for value in values.split(",")))
        low, high, *log = values.split(":")
        search = Search(name, (), ast.literal_eval(low), ast.literal_eval(high), log == ["log"])
        ordered = search.low < search.high and (search.low > 0 or not search.log)
    except (ValueError, SyntaxError, TypeError):
        raise InputError(f"{form}, not {values!r}") from None
    if not ordered or log not in ([], ["log"]):
        raise InputError(f"{form}, with low below high (and above 0 with log), not {values!r}")
    return search


def distributions(weights: WeightsRange | None, searches: Sequence[Search]) -> dict[str, BaseDistribution]:
    """Return the parameters of a trial: where the weights lie, if they are its own, and its hyper-parameters."""
    terms = () if weights is None else weights.terms[:-1] if weights.shape == "simplex" else weights.terms
    placing: dict[str, BaseDistribution] = {f"{SHARE}{term}": FloatDistribution(0.0, 1.0) for term in terms}
    return placing | {search.name: search.distribution() for search in searches}


def grid(weights: WeightsRange | None, points: int, searches: Sequence[Search]) -> list[dict[str, Any]]:
    """Return the parameters of every trial of a grid."""
    places = [{}] if weights is None else [_shares(weights, point) for point in weights.points(points)]
    values = itertools.product(*(search.choices for search in searches))
    names = [search.name for search in searches]
    return [place | dict(zip(names, chosen, strict=True)) for chosen in values for place in places]


def weights_of(weights: WeightsRange, params: dict[str, Any]) -> RewardWeights:
    """Return the reward weights of a trial's parameters."""
    shares = [params[f"{SHARE}{term}"] for term in weights.terms if f"{SHARE}{term}" in params]
    if weights.shape == "box":
        return weights.at(np.array(shares))
    left, position = 1.0, []
    for share in shares:  # each takes its share of what the others before it have left
        position.append(left * share)
        left -= position[-1]
    return weights.at(np.array([*position, left]))


def hyper_of(params: dict[str, Any]) -> dict[str, Any]:
    """Return the hyper-parameters of a trial's parameters."""
    return {name: value for name, value in params.items() if not name.startswith(SHARE)}


def _shares(weights: WeightsRange, point: RewardWeights) -> dict[str, float]:
    """Return the parameters that place ``point``: what ``weights_of`` undoes."""
    position = [float(u) for u in weights.locate(point)]
    if weights.shape == "box":
        return {f"{SHARE}{term}": round(u, 6) for term, u in zip(weights.terms, position, strict=True)}
    left, shares = 1.0, {}
    for term, u in zip(weights.terms[:-1], position, strict=False):
        shares[f"{SHARE}{term}"] = round(min(1.0, u / left), 6) if left > 0 else 0.0
        left -= u
    return shares
