"""What real people did in the battery: a figure for each measure, with how far another group of people would fall from it."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from calibration.battery.measures import MEASURES, Measure, measured
from calibration.corpora.coded import Coded
from calibration.scripts import HUMAN, corpus_script
from calibration.user_models import RecordedPeople
from dialogue_env.files import check_keys, number, read_toml, text, write_whole
from dialogue_env.types import Bools
from evaluation.bootstrap import mean_of

HEADER = "# Written by `python -m calibration fit --human`. How people took being asked for a donation, and how often persuaders did what.\n"
Z = 1.96


@dataclass(frozen=True, slots=True)
class Human:
    """The figure of real people."""

    value: float
    error: float  # standard error, by bootstrap over dialogues
    count: int  # dialogues
    source: str

    @property
    def reach(self) -> float:
        """How far from the value another group of as many people would lie with 95 % probability."""
        return Z * math.sqrt(2.0) * self.error

    @property
    def band(self) -> tuple[float, float]:
        """Where another group of as many people would lie."""
        return self.value - self.reach, self.value + self.reach

    def kindness(self, measure: Measure, value: float) -> float:
        """Return how much kinder than people a value is: beyond 1 too kind, beyond -1 too hard."""
        return measure.kind * (value - self.value) / self.reach


def human_figures(coded: Coded, walked: Bools) -> dict[str, dict[str, Any]]:
    """Return the human figures, by measure: of PersuasionForGood's annotated dialogues, and the share of CaSiNo's, ``walked`` [n], who walk away."""
    told = measured(RecordedPeople("people", coded, "gave").meet(corpus_script(coded), 0))
    told |= {"walk_away": mean_of(walked)}
    sources = dict.fromkeys(told, (len(coded), "PersuasionForGood, annotated dialogues"))
    sources["walk_away"] = len(walked), "CaSiNo, people who walk away from a bargain"
    return {name: asdict(Human(round(found.value, 5), round(found.half / Z, 5), *sources[name])) for name, found in told.items()}


def write_human(path: Path, figures: Mapping[str, Any], persuader: Mapping[str, Any]) -> None:
    """Write the file of human figures and of the persuader's counts, whole or not at all."""
    import tomli_w  # noqa: PLC0415 -- an optional dependency

    write_whole(path, f"{HEADER}\n{tomli_w.dumps({'figures': figures, 'persuader': persuader})}")


def load_human(path: Path = HUMAN) -> dict[str, Human]:
    """Return the human figures of a file, by measure; raises InputError naming the file and key."""
    table = check_keys(f"{path}: figures", read_toml(path).get("figures"), [measure.name for measure in MEASURES])
    return {name: _human(f"{path}: figures.{name}", row) for name, row in table.items()}


def _human(where: str, row: Any) -> Human:
    check_keys(where, row, ("value", "error", "count", "source"))
    value, error = number(f"{where}.value", row["value"], -1e6, 1e6), number(f"{where}.error", row["error"], 1e-9, 1e6)
    return Human(value, error, int(number(f"{where}.count", row["count"], 1, 1e9)), text(f"{where}.source", row["source"]))
