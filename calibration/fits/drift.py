"""Topic drift: how the chance of a shift grows with the turns since the last one, fitted to chit-chat.

How often people drift depends on the setting (one in five turns of chit-chat, one in forty when asked for a
donation), so the intercept belongs to the act biases; what carries over is the slope on how stale a topic is.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from calibration.corpora.dialogues import Dialogue, Log
from calibration.fits.estimates import TRAIT_SD, Estimate
from calibration.fits.mixed_logit import Choices, fit_mixed_logit
from dialogue_env.domain.embedding import embed
from dialogue_env.person.person import FAVOURITES
from dialogue_env.types import F64
from rewards.errors import InputError

SHIFT = "shift"
FEWEST_SHIFTS = 50
PAIRS = 40_000
"""Random pairs of turns of different chats that closeness is a rank among."""
GRID = 24
STRONGEST = 30.0
"""Weight of closeness at which nearly always the closest topic is chosen."""


def turns(log: Log) -> pd.DataFrame:
    """Return a row per reply: ``chat``, ``spent`` (turns of both sides on the topic so far, at least 1), ``shifted``."""
    return pd.DataFrame([row for c, chat in enumerate(log.dialogues) for row in _turns(c, chat)], columns=["chat", "spent", "shifted"])


def _turns(number: int, chat: Dialogue) -> Iterator[tuple[int, int, bool]]:
    spent = 0
    for exchange in chat.exchanges:
        spent = 1 if SHIFT in exchange.agent else spent + 1
        if exchange.person:
            shifted = SHIFT in exchange.person
            yield number, spent, shifted
            spent = 1 if shifted else spent + 1


def staleness(spent: np.ndarray) -> np.ndarray:
    """Return the feature ``stale`` after ``spent`` turns on a topic, as ``dialogue_env`` computes it from exchanges before this one."""
    return 0.5 - 1.0 / (1.0 + np.asarray(spent) // 2)


def fit_drift(where: str, table: pd.DataFrame) -> tuple[tuple[Estimate, ...], float]:
    """Return the slope on ``stale`` and on the trait ``drift``, and the intercept of these chats.

    A logit with a random effect of the person. Raises InputError if there are too few shifts or it does not converge.
    """
    if table["shifted"].sum() < FEWEST_SHIFTS:
        raise InputError(f"{where}: {int(table['shifted'].sum())} topic shifts; a hazard needs at least {FEWEST_SHIFTS}")
    shifted = table["shifted"].to_numpy(bool)
    columns = {
        name: np.stack([np.zeros(len(table)), values], axis=1)
        for name, values in (("stale", staleness(table["spent"].to_numpy())), ("drift", np.ones(len(table))))
    }
    blank = np.zeros((len(table), 2))
    fitted = fit_mixed_logit(where, Choices(columns, ("drift",), shifted.astype(np.int64), blank == 0.0, table["chat"].to_numpy(), blank))
    spread, error = fitted.spread["drift"]
    chats, method = int(table["chat"].nunique()), "logit with a random effect of the person"
    estimates = (
        Estimate("person.response.DRIFT.stale", fitted.value["stale"], float(np.sqrt(fitted.covariance["stale", "stale"])), len(table), where, method),
        Estimate("person.response.DRIFT.drift", spread / TRAIT_SD, error / TRAIT_SD, chats, where, f"{method}, over 1/6"),
    )
    return estimates, fitted.value["drift"]


def closeness_of_shifts(log: Log) -> F64:
    """Return how close each reply that shifts the topic is to the turn before it, [n], as a rank in [0, 1].

    The rank of the cosine of sentence vectors among random pairs of turns of different chats, as closeness of
    topics in ``dialogue_env`` is a rank among all pairs of topics.
    """
    turns_ = [(c, text, SHIFT in labels and side) for c, chat in enumerate(log.dialogues) for side, text, labels in _sides(chat)]
    chat, vectors = np.array([turn[0] for turn in turns_]), embed([turn[1] for turn in turns_]).astype(np.float64)
    rng = np.random.default_rng(0)
    first, second = rng.integers(0, len(chat), (2, PAIRS))
    others = chat[first] != chat[second]
    reference = np.sort((vectors[first[others]] * vectors[second[others]]).sum(axis=1).round(4))
    shifts = np.array([turn for turn in range(1, len(chat)) if turns_[turn][2] and chat[turn] == chat[turn - 1]])
    return np.searchsorted(reference, (vectors[shifts] * vectors[shifts - 1]).sum(axis=1).round(4)) / len(reference)


def _sides(chat: Dialogue) -> Iterator[tuple[bool, str, tuple[str, ...]]]:
    """Yield the turns of a chat that were said: whether by the person, text, labels."""
    for exchange in chat.exchanges:
        for person, text, labels in ((False, exchange.agent_text, exchange.agent), (True, exchange.person_text, exchange.person)):
            if text:
                yield person, text, labels


def fit_distance(where: str, closeness: F64) -> Estimate:
    """Return how closeness weighs in the choice among a person's favourite topics, so that its mean is that of ``closeness`` [n].

    One of ``FAVOURITES`` topics of even ranks is chosen with chances in proportion to exp(weight x rank).
    """
    from scipy.optimize import brentq  # noqa: PLC0415

    if len(closeness) < FEWEST_SHIFTS:
        raise InputError(f"{where}: {len(closeness)} topic shifts; their distance needs at least {FEWEST_SHIFTS}")
    mean, error = float(closeness.mean()), float(closeness.std(ddof=1) / np.sqrt(len(closeness)))
    lowest, highest = (_mean_chosen(end) for end in (-STRONGEST, STRONGEST))
    if not lowest < mean < highest:
        raise InputError(f"{where}: the mean closeness of topic shifts is {mean:.3f}; a choice among {FAVOURITES} topics has {lowest:.3f} to {highest:.3f}")
    weight = float(brentq(lambda trial: _mean_chosen(trial) - mean, -STRONGEST, STRONGEST))
    slope = (_mean_chosen(weight + 0.01) - _mean_chosen(weight - 0.01)) / 0.02
    return Estimate("person.drift.closeness", weight, error / slope, len(closeness), where, f"mean rank {mean:.3f} of the closeness of shifts")


def _mean_chosen(weight: float) -> float:
    """Return the mean rank of what is chosen, over a grid of ranks."""
    ranks = (np.stack(np.meshgrid(*[np.arange(GRID)] * FAVOURITES), axis=-1).reshape(-1, FAVOURITES) + 0.5) / GRID
    pull = np.exp(weight * (ranks - 0.5))
    return float(((pull * ranks).sum(axis=1) / pull.sum(axis=1)).mean())
