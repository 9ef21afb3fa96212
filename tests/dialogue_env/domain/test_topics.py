"""How near topics are, against tables of all pairs, whether topics are few or many."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hand_made import CLOSENESS, SLOT_CLOSENESS, after, state_of, tiny_of

from dialogue_env import Simulator, Stream, World, exchanges
from dialogue_env.acts import Reply
from dialogue_env.agent.observation import Observer
from dialogue_env.domain.topics import LARGEST_TABLE, TopicMap, map_of_table, map_topics
from dialogue_env.likelihood import interests
from rewards import RewardWeights

GOAL, SLATE, WIDTH = 7, 6, 24
WEIGHTS = RewardWeights.parse("balanced").as_array()


def unit_vectors(count: int, width: int = WIDTH, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(count, width))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def products(topics: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the products of vectors in 4096ths, as whole numbers."""
    one, other = (np.rint(vectors.astype(np.float64) * 4096).astype(np.int64) for vectors in (topics, others))
    return one @ other.T


def brute_closeness(topics: np.ndarray) -> np.ndarray:
    """Return the closeness of all pairs: the share of pairs of (every so many) topics that are less alike."""
    alike, every = products(topics, topics), -(-len(topics) // LARGEST_TABLE)
    pairs = np.sort(alike[::every, ::every][np.triu_indices(len(topics[::every]), 1)])
    closeness = np.searchsorted(pairs, alike, side="left") / len(pairs)
    np.fill_diagonal(closeness, 1.0)
    return closeness


def brute_slate(topic: int, near: np.ndarray, to_goal: np.ndarray) -> list[int]:
    """Return the goal, then up to half a slate of the nearest that are closer to it, then the nearest others."""
    others = sorted(set(range(len(near))) - {topic, GOAL}, key=lambda other: (-near[other], other))
    stones = [other for other in others if to_goal[other] > to_goal[topic]][: SLATE // 2]
    rest = [other for other in others if other not in stones]
    return ([GOAL] * (topic != GOAL) + stones + rest)[:SLATE]


def world_with(topics: np.ndarray, slate: int = SLATE, **changes: object) -> World:
    """Return the tiny world with as many topics as vectors, about a goal and with openings of its own."""
    tiny = tiny_of().domain
    found = map_topics(topics, unit_vectors(2, topics.shape[1], seed=1), GOAL, slate)
    named = tuple(replace(tiny.topics[0], name=f"topic {t}") for t in range(len(topics)))
    return tiny_of(topics=named, map=found, goal_topic=GOAL, slate_size=slate, opening_topics=tuple(range(40)), **changes)


def closeness_of(world: World, count: int) -> np.ndarray:
    """Return the closeness of all pairs as people feel it: the interest of somebody who likes one topic alone."""
    state = state_of(world, count, talk={"topic": 0}, person={"favourites": np.arange(count)[:, None] * np.ones(3, int)})
    return interests(world, state.person, np.tile(np.arange(count, dtype=np.int32), (count, 1)))


MANY = unit_vectors(400)
FEW = unit_vectors(60)


@pytest.mark.parametrize("topics", [FEW, MANY], ids=["few", "many"])
def test_map_agrees_with_all_pairs(topics: np.ndarray) -> None:
    world, expected, alike = world_with(topics), brute_closeness(topics), products(topics, topics)
    found = world.domain.map
    assert (len(found.vectors) == 0) == (len(topics) <= LARGEST_TABLE)
    np.testing.assert_allclose(closeness_of(world, len(topics)), expected, rtol=1e-12)
    np.testing.assert_array_equal(found.goal_closeness, expected[:, GOAL])
    np.testing.assert_array_equal(found.table, expected[np.ix_(found.centres, found.centres)])
    assert found.neighbours.tolist() == [brute_slate(topic, alike[topic], expected[:, GOAL]) for topic in range(len(topics))]
    assert found.slot_closeness.shape == (len(topics), 2)
    every = -(-len(topics) // LARGEST_TABLE)
    pairs = alike[::every, ::every][np.triu_indices(len(topics[::every]), 1)]
    questions = products(topics, unit_vectors(2, WIDTH, seed=1))
    np.testing.assert_array_equal(found.slot_closeness, (pairs < questions[:, :, None]).mean(axis=2))


def test_closeness_is_spread_evenly() -> None:
    closeness = closeness_of(world_with(MANY), 400)[~np.eye(400, dtype=bool)]
    np.testing.assert_allclose(np.quantile(closeness, [0.1, 0.5, 0.9]), [0.1, 0.5, 0.9], atol=0.02)


def test_centres_are_spread_over_all_topics() -> None:
    found, alike = world_with(MANY).domain.map, products(MANY, MANY)
    assert len(found.centres) == LARGEST_TABLE
    assert len(set(found.centres.tolist())) == LARGEST_TABLE
    assert GOAL in found.centres
    np.testing.assert_array_equal(found.centres[found.centre[found.centres]], found.centres)  # a centre belongs to itself
    own = alike[np.arange(400), found.centres[found.centre]]
    np.testing.assert_array_equal(own, alike[:, found.centres].max(axis=1))  # and a topic to the centre most like it
    left = np.delete(np.arange(400), found.centres)
    nearest = alike[np.ix_(left, found.centres)].max(axis=1)
    among = alike[np.ix_(found.centres, found.centres)] - np.diag(np.full(LARGEST_TABLE, 10**9))
    assert np.median(nearest) > np.median(among.max(axis=1))  # those left out have a centre nearer than centres are to each other


def test_few_topics_are_their_own_centres() -> None:
    found = world_with(FEW).domain.map
    assert found.centre.tolist() == found.centres.tolist() == list(range(60))


@pytest.mark.parametrize("topics", [FEW, MANY], ids=["few", "many"])
def test_liking_is_learned_for_what_is_alike(topics: np.ndarray) -> None:
    world = world_with(topics)
    observer, talk = Observer(world.tables), after(world, state_of(world, len(topics), talk={"topic": 3}), "explore", Reply.FOLLOW)[0].talk
    talk.now["topic"] = np.arange(len(topics))
    shown = observer.layout.feature(observer.observe(talk, WEIGHTS), "topic_liking")
    centre, table = world.domain.map.centre, world.domain.map.table
    np.testing.assert_allclose(shown, 0.5 + 0.25 * (table[centre[3], centre] - 0.5), atol=1e-6)
    assert np.corrcoef(shown, brute_closeness(topics)[3])[0, 1] > 0.4  # these vectors keep to no clusters


@pytest.mark.parametrize("count", [300, 1000])
def test_dialogues_about_many_topics_play_to_their_end(count: int) -> None:
    world = world_with(unit_vectors(count), noise=0.3)
    simulator, observer, seen = Simulator(world), Observer(world.tables), 0
    state, shift = simulator.reset(Stream.TRAINING, 0, np.arange(50)), world.acts.names.index("shift:1")
    for exchange in exchanges(simulator, state, lambda number, rows, _: np.where(rows % 2, shift, (rows + number) % 15)):
        observation = observer.observe(exchange.after.talk, WEIGHTS)
        assert observation.min() >= -1.0
        assert observation.max() <= 1.0
        assert (exchange.after.talk.slate < count).all()
        assert (exchange.after.talk.slate >= 0).all()
        seen += exchange.after.size
    assert seen > 200


def test_five_thousand_topics_are_mapped_in_seconds() -> None:
    vectors = unit_vectors(5000, 384)
    start = time.process_time()  # on a busy machine time of one's own says more
    world = world_with(vectors)
    assert time.process_time() - start < 10.0
    simulator = Simulator(world)
    played = list(exchanges(simulator, simulator.reset(Stream.TRAINING, 0, np.arange(2)), lambda number, rows, _: (rows + 13 + number % 2) % 15))
    assert played[-1].facts["ended"].all()
    assert {array.nbytes < 2**25 for array in world.tables} == {True}  # no table of all pairs


@pytest.mark.parametrize("count", [40, 300])
def test_topics_that_are_all_but_the_same(count: int) -> None:
    few = unit_vectors(12, 384)
    topics = few[np.arange(count) % 12]
    world, expected = world_with(topics), brute_closeness(topics)
    np.testing.assert_allclose(closeness_of(world, count), expected, rtol=1e-12)
    np.testing.assert_array_equal(world.domain.map.goal_closeness, expected[:, GOAL])
    state = Simulator(world).reset(Stream.TRAINING, 0, np.arange(20))
    for act in range(15):
        state, _ = Simulator(world).step(state, np.full(20, act))


def map_of(goal: int, slate: int, closeness: object = CLOSENESS, slots: object = SLOT_CLOSENESS) -> TopicMap:
    return map_of_table(np.array(closeness), np.array(slots), goal, slate)


def test_neighbours_are_the_goal_then_stepping_stones_then_the_nearest() -> None:
    # From the weather: the sale, and food (.8 to the sale) as a stone. From food nothing is closer: the weather (.6) is nearest.
    # From travel: the sale and food again. At the sale itself: food (.8), travel (.5).
    assert map_of(3, 2).neighbours.tolist() == [[3, 1], [3, 0], [3, 1], [1, 2]]
    assert map_of(3, 3).neighbours.tolist() == [[3, 1, 2], [3, 0, 2], [3, 1, 0], [1, 2, 0]]  # all topics but one
    assert map_of(3, 2).goal_closeness.tolist() == [0.0, 0.8, 0.5, 1.0]


def test_stepping_stones_take_half_of_the_slate() -> None:
    closeness = np.eye(6)
    closeness[0] = [1.0, 0.9, 0.8, 0.3, 0.2, 0.1]  # of topic 0 to the others; topic 5 is the goal
    closeness[:, 5] = [0.1, 0.0, 0.3, 0.6, 0.7, 1.0]  # of the topics to the goal
    # Of 2, 3 and 4, nearer to the goal than topic 0 is, the nearest two; then the nearest.
    assert map_of(5, 4, closeness, np.zeros((6, 2))).neighbours[0].tolist() == [5, 2, 3, 1]
