"""How well acts alone foretell an outcome: .5 for a coin, 1 for what they determine."""

import numpy as np
import pytest

from calibration.realism.foretelling import act_counts, foretold


@pytest.fixture(scope="module")
def acts():
    return np.random.default_rng(0).integers(0, 4, (300, 8))


def test_act_counts_by_hand():
    assert act_counts(np.array([[0, 2, 2], [1, -1, -1]])).tolist() == [[1, 0, 2], [0, 1, 0]]


def test_a_coin_is_not_foretold(acts):
    area, low, high = foretold(acts, np.random.default_rng(1).random(300) < 0.5, np.arange(300))
    assert area == pytest.approx(0.5, abs=0.08)
    assert low < 0.5 < high


@pytest.fixture(scope="module")
def determined(acts):
    return foretold(acts, (acts == 1).sum(axis=1) > 1, np.arange(len(acts)))


def test_what_acts_determine_is_foretold(determined):
    area, low, high = determined
    assert area > 0.98
    assert 0.96 < low <= area <= high <= 1.0


def test_the_same_acts_give_the_same_area(acts, determined):
    assert foretold(acts, (acts == 1).sum(axis=1) > 1, np.arange(len(acts))) == determined


def test_copies_of_a_dialogue_are_never_on_both_sides() -> None:
    """Ten copies of each of 30 dialogues of an act of their own, with an outcome by chance: only a leak could tell it."""
    acts = np.tile(np.arange(30)[:, None], (1, 5))
    reached = np.random.default_rng(3).permutation(np.arange(30) < 15)
    assert foretold(np.repeat(acts, 10, axis=0), np.repeat(reached, 10), np.arange(300))[0] > 0.95  # as if all were others
    assert foretold(np.repeat(acts, 10, axis=0), np.repeat(reached, 10), np.repeat(np.arange(30), 10))[0] < 0.7
