"""How near one topic is to another, for compiled code; how that is stored says ``domain.topics``."""

from typing import Any

import numpy as np

from rewards.compiled import compiled, compiled_apart


@compiled
def closeness(tables: Any, one: int, other: int) -> float:
    """Return the closeness of two topics in [0, 1], by the table of all pairs or, where topics are many, from their vectors."""
    if one == other:
        return 1.0
    if len(tables.vectors) == 0:
        return tables.table[one, other]
    return _of_vectors(tables.vectors, tables.ranks, one, other)


@compiled_apart
def _of_vectors(vectors: Any, ranks: Any, one: int, other: int) -> float:
    product: Any = 0
    for d in range(vectors.shape[1]):
        product += np.int32(vectors[one, d]) * np.int32(vectors[other, d])
    low, high = 0, len(ranks)
    while low < high:
        middle = (low + high) // 2
        if ranks[middle] < product:
            low = middle + 1
        else:
            high = middle
    return low / len(ranks)
