"""Held-out log-likelihood: how well models of people foresee each reply, given all that went before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from calibration.corpora.coded import Coded
from calibration.fits.recentre import fold
from calibration.fits.response import REFERENCE
from calibration.realism.splits import Grouped, estimate, halves, resample_units
from calibration.replay import script, walk
from dialogue_env.acts import REPLIES
from dialogue_env.likelihood import reply_logits
from dialogue_env.types import F64, I64
from dialogue_env.world import World
from evaluation.bootstrap import Estimate

PERSONS = 400
"""Simulated persons per dialogue that the likelihood is averaged over."""
SLIP = 0.01
"""Share of replies taken to be any of those that there are labels for, so that none is impossible; costs at most .01 nats per act."""
SEED = 3
Foretell = Callable[[I64, I64], F64]
"""From the dialogues to fit to and those held out [k] to the log-likelihood of the latter [k], in nats."""


@runtime_checkable
class Foretelling(Grouped, Protocol):
    """A comparison whose models give likelihoods."""

    @property
    def acts(self) -> I64:
        """Return how many replies each dialogue has, [n]."""

    def foretellers(self) -> Mapping[str, Foretell]:
        """Return the models by name, "people" first."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """How well a model foresees held-out replies, mean over splits."""

    model: str
    nats: Estimate  # log-likelihood per act
    gain: Estimate  # nats per act by which "people" foresees the same replies better


def foresee(comparison: Foretelling, splits: int, seed: int, tick: Callable[[], Any] = lambda: None) -> tuple[Foreseen, ...]:
    """Return the log-likelihood per act of each model on the held-out halves, with intervals over dialogues."""
    weights = resample_units(comparison.groups, seed)
    foretellers = comparison.foretellers()
    found: dict[str, list[F64]] = {model: [] for model in foretellers}
    for train, held in halves(comparison.groups, splits, seed):
        counts = weights[:, held]
        total = counts @ comparison.acts[held]
        total[total == 0] = np.nan  # a resample of few dialogues may hold none of a half
        for model, foretell in foretellers.items():
            found[model].append(counts @ foretell(train, held) / total)
        tick()
    means = {model: np.mean(draws, axis=0) for model, draws in found.items()}
    return tuple(Foreseen(model, estimate(draws), estimate(means["people"] - draws)) for model, draws in means.items())


def people_log_likelihood(world: World, coded: Coded, labels: I64, persons: int = PERSONS) -> F64:
    """Return the log-likelihood [D] of each dialogue's replies, in nats: the mean likelihood over simulated persons.

    Both sides are played as logged. Replies other than ``labels`` (which include the catch-all) count as the
    catch-all. Leaving is left out.
    """
    told, known = np.zeros(len(coded) * persons), fold(coded.reply, labels)
    for played in walk(world, script(world, coded.family, coded.variant), SEED, persons, coded.reply):
        shares = label_shares(reply_logits(world, played.before, played.action), labels)
        chosen = known[played.rows // persons, played.number]
        told[played.rows] += np.log((1 - SLIP) * shares[np.arange(len(chosen)), chosen] + SLIP / len(labels))
    by_person = told.reshape(len(coded), persons)
    top = by_person.max(axis=1)
    return np.asarray(top + np.log(np.exp(by_person - top[:, None]).mean(axis=1)))


def label_shares(logits: F64, labels: I64) -> F64:
    """Return the probability of each reply by logits [n, R], those without a label counted as the catch-all, [n, R]."""
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares = odds / odds.sum(axis=1, keepdims=True)
    unlabelled = np.setdiff1d(np.array([int(reply) for reply in REPLIES]), [*labels, int(REFERENCE)])
    shares[:, REFERENCE] += shares[:, unlabelled].sum(axis=1)
    shares[:, unlabelled] = 0.0
    return np.asarray(shares)
