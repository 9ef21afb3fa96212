import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rewards import TERM_NAMES, InputError, RewardWeights, WeightsRange

GOAL, SATISFACTION = TERM_NAMES.index("goal"), TERM_NAMES.index("satisfaction")
BOX = WeightsRange.parse("goal=3,leaving=0.5", ["goal=0:2", "satisfaction=1:5"])
SIMPLEX = WeightsRange.parse("leaving=0.5", ["goal=0:2", "satisfaction=0:4"], "simplex")
TRIPLE = WeightsRange.parse("leaving=0.5", ["goal=0:1", "satisfaction=0:1", "progress=0:1"], "simplex")
UNIFORM = st.floats(0.0, 1.0 - 2.0**-24, width=32)


def test_weights_at_a_position_by_hand() -> None:
    assert BOX.at(np.array([0.25, 0.5])).as_dict() == dict.fromkeys(TERM_NAMES, 0.0) | {"goal": 0.5, "satisfaction": 3.0, "leaving": 0.5}
    placed = BOX.place(np.array([[0.25, 0.5], [1.0, 0.0]]))
    assert placed.dtype == np.float32
    assert placed[:, [GOAL, SATISFACTION]].tolist() == [[0.5, 3.0], [2.0, 1.0]]


def test_without_ranged_terms_it_is_a_point() -> None:
    fixed = WeightsRange.parse("goal_only")
    assert fixed.points(7) == (RewardWeights.parse("goal_only"),)
    assert fixed.draw(np.zeros((3, 0), np.float32)).tolist() == [RewardWeights.parse("goal_only").as_array().tolist()] * 3
    assert fixed.text() == ""


def test_draws_of_a_simplex_by_hand() -> None:
    # -ln(1 - u) of 1 - 1/e and 1 - 1/e**3 are 1 and 3: a quarter and three quarters of the whole
    drawn = SIMPLEX.draw(np.array([[1 - np.exp(-1.0), 1 - np.exp(-3.0)]], np.float32))
    np.testing.assert_allclose(drawn[0, [GOAL, SATISFACTION]], [0.5, 3.0], rtol=1e-5)


@given(arrays(np.float32, (8, 2), elements=UNIFORM))
def test_what_is_drawn_lies_in_the_range(uniforms: np.ndarray) -> None:
    for known in (BOX, SIMPLEX):
        for row in known.draw(uniforms):
            position = known.locate(RewardWeights(tuple(row.tolist())))  # refuses what lies outside
            assert ((position > -1e-5) & (position < 1 + 1e-5)).all()


def test_draws_of_a_simplex_are_spread_evenly() -> None:
    uniforms = np.random.default_rng(0).random((30_000, 3), np.float32)
    shares = TRIPLE.draw(uniforms)[:, [GOAL, SATISFACTION, TERM_NAMES.index("progress")]]
    np.testing.assert_allclose(shares.sum(axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose(shares.mean(axis=0), 1 / 3, atol=0.01)
    np.testing.assert_allclose((shares > 0.5).mean(axis=0), 0.25, atol=0.01)  # each corner's quarter of the area


def test_points_are_an_even_lattice() -> None:
    assert [[w.values[GOAL], w.values[SATISFACTION]] for w in BOX.points(2)] == [[0, 1], [0, 5], [2, 1], [2, 5]]
    assert [[w.values[GOAL], w.values[SATISFACTION]] for w in SIMPLEX.points(3)] == [[2, 0], [1, 2], [0, 4]]
    assert len(TRIPLE.points(5)) == 15
    assert all(w.as_dict()["leaving"] == 0.5 for w in SIMPLEX.points(3))


@given(st.integers(2, 12))
def test_points_are_where_they_say_they_are(count: int) -> None:
    for known in (BOX, SIMPLEX, TRIPLE):
        for point in known.points(count):
            np.testing.assert_allclose(known.at(known.locate(point)).values, point.values, atol=1e-5)


def test_rewards_on_a_simplex_are_mixtures_of_its_corners() -> None:
    vector = np.random.default_rng(1).uniform(-1, 1, (5, 11)).astype(np.float32)
    first, second = (corner.score(vector) for corner in SIMPLEX.corners())
    np.testing.assert_allclose(SIMPLEX.at(np.array([0.3, 0.7])).score(vector), 0.3 * first + 0.7 * second, rtol=1e-4, atol=1e-6)
    with pytest.raises(InputError, match=r"^only a weights range of the shape simplex is a mixture of objectives$"):
        BOX.corners()


def test_fill_completes_what_a_name_says() -> None:
    assert SIMPLEX.fill("satisfaction=1").as_dict()["goal"] == 1.5  # three quarters are left of 2
    assert BOX.fill("goal=1,satisfaction=2").as_dict() == dict.fromkeys(TERM_NAMES, 0.0) | {"goal": 1.0, "satisfaction": 2.0, "leaving": 0.5}


@pytest.mark.parametrize(
    ("known", "text", "message"),
    [
        (BOX, "goal=1", "weights 'goal=1' leave out satisfaction; needed: goal, satisfaction"),
        (BOX, "goal=1,leaving=1", "unknown ranged term 'leaving'; valid: goal, satisfaction"),
        (BOX, "goal=3,satisfaction=2", "weight of 'goal' must lie in [0, 2], not 3: the policy was trained with goal=0:2 satisfaction=1:5"),
        (SIMPLEX, "goal=1,satisfaction=4", "weights of goal, satisfaction must share one whole (goal=0:2 satisfaction=0:4), not 1.5 of it"),
        (SIMPLEX, "gaol=1", f"unknown reward term 'gaol'; valid: {', '.join(TERM_NAMES)}"),
    ],
)
def test_fill_refuses(known: WeightsRange, text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        known.fill(text)
    assert str(caught.value) == message


def test_locate_refuses_other_weights_of_fixed_terms() -> None:
    with pytest.raises(InputError) as caught:
        SIMPLEX.locate(RewardWeights.parse("goal=1,satisfaction=2"))
    assert str(caught.value) == "weight of 'leaving' was 0.5 throughout training and cannot be 0; it varied: goal=0:2 satisfaction=0:4"


@pytest.mark.parametrize(
    ("pairs", "shape", "message"),
    [
        (["joy=0:1"], "box", f"unknown reward term 'joy'; valid: {', '.join(TERM_NAMES)}"),
        (["goal=1"], "box", "weights range of 'goal' must be low:high, not '1' (write term=low:high)"),
        (["goal=a:b"], "box", "weights range of 'goal' must be low:high, not 'a:b' (write term=low:high)"),
        (["goal=1:1"], "box", "weights range of 'goal': low end 1 must lie below high end 1"),
        (["goal=-1:1"], "box", "weight of 'goal' must lie in [0, 100], not -1 (costs are negative terms already)"),
        (["goal=0:101"], "box", "weight of 'goal' must lie in [0, 100], not 101 (costs are negative terms already)"),
        (["goal=0:1", "goal=0:2"], "box", "weights range of 'goal' appears more than once"),
        (["goal=0:1"], "simplex", "a simplex needs the ranges of at least two terms, not 1; give another, or use the shape box"),
        (["goal=0:1"], "ball", "unknown shape of the weights range 'ball'; valid: box, simplex"),
    ],
)
def test_parse_refuses(pairs: list[str], shape: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        WeightsRange.parse("balanced", pairs, shape)
    assert str(caught.value) == message


def test_too_few_points() -> None:
    with pytest.raises(InputError, match=r"^points must be at least 2, not 1$"):
        BOX.points(1)


@pytest.mark.parametrize("known", [BOX, SIMPLEX, TRIPLE, WeightsRange.parse("balanced")])
def test_plain_data_and_back(known: WeightsRange) -> None:
    assert WeightsRange.from_dict(known.as_dict()) == known
