import json
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from dialogue_env import Stream
from evaluation import store
from evaluation.grid import Cell
from evaluation.scores import score_cells
from evaluation.store import load_cells, save_cells
from rewards import InputError, RewardWeights


def test_stored_cells_come_back_as_they_were(cells: tuple[Cell, ...], tmp_path: Path):
    save_cells(tmp_path / "d.npz", cells, "python evaluate.py rules:push")
    stored = load_cells(tmp_path / "d.npz")
    assert stored.command == "python evaluate.py rules:push"
    for before, after in zip(cells, stored.cells, strict=True):
        assert replace(after, dialogues=before.dialogues) == before
        for field in fields(before.dialogues):
            old, new = getattr(before.dialogues, field.name), getattr(after.dialogues, field.name)
            assert old.dtype == new.dtype
            assert np.array_equal(old, new), field.name


def test_the_stream_of_the_people_is_stored(cells: tuple[Cell, ...], tmp_path: Path):
    save_cells(tmp_path / "d.npz", [replace(cells[0], stream=Stream.TUNING)], "x")
    assert load_cells(tmp_path / "d.npz").cells[0].stream is Stream.TUNING


def test_scoring_stored_dialogues_is_scoring_the_played_ones(cells: tuple[Cell, ...], tmp_path: Path):
    weights = RewardWeights.parse("goal=1,satisfaction=0.2,turn_cost=0.03")
    save_cells(tmp_path / "d.npz", cells, "x")
    assert list(score_cells(load_cells(tmp_path / "d.npz").cells, weights, "y")) == list(score_cells(cells, weights, "y"))


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(InputError, match=r"none\.npz: no such file"):
        load_cells(tmp_path / "none.npz")


@pytest.mark.parametrize("keep", [0, 100, 3000, -10])
def test_a_damaged_file_is_named(cells: tuple[Cell, ...], tmp_path: Path, keep: int):
    save_cells(tmp_path / "d.npz", cells, "x")
    (tmp_path / "d.npz").write_bytes((tmp_path / "d.npz").read_bytes()[:keep])
    with pytest.raises(InputError, match=r"d\.npz: not a file of stored dialogues"):
        load_cells(tmp_path / "d.npz")


@pytest.mark.parametrize("content", [b"hello", b"a,b\n1,2\n"])
def test_another_kind_of_file_is_refused(tmp_path: Path, content: bytes):
    (tmp_path / "d.npz").write_bytes(content)
    with pytest.raises(InputError, match="not a file of stored dialogues"):
        load_cells(tmp_path / "d.npz")


@pytest.mark.parametrize("array", [np.arange(3), np.array(json.dumps([1])), np.array(json.dumps({"format": store.FORMAT}))])
def test_another_numpy_file_is_refused(tmp_path: Path, array: np.ndarray):
    np.savez(tmp_path / "d.npz", about=array)
    np.save(tmp_path / "e.npy", array)
    for name in ("d.npz", "e.npy"):
        with pytest.raises(InputError, match="not a file of stored dialogues"):
            load_cells(tmp_path / name)


def test_a_file_of_other_reward_terms_or_another_format_is_refused(cells: tuple[Cell, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name, value, message in (
        ("TERM_NAMES", ("old",), "stored with the reward terms old; today's are goal"),
        ("FORMAT", 3, "stored in format 3, this version reads format 4; evaluate again"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(store, name, value)
            save_cells(tmp_path / "d.npz", cells, "x")
        with pytest.raises(InputError, match=message):
            load_cells(tmp_path / "d.npz")


def test_a_file_without_cells_is_refused(tmp_path: Path):
    save_cells(tmp_path / "d.npz", (), "x")
    with pytest.raises(InputError, match="holds no dialogues"):
        load_cells(tmp_path / "d.npz")
