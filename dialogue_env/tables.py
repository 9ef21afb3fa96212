"""All that is fixed for the life of a simulator, as arrays that compiled code reads.

What has a domain's size is a plain array; what has a fixed size is a field of a record. So a new domain
compiles nothing.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from dialogue_env.types import F64, I32, Records
from rewards.compiled import compiled, records

ITEM = np.dtype([("first", "u4"), ("end", "u4"), ("slots", "i4"), ("popularity", "f8")], align=True)
"""An item: its cells, how many slots they are of, and its popularity (they sum to 1)."""
SLOT = np.dtype(
    [
        ("size", "i4"),  # number of values
        ("form", "i4"),  # of its question
        ("place", "i4"),  # of its first value among all; "does not matter" comes after its last
        ("first", "u4"),  # of its column, and the end
        ("end", "u4"),
        ("weight", "f8"),  # in a wish; they sum to 1
        ("log_size", "f8"),  # of its values, and "blank" if some item has none
        ("blank", "f8"),  # popularity of the items that have no value of it
    ],
    align=True,
)
PLACE = np.dtype([("slot", "i4"), ("value", "i4"), ("popularity", "f8")], align=True)
"""A value of a slot, or after the last of a slot "does not matter"; its popularity among the items that have one of the slot."""
CELL = np.dtype([("place", "u2"), ("several", "u2")])
"""A value that an item has, one of ``several`` of its slot. Unsigned: Numba then knows that it counts from the front."""
COLUMN = np.dtype([("item", "u2"), ("value", "u1"), ("several", "u1")])
"""The same of a slot."""


class Tables(NamedTuple):
    """Axis letters: A acts, N items, S slots, W places of values, E entries of the catalogue, T topics, K slate, C centres."""

    constants: Records  # [1] every number of the person model and of the domain, by name (``record_of``)
    acts: Records  # [A] of ``domain.act_table.ACT``
    slots: Records  # [S] of SLOT
    items: Records  # [N] of ITEM
    places: Records  # [W] of PLACE
    cells: Records  # [E] of CELL, by item, slot and value
    columns: Records  # [E] of COLUMN, by slot, item and value
    fits: F64  # [N, 1 + varying acts]
    vectors: I32  # these nine as in ``domain.topics.TopicMap``
    ranks: I32
    centre: I32
    centres: I32
    table: F64
    goal_closeness: F64
    slot_closeness: F64
    neighbours: I32
    near: F64


class Arrivals(NamedTuple):
    """What only the beginning of a dialogue needs. U person types, Q quantiles."""

    items: F64  # [N] popularity of each item and those before it
    openings: I32  # topics that a dialogue may open with
    types: F64  # [U] share of each person type and those before it
    quantiles: F64  # [U, traits, Q]


@compiled
def open_tables(parts: Any) -> Any:
    """Return the parts of a Tables under their names again (Numba takes a plain tuple from Python in half the time)."""
    constants, acts, slots, items, places = records(parts[0]), records(parts[1]), records(parts[2]), records(parts[3]), records(parts[4])
    return Tables(constants, acts, slots, items, places, records(parts[5]), records(parts[6]), *parts[7:])


def record_of(values: Any) -> Records:
    """Return nested mappings of numbers and arrays as one record [1] with nested fields."""
    record = np.zeros(1, _dtype({**values, _sources(): False}))
    _fill(record, values)
    return record


def _dtype(values: Any) -> np.dtype[Any]:
    fields: list[Any] = []
    for name, value in sorted(values.items()):  # so that the order of a file's keys is no new type
        if isinstance(value, np.ndarray):
            fields.append((name, value.dtype, value.shape))
        else:
            fields.append((name, _dtype(value) if hasattr(value, "items") else np.asarray(value).dtype))
    return np.dtype(fields, align=True)


def _fill(record: Records, values: Any) -> None:
    for name, value in values.items():
        if hasattr(value, "items"):
            _fill(record[name], value)
        else:
            record[name] = value


@cache
def _sources() -> str:
    """Return a name that changes with the sources, so that Numba never takes code from its cache that calls what has changed since."""
    here = Path(__file__).parent
    paths = sorted([*here.rglob("*.py"), *(here.parent / "rewards").glob("*.py")])
    return "sources_" + hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:12]
