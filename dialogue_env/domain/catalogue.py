"""The catalogue: a CSV whose categorical columns are the slots of a wish.

A cell may be blank (the item has no such thing, or nobody knows) and may hold several values. What is kept is what
stands in the table, so that hundreds of columns that are mostly blank cost what they say.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dialogue_env.types import Records
from rewards.errors import InputError

MOST_VALUES = 50
MOST_ITEMS = 10_000
MOST_PLACES = 2**16
"""Values of all slots, and a "does not matter" for each."""
SEPARATOR = ";"
"""Between the values of one cell."""

ENTRY = np.dtype([("item", "i4"), ("slot", "i4"), ("value", "i4"), ("several", "i4")], align=True)
"""A value that stands in the table, and how many stand in its cell."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """N items described by S slots; slot s has ``len(values[s])`` values, of which an item has none, one or several."""

    names: tuple[str, ...]  # N item names
    popularity: npt.NDArray[np.float64]  # [N], sums to 1
    slots: tuple[str, ...]  # S slot names
    values: tuple[tuple[str, ...], ...]  # S tuples of value names
    entries: Records  # of ENTRY, by item, then slot, then value

    def of(self, item: int) -> Records:
        """Return the entries of an item."""
        first, end = np.searchsorted(self.entries["item"], (item, item + 1))
        return np.asarray(self.entries[first:end])

    @property
    def columns(self) -> Records:
        """The same entries by slot, then item, then value."""
        return np.asarray(self.entries[np.argsort(self.entries["slot"], kind="stable")])

    def having(self, slot: int, names: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Return which items [N] have one of the values ``names`` of a slot."""
        wanted = [self.values[slot].index(name) for name in names]
        found = self.entries[(self.entries["slot"] == slot) & np.isin(self.entries["value"], wanted)]
        return np.isin(np.arange(len(self.names)), found["item"])


def read_catalogue(path: Path) -> Catalogue:
    """Read a catalogue: column ``name``, an optional column ``weight`` (popularity), the rest slots.

    Several values in a cell are set apart by semicolons. Raises InputError naming the file and the column for: a
    missing or unreadable file, fewer than two rows, repeated names, weights that are not positive numbers, items
    without a value, slot columns that are blank, hold the same in all rows, or more than 50 values, and too many of them.
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
    cells = {title: [_cell(text) for text in column] for title, column in columns.items()}
    values = tuple(_categories(path, title, column) for title, column in cells.items())
    if (different := sum(map(len, values))) + len(values) > MOST_PLACES:
        raise InputError(f"{path}: {len(values):,} slot columns hold {different:,} different values; together these may be {MOST_PLACES:,}")
    entries = np.sort(np.concatenate([_entries(s, *pair) for s, pair in enumerate(zip(values, cells.values(), strict=True))]), order=("item", "slot", "value"))
    blank = np.setdiff1d(np.arange(len(names)), entries["item"])
    if len(blank):
        raise InputError(f"{path}: item {names[blank[0]]!r} has no values at all; fill a cell or drop the row")
    return Catalogue(tuple(names), popularity, tuple(columns), values, entries)


def _cell(text: str) -> tuple[str, ...]:
    """Return the different values of a cell, none for a blank one."""
    return tuple(sorted({value.strip() for value in text.split(SEPARATOR)} - {""}))


def _entries(slot: int, values: tuple[str, ...], cells: list[tuple[str, ...]]) -> Records:
    """Return what stands in a column, of ENTRY."""
    place = {name: value for value, name in enumerate(values)}
    return np.array([(item, slot, place[name], len(cell)) for item, cell in enumerate(cells) for name in cell], ENTRY)


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


def _categories(path: Path, title: str, cells: list[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the values of a column in order."""
    values = tuple(sorted({value for cell in cells for value in cell}))
    if not values:
        raise InputError(f"{path}: column {title!r} is blank in every row; drop it")
    if len(set(cells)) == 1:
        raise InputError(f"{path}: column {title!r} holds {'; '.join(values)!r} in every row; a slot needs rows that differ, drop the column")
    if len(values) > MOST_VALUES:
        raise InputError(f"{path}: column {title!r} has {len(values):,} different values; a slot may have at most {MOST_VALUES}, group them or drop the column")
    return values
