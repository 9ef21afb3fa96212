"""How much less people ask back where they know what it is about: the ``questions`` of a domain."""

from collections.abc import Iterator

import numpy as np

from calibration.corpora.coded import Coded
from calibration.corpora.dialogues import Log
from calibration.corpora.labels import Labels
from calibration.fits.estimates import Estimate
from calibration.fits.recentre import log_odds, log_odds_error
from dialogue_env.acts import Family, Reply

FAMILIES = (Family.CLARIFY, Family.EXPLORE, Family.INFORM)
"""What both kinds of agent do often."""


def fit_asking_back(where: str, log: Log, labels: Labels, persuasion: Coded) -> tuple[Estimate, ...]:
    """Return, by act, the log odds that people of ``log`` ask in reply less those of ``persuasion``.

    The turns of ``log`` have no labels on the person's side: one with a question mark asks. What else the agents of both
    do differently is not taken out.
    """
    asked: dict[Family, list[bool]] = {family: [] for family in FAMILIES}
    for family, asks in _replies(log, labels):
        if family in asked:
            asked[family].append(asks)
    return tuple(_difference(where, family, np.array(asked[family]), persuasion.reply[persuasion.family == family] == Reply.ASK) for family in FAMILIES)


def _replies(log: Log, labels: Labels) -> Iterator[tuple[Family, bool]]:
    for dialogue in log.dialogues:
        for exchange in dialogue.exchanges:
            if exchange.agent and exchange.person_text:
                yield labels.agent_act(exchange.agent)[0], "?" in exchange.person_text


def _difference(where: str, family: Family, ours: np.ndarray, theirs: np.ndarray) -> Estimate:
    here, there = (float(ours.sum()), len(ours)), (float(theirs.sum()), len(theirs))
    value, error = log_odds(*here) - log_odds(*there), float(np.hypot(log_odds_error(*here), log_odds_error(*there)))
    method = f"log odds of asking back, {ours.mean():.3f} against {theirs.mean():.3f} in PersuasionForGood"
    return Estimate(f"questions.{family.name}", value, error, len(ours), where, method)
