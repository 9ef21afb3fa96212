from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hand_made import tiny_of, world_of

from dialogue_env import World, domain_names
from dialogue_env.acts import Family
from dialogue_env.person.model import IMPOSSIBLE

NAMES = "hold, acknowledge, check, clarify:colour, clarify:size, explore, tell, appeal, correct, propose, yield, close, answer, shift:0, shift:1"


def row(world: World, act: str) -> int:
    return world.acts.names.index(act)


def fit(world: World, act: str) -> np.ndarray:
    return world.acts.fits[world.acts.records["fit_row"][row(world, act)]]


def test_acts_are_expanded_in_order(tiny: World) -> None:
    acts = tiny.acts
    assert ", ".join(acts.names) == NAMES
    assert acts.records["slot"].tolist() == [-1, -1, -1, 0, 1] + [-1] * 10
    assert acts.records["candidate"].tolist() == [-1] * 13 + [0, 1]
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
    assert [tiny.acts.records[name][row(tiny, act)] for name in ("gain", "comfort", "pressure", "effort")] == numbers


def test_fit_is_base_and_helps_and_hurts(tiny: World) -> None:
    # .4 + .6 for red - .9 for small: ruby is red and big, rose red and small, moss green and big, lake blue and small.
    np.testing.assert_allclose(fit(tiny, "appeal"), [1.0, 0.1, 0.4, -0.5], atol=1e-12)
    assert fit(tiny, "tell").tolist() == [1.0] * 4  # suits everyone
    assert tiny.acts.records["fit_row"].tolist() == [int(name == "appeal") for name in tiny.acts.names]


@pytest.mark.parametrize(
    ("profile", "expected"),
    [({"helps": {"colour": ("blue", "green")}}, [0.4, 0.4, 1.0, 1.0]), ({"hurts": {"colour": ("blue",), "size": ("small",)}}, [0.4, -0.5, 0.4, -0.5])],
)
def test_fit_of_what_only_helps_or_hurts(profile: dict[str, Any], expected: list[float]) -> None:
    acts = tiny_of().domain.acts
    world = tiny_of(acts=tuple(replace(act, **{"helps": {}, "hurts": {}} | profile) if act.name == "appeal" else act for act in acts))
    np.testing.assert_allclose(fit(world, "appeal"), expected, atol=1e-12)


def test_acts_of_a_family_lie_together() -> None:
    acts = tiny_of().domain.acts
    world = tiny_of(acts=(*acts[:5], *acts[7:], *acts[5:7]))  # the two INFORM last
    assert world.acts.names[-2:] == ("tell", "appeal")
    mixed = tiny_of(acts=(acts[5], *acts[:5], *acts[6:]))
    assert mixed.acts.names[:3] == ("tell", "appeal", "hold")
    assert mixed.acts.family.tolist()[:3] == [Family.INFORM, Family.INFORM, Family.HOLD]
    assert mixed.acts.span[Family.INFORM] == slice(0, 2)
    assert mixed.tables.constants["world"]["hold"].item() == 2
    for family in Family:
        np.testing.assert_array_equal(mixed.acts.of(family), np.flatnonzero(mixed.acts.family == family))


def test_family_that_a_domain_lacks_is_empty() -> None:
    world = tiny_of(acts=tuple(act for act in tiny_of().domain.acts if act.family != Family.SHIFT))
    assert world.acts.of(Family.SHIFT).tolist() == []


def test_relevance_where_the_topic_does_not_say(tiny: World) -> None:
    found = dict(zip(tiny.acts.names, tiny.acts.records["relevance"].tolist(), strict=True))
    assert {name: found[name] for name in ("hold", "acknowledge", "yield", "appeal")} == {"hold": 0.4, "acknowledge": 0.7, "yield": 0.9, "appeal": 0.6}


@pytest.mark.parametrize("domain", domain_names())
def test_shipped_acts(domain: str) -> None:
    world = world_of(domain)
    acts = world.acts
    assert len(set(acts.names)) == len(acts.names) == len(acts.records) == len(acts.specs)
    assert (np.abs(acts.fits) <= 1.0).all()
    assert (acts.fits[0] == 1.0).all()
    for name in ("gain", "comfort", "pressure", "effort", "relevance"):
        assert ((acts.records[name] >= 0.0) & (acts.records[name] <= 1.0)).all(), name
    assert (world.person.bias[acts.family] > IMPOSSIBLE).any(axis=1).all()  # some reply can always follow
    assert {Family(family) for family in acts.family} >= {Family.HOLD, Family.PROPOSE, Family.CLOSE, Family.SHIFT, Family.CLARIFY}
