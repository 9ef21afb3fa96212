"""The choice of a reply, by hand; how often each comes is counted in ``test_exact_likelihood``."""

from typing import Any

import numpy as np
import pytest
from hand_made import FOOD, RED, SALE, SMALL, TRAVEL, WEATHER, acts_of, after, draws_of, state_of, tiny_of, world_of

from dialogue_env import Simulator, Stream, domain_names
from dialogue_env.acts import REPLIES, Family, Reply
from dialogue_env.likelihood import features, leave_probability, reply_logits
from dialogue_env.messages import NOWHERE
from dialogue_env.person.model import FEATURES, IMPOSSIBLE
from dialogue_env.person.traits import TRAITS
from dialogue_env.world import World

NAMES = list(FEATURES)
RESISTING = {
    "talk": {"topic": FOOD, "raised": TRAVEL},
    "traits": {"cooperativeness": 0.75, "talkativeness": 0.75},
    "person": {"last_reply": Reply.RESIST},
}


@pytest.mark.parametrize(
    ("act", "given", "logits"),
    [
        # ANSWER: bias 1 + 2 (relevance .9 - 1/2) + (cooperativeness .75 - 1/2); RESIST: -1 + 3 * push .05 + 1 after resisting,
        # where the push is .1 for passing over their topic times reactance 1/2; SILENT: 0 - 2 (talkativeness .75 - 1/2).
        ("clarify:colour", RESISTING, {"ANSWER": 2.05, "RESIST": 0.15, "SILENT": -0.5}),
        # ACCEPT: -1 + 4 (utility 1 - 1/2) + 2 (willingness .7 - 1/2) - distress .2 + .5 (closeness 1 - 1/2);
        # RESIST: .5 + 3 * push .18, which is pressure .6 (1.4 - .8) times reactance 1/2.
        ("propose", {"talk": {"topic": SALE}, "person": {"willingness": 0.7, "distress": 0.2}}, {"ACCEPT": 1.45, "RESIST": 1.04}),
        # As above, but red is wished for and small: utility .75, and at the weather closeness 0 and pressure .84.
        ("propose", {"wish": [RED, SMALL], "person": {"willingness": 0.7, "distress": 0.2}}, {"ACCEPT": -0.05, "RESIST": 1.76}),
        # FOLLOW: 1 + 2 (interest .8 in the topic led to - 1/2); DRIFT: 4 (drift .75 - 1/2).
        ("shift:1", {"person": {"favourites": [SALE] * 3}, "traits": {"drift": 0.75}}, {"FOLLOW": 1.6, "DRIFT": 1.0}),
        # The traits count as they were at the start: FOLLOW 1 + .4 + .3 that the person leans to it, DRIFT -.2.
        ("shift:1", {"person": {"leaning": [0, 0, 0.3, 0, 0, -0.2, 0, 0, 0, 0, 0]}, "traits": {"drift": 0.75}}, {"FOLLOW": 1.7, "DRIFT": -0.2}),
        ("close", {}, {"ACKNOWLEDGE": 0.0}),
    ],
)
def test_reply_logits(tiny: World, act: str, given: dict[str, Any], logits: dict[str, float]) -> None:
    state = state_of(tiny, **given)
    found = reply_logits(tiny, state, acts_of(tiny, state, act))[0]
    assert {REPLIES[reply].name: value for reply, value in enumerate(found) if value > IMPOSSIBLE} == pytest.approx(logits, abs=1e-12)
    assert found.shape == (11,)


def test_features(tiny: World) -> None:
    state = state_of(
        tiny,
        talk={"topic": FOOD, "exchanges": 1, "agreed": True, "offers": 2},
        uses=2,
        visits={TRAVEL: 1, FOOD: 3},
        person={
            "favourites": [TRAVEL] * 3,
            "satisfaction": 0.8,
            "willingness": 0.6,
            "annoyance": 0.3,
            "distress": 0.4,
            "last_reply": Reply.RESIST,
            "misunderstanding": 0.6,
        },
    )
    expected = {
        "interest": -0.1,  # food is .4 from travel
        "relevance": 0.3,  # and .8 from the sale
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
    found = dict(zip(NAMES, features(tiny, state, acts_of(tiny, state, "propose"))[0].tolist(), strict=True))
    assert found == pytest.approx(expected, abs=1e-12)


OFFERED = {"willingness": 0.7, "distress": 0.2}


@pytest.mark.parametrize(
    ("name", "act", "given", "value"),
    [
        # 1, 2/3, 1/3 and 0 of the exchange, less .2, their mean over ten.
        ("early", "explore", {"talk": {"exchanges": 0}}, 0.8),
        ("early", "explore", {"talk": {"exchanges": 1}}, 7 / 15),
        ("early", "explore", {"talk": {"exchanges": 2}}, 2 / 15),
        ("early", "explore", {"talk": {"exchanges": 3}}, -0.2),
        ("early", "explore", {"talk": {"exchanges": 150}}, -0.2),
        # A tenth an exchange up to ten, less 1/2.
        ("round", "explore", {"talk": {"exchanges": 0}}, -0.5),
        ("round", "explore", {"talk": {"exchanges": 7}}, 0.2),
        ("round", "explore", {"talk": {"exchanges": 10}}, 0.5),
        ("round", "explore", {"talk": {"exchanges": 150}}, 0.5),
        ("agreed", "explore", {}, 0.0),
        ("agreed", "explore", {"talk": {"agreed": True}}, 1.0),
        ("agreed", "explore", {"talk": {"agreed": True}, "person": {"agreed": False}}, 0.0),  # what the agent thinks is of no account
        ("offers", "explore", {}, 0.0),
        ("offers", "propose", {}, 0.0),  # this one does not count yet
        ("offers", "explore", {"talk": {"offers": 1}}, 1 / 3),
        ("offers", "explore", {"talk": {"offers": 3}}, 1.0),
        ("offers", "explore", {"talk": {"offers": 8}}, 1.0),
        ("unoffered", "explore", {}, 1.0),
        ("unoffered", "propose", {}, 0.0),
        ("unoffered", "explore", {"talk": {"offers": 1}}, 0.0),
        # 1/2 less 1 / (1 + exchanges on the topic that the act is about).
        ("stale", "explore", {"visits": {FOOD: 3}}, -0.5),
        ("stale", "explore", {"visits": {WEATHER: 1}}, 0.0),
        ("stale", "explore", {"visits": {WEATHER: 4}}, 0.3),
        ("stale", "shift:1", {"visits": {WEATHER: 4, FOOD: 3}}, 0.25),  # to food
        ("stale", "yield", {"visits": {WEATHER: 4, FOOD: 3}, "talk": {"raised": TRAVEL}}, -0.5),
        # -1 + 4 (1 - 1/2) + 2 (.7 - 1/2) - .2 + .5 (closeness - 1/2) of the topic the act is about, whatever the act.
        ("acceptability", "propose", {"person": OFFERED}, 0.95),
        ("acceptability", "explore", {"person": OFFERED}, 0.95),
        ("acceptability", "tell", {"person": OFFERED}, 0.95),
        ("acceptability", "shift:1", {"person": OFFERED}, 1.35),
    ],
)
def test_feature(tiny: World, name: str, act: str, given: dict[str, Any], value: float) -> None:
    state = state_of(tiny, **given)
    assert features(tiny, state, acts_of(tiny, state, act))[0, NAMES.index(name)] == pytest.approx(value, abs=1e-12)


def test_early_and_round_average_to_nothing_over_ten_exchanges(tiny: World) -> None:
    state = state_of(tiny, 11, talk={"exchanges": np.arange(11)})
    found = features(tiny, state, acts_of(tiny, state, "explore"))
    assert found[:10, NAMES.index("early")].mean() == pytest.approx(0.0, abs=1e-12)
    assert found[:, NAMES.index("round")].mean() == pytest.approx(0.0, abs=1e-12)


def test_traits_are_no_momentary_features(tiny: World) -> None:
    plain, other = state_of(tiny), state_of(tiny, traits={name: 0.9 for name in TRAITS if name != "reactance"})
    np.testing.assert_array_equal(*(features(tiny, state, acts_of(tiny, state, "propose")) for state in (plain, other)))


@pytest.mark.parametrize("feature", NAMES)
def test_every_feature_counts_by_its_coefficients(feature: str) -> None:
    cleared = {reply: {} for reply in ("ANSWER", "RESIST", "ACCEPT", "FOLLOW", "DRIFT")}
    world = tiny_of(person={"response": cleared | {"SILENT": {feature: 2.0}}})
    state = state_of(
        world,
        uses=1,
        person={"annoyance": 0.3, "distress": 0.4, "last_reply": Reply.RESIST, "misunderstanding": 0.6, "satisfaction": 0.8, "favourites": [WEATHER] * 3},
        talk={"exchanges": 1, "agreed": True, "offers": int(feature != "unoffered"), "raised": FOOD},
        visits={WEATHER: 4},
    )
    value = features(world, state, acts_of(world, state, "clarify:size"))[0, NAMES.index(feature)]
    assert value != 0.0
    logits = reply_logits(world, state, acts_of(world, state, "clarify:size"))[0]
    assert logits[[Reply.ANSWER, Reply.RESIST, Reply.SILENT]] == pytest.approx([1.0, -1.0, 2.0 * value], abs=1e-12)  # biases 1, -1 and 0


@pytest.mark.parametrize("bias", [100.0, -100.0])
def test_acceptability_stays_within_30(bias: float) -> None:
    world = tiny_of(acceptance={"bias": bias, "match": 0.0, "willingness": 0.0, "distress": 0.0, "closeness": 0.0})
    state = state_of(world, 100)
    assert reply_logits(world, state, acts_of(world, state, "propose"))[:, Reply.ACCEPT] == pytest.approx(np.sign(bias) * 30.0)
    replied = after(world, state, "propose")[0].talk.now["last_reply"]
    stayed = replied != Reply.LEAVE
    assert (replied[stayed] == (Reply.ACCEPT if bias > 0 else Reply.RESIST)).all()
    assert stayed.sum() > 80


@pytest.mark.parametrize(
    ("table", "reply"),  # that everybody gives
    [
        ({"response": {"ACCEPT": {"acceptability": 100.0}}}, Reply.ACCEPT),
        ({"bias": {"PROPOSE": {"ACCEPT": 100.0, "RESIST": 0.5}}}, Reply.ACCEPT),
        ({"bias": {"PROPOSE": {"ACCEPT": 100.0, "RESIST": -100.0}}, "response": {"ACCEPT": {"acceptability": 100.0}}}, Reply.ACCEPT),
        ({"bias": {"PROPOSE": {"ACCEPT": 0.0, "RESIST": 100.0}}, "response": {"ACCEPT": {"acceptability": -100.0}}}, Reply.RESIST),
    ],
)
def test_no_coefficient_overflows(table: dict[str, Any], reply: Reply) -> None:
    world = tiny_of(acceptance={"bias": 100.0, "match": 100.0, "willingness": 0.0, "distress": 0.0, "closeness": 0.0}, person=table)
    state = state_of(world, 500, talk={"topic": SALE})
    action = acts_of(world, state, "propose")
    logits = reply_logits(world, state, action)
    assert np.isfinite(logits).all()
    greatest = logits.max(axis=1, keepdims=True)
    shares = np.exp(logits - greatest) / np.exp(logits - greatest).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    new, facts = after(world, state, "propose")
    stayed = ~facts["left"]
    assert stayed.sum() > 400
    assert (new.talk.now["last_reply"][stayed] == reply).all()
    assert all(np.isfinite(new.person.now[name]).all() for name in ("satisfaction", "willingness", "annoyance", "distress"))


def test_hazards_do_not_overflow() -> None:
    for base, left in ((100.0, 1.0), (-100.0, 0.0)):
        world = tiny_of(person={"leaving": {"base": base, "annoyance": base}})
        state = state_of(world, 50, person={"annoyance": 1.0})
        assert leave_probability(world, state, acts_of(world, state, "tell")) == pytest.approx(left)
        assert after(world, state, "tell")[1]["left"].mean() == left


def test_replies_come_in_order_of_their_probabilities(tiny: World) -> None:
    # The logits 2.05, .15 and -.5 above: e^2.05 = 7.76790, e^.15 = 1.16183, e^-.5 = .60653, together 9.53626.
    state = state_of(tiny, 20_000, **RESISTING)
    new, facts = after(tiny, state, "clarify:colour")
    draw, stayed = draws_of(state.person.now["key"], "REPLY"), ~facts["left"]
    expected = np.select([draw < 0.814564, draw < 0.936397], [Reply.ANSWER, Reply.RESIST], Reply.SILENT)
    sure = stayed & (np.abs(draw[:, None] - [0.814564, 0.936397]) > 1e-5).all(axis=1)
    assert sure.sum() > 15_000
    np.testing.assert_array_equal(new.talk.now["last_reply"][sure], expected[sure])


LEAVING = {
    "uses": 2,
    "talk": {"exchanges": 6, "last_reply": Reply.ASK},
    "person": {"failures": 6, "unrecognised": 2, "refusals": 3, "annoyance": 0.5, "satisfaction": 0.25, "last_reply": Reply.ASK},
    "traits": {"patience": 0.75},
}


@pytest.mark.parametrize(
    ("act", "given", "probability"),
    [
        # -3 + 1 for the question missed + .25 * 4 failures at most + .5 * 2 uses + .2 * 2 misheard + .1 * 3 refusals
        # + 2 * .5 - 2 (-.25) - 4 * .25 + .05 * 6 exchanges = 1.5
        ("acknowledge", LEAVING, 0.817574),
        ("acknowledge", {}, 0.047426),  # -3
        ("hold", {}, 0.119203),  # -2: waiting is a failure
        ("hold", {"person": {"last_reply": Reply.SILENT}}, 0.047426),
        ("close", LEAVING, 0.0),
        ("acknowledge", {"person": {"failures": 3}}, 0.095349),  # -3 + .25 * 3 = -2.25
        ("acknowledge", {"person": {"unrecognised": 6}}, 0.141851),  # -3 + .2 * 6 = -1.8
        ("acknowledge", {"uses": 1}, 0.075858),  # -3 + .5 = -2.5
        ("acknowledge", {"person": {"refusals": 5}}, 0.075858),  # -3 + .1 * 5
        ("acknowledge", {"talk": {"refusals": 5}}, 0.047426),  # what the agent has heard is of no account
        ("acknowledge", {"person": {"annoyance": 0.5}}, 0.119203),  # -3 + 2 * .5
        ("acknowledge", {"person": {"satisfaction": 1.0}}, 0.017986),  # -3 - 2 * .5 = -4
        ("acknowledge", {"traits": {"patience": 0.0}}, 0.268941),  # -3 + 4 * .5 = -1
        ("acknowledge", {"talk": {"exchanges": 8}}, 0.069138),  # -3 + .05 * 8 = -2.6
    ],
)
def test_leave_probability(tiny: World, act: str, given: dict[str, Any], probability: float) -> None:
    state = state_of(tiny, **given)
    assert leave_probability(tiny, state, acts_of(tiny, state, act)).item() == pytest.approx(probability, abs=1e-6)


def test_people_leave_at_the_hazard(tiny: World) -> None:
    state = state_of(tiny, 5000, **LEAVING)
    new, facts = after(tiny, state, "acknowledge")
    np.testing.assert_array_equal(facts["left"], draws_of(state.person.now["key"], "LEAVE", number=7) < 0.8175745)
    np.testing.assert_array_equal(new.talk.now["last_reply"] == Reply.LEAVE, facts["left"])


@pytest.mark.parametrize("domain", domain_names())
def test_impossible_replies_never_come(domain: str) -> None:
    world = world_of(domain, noise=0.0)
    simulator = Simulator(world)
    state, count = simulator.reset(Stream.TRAINING, 2, np.arange(500)), 0
    for exchange in range(8):
        action = (np.arange(500) + 3 * exchange) % len(world.acts.names)
        played = np.where(state.talk.open[np.arange(500), action], action, world.acts.span[0].start)
        logits = reply_logits(world, state, action)
        state, facts = simulator.step(state, action)
        stayed = np.flatnonzero(~facts["left"])
        replies = state.talk.now["last_reply"][stayed]
        assert (logits[stayed, replies] > IMPOSSIBLE).all()
        assert (world.person.bias[world.acts.family[played[stayed]], replies] > IMPOSSIBLE).all()
        count += len(stayed)
    assert count > 2000


def test_in_item_domains_a_yes_needs_an_offer() -> None:
    for target, offered, possible in (("item", NOWHERE, False), ("item", 0, True), ("outcome", NOWHERE, True)):
        world = tiny_of(person={"bias": {"INFORM": {"ACCEPT": 0.0, "ASK": 0.0}}}, target=target)
        logits = reply_logits(world, state_of(world, person={"offered": offered}), np.array([world.acts.names.index("tell")]))
        assert (logits[0, Reply.ACCEPT] > IMPOSSIBLE) == possible, (target, offered)
        assert logits[0, Reply.ASK] == 0.0


def test_the_reply_of_last_time_comes_easier() -> None:
    world = tiny_of(person={"again": {"ANSWER": 0.7}})
    acts = np.array([world.acts.names.index("clarify:colour")])
    fresh, again, other = (reply_logits(world, state_of(world, person={"last_reply": last}), acts)[0] for last in (NOWHERE, Reply.ANSWER, Reply.ASK))
    assert again[Reply.ANSWER] - fresh[Reply.ANSWER] == pytest.approx(0.7)
    np.testing.assert_array_equal(np.delete(again, Reply.ANSWER), np.delete(fresh, Reply.ANSWER))
    np.testing.assert_array_equal(other, fresh)


def test_a_domain_says_how_much_less_people_ask_back() -> None:
    plain, knowing = tiny_of(), tiny_of(questions={Family.HOLD: -1.5, Family.CLARIFY: 0.5})
    hold = plain.person.bias[Family.HOLD].copy()
    np.testing.assert_array_equal(knowing.tables.constants["bias"][0][Family.HOLD], hold)  # nobody asks there in any case
    asking = {"bias": {"HOLD": {"ANSWER": 0.0, "ASK": 0.25}}}
    much, less = (
        reply_logits(world, state_of(world), np.array([0]))[0] for world in (tiny_of(person=asking), tiny_of(person=asking, questions={Family.HOLD: -1.5}))
    )
    assert less[Reply.ASK] - much[Reply.ASK] == pytest.approx(-1.5)
    np.testing.assert_array_equal(np.delete(less, Reply.ASK), np.delete(much, Reply.ASK))
