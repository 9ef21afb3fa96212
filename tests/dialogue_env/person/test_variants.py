"""Variants of the person: another structure, or other numbers within their ranges."""

import numpy as np
import pytest
from hand_made import FOOD, state_of, tiny_of, world_of

from dialogue_env import load_population
from dialogue_env.acts import REPLIES, Reply
from dialogue_env.likelihood import features
from dialogue_env.person.meaning import bent
from dialogue_env.person.model import FEATURES, load_person
from dialogue_env.person.variants import changed, ranges, variant_names, varied
from rewards import InputError


def test_every_variant_is_another_person() -> None:
    shipped = load_person()
    for name in variant_names():
        found = varied(shipped, name)
        same = found.constants == shipped.constants and np.array_equal(found.response, shipped.response) and np.array_equal(found.again, shipped.again)
        assert not same, name
        np.testing.assert_array_equal(found.bias, shipped.bias)


def test_a_variant_changes_what_it_names_and_nothing_else() -> None:
    shipped, found = load_person(), varied(load_person(), "pushing_half")
    named = {("willingness", "reactance"), ("satisfaction", "push"), ("annoyance", "push")}
    for table, numbers in shipped.constants.items():
        for key, value in numbers.items():
            assert found.constants[table][key] == (0.5 * value if (table, key) in named else value)
    difference = found.response - shipped.response
    row, column = REPLIES.index(Reply.RESIST), list(FEATURES).index("push")
    assert difference[row, column] == -0.5 * shipped.response[row, column]
    difference[row, column] = 0.0
    assert not difference.any()


def test_people_of_a_variant_are_the_same_people() -> None:
    plain, other = (load_population(name) for name in ("mixed", "mixed~lead_off"))
    assert (other.name, other.types) == ("mixed~lead_off", plain.types)
    np.testing.assert_array_equal(other.quantiles, plain.quantiles)
    assert other.person.constants["willingness"]["lead"] == 0.0


def test_plausible_worlds_lie_in_the_ranges_and_differ() -> None:
    shipped = load_person()
    worlds = [varied(shipped, f"world-{number}") for number in (1, 2, 2)]
    for name, (value, low, high) in ranges().items():
        table, key = name.split(".")
        assert low <= value <= high
        drawn = [world.constants[table][key] for world in worlds]
        assert all(low <= level <= high for level in drawn), name
        assert drawn[1] == drawn[2]
    assert len(ranges()) > 50
    assert worlds[0].constants != worlds[1].constants


def test_every_number_set_by_hand_has_a_range() -> None:
    shipped = load_person()
    for table in ("satisfaction", "willingness", "annoyance", "distress", "misunderstanding", "fit"):
        fitted = {"rho", "base", "relevance", "interest", "length", "repetition", "echo", "jump", "questioning"} if table == "satisfaction" else set()
        assert {key for key in shipped.constants[table] if f"{table}.{key}" not in ranges()} <= fitted | {"curve"}, table


@pytest.mark.parametrize(
    ("x", "curve", "value"), [(0.5, 0.0, 0.5), (0.5, 1.0, 0.75), (0.5, -1.0, 0.25), (0.2, 0.5, 0.28), (0.0, 1.0, 0.0), (1.0, 1.0, 1.0), (1.0, -1.0, 1.0)]
)
def test_bent(x: float, curve: float, value: float) -> None:
    assert bent(x, curve) == pytest.approx(value, abs=1e-12)


def test_pressure_saturates() -> None:
    plain, saturating = tiny_of(), tiny_of(person={"move": {"pressure_curve": 1.0}})
    push = [
        features(world, state_of(world, talk={"topic": FOOD}), np.array([world.acts.names.index("tell")]))[0, list(FEATURES).index("push")]
        for world in (plain, saturating)
    ]
    pressure = push[0] / 0.5
    assert push[1] == pytest.approx(0.5 * pressure * (2.0 - pressure))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("mixed~boredom", "unknown variant 'boredom'; valid: pushing_off, "),
        ("mixed~world-x", "unknown variant 'world-x'; valid: pushing_off, "),
        ("mxed~pushing_off", "unknown population 'mxed'; valid: "),
    ],
)
def test_unknown_variants(name: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        load_population(name)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("variant", "message"),
    [
        ({"times": {"satisfaction.charm": 0.0}}, "here: times: the person model has no number 'satisfaction.charm'"),
        ({"set": {"charm": 0.0}}, "here: set: the person model has no number 'charm'"),
        ({"set": {"satisfaction.push": "much"}}, "here: set.satisfaction.push: must be a number in [-100, 100], not 'much'"),
        ({"plus": {}}, "unknown key in here: 'plus'; valid: times, set"),
    ],
)
def test_bad_variants(variant: dict[str, object], message: str) -> None:
    with pytest.raises(InputError) as caught:
        changed(load_person(), variant, "here")
    assert str(caught.value) == message


def test_a_world_of_a_variant_plays() -> None:
    world = world_of("donation", "mixed~world-3")
    assert world.person.constants["willingness"]["gain"] != load_person().constants["willingness"]["gain"]
