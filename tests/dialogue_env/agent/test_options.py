from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hand_made import FOOD, SALE, TRAVEL, WEATHER, after, state_of, tiny_of, world_of
from hypothesis import given
from hypothesis import strategies as st

from dialogue_env import World, domain_names
from dialogue_env.acts import Family, Reply
from dialogue_env.agent.talk import Talk

ALWAYS = {"hold", "acknowledge", "clarify:colour", "clarify:size", "explore", "tell", "appeal", "propose", "close", "shift:0", "shift:1"}


def options(world: World, count: int = 1, reply: Reply = Reply.EMOTE, **given: Any) -> Talk:
    """Return the agent's side a silent exchange later; showing feelings says nothing about what is liked."""
    return after(world, state_of(world, count, **given), "hold", reply)[0].talk


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
    liking, before = np.full(4, 0.5, np.float32), tiny.tables.neighbours.copy()
    liking[liked] = 0.9
    assert options(tiny, talk={"topic": topic}, liking=liking).slate.tolist() == [slate]
    np.testing.assert_array_equal(tiny.tables.neighbours, before)


def test_topic_liked_by_half_takes_no_place(tiny: World) -> None:
    assert options(tiny, liking=[0.2, 0.3, 0.5, 0.1]).slate.tolist() == [[SALE, FOOD]]


@pytest.mark.parametrize("domain", domain_names())
@given(seed=st.integers(0, 1000))
def test_slate_is_free_of_repeats_and_leads_elsewhere(domain: str, seed: int) -> None:
    world = world_of(domain)
    topics = len(world.domain.topics)
    liking = np.random.default_rng(seed).normal(0.5, 0.5, (topics, topics))
    slate = options(world, topics, talk={"topic": np.arange(topics)}, liking=liking).slate
    assert slate.shape == (topics, world.domain.slate_size)
    assert slate.min() >= 0
    assert slate.max() < topics
    for topic, row in enumerate(slate):
        assert len(set(row.tolist())) == len(row)
        assert topic not in row
        assert topic == world.domain.goal_topic or row[0] == world.domain.goal_topic


def open_names(world: World, **given: Any) -> set[str]:
    return {name for name, open_ in zip(world.acts.names, options(world, **given).open[0], strict=True) if open_}


@pytest.mark.parametrize(
    ("given_", "more"),
    [
        ({}, set()),
        ({"reply": Reply.ASK}, {"answer"}),
        ({"reply": Reply.REPAIR}, {"correct"}),
        ({"reply": Reply.DRIFT, "person": {"favourites": [TRAVEL] * 3}}, {"yield"}),
        ({"talk": {"raised": TRAVEL, "last_reply": Reply.ASK}}, set()),  # that is over
        ({"asked": [0, 1]}, {"check"}),
        ({"asked": [2, 2]}, {"check"}),
    ],
)
def test_open_acts(tiny: World, given_: dict[str, Any], more: set[str]) -> None:
    assert open_names(tiny, **given_) == ALWAYS | more


def test_slot_can_be_asked_three_times(tiny: World) -> None:
    assert open_names(tiny, asked=[2, 3]) == (ALWAYS | {"check"}) - {"clarify:size"}


def test_acts_a_domain_lacks_are_no_trouble() -> None:
    world = tiny_of(acts=tuple(act for act in tiny_of().domain.acts if act.family.name in ("HOLD", "PROPOSE", "CLOSE")))
    assert world.acts.names == ("hold", "propose", "close")
    assert options(world).open.tolist() == [[True, True, True]]


def test_what_can_be_chosen_goes_by_the_family_alone() -> None:
    renamed = tiny_of(acts=tuple(replace(act, name=f"x{act.name}") if act.family == Family.INFORM else act for act in tiny_of().domain.acts))
    assert options(renamed).open.tolist() == options(tiny_of()).open.tolist()
