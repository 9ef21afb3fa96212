from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogue_env import build_world, domain_names, load_domain, load_population
from dialogue_env.acts import UserAct
from dialogue_env.slate import slate_of
from dialogue_env.world import World

WEATHER, FOOD, TRAVEL, SALE = range(4)
ALWAYS = {"hold", "acknowledge", "clarify:colour", "clarify:size", "explore", "tell", "appeal", "propose", "close", "shift:0", "shift:1"}
WORLDS = {name: build_world(load_domain(name), load_population("everyone"), 0.0) for name in domain_names()}


@pytest.mark.parametrize(
    ("topic", "liked", "slate"),
    [
        (WEATHER, WEATHER, [SALE, FOOD]),  # the current topic cannot be led to
        (WEATHER, SALE, [SALE, FOOD]),  # already there
        (WEATHER, FOOD, [SALE, FOOD]),
        (WEATHER, TRAVEL, [SALE, TRAVEL]),  # takes the last place
        (FOOD, TRAVEL, [SALE, TRAVEL]),
        (SALE, WEATHER, [FOOD, WEATHER]),
    ],
)
def test_best_liked_topic_takes_the_last_place(tiny: World, topic: int, liked: int, slate: list[int]) -> None:
    liking = np.full((1, 4), 0.5, np.float32)
    liking[0, liked] = 0.9
    before = tiny.neighbours.copy()
    assert slate_of(tiny, np.array([topic]), liking).tolist() == [slate]
    np.testing.assert_array_equal(tiny.neighbours, before)


@pytest.mark.parametrize("domain", list(WORLDS))
@given(seed=st.integers(0, 1000))
def test_slate_is_free_of_repeats_and_leads_elsewhere(domain: str, seed: int) -> None:
    world = WORLDS[domain]
    topics = len(world.domain.topics)
    topic = np.arange(topics)
    slate = slate_of(world, topic, np.random.default_rng(seed).normal(0.5, 0.5, (topics, topics)).astype(np.float32))
    assert slate.shape == (topics, world.domain.slate_size)
    assert slate.min() >= 0
    assert slate.max() < topics
    for t, row in enumerate(slate):
        assert len(set(row.tolist())) == len(row)
        assert t not in row
        assert t == world.domain.goal_topic or row[0] == world.domain.goal_topic


def open_names(world: World, state: Any) -> set[str]:
    return {name for name, open_ in zip(world.acts.names, state.open[0], strict=True) if open_}


@pytest.mark.parametrize(
    ("given_", "more"),
    [
        ({}, set()),
        ({"talk": {"LAST_REPLY": UserAct.ASK}}, {"answer"}),
        ({"talk": {"LAST_REPLY": UserAct.REPAIR}}, {"correct"}),
        ({"talk": {"OWN_TOPIC": TRAVEL}}, {"yield"}),
        ({"talk": {"OWN_TOPIC": WEATHER}}, {"yield"}),
        ({"asked": [0, 1 / 3]}, {"check"}),
        ({"asked": [2 / 3, 2 / 3]}, {"check"}),
    ],
)
def test_open_acts(tiny: World, state_of: Callable[..., Any], given_: dict[str, Any], more: set[str]) -> None:
    assert open_names(tiny, state_of(tiny, **given_)) == ALWAYS | more


def test_slot_can_be_asked_three_times(tiny: World, state_of: Callable[..., Any]) -> None:
    assert open_names(tiny, state_of(tiny, asked=[2 / 3, 1])) == (ALWAYS | {"check"}) - {"clarify:size"}


def test_acts_a_domain_lacks_are_no_trouble(tiny_of: Callable[..., World], state_of: Callable[..., Any]) -> None:
    acts = tiny_of().domain.acts
    world = tiny_of(acts=tuple(act for act in acts if act.family.name in ("HOLD", "PROPOSE", "CLOSE")))
    assert world.acts.names == ("hold", "propose", "close")
    assert state_of(world).open.tolist() == [[True, True, True]]
