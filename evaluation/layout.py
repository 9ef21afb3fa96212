"""Room around the panels of a figure, measured once: Matplotlib's constrained layout takes as long as the drawing itself."""

from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure

from dialogue_env.types import F64

PAD = 3 / 72
"""Inches around all that is drawn."""
BETWEEN = 0.02
"""Share of a panel's room that is left between two panels, at least."""
LEFT, BOTTOM, RIGHT, TOP = range(4)


def arrange(figure: Figure, renderer: RendererBase, grid: npt.NDArray[Any]) -> None:
    """Place the panels ``grid`` [rows, columns], so that all labels, the figure's title and its legend outside have room.

    Panels that lie at the same edges have the same things beside them, so one of each kind is measured.
    """
    for axes in grid.flat:
        _forget_empty_labels(axes)
    room, outside = _room(renderer, grid) / figure.dpi, _outside(figure, renderer)
    width, height = figure.get_size_inches()
    columns, rows = room.max(axis=0), room.max(axis=1)[::-1]
    left, right, wspace = _divide(width, outside[[LEFT, RIGHT]], columns[:, [LEFT, RIGHT]])
    bottom, top, hspace = _divide(height, outside[[BOTTOM, TOP]], rows[:, [BOTTOM, TOP]])
    figure.subplots_adjust(left, bottom, right, top, wspace, hspace)


def _divide(length: float, outside: F64, beside: F64) -> tuple[float, float, float]:
    """Return start and end of n panels in a row, and what lies between two of them over a panel's own length, as shares of ``length``.

    In inches: what is taken at both ends, ``outside`` [2], and by each panel's labels on both sides, ``beside`` [n, 2].
    """
    count, start, end = len(beside), PAD + outside[0] + beside[0, 0], length - PAD - outside[1] - beside[-1, 1]
    gap = (beside[:-1, 1] + beside[1:, 0]).max(initial=0.0) + max(2 * PAD, BETWEEN * length / count)
    return start / length, end / length, count * gap / (end - start - (count - 1) * gap)


def _forget_empty_labels(axes: Axes) -> None:
    """Give labels without a text a place, for Matplotlib looks long for one."""
    for axis in (axes.xaxis, axes.yaxis):
        if not axis.get_label_text():
            axis.set_label_coords(0.0, 0.0)


def _room(renderer: RendererBase, grid: npt.NDArray[Any]) -> F64:
    """Return how far each panel's labels reach beyond it, [rows, columns, 4] in dots; 0 for panels that are not shown."""
    room, known = np.zeros((*grid.shape, 4)), dict[tuple[bool, ...], F64]()
    for (row, column), axes in np.ndenumerate(grid):
        if not axes.get_visible():
            continue
        kind = (row == 0, column == 0, not any(below.get_visible() for below in grid[row + 1 :, column]))
        if kind not in known:
            inner, whole = axes.bbox.extents, axes.get_tightbbox(renderer, for_layout_only=True).extents
            known[kind] = np.maximum(np.concatenate([inner[:2] - whole[:2], whole[2:] - inner[2:]]), 0.0)
        room[row, column] = known[kind]
    return room


def _outside(figure: Figure, renderer: RendererBase) -> F64:
    """Return the inches that the figure's title (moved to the very top) and its legends take at each edge, [4]."""
    taken, (width, height) = np.zeros(4), figure.get_size_inches()
    for text in figure.texts:
        text.set_y(1.0 - PAD / height)
        taken[TOP] = text.get_window_extent(renderer).height / figure.dpi + 2 * PAD
    for legend in figure.legends:
        box = np.asarray(legend.get_window_extent(renderer).extents) / figure.dpi
        if box[BOTTOM] < (height - box[TOP]) / 2:  # "outside lower center", else "outside right center"
            taken[BOTTOM] = box[TOP]
        else:
            taken[RIGHT] = width - box[LEFT]
    return taken
