"""The classifier two-sample test (Lopez-Paz and Oquab, ICLR 2017): how well simulated dialogues can be told from real ones."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from calibration.corpora.coded import Coded
from calibration.realism.splits import Grouped, estimate, halves, resample_units
from dialogue_env.acts import Family, Reply
from dialogue_env.types import F64, I64, Bools
from evaluation.bootstrap import Estimate

FOLDS = 5
PENALTY = 0.1
"""Inverse strength of the ridge: there are about as many features as dialogues."""
LATEST = 10
"""The round that stands for later or never."""
Player = Callable[[I64, int], I64]
"""From dialogues [k] and a number of copies of each to the replies [k*copies, L] of a model."""


@runtime_checkable
class Playing(Grouped, Protocol):
    """A comparison whose models give whole dialogues."""

    @property
    def models(self) -> tuple[str, ...]:
        """Return the names of the models."""

    @property
    def coded(self) -> Coded:
        """Return the dialogues."""

    def player(self, model: str, rows: I64) -> Player:
        """Return a model fitted to ``rows``."""


@dataclass(frozen=True, slots=True)
class Told:
    """How well a model's dialogues can be told from real ones."""

    model: str
    area: Estimate  # under the ROC curve, cross-validated, mean over splits; .5: not at all, 1: always


def tell_apart(comparison: Playing, splits: int, seed: int, tick: Callable[[], Any] = lambda: None) -> tuple[Told, ...]:
    """Return for each model how well one replay per held-out dialogue can be told from the dialogue itself.

    A dialogue and its replay are in the same fold, since they share the system side.
    """
    weights = resample_units(comparison.groups, seed)
    found: dict[str, list[F64]] = {model: [] for model in comparison.models}
    for train, held in halves(comparison.groups, splits, seed):
        test = comparison.coded.take(held)
        real = features(test.family, test.reply)
        for model in comparison.models:
            scores, folds = _scores(real, features(test.family, comparison.player(model, train)(held, 1)), seed)
            found[model].append(area_under_curve(scores, folds, weights[:, held]))
        tick()
    return tuple(Told(model, estimate(np.mean(areas, axis=0))) for model, areas in found.items())


def features(family: I64, reply: I64) -> F64:
    """Return what the classifier sees of each dialogue, [R, features].

    Counts of replies, of pairs of successive replies and of pairs of the agent's family (as logged) and the
    reply, and the rounds of the first resistance and the first yes.
    """
    live, replies = reply >= 0, len(Reply)
    both = live[:, 1:] & live[:, :-1]
    return np.column_stack(
        [
            _counts(reply, live, replies),
            _counts(reply[:, :-1] * replies + reply[:, 1:], both, replies * replies),
            _counts(family * replies + reply, live, len(Family) * replies),
            first_round(reply == Reply.RESIST),
            first_round(reply == Reply.ACCEPT),
        ]
    )


def first_round(happens: Bools) -> F64:
    """Return the round [R] in which something first happens [R, L]; ``LATEST`` for later or never."""
    first = np.where(happens.any(axis=1), happens.argmax(axis=1), LATEST)
    return np.minimum(first, LATEST).astype(np.float64)


def area_under_curve(scores: F64, folds: I64, weights: F64) -> F64:
    """Return the area [W] under the ROC curve: how often a simulated dialogue scores above a real one of the same fold.

    ``scores`` [2, n] of real dialogues and of replays, ``folds`` [n], ``weights`` [W, n] of dialogues.
    """
    above = np.sign(scores[1][:, None] - scores[0][None, :]) / 2 + 0.5
    same = (folds[:, None] == folds[None, :]).astype(np.float64)
    wins, pairs = (np.einsum("wi,wi->w", weights @ table, weights) for table in (above * same, same))
    return np.divide(wins, pairs, out=np.full(len(weights), np.nan), where=pairs > 0)


def _scores(real: F64, simulated: F64, seed: int) -> tuple[F64, I64]:
    """Return the scores [2, n] of classifiers that have not seen the dialogue, and each dialogue's fold [n]."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 -- an optional dependency
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415

    count = len(real)
    folds = np.random.default_rng(seed).permutation(count) % FOLDS
    scores = np.zeros((2, count))
    for fold in range(FOLDS):
        seen, new = folds != fold, folds == fold
        classifier = make_pipeline(StandardScaler(), LogisticRegression(C=PENALTY, max_iter=1000))
        classifier.fit(np.concatenate([real[seen], simulated[seen]]), np.repeat([0, 1], seen.sum()))
        scores[:, new] = classifier.decision_function(np.concatenate([real[new], simulated[new]])).reshape(2, -1)
    return scores, folds


def _counts(code: I64, among: Bools, size: int) -> I64:
    """Return how often each of ``size`` codes occurs in each row of ``code`` [R, L]."""
    rows = np.broadcast_to(np.arange(len(code))[:, None], code.shape)[among]
    return np.bincount(rows * size + code[among], minlength=len(code) * size).reshape(len(code), size)
