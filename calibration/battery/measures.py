"""Ten measures of how people take being asked for something."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from calibration.corpora.coded import OVER, standing
from calibration.user_models import Met
from dialogue_env.acts import Family, Reply
from dialogue_env.types import F64, I64, Bools
from evaluation.bootstrap import Estimate, Statistic, estimates, weighted_mean

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


def measured(met: Met) -> dict[str, Estimate]:
    """Return every measure with its bootstrap interval over dialogues."""
    return estimates({measure.name: measure.statistic(met) for measure in MEASURES}, len(met.reply))


def _ratio(over: npt.NDArray[np.generic], under: npt.NDArray[np.generic]) -> Statistic:
    """Return the statistic of the sum of ``over`` [n] by that of ``under`` [n]; nan where that is 0."""
    parts = np.stack([over, under], axis=1).astype(np.float64)

    def ratio(counts: F64) -> F64:
        upper, lower = (counts @ parts).T
        return np.divide(upper, lower, out=np.full(len(counts), np.nan), where=lower > 0)

    return ratio


def _said(met: Met) -> Bools:
    """Return where something was replied, [n, L]: walking out is no reply."""
    return (met.reply != OVER) & (met.reply != Reply.LEAVE)


def _share(act: int) -> Callable[[Met], Statistic]:
    return lambda met: _ratio((met.reply == act).sum(axis=1), _said(met).sum(axis=1))


def _yes(met: Met) -> Bools:
    """Return who says yes at some point, [n]."""
    return (met.reply == Reply.ACCEPT).any(axis=1)


def _first_yes(met: Met) -> I64:
    """Return the exchange of the first yes, [n], counted from 1; L + 1 where there is none."""
    return np.where(_yes(met), (met.reply == Reply.ACCEPT).argmax(axis=1), met.reply.shape[1]) + 1


def _acceptance(met: Met) -> Statistic:
    return weighted_mean(standing(met.reply)[:, -1])


def _depth(met: Met) -> Statistic:
    return weighted_mean((met.reply == Reply.RESIST).sum(axis=1), ~_yes(met))


def _deliberation(met: Met) -> Statistic:
    undecided = np.arange(1, met.reply.shape[1] + 1) < _first_yes(met)[:, None]
    return weighted_mean(((met.reply == Reply.ASK) & undecided).sum(axis=1))


def _reversals(met: Met) -> Statistic:
    later = np.arange(1, met.reply.shape[1] + 1) > _first_yes(met)[:, None]
    return weighted_mean(((met.reply == Reply.RESIST) & later).any(axis=1))


def _say_do(met: Met) -> Statistic:
    return weighted_mean(np.nan_to_num(met.acted), _yes(met) & ~np.isnan(met.acted))


def _push(met: Met) -> Statistic:
    """Return the least-squares slope of saying yes to a proposal on the proposals before it, while no yes stands."""
    proposed = met.script.family == Family.PROPOSE
    before = np.minimum(proposed.cumsum(axis=1) - proposed, MOST_ASKS).astype(np.float64)
    agreed = np.pad(standing(met.reply), ((0, 0), (1, 0)))[:, :-1]
    among = proposed & ~agreed & (met.reply != OVER)
    yes = met.reply == Reply.ACCEPT
    sums = np.stack([(among * part).sum(axis=1) for part in (np.ones_like(before), before, yes, before**2, before * yes)], axis=1)

    def slope(counts: F64) -> F64:
        n, x, y, xx, xy = (counts @ sums).T
        spread = n * xx - x * x
        return np.divide(n * xy - x * y, spread, out=np.full(len(counts), np.nan), where=spread > 0)

    return slope


def _walk_away(met: Met) -> Statistic:
    return weighted_mean((met.reply == Reply.LEAVE).any(axis=1), np.full(len(met.reply), met.free))


def _timing(met: Met) -> Statistic:
    return weighted_mean(_first_yes(met), _yes(met))


MEASURES: Sequence[Measure] = (
    Measure("acceptance", "yes at the end %", True, 1, _acceptance, "people whose yes stands at the end"),
    Measure("depth", "resisting turns of those who never say yes", False, -1, _depth, "resisting turns per dialogue of people who never say yes"),
    Measure("resistance", "resisting turns %", True, -1, _share(Reply.RESIST), "share of replies that resist"),
    Measure("deliberation", "questions before the first yes", False, -1, _deliberation, "questions asked before the first yes, or the end"),
    Measure("reversals", "turned back after a yes %", True, -1, _reversals, "people who resist after having said yes"),
    Measure("say_do", "did what they said yes to %", True, 1, _say_do, "people who did it in the end, of those who said yes"),
    Measure("push", "what another ask adds to P(yes)", False, 1, _push, "slope of P(yes to a proposal) on earlier proposals (at most 3), while no yes stands"),
    Measure("walk_away", "walked out %", True, -1, _walk_away, "people who leave before the end; the human figure is of another setting, bargaining in CaSiNo"),
    Measure("timing", "exchange of the first yes", False, -1, _timing, "exchange of the first yes, from 1, of those who say yes"),
    Measure("off_task", "off-task replies %", True, -1, _share(Reply.DRIFT), "share of replies that drift off"),
)
