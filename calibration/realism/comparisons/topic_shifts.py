"""Topic shifts in the chit-chat of TIAGE: one side as logged, the other's shifts simulated."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.special import expit

from calibration.corpora.coded import OVER
from calibration.corpora.dialogues import Log
from calibration.corpora.readers.tiage import read_tiage
from calibration.fits.drift import SHIFT, fit_drift, staleness, turns
from calibration.fits.estimates import TRAIT_SD
from calibration.realism.comparisons.persuasion import runs
from calibration.realism.distances import Values
from calibration.realism.ratios import Quantity, Sample, Simulate
from dialogue_env.types import I64

CORPUS = "TIAGE"
COPIES, SEED = 20, 7
LONGEST, MOST = 6, 6
STAYS = Quantity("replies in a row that stay on topic", "topic shifts", "total variation", (*map(str, range(1, LONGEST)), f"{LONGEST}+"), 1.5)
SHIFTS = Quantity("shifts per chat", "topic shifts", "total variation", (*map(str, range(MOST)), f"{MOST}+"), 1.5)


@dataclass(frozen=True, slots=True)
class TopicShifts:
    """The comparison on chats: who speaks first is the agent, the other is simulated."""

    log: Log
    name: str = "topic shifts"
    corpus: str = CORPUS
    quantities: tuple[Quantity, ...] = (STAYS, SHIFTS)
    models: tuple[str, ...] = ("people", "never shifts", "constant rate")
    copies: int = COPIES

    @property
    def groups(self) -> I64:
        """Return a group for each chat."""
        return np.arange(len(self.log.dialogues))

    def human(self, rows: I64) -> Sample:
        """Return the shifts of the chats ``rows``."""
        return measure(self._sides(rows)[1])

    def fit(self, model: str, rows: I64) -> Simulate:
        """Return a hazard of shifts fitted to the chats ``rows``."""
        table = turns(Log(tuple(self.log.dialogues[row] for row in rows), {}))
        if model == "people":
            (slope, spread), intercept = fit_drift(self.corpus, table)
            return lambda held: self._play(held, intercept, slope.value, spread.value * TRAIT_SD)
        rate = 1e-9 if model == "never shifts" else float(table["shifted"].mean())
        return lambda held: self._play(held, float(np.log(rate / (1.0 - rate))), 0.0, 0.0)

    def _sides(self, rows: I64) -> tuple[I64, I64]:
        """Return whether agent and person shift, [n, L] each; -1 where nobody replies."""
        chats = [self.log.dialogues[row].exchanges for row in rows]
        agent, person = (np.full((len(chats), max(map(len, chats))), OVER, np.int64) for _ in range(2))
        for c, chat in enumerate(chats):
            for k, exchange in enumerate(chat):
                if exchange.person:
                    agent[c, k], person[c, k] = SHIFT in exchange.agent, SHIFT in exchange.person
        return agent, person

    def _play(self, held: I64, intercept: float, slope: float, spread: float) -> Sample:
        agent = np.repeat(self._sides(held)[0], self.copies, axis=0)
        rng = np.random.default_rng(SEED)
        own = intercept + spread * rng.standard_normal(len(agent))
        spent, person = np.zeros(len(agent), np.int64), np.full(agent.shape, OVER, np.int64)
        for k in range(agent.shape[1]):
            spent = np.where(agent[:, k] > 0, 1, spent + 1)
            shifts = rng.random(len(agent)) < expit(own + slope * staleness(spent))
            person[:, k] = np.where(agent[:, k] == OVER, OVER, shifts)
            spent = np.where(shifts, 1, spent + 1)
        return measure(person)


def load_topic_shifts(root: Path) -> TopicShifts:
    """Return the comparison on the chats below ``root``; raises InputError if they are not there."""
    return TopicShifts(read_tiage(root))


def measure(shifts: I64) -> Sample:
    """Return the values of the quantities of shifts [R, L], -1 after the end."""
    unit, lengths = runs(shifts == 0)
    total = np.minimum((shifts == 1).sum(axis=1), MOST).astype(np.float64)
    return {STAYS.name: Values(unit, np.minimum(lengths, LONGEST).astype(np.float64) - 1.0), SHIFTS.name: Values(np.arange(len(shifts)), total)}
