"""The realism report: tables, files and pictures of a made-up corpus."""

import csv
import io
import json
import math
from pathlib import Path

import pytest
from rich.console import Console
from test_realism import made_up

from calibration.realism.ratios import Score
from calibration.realism.report import interval, report, verdict
from evaluation.bootstrap import Estimate


def _score(value: float, low: float, high: float) -> Score:
    ratio = Estimate(value, low, high)
    return Score(ratio, ratio, value, None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ratio", "asked", "words"),
    [
        ((1.0, 0.8, 1.2), 1.25, "met"),
        ((1.0, 0.8, 1.3), 1.25, "met, unsure"),
        ((1.4, 1.2, 1.6), 1.25, "not met, unsure"),
        ((2.0, 1.5, 2.6), 1.25, "not met"),
        ((2.0, 1.5, 2.6), math.inf, ""),
    ],
)
def test_verdict(ratio: tuple[float, float, float], asked: float, words: str) -> None:
    assert verdict(_score(*ratio), asked) == words


def test_interval() -> None:
    assert interval(Estimate(1.234, 0.9, 2.0), 2) == "1.23 [0.90, 2.00]"
    assert interval(Estimate(math.nan, math.nan, math.nan), 2) == "-"


def test_report_prints_and_writes_everything(tmp_path: Path) -> None:
    console = Console(width=120, file=io.StringIO(), record=True)
    found = report([made_up(size=60)], tmp_path, 2, 0, console)
    printed = console.export_text()
    assert "toy (made up, n = 60)" in printed
    assert "replayed: nothing" in printed
    assert f"{found.results[0].floor.value:.3f}" in printed
    rows = list(csv.DictReader(io.StringIO((tmp_path / "realism.csv").read_text(encoding="utf-8"))))
    assert [(row["quantity"], row["model"]) for row in rows] == [(q, m) for q in ("kind", "stars") for m in ("people", "wrong")]
    assert {row["replayed"] for row in rows} == {"nothing"}
    assert float(rows[0]["ratio"]) == pytest.approx(found.results[0].scores["people"].ratio.value, rel=1e-5)
    told = json.loads((tmp_path / "realism.json").read_text(encoding="utf-8"))
    assert [shape["quantity"] for shape in told["shapes"]] == ["kind", "stars"]
    assert told["quantities"][1]["verdict"] == "not met"
    pictures = sorted(path.name for path in tmp_path.glob("*.png"))
    assert pictures == ["toy_kind.png", "toy_kind_dark.png", "toy_stars.png", "toy_stars_dark.png"]
    assert all((tmp_path / name).read_bytes().startswith(b"\x89PNG") for name in pictures)
