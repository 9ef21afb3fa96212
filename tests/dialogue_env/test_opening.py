from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dialogue_env import Simulator, domain_names
from dialogue_env.acts import UserAct
from dialogue_env.state import NOWHERE, Mind, Signal, State, Talk
from dialogue_env.traits import Trait
from dialogue_env.world import World

COUNT = 20_000
Make = Callable[..., Any]


@pytest.fixture(scope="module")
def many(tiny: World) -> State:
    return Simulator(tiny).reset(5, np.arange(COUNT))


def within(share: float, expected: float) -> bool:
    """Return whether a share of COUNT draws is within four standard errors."""
    return abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / COUNT)


def test_needs_come_by_popularity(many: State) -> None:
    for item, popularity in enumerate([0.4, 0.2, 0.2, 0.2]):
        assert within((many.need == item).mean(), popularity)


def test_wishes_deviate_from_the_need(tiny: World, many: State) -> None:
    for slot, size in enumerate([3, 2]):
        own = tiny.codes[many.need, slot]
        assert within((many.wish[:, slot] == size).mean(), 0.2)  # does not matter
        for value in range(size):
            # Not that value, with .8 * .1 one by popularity; that value, with .8 * .9 it as well.
            others, same = many.wish[own != value, slot], many.wish[own == value, slot]
            popular = 0.08 * tiny.marginals[slot, value]
            assert abs((others == value).mean() - popular) < 4 * np.sqrt(popular / len(others))
            assert abs((same == value).mean() - 0.72 - popular) < 4 * np.sqrt(0.25 / len(same))


def test_profiles_are_wished_as_they_are(tiny_of: Make) -> None:
    world = tiny_of(target="outcome")
    state = Simulator(world).reset(5, np.arange(100))
    np.testing.assert_array_equal(state.wish, world.codes[state.need])


def test_starts_are_even_over_their_ranges(many: State) -> None:
    # Wishes begin at .2 to .6 by the person's place in it, distress at .1 to .5, satisfaction at .45 to .65.
    np.testing.assert_allclose(many.mind[:, Mind.WILLINGNESS], 0.2 + 0.4 * many.traits[:, Trait.WILLINGNESS], rtol=1e-5)
    for column, low, high in ((Mind.DISTRESS, 0.1, 0.5), (Mind.SATISFACTION, 0.45, 0.65)):
        place = (many.mind[:, column] - low) / (high - low)
        assert place.min() > -1e-6
        assert place.max() < 1 + 1e-6
        assert abs(place.mean() - 0.5) < 4 * np.sqrt(1 / 12 / COUNT)
    assert not many.mind[:, [Mind.ANNOYANCE, Mind.MISUNDERSTANDING, Mind.RESISTED, Mind.FAILURES, Mind.UNRECOGNISED, Mind.REJECTED]].any()


def test_progress_at_the_start(many: State) -> None:
    met = (many.wish == [2, 0]) | (many.wish == [3, 2])  # the ruby, red and big, is the best guess
    expected = 0.5 * (met @ [0.75, 0.25]) + 0.3 * many.mind[:, Mind.WILLINGNESS] + 0.2 * (1 - many.mind[:, Mind.DISTRESS])
    np.testing.assert_allclose(many.mind[:, Mind.PROGRESS], expected, rtol=1e-5)


def test_interest_is_closeness_to_three_favourites(tiny: World, many: State) -> None:
    first, second, third = (tiny.domain.closeness[many.favourites[:, f]] for f in range(3))
    np.testing.assert_allclose(many.interest, 0.5 * first + 0.3 * second + 0.2 * third, rtol=1e-5)
    for topic in range(4):
        assert within((many.favourites[:, 0] == topic).mean(), 0.25)


def test_talk_begins_at_an_opening_topic(many: State) -> None:
    assert within((many.talk[:, Talk.TOPIC] == 0).mean(), 0.5)
    assert set(many.talk[:, Talk.TOPIC].tolist()) == {0, 2}
    assert (many.talk[:, [Talk.OWN_TOPIC, Talk.LAST_ACT, Talk.LAST_REPLY]] == NOWHERE).all()
    assert not many.talk[:, [Talk.TURN, Talk.AGREED, Talk.OFFERS, Talk.REFUSALS, Talk.BEST_ITEM]].any()


def test_first_estimates(many: State) -> None:
    assert (many.signals[:, Signal.COOPERATION] == 0.5).all()
    for signal, hidden in ((Signal.MOOD, Mind.SATISFACTION), (Signal.UPSET, Mind.DISTRESS)):
        assert set(many.signals[:, signal].tolist()) <= {0.0, 0.25, 0.5, 0.75, 1.0}  # a first rating in five steps
        rated = [many.signals[many.mind[:, hidden] > level, signal].mean() for level in (0.0, np.median(many.mind[:, hidden]))]
        assert rated[0] == pytest.approx(many.mind[:, hidden].mean(), abs=0.03)
        assert rated[1] > rated[0] + 0.02
    assert not many.signals[:, [Signal.SURPRISE, Signal.HESITATION]].any()
    np.testing.assert_allclose(many.signals[:, Signal.BEST_MASS], 0.4)
    assert (many.liking == 0.5).all()
    assert (many.evidence == 1.0).all()
    row = np.arange(COUNT)
    assert (many.novelty[row, many.talk[:, Talk.TOPIC]] == 0.5).all()  # talked of once
    assert (many.novelty.sum(axis=1) == 3.5).all()
    assert not many.uses.any()
    assert not many.asked.any()


def test_types_come_by_their_shares(tiny: World, many: State) -> None:
    for kind, share in enumerate(tiny.population.shares):
        assert within((many.user_type == kind).mean(), share)


def test_leaning_by_hand(many: State) -> None:
    # The tiny person answers more the more cooperative, is less silent the more talkative and drifts by drift, each from 1/2 on.
    expected = np.zeros((COUNT, 11))
    for reply, trait, coefficient in (
        (UserAct.ANSWER, Trait.COOPERATIVENESS, 1.0),
        (UserAct.SILENT, Trait.TALKATIVENESS, -2.0),
        (UserAct.DRIFT, Trait.DRIFT, 4.0),
    ):
        expected[:, reply] = coefficient * (many.traits[:, trait].astype(float) - 0.5)
    np.testing.assert_allclose(many.leaning, expected, atol=1e-6)


@pytest.mark.parametrize("domain", domain_names())
@pytest.mark.parametrize("population", ["people", "everyone"])
def test_leaning_is_what_the_traits_add(domain: str, population: str, world_of: Make) -> None:
    simulator = Simulator(world_of(domain, population))
    state = opened = simulator.reset(3, np.arange(70))
    character = simulator.world.person.character.astype(float)
    assert np.abs(character).max() > 1.0
    np.testing.assert_allclose(opened.leaning, (opened.traits.astype(float) - 0.5) @ character, atol=1e-5)
    for act in (0, 3, 5):
        state, _ = simulator.step(state, np.full(70, act))
    np.testing.assert_array_equal(state.leaning, opened.leaning)


def test_what_is_drawn_is_independent(many: State) -> None:
    columns = {
        "type": many.user_type,
        "topic": many.talk[:, Talk.TOPIC],
        "need": many.need,
        "satisfaction": many.mind[:, Mind.SATISFACTION],
        "distress": many.mind[:, Mind.DISTRESS],
        "rating of satisfaction": many.signals[:, Signal.MOOD] - many.mind[:, Mind.SATISFACTION],
        "rating of distress": many.signals[:, Signal.UPSET] - many.mind[:, Mind.DISTRESS],
        "indifferent to colour": many.wish[:, 0] == 3,
        "indifferent to size": many.wish[:, 1] == 2,
    } | {f"favourite {f}": many.favourites[:, f] for f in range(3)}
    correlation = np.abs(np.corrcoef(np.array(list(columns.values()), float)))
    np.fill_diagonal(correlation, 0.0)
    names = list(columns)
    for condition in ("satisfaction", "distress"):  # ratings stop at their ends, so they regress a little
        correlation[names.index(condition), names.index(f"rating of {condition}")] = 0.0
        correlation[names.index(f"rating of {condition}"), names.index(condition)] = 0.0
    row, column = np.unravel_index(correlation.argmax(), correlation.shape)
    assert correlation.max() < 4.5 / np.sqrt(COUNT), (names[row], names[column])


@pytest.mark.parametrize("domain", domain_names())
def test_same_seed_and_number_is_the_same_person(domain: str, world_of: Make) -> None:
    simulator = Simulator(world_of(domain))
    many, some = simulator.reset(3, np.arange(40)), simulator.reset(np.array([3, 3, 4]), np.array([7, 39, 7]))
    for name, array in some.arrays():
        np.testing.assert_array_equal(array[:2], getattr(many, name)[[7, 39]], err_msg=name)
    assert some.key[2] != some.key[0]


def test_person_does_not_depend_on_the_noise(world_of: Make) -> None:
    quiet, loud = (Simulator(world_of("concierge", noise=noise)).reset(3, np.arange(40)) for noise in (0.0, 0.05))
    for name, array in quiet.arrays():
        np.testing.assert_array_equal(array, getattr(loud, name), err_msg=name)
