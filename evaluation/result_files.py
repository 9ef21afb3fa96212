"""Results as files: JSON, CSV and Markdown with every measure; each row says what made it."""

import csv
import io
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dialogue_env.files import write_whole
from evaluation.grid import Setting
from evaluation.measures import BY_NAME, MEASURES
from evaluation.paired import Difference
from evaluation.scores import Row
from evaluation.tables import chance, fewer, interval, number, policy_label


def write_results(folder: Path, rows: Sequence[Row]) -> None:
    """Write ``results.json``, ``results.csv`` and ``results.md`` into ``folder``."""
    write_whole(folder / "results.json", as_json([_record(row) for row in rows]))
    write_whole(folder / "results.csv", _csv([_flat(row) for row in rows]))
    write_whole(folder / "results.md", "\n".join(_results_page(rows)) + "\n")


def write_comparison(folder: Path, differences: Sequence[Difference], command: str) -> None:
    """Write ``comparison.json``, ``comparison.csv`` and ``comparison.md`` into ``folder``."""
    records = [_place(d.setting) | {k: v for k, v in asdict(d).items() if k != "setting"} | {"command": command} for d in differences]
    write_whole(folder / "comparison.json", as_json(records))
    flat = [{k: v for k, v in r.items() if k != "difference"} | _spread("difference", r["difference"]) for r in records]
    write_whole(folder / "comparison.csv", _csv(flat))
    write_whole(folder / "comparison.md", "\n".join(_comparison_page(differences, command)) + "\n")


def _place(setting: Setting) -> dict[str, Any]:
    return {"id": setting.label, "domain": setting.domain, "population": setting.population, "noise": setting.noise}


def _record(row: Row) -> dict[str, Any]:
    made = {"dialogues": row.dialogues, "seed": row.seed, "weights": row.weights.as_dict(), "command": row.command}
    measures = {name: asdict(estimate) for name, estimate in row.estimates.items()}
    notes = {f"{name}_name": note for name, note in row.notes.items()}
    return {"policy": row.policy, "informed": row.informed, **_place(row.setting), **made, **notes, "measures": measures}


def _flat(row: Row) -> dict[str, Any]:
    record = _record(row)
    measures = record.pop("measures")
    record["weights"] = row.weights.text()
    for name, estimate in measures.items():
        record |= _spread(name, estimate)
    return record


def _spread(name: str, estimate: dict[str, float]) -> dict[str, float]:
    return {name: estimate["value"], f"{name}_low": estimate["low"], f"{name}_high": estimate["high"]}


def as_json(records: Any) -> str:
    """Return plain data as a page of JSON, with null for the numbers that JSON does not have."""
    return json.dumps(without_nan(records), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def without_nan(value: Any) -> Any:
    """Return plain data with None for NaN and infinities, which JSON does not have."""
    if isinstance(value, dict):
        return {key: without_nan(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_nan(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _csv(records: Sequence[dict[str, Any]]) -> str:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: "" if isinstance(value, float) and math.isnan(value) else value for key, value in record.items()} for record in records)
    return stream.getvalue()


def _results_page(rows: Sequence[Row]) -> Iterator[str]:
    first = rows[0]
    yield "# Results"
    yield f"\n{first.dialogues:,} dialogues per row, the same people for every policy; seed {first.seed}; weights `{first.weights.text()}`."
    yield f"Made by `{first.command}`."
    yield "In brackets: 95 % bootstrap interval over people. `results.csv` and `results.json` hold the same numbers.\n"
    yield from (f"- **{measure.title}**: {measure.meaning}" for measure in MEASURES)
    before = None
    for row in rows:
        if row.setting != before:
            before = row.setting
            yield f"\n## {_heading(row.setting)}\n"
            yield from _header(["policy", *(measure.title for measure in MEASURES)])
        yield _line([policy_label(row.policy, row.informed), *(f"{row.notes.get(m.name, '')} {interval(m, row.estimates[m.name])}".lstrip() for m in MEASURES)])


def _comparison_page(differences: Sequence[Difference], command: str) -> Iterator[str]:
    first, second = differences[0].first, differences[0].second
    yield f"# {second} minus {first}, person by person"
    yield f"\nMade by `{command}`."
    yield "In brackets: 95 % bootstrap interval over people. p values are not corrected for the number of rows."
    yield "Pairing: how many times fewer dialogues the comparison needs than with different people for each policy."
    before = None
    for difference in differences:
        if difference.setting != before:
            before = difference.setting
            yield f"\n## {_heading(difference.setting)}\n"
            yield from _header(["measure", first, second, "difference", "test", "p", "pairing"])
        measure = BY_NAME[difference.measure]
        means = [number(measure, mean) for mean in (difference.first_mean, difference.second_mean)]
        yield _line([measure.title, *means, interval(measure, difference.difference), difference.test, chance(difference.p), fewer(difference.saving)])


def _heading(setting: Setting) -> str:
    return f"{setting.label + ': ' if setting.label else ''}{setting.domain}, {setting.population}, noise {setting.noise:g}"


def _header(titles: Sequence[str]) -> list[str]:
    return [_line(titles), _line(["---", *["---:"] * (len(titles) - 1)])]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
