from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogue_env.acts import UserAct
from dialogue_env.state import Mind
from dialogue_env.traits import TRAITS
from dialogue_env.transition import changed_wish, follow_through, popular_value, reached_topic, update
from dialogue_env.world import World

WEATHER, FOOD, TRAVEL, SALE = range(4)
Make = Callable[..., Any]
PLAIN = dict.fromkeys(("relevance", "interest", "repetition", "effort", "pressure", "push", "comfort", "gain"), 0.0) | {"fit": 1.0, "utility": 1.0}
PLAIN |= dict.fromkeys(("holding", "intruded", "missed", "met", "proposing"), False)


@pytest.fixture(scope="session")
def after(tiny: World, state_of: Make, move_of: Make, draws_of: Make) -> Make:
    """Return a function that gives the mind after an act of which only the numbers given differ from 0."""

    def play(column: str, act: str = "explore", reply: int = UserAct.ANSWER, topic: int = WEATHER, misheard: bool = False, **rest: Any) -> float:
        stuck = rest.pop("STUCK", 0.999)
        state = state_of(tiny, mind=rest.pop("mind", {}), talk=rest.pop("talk", {}), interest=rest.pop("tastes", 0.5))
        move = move_of(tiny, state, act, **PLAIN | rest)
        mind = update(tiny, state, move, np.array([reply]), np.array([topic]), np.array([misheard]), draws_of(STUCK=stuck))
        return mind[0, getattr(Mind, column)].item()

    return play


# Satisfaction is .75 of what it was, 1/2, and a quarter of the quality, whose base is .4: .475 with nothing else.
@pytest.mark.parametrize(
    ("given", "satisfaction"),
    [
        ({}, 0.475),
        ({"relevance": 0.5}, 0.5),  # + .25 * .2 * .5
        ({"interest": 0.8}, 0.535),  # + .25 * .3 * .8
        ({"repetition": 1.0}, 0.4),  # - .25 * .3
        ({"effort": 0.4}, 0.455),  # - .25 * .2 * .4
        ({"push": 0.5}, 0.425),  # - .25 * .4 * .5
        ({"misheard": True}, 0.45),  # - .25 * .1 for a failure
        ({"holding": True}, 0.4),  # - .25 (.2 + .1): waiting is a failure too
        ({"intruded": True}, 0.4375),  # - .25 * .15
        ({"missed": True}, 0.3875),  # - .25 (.25 + .1)
        ({"met": True}, 0.525),  # + .25 * .2
        ({"comfort": 0.2, "mind": {"DISTRESS": 0.5}}, 0.5125),  # + .25 * 1.5 * .2 * .5
        ({"comfort": 0.2}, 0.475),  # nobody to comfort
        ({"reply": UserAct.ACCEPT}, 0.5),  # + .25 * .1
        ({"reply": UserAct.RESIST}, 0.425),  # - .25 * .2
        ({"pressure": 0.5, "mind": {"RESISTED": 1.0}}, 0.4),  # - .25 * .6 * .5 for insisting
        ({"pressure": 0.5}, 0.475),
        ({"fit": -0.5}, 0.4375),  # - .25 * .3 * .5
        ({"fit": 0.5}, 0.475),
        ({"act": "close", "talk": {"TURN": 4}}, 0.4),  # - .25 * .5 * 6 turns of 10 not used
        ({"act": "close", "talk": {"TURN": 4, "AGREED": 1}}, 0.475),
        ({"act": "close", "talk": {"TURN": 10}}, 0.475),
        ({"repetition": 1.0, "push": 1.0}, 0.375),  # quality is 0 at least
        ({"relevance": 1.0, "interest": 1.0, "met": True}, 0.625),  # and 1 at most
        ({"mind": {"SATISFACTION": 0.9}}, 0.775),  # .75 * .9 + .1
    ],
)
def test_satisfaction(after: Make, given: dict[str, Any], satisfaction: float) -> None:
    assert after("SATISFACTION", **given) == pytest.approx(satisfaction, abs=1e-6)


@pytest.mark.parametrize(
    ("turn", "satisfaction"),
    # A tenth of -.4 more for each exchange up to ten, from 5 on: quality .4 - .4 (turn / 10 - 1/2), of which a quarter adds to .375.
    [(0, 0.525), (3, 0.495), (5, 0.475), (9, 0.435), (10, 0.425), (40, 0.425)],
)
def test_satisfaction_wears_off_with_length(tiny: World, state_of: Make, move_of: Make, draws_of: Make, turn: int, satisfaction: float) -> None:
    constants = dict(tiny.person.constants)
    constants["satisfaction"] = {**constants["satisfaction"], "length": np.float32(-0.4)}
    world = replace(tiny, person=replace(tiny.person, constants=constants))
    state = state_of(world, talk={"TURN": turn})
    move = move_of(world, state, "explore", **PLAIN)
    mind = update(world, state, move, np.array([UserAct.ANSWER]), np.array([WEATHER]), np.array([False]), draws_of())
    assert mind[0, Mind.SATISFACTION] == pytest.approx(satisfaction, abs=1e-6)


CALM = {"WILLINGNESS": 0.4}


@pytest.mark.parametrize(
    ("given", "willingness"),
    [
        ({"mind": CALM}, 0.4),
        ({"mind": CALM, "topic": FOOD, "tastes": [0.5, 0.9, 0.5, 0.5]}, 0.496),  # + .2 * closeness .8 (.9 - .3)
        ({"mind": CALM, "topic": FOOD, "tastes": [0.5, 0.1, 0.5, 0.5]}, 0.368),  # + .2 * .8 (.1 - .3)
        ({"mind": CALM, "gain": 0.05}, 0.5),  # + 2 * .05
        ({"mind": CALM, "gain": -0.05}, 0.3),
        ({"mind": CALM | {"DISTRESS": 0.25}, "gain": 0.05}, 0.45),  # + 2 (.05 - 2 * .25 * .05)
        ({"mind": CALM | {"DISTRESS": 1.0}, "gain": 0.05}, 0.3),  # turned round
        ({"mind": CALM | {"DISTRESS": 1.0}, "gain": -0.05}, 0.3),  # no worse than it is
        ({"mind": CALM | {"SATISFACTION": 0.7}}, 0.42),  # + .1 * .2
        ({"mind": CALM, "push": 0.3}, 0.31),  # - .5 * .3 (1 - .4)
        ({"mind": {"WILLINGNESS": 1.0}, "push": 0.3}, 1.0),  # who is willing does not mind
        ({"mind": CALM, "gain": 1.0}, 1.0),
        ({"mind": CALM, "gain": -1.0}, 0.0),
    ],
)
def test_willingness(after: Make, given: dict[str, Any], willingness: float) -> None:
    assert after("WILLINGNESS", **given) == pytest.approx(willingness, abs=1e-6)


@pytest.mark.parametrize(
    ("column", "given", "value"),
    [
        ("ANNOYANCE", {"mind": {"ANNOYANCE": 0.5}}, 0.4),  # .8 * .5
        ("ANNOYANCE", {"push": 0.4, "mind": CALM}, 0.12),  # .5 * .4 (1 - .4)
        ("ANNOYANCE", {"repetition": 0.5}, 0.05),
        ("ANNOYANCE", {"misheard": True}, 0.15),
        ("ANNOYANCE", {"intruded": True}, 0.05),
        ("ANNOYANCE", {"comfort": 0.2, "mind": {"ANNOYANCE": 0.5}}, 0.3),  # .4 - .5 * .2
        ("ANNOYANCE", {"comfort": 1.0}, 0.0),
        ("DISTRESS", {"mind": {"DISTRESS": 0.4}, "comfort": 0.1}, 0.3),
        ("DISTRESS", {"mind": {"DISTRESS": 0.4}, "pressure": 0.5}, 0.45),  # + .1 * .5
        ("DISTRESS", {"mind": {"DISTRESS": 0.4}, "missed": True}, 0.42),
        ("DISTRESS", {"mind": {"DISTRESS": 0.4}, "reply": UserAct.EMOTE}, 0.35),
        ("DISTRESS", {"pressure": 1.0, "missed": True}, 0.0),  # who is not distressed does not become so
        ("DISTRESS", {"mind": {"DISTRESS": 0.4}, "comfort": 0.9}, 0.0),
        ("MISUNDERSTANDING", {"mind": {"MISUNDERSTANDING": 0.25}}, 0.2),  # .8 * .25
        ("MISUNDERSTANDING", {"mind": {"MISUNDERSTANDING": 0.25}, "misheard": True}, 0.8),
        ("MISUNDERSTANDING", {"mind": {"MISUNDERSTANDING": 0.75}, "misheard": True}, 1.0),
        ("MISUNDERSTANDING", {"mind": {"MISUNDERSTANDING": 0.5}, "act": "check", "talk": {}}, 0.4),  # masked: nothing was asked yet
        ("MISUNDERSTANDING", {"mind": {"MISUNDERSTANDING": 0.5}, "act": "correct", "talk": {"LAST_REPLY": UserAct.REPAIR}}, 0.1),  # .2 * .5
        ("RESISTED", {"reply": UserAct.RESIST}, 1.0),
        ("RESISTED", {"mind": {"RESISTED": 1.0}}, 0.0),
        ("ASKED", {"reply": UserAct.ASK}, 1.0),
        ("ASKED", {"mind": {"ASKED": 1.0}}, 0.0),
        ("THINKING", {"reply": UserAct.SILENT}, 1.0),
        ("STUCK", {"reply": UserAct.SILENT, "STUCK": 0.39}, 1.0),  # of silences .4
        ("STUCK", {"reply": UserAct.SILENT, "STUCK": 0.41}, 0.0),
        ("STUCK", {"reply": UserAct.ANSWER, "STUCK": 0.0}, 0.0),
        ("FAILURES", {"mind": {"FAILURES": 2.0}}, 2.0),
        ("FAILURES", {"mind": {"FAILURES": 2.0}, "missed": True, "misheard": True}, 3.0),
        ("FAILURES", {"holding": True}, 1.0),
        ("FAILURES", {"missed": True, "holding": True}, 1.0),
        ("FAILURES", {"mind": {"FAILURES": 2.0}, "misheard": True}, 2.0),  # that is the line's, not the agent's
        ("UNRECOGNISED", {"mind": {"UNRECOGNISED": 2.0}}, 2.0),
        ("UNRECOGNISED", {"mind": {"UNRECOGNISED": 2.0}, "misheard": True}, 3.0),
        ("UNRECOGNISED", {"missed": True, "holding": True}, 0.0),
        ("UTILITY", {"mind": {"UTILITY": 0.5}, "utility": 0.75}, 0.5),
        ("UTILITY", {"mind": {"UTILITY": 0.5}, "utility": 0.75, "reply": UserAct.ACCEPT}, 1.0),  # the ruby is what was wished for at first
        ("REJECTED", {"reply": UserAct.RESIST, "proposing": True}, 1.0),
        ("REJECTED", {"reply": UserAct.RESIST}, 0.0),
        ("REJECTED", {"mind": {"REJECTED": 1.0}}, 1.0),
        ("REJECTED", {"mind": {"REJECTED": 1.0}, "reply": UserAct.ACCEPT, "proposing": True}, 0.0),
        # .5 * utility .75 + .3 * willingness .4 + .2 (1 - distress .5)
        ("PROGRESS", {"mind": CALM | {"DISTRESS": 0.5}, "utility": 0.75}, 0.595),
        ("PROGRESS", {"mind": CALM | {"DISTRESS": 0.5}, "utility": 0.75, "gain": 0.05, "comfort": 0.1}, 0.615),  # .4 of distress is left; no gain at .5
    ],
)
def test_rest_of_the_mind(after: Make, column: str, given: dict[str, Any], value: float) -> None:
    assert after(column, **given) == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(
    ("first", "item", "utility"),
    [([2, 0], 0, 1.0), ([2, 1], 0, 0.75), ([0, 0], 0, 0.25), ([0, 1], 0, 0.0), ([3, 1], 0, 0.75), ([0, 1], 3, 1.0)],  # the ruby is red and big
)
def test_agreement_is_held_against_the_first_wish(
    tiny: World, state_of: Make, move_of: Make, draws_of: Make, first: list[int], item: int, utility: float
) -> None:
    state = state_of(tiny, 2, wish=[1, 0], first_wish=first, talk={"BEST_ITEM": item}, mind={"UTILITY": 0.5})
    replies = np.array([UserAct.ACCEPT, UserAct.ANSWER])
    mind = update(tiny, state, move_of(tiny, state, "propose"), replies, np.zeros(2, np.int64), np.zeros(2, bool), draws_of(2))
    assert mind[:, Mind.UTILITY] == pytest.approx([utility, 0.5])


LEVEL = st.floats(0.0, 1.0, width=32)


@given(
    mind=st.fixed_dictionaries(dict.fromkeys(("SATISFACTION", "WILLINGNESS", "ANNOYANCE", "DISTRESS", "MISUNDERSTANDING"), LEVEL)),
    traits=st.fixed_dictionaries(dict.fromkeys((name.upper() for name in TRAITS), LEVEL)),
    seed=st.integers(0, 10**6),
)
def test_levels_stay_between_0_and_1(tiny: World, state_of: Make, move_of: Make, draws_of: Make, mind: Any, traits: Any, seed: int) -> None:
    chance = np.random.default_rng(seed)
    state = state_of(tiny, mind=mind, traits=traits, interest=chance.random(4), need=chance.integers(4), uses=chance.integers(4) / 3)
    for act in tiny.acts.names:
        reply, topic, misheard = chance.integers(12, size=1), chance.integers(4, size=1), chance.random(1) < 0.5
        new = update(tiny, state, move_of(tiny, state, act), reply, topic, misheard, draws_of())
        for column in ("SATISFACTION", "WILLINGNESS", "ANNOYANCE", "DISTRESS", "MISUNDERSTANDING", "PROGRESS"):
            assert 0.0 <= new[0, getattr(Mind, column)] <= 1.0


@pytest.mark.parametrize(
    ("mind", "agreed", "left", "probability"),
    [
        # -1 + 3 agreed + 2 (willingness .7 - 1/2) + (1/2 - distress .3) + 2 (follow-through .75 - 1/2) = 3.1
        ({"WILLINGNESS": 0.7, "DISTRESS": 0.3}, True, False, 0.956893),
        ({"WILLINGNESS": 0.7, "DISTRESS": 0.3, "REJECTED": 1.0}, True, False, 0.956893),  # a yes makes up for it
        ({"WILLINGNESS": 0.7, "DISTRESS": 0.3}, False, False, 0.524979),  # .1
        ({"WILLINGNESS": 0.7, "DISTRESS": 0.3, "REJECTED": 1.0}, False, False, 0.401312),  # -.4
        ({"WILLINGNESS": 0.7, "DISTRESS": 0.3}, False, True, 0.130108),  # -1.9
    ],
)
def test_follow_through(tiny: World, state_of: Make, mind: dict[str, float], agreed: bool, left: bool, probability: float) -> None:
    state = state_of(tiny, mind=mind, traits={"FOLLOW_THROUGH": 0.75})
    done = follow_through(tiny, state.traits, state.mind, np.array([agreed]), np.array([left]))
    assert done.item() == pytest.approx(probability, abs=1e-6)


@pytest.mark.parametrize(
    ("slot", "draw", "value"),
    [(0, 0.0, 0), (0, 0.19, 0), (0, 0.21, 1), (0, 0.39, 1), (0, 0.41, 2), (0, 0.9999999, 2), (1, 0.59, 0), (1, 0.61, 1), (1, 0.9999999, 1)],
)
def test_values_are_drawn_by_popularity(tiny: World, slot: int, draw: float, value: int) -> None:
    assert popular_value(tiny, np.array([slot]), np.array([draw], np.float32)).tolist() == [value]


@pytest.mark.parametrize(
    ("changed", "new", "wish"),
    [(0.11, 0.0, [2, 1]), (0.09, 0.0, [0, 1]), (0.09, 0.15, [1, 1]), (0.09, 0.75, [2, 0]), (0.09, 0.85, [2, 1])],
)
def test_changed_wish(tiny: World, tiny_of: Make, state_of: Make, draws_of: Make, changed: float, new: float, wish: list[int]) -> None:
    # Mind changes at .1; half of NEW_WISH is the colour (.15 is .3 of it: green), half the size (.75 is half of it: big; .85 is .7: small).
    state = state_of(tiny, traits={"MIND_CHANGE": 0.1}, wish=[2, 1])
    assert changed_wish(tiny, state, draws_of(CHANGED_MIND=changed, NEW_WISH=new)).tolist() == [wish]
    assert state.wish.tolist() == [[2, 1]]
    assert changed_wish(tiny_of(target="outcome"), state, draws_of(CHANGED_MIND=changed, NEW_WISH=new)).tolist() == [[2, 1]]


def test_a_lead_is_taken_up_unless_refused(tiny: World, state_of: Make, move_of: Make) -> None:
    state = state_of(tiny, 12)
    reached = reached_topic(state, move_of(tiny, state, "shift:1"), np.arange(12))
    stays = [UserAct(reply).name for reply in range(12) if reached[reply] == WEATHER]
    assert stays == ["RESIST", "DRIFT", "SILENT", "LEAVE"]
    assert set(reached.tolist()) == {WEATHER, FOOD}
