"""How often each topic was talked of, kept for the topics that were."""

from typing import Any

import numpy as np

from dialogue_env.types import I32, I64, Records
from rewards.compiled import compiled, compiled_apart, entry, records

KEPT = 22
"""Topics that are kept; beyond them the one met first is forgotten."""
MOST = 255
VISITS = np.dtype([("known", "i4"), ("topic", "i2", (KEPT,)), ("count", "u1", (KEPT,))], align=True)


@compiled_apart
def visit(visits: Any, topic: int) -> None:
    """Count an exchange on ``topic``."""
    for i in range(min(visits.known, KEPT)):
        if visits.topic[i] == topic:
            visits.count[i] = min(visits.count[i] + 1, MOST)
            return
    place = visits.known % KEPT
    visits.topic[place] = topic
    visits.count[place] = 1
    visits.known += 1


@compiled_apart
def forget(visits: Any) -> None:
    """Begin anew."""
    visits.known = 0
    for i in range(KEPT):
        visits.topic[i] = visits.count[i] = 0


@compiled_apart
def visited(visits: Any, topic: int) -> int:
    """Return how many exchanges there were on a topic so far."""
    for i in range(min(visits.known, KEPT)):
        if visits.topic[i] == topic:
            return int(visits.count[i])
    return 0


def visited_by(visits: Records, topics: I32) -> I64:
    """Return how many exchanges there were so far on each of ``topics`` [B, K] in the dialogues of ``visits`` [B]."""
    out = np.zeros(topics.shape, np.int64)
    _count(np.ascontiguousarray(visits), np.ascontiguousarray(topics, np.int32), out)
    return out


@entry
def _count(visits_: Any, topics: I32, out: I64) -> None:
    visits = records(visits_)
    for b in range(out.shape[0]):
        for k in range(out.shape[1]):
            out[b, k] = visited(visits[b], topics[b, k])


@compiled
def novelty(visits: Any, topic: int) -> float:
    """Return 1 / (1 + exchanges on the topic so far)."""
    return 1.0 / (1.0 + visited(visits, topic))
