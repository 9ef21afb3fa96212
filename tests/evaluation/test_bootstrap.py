import numpy as np
import pytest

from evaluation import bootstrap
from evaluation.bootstrap import RESAMPLES, Estimate, estimates, lower_tail_mean, pooled_entropy, weighted_mean


def test_the_mean_counts_each_person_as_often_as_drawn():
    mean = weighted_mean(np.array([1.0, 2.0, 6.0]))
    assert mean(np.array([[1.0, 1.0, 1.0], [2.0, 0.0, 1.0]])).tolist() == pytest.approx([3.0, 8 / 3])


def test_the_mean_among_some_leaves_the_others_out_and_is_nan_for_nobody():
    mean = weighted_mean(np.array([1.0, 2.0, 6.0]), np.array([True, False, True]))
    assert mean(np.array([[1.0, 5.0, 1.0]])).tolist() == pytest.approx([3.5])
    assert np.isnan(mean(np.array([[0.0, 3.0, 0.0]]))).all()


@pytest.mark.parametrize(
    ("values", "counts", "expected"),
    [
        (list(range(20, 0, -1)), [1] * 20, 1.5),  # the tail is 2 people: (1 + 2) / 2
        (list(range(1, 16)), [1] * 15, 4 / 3),  # 1.5 people: (1 + 0.5 * 2) / 1.5
        ([5, 1, 4], [1, 1, 1], 1.0),  # 0.3 people
        (list(range(1, 21)), [0, 0, 3] + [1] * 17, 3.0),  # the third counts thrice and fills the tail
    ],
)
def test_the_tail_is_the_mean_of_the_worst_tenth(values: list[int], counts: list[int], expected: float):
    assert lower_tail_mean(np.array(values), 0.1)(np.array([counts], float)).tolist() == pytest.approx([expected])


def test_the_entropy_of_pooled_acts_in_bits():
    entropy = pooled_entropy(np.array([[1.0, 1.0], [2.0, 0.0]]))
    found = entropy(np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 1.0]]))
    assert found.tolist() == pytest.approx([0.8112781, 1.0, 0.0])  # shares 3/4 and 1/4; 1/2 each; one act only


def test_an_interval_holds_its_value_and_is_the_same_every_time():
    values = np.random.default_rng(0).normal(size=300)
    first, second = (estimates({"mean": weighted_mean(values)}, 300)["mean"] for _ in range(2))
    assert first == second
    assert first.low < first.value < first.high
    assert first.half == pytest.approx(1.96 * values.std() / np.sqrt(300), rel=0.15)


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    random = np.random.default_rng(1)
    people, truth = 200, 0.3
    found = [estimates({"share": weighted_mean(random.random(people) < truth)}, people)["share"] for _ in range(300)]
    assert 0.91 < np.mean([estimate.low <= truth <= estimate.high for estimate in found]) < 0.98


def test_a_measure_of_nobody_has_no_value():
    estimate = estimates({"none": weighted_mean(np.ones(5), np.zeros(5, bool))}, 5)["none"]
    assert np.isnan([estimate.value, estimate.low, estimate.high]).all()


def test_people_who_are_drawn_by_chance_only_still_give_an_interval():
    among = np.array([True] + [False] * 4)  # in a third of the resamples nobody counts
    assert estimates({"one": weighted_mean(np.full(5, 2.0), among)}, 5)["one"] == Estimate(2.0, 2.0, 2.0)


def test_resamples_in_small_blocks_are_as_many(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bootstrap, "BLOCK", 70)
    blocks = list(bootstrap.resamples(10))
    assert len(blocks) > 1
    assert sum(len(block) for block in blocks) == RESAMPLES
    assert all((block.sum(axis=1) == 10).all() for block in blocks)
