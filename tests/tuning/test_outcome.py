"""What a sweep has found: means, intervals, fronts, choices and checks, by hand where there is a formula."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dialogue_env import Stream
from evaluation.bootstrap import Estimate
from rewards import InputError, RewardWeights
from tuning.choices import AtLeast, along_front, choose, infeasible, parse_at_least
from tuning.comparison import check_comparable, rival_of
from tuning.front import front_of, hypervolume
from tuning.monotone import checks
from tuning.outcome import EVERYBODY, WORST, Outcome, Spread, interval, load_outcome, over_seeds_and_people
from tuning.plan import Plan
from tuning.study import open_study
from tuning.sweep import Sweep


@pytest.fixture(scope="module")
def folder(plan_of: Callable[..., Plan], finish_job: Callable[..., None], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a sweep of four points with two seeds, in which rules stand for policies."""
    place = tmp_path_factory.mktemp("sweep")
    plan = plan_of(points=4)
    plan.save(place)
    sweep = Sweep(plan, open_study(plan, "", place), place)
    while (job := sweep.next_job()) is not None:
        finish_job(job)
        sweep.ended(job, "")
    return place


@pytest.fixture(scope="module")
def outcome(folder: Path) -> Outcome:
    return load_outcome(folder)


def of_values(outcome: Outcome, success: list[float], satisfaction: list[float]) -> Outcome:
    """Return the outcome with the same success and satisfaction for everybody and both seeds, at each point."""
    made = replace(outcome)
    shape = (len(success), 2, len(outcome.person_type))
    given = {"success": success, "satisfaction": satisfaction}
    values = {name: np.broadcast_to(np.array(each, np.float32)[:, None, None], shape) for name, each in given.items()}
    made.__dict__["measured"] = {**outcome.measured, **values}
    return made


def test_interval_by_hand() -> None:
    # seeds 1, 2, 3: mean 2, sd 1, Student's .975 with 2 degrees of freedom 4.302653; people's error .5
    half = np.hypot(4.302653 / np.sqrt(3), 1.959964 * 0.5)
    got = interval(np.array([1.0, 2.0, 3.0]), 0.5)
    assert (got.value, got.low, got.high) == pytest.approx((2.0, 2.0 - half, 2.0 + half), rel=1e-6)
    alone = interval(np.array([2.0]), 0.5)
    assert (alone.low, alone.high) == pytest.approx((2.0 - 0.979982, 2.0 + 0.979982), rel=1e-6)


def test_over_seeds_and_people_by_hand() -> None:
    # person means 1, 2, 3: error 1/sqrt(3); seed means 1 and 3: 12.7062 * sqrt(2) / sqrt(2)
    got = over_seeds_and_people(np.array([[0.0, 1.0, 2.0], [2.0, 3.0, 4.0]]))
    assert got.value == 2.0
    assert got.high - 2.0 == pytest.approx(np.hypot(12.706205, 1.959964 / np.sqrt(3)), rel=1e-6)


def test_ratio_of_hypervolumes_by_hand() -> None:
    ours = Spread(np.array([0.5, 0.7]), np.array([[0.5, 0.7], [0.6, 0.6], [0.5, 0.9]]))
    theirs = Spread(np.array([0.3]), np.array([[0.3], [0.3], [0.35]]))
    got = ours.over(theirs)
    people = np.std([0.6 - 0.6, 0.6 - 0.6, 0.7 - 0.7]) / 0.3
    seeds = 2.0 * 12.706205 * np.std([0.5, 0.7], ddof=1) / np.sqrt(2) / 0.6
    assert got.value == pytest.approx(2.0)
    assert got.high - 2.0 == pytest.approx(np.hypot(1.959964 * people, seeds), rel=1e-6)


def test_means_and_front_are_those_of_the_cells(outcome: Outcome) -> None:
    means = outcome.means(EVERYBODY)
    assert means.shape == (2, 4, 2)
    for seed in range(2):
        for point in range(4):
            dialogues = outcome.cells[point][seed].dialogues
            assert means[seed, point].tolist() == pytest.approx([dialogues.success.mean(), dialogues.satisfaction.mean()])
    assert outcome.front(EVERYBODY) == front_of(means.mean(axis=0)).tolist()
    estimate = outcome.estimate(2, "turns", EVERYBODY)
    assert estimate.value == pytest.approx(np.mean([outcome.cells[2][seed].dialogues.turns.mean() for seed in range(2)]))


def test_types_are_apart_and_the_worst_is_the_worst(outcome: Outcome) -> None:
    assert outcome.types == (EVERYBODY, "people_open", "people_wary", "people_opposed", WORST)
    kind = outcome.cells[0][0].types.index("people_wary")
    wary = [outcome.cells[1][seed].dialogues.success[outcome.person_type == kind].mean() for seed in range(2)]
    assert outcome.estimate(1, "success", "people_wary").value == pytest.approx(np.mean(wary))
    for measure, worst in (("success", min), ("left", max), ("turns", max)):
        values = [outcome.estimate(1, measure, name).value for name in outcome.types[1:-1]]
        assert outcome.estimate(1, measure, WORST).value == worst(values)
    assert (outcome.means(WORST) <= outcome.means("people_open") + 1e-12).all()


def test_hypervolumes_are_those_of_each_seeds_front(outcome: Outcome) -> None:
    spread = outcome.hypervolumes(EVERYBODY)
    assert spread.seeds.tolist() == pytest.approx([hypervolume(front, (0.0, 0.0)) for front in outcome.means(EVERYBODY)])
    shares = np.unique(outcome.person_type, return_counts=True)[1] / len(outcome.person_type)
    complete = np.prod(1 - (1 - shares) ** len(outcome.person_type))  # of the resamples; those in which a type is missing are left out
    assert abs(len(spread.resampled) / 1000 - complete) < 4 * np.sqrt(complete * (1 - complete) / 1000) + 0.02
    estimate = spread.estimate()
    assert estimate.low < estimate.value < estimate.high
    same = rival_of(outcome, outcome)
    assert same.ratio[EVERYBODY].value == 1.0
    assert np.isnan(spread.over(Spread(np.zeros(2), np.zeros((3, 2)))).value)


def test_expected_utility_takes_the_best_point_for_each_weighting(outcome: Outcome) -> None:
    wanted = outcome.plan.range.points(4)
    by_seed = [[max(w.score(outcome.cells[p][s].dialogues.terms).mean() for p in range(4)) for w in wanted] for s in range(2)]
    assert outcome.expected_utility(EVERYBODY).value == pytest.approx(np.mean(by_seed), rel=1e-4)


def test_choices_by_hand(outcome: Outcome) -> None:
    made = of_values(outcome, [0.9, 0.8, 0.5, 0.4], [0.2, 0.5, 0.6, 0.55])
    assert [choice.point for choice in choose(made, AtLeast("satisfaction", 0.55))] == [1, 2]
    assert [choice.point for choice in choose(made, AtLeast("success", 0.85))] == [1, 0]
    nothing = choose(made, AtLeast("satisfaction", 0.9))[-1]
    assert nothing.point is None
    assert nothing.text == (
        "no weights of this sweep reach satisfaction at least 0.9; the most is success 50.0 %, satisfaction 0.600 with goal 0.667, satisfaction 1.33"
    )
    assert infeasible(made, AtLeast("satisfaction", 0.9)) == nothing.text


def test_knees_say_what_they_are_worth(outcome: Outcome) -> None:
    texts = [
        choose(of_values(outcome, *values), None)[0].text.partition(": ")[2]
        for values in (
            ([0.9, 0.8, 0.5, 0.4], [0.2, 0.5, 0.6, 0.55]),
            ([0.9, 0.8, 0.7, 0.6], [0.2, 0.3, 0.4, 0.5]),
            ([0.9, 0.8, 0.7, 0.6], [0.9, 0.8, 0.7, 0.6]),
        )
    ]
    assert texts == [
        "beyond it, more of one costs the other most",
        "a compromise; the front is nearly straight, so no point is special",
        "no other point beats it in anything, so there is nothing to trade",
    ]


def test_prices_by_hand(outcome: Outcome) -> None:
    made = of_values(outcome, [0.9, 0.8, 0.5, 0.4], [0.2, 0.5, 0.6, 0.55])
    first, second = along_front(made)
    assert (first.first, first.second, second.first, second.second) == (2, 1, 1, 0)
    assert (first.gain.value, first.loss.value, first.price) == pytest.approx((30.0, 0.1, 0.1 / 30), rel=1e-5)
    assert second.price == pytest.approx(0.03, rel=1e-5)
    assert not first.free


def test_monotone_by_hand(outcome: Outcome) -> None:
    # weights of the points: goal 2, 1.33, .67, 0; more satisfaction weight from left to right
    made = of_values(outcome, [0.9, 0.8, 0.85, 0.4], [0.2, 0.5, 0.6, 0.55])
    goal, progress, satisfaction = checks(made)
    assert (progress.term, progress.measure) == ("goal", "progress")
    assert (goal.term, goal.measure, goal.steps, goal.beyond) == ("goal", "success", 3, 1)
    assert goal.greatest.value == pytest.approx(-0.05, abs=1e-6)
    assert goal.whole.value == pytest.approx(0.5, abs=1e-6)
    assert (satisfaction.beyond, satisfaction.greatest.value) == (1, pytest.approx(-0.05, abs=1e-6))
    assert goal.text().startswith("more weight on goal: success changes by +0.5000 [+0.5000, +0.5000] in all; 1 of 3 steps lower it beyond the interval")


def test_no_check_where_weights_are_no_line(outcome: Outcome) -> None:
    box = replace(outcome, plan=replace(outcome.plan, weights_shape="box"))
    assert list(checks(box)) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("joy=1", "unknown objective in --at-least (write objective=number) 'joy'; valid: success, satisfaction"),
        ("success", "--at-least success: '' is not a number (write success=0.6)"),
        ("success=much", "--at-least success: 'much' is not a number (write success=0.6)"),
        ("satisfaction=60", "--at-least satisfaction: must lie in [0, 1], not 60"),
        ("satisfaction=nan", "--at-least satisfaction: must lie in [0, 1], not nan"),
    ],
)
def test_bad_wishes(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_at_least(text)
    assert str(caught.value) == message


def test_wishes() -> None:
    assert parse_at_least("") is None
    assert parse_at_least(" success = 0.8 ") == AtLeast("success", 0.8)


def test_only_sweeps_on_the_same_people_can_be_compared(outcome: Outcome) -> None:
    check_comparable(outcome.plan, outcome)
    other = replace(outcome, plan=replace(outcome.plan, dialogues=500, name="other"))
    with pytest.raises(InputError) as caught:
        check_comparable(outcome.plan, other)
    assert str(caught.value) == "--against other: its dialogues is 500, here it is 40; only sweeps on the same people can be compared"
    others = replace(outcome, cells=((replace(outcome.cells[0][0], stream=Stream.EVALUATION),),))
    with pytest.raises(InputError, match=r"^--against small: its stream of people is evaluation, here it is tuning; only sweeps on the same people"):
        check_comparable(outcome.plan, others)


def test_a_sweep_without_results_says_how_to_go_on(plan_of: Callable[..., Plan], tmp_path: Path) -> None:
    plan_of().save(tmp_path)
    with pytest.raises(InputError) as caught:
        load_outcome(tmp_path)
    assert str(caught.value) == f"{tmp_path}: no trial has come to its end yet; go on with: python tune.py --resume {tmp_path}"
    with pytest.raises(InputError, match=r"no sweep here \(plan\.json is missing\)$"):
        load_outcome(tmp_path / "nothing")


def test_weights_and_costs_are_kept(outcome: Outcome) -> None:
    assert outcome.weights == outcome.plan.range.points(4)
    assert (outcome.seconds, outcome.steps) == (2.0, 1000)
    assert outcome.label(0) == "goal 2, satisfaction 0"
    assert isinstance(outcome.weights[0], RewardWeights)
    assert isinstance(outcome.estimate(0, "left", EVERYBODY), Estimate)
