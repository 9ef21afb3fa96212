"""Resistance and the first yes in PersuasionForGood: the persuader as logged, the persuadee simulated."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from calibration.corpora.coded import Coded
from calibration.corpora.donations import CORPUS, donations
from calibration.fits.estimates import Estimate
from calibration.fits.recentre import fold
from calibration.fits.replies import fit_replies
from calibration.fits.worlds import replay_world
from calibration.realism.distances import Values
from calibration.realism.likelihood import Foretell, people_log_likelihood
from calibration.realism.naive import count_rates, draw_replies, log_likelihood
from calibration.realism.ratios import Quantity, Sample, Simulate
from calibration.realism.two_sample import LATEST, Player, first_round
from calibration.replay import script, simulate
from dialogue_env.acts import Reply
from dialogue_env.person.model import fitted
from dialogue_env.types import F64, I64, Bools
from dialogue_env.world import World

COPIES, SEED = 20, 2
NEVER = -50.0
"""Logit of what does not happen."""
MOST_TURNS, LONGEST_RUN = 10, 5
ASKED = 1.25
NAIVE = ("never resists", "constant rates", "by act and round", "Markov")
BASELINES = ("constant rates", "by act", "by act and round", "Markov")
"""What the likelihood is measured against; a model that rules out resistance has none."""

_BY_ROUND = (*map(str, range(LATEST)), "never")
TURNS = Quantity("resisting turns", "resistance", "total variation", (*map(str, range(MOST_TURNS)), f"{MOST_TURNS}+"), ASKED)
FIRST = Quantity("round of the first resistance", "resistance", "total variation", _BY_ROUND, ASKED)
RUNS = Quantity("turns in a row that resist", "resistance", "total variation", (*map(str, range(1, LONGEST_RUN)), f"{LONGEST_RUN}+"), ASKED)
YES = Quantity("round of the first yes", "first yes", "total variation", _BY_ROUND, ASKED)
QUANTITIES = (TURNS, FIRST, RUNS, YES)


@dataclass(frozen=True, slots=True)
class Persuasion:
    """The comparison on coded dialogues of PersuasionForGood; people are fitted once to each set of rows."""

    coded: Coded
    name: str = "persuasion"
    corpus: str = CORPUS
    replayed: str = "the persuader's acts as logged"
    quantities: tuple[Quantity, ...] = QUANTITIES
    models: tuple[str, ...] = ("people", *NAIVE)
    copies: int = COPIES
    _worlds: dict[bytes, World] = field(default_factory=dict)

    @property
    def groups(self) -> I64:
        """Return a group for each dialogue."""
        return np.arange(len(self.coded))

    @property
    def acts(self) -> I64:
        """Return how many replies each dialogue has."""
        return np.asarray(self.coded.live.sum(axis=1))

    @property
    def labels(self) -> I64:
        """Return the replies that the corpus has labels for."""
        return labels_of(self.coded)

    def human(self, rows: I64) -> Sample:
        """Return what the persuadees of the dialogues ``rows`` did."""
        return measure(self.coded.reply[rows])

    def fit(self, model: str, rows: I64) -> Simulate:
        """Return a model fitted to the dialogues ``rows``."""
        play = self.player(model, rows)
        return lambda held: measure(play(held, self.copies))

    def player(self, model: str, rows: I64) -> Player:
        """Return a model fitted to ``rows``: from dialogues and a number of copies to its replies in them."""
        if model == "people":
            return partial(play_people, self.world(rows), self.coded)
        return partial(_play_naive, count_rates(model, self.coded.take(rows), self.labels), self.coded)

    def foretellers(self) -> Mapping[str, Foretell]:
        """Return, by model, the log-likelihood [k] of held-out dialogues by one fitted to others."""
        return {"people": self._people} | {model: partial(self._naive, model) for model in BASELINES}

    def _people(self, train: I64, held: I64) -> F64:
        return people_log_likelihood(self.world(train), self.coded.take(held), self.labels)

    def _naive(self, model: str, train: I64, held: I64) -> F64:
        return log_likelihood(count_rates(model, self.coded.take(train), self.labels), self.coded.take(held))

    def world(self, rows: I64) -> World:
        """Return the world of the simulated people fitted to ``rows``."""
        key = rows.tobytes()
        if key not in self._worlds:
            blank = forgotten()
            self._worlds[key] = replay_world((*blank, *fit_replies(self.corpus, self.coded.take(rows), blank)))
        return self._worlds[key]


def load_persuasion(root: Path) -> Persuasion:
    """Return the comparison on the annotated dialogues below ``root``; raises InputError if they are not there."""
    return Persuasion(donations(root))


def forgotten() -> tuple[Estimate, ...]:
    """Return what the shipped people know from the whole corpus, as not known: replies impossible, slopes 0.

    A fit to half of the dialogues goes over the shipped numbers; without this, cells that the half lacks would
    be filled from the held-out half.
    """
    shipped = fitted()["person"]
    return tuple(
        Estimate(f"person.{table}.{row}.{column}", value, None, 0, CORPUS, "forgotten")
        for table, value in (("bias", NEVER), ("response", 0.0))
        for row, columns in shipped.get(table, {}).items()
        for column in columns
    )


def labels_of(coded: Coded) -> I64:
    """Return the replies that occur."""
    return np.unique(coded.reply[coded.live])


def play_people(world: World, coded: Coded, rows: I64, copies: int) -> I64:
    """Return how the people of ``world`` reply in the dialogues ``rows``; what ``coded`` has no labels for is folded."""
    acts = script(world, coded.family[rows], coded.variant[rows])
    return fold(simulate(world, acts, SEED, copies).reply, labels_of(coded))


def _play_naive(rates: F64, coded: Coded, rows: I64, copies: int) -> I64:
    return draw_replies(rates, np.repeat(coded.family[rows], copies, axis=0), SEED)


def measure(reply: I64) -> Sample:
    """Return the values of ``QUANTITIES`` of replies [R, L], -1 after the end."""
    resists, units = reply == Reply.RESIST, np.arange(len(reply))
    unit, lengths = runs(resists)
    return {
        TURNS.name: Values(units, np.minimum(resists.sum(axis=1), MOST_TURNS).astype(np.float64)),
        FIRST.name: Values(units, first_round(resists)),
        RUNS.name: Values(unit, np.minimum(lengths, LONGEST_RUN).astype(np.float64) - 1.0),
        YES.name: Values(units, first_round(reply == Reply.ACCEPT)),
    }


def runs(happens: Bools) -> tuple[I64, I64]:
    """Return the row and the length of each run of True along the rows of ``happens`` [R, L]."""
    edges = np.diff(np.pad(happens, ((0, 0), (1, 1))).astype(np.int64), axis=1)
    unit, start = np.nonzero(edges == 1)
    return unit, np.nonzero(edges == -1)[1] - start
