import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogue_env import Simulator
from dialogue_env.acts import Report
from dialogue_env.belief import hear, likelihood_table
from dialogue_env.state import Signal, State, Talk
from dialogue_env.world import World

BLUE, GREEN, RED = range(3)
BIG, SMALL = range(2)
COLOUR, SIZE = range(2)
Make = Callable[..., Any]


def told(world: World, state: State, slot: int, kind: int, first: int = 0, second: int | None = None, declined: bool = False) -> State:
    """Return the state after every dialogue heard one report."""
    talk, signals = state.talk.copy(), state.signals.copy()
    heard = (slot, kind, first, first if second is None else second)
    for column, value in zip((Talk.HEARD_SLOT, Talk.HEARD_KIND, Talk.HEARD_FIRST, Talk.HEARD_SECOND), heard, strict=True):
        talk[:, column] = value
    belief = hear(world, likelihood_table(world), state, talk, signals, np.full(len(state), declined))
    return state.__class__(**dict(state.arrays()) | {"talk": talk, "signals": signals} | belief)


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
def test_evidence_is_the_likelihood(tiny: World, state_of: Make, slot: int, kind: int, first: int, second: int, evidence: list[float | None]) -> None:
    state = told(tiny, state_of(tiny), slot, kind, first, second)
    greatest = max(value for value in evidence if value)
    for found, value in zip(state.evidence[0, slot], evidence, strict=True):
        assert value is None or found == pytest.approx(value / greatest, rel=1e-5)  # kept at a greatest of 1
    assert state.evidence[0, 1 - slot].tolist() == [1.0] * 4


@pytest.mark.parametrize(
    ("noise", "likelihood"),
    [(0.1, [0.1, 0.1, 0.8, 0.18]), (0.5, [0.25, 0.25, 0.5, 0.18])],  # .1 + .1 of error; and no more than 1/2
)
def test_noise_adds_to_the_error(tiny_of: Make, state_of: Make, noise: float, likelihood: list[float]) -> None:
    world = tiny_of(noise=noise)
    evidence = told(world, state_of(world), COLOUR, Report.VALUE, RED).evidence[0, COLOUR]
    np.testing.assert_allclose(evidence, np.array(likelihood) / max(likelihood), rtol=1e-5)


def test_posterior_by_hand(tiny: World, state_of: Make) -> None:
    state = told(tiny, state_of(tiny), COLOUR, Report.VALUE, RED)
    # By popularity "red" has .6 * .9 + .4 * .05 = .56 among the values. With 1/5 that the colour does not matter and 1/10 that it differs:
    # G(red) = .2 * .18 + .8 (.9 * .9 + .1 * .56) = .7288, G(others) = .036 + .8 (.045 + .056) = .1168.
    # .4 * .7288 = .29152, .2 * .7288 = .14576, twice .2 * .1168 = .02336: together .484.
    np.testing.assert_allclose(state.items[0], [0.602314, 0.301157, 0.048264, 0.048264], atol=1e-6)
    assert state.signals[0, Signal.SURPRISE] == pytest.approx(0.516, abs=1e-6)
    assert state.signals[0, Signal.BEST_MASS] == pytest.approx(0.602314, abs=1e-6)
    assert state.talk[0, Talk.BEST_ITEM] == 0
    marginals = np.array([0.048264, 0.048264, 0.903471])  # blue, green, red
    assert state.slot_belief[0, 0, COLOUR] == pytest.approx(-(marginals * np.log(marginals)).sum() / np.log(3), abs=1e-5)
    assert state.slot_belief[0, 1, COLOUR] == pytest.approx(0.903471, abs=1e-6)
    appeal = tiny.acts.names.index("appeal")  # fits 1, .1, .4 and -.5
    assert state.fit[0, appeal] == pytest.approx(0.602314 + 0.0301157 + 0.0193056 - 0.024132, abs=1e-5)


def test_prior_by_hand(tiny: World) -> None:
    state = Simulator(tiny).reset(0, np.arange(1))
    np.testing.assert_allclose(state.items[0], [0.4, 0.2, 0.2, 0.2], rtol=1e-6)
    # Entropy of (.2, .2, .6) is .950271 of log 3 = 1.098612, of (.6, .4) .673012 of log 2 = .693147.
    np.testing.assert_allclose(state.slot_belief[0], [[0.864974, 0.970951], [0.6, 0.6]], atol=1e-5)
    assert state.fit[0, tiny.acts.names.index("appeal")] == pytest.approx(0.4 + 0.02 + 0.08 - 0.1)


def test_declined_offer_counts_against_items_like_it(tiny: World, state_of: Make) -> None:
    state = told(tiny, state_of(tiny), 0, Report.NOTHING, declined=True)
    # The ruby was offered. 1 - .6 (share in common)^2: ruby 1 - .6, rose 1 - .6 * .75^2, moss 1 - .6 * .25^2, lake 1.
    # .4 * .4, .2 * .6625, .2 * .9625, .2 * 1: together .685.
    np.testing.assert_allclose(state.items[0], np.array([0.16, 0.1325, 0.1925, 0.2]) / 0.685, rtol=1e-5)
    assert state.talk[0, Talk.BEST_ITEM] == 3


def test_declined_offer_says_nothing_where_no_item_is_wanted(tiny_of: Make, state_of: Make) -> None:
    world = tiny_of(target="outcome")
    assert told(world, state_of(world), 0, Report.NOTHING, declined=True).items.tolist() == state_of(world).items.tolist()


@pytest.mark.parametrize("kind", [Report.NOTHING, Report.REFUSED])
def test_nothing_heard_changes_nothing(tiny: World, state_of: Make, kind: int) -> None:
    before = state_of(tiny)
    after = told(tiny, before, COLOUR, kind, RED)
    for name in ("items", "evidence", "slot_belief", "fit", "signals"):
        np.testing.assert_array_equal(getattr(after, name), getattr(before, name))


REPORTS = st.one_of(
    st.tuples(st.just(COLOUR), st.sampled_from([Report.VALUE, Report.VAGUE, Report.NO_PREFERENCE]), st.permutations(range(3)).map(tuple)),
    st.tuples(st.just(SIZE), st.sampled_from([Report.VALUE, Report.VAGUE, Report.NO_PREFERENCE]), st.permutations(range(2)).map(tuple)),
)


def chance_of(world: World, slot: int, kind: int, named: tuple[int, ...], wish: int) -> float:
    """Return P(report | wish), where wish is a value or the slot's size for "does not matter"; up to a factor."""
    size, popularity = [3, 2][slot], world.marginals[slot]
    if kind == Report.NO_PREFERENCE:
        return [0.7, 0.4][slot] if wish == size else [0.2, 0.1][slot]
    values = named[:2] if kind == Report.VAGUE else named[:1]
    if wish == size:
        return sum([0.3, 0.6][slot] * popularity[value] for value in values) / len(values)
    return sum(0.9 if wish == value else 0.1 / (size - 1) for value in values) / len(values)


def brute_force(world: World, reports: list[tuple[int, int, tuple[int, ...]]]) -> np.ndarray:
    """Return the posterior of the items by going through every item and every wish."""
    posterior = np.zeros(4)
    for item, wish in itertools.product(range(4), itertools.product(range(4), range(3))):
        chance = world.domain.catalogue.popularity[item]
        for slot, size in enumerate([3, 2]):
            differs = 0.1 * world.marginals[slot, wish[slot]] if wish[slot] < size else 0.0
            chance *= 0.2 if wish[slot] == size else 0.8 * (0.9 * (wish[slot] == world.codes[item, slot]) + differs)
        for slot, kind, named in reports:
            chance *= chance_of(world, slot, kind, named, wish[slot])
        posterior[item] += chance
    return posterior / posterior.sum()


@given(st.lists(REPORTS, max_size=4))
def test_filter_is_bayes_rule(tiny: World, state_of: Make, reports: list[tuple[int, int, tuple[int, ...]]]) -> None:
    state = state_of(tiny)
    for slot, kind, named in reports:
        state = told(tiny, state, slot, kind, named[0], named[1] if kind == Report.VAGUE else None)
    np.testing.assert_allclose(state.items[0], brute_force(tiny, reports), atol=1e-4)


@given(st.lists(st.tuples(REPORTS, st.booleans()), min_size=1, max_size=30))
def test_belief_stays_sound(tiny: World, state_of: Make, reports: list[tuple[tuple[int, int, tuple[int, ...]], bool]]) -> None:
    state = state_of(tiny)
    for (slot, kind, named), declined in reports:
        state = told(tiny, state, slot, kind, named[0], named[-1] if kind == Report.VAGUE else None, declined)
    assert state.items.sum() == pytest.approx(1.0, abs=1e-5)
    assert state.items.min() > 0.0
    assert state.evidence.min() > 0.0
    assert state.evidence.max() == pytest.approx(1.0)
    assert state.slot_belief.min() >= 0.0
    assert state.slot_belief.max() <= 1.0
    assert 0.0 <= state.signals[0, Signal.SURPRISE] <= 1.0


def test_no_answer_is_ever_final(tiny: World, state_of: Make) -> None:
    state = state_of(tiny)
    for _ in range(30):
        state = told(tiny, state, COLOUR, Report.VALUE, BLUE)
    assert state.items[0, 3] > 0.9
    for _ in range(6):
        state = told(tiny, state, COLOUR, Report.VALUE, GREEN)
    assert state.items[0].argmax() == 2
