"""The mixed multinomial logit, fitted by ``xlogit``: choices of a person share that person's random effects."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dialogue_env.types import F64, I64, Bools
from rewards.errors import InputError

DRAWS = 300
"""Halton draws per person that the likelihood is averaged over."""
TINY = 1e-6
"""Share of a column that must not be in the others."""


@dataclass(frozen=True, slots=True)
class Choices:
    """N choices out of J alternatives, by the utility ``offset + sum of columns x coefficient``."""

    columns: Mapping[str, F64]  # [N, J] each; utility is linear in them
    random: tuple[str, ...]  # the columns whose coefficient differs from person to person, normally
    chosen: I64  # [N] index of the alternative
    available: Bools  # [N, J]
    person: I64  # [N] who chose
    offset: F64  # [N, J] utility that is known beforehand


@dataclass(frozen=True, slots=True)
class Fitted:
    """Maximum (simulated) likelihood estimates."""

    value: Mapping[str, float]  # by column: the coefficient, of random ones the mean
    spread: Mapping[str, tuple[float, float]]  # by random column: standard deviation over people, and its standard error
    covariance: Mapping[tuple[str, str], float]  # of the estimates of two columns
    log_likelihood: float


def fit_mixed_logit(where: str, choices: Choices) -> Fitted:
    """Return the estimates; raises InputError naming ``where`` if a coefficient is not identified or the fit does not converge.

    Deterministic: the draws are a Halton sequence. Without random columns it is the plain multinomial logit.
    """
    from xlogit import MixedLogit, MultinomialLogit  # noqa: PLC0415 -- an optional dependency

    _check_identified(where, choices)
    long = _long(choices)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of numbers on the way; the result is checked
        if choices.random:
            panels = np.repeat(choices.person, choices.available.shape[1])
            model = MixedLogit()
            model.fit(**long, panels=panels, randvars=dict.fromkeys(choices.random, "n"), n_draws=DRAWS)
        else:
            model = MultinomialLogit()
            model.fit(**long)
    return _result(where, model, list(choices.columns), choices.random)


def _check_identified(where: str, choices: Choices) -> None:
    """Raise InputError naming the first column that says nothing beyond those before it; the optimiser would stop anywhere."""
    names, open_ = list(choices.columns), choices.available
    stacked = np.stack([choices.columns[name] for name in names], axis=-1)
    means = (stacked * open_[..., None]).sum(axis=1, keepdims=True) / open_.sum(axis=1)[:, None, None]
    within = (stacked - means)[open_]  # only differences between the alternatives of a choice count
    within /= np.maximum(np.sqrt((within**2).sum(axis=0)), TINY)
    own = np.abs(np.diag(np.linalg.qr(within, mode="r")))  # of each column, what is not in those before it
    if len(own) < len(names) or own.min() < TINY:
        name = names[int(own.argmin())] if len(own) == len(names) else names[-1]
        raise InputError(f"{where}: the choices do not tell the coefficient of {name}; merge rare acts in the label map, or give more dialogues")


def _long(choices: Choices) -> dict[str, Any]:
    """Return the choices in xlogit's format: a row for each choice and alternative."""
    names, (count, alternatives) = list(choices.columns), choices.available.shape
    return {
        "X": np.column_stack([choices.columns[name].ravel() for name in names]),
        "y": np.repeat(choices.chosen, alternatives),
        "varnames": names,
        "alts": np.tile(np.arange(alternatives), count),
        "ids": np.repeat(np.arange(count), alternatives),
        "avail": choices.available.ravel(),
        "addit": choices.offset.ravel(),
        "verbose": 0,
    }


def _result(where: str, model: object, names: list[str], random: tuple[str, ...]) -> Fitted:
    values, errors = np.asarray(model.coeff_), np.asarray(model.stderr)  # type: ignore[attr-defined]
    if not model.convergence or not np.isfinite(errors).all():  # type: ignore[attr-defined]
        raise InputError(f"{where}: the logit does not converge; merge rare acts in the label map, or give more dialogues")
    found = [str(name) for name in model.coeff_names]  # type: ignore[attr-defined]
    covariance = np.asarray(model.covariance)  # type: ignore[attr-defined]
    at = {name: found.index(name) for name in names}
    spread = {name: (abs(float(values[found.index(f"sd.{name}")])), float(errors[found.index(f"sd.{name}")])) for name in random}
    return Fitted(
        value={name: float(values[i]) for name, i in at.items()},
        spread=spread,
        covariance={(a, b): float(covariance[i, j]) for a, i in at.items() for b, j in at.items()},
        log_likelihood=float(model.loglikelihood),  # type: ignore[attr-defined]
    )
