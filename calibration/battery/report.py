"""The accommodation battery's table, picture and file."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from calibration.battery.findings import Finding, assess
from calibration.battery.human import Human, load_human
from calibration.battery.measures import MEASURES
from calibration.scripts import Script, corpus_script, draw_scripts, load_persuader
from calibration.user_models import UserModel
from dialogue_env.files import write_whole
from evaluation.figure import GREY, LOOKS, look, panels

COLOURS = {"green": "green", "red: too kind": "bold red", "red: too hard": "bold red", "not told": "dim"}
FARTHEST = 4.0
"""Values further from people than this, in half bands, are drawn at the edge."""


def battery(
    models: Sequence[UserModel], script: Script, out: Path, console: Console, seed: int = 0, human: Mapping[str, Human] | None = None
) -> tuple[tuple[Finding, ...], ...]:
    """Return the findings of each model on ``script``; print the table, and write ``battery.csv`` and two pictures into ``out``.

    The human figures are those that ship with the package unless others are given.
    """
    human = load_human() if human is None else human
    findings = tuple(assess(model, script, seed, human) for model in models)
    console.print(findings_table(findings, len(script)))
    write_whole(out / "battery.csv", _csv(findings))
    for ending, dark in LOOKS.items():
        plot_findings(findings, out / f"battery{ending}.png", dark)
    return findings


def scripts_for(corpora: Path | None, dialogues: int, seed: int) -> Script:
    """Return so many agent's sides: PersuasionForGood's own, over and over, or drawn from the table fitted to them."""
    if corpora is None:
        return draw_scripts(load_persuader(), dialogues, seed)
    from calibration.corpora.donations import donations  # noqa: PLC0415 -- needs the calibration extra

    logged = corpus_script(donations(corpora))
    return logged.take(np.arange(dialogues) % len(logged))


def findings_table(findings: Sequence[Sequence[Finding]], dialogues: int) -> Table:
    """Return the table of findings: a line per measure, a column per model, verdicts in words and colour."""
    caption = "Band: where another group of as many people would fall. In brackets: 95 % bootstrap interval over people.\n"
    caption += "Walking out: people of another setting (bargaining in CaSiNo); those who were asked for a donation were paid to stay."
    table = Table(title=f"accommodation battery: {dialogues:,} dialogues per model", caption=caption, box=box.SIMPLE_HEAD, pad_edge=False)
    table.title_justify = table.caption_justify = "left"
    table.add_column("measure", overflow="fold")
    table.add_column("people\nband", justify="right")
    for model in findings:
        table.add_column(Text(f"{model[0].model}\n{sum(found.verdict == 'green' for found in model)} of {len(model)} green"), justify="right")
    for measure, row in zip(MEASURES, zip(*findings, strict=True), strict=True):
        low, high = map(measure.shown, row[0].human.band)
        table.add_row(Text(measure.title), Text(f"{measure.shown(row[0].human.value)}\n{low} to {high}"), *map(_cell, row))
    return table


def plot_findings(findings: Sequence[Sequence[Finding]], path: Path, dark: bool = False) -> None:
    """Draw where each model stands on the human scale, a row per measure: the band is people, right of it is too kind."""
    with panels(path, 1, 1, (8.4, 1.6 + 0.5 * len(MEASURES)), dark) as (figure, (panel, *_)):
        panel.axvspan(-1.0, 1.0, color=GREY, alpha=0.3, lw=0, label="band of real people")
        panel.axvline(0.0, color=GREY, lw=1.2)
        for position, model in enumerate(findings):
            lift = 0.5 * ((position + 0.5) / len(findings) - 0.5)
            _dots(panel, model, position, lift)
        panel.set_yticks(np.arange(len(MEASURES)), [measure.title.removesuffix(" %") for measure in MEASURES])
        panel.set_ylim(len(MEASURES) - 0.5, -0.5)
        panel.set_xlim(-FARTHEST - 0.3, FARTHEST + 0.3)
        panel.set_xlabel("too hard   \N{LEFTWARDS ARROW}   half widths of the human band   \N{RIGHTWARDS ARROW}   too kind")
        panel.grid(visible=False, axis="x")
        figure.suptitle("Is the user model too kind?", x=0.01, ha="left")
        figure.legend(loc="outside lower center", ncols=min(len(findings) + 1, 4))


def _dots(panel: Axes, model: Sequence[Finding], position: int, lift: float) -> None:
    """Draw one model's values with their intervals; a value beyond the edge is drawn on it, as an arrowhead."""
    style, label = look(position), model[0].model
    for row, found in enumerate(model):
        ends = sorted(found.human.kindness(found.measure, end) for end in (found.estimate.low, found.estimate.high))
        low, value, high = np.clip([ends[0], found.kindness, ends[1]], -FARTHEST, FARTHEST)
        panel.plot([low, high], [row + lift] * 2, color=style["color"], lw=1.6)
        beyond = abs(found.kindness) > FARTHEST
        marker = (">" if value > 0 else "<") if beyond else style["marker"]
        panel.plot(value, row + lift, ls="none", marker=marker, color=style["color"], ms=8, mec=panel.get_facecolor(), label=label, clip_on=False)
        label = ""


def _cell(found: Finding) -> Text:
    measure, estimate = found.measure, found.estimate
    interval = f" [{measure.shown(estimate.low)}, {measure.shown(estimate.high)}]" if found.verdict != "not told" else ""
    return Text.assemble(f"{measure.shown(estimate.value)}{interval}\n", (found.verdict, COLOURS[found.verdict]))


def _csv(findings: Sequence[Sequence[Finding]]) -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("model", "measure", "value", "low", "high", "people", "error", "band_low", "band_high", "dialogues", "verdict", "source"))
    for found in (found for model in findings for found in model):
        estimate, human = found.estimate, found.human
        numbers = (estimate.value, estimate.low, estimate.high, human.value, human.error, *human.band)
        shown = ("" if number != number else f"{number:.5f}" for number in numbers)
        writer.writerow((found.model, found.measure.name, *shown, human.count, found.verdict, human.source))
    return stream.getvalue()
