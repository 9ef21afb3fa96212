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

SLOT = np.dtype([("size", "i4"), ("form", "i4"), ("weight", "f8"), ("log_size", "f8")], align=True)
"""A slot: number of values, form of its question, weight in a wish (they sum to 1)."""


class Tables(NamedTuple):
    """Axis letters: A acts, N items, S slots, V values, T topics, K slate, C centres."""

    constants: Records  # [1] every number of the person model and of the domain, by name (``record_of``)
    acts: Records  # [A] of ``domain.act_table.ACT``
    slots: Records  # [S] of SLOT
    fits: F64  # [N, 1 + varying acts]
    codes: I32  # [N, S] value of each item
    marginals: F64  # [S, V] popularity of each value, 0 beyond a slot's own
    likelihood: F64  # [S, V+1, V+1] P(heard | wished value): slot, report, wished value (``agent.belief``)
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

    popularity: F64  # [N] of the items, sums to 1
    openings: I32  # topics that a dialogue may open with
    shares: F64  # [U] of the person types
    quantiles: F64  # [U, traits, Q]


@compiled
def open_tables(parts: Any) -> Any:
    """Return the parts of a Tables under their names again (Numba takes a plain tuple from Python in half the time)."""
    return Tables(records(parts[0]), records(parts[1]), records(parts[2]), *parts[3:])


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
