"""The common look of all plots; figures are drawn without a window or any global state."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from dialogue_env.files import write_whole
from evaluation.layout import arrange

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#332288", "#882255", "#999933", "#AA4499")
"""Colours that stay apart for colour-blind readers (Okabe and Ito, then Tol)."""
MARKERS = ("o", "s", "^", "D", "v", "h", "X", "<", ">", "p")
GREY = "#8A8A8A"
"""The colour of policies that see the person and of all that is not a policy's own."""
INK = "#262626"
STYLE: Any = {
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titley": 1.0,  # else Matplotlib measures every panel to find this out
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E3E3E3",
    "grid.linewidth": 0.8,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "figure.titlesize": 13,
    "legend.frameon": False,
    "legend.fontsize": 11,
    "figure.dpi": 130,
}
COMPRESSION = 3
"""Level of the PNG files: 6, the usual, takes twice as long and saves a twentieth."""
_DARK_INK, _DARK_GROUND = "#E6E6E6", "#0D1117"
DARK: Any = {
    **dict.fromkeys(("figure.facecolor", "axes.facecolor", "savefig.facecolor"), _DARK_GROUND),
    **dict.fromkeys(("text.color", "axes.labelcolor", "xtick.color", "ytick.color"), _DARK_INK),
    "grid.color": "#2B313A",
}
"""What goes over ``STYLE`` for pages with a dark ground."""
LOOKS = {"": False, "_dark": True}
"""Endings of the file names of pictures that are drawn twice, and whether they are dark."""


@contextmanager
def panels(path: Path, rows: int, columns: int, size: tuple[float, float], dark: bool = False) -> Iterator[tuple[Figure, list[Axes]]]:
    """Open a figure of ``rows`` x ``columns`` panels that share their axes, each of ``size`` inches; write it to ``path`` at the end."""
    with matplotlib.rc_context({**STYLE, **(DARK if dark else {})}):
        figure = Figure(figsize=(size[0] * columns, size[1] * rows))
        canvas: Any = FigureCanvasAgg(figure)
        grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
        yield figure, list(grid.flat)
        arrange(figure, canvas.get_renderer(), grid)
        stream = io.BytesIO()
        canvas.print_png(stream, pil_kwargs={"compress_level": COMPRESSION})  # savefig would draw twice
        write_whole(path, stream.getvalue())


def look(position: int) -> dict[str, Any]:
    """Return the colour and marker of the policy at ``position``."""
    return {"color": PALETTE[position % len(PALETTE)], "marker": MARKERS[position % len(MARKERS)]}
