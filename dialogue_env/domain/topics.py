"""How near topics are to one another, without a table of all pairs where there are many.

Closeness is the share of topic pairs that are less alike (by the cosine of their sentence vectors), so
it is spread evenly over [0, 1] whatever the domain's vocabulary; a topic is 1 to itself.

Vectors are kept as whole numbers, so that a cosine is exact whatever the processor and the order of summing.
Up to ``LARGEST_TABLE`` topics all pairs stand in a table. Beyond that, closeness is computed from the vectors
when it is needed, and what the agent learns about liking is kept for as many *centres*, topics spread over all.
"""

from dataclasses import dataclass

import numpy as np

from dialogue_env.types import F32, F64, I32, I64

LARGEST_TABLE = 256
"""Topics up to which all pairs stand in a table, and centres beyond."""
SCALE = 4096
"""One in the whole numbers of the vectors."""
CHUNK = 512


@dataclass(frozen=True, slots=True)
class TopicMap:
    """T topics and their neighbourhood; C centres, K slate, S slots."""

    vectors: I32  # [T, d] unit vectors times SCALE; [0, d] where the table says it all
    ranks: I32  # [P] products of pairs of topics, in ascending order
    centre: I32  # [T] the centre each topic belongs to
    centres: I32  # [C] the topic that each centre is
    table: F64  # [C, C] closeness between centres
    goal_closeness: F64  # [T]
    slot_closeness: F64  # [T, S] between a topic and a slot's question
    neighbours: I32  # [T, K] topics to lead to from each topic
    near: F64  # [T, K] how close each of them is


def map_topics(vectors: F32, questions: F32, goal: int, slate: int) -> TopicMap:
    """Return the map of topics [T, d] and slots' questions [S, d], given as unit vectors; ``slate`` is K."""
    topics = _whole(vectors)
    sample = topics[:: -(-len(topics) // LARGEST_TABLE)]
    products = _products(sample, sample)
    ranks = np.sort(products[np.triu_indices(len(sample), 1)])
    slot_closeness = _rank(ranks, _products(topics, _whole(questions)))
    if len(topics) <= LARGEST_TABLE:
        closeness = _rank(ranks, products)
        np.fill_diagonal(closeness, 1.0)
        return map_of_table(closeness, slot_closeness, goal, slate)
    centres = _spread(topics, goal)
    table = _rank(ranks, _products(topics[centres], topics[centres]))
    np.fill_diagonal(table, 1.0)
    to_goal = _rank(ranks, _products(topics, topics[[goal]]))[:, 0]
    to_goal[goal] = 1.0
    neighbours = _far_neighbours(topics, to_goal, goal, slate)
    return TopicMap(
        vectors=topics.astype(np.int16),
        ranks=ranks,
        centre=_products(topics, topics[centres]).argmax(axis=1).astype(np.int32),
        centres=centres,
        table=table,
        goal_closeness=to_goal,
        slot_closeness=slot_closeness,
        neighbours=neighbours,
        near=_rank(ranks, (topics[:, None] * topics[neighbours]).sum(axis=2).astype(np.int32)),
    )


def map_of_table(closeness: F64, slot_closeness: F64, goal: int, slate: int) -> TopicMap:
    """Return the map of topics whose closeness [T, T] is known."""
    own = np.arange(len(closeness), dtype=np.int32)
    to_goal = np.ascontiguousarray(closeness[:, goal], np.float64)
    neighbours = np.stack([_slate(closeness[topic], to_goal, int(topic), goal, slate) for topic in own])
    return TopicMap(
        vectors=np.zeros((0, 1), np.int16),
        ranks=np.zeros(1, np.int32),
        centre=own,
        centres=own,
        table=np.ascontiguousarray(closeness, np.float64),
        goal_closeness=to_goal,
        slot_closeness=np.ascontiguousarray(slot_closeness, np.float64),
        neighbours=neighbours,
        near=np.take_along_axis(np.asarray(closeness, np.float64), neighbours, axis=1),
    )


def _whole(vectors: F32) -> F64:
    return np.rint(vectors.astype(np.float64) * SCALE)


def _products(one: F64, other: F64) -> I32:
    """Return the products [n, m] of whole vectors: sums of whole numbers in double precision are exact in any order."""
    return np.asarray(one @ other.T).astype(np.int32)


def _rank(ranks: I32, products: I32) -> F64:
    return np.searchsorted(ranks, products) / len(ranks)


def _slate(near: F64, to_goal: F64, topic: int, goal: int, size: int) -> I32:
    """Return the slate [K] of a topic with closeness ``near`` [T]: the goal, stepping stones towards it, then the nearest.

    Stepping stones are the nearest topics among those closer to the goal; they take half of the slate. The
    last place is replaced at run time by what the person seems to like best.
    """
    order = np.argsort(-near, kind="stable")
    nearest = order[(order != topic) & (order != goal)]
    stones = nearest[to_goal[nearest] > to_goal[topic]][: size // 2]
    first = [] if topic == goal else [goal]
    return np.concatenate([first, stones, nearest[~np.isin(nearest, stones)]])[:size].astype(np.int32)


def _far_neighbours(topics: F64, to_goal: F64, goal: int, size: int) -> I32:
    """Return the slates [T, K] of many topics, from the nearest of all and the nearest that are closer to the goal."""
    slates = []
    for first in range(0, len(topics), CHUNK):
        products = _products(topics[first : first + CHUNK], topics)
        for row, near in enumerate(products):
            topic = first + row
            closer = np.flatnonzero(to_goal > to_goal[topic])
            found = np.unique([topic, goal, *_most(near, np.arange(len(near)), size + 2), *_most(near[closer], closer, size + 2)])
            here, there = (int(np.searchsorted(found, place)) for place in (topic, goal))
            chosen = found[_slate(near[found].astype(np.float64), to_goal[found], here, there, size)].astype(np.int32)
            slates.append(chosen)
    return np.stack(slates)


def _most(values: I32, places: I64, count: int) -> I64:
    """Return the ``places`` of the greatest ``values``, ``count`` of them and any equal to the last, in ascending order."""
    if len(values) <= count:
        return places
    return places[values >= np.partition(values, -count)[-count]]


def _spread(topics: F64, goal: int) -> I32:
    """Return ``LARGEST_TABLE`` topics spread over all: starting at the goal, each the one least like those chosen before."""
    chosen = [goal]
    alike = _products(topics, topics[[goal]])[:, 0]
    while len(chosen) < LARGEST_TABLE:
        chosen.append(int(alike.argmin()))
        alike = np.maximum(alike, _products(topics, topics[[chosen[-1]]])[:, 0])
    return np.array(sorted(chosen), np.int32)
