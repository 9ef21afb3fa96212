"""The report of a sweep: tables in the terminal, and ``report.html``, ``report.json``, ``points.csv`` and pictures in its folder."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dialogue_env.files import write_whole
from evaluation.bootstrap import Estimate
from evaluation.figure import LOOKS
from evaluation.measures import BY_NAME
from evaluation.result_files import as_json
from evaluation.tables import console, plain_table, short
from rewards import InputError
from tuning.choices import AtLeast, choose, infeasible
from tuning.comparison import rival_of
from tuning.describe import CHECK, describe
from tuning.outcome import EVERYBODY, Outcome
from tuning.page import page
from tuning.plots import plot_acts, plot_fronts

HTML, JSON, CSV = "report.html", "report.json", "points.csv"
SHOWN = ("success", "satisfaction", "left", "turns")
"""The measures with a column in the terminal; the files have all of them."""


def report(outcome: Outcome, against: Sequence[Outcome], wanted: AtLeast | None, command: str, folder: Path, failed: int) -> None:
    """Write and print the report; raises InputError, after it is written, if nothing reaches what is ``wanted``."""
    choices = choose(outcome, wanted)
    data = describe(outcome, [rival_of(outcome, other) for other in against], choices, command, failed)
    write_whole(folder / JSON, as_json(data))
    write_whole(folder / CSV, _csv(data))
    write_whole(folder / HTML, page(data))
    for ending, dark in LOOKS.items():
        plot_fronts(data, folder / f"front{ending}.png", dark)
        plot_acts(data, folder / f"acts{ending}.png", dark)
    _print(console(), data, folder)
    if wanted is not None and choices[-1].point is None:
        raise InputError(f"--at-least: {infeasible(outcome, wanted)}")


def _print(terminal: Console, data: dict[str, Any], folder: Path) -> None:
    terminal.print(_points_table(data))
    terminal.print(_quality_table(data))
    for choice in data["choices"]:
        where = "" if choice["point"] is None else f"{data['points'][choice['point']]['label']}: "
        terminal.print(Text(f"{choice['name']}: {where}{choice['text']}"))
    for name, text in data["about"]["definitions"]:
        if name.startswith(CHECK):
            terminal.print(Text(text, style="dim"))
    terminal.print(f"written to {folder}: {HTML}, {JSON}, {CSV}, front.png, acts.png", style="dim", highlight=False)


def _points_table(data: dict[str, Any]) -> Table:
    table = plain_table(data["about"]["sentence"], "±: half the 95 % interval over seeds and people; *: on the front of all people")
    for title in ("", "weights"):
        table.add_column(title, overflow="fold")
    for name in SHOWN:
        table.add_column(BY_NAME[name].title, justify="right", no_wrap=True)
    for point, entry in enumerate(data["points"]):
        measures = entry["by_type"][EVERYBODY]["measures"]
        cells = [short(BY_NAME[name], Estimate(*measures[name])) for name in SHOWN]
        mark = "*" if point in data["fronts"][EVERYBODY] else ""
        table.add_row(*map(Text, (mark, f"{entry['label']} {entry['note']}".strip(), *cells)))
    return table


def _quality_table(data: dict[str, Any]) -> Table:
    table = plain_table("fronts", "±: half the 95 % interval; hypervolume above 0 success and 0 satisfaction; ratio: this sweep's over the other's")
    table.add_column("people")
    for title in ("hypervolume", "sparsity", "expected utility", *(f"ratio to {rival['name']}" for rival in data["against"])):
        table.add_column(Text(title), justify="right")
    for kind in data["types"]:
        quality = data["quality"][kind]
        cells = [_spread(quality["hypervolume"], 4), _spread(quality["sparsity"], 5), _spread(quality["expected_utility"], 3)]
        table.add_row(*map(Text, (kind, *cells, *(_spread(rival["ratio"][kind], 3) for rival in data["against"]))))
    costs = [
        f"{seconds:,.0f} s, {steps:,} turns" for seconds, steps in [(data["seconds"], data["steps"]), *((r["seconds"], r["steps"]) for r in data["against"])]
    ]
    table.add_row(*map(Text, ("training per seed", costs[0], "", "", *costs[1:])), style="dim")
    return table


def _spread(estimate: list[float] | None, digits: int) -> str:
    """Return ``value ±half``; a dash where there is no value."""
    if estimate is None or estimate[0] != estimate[0]:
        return "-"
    value, _, high = estimate
    return f"{value:.{digits}f} ±{high - value:.{digits}f}"


def _csv(data: dict[str, Any]) -> str:
    """Return a row per point and person type."""
    stream = io.StringIO(newline="")
    rows = [_row(data, point, kind) for point in range(len(data["points"])) for kind in data["types"]]
    writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def _row(data: dict[str, Any], point: int, kind: str) -> dict[str, Any]:
    entry = data["points"][point]
    row: dict[str, Any] = {**entry["weights"], "note": entry["note"], "people": kind, "front": point in data["fronts"][kind]}
    for name, (value, low, high) in entry["by_type"][kind]["measures"].items():
        row |= {name: value, f"{name}_low": low, f"{name}_high": high}
    return row
