"""Nothing that is drawn overlaps, or is cut off."""

import itertools

import matplotlib
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from evaluation.figure import STYLE
from evaluation.layout import arrange


def drawn(rows: int, columns: int, shown: int, legend: str) -> dict[str, np.ndarray]:
    """Return the edges [left, bottom, right, top] in inches of all that stands in a figure of labelled panels."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(4 * columns, 3 * rows))
        canvas = FigureCanvasAgg(figure)
        grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
        panels = list(grid.flat)
        for i, panel in enumerate(panels):
            panel.plot([0, 1], [-1000, 1000])
            panel.set(title=f"panel {i}", xlabel="across", ylabel="along" if i % columns == 0 else "")
            panel.set_visible(i < shown)
        title = figure.suptitle("a title", x=0.01, ha="left")
        key = figure.legend([Patch(), Patch()], ["one", "two"], loc=f"outside {legend} center")
        arrange(figure, canvas.get_renderer(), grid)
        canvas.draw()
        things = {f"panel {i}": panel for i, panel in enumerate(panels[:shown])} | {"title": title, "legend": key}
        return {name: thing.get_tightbbox(canvas.get_renderer()).extents / figure.dpi for name, thing in things.items()}


@pytest.mark.parametrize("legend", ["lower", "right"])
@pytest.mark.parametrize(("rows", "columns", "shown"), [(1, 1, 1), (1, 3, 3), (2, 3, 6), (2, 3, 4)])
def test_everything_has_room_and_little_more(rows: int, columns: int, shown: int, legend: str):
    boxes = drawn(rows, columns, shown, legend)
    for name, (left, bottom, right, top) in boxes.items():
        assert min(left, bottom, 4 * columns - right, 3 * rows - top) > 0, name
    for (one, a), (other, b) in itertools.combinations(boxes.items(), 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], f"{one} overlaps {other}"
    panels = np.array([box for name, box in boxes.items() if name.startswith("panel")])
    assert panels[:, 0].min() < 0.1
    assert boxes["title"][1] - panels[:, 3].max() < 0.1
    assert (panels[:, 1].min() - boxes["legend"][3] if legend == "lower" else boxes["legend"][0] - panels[:, 2].max()) < 0.1
    assert len({tuple(np.round(box[2:] - box[:2], 6)) for box in panels[1::columns]}) <= 2  # of one size, but for their labels
