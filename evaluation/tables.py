"""Results as tables in the terminal, readable at 120 columns."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from evaluation.bootstrap import Estimate
from evaluation.grid import FLOOR, RULES, Setting
from evaluation.measures import BY_NAME, Measure
from evaluation.paired import Difference
from evaluation.scores import Row, weights_name
from evaluation.shift import Shift
from evaluation.variants import Stand

WIDTH = 132
MAIN = ("return", "success", "left", "satisfaction", "turns", "cvar")
"""The measures with a column in the terminal; the files have all of them."""
WORST = "worst_type"
"""The measure of the last column: a person type and its number."""
QUOTED = ("return", "success", "satisfaction")
"""The measures of a suite's table."""


def console() -> Console:
    """Return a console for results: as wide as the terminal, or 120 columns in a pipe."""
    found = Console()
    return found if found.is_terminal else Console(width=WIDTH)


def number(measure: Measure, value: float) -> str:
    """Return a value as the measure is shown: shares in percent, a dash where there is none."""
    return "-" if value != value else f"{value * (100 if measure.percent else 1):z.{measure.digits}f}"


def interval(measure: Measure, estimate: Estimate) -> str:
    """Return ``value [low, high]``."""
    low, high = number(measure, estimate.low), number(measure, estimate.high)
    return f"{number(measure, estimate.value)} [{low}, {high}]"


def short(measure: Measure, estimate: Estimate) -> str:
    """Return ``value ±half``, half the width of the interval."""
    return f"{number(measure, estimate.value)} ±{number(measure, estimate.half)}"


def policy_label(name: str, informed: bool) -> str:
    """Return a policy's name for a table; one that was trained to see the hidden person is marked as the ceiling."""
    return f"{name} (ceiling)" if informed and not name.startswith(RULES) else name


def result_tables(rows: Sequence[Row]) -> list[Table]:
    """Return one table per domain and noise, with a block of policies per population."""
    groups: dict[tuple[str, float], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.setting.domain, row.setting.noise), []).append(row)
    return [_result_table(domain, noise, group) for (domain, noise), group in groups.items()]


def listening_table(listening: Mapping[Setting, Mapping[str, Estimate]], informed: Collection[str]) -> Table:
    """Return how far every policy is above the script that listens to nothing; those named in ``informed`` see the hidden person."""
    table = plain_table(f"value of listening: return above {FLOOR}, person by person", "±: half the 95 % bootstrap interval over people")
    for title in ("policy", "domain", "population", "noise", "above the script"):
        table.add_column(title, overflow="fold", justify="right" if title in ("noise", "above the script") else "left")
    for setting, found in listening.items():
        for name, estimate in found.items():
            worth = f"{estimate.value:+.2f} ±{estimate.half:.2f}"
            table.add_row(*map(Text, (policy_label(name, name in informed), setting.domain, setting.population, f"{setting.noise:g}", worth)))
    return table


def suite_table(rows: Sequence[Row]) -> Table:
    """Return the table of a suite: one line per numbered setting and policy."""
    table = plain_table(f"suite {rows[0].setting.label} to {rows[-1].setting.label}: {_about(rows[0])}", "±: half the 95 % bootstrap interval over people")
    for title in ("id", "domain", "population", "noise", "policy"):
        table.add_column(title, overflow="fold")
    for quoted in QUOTED:
        table.add_column(BY_NAME[quoted].title, justify="right", no_wrap=True)
    before = ""
    for row in rows:
        setting = row.setting
        if before not in ("", setting.label):
            table.add_section()
        place = (setting.label, setting.domain, setting.population, f"{setting.noise:g}") if setting.label != before else ("", "", "", "")
        before = setting.label
        cells = [short(BY_NAME[quoted], row.estimates[quoted]) for quoted in QUOTED]
        table.add_row(*map(Text, (*place, policy_label(row.policy, row.informed), *cells)), style=_style(row))
    return table


def difference_tables(differences: Sequence[Difference]) -> list[Table]:
    """Return one table of paired differences per setting."""
    groups: dict[Setting, list[Difference]] = {}
    for difference in differences:
        groups.setdefault(difference.setting, []).append(difference)
    return [_difference_table(setting, group) for setting, group in groups.items()]


def variants_table(stands: Sequence[Stand]) -> Table:
    """Return how policies stand against the best rule in every variant of the people."""
    counts = Counter(stand.verdict for stand in stands)
    title = f"variants: above the best rule in {counts['above']} of {len(stands)}, level in {counts['level']}, below in {counts['below']}"
    table = plain_table(title, "±: half the 95 % bootstrap interval over people; level: it holds 0")
    for title in ("people", "domain", "policy", "return", "best rule", "above it", ""):
        table.add_column(title, overflow="fold", justify="right" if title in ("return", "above it") else "left")
    for stand in stands:
        cells = (stand.setting.population, stand.setting.domain, stand.policy, f"{stand.mean:.2f}", stand.rule)
        above = f"{stand.above.value:+.2f} ±{stand.above.half:.2f}"
        table.add_row(*map(Text, (*cells, above, stand.verdict)), style="" if stand.verdict == "above" else "bold yellow")
    return table


def shift_table(shifts: Sequence[Shift]) -> Table:
    """Return how many stored dialogues would have gone otherwise under the new weights."""
    table = plain_table(
        "had the new weights been in force", "±: half the 95 % interval over people; a dialogue in which no act changes would be the same to the last bit"
    )
    for title in ("policy", "population", "asked", "dialogues changed %", "turns changed %", "return if played again"):
        table.add_column(title, overflow="fold", justify="left" if title in ("policy", "population", "asked") else "right")
    for shift in shifts:
        changed = [f"{100 * e.value:.1f} ±{100 * e.half:.1f}" for e in (shift.dialogues, shift.turns)]
        gain = f"{shift.gain.value:+.3f} ±{shift.gain.half:.3f}"
        table.add_row(*map(Text, (shift.cell.policy, shift.cell.setting.population, shift.judge, *changed, gain)))
    return table


def chance(p: float) -> str:
    """Return a p value with two figures."""
    return "<0.0001" if p < 0.0001 else f"{p:.2g}"


def fewer(saving: float) -> str:
    """Return how many times fewer dialogues pairing needs."""
    return "-" if saving != saving else f"{saving:.1f}x"


def _result_table(domain: str, noise: float, rows: Sequence[Row]) -> Table:
    table = plain_table(f"{domain}, noise {noise:g}: {_about(rows[0])}", "±: half the 95 % bootstrap interval over people; best value of a block in bold")
    table.add_column("policy", overflow="fold")
    for name in MAIN:
        table.add_column(BY_NAME[name].title, justify="right", no_wrap=True)
    table.add_column(BY_NAME[WORST].title, no_wrap=True)
    populations = dict.fromkeys(row.setting.population for row in rows)
    for population in populations:
        block = [row for row in rows if row.setting.population == population]
        table.add_section()
        table.add_row(Text(population, style="bold cyan"))
        for row in block:
            table.add_row(Text(f"  {policy_label(row.policy, row.informed)}"), *_main_cells(row, block), Text(_worst(row)), style=_style(row))
    return table


def _main_cells(row: Row, block: Sequence[Row]) -> list[Text]:
    """Return the cells of a row; bold where no policy does better but those that see the person (of turns neither more nor fewer are)."""
    cells = []
    for name in MAIN:
        values = [other.estimates[name].value for other in block if not other.informed]
        best = {1: max, -1: min}.get(BY_NAME[name].better)
        top = best is not None and len(values) > 1 and not row.informed and row.estimates[name].value == best(values)
        cells.append(Text(short(BY_NAME[name], row.estimates[name]), style="bold" if top else ""))
    return cells


def _worst(row: Row) -> str:
    return f"{row.notes[WORST]} {number(BY_NAME[WORST], row.estimates[WORST].value)}"


def _difference_table(setting: Setting, differences: Sequence[Difference]) -> Table:
    first, second = differences[0].first, differences[0].second
    where = f"{setting.domain}, {setting.population}, noise {setting.noise:g}"
    table = plain_table(
        f"{where}: {second} minus {first}, person by person",
        "[low, high]: 95 % bootstrap interval; p is not corrected for the number of rows; pairing: how many times fewer dialogues it needs",
    )
    for title in ("measure", first, second, "difference", "test", "p", "pairing"):
        table.add_column(Text(title), justify="left" if title in ("measure", "test") else "right", overflow="fold")
    for difference in differences:
        measure = BY_NAME[difference.measure]
        means = [number(measure, mean) for mean in (difference.first_mean, difference.second_mean)]
        cells = (interval(measure, difference.difference), difference.test, chance(difference.p), fewer(difference.saving))
        table.add_row(*map(Text, (measure.title, *means, *cells)))
    return table


def plain_table(title: str, caption: str) -> Table:
    """Return an empty table in the common look."""
    return Table(
        title=Text(title), caption=Text(caption), title_justify="left", caption_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True
    )


def _about(row: Row) -> str:
    return f"{row.dialogues:,} dialogues per row, seed {row.seed}, weights {weights_name(row.weights)}"


def _style(row: Row) -> str:
    return "dim" if row.informed else ""
