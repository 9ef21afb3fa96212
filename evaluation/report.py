"""A whole evaluation in one call: play, score, store, write, print. Scripts and ``make train`` use it."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from tqdm import tqdm

from dialogue_env.files import write_whole
from evaluation.grid import Cell, Setting, build_worlds, by_setting, check_count, load_policies, play_grid
from evaluation.paired import compare, listening
from evaluation.result_files import write_comparison, write_results
from evaluation.scores import Row, score_cells
from evaluation.shift import Shift
from evaluation.tables import console, difference_tables, listening_table, result_tables, shift_table, suite_table, variants_table
from evaluation.transcripts import transcribe, transcripts_jsonl, transcripts_markdown
from evaluation.variants import stands
from policies.learned import mapping
from rewards import InputError, RewardWeights

T = TypeVar("T")

QUIET_SECONDS = 2.0
"""How long an evaluation may take before its progress is shown."""


def play_cells(policies: Sequence[str], settings: Sequence[Setting], *, count: int, seed: int, weights: RewardWeights) -> tuple[Cell, ...]:
    """Return the cells of every setting and policy, showing progress on stderr; raises InputError before anything is played.

    Of a policy that was trained in another domain a note says what it makes of this one.
    """
    check_count(count)
    worlds = build_worlds(settings)
    players = load_policies(policies, worlds, weights)
    told = dict.fromkeys((name, mapping(policy, worlds[setting])) for setting, name, policy in players)
    _note(console(), [f"{name}: {about}" for name, about in told if about])
    with _bar(len(players) * count, "playing", "dialogue") as bar:
        return tuple(play_grid(players, worlds, count, seed, weights, bar.update))


def report_cells(cells: Sequence[Cell], weights: RewardWeights, command: str, out: Path, variants: bool = False) -> tuple[Row, ...]:
    """Score cells under ``weights``, print their tables, and write results and plots into ``out``; returns the rows.

    For cells of many ``variants`` the table says where each policy stands, and nothing is drawn.
    """
    rows = tuple(_progress(score_cells(cells, weights, command), len(cells), "scoring", "cell"))
    write_results(out, rows)
    terminal, suite = console(), all(row.setting.label for row in rows)
    for table in [variants_table(stands(cells, weights))] if variants else [suite_table(rows)] if suite else result_tables(rows):
        terminal.print(table)
    if not variants and (heard := listening(cells, weights)):
        terminal.print(listening_table(heard, {row.policy for row in rows if row.informed}))
    drawings = [] if variants else [*_outcome_plots(rows, out / "plots"), *([] if suite else _act_plots(cells, out / "plots"))]
    for draw in _progress(drawings, len(drawings), "drawing", "plot"):
        draw()
    _written(terminal, out, "results.json, .csv, .md" if variants else "results.json, .csv, .md, plots/")
    return rows


def report_comparison(cells: Sequence[Cell], pair: Sequence[str], weights: RewardWeights, command: str, out: Path) -> None:
    """Print and write the differences between two policies; raises InputError if one has no dialogues."""
    differences = tuple(compare(cells, pair, weights))
    write_comparison(out, differences, command)
    terminal = console()
    for table in difference_tables(differences):
        terminal.print(table)
    _written(terminal, out, "comparison.json, .csv, .md")


def report_shifts(shifts: Sequence[Shift], notes: Sequence[str]) -> None:
    """Print how many stored dialogues would have gone otherwise under the new weights, and warn where that matters."""
    terminal = console()
    if shifts:
        terminal.print(shift_table(shifts))
    for name in [shift.cell.policy for shift in shifts if shift.matters]:
        terminal.print(
            f"warning: {name} would have acted otherwise under these weights: the figures above are its old behaviour under a new score; evaluate it again",
            style="bold yellow",
            highlight=False,
        )
    _note(terminal, notes)


def write_transcripts(cells: Sequence[Cell], people: int, command: str, out: Path) -> None:
    """Write the dialogues of the first ``people`` persons of every cell as JSONL and Markdown; raises InputError as ``transcribe``."""
    worlds = build_worlds([cell.setting for cell in cells])
    transcripts = [transcript for cell in cells for transcript in transcribe(worlds[cell.setting], cell, people)]
    write_whole(out / "transcripts.jsonl", transcripts_jsonl(transcripts))
    write_whole(out / "transcripts.md", transcripts_markdown(transcripts, command))
    _written(console(), out, "transcripts.jsonl, .md")


def check_out(out: Path) -> None:
    """Raise InputError if ``out``, or a folder it would lie in, is a file."""
    for path in (out, *out.parents):
        if path.exists():
            if not path.is_dir():
                raise InputError(f"--out {out}: {path} is a file, not a folder")
            return


def _outcome_plots(rows: Sequence[Row], folder: Path) -> list[Callable[[], None]]:
    """Return the drawing of one plot for each domain and noise."""
    from evaluation.plots import plot_outcomes  # noqa: PLC0415 -- matplotlib is slow to import

    places: dict[tuple[str, float], list[Row]] = {}
    for row in rows:
        places.setdefault((row.setting.domain, row.setting.noise), []).append(row)
    return [partial(plot_outcomes, group, folder / f"outcomes_{_stem(domain)}_noise{noise:g}.png") for (domain, noise), group in places.items()]


def _act_plots(cells: Sequence[Cell], folder: Path) -> list[Callable[[], None]]:
    """Return the drawing of one plot for each setting."""
    from evaluation.plots import plot_acts  # noqa: PLC0415 -- matplotlib is slow to import

    def path(setting: Setting) -> Path:
        return folder / f"acts_{_stem(setting.domain)}_{_stem(setting.population)}_noise{setting.noise:g}.png"

    return [partial(plot_acts, members, path(setting)) for setting, members in by_setting(cells).items()]


def _stem(name: str) -> str:
    """Return a name, or the path of a file, as a part of a file name."""
    short = name.replace("\\", "/").rsplit("/", 1)[-1].replace(".toml", "")
    return "".join(char if char.isalnum() or char in "_-" else "_" for char in short)


def _progress(items: Iterable[T], total: int, what: str, unit: str) -> Iterator[T]:
    """Yield ``items``, showing on stderr how many are done and how long the rest will take."""
    with _bar(total, what, unit) as bar:
        for item in items:
            yield item
            bar.update()


def _bar(total: int, what: str, unit: str) -> Any:
    return tqdm(total=total, desc=what, unit=unit, delay=QUIET_SECONDS, file=sys.stderr, leave=False)


def _note(terminal: Console, notes: Iterable[str]) -> None:
    for note in notes:
        terminal.print(f"note: {note}", style="yellow", highlight=False)


def _written(terminal: Console, out: Path, names: str) -> None:
    terminal.print(f"written to {out}: {names}", style="dim", highlight=False)
