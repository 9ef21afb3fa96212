import csv
import io
import json
import re
import shutil
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from report_data import report_data

from evaluation.bootstrap import Estimate
from evaluation.measures import BY_NAME
from evaluation.tables import interval
from tuning.page import TEMPLATE, page

NASTY = "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>&amp; {{DATA}} \" \u2028"
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
SHAPES = {
    "usual": {},
    "one point": {"points": 1, "terms": 1, "types": 1, "against": 0},
    "much": {"points": 200, "terms": 4, "types": 12, "against": 3},
}
LOOK = "[getComputedStyle(document.body).backgroundColor, document.getElementById('plot').layout.font.color]"
LIGHT, DARK = ["rgb(246, 246, 242)", "rgb(27, 32, 39)"], ["rgb(13, 17, 23)", "rgb(232, 235, 240)"]
NOTHING = "\N{EN DASH}"
Open = Callable[[dict[str, Any]], Any]


def embedded(html: str) -> Any:
    """Return the data that stands in a page."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    assert found
    return json.loads(found[1])


def nasty_data() -> dict[str, Any]:
    """Return data with markup in every text that is shown."""
    data = report_data()
    data |= {"title": NASTY, "command": NASTY}
    data["about"] = {"sentence": NASTY, "intervals": NASTY, "definitions": [[NASTY, NASTY]], "caution": NASTY}
    data["points"][0] |= {"label": NASTY, "note": NASTY}
    for text, rows in (("text", data["choices"]), ("name", data["choices"]), ("text", data["prices"]), ("name", data["against"]), ("title", data["samples"])):
        rows[0][text] = NASTY
    data["samples"][0]["dialogues"][0]["exchanges"][0] |= dict.fromkeys(("act", "agent", "reply", "person"), NASTY)
    return data


def row_texts(row: dict[str, Any]) -> list[str]:
    """Return the cells of a point and person type, as the tables of an evaluation write them."""
    numbers = {name: estimate for name, estimate in row["measures"].items() if estimate[0] is not None}
    return [interval(BY_NAME[name], Estimate(*numbers[name])) if name in numbers else NOTHING for name in row["measures"]]


def cells(row: Any) -> list[str]:
    return [text.strip() for text in row.locator("td").all_text_contents()]


def test_the_page_holds_the_data_whole():
    data = report_data(points=30)
    assert embedded(page(data)) == data


def test_texts_stay_texts():
    data = nasty_data()
    html = page(data)
    assert embedded(html) == data
    assert html.count("</script>") == TEMPLATE.read_text().count("</script>")
    title = re.search(r"<title>(.*?)</title>", html, re.DOTALL)
    assert title
    assert "<" not in title[1]
    assert unescape(title[1]) == NASTY


def test_numbers_that_json_does_not_have_become_null():
    data = report_data()
    data["quality"]["worst type"]["sparsity"] = [float("nan"), float("inf"), 1.0]
    assert embedded(page(data))["quality"]["worst type"]["sparsity"] == [None, None, 1.0]


def test_nothing_comes_from_a_network():
    template = TEMPLATE.read_text()
    assert "default-src 'none'" in template
    assert not re.search(r"https?:|\bsrc=|\bhref=|@import|url\(", template)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="the look of the page is tested with playwright")
    path = shutil.which("chromium")
    if not path:
        pytest.skip("the look of the page is tested with chromium, which is not there")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=FLAGS.split())
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Any, tmp_path: Path) -> Iterator[Open]:
    """Return a function that opens the page of data without a network; the page may not complain."""
    contexts, complaints = [], []

    def open_page(data: dict[str, Any]) -> Any:
        (tmp_path / "page.html").write_text(page(data), encoding="utf-8")
        contexts.append(chromium.new_context(offline=True, viewport={"width": 1280, "height": 900}, reduced_motion="reduce"))
        tab = contexts[-1].new_page()
        tab.on("console", lambda message: complaints.append(message.text))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.goto((tmp_path / "page.html").as_uri())
        return tab

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def test_keys_move_the_slider_from_point_to_point(opened: Open):
    data = report_data()
    tab = opened(data)
    for key, point in (("ArrowRight", 7), ("ArrowRight", 8), ("PageDown", 7), ("Home", 0), ("ArrowLeft", 0), ("End", 10)):
        tab.locator("#slider-goal").press(key)
        for kind in data["types"]:
            assert cells(tab.locator(f'#by-type tr[data-type="{kind}"]')) == row_texts(data["points"][point]["by_type"][kind])
        assert tab.locator("#slider-satisfaction").input_value() == f"{data['points'][point]['weights']['satisfaction']:g}"
        assert tab.locator("#table tr[aria-current=true]").get_attribute("data-point") == str(point)


def test_a_slider_takes_the_nearest_weight_and_then_the_nearest_other_weights(opened: Open):
    data = report_data(points=4)
    for point, (goal, satisfaction) in zip(data["points"], ((0, 0), (1, 0), (1, 2), (2, 2)), strict=True):
        point["weights"] = {"goal": goal, "satisfaction": satisfaction}
    data["choices"] = [{"name": "start", "point": 3, "text": ""}]
    tab = opened(data)
    tab.locator("#slider-goal").fill("0.7")
    assert tab.locator("#table tr[aria-current=true]").get_attribute("data-point") == "2"
    assert tab.locator("#slider-goal").input_value() == "1"


def test_the_person_type_changes_the_table_and_the_front(opened: Open):
    data = report_data()
    data["fronts"]["people_wary"] = [4, 5]
    tab = opened(data)
    tab.locator("#type").select_option("people_wary")
    rows = tab.locator("#table tbody tr")
    assert rows.count() == len(data["points"])
    for i, point in enumerate(data["points"]):
        weights, note = [f"{weight:g}" for weight in point["weights"].values()], [point["note"]]
        assert cells(rows.nth(i)) == weights + row_texts(point["by_type"]["people_wary"]) + note
    assert rows.locator("button").all_text_contents() == ["●" if i in (4, 5) else "○" for i in range(11)]
    assert tab.evaluate("document.getElementById('plot').data.map(trace => trace.x.length)") == [5, 5, 11, 2, 1]


def test_points_of_the_front_say_what_they_are_and_can_be_selected(opened: Open):
    data = report_data()
    tab = opened(data)
    tab.locator("#plot").scroll_into_view_if_needed()
    spot = tab.locator("#plot .trace").nth(3).locator(".point").nth(2)  # point 3, for point 2 lies below the front
    spot.hover(force=True)
    said = tab.locator("#plot .hovertext").text_content()  # waits until it is there
    assert "goal=0.6, satisfaction=1.4" in said
    assert "success 71.0\u00a0% [69.2, 72.8]" in said
    spot.click(force=True)
    tab.locator("#summary", has_text="goal=0.6, satisfaction=1.4 gives success 71.0\u00a0%, satisfaction 0.646").wait_for()


def test_cards_and_rows_select_their_point(opened: Open):
    tab = opened(report_data())
    assert tab.locator(".card[aria-current=true] h3").all_inner_texts() == ["the knee"]
    assert "No point reaches 99 %" in tab.locator(".card.warning").inner_text()
    tab.get_by_role("button", name="at least 90 % success").press("Enter")
    assert tab.locator("#slider-goal").input_value() == "2"
    tab.get_by_role("button", name="Select goal=0.8, satisfaction=1.2").press("Enter")
    assert tab.locator("#slider-goal").input_value() == "0.8"
    assert tab.locator(".card[aria-current=true]").count() == 0


def test_the_theme_changes_the_page_and_the_plot(opened: Open):
    tab = opened(report_data())
    for look in (LIGHT, DARK, LIGHT):
        assert tab.evaluate(LOOK) == look
        tab.locator("#theme").press("Enter")


def test_a_dark_page_is_printed_light(opened: Open):
    tab = opened(report_data())
    tab.locator("#theme").press("Enter")
    tab.evaluate(f"matchMedia('print').addEventListener('change', ({{ matches }}) => {{ if (matches) window.printed = {LOOK}; }})")
    tab.pdf()
    assert tab.evaluate("printed") == ["rgb(255, 255, 255)", "rgb(27, 32, 39)"]
    assert tab.evaluate(LOOK) == DARK


def test_the_table_can_be_downloaded(opened: Open):
    data = nasty_data()
    tab = opened(data)
    with tab.expect_download() as download:
        tab.locator("#csv").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text(encoding="utf-8"))))
    assert [row["label"] for row in rows] == [point["label"] for point in data["points"]]
    assert [float(row["weight_satisfaction"]) for row in rows] == [point["weights"]["satisfaction"] for point in data["points"]]
    assert [float(row["satisfaction_low"]) for row in rows] == [point["by_type"]["all people"]["measures"]["satisfaction"][1] for point in data["points"]]


def test_the_person_of_the_dialogues_can_be_chosen(opened: Open):
    data = report_data()
    data["samples"][1]["dialogues"].pop()
    tab = opened(data)
    tab.locator("#person").select_option("1")
    talks = tab.locator("#samples article")
    for i in (0, 2):
        said = [line for exchange in data["samples"][i]["dialogues"][1]["exchanges"] for line in (exchange["agent"], exchange["person"])]
        bubbles = talks.nth(i).locator(".bubble").all_inner_texts()
        assert [bubble.splitlines()[-1] for bubble in bubbles] == said
    assert "not met here" in talks.nth(1).inner_text()


def test_markup_in_texts_does_nothing(opened: Open):
    tab = opened(nasty_data())
    assert tab.locator("h1").text_content() == NASTY
    assert tab.locator("img").count() == 0
    assert tab.evaluate("window.hacked === undefined")


@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_sticks_out_to_the_side(opened: Open, shape: str):
    data = report_data(**SHAPES[shape])
    tab = opened(data)
    for width in (1280, 390):
        tab.set_viewport_size({"width": width, "height": 900})
        assert tab.evaluate("document.documentElement.scrollWidth") == width
    assert tab.locator("#ranges input").count() == len(data["terms"])
    assert tab.locator("#table tbody tr").count() == len(data["points"])
