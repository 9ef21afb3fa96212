"""Fitted numbers with what they rest on."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

DIGITS = 3
"""Decimals that are printed."""
TRAIT_SD = 1.0 / 6.0
"""Fitted traits have mean 1/2 and this standard deviation over people."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """One number of a population file, and its evidence."""

    key: str  # dotted place in the file, e.g. "person.bias.INFORM.ASK"
    value: float
    error: float | None  # standard error; None where the number follows from others
    count: int  # observations it rests on
    corpus: str  # as in published.toml, or the user's own file
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


def _descend(table: dict[str, Any], path: list[str]) -> dict[str, Any]:
    for name in path:
        table = table.setdefault(name, {})
    return table
