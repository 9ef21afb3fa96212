"""What an act means to a person, by hand: read from the features of their reply and from what the act does."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hand_made import ANY, BIG, BLUE, FOOD, GREEN, RED, SALE, SMALL, TRAVEL, WEATHER, acts_of, after, patchy_of, state_of, tiny_of

from dialogue_env import State, World
from dialogue_env.acts import HELPFUL, INITIATIVE, QUESTIONS, Family, Reply
from dialogue_env.likelihood import features, interests
from dialogue_env.person.model import FEATURES

STUCK = {"last_reply": Reply.SILENT, "stuck": True}
IN_THOUGHT = {"last_reply": Reply.SILENT}
ASKING = {"last_reply": Reply.ASK}
NAMES = list(FEATURES)


def meant(world: World, state: State, act: str) -> dict[str, float]:
    """Return what the features say of an act to a person whose distress and reactance are 1."""
    found = dict(zip(NAMES, features(world, state, acts_of(world, state, act))[0].tolist(), strict=True))
    return {
        "interest": found["interest"] + 0.5,
        "relevance": found["relevance"] + 0.5,
        "repetition": found["repetition"],
        "pressure": found["distress_push"] / state.person.now["distress"].item(),
        "push": found["push"],
        # Acceptability is -1 + 4 (utility - 1/2) + 2 (willingness 0 - 1/2) - distress 1 + .5 (closeness to the goal - 1/2).
        "utility": 0.5 + (found["acceptability"] + 3.0 - 0.5 * (_near(world, state, act) - 0.5)) / 4.0,
    }


def _near(world: World, state: State, act: str) -> float:
    topic = state.talk.slate[0, int(act[-1])] if act.startswith("shift") else state.talk.now["topic"][0]
    return float(world.tables.goal_closeness[topic])


@pytest.mark.parametrize(
    ("need", "wish", "offer", "utility"),
    [
        (0, [RED, BIG, 1], 1, 0.75),  # a red or green rose for the ruby: red, of no size; 3 of 4, for whether it is lucky does not count
        (0, [GREEN, BIG, 1], 1, 0.75),
        (0, [BLUE, BIG, 1], 1, 0.0),
        (1, [GREEN, 2, 1], 0, 0.0),  # for the rose the colour alone counts
        (1, [GREEN, 2, 1], 2, 1.0),
        (2, [GREEN, BIG, 0], 2, 1.0),
        (2, [GREEN, BIG, 0], 0, 0.2),  # no rubies are lucky
        (2, [GREEN, BIG, 1], 0, 0.4),  # which does not matter
    ],
)
def test_offers_count_by_what_the_needed_item_has(need: int, wish: list[int], offer: int, utility: float) -> None:
    world = patchy_of()
    state = state_of(world, person={"need": need, "distress": 1.0}, wish=wish, talk={"best_item": offer})
    assert meant(world, state, "propose")["utility"] == pytest.approx(utility, abs=1e-12)


@pytest.mark.parametrize(
    ("act", "given", "field", "value"),
    [
        ("propose", {}, "relevance", 0.0),  # the weather is 0 from the sale
        ("propose", {}, "pressure", 0.84),  # .6 (1.4 - .8 * 0)
        ("propose", {}, "push", 0.42),  # times reactance 1/2
        ("propose", {"talk": {"topic": SALE}}, "pressure", 0.36),  # .6 (1.4 - .8 * 1)
        ("propose", {"talk": {"raised": FOOD}}, "pressure", 0.94),  # .84 + .1 for passing over what they raised
        ("acknowledge", {"talk": {"raised": FOOD}}, "pressure", 0.0),
        ("clarify:colour", {"talk": {"topic": FOOD}}, "relevance", 0.9),
        ("hold", {}, "relevance", 0.4),
        ("shift:1", {}, "relevance", 0.6),  # from the weather to food
        ("shift:1", {}, "pressure", 0.092),  # .1 (1.4 - .8 * .6)
        ("shift:1", {"person": {"favourites": [WEATHER, SALE, TRAVEL]}}, "interest", 0.62),  # .5 * .6 + .3 * .8 + .2 * .4
        ("explore", {"person": {"favourites": [WEATHER, SALE, TRAVEL]}}, "interest", 0.54),  # .5 + 0 + .2 * .2
        ("explore", {"uses": 1}, "repetition", 1 / 3),
        ("explore", {"uses": 3}, "repetition", 1.0),
        ("shift:0", {"uses": 3}, "repetition", 0.0),  # every lead is to another topic
        ("shift:1", {"visits": {WEATHER: 1, FOOD: 2}}, "repetition", 2 / 3),  # unless it was talked of before
        ("shift:1", {"visits": {WEATHER: 1, FOOD: 1}, "talk": {"last_act": 14}}, "repetition", 0.75),
        ("shift:1", {"visits": {WEATHER: 1, FOOD: 5}, "talk": {"last_act": 14}}, "repetition", 1.0),
        ("shift:0", {"talk": {"last_act": 14}}, "repetition", 0.75),  # but not one after the other
        ("shift:0", {"talk": {"last_act": 5}}, "repetition", 0.0),
        ("explore", {"talk": {"last_act": 14}}, "repetition", 0.0),
        ("propose", {"wish": [RED, BIG]}, "utility", 1.0),  # what the ruby is
        ("propose", {"wish": [RED, SMALL]}, "utility", 0.75),
        ("propose", {"wish": [BLUE, BIG]}, "utility", 0.25),
        ("propose", {"wish": [BLUE, SMALL]}, "utility", 0.0),
        ("propose", {"wish": [ANY, SMALL]}, "utility", 0.75),  # the colour does not matter
        ("propose", {"wish": [ANY, 2]}, "utility", 1.0),
        ("propose", {"wish": [BLUE, SMALL], "talk": {"best_item": 3}}, "utility", 1.0),
    ],
)
def test_numbers(tiny: World, act: str, given: dict[str, Any], field: str, value: float) -> None:
    given = given | {"person": {"distress": 1.0} | given.get("person", {})}
    assert meant(tiny, state_of(tiny, **given), act)[field] == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(
    ("act", "given", "effort"),
    [
        ("propose", {}, 0.0),  # no question
        ("tell", {}, 0.0),
        ("clarify:colour", {"talk": {"topic": FOOD}}, 0.22),  # .5 (1 - .5 * .9), and .8 of that with options
        ("explore", {}, 0.26),  # .4 (1 - .5 * .7)
        ("check", {"asked": 1}, 0.14),  # .2 (1 - .5 * .6)
    ],
)
def test_effort(tiny: World, act: str, given: dict[str, Any], effort: float) -> None:
    assert after(tiny, state_of(tiny, **given), act, Reply.ANSWER)[1]["question_effort"].item() == pytest.approx(effort, abs=1e-12)


@pytest.mark.parametrize(
    ("act", "given", "gain"),  # willingness rises by twice the gain of the .6 that are left, or falls by twice that of the .4 there are
    [
        ("appeal", {"uses": 2}, 0.025),  # .2 * fit 1 * .5^2 * influence 1/2
        ("appeal", {"person": {"need": 1}}, 0.01),  # .2 * fit .1 * influence 1/2
        ("appeal", {"person": {"need": 3}}, -0.05),  # .2 * fit -.5 * influence 1/2
        ("appeal", {"traits": {"influence": 1.0}}, 0.2),
    ],
)
def test_gain_goes_by_fit_influence_and_use(tiny: World, act: str, given: dict[str, Any], gain: float) -> None:
    given = given | {"person": {"willingness": 0.4} | given.get("person", {}), "traits": {"reactance": 0.0} | given.get("traits", {})}
    new, _ = after(tiny, state_of(tiny, **given), act, Reply.ANSWER)
    assert new.person.now["willingness"].item() - 0.4 == pytest.approx(2.0 * gain * (0.6 if gain > 0 else 0.4), abs=1e-12)


def test_pressure_and_comfort_have_ends() -> None:
    acts = tiny_of().domain.acts
    world = tiny_of(acts=tuple(replace(act, comfort=0.5, pressure=1.0) if act.name == "appeal" else act for act in acts))
    state = state_of(world, person={"need": 3, "distress": 0.4}, talk={"raised": FOOD})  # which it fits by -.5
    assert meant(world, state, "appeal")["pressure"] == pytest.approx(1.0)  # 1.0 (1.4 - .8 * .6) + .1 = 1.02
    new, _ = after(world, state, "appeal", Reply.ANSWER)
    assert new.person.now["distress"].item() == pytest.approx(0.5)  # .4 + .1 * 1: what is out of place comforts nobody


@pytest.mark.parametrize(
    ("act", "person", "true"),
    [
        ("hold", {}, {"failed"}),
        ("hold", IN_THOUGHT, set()),
        ("hold", STUCK, {"missed", "failed"}),
        ("hold", ASKING, {"missed", "failed"}),
        ("answer", ASKING, {"met"}),
        ("propose", ASKING, {"missed", "failed"}),
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
        ("propose", IN_THOUGHT, {"intruded"}),
        ("shift:0", IN_THOUGHT, {"intruded"}),
        ("close", IN_THOUGHT, set()),
    ],
)
def test_facts(act: str, person: dict[str, bool], true: set[str]) -> None:
    # A need that is met shows in the satisfaction alone: without all else it is .75 * 1/2 + .25 * .8.
    bare = tiny_of(person={"satisfaction": dict.fromkeys(SATISFACTION, 0.0) | {"rho": 0.75, "need_met": 0.8}})
    new, facts = after(bare, state_of(bare, person=person, talk={"last_reply": Reply.ASK} if person is ASKING else {}), act, Reply.ANSWER)
    found = {name for name in ("intruded", "missed") if facts[name].item()}
    found |= {"failed"} if new.person.now["failures"].item() else set()
    assert found | ({"met"} if new.person.now["satisfaction"].item() == pytest.approx(0.575) else set()) == true


SATISFACTION = ("base", "relevance", "interest", "repetition", "effort", "push", "failure", "waiting", "intrusion", "missed", "insisting", "abrupt", "unfit")


@pytest.mark.parametrize(
    ("act", "talk", "topic"),
    [
        ("shift:0", {}, SALE),
        ("shift:1", {}, FOOD),
        ("shift:0", {"topic": SALE}, FOOD),
        ("explore", {"topic": TRAVEL}, TRAVEL),
        ("yield", {"raised": TRAVEL}, TRAVEL),
        ("explore", {"raised": TRAVEL}, WEATHER),
    ],
)
def test_topic(tiny: World, act: str, talk: dict[str, int], topic: int) -> None:
    new, _ = after(tiny, state_of(tiny, talk=talk), act, Reply.ACKNOWLEDGE)
    assert (new.talk.now["topic"].item(), new.person.now["topic"].item()) == (topic, topic)


@pytest.mark.parametrize("act", ["answer", "correct", "yield", "check"])
def test_masked_act_is_the_same_as_holding(tiny: World, act: str) -> None:
    state = state_of(tiny)
    np.testing.assert_array_equal(*(features(tiny, state, acts_of(tiny, state, name)) for name in (act, "hold")))


def test_everything_serves_where_no_item_is_wanted() -> None:
    world = tiny_of(target="outcome")
    assert meant(world, state_of(world, wish=[BLUE, SMALL], person={"distress": 1.0}), "propose")["utility"] == pytest.approx(1.0)


def test_interest_is_closeness_to_three_favourites(tiny: World) -> None:
    state = state_of(tiny, 2, person={"favourites": [[TRAVEL, WEATHER, SALE], [FOOD, FOOD, FOOD]]})
    found = interests(tiny, state.person, np.array([[WEATHER, SALE], [TRAVEL, FOOD]], np.int32))
    # .5 * .2 + .3 * 1 + .2 * 0 and .5 * .5 + .3 * 0 + .2 * 1; food is .4 from travel.
    np.testing.assert_allclose(found, [[0.4, 0.45], [0.4, 1.0]], rtol=1e-12)


def test_families_of_initiative_questions_and_help() -> None:
    assert {family.name for family in QUESTIONS} == {"CLARIFY", "EXPLORE", "CHECK"}
    assert {family.name for family in INITIATIVE} == {"CLARIFY", "EXPLORE", "INFORM", "PROPOSE", "SHIFT"}
    assert set(HELPFUL) == {Family.ACKNOWLEDGE, Family.CHECK, Family.EXPLORE, Family.INFORM}
