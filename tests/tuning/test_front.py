"""The geometry of fronts, by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tuning.front import best_for, cheapest, front_of, hypervolume, knee_of, sparsity

POINTS = np.array([[0.9, 0.1], [0.5, 0.5], [0.4, 0.4], [0.2, 0.9], [0.9, 0.1]])
MANY = arrays(np.float64, st.tuples(st.integers(1, 12), st.just(2)), elements=st.floats(0.0, 1.0))


def test_front_by_hand() -> None:
    assert front_of(POINTS).tolist() == [3, 1, 0]  # by rising success; the last is equal to the first, the third is beaten


def test_hypervolume_by_hand() -> None:
    # strips .2 wide and .9 high, .3 and .5, .4 and .1
    assert hypervolume(POINTS, (0.0, 0.0)) == pytest.approx(0.18 + 0.15 + 0.04)
    assert hypervolume(POINTS, (0.3, 0.3)) == pytest.approx(0.2 * 0.2)  # only the middle lies above both
    assert hypervolume(POINTS, (0.95, 0.95)) == 0.0


def test_sparsity_by_hand() -> None:
    # gaps of .3 and .4, then .4 and .4
    assert sparsity(POINTS) == pytest.approx((0.09 + 0.16 + 0.16 + 0.16) / 2)
    assert np.isnan(sparsity(POINTS[:1]))


def test_best_for_each_weighting_by_hand() -> None:
    values = np.array([[1.0, 0.0], [0.6, 0.6], [0.0, 1.0]])
    assert best_for(values, np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]])).tolist() == [0, 1, 2]


def test_knee_by_hand() -> None:
    # scaled to the ends: (.6 - .2) / .7 and (.7 - .1) / .8
    assert knee_of(np.array([[0.9, 0.1], [0.6, 0.7], [0.2, 0.9]])) == (1, pytest.approx(4 / 7 + 3 / 4 - 1))
    # both inner points lie below the line: the nearer one, and that it does
    assert knee_of(np.array([[0.9, 0.1], [0.6, 0.3], [0.4, 0.4], [0.2, 0.9]])) == (1, pytest.approx(4 / 7 + 1 / 4 - 1))
    assert knee_of(np.array([[0.9, 0.1]])) == (0, 0.0)
    assert knee_of(np.array([[0.9, 0.1], [0.8, 0.2]])) == (0, 0.0)


def test_cheapest_by_hand() -> None:
    assert cheapest(POINTS, 0, 0.45) == 1
    assert cheapest(POINTS, 1, 0.45) == 1
    assert cheapest(POINTS, 0, 0.0) == 3
    assert cheapest(POINTS, 0, 0.91) is None


@given(MANY)
def test_no_point_of_the_front_is_beaten_and_every_other_is(points: np.ndarray) -> None:
    front = set(front_of(points).tolist())
    assert front
    for i, point in enumerate(points):
        beaten = ((points >= point).all(axis=1) & (points > point).any(axis=1)).any()
        equal_before = (points[:i] == point).all(axis=1).any()
        assert (i in front) == (not beaten and not equal_before)


@given(MANY)
def test_hypervolume_never_falls_with_more_points(points: np.ndarray) -> None:
    assert hypervolume(points, (0.0, 0.0)) >= hypervolume(points[:1], (0.0, 0.0)) - 1e-12
    assert hypervolume(points, (0.0, 0.0)) == pytest.approx(hypervolume(points[front_of(points)], (0.0, 0.0)))
    assert knee_of(points)[0] in front_of(points)
