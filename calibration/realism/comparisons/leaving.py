"""When people leave the telephone calls of BETOLD: both sides as logged, the caller's patience simulated.

One in three of these calls breaks down because they were sampled so. How often simulated people leave at all is
therefore set, on the half that they are fitted to; when they leave, and after how many failures, is compared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from calibration.corpora.dialogues import Log
from calibration.corpora.readers.betold import read_betold
from calibration.fits.calls import LONGER, SEED, Calls, callers, calls_of, chances, condition, leavings
from calibration.fits.dial import dial
from calibration.fits.leaving import LATE, LEAVING, fit_leaving, periods
from calibration.realism.distances import Values
from calibration.realism.ratios import Quantity, Sample, Simulate
from dialogue_env.files import read_toml
from dialogue_env.types import F64, I64, Bools
from dialogue_env.world import World

CORPUS = "BETOLD"
COPIES = 20
RAREST, OFTENEST = -20.0, 10.0
"""Bases of leaving between which the right one is sought."""
LAST = LATE + 7
STAYS = LAST - LATE + 1
TURN = Quantity("turn of leaving", "leaving", "total variation", (*map(str, range(LATE, LAST)), f"{LAST}+", "stays"), 1.25)
AFTER = tuple(
    Quantity(f"leaves after {failures}", "leaving", "total variation", ("stays", "leaves"), 1.25) for failures in ("no failure", "one failure", "more failures")
)
"""Of exchanges: whether the caller leaves there, by the failures of the assistant until then."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """The comparison on ``calls``, of more than ``LATE`` exchanges each, and ``table``, as ``leaving.periods`` of them."""

    calls: Calls
    table: pd.DataFrame
    condition: F64  # as ``calls.condition``
    name: str = "leaving"
    corpus: str = CORPUS
    replayed: str = "both sides as logged"
    quantities: tuple[Quantity, ...] = (TURN, *AFTER)
    models: tuple[str, ...] = ("people", "never leaves", "constant hazard")
    copies: int = COPIES

    @property
    def groups(self) -> I64:
        """Return a group for each call."""
        return np.arange(len(self.calls))

    def human(self, rows: I64) -> Sample:
        """Return when the callers of the calls ``rows`` left, and after how many failures."""
        calls = self.calls.take(rows)
        return measure(np.where(calls.left, calls.length - 1.0, np.inf), calls)

    def fit(self, model: str, rows: I64) -> Simulate:
        """Return a hazard fitted to the calls ``rows``."""
        calls, table = self.calls.take(rows), self.table[self.table["call"].isin(rows)]
        completes = float((~calls.left).sum() / len(table))
        if model == "people":
            world = self._people(calls, table, completes)
            return lambda held: self._played(leavings(world, self.calls.take(held), self.copies), held, completes)
        rate = 0.0 if model == "never leaves" else float(table["left"].mean())
        return lambda held: self._played(self._luck(held) < rate, held, completes)

    def _people(self, calls: Calls, table: pd.DataFrame, completes: float) -> World:
        """Return the world of people fitted to ``calls``, of whom as many leave in replays as left there."""
        estimates, _ = fit_leaving(self.corpus, table, self.condition[table["call"], table["turn"]])
        others = logit(chances(callers(estimates, 0.0, self.calls), calls, self.copies))
        luck = np.random.default_rng(SEED).random(others.shape)

        def leaving(base: float) -> float:
            return float(np.isfinite(turn_of_leaving(luck < expit(base + others), calls, completes)).mean())

        return callers(estimates, dial(leaving, float(calls.left.mean()), RAREST, OFTENEST), self.calls)

    def _luck(self, held: I64) -> F64:
        return np.random.default_rng(SEED).random((len(held) * self.copies, self.calls.family.shape[1] + LONGER))

    def _played(self, leaves: Bools, held: I64, completes: float) -> Sample:
        calls = self.calls.take(held)
        return measure(turn_of_leaving(leaves, calls, completes), calls)


def load_leaving(root: Path) -> Leaving:
    """Return the comparison on the calls below ``root``; raises InputError if they are not there."""
    return leaving_from(read_betold(root), read_toml(LEAVING))


def leaving_from(log: Log, signs: Mapping[str, Sequence[str]]) -> Leaving:
    """Return the comparison on the calls of ``log`` that went on long enough; ``signs`` as for ``leaving.periods``."""
    long = Log(tuple(dialogue for dialogue in log.dialogues if len(dialogue.exchanges) > LATE), {})
    calls = calls_of(long, signs)
    return Leaving(calls, periods(long, signs), condition(calls))


def turn_of_leaving(leaves: Bools, calls: Calls, completes: float) -> F64:
    """Return the exchange from 0 at which each caller leaves, [R], inf for who stays; ``leaves`` [R, K] are where they would.

    Before ``LATE`` nobody leaves, as in the corpus. Where a call was left, it goes on for those who stay, and is
    done after each exchange with the chance ``completes``.
    """
    copies, number = len(leaves) // len(calls), np.arange(leaves.shape[1])
    length, left = calls.length.repeat(copies)[:, None], calls.left.repeat(copies)[:, None]
    beyond = number >= length
    done = beyond & (np.random.default_rng(SEED + 1).random(leaves.shape) < completes)
    over = beyond & (~left | np.logical_or.accumulate(done, axis=1) | (number >= length + LONGER))
    happens = leaves & ~over & (number >= LATE)
    return np.where(happens.any(axis=1), happens.argmax(axis=1), np.inf)


def measure(turn: F64, calls: Calls) -> Sample:
    """Return the values of the quantities of people who leave at ``turn`` [R], inf for who stays, R / C replays of each call."""
    place = np.where(np.isfinite(turn), np.minimum(turn, LAST) - LATE, STAYS)
    call, number = np.arange(len(calls)).repeat(len(turn) // len(calls)), np.arange(calls.family.shape[1])
    row, at = np.nonzero((number >= LATE) & (number < calls.length[call][:, None]) & (number <= turn[:, None]))
    leaves, failures = (at == turn[row]).astype(np.float64), np.minimum(calls.failures[call[row], at], len(AFTER) - 1)
    among = {quantity.name: failures == many for many, quantity in enumerate(AFTER)}
    return {TURN.name: Values(np.arange(len(turn)), place), **{name: Values(row[those], leaves[those]) for name, those in among.items()}}
