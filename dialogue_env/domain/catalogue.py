"""The catalogue: a CSV whose categorical columns are the slots of a wish."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rewards.errors import InputError

MOST_VALUES = 50
MOST_ITEMS = 10_000


@dataclass(frozen=True, slots=True)
class Catalogue:
    """N items described by S slots; slot s has ``len(values[s])`` values."""

    names: tuple[str, ...]  # N item names
    popularity: npt.NDArray[np.float64]  # [N], sums to 1
    slots: tuple[str, ...]  # S slot names
    values: tuple[tuple[str, ...], ...]  # S tuples of value names
    codes: npt.NDArray[np.int64]  # [N, S] index of each item's value


def read_catalogue(path: Path) -> Catalogue:
    """Read a catalogue: column ``name``, an optional column ``weight`` (popularity), the rest slots.

    Raises InputError naming the file and the column for: a missing or unreadable file, fewer
    than two rows, repeated names, weights that are not positive numbers, and slot columns that
    have blanks, a single value, or more than 50 values.
    """
    header, rows = _read_rows(path)
    columns = {title: [row[i].strip() for row in rows] for i, title in enumerate(header)}
    names = columns.pop("name")
    if "" in names:
        raise InputError(f"{path}: column 'name' has a blank cell; every item needs a name of its own")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(f"{path}: column 'name': {twice!r} appears more than once")
    popularity = _popularity(path, columns.pop("weight", None), len(rows))
    if not columns:
        raise InputError(f"{path}: no slot columns; needed: 'name', optionally 'weight', and at least one column of categories")
    values = tuple(_categories(path, title, column) for title, column in columns.items())
    codes = np.array([[v.index(cell) for cell in column] for v, column in zip(values, columns.values(), strict=True)]).T
    return Catalogue(tuple(names), popularity, tuple(columns), values, np.ascontiguousarray(codes))


def _read_rows(path: Path) -> tuple[list[str], list[list[str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            header, *rows = list(csv.reader(stream)) or [[]]
    except FileNotFoundError:
        raise InputError(f"{path}: no such catalogue file") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: not a readable CSV file: {error}") from None
    header = [title.strip() for title in header]
    if "name" not in header:
        raise InputError(f"{path}: column 'name' is missing; found: {', '.join(header) or 'nothing'}")
    if len(set(header)) < len(header) or "" in header:
        raise InputError(f"{path}: column titles must differ and not be blank; found: {', '.join(header)}")
    numbered = [(line, row) for line, row in enumerate(rows, 2) if row]
    rows = [row for _, row in numbered]
    if not 2 <= len(rows) <= MOST_ITEMS:
        raise InputError(f"{path}: a catalogue needs 2 to {MOST_ITEMS:,} rows, this one has {len(rows)}")
    for line, row in numbered:
        if len(row) != len(header):
            raise InputError(f"{path}: row {line} has {len(row)} cells, the header has {len(header)}")
    return header, rows


def _popularity(path: Path, cells: list[str] | None, count: int) -> npt.NDArray[np.float64]:
    if cells is None:
        return np.full(count, 1.0 / count)
    try:
        weights = np.array([float(cell) for cell in cells])
    except ValueError:
        weights = np.array([np.nan])
    if not (np.isfinite(weights).all() and (weights > 0).all()):
        raise InputError(f"{path}: column 'weight' (popularity) must hold positive numbers only")
    return np.asarray(weights / weights.sum())


def _categories(path: Path, title: str, cells: list[str]) -> tuple[str, ...]:
    if "" in cells:
        raise InputError(f"{path}: column {title!r} has a blank cell in row {cells.index('') + 2}; fill it or drop the column")
    values = tuple(sorted(set(cells)))
    if len(values) == 1:
        raise InputError(f"{path}: column {title!r} holds only {values[0]!r}; a slot needs at least two values, drop the column")
    if len(values) > MOST_VALUES:
        raise InputError(f"{path}: column {title!r} has {len(values):,} different values; a slot may have at most {MOST_VALUES}, group them or drop the column")
    return values
