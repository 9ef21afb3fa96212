"""People fitted to being asked for a donation, in a bargain: from PersuasionForGood to CaSiNo, for information only.

What counts as resistance differs: refusing to donate there, here rejecting a deal, playing down the other's
needs or calling for fairness. The bargain's acts are played as the nearest that asking for a donation has: every
argument is a logical appeal, and a rejected deal silence.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

import numpy as np

from calibration.corpora.coded import Coded, code
from calibration.corpora.dialogues import Log
from calibration.corpora.labels import label_map
from calibration.corpora.readers.casino import read_casino
from calibration.fits.recentre import fold
from calibration.fits.response import REFERENCE
from calibration.realism.comparisons.persuasion import COPIES, FIRST, SEED, TURNS, Persuasion, measure, play_people
from calibration.realism.likelihood import Foretell, people_log_likelihood
from calibration.realism.naive import count_rates, draw_replies, log_likelihood
from calibration.realism.ratios import Quantity, Sample, Simulate
from dialogue_env.acts import Family, Reply
from dialogue_env.types import F64, I64

CORPUS = "CaSiNo"
NEAREST = {Family.INFORM: "logical_appeal"}
"""The variant that stands for all of a family; else the first of the domain's acts."""
CONSTANT = "constant rates"
HERE = f"{CONSTANT}, {CORPUS}"
"""The only model that is fitted to CaSiNo itself."""
LABELS = np.array([int(Reply.RESIST), int(REFERENCE)])
"""All that the two corpora share is whether a reply resists."""


@dataclass(frozen=True)
class Transfer:
    """The comparison on annotated CaSiNo games, seen from both sides, with people fitted to ``source``."""

    source: Persuasion
    coded: Coded
    groups: I64  # the game of each dialogue
    name: str = "transfer"
    corpus: str = CORPUS
    replayed: str = "the other side's acts as logged, the nearest that there are"
    quantities: tuple[Quantity, ...] = tuple(replace(quantity, asked=np.inf) for quantity in (TURNS, FIRST))
    models: tuple[str, ...] = ("people", CONSTANT, HERE)
    copies: int = COPIES

    @property
    def acts(self) -> I64:
        """Return how many replies each dialogue has."""
        return np.asarray(self.coded.live.sum(axis=1))

    @cached_property
    def everyone(self) -> I64:
        """Return all rows of the corpus that people are fitted to."""
        return np.arange(len(self.source.coded))

    def human(self, rows: I64) -> Sample:
        """Return what the campers of the dialogues ``rows`` did."""
        return self._shared(self.coded.reply[rows])

    def fit(self, model: str, rows: I64) -> Simulate:
        """Return a model fitted to the other corpus, or, "constant rates, CaSiNo", to the dialogues ``rows``."""
        if model == "people":
            return partial(self._people, self.copies)
        rates = self._rates(model, rows)
        return lambda held: self._shared(draw_replies(rates, np.repeat(self.coded.family[held], self.copies, axis=0), SEED))

    def foretellers(self) -> Mapping[str, Foretell]:
        """Return, by model, the log-likelihood [k] of whether held-out replies resist."""
        return {
            "people": lambda _, held: people_log_likelihood(self.source.world(self.everyone), self.coded.take(held), LABELS),
            CONSTANT: lambda train, held: log_likelihood(self._rates(CONSTANT, train), _folded(self.coded.take(held))),
            HERE: lambda train, held: log_likelihood(self._rates(HERE, train), _folded(self.coded.take(held))),
        }

    def _people(self, copies: int, held: I64) -> Sample:
        return self._shared(play_people(self.source.world(self.everyone), self.coded, held, copies))

    def _rates(self, model: str, rows: I64) -> F64:
        return count_rates(CONSTANT, _folded(self.coded.take(rows) if model == HERE else self.source.coded), LABELS)

    def _shared(self, reply: I64) -> Sample:
        sample = measure(reply)
        return {quantity.name: sample[quantity.name] for quantity in self.quantities}


def load_transfer(root: Path, source: Persuasion) -> Transfer:
    """Return the comparison on the annotated CaSiNo games below ``root``; raises InputError if they are not there."""
    log = read_casino(root)
    annotated = tuple(dialogue for dialogue in log.dialogues if dialogue.facts["annotated"])
    coded = code(Log(annotated, {}), label_map("casino"), CORPUS)
    variant = np.full_like(coded.variant, "")
    for family, name in NEAREST.items():
        variant[coded.family == family] = name
    games = np.unique([name.partition(":")[0] for name in coded.names], return_inverse=True)[1]
    return Transfer(source, replace(coded, variant=variant), games)


def _folded(coded: Coded) -> Coded:
    """Return the dialogues with every reply as resisting or not."""
    return replace(coded, reply=fold(coded.reply, LABELS))
