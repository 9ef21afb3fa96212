"""Topic drift: how the chance of a shift grows with the turns since the last one, fitted to chit-chat.

How often people drift depends on the setting (one in five turns of chit-chat, one in forty when asked for a
donation), so the intercept belongs to the act biases; what carries over is the slope on how stale a topic is.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from calibration.dialogues import Dialogue, Log
from calibration.estimates import TRAIT_SD, Estimate
from calibration.mixed_logit import Choices, fit_mixed_logit
from rewards.errors import InputError

SHIFT = "shift"
FEWEST_SHIFTS = 50


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
