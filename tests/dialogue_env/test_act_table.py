from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dialogue_env import domain_names
from dialogue_env.acts import Family, UserAct
from dialogue_env.world import World

NAMES = "hold, acknowledge, check, clarify:colour, clarify:size, explore, tell, appeal, correct, propose, yield, close, answer, shift:0, shift:1"


def row(world: World, act: str) -> int:
    return world.acts.names.index(act)


def test_acts_are_expanded_in_order(tiny: World) -> None:
    acts = tiny.acts
    assert ", ".join(acts.names) == NAMES
    assert acts.slot.tolist() == [-1, -1, -1, 0, 1] + [-1] * 10
    assert acts.candidate.tolist() == [-1] * 13 + [0, 1]
    assert [Family(family).name.lower() for family in acts.family[[0, 3, 4, 6, 7, 13]]] == ["hold", "clarify", "clarify", "inform", "inform", "shift"]
    assert [spec.family for spec in acts.specs] == acts.family.tolist()


@pytest.mark.parametrize(
    ("act", "numbers"),  # gain, comfort, pressure, effort
    [
        ("hold", [0.0, 0.0, 0.0, 0.0]),
        ("acknowledge", [0.0, 0.5, 0.0, 0.0]),  # the domain's comfort, not the default .08
        ("tell", [0.1, 0.0, 0.2, 0.1]),  # the default effort
        ("propose", [0.0, 0.0, 0.6, 0.3]),
        ("clarify:size", [0.0, 0.0, 0.0, 0.5]),
    ],
)
def test_own_numbers_go_before_defaults(tiny: World, act: str, numbers: list[float]) -> None:
    np.testing.assert_allclose(tiny.acts.numbers[row(tiny, act)], numbers, rtol=1e-6)


def test_fit_is_base_and_helps_and_hurts(tiny: World) -> None:
    # .4 + .6 for red - .9 for small: ruby is red and big, rose red and small, moss green and big, lake blue and small.
    np.testing.assert_allclose(tiny.acts.fit[row(tiny, "appeal")], [1.0, 0.1, 0.4, -0.5], atol=1e-6)
    assert tiny.acts.fit[row(tiny, "tell")].tolist() == [1.0] * 4  # suits everyone


@pytest.mark.parametrize(
    ("profile", "fit"),
    [({"helps": {"colour": ("blue", "green")}}, [0.4, 0.4, 1.0, 1.0]), ({"hurts": {"colour": ("blue",), "size": ("small",)}}, [0.4, -0.5, 0.4, -0.5])],
)
def test_fit_of_what_only_helps_or_hurts(tiny_of: Callable[..., World], profile: dict[str, Any], fit: list[float]) -> None:
    acts = tiny_of().domain.acts
    world = tiny_of(acts=tuple(replace(act, **{"helps": {}, "hurts": {}} | profile) if act.name == "appeal" else act for act in acts))
    np.testing.assert_allclose(world.acts.fit[row(world, "appeal")], fit, atol=1e-6)


def test_acts_of_a_family_lie_together(tiny_of: Callable[..., World]) -> None:
    acts = tiny_of().domain.acts
    world = tiny_of(acts=(*acts[:5], *acts[7:], *acts[5:7]))  # the two INFORM last
    assert world.acts.names[-2:] == ("tell", "appeal")
    mixed = tiny_of(acts=(acts[5], *acts[:5], *acts[6:]))
    assert mixed.acts.names[:3] == ("tell", "appeal", "hold")
    assert mixed.acts.family.tolist()[:3] == [Family.INFORM, Family.INFORM, Family.HOLD]


@pytest.mark.parametrize(
    ("act", "relevance"),  # at weather, food, travel, sale
    [
        ("clarify:colour", [0.1, 0.9, 0.5, 0.7]),  # closeness of the topic to the question
        ("clarify:size", [0.2, 0.3, 0.4, 0.6]),
        ("propose", [0.0, 0.8, 0.5, 1.0]),  # closeness of the topic to the goal
        ("hold", [0.4] * 4),  # the family's own
    ],
)
def test_relevance(tiny: World, act: str, relevance: list[float]) -> None:
    np.testing.assert_allclose(tiny.acts.relevance[row(tiny, act)], relevance, rtol=1e-6)


def test_replies_that_cannot_follow_are_impossible(tiny: World) -> None:
    bias = tiny.acts.bias[row(tiny, "clarify:size")]
    assert {UserAct(reply).name: value for reply, value in enumerate(bias) if value > -100} == {"ANSWER": 1.0, "RESIST": -1.0, "SILENT": 0.0}


@pytest.mark.parametrize("domain", domain_names())
def test_shipped_acts(domain: str, world_of: Callable[..., World]) -> None:
    world = world_of(domain)
    acts = world.acts
    assert len(set(acts.names)) == len(acts.names)
    for array in (acts.family, acts.slot, acts.candidate, acts.numbers, acts.fit, acts.relevance, acts.bias):
        assert len(array) == len(acts.names)
    assert (np.abs(acts.fit) <= 1.0).all()
    assert ((acts.numbers >= 0.0) & (acts.numbers <= 1.0)).all()
    assert (acts.bias > -100).any(axis=1).all()  # some reply can always follow
    assert {Family(family) for family in acts.family} >= {Family.HOLD, Family.PROPOSE, Family.CLOSE, Family.SHIFT, Family.CLARIFY}
