"""Pictures of a sweep: the front for everybody and each person type, and what the policy does as the weights change."""

from collections.abc import Sequence
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from evaluation.figure import GREY, look, panels
from evaluation.plots import plot_label

Data = dict[str, Any]
MOST_COLUMNS = 3
VISIBLE = 0.005


def plot_fronts(data: Data, path: Path, dark: bool) -> None:
    """Draw success against satisfaction, one panel per person type, with the fronts of other sweeps beside."""
    kinds = data["types"]
    columns = min(len(kinds), MOST_COLUMNS)
    with panels(path, ceil(len(kinds) / columns), columns, (4.2, 3.6), dark) as (figure, axes):
        for kind, panel in zip(kinds, axes, strict=False):
            for position, rival in enumerate(data["against"]):
                _front(panel, rival["points"], rival["fronts"][kind], kind, {"label": plot_label(rival["name"]), **look(position + 1)})
            _front(panel, data["points"], data["fronts"][kind], kind, {"label": "this sweep", **look(0)})
            panel.set_title(kind)
            panel.tick_params(labelbottom=True, labelleft=True)
        _ring(axes[0], data)
        for panel in axes[len(kinds) :]:
            panel.set_visible(False)
        for panel in axes[max(0, len(kinds) - columns) : len(kinds)]:
            panel.set_xlabel("success (%)")
        for panel in axes[: len(kinds) : columns]:
            panel.set_ylabel("satisfaction at the end")
        figure.suptitle(data["title"], x=0.01, ha="left")
        handles, labels = axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=min(len(labels), columns))


def _front(panel: Axes, points: Sequence[Data], front: Sequence[int], kind: str, style: Data) -> None:
    at = np.array([[point["by_type"][kind]["measures"][name] for name in ("success", "satisfaction")] for point in points], float)  # [P, 2, 3]
    at[:, 0] *= 100
    spread = np.abs(at[:, :, 1:] - at[:, :, :1])  # [P, 2, 2]
    colour = style["color"]
    panel.errorbar(at[:, 0, 0], at[:, 1, 0], xerr=spread[:, 0].T, yerr=spread[:, 1].T, ls="none", elinewidth=0.8, alpha=0.45, color=colour)
    panel.plot(at[:, 0, 0], at[:, 1, 0], ls="none", ms=4, alpha=0.5, marker=style["marker"], color=colour)
    panel.plot(at[front, 0, 0], at[front, 1, 0], lw=1.6, ms=6, mec="white", **style)


def _ring(panel: Axes, data: Data) -> None:
    """Ring the points that are proposed, with their names below a falling front, where there is room."""
    named: dict[int, list[str]] = {}
    for choice in data["choices"]:
        if choice["point"] is not None:
            named.setdefault(choice["point"], []).append(choice["name"])
    for below, (point, names) in enumerate(named.items(), 1):
        x, y = (data["points"][point]["by_type"][data["types"][0]]["measures"][name][0] for name in ("success", "satisfaction"))
        panel.plot(100 * x, y, ls="none", marker="o", ms=13, mfc="none", mec=GREY, mew=1.5)
        place: Data = {"xytext": (-24, -24 * below), "textcoords": "offset points", "ha": "right", "arrowprops": {"arrowstyle": "-", "color": GREY}}
        panel.annotate(", ".join(names), (100 * x, y), **place).set_in_layout(False)


def plot_acts(data: Data, path: Path, dark: bool) -> None:
    """Draw how the acts of all people's dialogues change along the front, from most satisfaction to most success."""
    everybody = data["types"][0]
    front = data["fronts"][everybody]
    shares = np.array([data["points"][point]["by_type"][everybody]["acts"] for point in front]).T  # [families, front]
    with panels(path, 1, 1, (7.5, 4.5), dark) as (figure, (panel, *_)):
        below = np.zeros(len(front))
        for family, share in zip(data["families"], shares, strict=True):
            panel.barh(np.arange(len(front)), 100 * share, left=below, color=family["colour"], height=0.8)
            below += 100 * share
        panel.set_yticks(np.arange(len(front)), [data["points"][point]["label"] for point in front])
        panel.set_xlim(0, 100)
        panel.grid(axis="y", visible=False)
        panel.set_xlabel("share of acts (%)")
        figure.suptitle("What it does, from most satisfaction (below) to most success (above)", x=0.01, ha="left")
        shown = [family for family, share in zip(data["families"], shares, strict=True) if share.max() >= VISIBLE]
        figure.legend([Patch(facecolor=family["colour"]) for family in shown], [family["name"] for family in shown], loc="outside lower center", ncols=4)
