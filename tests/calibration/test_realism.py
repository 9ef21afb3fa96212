"""The realism engine: distances by hand, splits, ratios of good and of wrong models, on a made-up corpus."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.realism.distances import Values, count, distances
from calibration.realism.ratios import Quantity, Result, Sample, Simulate, compare
from calibration.realism.splits import estimate, halves, resample_units
from dialogue_env.types import F64, I64
from rewards.errors import InputError

KIND = Quantity("kind", "answers", "total variation", ("a", "b", "c"), 1.25)
STARS = Quantity("stars", "satisfaction", "Wasserstein", (), 2.0)


@dataclass(frozen=True)
class MadeUp:
    """``count`` dialogues: a kind (or none, for every tenth) and a rating each; one model is right, one wrong."""

    kinds: I64
    stars: F64
    models: tuple[str, ...] = ("people", "wrong")
    name: str = "toy"
    corpus: str = "made up"
    replayed: str = "nothing"
    quantities: tuple[Quantity, ...] = (KIND, STARS)
    copies: int = 20
    groups: I64 = field(default_factory=lambda: np.arange(0))

    def human(self, rows: I64) -> Sample:
        units = np.arange(len(rows))
        return {"kind": Values(units, self.kinds[rows].astype(float)), "stars": Values(units, self.stars[rows])}

    def fit(self, model: str, rows: I64) -> Simulate:
        shares = np.bincount(self.kinds[rows], minlength=3) / len(rows)
        mean = self.stars[rows].mean() + (model == "wrong")
        shares = shares[::-1] if model == "wrong" else shares

        def simulate(held: I64) -> Sample:
            rng, size = np.random.default_rng(3), len(held) * self.copies
            units = np.arange(size)
            return {"kind": Values(units, rng.choice(3, size, p=shares).astype(float)), "stars": Values(units, rng.normal(mean, 1.0, size))}

        return simulate


@dataclass(frozen=True)
class Echo(MadeUp):
    """Its people are the real people of the held-out half."""

    models: tuple[str, ...] = ("people",)

    def fit(self, model: str, rows: I64) -> Simulate:
        def simulate(held: I64) -> Sample:
            sample = self.human(np.repeat(held, self.copies))
            return {name: Values(values.unit, values.value) for name, values in sample.items()}

        return simulate


def made_up(kind: Callable[..., MadeUp] = MadeUp, size: int = 200) -> MadeUp:
    rng = np.random.default_rng(1)
    return kind(rng.choice(3, size, p=[0.6, 0.3, 0.1]), rng.normal(0.0, 1.0, size), groups=np.arange(size))


@pytest.fixture(scope="module")
def results() -> tuple[Result, ...]:
    return compare(made_up(), 3, 0)


@pytest.mark.parametrize(
    ("kind", "support", "first", "second", "distance"),
    [
        ("total variation", [0, 1, 2], [2, 2, 0], [0, 2, 2], 0.5),
        ("total variation", [0, 1], [3, 1], [1, 3], 0.5),
        ("total variation", [0, 1], [5, 0], [0, 1], 1.0),
        ("Wasserstein", [0, 1, 3], [1, 0, 0], [0, 0, 1], 3.0),
        ("Wasserstein", [0, 1, 3], [1, 1, 0], [0, 1, 1], 1.5),
        ("Wasserstein", [0, 1, 3], [1, 1, 2], [2, 2, 4], 0.0),
    ],
)
def test_distance_by_hand(kind: str, support: list[float], first: list[float], second: list[float], distance: float) -> None:
    found = distances(kind, np.array(support, float), np.array([first], float), np.array([second], float))
    np.testing.assert_allclose(found, [distance])


def test_distance_to_nothing_is_unknown() -> None:
    assert np.isnan(distances("total variation", np.arange(2.0), np.zeros((1, 2)), np.ones((1, 2)))[0])


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=20), st.lists(st.floats(-5, 5), min_size=2, max_size=20))
def test_wasserstein_is_scipys(first: list[float], second: list[float]) -> None:
    from scipy.stats import wasserstein_distance

    support = np.unique([*first, *second])
    counts = [count(Values(np.zeros(len(values), int), np.array(values)), support, 1) for values in (first, second)]
    found = distances("Wasserstein", support, *counts) if len(support) > 1 else np.zeros(1)
    np.testing.assert_allclose(found, [wasserstein_distance(first, second)], atol=1e-9)


def test_counts_go_to_the_unit_and_the_nearest_value() -> None:
    found = count(Values(np.array([0, 0, 2]), np.array([1.0, 2.9, 0.0])), np.array([0.0, 1.0, 3.0]), 3)
    np.testing.assert_array_equal(found, [[0, 1, 1], [0, 0, 0], [1, 0, 0]])


def test_halves_keep_groups_together() -> None:
    groups = np.repeat(np.arange(10), 3)
    for train, held in halves(groups, 4, 0):
        assert sorted([*train, *held]) == list(range(30))
        assert len(train) == 15
        assert not set(groups[train]) & set(groups[held])


def test_resamples_draw_groups_whole() -> None:
    weights = resample_units(np.repeat(np.arange(10), 3), 0)
    np.testing.assert_array_equal(weights[0], 1.0)
    np.testing.assert_array_equal(weights[:, ::3], weights[:, 1::3])
    np.testing.assert_array_equal(weights.sum(axis=1), 30.0)


@pytest.mark.parametrize(("size", "splits"), [(3, 5), (10, 0)])
def test_too_little_is_an_input_error(size: int, splits: int) -> None:
    with pytest.raises(InputError, match="at least 1 split and 4 dialogues"):
        compare(made_up(size=size), splits, 0)


def test_a_copy_of_the_held_out_people_is_at_no_distance() -> None:
    for result in compare(made_up(Echo), 3, 0):
        score = result.scores["people"]
        assert score.distance.value == pytest.approx(0.0, abs=1e-12)
        assert score.ratio.value < 1
        assert score.same_size == pytest.approx(0.0, abs=1e-12)


def test_a_right_model_is_as_close_as_people_and_a_wrong_one_far(results: tuple[Result, ...]) -> None:
    for result in results:
        right, wrong = (result.scores[model].ratio for model in ("people", "wrong"))
        assert right.low < 1 < right.high
        assert right.value < 1.25
        assert wrong.value > 4
        assert wrong.low > 2


def test_the_ratio_is_the_mean_distance_over_the_mean_floor() -> None:
    people = made_up()
    result, _ = compare(people, 2, 0)
    gaps, floors = [], []
    for train, held in halves(people.groups, 2, 0):
        ours, theirs = (np.bincount(people.kinds[rows], minlength=3) / len(rows) for rows in (train, held))
        drawn = people.fit("wrong", train)(held)["kind"].value.astype(int)
        gaps.append(np.abs(np.bincount(drawn, minlength=3) / len(drawn) - theirs).sum() / 2)
        floors.append(np.abs(ours - theirs).sum() / 2)
    assert result.floor.value == pytest.approx(np.mean(floors))
    assert result.scores["wrong"].ratio.value == pytest.approx(np.mean(gaps) / np.mean(floors))


def test_same_seed_same_result(results: tuple[Result, ...]) -> None:
    again, other = compare(made_up(), 3, 0), compare(made_up(), 3, 1)
    for first, second, third in zip(results, again, other, strict=True):
        assert first.floor == second.floor
        assert {model: score.ratio for model, score in first.scores.items()} == {model: score.ratio for model, score in second.scores.items()}
        assert first.floor != third.floor


def test_halves_lie_about_all_people(results: tuple[Result, ...]) -> None:
    for result in results:
        assert (result.half_low <= result.human + 1e-9).all()
        assert (result.human <= result.half_high + 1e-9).all()
        assert (result.half_low >= 0).all()
    kind, stars = results
    assert kind.human.sum() == pytest.approx(1.0)
    assert stars.human[-1] == pytest.approx(1.0)


def test_ticks_once_per_split_and_model() -> None:
    ticks: list[int] = []
    compare(made_up(), 3, 0, lambda: ticks.append(1))
    assert len(ticks) == 6


def test_a_value_outside_the_categories_is_refused() -> None:
    people = made_up()
    people.kinds[0] = 7
    with pytest.raises(ValueError, match="kind: a value is not a place among the 3 categories"):
        compare(MadeUp(people.kinds, people.stars, models=(), groups=people.groups), 2, 0)


def test_estimate_is_a_percentile_interval() -> None:
    found = estimate(np.concatenate([[5.0], np.arange(101.0), [np.nan]]))
    assert (found.value, found.low, found.high) == pytest.approx((5.0, 2.5, 97.5))
