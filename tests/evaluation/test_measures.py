from collections.abc import Callable

import numpy as np
import pytest

from evaluation.bootstrap import estimates
from evaluation.measures import BY_NAME, MEASURES, act_counts, sample_of, worst_type
from evaluation.rollout import Dialogues
from rewards import RewardWeights


@pytest.fixture
def four(dialogues_of: Callable[..., Dialogues]) -> Dialogues:
    return dialogues_of(
        person_type=[0, 1, 1, 2],
        success=[1, 0, 1, 0],
        left=[0, 1, 0, 0],
        turns=[4, 2, 3, 3],
        satisfaction=[0.9, 0.1, 0.6, 0.4],
        progress=[1.0, 0.0, 0.5, 0.5],
        initiative=[0.25, 1.0, 0.0, 0.75],
        terms={"goal": [1, 0, 1, 0], "turn_cost": [-4, -2, -3, -3]},
        acts=[[0, 1, 0, 1], [2, 2, -1, -1], [0, 0, 0, -1], [1, 1, 1, -1]],
    )


def test_every_measure_of_four_dialogues(four: Dialogues):
    sample = sample_of(four, RewardWeights.parse("goal=1,turn_cost=0.1"))
    assert sample.returns.tolist() == pytest.approx([0.6, -0.2, 0.7, -0.3])
    found = {measure.name: measure.statistic(sample)(np.ones((1, 4)))[0] for measure in MEASURES}
    assert found == pytest.approx(
        {
            "return": 0.2,
            "success": 0.5,
            "left": 0.25,
            "satisfaction": 0.5,
            "progress": 0.5,
            "turns": 3.0,
            "turns_success": 3.5,
            "initiative": 0.5,
            # 5 acts each of two kinds, 2 of a third, of 12
            "act_entropy": -(2 * 5 / 12 * np.log2(5 / 12) + 2 / 12 * np.log2(2 / 12)),
            "cvar": -0.3,  # the worst tenth of four people is a part of the worst
            "worst_type": -0.3,
        }
    )


def test_the_worst_type_is_the_one_with_the_lowest_mean(four: Dialogues):
    assert worst_type(sample_of(four, RewardWeights.parse("goal=1,turn_cost=0.1"))) == 2  # 0.6, 0.25, -0.3
    assert worst_type(sample_of(four, RewardWeights.parse("leaving=1"))) == 0  # all equal: the first


def test_acts_are_counted_by_person(four: Dialogues):
    counts = act_counts(sample_of(four, RewardWeights.parse("goal=1")))
    assert counts.tolist() == [[2, 2, 0], [0, 0, 2], [3, 0, 0], [0, 3, 0]]


def test_the_worst_type_is_noted_by_its_name(four: Dialogues):
    sample = sample_of(four, RewardWeights.parse("goal=1,turn_cost=0.1"))
    assert {m.name: m.note(sample, ("open", "wary", "opposed")) for m in MEASURES if m.note} == {"worst_type": "opposed"}


def test_what_is_wanted_of_each_measure():
    wanted = {1: {"return", "success", "satisfaction", "progress", "cvar", "worst_type"}, -1: {"left"}}
    wanted[0] = {"turns", "turns_success", "initiative", "act_entropy"}
    assert {better: {m.name for m in MEASURES if m.better == better} for better in (1, 0, -1)} == wanted
    assert {m.name for m in MEASURES if m.binary} == {"success", "left"}


def test_the_meaning_of_initiative_names_its_families():
    assert BY_NAME["initiative"].meaning.endswith(": clarify, explore, inform, propose, shift")


def test_names_and_titles_differ():
    assert len(BY_NAME) == len(MEASURES) == len({measure.title for measure in MEASURES})


def test_turns_of_successes_without_a_success_have_no_value(dialogues_of: Callable[..., Dialogues]):
    sample = sample_of(dialogues_of(success=[0, 0, 0]), RewardWeights.parse("goal=1"))
    assert np.isnan(estimates({"x": BY_NAME["turns_success"].statistic(sample)}, 3)["x"].value)
