"""Pictures of the realism report: real people with the floor, simulated people, and naive models in pale."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from calibration.realism.ratios import Result
from evaluation.figure import GREY, LOOKS, MARKERS, PALETTE, panels

SIZE = (8.6, 4.4)
REAL, HALVES, SIMULATED = "real people", "95 % of halves of them", "simulated people"
FIRST = (REAL, HALVES, SIMULATED)
"""The order of the legend; naive models follow."""
PEOPLE = PALETTE[1]
PALE = (PALETTE[5], PALETTE[3], PALETTE[2], PALETTE[4], PALETTE[8])


def plot_quantity(result: Result, folder: Path) -> None:
    """Draw the distribution of a quantity into ``folder``, once light and once dark (``..._dark.png``)."""
    stem = "_".join(f"{result.comparison} {result.quantity.name}".lower().split()).replace("/", "_")
    for ending, dark in LOOKS.items():
        with panels(folder / f"{stem}{ending}.png", 1, 1, SIZE, dark) as (figure, (axes, *_)):
            _draw(figure, axes, result)


def _draw(figure: Figure, axes: Axes, result: Result) -> None:
    if result.quantity.distance == "total variation":
        _shares(axes, result)
    else:
        _summed_up(axes, result)
    score = result.scores["people"]
    axes.set_title(f"{result.quantity.name}: {score.ratio.value:.2f} of the human floor [{score.ratio.low:.2f}, {score.ratio.high:.2f}]", pad=10)
    axes.set_ylim(bottom=0)
    by_name = dict(zip(*axes.get_legend_handles_labels()[::-1], strict=True))
    names = sorted(by_name, key=lambda name: (*FIRST, name).index(name))
    figure.legend([by_name[name] for name in names], names, loc="outside right center")


def _shares(axes: Axes, result: Result) -> None:
    """Draw shares of categories: bars for real people, with lines for what halves of them have."""
    places = np.arange(len(result.support))
    axes.bar(places, 100 * result.human, color=GREY, alpha=0.45, width=0.72, label=REAL)
    axes.vlines(places, 100 * result.half_low, 100 * result.half_high, color=GREY, lw=5, alpha=0.75, label=HALVES)
    for model, colour, shares in _naive(result):
        axes.plot(places, shares, color=colour, lw=1.3, alpha=0.55, label=model)
    axes.plot(places, 100 * result.scores["people"].shares, color=PEOPLE, lw=2.2, marker=MARKERS[0], ms=6, label=SIMULATED)
    axes.set_xticks(places, result.quantity.bins)
    axes.grid(visible=False, axis="x")
    axes.set_xlabel(result.quantity.name)
    axes.set_ylabel(f"{result.corpus}, share (%)")


def _summed_up(axes: Axes, result: Result) -> None:
    """Draw the share up to each value: the area between two lines is their distance."""
    axes.fill_between(result.support, 100 * result.half_low, 100 * result.half_high, step="post", color=GREY, alpha=0.4, lw=0, label=HALVES)
    for model, colour, shares in _naive(result):
        axes.step(result.support, shares, where="post", color=colour, lw=1.3, alpha=0.55, label=model)
    axes.step(result.support, 100 * result.human, where="post", color=GREY, lw=2.2, label=REAL)
    axes.step(result.support, 100 * result.scores["people"].shares, where="post", color=PEOPLE, lw=2.0, label=SIMULATED)
    axes.set_xlabel(result.quantity.name)
    axes.set_ylabel(f"{result.corpus}, share up to here (%)")


def _naive(result: Result) -> Iterator[tuple[str, str, Any]]:
    """Yield the name, colour and shares of the naive models that do it at all; each keeps its colour in all pictures."""
    names = [model for model in result.scores if model != "people"]
    for position, model in enumerate(names):
        if np.isfinite(result.scores[model].shares).all():
            yield model, PALE[position % len(PALE)], 100 * result.scores[model].shares
