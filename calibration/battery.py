"""The accommodation battery shows whether a user model is too kind.

Ten measures of how people take being asked for something, each beside the figure of real people.
A model passes a measure if its value lies where another group of as many people would have
fallen; else it is too kind or too hard.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from calibration.coded import OVER, Coded, standing
from calibration.dialogues import Log
from calibration.scripts import HUMAN, Script, corpus_script
from calibration.user_models import Met, RecordedPeople, UserModel
from calibration.walking_away import walkers
from dialogue_env.acts import FAMILY, REPLY
from dialogue_env.files import check_keys, number, read_toml, text, write_whole
from evaluation.bootstrap import Estimate, Statistic, estimates, weighted_mean

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Verdict = Literal["green", "red: too kind", "red: too hard", "not told"]

HEADER = "# Written by `python -m calibration fit --human`. How people took being asked for a donation, and how often persuaders did what.\n"
Z = 1.96
MOST_ASKS = 3
"""Proposals before this one count up to here."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of a user model: its name in files, its title in tables, its format, which way is kind, and how it is computed."""

    name: str
    title: str
    percent: bool  # a share, shown in percent
    kind: Literal[1, -1]  # 1: a greater value is kinder
    statistic: Callable[[Met], Statistic]
    meaning: str

    def shown(self, value: float) -> str:
        """Return a value as it is printed; a dash where there is none."""
        return "-" if math.isnan(value) else f"{100 * value:z.1f}" if self.percent else f"{value:z.2f}"


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


@dataclass(frozen=True, slots=True)
class Finding:
    """One measure of one user model."""

    model: str
    measure: Measure
    estimate: Estimate
    human: Human

    @property
    def kindness(self) -> float:
        """The value on the human scale: 0 as people, beyond 1 too kind, beyond -1 too hard, nan if the model cannot tell."""
        return self.human.kindness(self.measure, self.estimate.value)

    @property
    def verdict(self) -> Verdict:
        """Whether the value lies in the human band."""
        if math.isnan(self.kindness):
            return "not told"
        return "green" if abs(self.kindness) <= 1.0 else "red: too kind" if self.kindness > 0 else "red: too hard"


def assess(model: UserModel, script: Script, seed: int, human: Mapping[str, Human]) -> tuple[Finding, ...]:
    """Return the findings of a user model that meets ``script``, in the order of ``MEASURES``."""
    values = measured(model.meet(script, seed))
    return tuple(Finding(model.name, measure, values[measure.name], human[measure.name]) for measure in MEASURES)


def measured(met: Met) -> dict[str, Estimate]:
    """Return every measure with its bootstrap interval over dialogues."""
    return estimates({measure.name: measure.statistic(met) for measure in MEASURES}, len(met.reply))


def human_figures(coded: Coded, games: Log) -> dict[str, dict[str, Any]]:
    """Return the human figures, by measure: of PersuasionForGood's annotated dialogues, and CaSiNo's share of people who walk away."""
    told = measured(RecordedPeople("people", coded, "gave").meet(corpus_script(coded), 0))
    walked = walkers(games)
    told |= estimates({"walk_away": weighted_mean(walked)}, len(walked))
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


def _ratio(over: npt.NDArray[np.generic], under: npt.NDArray[np.generic]) -> Statistic:
    """Return the statistic of the sum of ``over`` [n] by that of ``under`` [n]; nan where that is 0."""
    parts = np.stack([over, under], axis=1).astype(np.float64)

    def ratio(counts: Floats) -> Floats:
        upper, lower = (counts @ parts).T
        return np.divide(upper, lower, out=np.full(len(counts), np.nan), where=lower > 0)

    return ratio


def _said(met: Met) -> Bools:
    """Return where something was replied, [n, L]: walking out is no reply."""
    return (met.reply != OVER) & (met.reply != REPLY.LEAVE)


def _share(act: int) -> Callable[[Met], Statistic]:
    return lambda met: _ratio((met.reply == act).sum(axis=1), _said(met).sum(axis=1))


def _yes(met: Met) -> Bools:
    """Return who says yes at some point, [n]."""
    return (met.reply == REPLY.ACCEPT).any(axis=1)


def _first_yes(met: Met) -> Ints:
    """Return the exchange of the first yes, [n], counted from 1; L + 1 where there is none."""
    return np.where(_yes(met), (met.reply == REPLY.ACCEPT).argmax(axis=1), met.reply.shape[1]) + 1


def _acceptance(met: Met) -> Statistic:
    return weighted_mean(standing(met.reply)[:, -1])


def _depth(met: Met) -> Statistic:
    return weighted_mean((met.reply == REPLY.RESIST).sum(axis=1), ~_yes(met))


def _deliberation(met: Met) -> Statistic:
    undecided = np.arange(1, met.reply.shape[1] + 1) < _first_yes(met)[:, None]
    return weighted_mean(((met.reply == REPLY.ASK) & undecided).sum(axis=1))


def _reversals(met: Met) -> Statistic:
    later = np.arange(1, met.reply.shape[1] + 1) > _first_yes(met)[:, None]
    return weighted_mean(((met.reply == REPLY.RESIST) & later).any(axis=1))


def _say_do(met: Met) -> Statistic:
    return weighted_mean(np.nan_to_num(met.acted), _yes(met) & ~np.isnan(met.acted))


def _push(met: Met) -> Statistic:
    """Return the least-squares slope of saying yes to a proposal on the proposals before it, while no yes stands."""
    proposed = met.script.family == FAMILY.PROPOSE
    before = np.minimum(proposed.cumsum(axis=1) - proposed, MOST_ASKS).astype(np.float64)
    agreed = np.pad(standing(met.reply), ((0, 0), (1, 0)))[:, :-1]
    among = proposed & ~agreed & (met.reply != OVER)
    yes = met.reply == REPLY.ACCEPT
    sums = np.stack([(among * part).sum(axis=1) for part in (np.ones_like(before), before, yes, before**2, before * yes)], axis=1)

    def slope(counts: Floats) -> Floats:
        n, x, y, xx, xy = (counts @ sums).T
        spread = n * xx - x * x
        return np.divide(n * xy - x * y, spread, out=np.full(len(counts), np.nan), where=spread > 0)

    return slope


def _walk_away(met: Met) -> Statistic:
    return weighted_mean((met.reply == REPLY.LEAVE).any(axis=1), np.full(len(met.reply), met.free))


def _timing(met: Met) -> Statistic:
    return weighted_mean(_first_yes(met), _yes(met))


MEASURES: Sequence[Measure] = (
    Measure("acceptance", "yes at the end %", True, 1, _acceptance, "people whose yes stands at the end"),
    Measure("depth", "resisting turns of those who never say yes", False, -1, _depth, "resisting turns per dialogue of people who never say yes"),
    Measure("resistance", "resisting turns %", True, -1, _share(REPLY.RESIST), "share of replies that resist"),
    Measure("deliberation", "questions before the first yes", False, -1, _deliberation, "questions asked before the first yes, or the end"),
    Measure("reversals", "turned back after a yes %", True, -1, _reversals, "people who resist after having said yes"),
    Measure("say_do", "did what they said yes to %", True, 1, _say_do, "people who did it in the end, of those who said yes"),
    Measure("push", "what another ask adds to P(yes)", False, 1, _push, "slope of P(yes to a proposal) on earlier proposals (at most 3), while no yes stands"),
    Measure("walk_away", "walked out %", True, -1, _walk_away, "people who leave before the end; the human figure is of another setting, bargaining in CaSiNo"),
    Measure("timing", "exchange of the first yes", False, -1, _timing, "exchange of the first yes, from 1, of those who say yes"),
    Measure("off_task", "off-task replies %", True, -1, _share(REPLY.DRIFT), "share of replies that drift off"),
)
