from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dialogue_env import domain_names
from dialogue_env.acts import UserAct
from dialogue_env.person import FEATURES, REPLIES
from dialogue_env.traits import TRAITS
from dialogue_env.user import features, leave_probability, reply_logits, respond
from dialogue_env.world import World

WEATHER, FOOD, TRAVEL, SALE = range(4)
Make = Callable[..., Any]


@pytest.mark.parametrize(
    ("act", "given", "logits"),
    [
        # ANSWER: bias 1 + 2 (relevance .9 - 1/2) + (cooperativeness .75 - 1/2); RESIST: -1 + 3 * push .05 + 1 after resisting,
        # where the push is .1 for passing over their topic times reactance 1/2; SILENT: 0 - 2 (talkativeness .75 - 1/2).
        (
            "clarify:colour",
            {
                "talk": {"TOPIC": FOOD, "OWN_TOPIC": TRAVEL},
                "traits": {"COOPERATIVENESS": 0.75, "TALKATIVENESS": 0.75},
                "mind": {"RESISTED": 1.0},
            },
            {"ANSWER": 2.05, "RESIST": 0.15, "SILENT": -0.5},
        ),
        # ACCEPT: -1 + 4 (utility 1 - 1/2) + 2 (willingness .7 - 1/2) - distress .2 + .5 (closeness 1 - 1/2);
        # RESIST: .5 + 3 * push .18, which is pressure .6 (1.4 - .8) times reactance 1/2.
        ("propose", {"talk": {"TOPIC": SALE}, "mind": {"WILLINGNESS": 0.7, "DISTRESS": 0.2}}, {"ACCEPT": 1.45, "RESIST": 1.04}),
        # As above, but red is wished for and small: utility .75, and at the weather closeness 0 and pressure .84.
        ("propose", {"wish": [2, 1], "mind": {"WILLINGNESS": 0.7, "DISTRESS": 0.2}}, {"ACCEPT": -0.05, "RESIST": 1.76}),
        # FOLLOW: 1 + 2 (interest .8 in the topic led to - 1/2); DRIFT: 4 (drift .75 - 1/2).
        ("shift:1", {"interest": [0.1, 0.8, 0.3, 0.9], "traits": {"DRIFT": 0.75}}, {"FOLLOW": 1.6, "DRIFT": 1.0}),
        # The traits count as they were at the start: FOLLOW 1 + .3 that the person leans to it, DRIFT -.2.
        ("shift:1", {"leaning": [0, 0, 0.3, 0, 0, -0.2, 0, 0, 0, 0, 0], "traits": {"DRIFT": 0.75}}, {"FOLLOW": 1.3, "DRIFT": -0.2}),
        ("close", {}, {"ACKNOWLEDGE": 0.0}),
    ],
)
def test_reply_logits(tiny: World, state_of: Make, move_of: Make, act: str, given: dict[str, Any], logits: dict[str, float]) -> None:
    state = state_of(tiny, **given)
    found = reply_logits(tiny, state, move_of(tiny, state, act))[0]
    possible = {UserAct(reply).name: value for reply, value in enumerate(found) if value > -1e8}
    assert possible == pytest.approx(logits, abs=1e-5)


def test_features(tiny: World, state_of: Make, move_of: Make) -> None:
    state = state_of(
        tiny,
        talk={"TOPIC": FOOD, "TURN": 1, "AGREED": 1, "OFFERS": 2},
        interest=[0.1, 0.7, 0.2, 0.3],
        uses=2 / 3,
        novelty=[1.0, 0.25, 0.5, 1.0],
        mind={"SATISFACTION": 0.8, "WILLINGNESS": 0.6, "ANNOYANCE": 0.3, "DISTRESS": 0.4, "RESISTED": 1.0, "MISUNDERSTANDING": 0.6},
    )
    expected = {
        "interest": 0.2,
        "relevance": 0.3,  # food is .8 from the sale
        "satisfaction": 0.3,
        "annoyance": 0.3,
        "distress": 0.4,
        "distress_push": 0.1824,  # .4 * pressure .6 (1.4 - .8 * .8) = .456
        "resisted": 1.0,
        "repetition": 2 / 3,
        "push": 0.228,  # .456 * reactance 1/2
        "acceptability": 0.95,  # -1 + 4 * .5 + 2 * .1 - .4 + .5 * .3
        "unoffered": 0.0,
        "misunderstanding": 0.6,
        "early": 7 / 15,  # 2/3 at the second exchange - .2
        "round": -0.4,  # .1 - 1/2
        "agreed": 1.0,
        "offers": 2 / 3,
        "stale": 0.25,  # 1/2 - 1 / (1 + 3)
    }
    found = dict(zip(FEATURES, features(tiny, state, move_of(tiny, state, "propose"))[0].tolist(), strict=True))
    assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "act", "given", "value"),
    [
        # 1, 2/3, 1/3 and 0 of the exchange, less .2, their mean over ten.
        ("early", "explore", {"talk": {"TURN": 0}}, 0.8),
        ("early", "explore", {"talk": {"TURN": 1}}, 0.466667),
        ("early", "explore", {"talk": {"TURN": 2}}, 0.133333),
        ("early", "explore", {"talk": {"TURN": 3}}, -0.2),
        ("early", "explore", {"talk": {"TURN": 9}}, -0.2),
        ("early", "explore", {"talk": {"TURN": 150}}, -0.2),
        # A tenth an exchange up to ten, less 1/2.
        ("round", "explore", {"talk": {"TURN": 0}}, -0.5),
        ("round", "explore", {"talk": {"TURN": 7}}, 0.2),
        ("round", "explore", {"talk": {"TURN": 10}}, 0.5),
        ("round", "explore", {"talk": {"TURN": 150}}, 0.5),
        ("agreed", "explore", {}, 0.0),
        ("agreed", "explore", {"talk": {"AGREED": 1}}, 1.0),
        ("offers", "explore", {}, 0.0),
        ("offers", "propose", {}, 0.0),  # this one does not count yet
        ("offers", "explore", {"talk": {"OFFERS": 1}}, 1 / 3),
        ("offers", "explore", {"talk": {"OFFERS": 3}}, 1.0),
        ("offers", "explore", {"talk": {"OFFERS": 8}}, 1.0),
        ("unoffered", "explore", {}, 1.0),
        ("unoffered", "propose", {}, 0.0),
        ("unoffered", "explore", {"talk": {"OFFERS": 1}}, 0.0),
        # 1/2 less the novelty of the topic that the act is about.
        ("stale", "explore", {"novelty": [1.0, 0.5, 1.0, 1.0]}, -0.5),
        ("stale", "explore", {"novelty": [0.5, 1.0, 1.0, 1.0]}, 0.0),
        ("stale", "explore", {"novelty": [0.2, 1.0, 1.0, 1.0]}, 0.3),
        ("stale", "shift:1", {"novelty": [0.2, 0.25, 1.0, 1.0]}, 0.25),  # to food
        ("stale", "yield", {"novelty": [0.2, 0.25, 1.0, 1.0], "talk": {"OWN_TOPIC": TRAVEL}}, -0.5),
        # -1 + 4 (1 - 1/2) + 2 (.7 - 1/2) - .2 + .5 (closeness - 1/2) of the topic the act is about, whatever the act.
        ("acceptability", "propose", {"mind": {"WILLINGNESS": 0.7, "DISTRESS": 0.2}}, 0.95),
        ("acceptability", "explore", {"mind": {"WILLINGNESS": 0.7, "DISTRESS": 0.2}}, 0.95),
        ("acceptability", "tell", {"mind": {"WILLINGNESS": 0.7, "DISTRESS": 0.2}}, 0.95),
        ("acceptability", "shift:1", {"mind": {"WILLINGNESS": 0.7, "DISTRESS": 0.2}}, 1.35),
    ],
)
def test_feature(tiny: World, state_of: Make, move_of: Make, name: str, act: str, given: dict[str, Any], value: float) -> None:
    state = state_of(tiny, **given)
    assert features(tiny, state, move_of(tiny, state, act))[0, FEATURES.index(name)] == pytest.approx(value, abs=1e-6)


def test_early_and_round_average_to_nothing_over_ten_exchanges(tiny: World, state_of: Make, move_of: Make) -> None:
    state = state_of(tiny, 11, talk={"TURN": np.arange(11)})
    found = features(tiny, state, move_of(tiny, state, "explore"))
    assert found[:10, FEATURES.index("early")].mean() == pytest.approx(0.0, abs=1e-6)
    assert found[:, FEATURES.index("round")].mean() == pytest.approx(0.0, abs=1e-6)


def test_traits_are_no_momentary_features(tiny: World, state_of: Make, move_of: Make) -> None:
    plain, other = state_of(tiny), state_of(tiny, traits={name.upper(): 0.9 for name in TRAITS if name != "reactance"})
    np.testing.assert_array_equal(features(tiny, plain, move_of(tiny, plain, "propose")), features(tiny, other, move_of(tiny, other, "propose")))


@pytest.mark.parametrize("feature", FEATURES)
def test_every_feature_counts_by_its_coefficients(tiny: World, state_of: Make, move_of: Make, feature: str) -> None:
    row, reply = FEATURES.index(feature), REPLIES.index(UserAct.SILENT)
    response = np.zeros_like(tiny.person.response)
    response[row, reply] = 2.0
    world = replace(tiny, person=replace(tiny.person, response=response))
    mind = {"ANNOYANCE": 0.3, "DISTRESS": 0.4, "RESISTED": 1.0, "MISUNDERSTANDING": 0.6, "SATISFACTION": 0.8}
    state = state_of(
        world, uses=1 / 3, interest=0.7, mind=mind, talk={"TURN": 1, "AGREED": 1, "OFFERS": int(feature != "unoffered"), "OWN_TOPIC": FOOD}, novelty=0.2
    )
    move = move_of(world, state, "clarify:size")
    value = features(world, state, move)[0, row]
    assert value != 0.0
    assert reply_logits(world, state, move)[0, reply] == pytest.approx(2.0 * value, abs=1e-6)  # of a bias of 0


@pytest.mark.parametrize("bias", [100.0, -100.0])
def test_acceptability_stays_in_reach_of_exp(tiny_of: Make, state_of: Make, move_of: Make, draws_of: Make, bias: float) -> None:
    world = tiny_of(acceptance=dict.fromkeys(("match", "willingness", "distress", "closeness"), 0.0) | {"bias": bias})
    state = state_of(world)
    move = move_of(world, state, "propose")
    assert reply_logits(world, state, move)[0, UserAct.ACCEPT] == pytest.approx(np.sign(bias) * 30.0)
    assert respond(world, state, move, draws_of()).item() == (UserAct.ACCEPT if bias > 0 else UserAct.RESIST)


def test_replies_come_with_their_probabilities(tiny: World, state_of: Make, move_of: Make, draws_of: Make) -> None:
    # The logits 2.05, .15 and -.5 above: e^2.05 = 7.76790, e^.15 = 1.16183, e^-.5 = .60653, together 9.53626.
    given = {"talk": {"TOPIC": FOOD, "OWN_TOPIC": TRAVEL}, "traits": {"COOPERATIVENESS": 0.75, "TALKATIVENESS": 0.75}, "mind": {"RESISTED": 1.0}}
    state = state_of(tiny, 10_000, **given)
    replies = respond(tiny, state, move_of(tiny, state, "clarify:colour"), draws_of(10_000, REPLY=(np.arange(10_000) + 0.5) / 10_000))
    shares = np.bincount(replies, minlength=12) / 10_000
    assert shares[[UserAct.ANSWER, UserAct.RESIST, UserAct.SILENT]] == pytest.approx([0.814564, 0.121833, 0.063603], abs=2e-4)
    assert shares.sum() == pytest.approx(shares[[UserAct.ANSWER, UserAct.RESIST, UserAct.SILENT]].sum())


LEAVING = {
    "uses": 2 / 3,
    "talk": {"TURN": 6, "REFUSALS": 3, "LAST_REPLY": UserAct.ASK},
    "mind": {"FAILURES": 6.0, "UNRECOGNISED": 2.0, "ANNOYANCE": 0.5, "SATISFACTION": 0.25, "ASKED": 1.0},
    "traits": {"PATIENCE": 0.75},
}


@pytest.mark.parametrize(
    ("act", "given", "probability"),
    [
        # -3 + 1 for the question missed + .25 * 4 failures at most + .5 * 2 uses + .2 * 2 misheard + .1 * 3 refusals
        # + 2 * .5 - 2 (-.25) - 4 * .25 + .05 * 6 turns = 1.5
        ("acknowledge", LEAVING, 0.817574),
        ("acknowledge", {}, 0.047426),  # -3
        ("hold", {}, 0.119203),  # -2: waiting is a failure
        ("hold", {"mind": {"THINKING": 1.0}}, 0.047426),
        ("close", LEAVING, 0.0),
        ("acknowledge", {"mind": {"FAILURES": 3.0}}, 0.095349),  # -3 + .25 * 3 = -2.25
        ("acknowledge", {"mind": {"UNRECOGNISED": 6.0}}, 0.141851),  # -3 + .2 * 6 = -1.8
        ("acknowledge", {"uses": 1 / 3}, 0.075858),  # -3 + .5 = -2.5
        ("acknowledge", {"talk": {"REFUSALS": 5}}, 0.075858),  # -3 + .1 * 5
        ("acknowledge", {"mind": {"ANNOYANCE": 0.5}}, 0.119203),  # -3 + 2 * .5
        ("acknowledge", {"mind": {"SATISFACTION": 1.0}}, 0.017986),  # -3 - 2 * .5 = -4
        ("acknowledge", {"traits": {"PATIENCE": 0.0}}, 0.268941),  # -3 + 4 * .5 = -1
        ("acknowledge", {"talk": {"TURN": 8}}, 0.069138),  # -3 + .05 * 8 = -2.6
    ],
)
def test_leave_probability(tiny: World, state_of: Make, move_of: Make, act: str, given: dict[str, Any], probability: float) -> None:
    state = state_of(tiny, **given)
    assert leave_probability(tiny, state, move_of(tiny, state, act)).item() == pytest.approx(probability, abs=1e-6)


def test_people_leave_at_the_hazard(tiny: World, state_of: Make, move_of: Make, draws_of: Make) -> None:
    state = state_of(tiny, 3, **LEAVING)
    replies = respond(tiny, state, move_of(tiny, state, "acknowledge"), draws_of(3, LEAVE=[0.817, 0.818, 0.99]))
    assert (replies == UserAct.LEAVE).tolist() == [True, False, False]


@pytest.mark.parametrize("domain", domain_names())
def test_impossible_replies_never_come(domain: str, world_of: Make, state_of: Make, move_of: Make, draws_of: Make) -> None:
    world = world_of(domain)
    state = state_of(world, 64, asked=1 / 3, talk={"OWN_TOPIC": 1})
    draws = draws_of(64, REPLY=np.append(np.linspace(0.0, 1.0, 63, endpoint=False), 1 - 2**-24))
    for row, act in enumerate(world.acts.names):
        replies = respond(world, state, move_of(world, state, act), draws)
        if state.open[0, row]:
            assert (world.acts.bias[row, replies] > -100).all(), act
