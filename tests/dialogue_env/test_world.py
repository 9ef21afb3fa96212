from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from dialogue_env.world import World, build_world


def test_values_and_their_popularity(tiny: World) -> None:
    assert tiny.sizes.tolist() == [3, 2]
    assert tiny.codes.tolist() == [[2, 0], [2, 1], [1, 0], [0, 1]]  # blue 0, green 1, red 2; big 0, small 1
    np.testing.assert_allclose(tiny.domain.catalogue.popularity, [0.4, 0.2, 0.2, 0.2])
    np.testing.assert_allclose(tiny.marginals, [[0.2, 0.2, 0.6], [0.6, 0.4, 0.0]], rtol=1e-6)


def test_slot_weights_sum_to_1(tiny: World) -> None:
    np.testing.assert_allclose(tiny.slot_weights, [0.75, 0.25])  # 3 to 1


def test_wishes_differ_from_items_only_where_an_item_is_wanted(tiny: World, tiny_of: Callable[..., World]) -> None:
    assert (tiny.dont_care, tiny.deviation) == pytest.approx((0.2, 0.1))
    profile = tiny_of(target="outcome")
    assert (profile.dont_care, profile.deviation) == (0.0, 0.0)


def test_goal_closeness(tiny: World) -> None:
    np.testing.assert_allclose(tiny.goal_closeness, [0.0, 0.8, 0.5, 1.0])


def test_neighbours_are_the_goal_then_stepping_stones_then_the_nearest(tiny: World) -> None:
    # From the weather: the sale, and food (.8 to the sale) as a stone. From food nothing is closer: the weather (.6) is nearest.
    # From travel: the sale and food again. At the sale itself: food (.8), travel (.5).
    assert tiny.neighbours.tolist() == [[3, 1], [3, 0], [3, 1], [1, 2]]


def test_slate_of_all_topics_but_one(tiny_of: Callable[..., World]) -> None:
    assert tiny_of(slate_size=3).neighbours.tolist() == [[3, 1, 2], [3, 0, 2], [3, 1, 0], [1, 2, 0]]


def test_stepping_stones_take_half_of_the_slate(tiny: World) -> None:
    closeness = np.eye(6, dtype=np.float32)
    closeness[0] = [1.0, 0.9, 0.8, 0.3, 0.2, 0.1]  # of topic 0 to the others; topic 5 is the goal
    closeness[:, 5] = [0.1, 0.0, 0.3, 0.6, 0.7, 1.0]  # of the topics to the goal
    topics = tiny.domain.topics
    domain = replace(tiny.domain, topics=(*topics, *topics[:2]), goal_topic=5, slate_size=4, closeness=closeness, slot_closeness=np.zeros((6, 2), np.float32))
    world = build_world(domain, tiny.population, 0.0)
    assert world.neighbours[0].tolist() == [5, 2, 3, 1]  # of 2, 3 and 4, nearer to the goal than topic 0 is, the nearest two; then the nearest
