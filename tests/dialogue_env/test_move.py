from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dialogue_env.acts import Family
from dialogue_env.world import World

WEATHER, FOOD, TRAVEL, SALE = range(4)
STUCK = {"THINKING": 1.0, "STUCK": 1.0}
IN_THOUGHT = {"THINKING": 1.0}
ASKING = {"ASKED": 1.0}
QUESTION = {"LAST_REPLY": 1}

Make = Callable[..., Any]


@pytest.mark.parametrize(
    ("act", "given", "field", "value"),
    [
        ("propose", {}, "relevance", 0.0),  # the weather is 0 from the sale
        ("propose", {}, "pressure", 0.84),  # .6 (1.4 - .8 * 0)
        ("propose", {}, "push", 0.42),  # times reactance 1/2
        ("propose", {"talk": {"TOPIC": SALE}}, "pressure", 0.36),  # .6 (1.4 - .8 * 1)
        ("propose", {"talk": {"OWN_TOPIC": FOOD}}, "pressure", 0.94),  # .84 + .1 for passing over what they raised
        ("acknowledge", {"talk": {"OWN_TOPIC": FOOD}}, "pressure", 0.0),
        ("propose", {}, "effort", 0.0),  # no question
        ("clarify:colour", {"talk": {"TOPIC": FOOD}}, "relevance", 0.9),
        ("clarify:colour", {"talk": {"TOPIC": FOOD}}, "effort", 0.275),  # .5 (1 - .5 * .9)
        ("explore", {}, "effort", 0.26),  # .4 (1 - .5 * .7)
        ("shift:1", {}, "relevance", 0.6),  # from the weather to food
        ("shift:1", {}, "pressure", 0.092),  # .1 (1.4 - .8 * .6)
        ("shift:1", {"interest": [0.1, 0.9, 0.2, 0.3]}, "interest", 0.9),
        ("explore", {"interest": [0.1, 0.9, 0.2, 0.3]}, "interest", 0.1),
        ("explore", {"uses": 1 / 3}, "repetition", 1 / 3),
        ("explore", {"uses": 1}, "repetition", 1.0),
        ("shift:0", {"uses": 1}, "repetition", 0.0),  # every lead is to another topic
        ("shift:0", {"talk": {"LAST_ACT": 14}}, "repetition", 2 / 3),  # but not one after the other
        ("shift:0", {"talk": {"LAST_ACT": 5}}, "repetition", 0.0),
        ("explore", {"talk": {"LAST_ACT": 14}}, "repetition", 0.0),
        ("appeal", {"uses": 2 / 3}, "gain", 0.025),  # .2 * fit 1 * .5^2 * influence 1/2
        ("appeal", {"need": 1}, "gain", 0.01),  # .2 * fit .1 * influence 1/2
        ("appeal", {"need": 3}, "gain", -0.05),  # .2 * fit -.5 * influence 1/2
        ("appeal", {"need": 3}, "fit", -0.5),
        ("acknowledge", {"uses": 1 / 3}, "comfort", 0.25),  # .5 * fit 1 * .5
        ("propose", {"wish": [2, 0]}, "utility", 1.0),  # red and big is what the ruby is
        ("propose", {"wish": [2, 1]}, "utility", 0.75),
        ("propose", {"wish": [0, 0]}, "utility", 0.25),
        ("propose", {"wish": [0, 1]}, "utility", 0.0),
        ("propose", {"wish": [3, 1]}, "utility", 0.75),  # the colour does not matter
        ("propose", {"wish": [3, 2]}, "utility", 1.0),
        ("propose", {"wish": [0, 1], "talk": {"BEST_ITEM": 3}}, "utility", 1.0),
    ],
)
def test_numbers(tiny: World, state_of: Make, move_of: Make, act: str, given: dict[str, Any], field: str, value: float) -> None:
    assert getattr(move_of(tiny, state_of(tiny, **given), act), field).item() == pytest.approx(value, abs=1e-6)


def test_pressure_and_comfort_have_ends(tiny_of: Callable[..., World], state_of: Make, move_of: Make) -> None:
    acts = tiny_of().domain.acts
    world = tiny_of(acts=tuple(replace(act, comfort=0.5, pressure=1.0) if act.name == "appeal" else act for act in acts))
    move = move_of(world, state_of(world, need=3, talk={"OWN_TOPIC": FOOD}), "appeal")  # fits the lake by -.5
    assert move.comfort.item() == 0.0  # what is out of place comforts nobody
    assert move.pressure.item() == 1.0  # 1.0 (1.4 - .8 * .6) + .1 = 1.02


@pytest.mark.parametrize(
    ("act", "mind", "true"),
    [
        ("hold", {}, {"holding"}),
        ("hold", IN_THOUGHT, set()),
        ("hold", STUCK, {"missed"}),
        ("hold", ASKING, {"holding", "missed"}),
        ("answer", ASKING, {"met"}),
        ("propose", ASKING, {"missed", "proposing"}),
        ("acknowledge", {}, set()),
        ("acknowledge", IN_THOUGHT, set()),
        ("acknowledge", STUCK, {"met"}),
        ("explore", IN_THOUGHT, {"intruded"}),
        ("explore", STUCK, {"met"}),
        ("tell", ASKING, set()),  # no answer, but not passed over
        ("tell", IN_THOUGHT, {"intruded"}),
        ("tell", STUCK, {"met"}),
        ("clarify:size", IN_THOUGHT, {"intruded"}),
        ("clarify:size", STUCK, set()),
        ("propose", IN_THOUGHT, {"intruded", "proposing"}),
        ("shift:0", IN_THOUGHT, {"intruded"}),
        ("close", IN_THOUGHT, set()),
    ],
)
def test_facts(tiny: World, state_of: Make, move_of: Make, act: str, mind: dict[str, float], true: set[str]) -> None:
    move = move_of(tiny, state_of(tiny, mind=mind, talk=QUESTION if mind is ASKING else {}), act)
    assert {name for name in ("holding", "intruded", "missed", "met", "proposing") if getattr(move, name).item()} == true


@pytest.mark.parametrize(
    ("act", "talk", "topic"),
    [
        ("shift:0", {}, SALE),
        ("shift:1", {}, FOOD),
        ("shift:0", {"TOPIC": SALE}, FOOD),
        ("explore", {"TOPIC": TRAVEL}, TRAVEL),
        ("yield", {"OWN_TOPIC": TRAVEL}, TRAVEL),
        ("explore", {"OWN_TOPIC": TRAVEL}, WEATHER),
    ],
)
def test_topic(tiny: World, state_of: Make, move_of: Make, act: str, talk: dict[str, int], topic: int) -> None:
    assert move_of(tiny, state_of(tiny, talk=talk), act).topic.item() == topic


@pytest.mark.parametrize("act", ["answer", "correct", "yield", "check"])
def test_masked_act_is_the_same_as_holding(tiny: World, state_of: Make, move_of: Make, act: str) -> None:
    state = state_of(tiny)
    played, held = move_of(tiny, state, act), move_of(tiny, state, "hold")
    for name in held.__slots__:
        np.testing.assert_array_equal(getattr(played, name), getattr(held, name), err_msg=name)


def test_slot_of_a_question(tiny: World, state_of: Make, move_of: Make) -> None:
    assert [move_of(tiny, state_of(tiny), act).slot.item() for act in ("clarify:colour", "clarify:size", "explore")] == [0, 1, -1]
    assert move_of(tiny, state_of(tiny), "clarify:size").family.item() == Family.CLARIFY


def test_everything_serves_where_no_item_is_wanted(tiny_of: Callable[..., World], state_of: Make, move_of: Make) -> None:
    world = tiny_of(target="outcome")
    assert move_of(world, state_of(world, wish=[0, 1]), "propose").utility.item() == 1.0
