"""The realism report: compare, foresee, tell apart; print tables, draw pictures, write files."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text
from tqdm import tqdm

from calibration.realism.likelihood import Foreseen, Foretelling, foresee
from calibration.realism.ratios import Comparison, Result, Score, compare
from calibration.realism.two_sample import Playing, Told, tell_apart
from dialogue_env.files import write_whole
from evaluation.bootstrap import Estimate

NOTES = (
    "floor: distance between the real people of two random halves; ratio: distance of the model to the held-out half over the floor, "
    "with its 95 % bootstrap interval over dialogues.",
    "Few dialogues scatter, and scatter counts as distance: of two halves in the floor, of one in the ratio, since models have many copies. "
    "So a perfect model has a ratio of about .7; with one copy of each dialogue (column 'one copy') it has 1.",
    "met: the ratio is at most what is asked; unsure: what is asked lies within the interval.",
)


@dataclass(frozen=True, slots=True)
class Realism:
    """All that a report holds."""

    results: tuple[Result, ...]
    foreseen: tuple[tuple[str, Foreseen], ...]  # with the name of the comparison
    told: tuple[tuple[str, Told], ...]


def report(comparisons: Sequence[Comparison], out: Path, splits: int, seed: int, console: Console) -> Realism:
    """Return how realistic people are; print tables and write realism.csv, realism.json and pictures into ``out``."""
    total = splits * sum(len(one.models) + isinstance(one, Foretelling) + isinstance(one, Playing) for one in comparisons)
    with tqdm(total=total, desc="comparing", unit="fit", file=sys.stderr, leave=False, dynamic_ncols=True, disable=None) as bar:
        found = _found(comparisons, splits, seed, bar)
    tables = [*_quantity_tables(found.results), *_foreseen_tables(found), *_told_tables(found)]
    for table in tables:
        console.print(table)
    for note in NOTES:
        console.print(note, style="dim", highlight=False)
    write_realism(out, found, splits, seed)
    console.print(f"written to {out}: realism.csv, .json, one picture per quantity, light and dark", style="dim", highlight=False)
    return found


def write_realism(out: Path, found: Realism, splits: int, seed: int) -> None:
    """Write realism.csv, realism.json and the pictures into ``out``."""
    from calibration.realism.plots import plot_quantity  # noqa: PLC0415 -- matplotlib is slow to import

    frame = pd.DataFrame(_records(found.results))
    write_whole(out / "realism.csv", frame.to_csv(index=False, lineterminator="\n", float_format="%.6g"))
    parts = {
        "splits": splits,
        "seed": seed,
        "notes": NOTES,
        "quantities": _plain(_records(found.results)),
        "shapes": _plain(_shapes(found.results)),
        "log_likelihood": _plain({"comparison": name, "model": row.model} | _ends("nats", row.nats) | _ends("gain", row.gain) for name, row in found.foreseen),
        "two_sample": _plain({"comparison": name, "model": row.model} | _ends("area", row.area) for name, row in found.told),
    }
    write_whole(out / "realism.json", json.dumps(parts, indent=1, allow_nan=False) + "\n")
    for result in found.results:
        plot_quantity(result, out)


def verdict(score: Score, asked: float) -> str:
    """Return whether a ratio is at most what is asked, and whether that is sure; "" if nothing is asked."""
    if asked == float("inf"):
        return ""
    met = "met" if score.ratio.value <= asked else "not met"
    return f"{met}, unsure" if score.ratio.low <= asked <= score.ratio.high else met


def _found(comparisons: Sequence[Comparison], splits: int, seed: int, bar: Any) -> Realism:
    results: list[Result] = []
    foreseen: list[tuple[str, Foreseen]] = []
    told: list[tuple[str, Told]] = []
    for one in comparisons:
        tick = _tick(bar, one.name)
        results += compare(one, splits, seed, tick)
        if isinstance(one, Foretelling):
            foreseen += [(one.name, row) for row in foresee(one, splits, seed, tick)]
        if isinstance(one, Playing):
            told += [(one.name, row) for row in tell_apart(one, splits, seed, tick)]
    return Realism(tuple(results), tuple(foreseen), tuple(told))


def _tick(bar: Any, name: str) -> Callable[[], None]:
    bar.set_description(f"comparing {name}")
    return cast(Callable[[], None], bar.update)


def _quantity_tables(results: Sequence[Result]) -> Iterator[Table]:
    for name in dict.fromkeys(result.comparison for result in results):
        rows = [result for result in results if result.comparison == name]
        naive = [model for model in rows[0].scores if model != "people"]
        table = _table(f"{name} ({rows[0].corpus}, n = {rows[0].units:,}): distance to real people, over the floor [95 %]")
        table.caption = Text(f"replayed: {rows[0].replayed}")
        for title in ("quantity", "floor", "people", "ratio", "one copy", "asked", *naive):
            table.add_column(title.replace(" ", "\n"), justify="left" if title in ("quantity", "asked") else "right", overflow="fold")
        for row in rows:
            table.add_row(*map(Text, _cells(row, naive)))
        yield table


def _cells(row: Result, naive: Sequence[str]) -> tuple[str, ...]:
    people, asked = row.scores["people"], row.quantity.asked
    return (
        row.quantity.name,
        _figure(row.floor.value, 3),
        _figure(people.distance.value, 3),
        interval(people.ratio, 2),
        _figure(people.same_size, 2),
        "-" if asked == float("inf") else f"{asked:g}: {verdict(people, asked)}".replace(", ", ",\n"),
        *(_figure(row.scores[model].ratio.value, 2) for model in naive),
    )


def _foreseen_tables(found: Realism) -> Iterator[Table]:
    for name in dict.fromkeys(name for name, _ in found.foreseen):
        table = _table(f"{name}: log-likelihood of held-out replies, in nats per reply")
        for title in ("model", "nats [95 %]", "people are better by"):
            table.add_column(title, justify="left" if title == "model" else "right")
        for row in (row for other, row in found.foreseen if other == name):
            table.add_row(*map(Text, (row.model, interval(row.nats, 3), "" if row.model == "people" else interval(row.gain, 3))))
        yield table


def _told_tables(found: Realism) -> Iterator[Table]:
    for name in dict.fromkeys(name for name, _ in found.told):
        table = _table(f"{name}: a classifier tells simulated from real dialogues, area under the curve (.5: cannot tell)")
        table.add_column("model")
        table.add_column("area [95 %]", justify="right")
        for row in (row for other, row in found.told if other == name):
            table.add_row(Text(row.model), Text(interval(row.area, 3)))
        yield table


def _table(title: str) -> Table:
    return Table(
        title=Text(title), min_width=len(title), title_justify="left", caption_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True
    )


def interval(estimate: Estimate, digits: int) -> str:
    """Return ``value [low, high]``."""
    low, high = _figure(estimate.low, digits), _figure(estimate.high, digits)
    return "-" if estimate.value != estimate.value else f"{_figure(estimate.value, digits)} [{low}, {high}]"


def _figure(value: float, digits: int) -> str:
    return "-" if value != value else f"{value:z.{digits}f}"


def _records(results: Sequence[Result]) -> list[dict[str, Any]]:
    """Return a flat record for each quantity and model."""
    return [
        {"comparison": result.comparison, "corpus": result.corpus, "replayed": result.replayed, "dialogues": result.units, "group": result.quantity.group}
        | {"quantity": result.quantity.name, "measure": result.quantity.distance, "model": model, **_ends("floor", result.floor)}
        | {**_ends("distance", score.distance), **_ends("ratio", score.ratio), "one_copy": score.same_size}
        | {"asked": result.quantity.asked, "verdict": verdict(score, result.quantity.asked)}
        for result in results
        for model, score in result.scores.items()
    ]


def _shapes(results: Sequence[Result]) -> Iterator[dict[str, Any]]:
    """Yield what the pictures show, a record per quantity."""
    for result in results:
        real = {"human": list(result.human), "half_low": list(result.half_low), "half_high": list(result.half_high)}
        models = {model: list(score.shares) for model, score in result.scores.items()}
        yield {"comparison": result.comparison, "quantity": result.quantity.name, "support": list(result.support), **real, "models": models}


def _plain(records: Any) -> Any:
    """Return records as JSON has them: null for what is not a finite number."""
    return json.loads(pd.DataFrame(list(records)).to_json(orient="records", double_precision=6))


def _ends(name: str, estimate: Estimate) -> dict[str, float]:
    return {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
