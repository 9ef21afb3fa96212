"""Fitted numbers with what they rest on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

DIGITS = 3
"""Decimals that are printed."""
JOIN = "; "
"""What stands between the names of corpora that a number rests on together."""
TRAIT_SD = 1.0 / 6.0
"""Fitted traits have mean 1/2 and this standard deviation over people."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """One number of a population file, and its evidence."""

    key: str  # dotted place in the file, e.g. "person.bias.INFORM.ASK"
    value: float
    error: float | None  # standard error; None where the number follows from others
    count: int  # observations it rests on
    corpus: str  # as in published.toml (several with JOIN between), or the user's own file
    method: str  # in a few words


def tables(estimates: Iterable[Estimate]) -> dict[str, Any]:
    """Return the values as nested tables; a last key that is a number is a place in a list."""
    root: dict[str, Any] = {}
    for estimate in estimates:
        *path, last = estimate.key.split(".")
        if last.isdigit():
            path, name = path[:-1], path[-1]
            _descend(root, path).setdefault(name, []).append(estimate.value)
        else:
            _descend(root, path)[last] = estimate.value
    return root


def pool(estimates: Sequence[Estimate]) -> Estimate:
    """Return one estimate of a number from those of several corpora, weighted by their inverse variances.

    Where corpora disagree by more than their errors, the variance between corpora (DerSimonian and Laird) is added
    to each: they then weigh more evenly, and the error says how far apart they are. All need a key in common and
    an error.
    """
    values = np.array([estimate.value for estimate in estimates])
    variances = np.array([estimate.error for estimate in estimates], float) ** 2
    weights = 1.0 / variances
    apart = float(weights @ (values - weights @ values / weights.sum()) ** 2) - (len(values) - 1)
    between = max(0.0, apart / float(weights.sum() - weights @ weights / weights.sum()))
    weights = 1.0 / (variances + between)
    method = f"mean by inverse variance (standard deviation between corpora {between**0.5:.2f}) of: {estimates[0].method}"
    corpora, count = JOIN.join(estimate.corpus for estimate in estimates), sum(estimate.count for estimate in estimates)
    return Estimate(estimates[0].key, float(weights @ values / weights.sum()), float(weights.sum() ** -0.5), count, corpora, method)


def _descend(table: dict[str, Any], path: list[str]) -> dict[str, Any]:
    for name in path:
        table = table.setdefault(name, {})
    return table
