"""The comparisons on PersuasionForGood and CaSiNo: what is measured, by hand, and naive models on the corpora."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from calibration.corpora.coded import Coded, code
from calibration.corpora.dialogues import Log
from calibration.corpora.labels import label_map
from calibration.corpora.readers.p4g import read_annotated
from calibration.fits.response import PLACE
from calibration.fits.worlds import replay_world
from calibration.realism.comparisons.persuasion import FIRST, RUNS, TURNS, YES, Persuasion, forgotten, measure, runs
from calibration.realism.comparisons.transfer import load_transfer
from calibration.realism.ratios import compare
from calibration.realism.splits import halves
from calibration.realism.two_sample import tell_apart
from dialogue_env.acts import Family, Reply
from dialogue_env.files import read_toml
from dialogue_env.person.model import FEATURES, FITTED

A, R, Y = int(Reply.ASK), int(Reply.RESIST), int(Reply.ACCEPT)


@pytest.fixture(scope="module")
def persuaded(corpora_root: Path) -> Coded:
    """Return the annotated dialogues, coded without their texts."""
    log = read_annotated(corpora_root)
    bare = [replace(d, exchanges=tuple(replace(e, agent_text="", person_text="") for e in d.exchanges)) for d in log.dialogues]
    return code(Log(tuple(bare), {}), label_map("p4g"), "P4G")


def test_measures_by_hand() -> None:
    found = measure(np.array([[R, R, A, R, -1], [A, Y, A, A, Y], [A, -1, -1, -1, -1]]))
    assert found[TURNS.name].value.tolist() == [3, 0, 0]
    assert found[FIRST.name].value.tolist() == [0, 10, 10]
    assert found[YES.name].value.tolist() == [10, 1, 10]
    assert found[RUNS.name].unit.tolist() == [0, 0]
    assert found[RUNS.name].value.tolist() == [1, 0]


def test_long_dialogues_end_in_the_last_category() -> None:
    found = measure(np.full((1, 14), R))
    assert found[TURNS.name].value.tolist() == [10]
    assert found[RUNS.name].value.tolist() == [4]
    assert measure(np.array([[A] * 12 + [Y]]))[YES.name].value.tolist() == [10]


def test_runs() -> None:
    unit, length = runs(np.array([[1, 1, 0, 1], [0, 0, 0, 0], [0, 1, 1, 1]], bool))
    assert (unit.tolist(), length.tolist()) == ([0, 0, 2], [2, 1, 3])


def test_naive_models_are_far_from_people(persuaded: Coded) -> None:
    results = compare(Persuasion(persuaded, models=("never resists", "constant rates", "Markov")), 5, 0)
    turns, first, lengths, yes = results
    assert turns.floor.value == pytest.approx(0.1, abs=0.03)
    assert turns.scores["constant rates"].distance.value == pytest.approx(0.2, abs=0.03)
    assert turns.scores["never resists"].ratio.low > 2 > turns.scores["Markov"].ratio.value > 1
    assert np.isnan(lengths.scores["never resists"].ratio.value)
    assert first.scores["never resists"].ratio.value > 2
    assert yes.scores["constant rates"].ratio.low > 1.25


def test_the_shipped_fit_is_forgotten() -> None:
    """A reply that the shipped people give is impossible, and their fitted slopes are 0."""
    shipped, blank = replay_world(()).person, replay_world(forgotten()).person
    fitted = read_toml(FITTED)["person"]
    for family, replies in fitted["bias"].items():
        for reply in replies:
            assert blank.bias[Family[family], Reply[reply]] == -50.0
    for reply, slopes in fitted["response"].items():
        for name in set(slopes) & set(FEATURES):
            assert blank.response[Reply[reply], PLACE[name]] == 0.0
    assert (shipped.bias != blank.bias).any()


def test_shipped_people_are_closer_than_naive_models(persuaded: Coded) -> None:
    """The shipped people are fitted to all dialogues; here they stand for a fit to each half, which takes long."""
    comparison = Persuasion(persuaded, models=("people", "constant rates"))
    for train, _ in halves(comparison.groups, 2, 0):
        comparison._worlds[train.tobytes()] = replay_world(())
    for result in compare(comparison, 2, 0):
        people, naive = (result.scores[model].ratio.value for model in comparison.models)
        assert people < min(naive, 1.6)
    told = {row.model: row.area.value for row in tell_apart(comparison, 2, 0)}
    assert told["people"] < 0.75 < 0.9 < told["constant rates"]


def test_both_sides_of_a_game_stay_together(corpora_root: Path, persuaded: Coded) -> None:
    transfer = load_transfer(corpora_root, Persuasion(persuaded))
    assert (np.unique(transfer.groups, return_counts=True)[1] == 2).all()
    assert len(transfer.coded) == len(transfer.groups) == 708
