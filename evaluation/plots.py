"""Plots: what each policy achieves and at what price, how it acts over a dialogue, and how it learned."""

import csv
import itertools
from collections.abc import Mapping, Sequence
from math import ceil
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.patches import Patch
from matplotlib.ticker import EngFormatter, MaxNLocator

from dialogue_env.acts import Family
from dialogue_env.types import F64
from evaluation.figure import GREY, PALETTE, look, panels
from evaluation.grid import Cell
from evaluation.scores import Row
from evaluation.tables import policy_label
from rewards import InputError

MOST_COLUMNS = 5
LONGEST_LABEL = 36
"""Characters of a policy's name in a picture: longer ones leave no room for the plot."""
VISIBLE = 0.005
"""Share of dialogues from which a family is named in the legend."""
FAMILY_COLOURS: dict[Family, str] = {
    Family.HOLD: "#BBBBBB",
    Family.ACKNOWLEDGE: "#88CCEE",
    Family.ANSWER: "#44AAD0",
    Family.YIELD: "#0072B2",
    Family.CORRECT: "#332288",
    Family.CHECK: "#B9E0A5",
    Family.EXPLORE: "#66B77A",
    Family.CLARIFY: "#117733",
    Family.INFORM: "#F0E08A",
    Family.SHIFT: "#E69F00",
    Family.PROPOSE: "#D55E00",
    Family.CLOSE: "#882255",
}
"""Families from giving way (blue) over asking (green) to leading (yellow to red), in the order they are stacked."""


def plot_label(name: str, informed: bool = False) -> str:
    """Return a policy's name for a legend; of a long path the end, which tells it from others."""
    label = policy_label(name, informed)
    return label if len(label) <= LONGEST_LABEL else f"…{label[1 - LONGEST_LABEL :]}"


def plot_outcomes(rows: Sequence[Row], path: Path) -> None:
    """Draw success against satisfaction, one panel per population, bars for the 95 % intervals.

    ``rows`` share their domain and noise.
    """
    populations = list(dict.fromkeys(row.setting.population for row in rows))
    policies = list(dict.fromkeys(row.policy for row in rows))
    columns = min(len(populations), MOST_COLUMNS)
    with panels(path, ceil(len(populations) / columns), columns, (4.3 if columns > 1 else 6.5, 4.2)) as (figure, axes):
        for population, panel in zip(populations, axes, strict=False):
            for row in (row for row in rows if row.setting.population == population):
                _outcome(panel, row, policies.index(row.policy))
            panel.set_title(population)
            panel.set_xlabel("success (%)")
        for panel in axes[len(populations) :]:
            panel.set_visible(False)
        axes[0].set_ylabel("satisfaction at the end")
        figure.suptitle(f"{rows[0].setting.domain}, noise {rows[0].setting.noise:g}: success against satisfaction", x=0.01, ha="left")
        handles, labels = axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=min(len(labels), 4 if columns > 1 else 2))


def plot_acts(cells: Sequence[Cell], path: Path) -> None:
    """Draw which family of acts is used at each turn, stacked, one panel per policy; ``cells`` share their setting.

    The height of the stack is the share of dialogues that are still going on.
    """
    columns = min(len(cells), 4)
    with panels(path, ceil(len(cells) / columns), columns, (3.6, 3.1)) as (figure, axes):
        used = [family for cell, panel in zip(cells, axes, strict=False) for family in _stack(panel, cell)]
        for panel in axes[len(cells) :]:
            panel.set_visible(False)
        for panel in axes[max(0, len(cells) - columns) : len(cells)]:
            panel.set_xlabel("turn")
            panel.tick_params(labelbottom=True)
        for panel in axes[: len(cells) : columns]:
            panel.set_ylabel("dialogues (%)")
        setting, shown = cells[0].setting, [family for family in FAMILY_COLOURS if family in used]
        figure.suptitle(f"{setting.domain}, {setting.population}: what the policy does at each turn", x=0.01, ha="left")
        patches = [Patch(facecolor=FAMILY_COLOURS[family]) for family in shown]
        figure.legend(patches, [family.name.lower() for family in shown], loc="outside lower center", ncols=min(len(shown), 6 if columns > 2 else 3))


def _stack(panel: Axes, cell: Cell) -> list[Family]:
    """Draw one policy's acts, and return the families that can be seen."""
    shares = family_shares(cell)
    used = [family for family in FAMILY_COLOURS if shares[family].any()]
    colours = [FAMILY_COLOURS[family] for family in used]
    panel.add_collection(PolyCollection(bands(100 * shares[used]), facecolors=colours, edgecolors="white", linewidths=0.3), autolim=False)
    panel.set_title(plot_label(cell.policy, cell.informed))
    panel.set_xlim(1, shares.shape[1])
    panel.set_ylim(0, 100)
    panel.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    return [family for family in used if shares[family].max() >= VISIBLE]


def bands(heights: F64) -> list[F64]:
    """Return the outlines [2 turns, 2] of layers with the ``heights`` [layers, turns] at turns 1, 2, ..., each on top of the one before."""
    turns = np.arange(1, heights.shape[1] + 1)
    edges = np.cumsum([np.zeros(len(turns)), *heights], axis=0)
    return [np.column_stack([[*turns, *turns[::-1]], [*low, *high[::-1]]]) for low, high in itertools.pairwise(edges)]


def family_shares(cell: Cell) -> F64:
    """Return the share of all dialogues that use each family at each turn, [families, max_turns]."""
    acts = cell.dialogues.acts
    family = np.where(acts >= 0, np.array(cell.families)[acts], -1)
    return np.stack([(family == kind).mean(axis=0) for kind in Family])


def plot_learning(csv_path: Path, out_path: Path, references: Mapping[str, float]) -> None:
    """Draw the learning curve of a run: the mean return over the turns trained, with its interval as a band.

    ``csv_path`` is a run's ``evaluations.csv``; ``references`` are mean returns of other
    policies, drawn as lines. Raises InputError for a missing or unreadable file.
    """
    turns, mean, low, high = _read_curve(csv_path)
    with panels(out_path, 1, 1, (7.5, 4.5)) as (_, (panel, *_)):
        panel.fill_between(turns, low, high, color=PALETTE[0], alpha=0.2, lw=0, label="95 % interval")
        panel.plot(turns, mean, color=PALETTE[0], lw=2, marker="o", ms=4, label=f"{csv_path.resolve().parent.name}")
        ranked = sorted(references.items(), key=lambda item: -item[1])
        for i, (name, value) in enumerate(ranked):
            panel.axhline(value, color=PALETTE[(i + 1) % len(PALETTE)], lw=1.4, ls=("--", ":", "-.")[i % 3], label=plot_label(name))
        panel.set_xlabel("turns trained")
        panel.xaxis.set_major_locator(MaxNLocator(7))
        panel.xaxis.set_major_formatter(EngFormatter(sep=""))
        panel.set_ylabel("return")
        panel.margins(x=0.02)
        levels = [*low, *high, *references.values()]
        room = 0.05 * (max(levels) - min(levels)) or 0.1
        panel.set_ylim(min(levels) - room, max(levels) + room)
        panel.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))


def _read_curve(path: Path) -> tuple[F64, ...]:
    columns = ("turns", "return_mean", "return_low", "return_high")
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = [[float(row[column]) for column in columns] for row in csv.DictReader(stream)]
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (OSError, UnicodeDecodeError, csv.Error, KeyError, TypeError, ValueError):
        raise InputError(f"{path}: not a table of evaluations; needed: numbers in the columns {', '.join(columns)}") from None
    if not rows:
        raise InputError(f"{path}: holds no evaluations yet")
    return tuple(np.array(rows).T)


def _outcome(panel: Axes, row: Row, position: int) -> None:
    x, y = row.estimates["success"], row.estimates["satisfaction"]
    style = look(position) | ({"color": GREY} if row.informed else {})
    panel.errorbar(
        100 * x.value,
        y.value,
        xerr=[[100 * (x.value - x.low)], [100 * (x.high - x.value)]],
        yerr=[[y.value - y.low], [y.high - y.value]],
        ls="none",
        ms=7,
        elinewidth=1.2,
        mec="white",
        label=plot_label(row.policy, row.informed),
        **style,
    )
