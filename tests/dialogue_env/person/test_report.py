"""What a reply lets out, by hand: many people with one mind and each their own luck; without noise the agent hears what they say."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hand_made import ANY, BIG, BLUE, FOOD, GREEN, LUCKY, RED, SMALL, TRAVEL, WEATHER, after, draws_of, patchy_of, state_of, tiny_of

from dialogue_env import State, World, build_world
from dialogue_env.acts import Form, Reply, Report
from dialogue_env.messages import NOWHERE

COUNT = 4000
ANSWER = Reply.ANSWER
FRANK = {"vagueness": 0.0, "error": 0.0, "refusal": 0.0}
TELLING = {"disclosure": 1.0}


def let_out(world: World, act: str, reply: Reply, **given: Any) -> tuple[State, dict[str, np.ndarray]]:
    """Return the dialogues and what each person says, by name, where luck alone differs."""
    state = state_of(world, COUNT, **given)
    now = after(world, state, act, reply)[0].talk.now
    return state, {name: now[f"heard_{name}"] for name in ("slot", "kind", "first", "second")} | {"topic": now["raised"]}


def luck(state: State, use: str) -> np.ndarray:
    return draws_of(state.person.now["key"], use)


def kinds(draw: np.ndarray, *limits: float) -> np.ndarray:
    """Return the kinds of report by their limits: refused, no preference, vague; values make up the rest."""
    return np.select([draw < limit for limit in limits], [Report.REFUSED, Report.NO_PREFERENCE, Report.VAGUE], Report.VALUE)


def test_answer(tiny: World) -> None:
    # Refused: 1/2 (1 - .5 * relevance .9) = .275. No preference: .2 of the rest, up to .42. Vague: 1 - 1/2 * 1/2 (a choice) of the
    # rest, up to .855. Wrong: 1/2 of the rest, up to .9275. The other value is blue or green, evenly.
    state, said = let_out(tiny, "clarify:colour", ANSWER, talk={"topic": FOOD}, wish=[RED, BIG])
    level, other = luck(state, "REPORT_KIND"), np.where(luck(state, "OTHER_VALUE") < 0.5, BLUE, GREEN)
    assert (said["slot"] == 0).all()
    np.testing.assert_array_equal(said["kind"], kinds(level, 0.275, 0.42, 0.855))
    np.testing.assert_array_equal(said["first"], np.where((level > 0.855) & (level < 0.9275), other, RED))
    np.testing.assert_array_equal(said["second"], np.where(said["kind"] == Report.VAGUE, other, said["first"]))
    assert np.bincount(said["kind"], minlength=5)[1:].min() > 400


def test_answer_about_what_does_not_matter(tiny: World) -> None:
    # As above, but no preference .7 of the rest: .275 + .7 * .725 = .7825; vague .75 of the rest, up to .945625. The value named is any.
    state, said = let_out(tiny, "clarify:colour", ANSWER, talk={"topic": FOOD}, wish=[ANY, BIG], traits={"error": 0.0})
    named = np.floor(luck(state, "INDIFFERENT_VALUE") * 3)
    np.testing.assert_array_equal(said["kind"], kinds(luck(state, "REPORT_KIND"), 0.275, 0.7825, 0.945625))
    np.testing.assert_array_equal(said["first"], named)


@pytest.mark.parametrize(
    ("form", "colour", "limit"),
    [
        # Refused .275 as above; no preference .1, .2, .3 of the rest (.725) of those who care for the colour, .4, .7, .9 of the others.
        (Form.OPEN, RED, 0.3475),
        (Form.CHOICE, RED, 0.42),
        (Form.POLAR, RED, 0.4925),
        (Form.OPEN, ANY, 0.565),
        (Form.CHOICE, ANY, 0.7825),
        (Form.POLAR, ANY, 0.9275),
    ],
)
def test_no_preference_by_form(tiny: World, form: Form, colour: int, limit: float) -> None:
    slots = tiny.tables.slots.copy()
    slots["form"] = form
    world = replace(tiny, tables=tiny.tables._replace(slots=slots))
    state, said = let_out(world, "clarify:colour", ANSWER, talk={"topic": FOOD}, wish=[colour, BIG])
    level = luck(state, "REPORT_KIND")
    np.testing.assert_array_equal(said["kind"] == Report.NO_PREFERENCE, (level >= 0.275) & (level < limit))


@pytest.mark.parametrize(
    ("act", "reply", "vague"),
    [
        # What is told unasked, or in a recap, is never refused, and to an open question: .4 do not mind. Vague then 1/2 of the rest, up to .7.
        ("explore", ANSWER, 0.7),
        ("hold", Reply.SUGGEST, 0.7),
        ("check", ANSWER, 0.4),  # plainly
    ],
)
def test_what_does_not_matter_told_unasked(tiny: World, act: str, reply: Reply, vague: float) -> None:
    state, said = let_out(tiny, act, reply, wish=[ANY, 2], asked=[1, 0], traits=TELLING)
    told = said["kind"] != Report.NOTHING
    assert told.sum() > 0.4 * COUNT
    np.testing.assert_array_equal(said["kind"][told], kinds(luck(state, "REPORT_KIND"), 0.0, 0.4, vague)[told])


@pytest.mark.parametrize("kind", [Report.VAGUE, Report.VALUE])
def test_indifferent_value_says_nothing_about_the_other(tiny: World, kind: Report) -> None:
    state, said = let_out(tiny, "clarify:colour", ANSWER, talk={"topic": FOOD}, wish=[ANY, BIG])
    rows = said["kind"] == kind
    meant = np.floor(luck(state, "INDIFFERENT_VALUE") * 3)[rows]
    named = said["second" if kind == Report.VAGUE else "first"][rows]
    pairs = {(v, w) for v, w in zip(meant, named, strict=True) if v != w}
    assert pairs == {(v, w) for v in range(3) for w in range(3) if v != w}  # every other value goes with every value


@pytest.mark.parametrize(
    ("act", "reply", "share"),
    [
        ("explore", ANSWER, 0.5),  # disclosure 1/2 times 2 * .5
        ("shift:0", Reply.FOLLOW, 0.25),  # half of that
        ("hold", Reply.SUGGEST, 1.0),
        ("clarify:size", ANSWER, 1.0),
        ("clarify:size", Reply.RESIST, 0.0),
        ("check", ANSWER, 1.0),
        ("explore", Reply.EMOTE, 0.0),
        ("explore", Reply.SILENT, 0.0),
    ],
)
def test_who_lets_something_out(tiny: World, act: str, reply: Reply, share: float) -> None:
    state, said = let_out(tiny, act, reply, traits=FRANK | {"disclosure": 0.5}, asked=1)
    np.testing.assert_array_equal(said["kind"] != Report.NOTHING, luck(state, "DISCLOSE") < share)
    assert not any(said[name][said["kind"] == Report.NOTHING].any() for name in ("slot", "first", "second"))


def test_open_reply_is_about_any_slot(tiny: World) -> None:
    state, said = let_out(tiny, "explore", ANSWER, traits=FRANK | TELLING, wish=[RED, SMALL])
    rows = said["kind"] == Report.VALUE
    slot = (luck(state, "REPORT_SLOT") >= 0.5).astype(int)
    np.testing.assert_array_equal(said["slot"][rows], slot[rows])
    np.testing.assert_array_equal(said["first"][rows], np.where(slot, SMALL, RED)[rows])
    np.testing.assert_array_equal(said["second"], said["first"])


@pytest.mark.parametrize(
    ("act", "reply", "limit"),
    [
        # Vagueness is .2. A choice is answered in part at 1 - .8 * .5 = .6, an open question (and what is told unasked) at .2.
        ("clarify:colour", ANSWER, 0.6),
        ("explore", ANSWER, 0.2),
        ("clarify:colour", Reply.SUGGEST, 0.2),
    ],
)
def test_what_is_told_unasked_is_as_to_an_open_question(act: str, reply: Reply, limit: float) -> None:
    world = tiny_of(person={"answers": {"no_preference": [0.0, 0.0, 0.0]}})
    state, said = let_out(world, act, reply, traits=FRANK | TELLING | {"vagueness": 0.2, "reliability": 1.0})
    told = said["kind"] != Report.NOTHING
    assert told.any()
    np.testing.assert_array_equal(said["kind"][told], kinds(luck(state, "REPORT_KIND"), 0.0, 0.0, limit)[told])


def test_suggestion_is_as_good_as_its_reliability(tiny: World) -> None:
    traits = {"vagueness": 0.0, "error": 1.0, "refusal": 1.0, "reliability": 0.9}
    state, said = let_out(tiny, "hold", Reply.SUGGEST, traits=traits, wish=[RED, BIG])
    wrong = luck(state, "REPORT_KIND") < 0.1
    assert (said["kind"] == Report.VALUE).all()
    np.testing.assert_array_equal(said["first"] != np.array([RED, BIG])[said["slot"]], wrong)


def test_people_speak_unasked_of_what_their_item_has_and_never_vaguely_of_a_single_value() -> None:
    world = patchy_of()
    for item, slots in enumerate([{0, 1}, {0}, {0, 1, 2}, {0, 1}]):
        _, said = let_out(world, "hold", Reply.SUGGEST, traits=TELLING | {"vagueness": 1.0}, person={"need": item}, wish=[RED, BIG, 0])
        assert set(said["slot"].tolist()) == slots
        lucky = said["slot"] == LUCKY
        assert (said["kind"] == np.where(lucky, Report.VALUE, Report.VAGUE)).all()


@pytest.mark.parametrize(
    ("entropy", "asked", "slot"),
    [([0.2, 0.8], [1, 1], 1), ([0.8, 0.2], [1, 1], 0), ([0.8, 0.2], [0, 1], 1)],
)
def test_recap_is_of_the_least_clear_slot_asked(tiny: World, entropy: list[float], asked: list[int], slot: int) -> None:
    given = {"asked": asked, "entropy": entropy, "traits": {"vagueness": 1.0, "error": 0.0}, "wish": [RED, SMALL]}
    _, said = let_out(tiny, "check", ANSWER, **given)
    for name, value in {"slot": slot, "kind": Report.VALUE, "first": [RED, SMALL][slot], "second": [RED, SMALL][slot]}.items():
        assert (said[name] == value).all(), name


OWN = {"favourites": [WEATHER, FOOD, TRAVEL]}


@pytest.mark.parametrize(
    ("act", "reply", "first", "second"),
    [
        ("explore", Reply.DRIFT, FOOD, TRAVEL),  # the weather, the first favourite, is what is talked of
        ("explore", Reply.SUGGEST, FOOD, TRAVEL),
        ("explore", ANSWER, NOWHERE, NOWHERE),
        ("shift:1", Reply.DRIFT, WEATHER, TRAVEL),  # led to food
    ],
)
def test_people_raise_another_of_their_own_topics(tiny: World, act: str, reply: Reply, first: int, second: int) -> None:
    state, said = let_out(tiny, act, reply, person=OWN)
    np.testing.assert_array_equal(said["topic"], np.where(luck(state, "RAISED_TOPIC") < 0.5, first, second))


def test_own_topics_are_rather_close_ones() -> None:
    # Food is .6 close to the weather, travel .2: with a weight of log 2 / .4 food has twice the pull.
    world = tiny_of(person={"drift": {"closeness": float(np.log(2.0) / 0.4)}})
    state, said = let_out(world, "explore", Reply.DRIFT, person=OWN)
    np.testing.assert_array_equal(said["topic"], np.where(luck(state, "RAISED_TOPIC") < 2 / 3, FOOD, TRAVEL))


def test_people_whose_favourites_are_all_at_hand_raise_none(tiny: World) -> None:
    _, said = let_out(tiny, "explore", Reply.DRIFT, person={"favourites": [WEATHER] * 3})
    assert (said["topic"] == NOWHERE).all()


REASONS = tiny_of(person={"answers": {"reason": 0.5, "wanted": 0.4}})


def test_a_refused_offer_comes_with_a_reason() -> None:
    # The ruby (red, big) misses a blue small wish in both slots, of weights 3 and 1: in colour for draws below 3/4.
    state, said = let_out(REASONS, "propose", Reply.RESIST, traits=FRANK, wish=[BLUE, SMALL])
    given = luck(state, "REASON") < 0.5
    slot = np.where(luck(state, "REPORT_SLOT") <= 0.75, 0, 1)
    wanted = luck(state, "WANTED") < 0.4
    np.testing.assert_array_equal(said["kind"], np.select([~given, wanted], [Report.NOTHING, Report.VALUE], Report.UNFIT))
    np.testing.assert_array_equal(said["slot"][given], slot[given])
    np.testing.assert_array_equal(said["first"][given], np.where(wanted, np.array([BLUE, SMALL])[slot], np.array([RED, BIG])[slot])[given])


def test_the_reason_is_what_does_not_fit() -> None:
    for wish, slots in (([RED, SMALL], {1}), ([BLUE, BIG], {0}), ([ANY, SMALL], {1}), ([RED, BIG], set())):
        _, said = let_out(REASONS, "propose", Reply.RESIST, traits=FRANK, wish=wish)
        assert set(said["slot"][said["kind"] != Report.NOTHING].tolist()) == slots, wish


def test_only_a_plea_is_refused_with_a_reason() -> None:
    for act in ("explore", "clarify:colour", "tell", "shift:1"):
        _, said = let_out(REASONS, act, Reply.RESIST, traits=FRANK, wish=[BLUE, SMALL])
        assert (said["kind"] == Report.NOTHING).all(), act


def test_in_outcome_domains_the_reason_is_the_objection() -> None:
    slots = tuple(replace(slot, objection=slot.name == "size") for slot in REASONS.domain.slots)
    world, silent = (tiny_of(person={"answers": {"reason": 0.5}}, target="outcome", slots=chosen) for chosen in (slots, REASONS.domain.slots))
    for act in ("propose", "tell", "appeal"):
        state, said = let_out(world, act, Reply.RESIST, traits=FRANK, wish=[BLUE, SMALL])
        np.testing.assert_array_equal(said["kind"], np.where(luck(state, "REASON") < 0.5, Report.VALUE, Report.NOTHING))
        assert (said["first"][said["kind"] == Report.VALUE] == SMALL).all()
        assert (said["slot"][said["kind"] == Report.VALUE] == 1).all()
    _, said = let_out(world, "explore", Reply.RESIST, traits=FRANK, wish=[BLUE, SMALL])
    assert (said["kind"] == Report.NOTHING).all()
    _, said = let_out(silent, "propose", Reply.RESIST, traits=FRANK, wish=[BLUE, SMALL])
    assert (said["kind"] == Report.NOTHING).all()  # a domain without an objection


def test_a_reason_about_what_the_item_lacks_names_what_is_wanted() -> None:
    world = patchy_of()
    world = build_world(world.domain, replace(world.population, person=REASONS.person), 0.0)
    _, said = let_out(world, "propose", Reply.RESIST, traits=FRANK, person={"need": 2}, wish=[RED, BIG, 0])  # the ruby is no lucky stone nor a plain one
    lucky = said["slot"] == LUCKY
    assert (said["kind"][lucky & (said["kind"] != Report.NOTHING)] == Report.VALUE).all()
    assert lucky.sum() > 100
