import itertools
from typing import Any

import numpy as np
import pytest
from hand_made import BIG, BLUE, COLOUR, GREEN, LUCKY, RED, SALE, SIZE, SMALL, after, many_of, patchy_of, places_of, popularity_of, state_of, tiny_of
from hypothesis import given
from hypothesis import strategies as st

from dialogue_env import Simulator, State, Stream, World
from dialogue_env.acts import Reply, Report
from dialogue_env.draws import dialogue_keys

LUCK = dialogue_keys(Stream.TRAINING, 0, np.arange(400))


def told(world: World, state: State, slot: int, kind: int, first: int = 0, second: int | None = None) -> State:
    """Return the state after this report was heard: of many people who mean it, one whose luck it was to be heard so."""
    people = state.take(np.zeros(len(LUCK), int))
    people.person.now["key"] = LUCK
    people.person.now["traits"]["disclosure"] = 0.0 if kind == Report.NOTHING else 1.0
    people.person.now["traits"]["error"] = 0.0
    people.person.wish[:, slot] = world.tables.slots["size"][slot] if kind == Report.NO_PREFERENCE else first
    asked = kind == Report.REFUSED or slot == LUCKY  # nobody speaks unasked of what the ruby does not have
    new, _ = after(world, people, f"clarify:{world.domain.slots[slot].name}" if asked else "explore", Reply.ANSWER)
    named = {"slot": slot, "kind": kind, "first": first, "second": first if second is None else second}
    if kind == Report.NO_PREFERENCE:
        named = {"slot": slot, "kind": kind}
    heard = np.all([new.talk.now[f"heard_{name}"] == value for name, value in named.items()], axis=0)
    return new.take(np.flatnonzero(heard)[:1])


def declined(world: World, state: State) -> State:
    """Return the state after the best item was offered and declined."""
    return after(world, state, "propose", Reply.RESIST)[0]


@pytest.mark.parametrize(
    ("slot", "kind", "first", "second", "evidence"),  # of blue, green, red or big, small; and of "does not matter"
    [
        # A value is right with .9, a wrong one shares .1; who does not mind names one by popularity, asked for the colour (a choice)
        # with 1 - .7, for the size (an open question) with 1 - .4.
        (COLOUR, Report.VALUE, RED, RED, [0.05, 0.05, 0.9, 0.18]),
        (COLOUR, Report.VALUE, BLUE, BLUE, [0.9, 0.05, 0.05, 0.06]),
        (SIZE, Report.VALUE, SMALL, SMALL, [0.1, 0.9, None, 0.24]),
        # One of two values: the mean of both, (.9 + .05) / 2.
        (COLOUR, Report.VAGUE, RED, BLUE, [0.475, 0.05, 0.475, 0.12]),
        # No preference, to a choice: .2 whatever is wished for, .7 if nothing is; to an open question .1 and .4.
        (COLOUR, Report.NO_PREFERENCE, RED, RED, [0.2, 0.2, 0.2, 0.7]),
        (SIZE, Report.NO_PREFERENCE, BIG, BIG, [0.1, 0.1, None, 0.4]),
    ],
)
def test_evidence_is_the_likelihood(tiny: World, slot: int, kind: int, first: int, second: int, evidence: list[float | None]) -> None:
    state = told(tiny, state_of(tiny), slot, kind, first, second)
    greatest = max(value for value in evidence if value)
    expected = np.array([value for value in evidence if value]) / greatest  # kept at a greatest of 1
    np.testing.assert_allclose(state.talk.evidence[0, places_of(tiny, slot)], expected, rtol=1e-5)
    assert (state.talk.evidence[0, places_of(tiny, 1 - slot)] == 1.0).all()


@pytest.mark.parametrize(
    ("noise", "likelihood"),
    [(0.1, [0.1, 0.1, 0.8, 0.18]), (0.5, [0.25, 0.25, 0.5, 0.18])],  # .1 + .1 of error; and no more than 1/2
)
def test_noise_adds_to_the_error(noise: float, likelihood: list[float]) -> None:
    world = tiny_of(noise=noise)
    evidence = told(world, state_of(world), COLOUR, Report.VALUE, RED).talk.evidence[0, places_of(world, COLOUR)]
    np.testing.assert_allclose(evidence, np.array(likelihood) / max(likelihood), rtol=1e-5)


def test_posterior_by_hand(tiny: World) -> None:
    talk = told(tiny, state_of(tiny), COLOUR, Report.VALUE, RED).talk
    # By popularity "red" has .6 * .9 + .4 * .05 = .56 among the values. With 1/5 that the colour does not matter and 1/10 that it differs:
    # G(red) = .2 * .18 + .8 (.9 * .9 + .1 * .56) = .7288, G(others) = .036 + .8 (.045 + .056) = .1168.
    # .4 * .7288 = .29152, .2 * .7288 = .14576, twice .2 * .1168 = .02336: together .484.
    np.testing.assert_allclose(talk.items[0], [0.602314, 0.301157, 0.048264, 0.048264], atol=1e-6)
    assert talk.now["surprise"].item() == pytest.approx(0.516, abs=1e-6)
    assert talk.now["best_mass"].item() == pytest.approx(0.602314, abs=1e-6)
    assert talk.now["best_item"].item() == 0
    marginals = np.array([0.048264, 0.048264, 0.903471])  # blue, green, red
    assert talk.entropy[0, COLOUR] == pytest.approx(-(marginals * np.log(marginals)).sum() / np.log(3), abs=1e-5)
    assert talk.top_mass[0, COLOUR] == pytest.approx(0.903471, abs=1e-6)
    appeal = tiny.acts.records["fit_row"][tiny.acts.names.index("appeal")]  # fits 1, .1, .4 and -.5
    assert talk.fit[0, appeal] == pytest.approx(0.602314 + 0.0301157 + 0.0193056 - 0.024132, abs=1e-5)
    assert talk.fit[0, 0] == pytest.approx(1.0)


def test_prior_by_hand(tiny: World) -> None:
    talk = Simulator(tiny).reset(Stream.TRAINING, 0, np.arange(1)).talk
    np.testing.assert_allclose(talk.items[0], [0.4, 0.2, 0.2, 0.2], rtol=1e-6)
    # Entropy of (.2, .2, .6) is .950271 of log 3 = 1.098612, of (.6, .4) .673012 of log 2 = .693147.
    np.testing.assert_allclose(talk.entropy[0], [0.864974, 0.970951], atol=1e-5)
    np.testing.assert_allclose(talk.top_mass[0], [0.6, 0.6], rtol=1e-6)
    np.testing.assert_allclose(talk.fit[0], [1.0, 0.4 + 0.02 + 0.08 - 0.1], rtol=1e-6)


def test_prior_by_hand_where_cells_are_blank_or_hold_several_values() -> None:
    talk = Simulator(patchy_of()).reset(Stream.TRAINING, 0, np.arange(1)).talk
    # Of .4, .2, .2 and .2 the rose is half red, half green: .2 blue, .3 green, .5 red. Of no size is the rose; all but the moss are not lucky.
    shares = [[0.2, 0.3, 0.5], [0.6, 0.2, 0.2], [0.2, 0.8]]
    entropies = [-(np.array(p) * np.log(p)).sum() / np.log(len(p)) for p in shares]
    np.testing.assert_allclose(talk.entropy[0], entropies, atol=1e-5)
    np.testing.assert_allclose(talk.top_mass[0], [0.5, 0.6, 0.8], rtol=1e-6)


@pytest.mark.parametrize(
    ("slot", "value", "items"),
    [
        # "Red" among the values: .5 * .9 + .5 * .05 = .475; who does not mind says it with .3 * .5. G(red) = .2 * .15 + .8 (.81 + .0475) = .716,
        # G(others) = .03 + .8 (.045 + .0475) = .104, and the rose, red or green, .41: .2864, .082, .0208, .0208, together .41.
        (COLOUR, RED, [0.2864 / 0.41, 0.2, 0.0208 / 0.41, 0.0208 / 0.41]),
        # "Small": .75 * .1 + .25 * .9 = .3; by whom it does not matter to, as to all who need the rose, .6 * .25 = .15. G(big) = .03 + .8 (.09 + .03)
        # = .126, G(small) = .03 + .8 (.81 + .03) = .702: .0504, .03, .0252, .1404, together .246.
        (SIZE, SMALL, [0.0504 / 0.246, 0.03 / 0.246, 0.0252 / 0.246, 0.1404 / 0.246]),
        # "Lucky": said with .9 by who wishes for it, and with .1 by those who do not mind: G = .02 + .8 (.81 + .09) = .74; .04, .02, .148, .02.
        (LUCKY, 0, [0.04 / 0.228, 0.02 / 0.228, 0.148 / 0.228, 0.02 / 0.228]),
    ],
)
def test_posterior_by_hand_where_cells_are_blank_or_hold_several_values(slot: int, value: int, items: list[float]) -> None:
    world = patchy_of()
    talk = told(world, state_of(world), slot, Report.VALUE, value).talk
    np.testing.assert_allclose(talk.items[0], items, atol=1e-6)
    together = {COLOUR: 0.41, SIZE: 0.246, LUCKY: 0.228}[slot]
    assert talk.now["surprise"].item() == pytest.approx(1.0 - together, abs=1e-6)


def test_declined_offer_of_several_values_counts_by_their_shares() -> None:
    world = patchy_of()
    state = state_of(world, talk={"best_item": 1})
    # The weights are 3, 1 and 1 of 5. The rose was declined, red or green: .6 in common with itself, half of it with the ruby and the moss.
    expected = np.array([0.4, 0.2, 0.2, 0.2]) * (1.0 - 0.6 * np.array([0.3, 0.6, 0.3, 0.0]) ** 2)
    np.testing.assert_allclose(declined(world, state).talk.items[0], expected / expected.sum(), rtol=1e-5)


def test_declined_offer_counts_against_items_like_it(tiny: World) -> None:
    talk = declined(tiny, state_of(tiny)).talk
    # The ruby was offered. 1 - .6 (share in common)^2: ruby 1 - .6, rose 1 - .6 * .75^2, moss 1 - .6 * .25^2, lake 1.
    # .4 * .4, .2 * .6625, .2 * .9625, .2 * 1: together .685.
    np.testing.assert_allclose(talk.items[0], np.array([0.16, 0.1325, 0.1925, 0.2]) / 0.685, rtol=1e-5)
    assert talk.now["best_item"].item() == 3
    assert talk.now["surprise"].item() == 0.0


def test_declined_offer_says_nothing_where_no_item_is_wanted() -> None:
    world = tiny_of(target="outcome")
    state = state_of(world, talk={"topic": SALE})
    assert declined(world, state).talk.items.tolist() == state.talk.items.tolist()


@pytest.mark.parametrize("kind", [Report.NOTHING, Report.REFUSED])
def test_nothing_heard_changes_nothing(tiny: World, kind: int) -> None:
    before = state_of(tiny)
    later = told(tiny, before, COLOUR, kind, RED if kind == Report.REFUSED else 0)
    for name in ("items", "evidence", "entropy", "top_mass", "fit"):
        np.testing.assert_array_equal(getattr(later.talk, name), getattr(before.talk, name))


REPORTS = st.one_of(
    st.tuples(st.just(COLOUR), st.sampled_from([Report.VALUE, Report.VAGUE, Report.NO_PREFERENCE]), st.permutations(range(3)).map(tuple)),
    st.tuples(st.just(SIZE), st.sampled_from([Report.VALUE, Report.VAGUE, Report.NO_PREFERENCE]), st.permutations(range(2)).map(tuple)),
)
PATCHY = st.one_of(REPORTS, st.tuples(st.just(LUCKY), st.sampled_from([Report.VALUE, Report.NO_PREFERENCE]), st.just((0,))))
Reports = list[tuple[int, int, tuple[int, ...]]]
UNSURE_OF_NOTHING, UNSURE = [0.7, 0.4, 0.9], [0.2, 0.1, 0.3]  # by slot: asked as a choice, openly, and for a yes or no


def chance_of(world: World, slot: int, kind: int, named: tuple[int, ...], wish: int) -> float:
    """Return P(report | wish), where wish is a value or the slot's size for "does not matter"; up to a factor."""
    popularity = popularity_of(world, slot)
    size = len(popularity)
    if kind == Report.NO_PREFERENCE:
        return UNSURE_OF_NOTHING[slot] if wish == size else UNSURE[slot]
    values = named[:2] if kind == Report.VAGUE else named[:1]
    if wish == size:
        return sum((1.0 - UNSURE_OF_NOTHING[slot]) * popularity[value] for value in values) / len(values)
    return sum(0.9 if wish == value else 0.1 / (size - 1) for value in values) / len(values)


def wish_chance(world: World, item: int, slot: int, wish: int) -> float:
    """Return P(wished value, or the slot's size, of a slot | needed item)."""
    popularity, entries = popularity_of(world, slot), world.domain.catalogue.of(item)
    own = entries["value"][entries["slot"] == slot]
    if len(own) == 0:
        return float(wish == len(popularity))
    return 0.2 if wish == len(popularity) else 0.8 * (0.9 * (wish in own) / len(own) + 0.1 * popularity[wish])


def brute_force(world: World, reports: Reports) -> np.ndarray:
    """Return the posterior of the items by going through every item and every wish."""
    posterior, wishes = np.zeros(4), itertools.product(*(range(size + 1) for size in world.tables.slots["size"]))
    for item, wish in itertools.product(range(4), wishes):
        chance = world.domain.catalogue.popularity[item]
        for slot in range(len(wish)):
            chance *= wish_chance(world, item, slot, wish[slot])
        for slot, kind, named in reports:
            chance *= chance_of(world, slot, kind, named, wish[slot])
        posterior[item] += chance
    return posterior / posterior.sum()


def heard_all(world: World, reports: list[tuple[Any, bool]]) -> State:
    state = state_of(world)
    for (slot, kind, named), resisted in reports:
        state = told(world, state, slot, kind, named[0], named[1] if kind == Report.VAGUE else None)
        state = declined(world, state) if resisted else state
    return state


@given(st.lists(REPORTS, max_size=4))
def test_filter_is_bayes_rule(tiny: World, reports: Reports) -> None:
    state = heard_all(tiny, [(report, False) for report in reports])
    np.testing.assert_allclose(state.talk.items[0], brute_force(tiny, reports), atol=1e-4)


@given(st.lists(PATCHY, max_size=4))
def test_filter_is_bayes_rule_where_cells_are_blank_or_hold_several_values(reports: Reports) -> None:
    state = heard_all(patchy_of(), [(report, False) for report in reports])
    np.testing.assert_allclose(state.talk.items[0], brute_force(patchy_of(), reports), atol=1e-4)


@given(st.sampled_from([tiny_of(), patchy_of()]), st.lists(st.tuples(REPORTS, st.booleans()), min_size=1, max_size=30))
def test_belief_stays_sound(world: World, reports: list[tuple[Any, bool]]) -> None:
    talk = heard_all(world, reports).talk
    assert talk.items.sum() == pytest.approx(1.0, abs=1e-5)
    assert talk.items.min() > 0.0
    assert talk.evidence.min() > 0.0
    assert talk.evidence.max() == pytest.approx(1.0)
    for values in (talk.entropy, talk.top_mass, talk.now["surprise"]):
        assert values.min() >= 0.0
        assert values.max() <= 1.0


def test_no_answer_is_ever_final(tiny: World) -> None:
    state = heard_all(tiny, [((COLOUR, Report.VALUE, (BLUE,)), False)] * 30)
    assert state.talk.items[0, 3] > 0.9
    for _ in range(6):
        state = told(tiny, state, COLOUR, Report.VALUE, GREEN)
    assert state.talk.items[0].argmax() == 2


@pytest.mark.parametrize(("count", "within"), [(1024, 1e-5), (1025, 0.04), (10_000, 0.04)])
def test_masses_are_exact_sums_up_to_a_thousand_items_and_close_beyond(count: int, within: float) -> None:
    world = many_of(count)
    state = told(world, state_of(world), COLOUR, Report.VALUE, RED)
    talk, entries = state.talk, world.domain.catalogue.entries
    posterior = talk.items[0].astype(float)
    assert posterior.sum() == pytest.approx(1.0, abs=1e-5)
    assert talk.now["best_item"].item() == posterior.argmax()
    for slot, size in enumerate([3, 2]):
        of = entries[entries["slot"] == slot]
        mass = np.bincount(of["value"], posterior[of["item"]], size)
        mass = np.append(mass, 1.0 - mass.sum()) if slot == SIZE else mass
        entropy = -(mass * np.log(mass)).sum() / np.log(len(mass))
        assert talk.top_mass[0, slot] == pytest.approx(mass.max(), abs=within)
        assert talk.entropy[0, slot] == pytest.approx(entropy, abs=within)


def test_what_does_not_suit_is_not_wished_for() -> None:
    world = tiny_of(person={"answers": {"reason": 1.0, "wanted": 0.0}})
    state = declined(world, state_of(world, wish=[BLUE, BIG]))  # the ruby is red: it is said that red does not suit
    assert (state.talk.now["heard_kind"].item(), state.talk.now["heard_first"].item()) == (Report.UNFIT, RED)
    # Evidence 1 for blue and green, the error .1 for red and for "does not matter".
    np.testing.assert_allclose(state.talk.evidence[0, places_of(world, COLOUR)], [1.0, 1.0, 0.1, 0.1], rtol=1e-6)
    # G[v] = .2 * .1 + .8 (.9 E[v] + .1 * (.2 + .2 + .6 * .1)): popularity of blue, green, red is .2, .2, .6 -> blue 1 * .72 + .0568, red .072 + .0568
    factor = {BLUE: 0.7768, GREEN: 0.7768, RED: 0.1288}
    popularity, colour = world.domain.catalogue.popularity, world.domain.catalogue.entries["value"].reshape(-1, 2)[:, COLOUR]
    expected = popularity * np.array([factor[value] for value in colour])
    np.testing.assert_allclose(state.talk.items[0], expected / expected.sum(), rtol=1e-5)


def test_an_offer_that_is_declined_with_a_reason_says_nothing_more() -> None:
    # The reason names the colour that is wanted: what follows is as after that answer, not also less of what was declined.
    reasoned = tiny_of(person={"answers": {"reason": 1.0, "wanted": 1.0}})
    traits = {"error": 0.0, "vagueness": 0.0}
    after_reason = declined(reasoned, state_of(reasoned, wish=[BLUE, BIG], traits=traits))
    assert (after_reason.talk.now["heard_kind"].item(), after_reason.talk.now["heard_first"].item()) == (Report.VALUE, BLUE)
    told_so = told(tiny_of(), state_of(tiny_of()), COLOUR, Report.VALUE, BLUE)
    np.testing.assert_allclose(after_reason.talk.items, told_so.talk.items, rtol=1e-5)
