import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table
from rich.text import Text

from evaluation import result_files
from evaluation.bootstrap import Estimate
from evaluation.grid import Cell
from evaluation.measures import BY_NAME, MEASURES
from evaluation.paired import compare
from evaluation.result_files import write_comparison, write_results
from evaluation.scores import Row, score_cells, weights_name
from evaluation.tables import WIDTH, chance, difference_tables, fewer, interval, listening_table, number, result_tables, short, suite_table
from rewards import RewardWeights

COMMAND = "python evaluate.py rules:push"
PAIR = ("rules:push", "rules:informed")


@pytest.fixture(scope="module")
def rows(cells: tuple[Cell, ...]) -> tuple[Row, ...]:
    return tuple(score_cells(cells, RewardWeights.parse("balanced"), COMMAND))


def printed(tables: list[Table]) -> str:
    terminal = Console(width=WIDTH, file=io.StringIO())
    for each in tables:
        terminal.print(each)
    return terminal.file.getvalue()


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text())))


def test_numbers_are_shown_with_their_unit():
    success, nothing = BY_NAME["success"], Estimate(float("nan"), float("nan"), float("nan"))
    assert interval(success, Estimate(0.5, 0.4567, 0.55)) == "50.0 [45.7, 55.0]"
    assert short(BY_NAME["return"], Estimate(-0.5, -0.7, -0.3)) == "-0.50 ±0.20"
    assert number(success, nothing.value) == "-"
    assert number(success, -0.0001) == "0.0"
    assert (chance(0.00001), chance(0.0123), fewer(2.345), fewer(float("nan"))) == ("<0.0001", "0.012", "2.3x", "-")


def test_weights_are_named_by_their_preset():
    assert weights_name(RewardWeights.parse("balanced")) == "balanced"
    assert weights_name(RewardWeights.parse("goal=1,turn_cost=0.5")) == RewardWeights.parse("goal=1,turn_cost=0.5").text() == "goal=1,turn_cost=0.5"
    assert RewardWeights.of({}).text() == "goal=0"


def test_the_table_fits_120_columns_and_has_who_sees_the_person_last(rows: tuple[Row, ...]):
    text = printed(result_tables(rows))
    assert max(len(line.rstrip()) for line in text.splitlines()) <= WIDTH
    blocks = [line.split()[0] for line in text.splitlines() if "rules:" in line]
    assert blocks == ["rules:push", "rules:ask_then_propose", "rules:informed"] * 2
    assert "ceiling" not in text
    assert "concierge, noise 0.05: 60 dialogues per row, seed 3, weights balanced" in text
    assert "..." not in text
    assert "…" not in text


def test_a_ceiling_is_marked_and_no_number_of_those_who_see_the_person_is_bold(rows: tuple[Row, ...], tmp_path: Path):
    best = Estimate(99.0, 99.0, 99.0)
    seeing = [replace(rows[2], policy=name, estimates=rows[2].estimates | {"return": best}) for name in ("rules:informed", "runs/c")]
    (table_,) = result_tables([*rows[:2], *seeing])
    names, returns = ([cell for cell in column.cells if isinstance(cell, Text)] for column in table_.columns[:2])
    assert [name.plain.strip() for name in names[1:]] == ["rules:push", "rules:ask_then_propose", "rules:informed", "runs/c (ceiling)"]
    assert [cell.style for cell in returns] == ["", "bold", "", ""]
    assert printed([listening_table({rows[0].setting: {"runs/c": best, "rules:informed": best}}, {"runs/c", "rules:informed"})]).count("(ceiling)") == 1
    write_results(tmp_path, seeing)
    assert (tmp_path / "results.md").read_text().count("| runs/c (ceiling) |") == 1
    assert [record["informed"] for record in json.loads((tmp_path / "results.json").read_text())] == [True, True]


def test_the_suite_table_has_one_line_per_setting_and_policy(rows: tuple[Row, ...]):
    labelled = tuple(replace(row, setting=replace(row.setting, label=f"S0{1 + i // 3}")) for i, row in enumerate(rows))
    text = printed([suite_table(labelled)])
    assert sum("rules:" in line for line in text.splitlines()) == 6
    assert "S01 to S02" in text


def test_the_table_of_differences_keeps_its_brackets(cells: tuple[Cell, ...]):
    text = printed(difference_tables(list(compare(cells, PAIR, RewardWeights.parse("balanced")))))
    assert "rules:informed minus rules:push" in text
    assert "[low, high]: 95 %" in text


def test_every_row_of_every_file_says_what_made_it(rows: tuple[Row, ...], tmp_path: Path):
    write_results(tmp_path, rows)
    records = json.loads((tmp_path / "results.json").read_text())
    lines = table(tmp_path / "results.csv")
    assert len(records) == len(lines) == len(rows) == 6
    for record, line, row in zip(records, lines, rows, strict=True):
        assert record["command"] == line["command"] == COMMAND
        assert (record["seed"], record["dialogues"], record["noise"]) == (3, 60, row.setting.noise)
        assert RewardWeights.of(record["weights"]) == RewardWeights.parse(line["weights"]) == row.weights
        assert record["measures"]["return"]["value"] == float(line["return"]) == row.estimates["return"].value
        assert set(record["measures"]) == {measure.name for measure in MEASURES}
    page = (tmp_path / "results.md").read_text()
    assert COMMAND in page
    assert page.count("| rules:push |") == 2


def test_a_note_stands_in_the_column_of_its_measure_wherever_that_is(rows: tuple[Row, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(result_files, "MEASURES", MEASURES[::-1])
    write_results(tmp_path, [replace(rows[0], notes={"worst_type": "people_wary"})])
    header, _, line = [text.strip("| ").split(" | ") for text in (tmp_path / "results.md").read_text().splitlines() if text.startswith("|")]
    noted = {title: cell for title, cell in zip(header, line, strict=True) if "people_wary" in cell}
    assert noted == {"worst type": f"people_wary {interval(BY_NAME['worst_type'], rows[0].estimates['worst_type'])}"}
    (record,) = json.loads((tmp_path / "results.json").read_text())
    assert record["worst_type_name"] == "people_wary"


def test_the_best_value_of_a_block_is_bold_by_what_is_wanted(rows: tuple[Row, ...]):
    def left(value: float) -> Row:
        return replace(
            rows[0], policy=f"p{value}", estimates=rows[0].estimates | {"left": Estimate(value, value, value), "turns": Estimate(value, value, value)}
        )

    (table_,) = result_tables([left(0.1), left(0.2)])
    columns = {column.header: [cell.style for cell in column.cells if isinstance(cell, Text)] for column in table_.columns if isinstance(column.header, str)}
    assert columns["left %"] == ["bold", ""]
    assert columns["turns"] == ["", ""]
    assert columns["return"] == ["bold", "bold"]


def test_what_has_no_value_is_null_and_blank(rows: tuple[Row, ...], tmp_path: Path):
    nothing = Estimate(float("nan"), float("nan"), float("nan"))
    write_results(tmp_path, [replace(rows[0], estimates=rows[0].estimates | {"turns_success": nothing})])
    (record,) = json.loads((tmp_path / "results.json").read_text())
    assert record["measures"]["turns_success"] == {"value": None, "low": None, "high": None}
    (line,) = table(tmp_path / "results.csv")
    assert line["turns_success"] == ""


def test_comparisons_are_written(cells: tuple[Cell, ...], tmp_path: Path):
    write_comparison(tmp_path, list(compare(cells, PAIR, RewardWeights.parse("balanced"))), COMMAND)
    records = json.loads((tmp_path / "comparison.json").read_text())
    lines = table(tmp_path / "comparison.csv")
    assert len(records) == len(lines) == 14
    assert records[0]["difference"]["value"] == float(lines[0]["difference"])
    assert records[0]["command"] == COMMAND
    assert "| success % |" in (tmp_path / "comparison.md").read_text()
