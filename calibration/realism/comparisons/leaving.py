"""When people leave the telephone calls of BETOLD: the assistant as logged, the caller's patience simulated."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from calibration.corpora.readers.betold import read_betold
from calibration.fits.leaving import LATE, LEAVING, fit_leaving, hazard, periods
from calibration.realism.distances import Values
from calibration.realism.ratios import Quantity, Sample, Simulate
from dialogue_env.files import read_toml
from dialogue_env.types import F64, I64

CORPUS = "BETOLD"
COPIES, SEED = 20, 5
LONGER = 15
"""Exchanges that a call can go on beyond the one at which it was left."""
LAST = LATE + 7
STAYS = LAST - LATE + 1
TURN = Quantity("turn of leaving", "leaving", "total variation", (*map(str, range(LATE, LAST)), f"{LAST}+", "stays"), 1.25)


@dataclass(frozen=True, slots=True)
class Leaving:
    """The comparison on ``table``, a row for each exchange at which a call could be left (``leaving.periods``), calls numbered from 0."""

    table: pd.DataFrame
    name: str = "leaving"
    corpus: str = CORPUS
    quantities: tuple[Quantity, ...] = (TURN,)
    models: tuple[str, ...] = ("people", "never leaves", "constant hazard")
    copies: int = COPIES

    @property
    def groups(self) -> I64:
        """Return a group for each call."""
        return np.arange(self.table["call"].max() + 1)

    def human(self, rows: I64) -> Sample:
        """Return the turn at which each caller of the calls ``rows`` left."""
        left = self.table[self.table["left"]].set_index("call")["turn"]
        turn = left.reindex(rows).to_numpy(np.float64)
        return {TURN.name: Values(np.arange(len(rows)), _place(turn))}

    def fit(self, model: str, rows: I64) -> Simulate:
        """Return a hazard fitted to the calls ``rows``."""
        train = self.table[self.table["call"].isin(rows)]
        completes = float((train.groupby("call")["left"].max() == 0).sum() / len(train))
        if model == "people":
            estimates, intercept = fit_leaving(self.corpus, train)
            return lambda held: self._play(held, lambda table: hazard(estimates, intercept, table), completes)
        rate = 0.0 if model == "never leaves" else float(train["left"].mean())
        return lambda held: self._play(held, lambda table: np.full(len(table), rate), completes)

    def _play(self, held: I64, chance: Callable[[pd.DataFrame], F64], completes: float) -> Sample:
        """Return when callers leave: each exchange draws anew, until one leaves or the call is done.

        Where the logged call ends because its caller left, it goes on for those who stay: in the same
        situation, turn by turn, each time done with the chance ``completes``.
        """
        table = self.table[self.table["call"].isin(held)]
        rng = np.random.default_rng(SEED)
        turn = np.full((len(held), self.copies), np.inf)
        when = np.where(rng.random((len(table), self.copies)) < chance(table)[:, None], table["turn"].to_numpy(np.float64)[:, None], np.inf)
        np.minimum.at(turn, np.searchsorted(held, table["call"].to_numpy()), when)
        last = table[table["left"]]
        call = np.searchsorted(held, last["call"].to_numpy())
        going = np.isinf(turn[call])
        for _ in range(LONGER):
            last = last.assign(turn=last["turn"] + 1)
            going &= rng.random(going.shape) >= completes
            leaves = going & (rng.random(going.shape) < chance(last)[:, None])
            turn[call] = np.where(leaves, last["turn"].to_numpy(np.float64)[:, None], turn[call])
            going &= ~leaves
        return {TURN.name: Values(np.arange(turn.size), _place(np.where(np.isinf(turn), np.nan, turn).ravel()))}


def load_leaving(root: Path) -> Leaving:
    """Return the comparison on the calls below ``root``; raises InputError if they are not there."""
    table = periods(read_betold(root), read_toml(LEAVING))
    return Leaving(table.assign(call=table["call"].astype("category").cat.codes.astype(np.int64)))


def _place(turn: F64) -> F64:
    """Return the place of turns among the categories; nan is somebody who stays."""
    return np.where(np.isnan(turn), STAYS, np.minimum(np.nan_to_num(turn), LAST) - LATE)
