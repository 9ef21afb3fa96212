"""The report of a sweep as one HTML file that opens without a network: the template, with the data and Plotly put in."""

import html
import json
import re
from pathlib import Path
from typing import Any

from evaluation.result_files import without_nan

TEMPLATE = Path(__file__).with_name("report.html")


def page(data: dict[str, Any]) -> str:
    """Return the report as HTML.

    ``data`` is plain JSON, laid out as the template reads it; estimates are [value, low, high], and NaN means no value.
    """
    from plotly.offline import get_plotlyjs  # noqa: PLC0415 -- takes a tenth of a second, and only this needs it

    parts = {"TITLE": html.escape(data["title"]), "DATA": _embedded(data), "PLOTLY": get_plotlyjs()}
    return re.sub(r"\{\{(\w+)\}\}", lambda place: parts[place[1]], TEMPLATE.read_text(encoding="utf-8"))


def _embedded(data: dict[str, Any]) -> str:
    """Return ``data`` as JSON that can stand in a script element: without ``<`` no text of it can end the element."""
    return json.dumps(without_nan(data), ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")
