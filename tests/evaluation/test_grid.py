from dataclasses import fields

import numpy as np
import pytest

from dialogue_env import Stream
from evaluation import grid
from evaluation.grid import Cell, Setting, build_worlds, by_setting, check_count, load_policies, play_grid, settings_of
from rewards import InputError, RewardWeights

BALANCED = RewardWeights.parse("balanced")


def test_all_policies_meet_the_same_people(cells: tuple[Cell, ...]):
    for group in by_setting(cells).values():
        first, *others = (cell.dialogues for cell in group)
        for other in others:
            assert np.array_equal(first.number, other.number)
            assert np.array_equal(first.person_type, other.person_type)


def test_different_policies_do_different_things(cells: tuple[Cell, ...]):
    assert not np.array_equal(cells[0].dialogues.acts, cells[1].dialogues.acts)


def test_settings_are_all_pairs_without_repeats():
    found = settings_of(["concierge", "donation"], ["everyone", "everyone"], 0.1)
    assert found == (Setting("concierge", "everyone", 0.1), Setting("donation", "everyone", 0.1))


def test_each_policy_stands_once_and_who_sees_the_person_last():
    worlds = build_worlds(settings_of(["donation"], ["everyone"], 0.0))
    assert [name for _, name, _ in load_policies(["rules:informed", "rules:push", "rules:ipro", "rules:push"], worlds, BALANCED)] == [
        "rules:push",
        "rules:ipro",
        "rules:informed",
    ]


def test_cells_know_the_names_of_their_numbers(cells: tuple[Cell, ...]):
    for cell in cells:
        assert cell.dialogues.person_type.max() < len(cell.types)
        assert cell.dialogues.acts.max() < len(cell.acts) == len(cell.families)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        (Setting("mars", "everyone", 0.0), "unknown domain 'mars'; valid: concierge"),
        (Setting("concierge", "martians", 0.0), "unknown population 'martians'; valid: people, everyone"),
        (Setting("concierge", "everyone", 0.6), r"noise must lie in \[0, 0.5\], not 0.6"),
    ],
)
def test_bad_settings_are_refused(setting: Setting, message: str):
    with pytest.raises(InputError, match=message):
        build_worlds([setting])


def test_batches_change_no_result_and_report_their_size(monkeypatch: pytest.MonkeyPatch):
    worlds = build_worlds([Setting("donation", "everyone", 0.05)])
    players, done = load_policies(["rules:ipro"], worlds, BALANCED), []
    (whole,) = play_grid(players, worlds, 25, 4, BALANCED, done.append)
    monkeypatch.setattr(grid, "PLAYED_AT_ONCE", 10)
    (parts,) = play_grid(players, worlds, 25, 4, BALANCED, done.append)
    assert done == [25, 10, 10, 5]
    for field in fields(whole.dialogues):
        assert np.array_equal(getattr(whole.dialogues, field.name), getattr(parts.dialogues, field.name)), field.name


def test_a_cell_has_the_people_of_its_stream():
    worlds = build_worlds([Setting("donation", "everyone", 0.05)])
    players = load_policies(["rules:ipro"], worlds, BALANCED)
    cells = [next(play_grid(players, worlds, 25, 4, BALANCED, lambda _: None, stream)) for stream in (Stream.EVALUATION, Stream.TUNING)]
    assert [cell.stream for cell in cells] == [Stream.EVALUATION, Stream.TUNING]
    assert not np.array_equal(*(cell.dialogues.person_type for cell in cells))


def test_one_dialogue_is_too_few():
    with pytest.raises(InputError, match="at least 2, not 1"):
        check_count(1)
