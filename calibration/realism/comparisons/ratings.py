"""Satisfaction in AB-ReDial: what was said as logged (its relevance and interest), the ratings simulated."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import logit

from calibration.corpora.readers.ab_redial import read_dialogue_ratings, read_turn_ratings
from calibration.fits.satisfaction import PLACES, end, fit_quality, fit_stickiness
from calibration.realism.distances import Values
from calibration.realism.ratios import Quantity, Sample, Simulate
from dialogue_env.draws import LOGISTIC_SCALE
from dialogue_env.types import F64, I64

CORPUS = "AB-ReDial"
COPIES, SEED = 20, 8
STEPS = tuple(map(str, range(1, 6)))
MEAN = Quantity("mean rating of exchanges", "satisfaction", "Wasserstein", (), 2.0)
LOWEST = Quantity("lowest rating of an exchange", "satisfaction", "total variation", STEPS, 2.0)
END = Quantity("rating of the whole", "satisfaction", "total variation", STEPS, 2.0)


@dataclass(frozen=True, slots=True)
class Ratings:
    """The comparison on observers, a row of each array for each one and dialogue."""

    turns: pd.DataFrame  # as ab_redial.read_turn_ratings
    dialogues: pd.DataFrame  # as ab_redial.read_dialogue_ratings
    wide: pd.DataFrame  # [n] by dialogue and annotator: ratings 1, 2, 3 and of the whole ("rating"), and "relevance" and "interest" by place
    name: str = "satisfaction"
    corpus: str = CORPUS
    quantities: tuple[Quantity, ...] = (MEAN, LOWEST, END)
    models: tuple[str, ...] = ("people", "always content", "constant rates")
    copies: int = COPIES

    @property
    def groups(self) -> I64:
        """Return the dialogue of each row."""
        return self.wide.index.get_level_values("dialogue").astype("category").codes.astype(np.int64)

    def human(self, rows: I64) -> Sample:
        """Return the ratings of the rows."""
        return measure(self._ratings(rows), self.wide["rating"].to_numpy(np.float64)[rows])

    def fit(self, model: str, rows: I64) -> Simulate:
        """Return a model of ratings fitted to the dialogues of the rows."""
        if model == "people":
            names = self.wide.index[rows].get_level_values("dialogue").unique()
            turns, dialogues = (table[table["dialogue"].isin(names)] for table in (self.turns, self.dialogues))
            rho, start, noise = fit_stickiness(self.corpus, turns, dialogues)
            numbers = {estimate.key.rpartition(".")[2]: estimate.value for estimate in (rho, *fit_quality(self.corpus, turns))}
            return lambda held: self._play(held, numbers, start, noise)
        if model == "always content":
            return lambda held: measure(np.full((len(held) * self.copies, len(PLACES)), 5.0), np.full(len(held) * self.copies, 5.0))
        seen = np.concatenate([self._ratings(rows).ravel(), self.wide["rating"].to_numpy(np.float64)[rows]])
        return lambda held: self._draw(seen, len(held) * self.copies)

    def _ratings(self, rows: I64) -> F64:
        return self.wide[list(PLACES)].to_numpy(np.float64)[rows]

    def _play(self, held: I64, numbers: dict[str, float], start: float, noise: float) -> Sample:
        """Return simulated ratings: of each exchange as it is felt, with noise, and of the state in the end, with noise."""
        relevance, interest = (self.wide[[f"{name}{place}" for place in PLACES]].to_numpy(np.float64)[held] for name in ("relevance", "interest"))
        quality = np.repeat(numbers["base"] + numbers["relevance"] * relevance + numbers["interest"] * interest, self.copies, axis=0)
        rng = np.random.default_rng(SEED)
        ratings = _rated(quality, numbers["noise"], rng.random(quality.shape))
        whole = end(numbers["rho"], start, (ratings - 1.0) / 4.0)
        return measure(ratings, _rated(whole, noise, rng.random(len(whole))))

    def _draw(self, seen: F64, count: int) -> Sample:
        rng = np.random.default_rng(SEED)
        return measure(rng.choice(seen, (count, len(PLACES))), rng.choice(seen, count))


def load_ratings(root: Path) -> Ratings:
    """Return the comparison on the ratings below ``root``; raises InputError if they are not there."""
    turns, dialogues = read_turn_ratings(root), read_dialogue_ratings(root)
    index = ["dialogue", "annotator"]
    wide = turns.pivot_table(index=index, columns="place", values="satisfaction").join(dialogues.set_index(index)["rating"])
    means = turns.groupby(["dialogue", "place"])[["relevance", "interest"]].mean()
    for name, low, high in (("relevance", 0.0, 4.0), ("interest", 1.0, 3.0)):
        places = ((means[name] - low) / (high - low)).unstack("place").add_prefix(name)
        wide = wide.join(places, on="dialogue")
    return Ratings(turns, dialogues, wide.dropna())


def measure(exchanges: F64, whole: F64) -> Sample:
    """Return the values of the quantities of ratings of exchanges [R, 3] and of the whole [R], 1 to 5."""
    units = np.arange(len(whole))
    return {
        MEAN.name: Values(units, exchanges.mean(axis=1)),
        LOWEST.name: Values(units, np.rint(exchanges.min(axis=1)) - 1.0),
        END.name: Values(units, np.rint(whole) - 1.0),
    }


def _rated(level: F64, noise: float, draws: F64) -> F64:
    """Return how levels of 0 to 1 are rated, 1 to 5, as ``dialogue_env.channel.rating`` does."""
    return np.clip(np.rint(1.0 + 4.0 * level + noise * LOGISTIC_SCALE * logit(draws)), 1.0, 5.0)
