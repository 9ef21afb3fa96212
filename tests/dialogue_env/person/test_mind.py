"""What an exchange does to the person, by hand."""

from typing import Any

import numpy as np
import pytest
from hand_made import ANY, BIG, BLUE, FOOD, GREEN, RED, SALE, SMALL, TRAVEL, WEATHER, after, draws_of, keys_where, patchy_of, state_of, tiny_of
from hypothesis import given
from hypothesis import strategies as st

from dialogue_env.acts import Reply
from dialogue_env.likelihood import follow_through
from dialogue_env.messages import NOWHERE
from dialogue_env.world import World

THINKING, STUCK, ASKED = {"last_reply": Reply.SILENT}, {"last_reply": Reply.SILENT, "stuck": True}, {"last_reply": Reply.ASK}
CALM = {"willingness": 0.4, "last_reply": Reply.SILENT}
PLACID = {"reactance": 0.0}
MISHEARD = {"MISHEARD": (0.0, 0.5)}
LEVELS = ("satisfaction", "willingness", "annoyance", "distress", "misunderstanding", "progress")


def taste(topic: int) -> list[int]:
    """Return favourites that are all one topic: the interest in another is its closeness to this one."""
    return [topic] * 3


def mind(world: World, name: str, act: str, reply: Reply = Reply.ANSWER, **given: Any) -> float:
    """Return a field of the person after an act and a reply."""
    return float(after(world, state_of(world, **given), act, reply)[0].person.now[name].item())


# Satisfaction is .75 of what it was, 1/2, and a quarter of the quality: .4 + .2 relevance + .3 interest (1/2, unless said) and what follows.
@pytest.mark.parametrize(
    ("act", "given", "satisfaction"),
    [
        ("hold", {"person": THINKING}, 0.5325),  # .375 + .25 (.4 + .2 * .4 + .15)
        ("hold", {"person": THINKING | {"favourites": taste(SALE)}}, 0.495),  # no interest in the weather
        ("hold", {"person": THINKING | {"favourites": taste(WEATHER)}}, 0.57),
        ("hold", {"person": THINKING | {"satisfaction": 0.9}}, 0.8325),  # .75 * .9 + .1575
        ("shift:1", {}, 0.5379),  # food: interest .7, a jump of .4 and a push of .046: .25 (.4 + .2 * .5 + .21 - .1 * .4 - .0184)
        ("explore", {}, 0.5345),  # effort .26: .25 (.4 + .14 + .15 - .2 * .26)
        ("explore", {"uses": 3}, 0.4595),  # - .25 * .3
        ("propose", {}, 0.4705),  # push .42 and no relevance: .25 (.4 + .15 - .4 * .42)
        ("propose", {"traits": {"reactance": 1.0}}, 0.4285),
        ("hold", {}, 0.4575),  # - .25 (.2 + .1): waiting is a failure too
        ("hold", {"person": ASKED}, 0.395),  # - .25 (.2 + .1 + .25)
        ("hold", {"person": STUCK}, 0.445),  # - .25 (.25 + .1)
        ("explore", {"person": THINKING}, 0.497),  # - .25 * .15
        ("explore", {"person": STUCK}, 0.5845),  # + .25 * .2
        ("answer", {"talk": {"last_reply": Reply.ASK}, "person": ASKED}, 0.5925),  # .25 (.4 + .12 + .15 + .2)
        ("answer", {"talk": {"last_reply": Reply.ASK}}, 0.5425),  # misheard: nobody asked
        ("acknowledge", {}, 0.5475),  # nobody to comfort: .25 (.4 + .14 + .15)
        ("acknowledge", {"person": {"distress": 0.2}}, 0.585),  # + .25 * 1.5 * .5 * .2
        ("acknowledge", {"person": {"distress": 0.2}, "uses": 1}, 0.54125),  # half the comfort: + .25 (.075 - .1)
        ("tell", {}, 0.5333),  # pressure .184, push .092: .25 (.4 + .12 + .15 - .0368)
        ("tell", {"person": {"last_reply": Reply.RESIST}}, 0.5057),  # - .25 * .6 * .184 for insisting
        ("propose", {"talk": {"agreed": True}}, 0.375),  # .4705 - .25 * .6 * .84 for asking again, but quality is 0 at least
        ("shift:1", {"talk": {"agreed": True}}, 0.5004),  # .5379 - .25 * .15 for opening something new
        ("explore", {"talk": {"last_act": 3}}, 0.5095),  # .5345 - .25 * .1 for a question after a question
        ("acknowledge", {"talk": {"last_act": 1}}, 0.4975),  # .5475 - .25 * .2 for the same words again
        ("acknowledge", {"talk": {"last_act": 3}}, 0.5475),
        ("appeal", {}, 0.5195),  # pressure .46: .25 (.67 - .4 * .23)
        ("appeal", {"person": {"need": 3}}, 0.482),  # which it fits by -.5: - .25 * .3 * .5
        ("close", {"talk": {"exchanges": 4}}, 0.4625),  # .25 (.65 - .5 * 6 exchanges of 10 not used)
        ("close", {"talk": {"exchanges": 4, "agreed": True}}, 0.5375),
        ("close", {"talk": {"exchanges": 10}}, 0.5375),
        ("propose", {"person": {"last_reply": Reply.RESIST}}, 0.375),  # quality is 0 at least
        ("acknowledge", {"person": STUCK | {"favourites": taste(WEATHER)}}, 0.625),  # and 1 at most
    ],
)
def test_satisfaction(tiny: World, act: str, given: dict[str, Any], satisfaction: float) -> None:
    assert mind(tiny, "satisfaction", act, **given) == pytest.approx(satisfaction, abs=1e-12)


@pytest.mark.parametrize(("reply", "satisfaction"), [(Reply.ACCEPT, 0.5725), (Reply.RESIST, 0.4975), (Reply.DRIFT, 0.5475)])  # .5475, + .25 * .1, - .25 * .2
def test_satisfaction_goes_with_the_reply(tiny: World, reply: Reply, satisfaction: float) -> None:
    assert mind(tiny, "satisfaction", "acknowledge", reply) == pytest.approx(satisfaction, abs=1e-12)


def test_a_yes_pays_once(tiny: World) -> None:
    once, again = (mind(tiny, "satisfaction", "acknowledge", Reply.ACCEPT, talk={"agreed": stands}) for stands in (False, True))
    assert (once, again) == (pytest.approx(0.5725), pytest.approx(0.5475))


def test_being_misheard_is_a_failure() -> None:
    key = keys_where(**MISHEARD)
    # Satisfaction .5345 - .25 * .1, annoyance + .15 - .5 * comfort .03, distress .4 - .03 + .02.
    for name, value in {"satisfaction": 0.5095, "annoyance": 0.135, "distress": 0.39}.items():
        assert mind(tiny_of(noise=0.5), name, "explore", person={"key": key, "distress": 0.4 * (name == "distress")}) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(
    ("exchanges", "satisfaction"),
    # A tenth of -.4 more for each exchange up to ten, from 5 on: .5325 - .25 * .4 (exchanges / 10 - 1/2).
    [(0, 0.5825), (3, 0.5525), (5, 0.5325), (9, 0.4925), (10, 0.4825), (40, 0.4825)],
)
def test_satisfaction_wears_off_with_length(exchanges: int, satisfaction: float) -> None:
    world = tiny_of(person={"satisfaction": {"length": -0.4}})
    assert mind(world, "satisfaction", "hold", talk={"exchanges": exchanges}, person=THINKING) == pytest.approx(satisfaction, abs=1e-12)


@pytest.mark.parametrize(
    ("act", "reply", "given", "willingness"),
    [
        ("hold", Reply.ANSWER, {"person": CALM}, 0.4),
        ("hold", Reply.ANSWER, {"person": CALM | {"satisfaction": 0.7}}, 0.412),  # + .1 * .2 of the .6 that are left
        # + .2 * closeness to the sale (interest - .3), where the talk has got to
        ("shift:1", Reply.FOLLOW, {"person": CALM | {"favourites": taste(WEATHER)}, "traits": PLACID}, 0.4288),  # .6 * .2 * .8 (.6 - .3)
        ("shift:1", Reply.FOLLOW, {"person": CALM | {"favourites": taste(TRAVEL)}, "traits": PLACID}, 0.4096),  # .6 * .2 * .8 (.4 - .3)
        ("shift:1", Reply.RESIST, {"person": CALM | {"favourites": taste(WEATHER)}, "traits": PLACID}, 0.4),
        ("hold", Reply.ANSWER, {"person": CALM | {"favourites": taste(WEATHER)}, "talk": {"topic": SALE}}, 0.376),  # .4 that can be lost * .2 (0 - .3)
        ("tell", Reply.ANSWER, {"person": CALM, "traits": PLACID}, 0.46),  # + .6 * 2 * .1 * influence 1/2
        ("tell", Reply.ANSWER, {"person": CALM, "traits": PLACID, "uses": 1}, 0.43),  # half of that
        ("tell", Reply.ANSWER, {"person": CALM}, 0.4324),  # - .5 * push .092 (1 - .4)
        ("appeal", Reply.ANSWER, {"person": CALM | {"need": 3}, "traits": PLACID}, 0.36),  # fits by -.5: + .4 * 2 * .2 * -.5 * 1/2
        ("tell", Reply.ANSWER, {"person": CALM | {"distress": 0.25}, "traits": PLACID}, 0.43),  # + .6 * 2 (.05 - 2 * .25 * .05)
        ("tell", Reply.ANSWER, {"person": CALM | {"annoyance": 0.25}, "traits": PLACID}, 0.43),  # annoyed is as bad as distressed
        ("tell", Reply.ANSWER, {"person": CALM | {"distress": 1.0}, "traits": PLACID}, 0.36),  # turned round
        ("appeal", Reply.ANSWER, {"person": CALM | {"distress": 1.0, "need": 3}, "traits": PLACID}, 0.36),  # no worse than it is
        ("propose", Reply.RESIST, {"person": CALM, "traits": {"reactance": 1.0}}, 0.148),  # - .5 * push .84 (1 - .4)
        ("propose", Reply.RESIST, {"person": {"willingness": 1.0}, "traits": {"reactance": 1.0}}, 1.0),  # who is willing does not mind
        ("propose", Reply.RESIST, {"person": {"willingness": 0.05}, "traits": {"reactance": 1.0}}, 0.0),
        ("tell", Reply.ANSWER, {"person": {"willingness": 0.9}, "traits": PLACID | {"influence": 1.0}}, 0.92),  # + .1 * 2 * .1
    ],
)
def test_willingness(tiny: World, act: str, reply: Reply, given: dict[str, Any], willingness: float) -> None:
    assert mind(tiny, "willingness", act, reply, **given) == pytest.approx(willingness, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "act", "reply", "given", "value"),
    [
        ("annoyance", "hold", Reply.ANSWER, {"person": THINKING | {"annoyance": 0.5}}, 0.4),  # .8 * .5
        ("annoyance", "propose", Reply.RESIST, {"person": {"willingness": 0.4}}, 0.126),  # .5 * push .42 (1 - .4)
        ("annoyance", "propose", Reply.RESIST, {"person": {"willingness": 0.4, "last_reply": Reply.RESIST}}, 0.294),  # + .2 * pressure .84
        ("annoyance", "propose", Reply.RESIST, {"person": {"willingness": 0.4}, "talk": {"agreed": True}}, 0.294),
        ("annoyance", "propose", Reply.RESIST, {"person": {"willingness": 0.4}, "talk": {"last_act": 9}}, 0.294),  # twice running
        ("annoyance", "clarify:size", Reply.ANSWER, {"uses": 1}, 0.1 / 3),
        ("annoyance", "hold", Reply.ANSWER, {}, 0.15),  # a failure
        ("annoyance", "clarify:size", Reply.ANSWER, {"person": THINKING}, 0.05),  # an intrusion
        ("annoyance", "acknowledge", Reply.ANSWER, {"person": {"annoyance": 0.5}}, 0.15),  # .4 - .5 * .5
        ("annoyance", "acknowledge", Reply.ANSWER, {"person": {"annoyance": 0.2}}, 0.0),
        ("distress", "acknowledge", Reply.ANSWER, {"person": {"distress": 0.8}}, 0.3),
        ("distress", "acknowledge", Reply.ANSWER, {"person": {"distress": 0.4}}, 0.0),
        ("distress", "explore", Reply.ANSWER, {"person": {"distress": 0.4}}, 0.37),
        ("distress", "propose", Reply.RESIST, {"person": {"distress": 0.4}}, 0.484),  # + .1 * pressure .84
        ("distress", "hold", Reply.ANSWER, {"person": {"distress": 0.4}}, 0.42),
        ("distress", "hold", Reply.EMOTE, {"person": THINKING | {"distress": 0.4}}, 0.35),
        ("distress", "propose", Reply.RESIST, {"person": ASKED | {"distress": 0.95}}, 1.0),
        ("distress", "propose", Reply.RESIST, {"person": ASKED}, 0.0),  # who is not distressed does not become so
        ("misunderstanding", "hold", Reply.ANSWER, {"person": {"misunderstanding": 0.25}}, 0.2),  # .8 * .25
        ("misunderstanding", "check", Reply.ANSWER, {"person": {"misunderstanding": 0.5}}, 0.4),  # masked: nothing was asked yet
        ("misunderstanding", "check", Reply.ANSWER, {"person": {"misunderstanding": 0.5}, "asked": [1, 0]}, 0.1),  # .2 * .5
        ("misunderstanding", "correct", Reply.ANSWER, {"person": {"misunderstanding": 0.5}, "talk": {"last_reply": Reply.REPAIR}}, 0.1),
        ("last_reply", "explore", Reply.RESIST, {}, Reply.RESIST),
        ("last_reply", "explore", Reply.ANSWER, {"person": STUCK}, Reply.ANSWER),
        ("offered", "explore", Reply.ANSWER, {}, NOWHERE),
        ("offered", "propose", Reply.DRIFT, {"talk": {"best_item": 2}}, 2),
        ("offered", "explore", Reply.ANSWER, {"person": {"offered": 1}}, 1),
        ("stuck", "explore", Reply.ANSWER, {"person": STUCK}, 0),
        ("failures", "explore", Reply.ANSWER, {"person": {"failures": 2}}, 2),
        ("failures", "explore", Reply.ANSWER, {"person": ASKED | {"failures": 2}}, 3),
        ("failures", "hold", Reply.ANSWER, {}, 1),
        ("failures", "hold", Reply.ANSWER, {"person": ASKED}, 1),  # one exchange
        ("unrecognised", "hold", Reply.ANSWER, {"person": {"unrecognised": 2}}, 2),
        ("refusals", "propose", Reply.RESIST, {"person": {"refusals": 1}}, 2),
        ("refusals", "propose", Reply.ACCEPT, {"person": {"refusals": 1}}, 1),
        ("agreed", "propose", Reply.ACCEPT, {}, 1),
        ("agreed", "explore", Reply.ANSWER, {"talk": {"agreed": True}}, 1),
        ("agreed", "explore", Reply.RESIST, {"talk": {"agreed": True}}, 0),
        ("agreed", "explore", Reply.LEAVE, {"talk": {"agreed": True}}, 1),
        ("utility", "propose", Reply.RESIST, {"person": {"utility": 0.5}}, 0.5),
        ("utility", "propose", Reply.ACCEPT, {"person": {"utility": 0.5}}, 1.0),  # the ruby is what was wished for at first
        ("rejected", "propose", Reply.RESIST, {}, 1),
        ("rejected", "explore", Reply.RESIST, {}, 0),
        ("rejected", "explore", Reply.ANSWER, {"person": {"rejected": True}}, 1),
        ("rejected", "propose", Reply.ACCEPT, {"person": {"rejected": True}}, 0),
        # .5 * utility .75 + .3 * willingness .4 + .2 (1 - distress .5); comfort takes the distress away.
        ("progress", "hold", Reply.ANSWER, {"person": CALM | {"distress": 0.5}, "wish": [RED, SMALL]}, 0.595),
        ("progress", "acknowledge", Reply.ANSWER, {"person": {"willingness": 0.4, "distress": 0.5}, "wish": [RED, SMALL]}, 0.695),
        ("raised", "explore", Reply.ANSWER, {"talk": {"raised": FOOD}}, -1),
    ],
)
def test_rest_of_the_mind(tiny: World, name: str, act: str, reply: Reply, given: dict[str, Any], value: float) -> None:
    assert mind(tiny, name, act, reply, **given) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(("before", "misunderstanding"), [(0.25, 0.8), (0.75, 1.0)])  # .8 * .25 + .6
def test_what_is_misheard_is_misunderstood(before: float, misunderstanding: float) -> None:
    person = {"misunderstanding": before, "failures": 2, "unrecognised": 3, "key": keys_where(**MISHEARD)}
    world = tiny_of(noise=0.5)
    assert mind(world, "misunderstanding", "explore", person=person) == pytest.approx(misunderstanding, abs=1e-12)
    assert mind(world, "unrecognised", "explore", person=person) == 4
    assert mind(world, "failures", "explore", person=person) == 2  # that is the line's, not the agent's


@pytest.mark.parametrize(
    ("first", "item", "utility"),  # the ruby is red and big, the lake blue and small
    [
        ([RED, BIG], 0, 1.0),
        ([RED, SMALL], 0, 0.75),
        ([BLUE, BIG], 0, 0.25),
        ([BLUE, SMALL], 0, 0.0),
        ([ANY, SMALL], 0, 0.75),
        ([ANY, 2], 0, 1.0),
        ([BLUE, SMALL], 3, 1.0),
    ],
)
def test_what_is_agreed_on_counts_by_the_first_wish(tiny: World, first: list[int], item: int, utility: float) -> None:
    given = {"first_wish": first, "wish": [RED, SMALL], "talk": {"best_item": item}}
    assert mind(tiny, "utility", "propose", Reply.ACCEPT, **given) == pytest.approx(utility)


def test_a_yes_is_to_what_was_offered(tiny: World) -> None:
    # The ruby was offered; by now the lake, which misses both wishes, is taken to be likelier.
    given = {"first_wish": [RED, BIG], "wish": [RED, BIG], "person": {"offered": 0}, "talk": {"best_item": 1}}
    assert mind(tiny, "utility", "answer", Reply.ACCEPT, **given) == 1.0
    assert mind(tiny, "utility", "propose", Reply.ACCEPT, **given) < 1.0


def test_of_the_silent_four_in_ten_are_stuck(tiny: World) -> None:
    state = state_of(tiny, 5000)
    new, _ = after(tiny, state, "explore", Reply.SILENT)
    np.testing.assert_array_equal(new.person.now["stuck"], draws_of(state.person.now["key"], "STUCK") < 0.4)


def test_minds_are_changed_about_what_the_item_has() -> None:
    for item, slots in enumerate([{0, 1}, {0}, {0, 1, 2}, {0, 1}]):
        state = state_of(patchy_of(), 2000, traits={"mind_change": 1.0}, person={"need": item}, wish=[3, 2, 1])  # nothing matters
        new, _ = after(patchy_of(), state, "explore", Reply.ANSWER)
        assert set(np.flatnonzero((new.person.wish != state.person.wish).any(axis=0)).tolist()) == slots
        assert ((new.person.wish != state.person.wish).sum(axis=1) == 1).all()


def test_minds_are_changed_one_slot_at_a_time_by_popularity(tiny: World) -> None:
    state = state_of(tiny, 20_000, traits={"mind_change": 0.1}, wish=[RED, SMALL])
    new, _ = after(tiny, state, "explore", Reply.ANSWER)
    changed, draw = draws_of(state.person.now["key"], "CHANGED_MIND") < 0.1, draws_of(state.person.now["key"], "NEW_WISH")
    colour, size = changed & (draw < 0.5), changed & (draw >= 0.5)
    # In each half the place is the new value: .2 are blue, .2 green, .6 red; .6 are big, .4 small.
    assert colour.sum() > 800
    assert size.sum() > 800
    np.testing.assert_array_equal(new.person.wish[:, 0], np.where(colour, np.select([draw < 0.1, draw < 0.2], [BLUE, GREEN], RED), RED))
    np.testing.assert_array_equal(new.person.wish[:, 1], np.where(size, np.where(draw < 0.8, BIG, SMALL), SMALL))
    np.testing.assert_array_equal(new.person.first_wish, state.person.wish)
    same, _ = after(tiny_of(target="outcome"), state, "explore", Reply.ANSWER)
    np.testing.assert_array_equal(same.person.wish, state.person.wish)  # nobody changes their profile


def test_a_lead_is_taken_up_unless_refused(tiny: World) -> None:
    new = {reply: after(tiny, state_of(tiny), "shift:1", reply)[0] for reply in Reply}
    for side in ("talk", "person"):
        topics = {reply.name: getattr(state, side).now["topic"].item() for reply, state in new.items()}
        assert [name for name, topic in topics.items() if topic == WEATHER] == ["RESIST", "DRIFT", "SILENT", "LEAVE"]
        assert set(topics.values()) == {WEATHER, FOOD}


@pytest.mark.parametrize(
    ("person", "left", "probability"),
    [
        # -1 + 3 agreed + 2 (willingness .7 - 1/2) + (1/2 - distress .3) + 2 (follow-through .75 - 1/2) = 3.1
        ({"agreed": True}, False, 0.956893),
        ({"agreed": True, "rejected": True}, False, 0.956893),  # a yes makes up for it
        ({"offered": 0}, False, 0.524979),  # .1
        ({"offered": 0, "rejected": True}, False, 0.401312),  # -.4
        ({"offered": 0}, True, 0.130108),  # -1.9
        ({}, False, 0.0),  # who was never asked does not do it
    ],
)
def test_follow_through(tiny: World, person: dict[str, Any], left: bool, probability: float) -> None:
    state = state_of(tiny, person={"willingness": 0.7, "distress": 0.3} | person, traits={"follow_through": 0.75})
    assert follow_through(tiny, state.person, np.array([left])).item() == pytest.approx(probability, abs=1e-6)


UNIT = st.floats(0.0, 1.0)


@given(
    st.fixed_dictionaries(dict.fromkeys(LEVELS, UNIT)),
    st.fixed_dictionaries(dict.fromkeys(("reactance", "influence"), UNIT)),
    st.fixed_dictionaries(dict.fromkeys(("agreed", "stuck"), st.booleans()) | {"last_reply": st.sampled_from(Reply)}),
    st.integers(0, 3),
    st.sampled_from(Reply),
)
def test_levels_stay_in_the_unit_interval(levels: dict[str, float], traits: dict[str, float], flags: dict[str, bool], need: int, reply: Reply) -> None:
    world = tiny_of(noise=0.5)
    state = state_of(world, person=levels | flags | {"need": need}, traits=traits, talk={"raised": TRAVEL, "last_reply": Reply.ASK}, asked=1)
    for act in world.acts.names:
        new = after(world, state, act, reply)[0].person.now
        for name in LEVELS:
            assert 0.0 <= new[name].item() <= 1.0, (act, name)
