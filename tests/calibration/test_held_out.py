"""The battery on held-out people: real people beside themselves are in the band, others beyond it are not."""

import pytest

from calibration.realism.comparisons.persuasion import load_persuasion
from calibration.realism.held_out import TOLD, HeldOut, held_out_battery


def test_green_counts_what_lies_within_the_band() -> None:
    row = {"a": 0.0, "b": 1.0, "c": -1.01, "d": float("nan")}
    assert HeldOut((row, {"a": 2.0}), ({"a": -1.0},)).green() == ((2, 0), (1,))


def test_walking_away_is_not_told_of_people_who_were_paid_to_stay() -> None:
    assert len(TOLD) == 9
    assert "walk_away" not in {measure.name for measure in TOLD}


def test_people_are_as_far_from_others_as_real_ones(corpora_root) -> None:
    found = held_out_battery(load_persuasion(corpora_root), 1, 0)
    people, real = found.green()
    assert people[0] >= 7
    assert real[0] >= 7
    assert found.people[0]["acceptance"] == pytest.approx(0.0, abs=1.5)
