"""Satisfaction in AB-ReDial: acts as relevant and as interesting as those that were rated, the ratings simulated.

The log does not say what the recommender did, only how relevant and interesting observers found it. So the agent
plays, of the acts that are open, the one that this person finds as relevant and as interesting.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from calibration.corpora.readers.ab_redial import read_dialogue_ratings, read_turn_ratings
from calibration.fits.estimates import Estimate
from calibration.fits.satisfaction import PLACES, fit_quality, fit_stickiness
from calibration.fits.worlds import replay_world
from calibration.realism.distances import Values
from calibration.realism.ratios import Quantity, Sample, Simulate
from dialogue_env.acts import Family, Reply
from dialogue_env.channel import rating
from dialogue_env.draws import Stream
from dialogue_env.likelihood import features
from dialogue_env.person.model import FEATURES
from dialogue_env.simulator import Exchange, Simulator, exchanges
from dialogue_env.state import State
from dialogue_env.tables import open_tables
from dialogue_env.types import F64, I64, Bools
from dialogue_env.world import World

CORPUS = "AB-ReDial"
COPIES, SEED = 20, 8
DOMAIN = "concierge"
"""The domain whose agent recommends something."""
SAYING = (Family.ACKNOWLEDGE, Family.CLARIFY, Family.EXPLORE, Family.INFORM, Family.SHIFT)
"""Families that may stand for what was rated."""
TOLD = [list(FEATURES).index(name) for name in ("relevance", "interest", "repetition")]
"""Places of the features that an act is chosen by."""
UNTOLD = tuple(Estimate(f"person.satisfaction.{name}", 0.0, None, 0, "", "left out") for name in ("echo", "jump", "questioning"))
"""What the log tells nothing of, and the acts that stand for what was said would bring in."""
EXCHANGES = 2
"""Exchanges of a rated turn; the last is the one that was rated, the other its context."""
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
    replayed: str = "acts as relevant and as interesting as those logged"
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
            rho, _start, _noise = fit_stickiness(self.corpus, turns, dialogues)
            world = replay_world((rho, *fit_quality(self.corpus, turns), *UNTOLD), domain=DOMAIN)
            return lambda held: self._played(world, held)
        if model == "always content":
            return lambda held: measure(np.full((len(held) * self.copies, len(PLACES)), 5.0), np.full(len(held) * self.copies, 5.0))
        seen = np.concatenate([self._ratings(rows).ravel(), self.wide["rating"].to_numpy(np.float64)[rows]])
        return lambda held: self._draw(seen, len(held) * self.copies)

    def _ratings(self, rows: I64) -> F64:
        return self.wide[list(PLACES)].to_numpy(np.float64)[rows]

    def _played(self, world: World, held: I64) -> Sample:
        """Return simulated ratings: of the quality of each exchange that was rated, and of the satisfaction in the end."""
        told = np.stack([self.wide[[f"{name}{place}" for place in PLACES]].to_numpy(np.float64)[held] for name in ("relevance", "interest")], axis=-1)
        quality, after = felt(world, told.repeat(self.copies, axis=0).repeat(EXCHANGES, axis=1))
        of_rated, rng = quality[:, EXCHANGES - 1 :: EXCHANGES], np.random.default_rng(SEED)
        return measure(rated(world, of_rated, rng.random(of_rated.shape)), rated(world, after, rng.random(after.shape)))

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


def felt(world: World, told: F64) -> tuple[F64, F64]:
    """Return the quality of each exchange [R, K] and the satisfaction after them [R] of simulated people.

    ``told`` [R, K, 2] is how relevant and how interesting each exchange is, in [0, 1]. People acknowledge whatever is said.
    """

    def choose(number: int, rows: I64, state: State) -> I64:
        return _matched(world, state, told[rows, number])

    def reply(_: int, rows: I64) -> I64:
        return np.full(len(rows), Reply.ACKNOWLEDGE)

    def going(played: Exchange) -> Bools:
        return np.full(len(played.rows), played.number + 1 < told.shape[1])

    simulator, rho = Simulator(world), world.person.constants["satisfaction"]["rho"]
    state = simulator.reset(Stream.TRAINING, SEED, np.arange(len(told)))
    facts = [played.facts for played in exchanges(simulator, state, choose, reply, going)]
    before, after = (np.stack([fact[name] for fact in facts], axis=1) for name in ("satisfaction_before", "satisfaction_after"))
    return (after - rho * before) / (1.0 - rho), after[:, -1]


def _matched(world: World, state: State, told: F64) -> I64:
    """Return the acts [B] whose relevance and interest to each person are nearest to ``told`` [B, 2].

    Differences count as they do for the quality of the exchange, and so does that an act was used before, since
    the log tells of no repetition.
    """
    worth = world.person.constants["satisfaction"]
    weights = np.array([worth["relevance"], worth["interest"], worth["repetition"]])
    wanted = np.column_stack([told - 0.5, np.zeros(len(told))])
    acts = np.concatenate([world.acts.of(family) for family in SAYING])
    seen = np.stack([features(world, state, np.full(state.size, act))[:, TOLD] for act in acts], axis=1)
    leads = world.acts.family[acts] == Family.SHIFT
    seen[:, :, 0] = np.where(leads, world.acts.records["relevance"][acts] - 0.5, seen[:, :, 0])  # as satisfaction takes a lead
    apart = (np.abs(weights) * np.abs(seen - wanted[:, None])).sum(axis=2)
    return np.asarray(acts[np.where(state.talk.open[:, acts], apart, np.inf).argmin(axis=1)])


def rated(world: World, condition: F64, draws: F64) -> F64:
    """Return how observers rate a condition in [0, 1], 1 to 5, by uniform ``draws`` of the same shape."""
    tables = open_tables(tuple(world.tables))
    steps = [1.0 + 4.0 * rating(tables, level, uniform) for level, uniform in zip(condition.ravel(), draws.ravel(), strict=True)]
    return np.array(steps).reshape(condition.shape)
