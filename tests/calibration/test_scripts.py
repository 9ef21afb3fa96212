from pathlib import Path

import numpy as np
import pytest

from calibration.battery.human import load_human, write_human
from calibration.corpora.coded import OVER, Coded
from calibration.scripts import BUCKETS, Persuader, Script, bucket, corpus_script, draw_scripts, load_persuader, persuader
from dialogue_env.acts import Family
from rewards.errors import InputError

FAMILY = np.array([[11, 5, 7, OVER], [11, 5, 5, 9], [7, OVER, OVER, OVER]])
VARIANT = np.array([["", "story", "", ""], ["", "story", "logic", ""], ["", "", "", ""]])


def coded() -> Coded:
    unknown = np.full(FAMILY.shape, np.nan)
    return Coded(np.array(["a", "b", "c"]), FAMILY, VARIANT, np.where(FAMILY == OVER, OVER, 0), unknown, unknown, {})


def test_corpus_script_is_the_agents_side() -> None:
    script = corpus_script(coded())
    assert len(script) == 3
    assert script.live.sum(axis=1).tolist() == [3, 4, 1]
    assert script.take(np.array([2, 2])).family[:, 0].tolist() == [7, 7]


def test_persuader_counts_labels() -> None:
    table = persuader(coded())
    assert table["lengths"] == {"1": 1, "3": 1, "4": 1}
    assert table["acts"]["0"] == {"START": {"SHIFT": 2, "PROPOSE": 1}}
    assert table["acts"]["1"] == {"SHIFT": {"INFORM.story": 2}}
    assert table["acts"]["2"] == {"INFORM": {"INFORM.logic": 1, "PROPOSE": 1}}
    assert table["acts"]["3"] == {"INFORM": {"CLOSE": 1}}


def test_buckets_cover_all_rounds() -> None:
    assert [bucket(first) for first in BUCKETS] == list(BUCKETS)
    assert bucket(4) == 3
    assert bucket(40) == BUCKETS[-1]


def test_habit_after_a_family_never_met_is_that_after_any() -> None:
    made = Persuader({1: 1.0}, {0: {"START": {"SHIFT": 1.0}}, 1: {"SHIFT": {"PROPOSE": 2.0}, "INFORM": {"PROPOSE": 1.0, "CLOSE": 1.0}}})
    assert made.habit(1, "SHIFT") == {"PROPOSE": 2.0}
    assert made.habit(1, "HOLD") == {"PROPOSE": 3.0, "CLOSE": 1.0}


def test_drawn_scripts_are_the_shipped_persuaders_habits() -> None:
    made = load_persuader()
    script = draw_scripts(made, 4000, 3)
    lengths = script.live.sum(axis=1)
    assert set(lengths) <= set(made.lengths)
    assert np.mean(lengths == 10) == pytest.approx(made.lengths[10] / sum(made.lengths.values()), abs=0.02)
    first = made.acts[0]["START"]
    assert np.mean(script.family[:, 0] == Family.PROPOSE) == pytest.approx(first["PROPOSE"] / sum(first.values()), abs=0.02)
    assert (script.variant[~script.live] == "").all()
    assert set(script.variant[script.family == Family.PROPOSE]) == {""}


def test_same_seed_draws_the_same_scripts() -> None:
    made = load_persuader()
    one, again, other = (draw_scripts(made, 50, seed) for seed in (1, 1, 2))
    assert np.array_equal(one.family, again.family)
    assert np.array_equal(one.variant, again.variant)
    assert not np.array_equal(one.family, other.family)


def test_written_file_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "human.toml"
    figures = {name: {"value": human.value, "error": human.error, "count": human.count, "source": human.source} for name, human in load_human().items()}
    shipped = load_persuader()
    table = {"lengths": {str(length): count for length, count in shipped.lengths.items()}, "acts": {str(first): rows for first, rows in shipped.acts.items()}}
    write_human(path, figures, table)
    assert load_human(path) == load_human()
    assert load_persuader(path) == shipped


def test_file_without_persuader_is_named(tmp_path: Path) -> None:
    path = tmp_path / "human.toml"
    path.write_text("[figures]\n")
    with pytest.raises(InputError, match="persuader"):
        load_persuader(path)


def test_act_of_no_family_is_named(tmp_path: Path) -> None:
    table = persuader(coded()) | {"acts": {str(first): {"START": {"SHOUT": 1}} for first in BUCKETS}}
    write_human(tmp_path / "human.toml", {}, table)
    with pytest.raises(InputError, match="'SHOUT'"):
        load_persuader(tmp_path / "human.toml")


def test_script_is_a_plain_pair_of_arrays() -> None:
    script = Script(FAMILY, VARIANT)
    assert np.array_equal(script.live, FAMILY >= 0)
