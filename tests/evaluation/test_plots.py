from dataclasses import replace
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.image import imread

from dialogue_env.acts import Family
from evaluation.grid import Cell
from evaluation.plots import FAMILY_COLOURS, bands, family_shares, plot_acts, plot_label, plot_learning, plot_outcomes
from evaluation.scores import score_cells
from rewards import InputError, RewardWeights

PNG = b"\x89PNG\r\n"
CURVE = "turns,seconds,return_mean,return_low,return_high,success,satisfaction\n0,0,-0.1,-0.2,0.0,0,0.5\n1000,1,0.3,0.2,0.4,0.1,0.5\n"


def test_long_names_leave_room_for_the_plot(cells: tuple[Cell, ...], tmp_path: Path):
    assert plot_label("rules:informed", informed=True) == "rules:informed"
    assert plot_label("runs/c", informed=True) == "runs/c (ceiling)"
    long = f"/a/long/way/{'down/' * 20}trials/0000/seed-0@goal=2,satisfaction=0"
    assert plot_label(long) == f"…{long[-35:]}"
    renamed = [replace(cell, policy=f"{long}{i}") for i, cell in enumerate(cells[:3])]
    plot_outcomes(list(score_cells(renamed, RewardWeights.parse("balanced"), "x")), tmp_path / "a.png")
    plot_acts(renamed, tmp_path / "b.png")


def test_plots_are_pictures_and_leave_no_state_behind(cells: tuple[Cell, ...], tmp_path: Path):
    before = dict(matplotlib.rcParams)
    (tmp_path / "evaluations.csv").write_text(CURVE)
    plot_outcomes(list(score_cells(cells[:3], RewardWeights.parse("balanced"), "x")), tmp_path / "a.png")
    plot_acts(cells[:3], tmp_path / "b.png")
    plot_learning(tmp_path / "evaluations.csv", tmp_path / "c.png", {"rules:push": 0.1, "rules:informed": 0.5})
    assert all((tmp_path / f"{name}.png").read_bytes().startswith(PNG) for name in "abc")
    assert dict(matplotlib.rcParams) == before


def test_layers_lie_on_each_other():
    low, high = bands(np.array([[10.0, 20.0], [5.0, 0.0]]))
    assert low.tolist() == [[1, 0], [2, 0], [2, 20], [1, 10]]
    assert high.tolist() == [[1, 10], [2, 20], [2, 20], [1, 15]]


def test_a_picture_is_opaque_and_as_fine_as_the_style_says(cells: tuple[Cell, ...], tmp_path: Path):
    plot_acts(cells[:2], tmp_path / "a.png")
    picture = imread(tmp_path / "a.png")
    assert picture.shape[:2] == (403, 2 * 468)  # 3.6 x 3.1 inches at 130 dots
    assert (picture[..., 3] == 1.0).all()
    assert picture[0, 0].tolist() == [1.0] * 4


def test_every_family_has_a_colour():
    assert set(FAMILY_COLOURS) == set(Family)
    assert len(set(FAMILY_COLOURS.values())) == len(Family)


def test_the_shares_of_the_families_sum_to_the_dialogues_still_going(cells: tuple[Cell, ...]):
    shares, turns = family_shares(cells[0]), cells[0].dialogues.turns
    assert shares.sum(axis=0) == pytest.approx([(turns > t).mean() for t in range(shares.shape[1])])
    assert np.argmax(shares[:, 0]) == Family.SHIFT  # the pushing rule leads at once


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no such file"),
        ("turns,return_mean\n1,2\n", "needed: numbers in the columns turns"),
        (CURVE.replace("0.3", "x"), "needed"),
        ("", "no evaluations yet"),
    ],
)
def test_bad_tables_of_evaluations_are_refused(tmp_path: Path, content: str | None, message: str):
    if content is not None:
        (tmp_path / "evaluations.csv").write_text(content)
    with pytest.raises(InputError, match=message):
        plot_learning(tmp_path / "evaluations.csv", tmp_path / "c.png", {})
    assert not (tmp_path / "c.png").exists()
