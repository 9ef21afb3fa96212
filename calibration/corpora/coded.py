"""Labelled dialogues as arrays of acts, which estimators and replays work on."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from calibration.corpora.dialogues import Exchange, Log
from calibration.corpora.labels import Labels, check_labels
from dialogue_env.acts import Family, Reply
from dialogue_env.domain.embedding import embed
from dialogue_env.types import F64, I64, Bools

OVER = -1
"""Fills act arrays after the end of a dialogue."""


@dataclass(frozen=True, slots=True)
class Coded:
    """D dialogues of at most L exchanges; after the end of a dialogue acts are -1 and numbers nan."""

    names: npt.NDArray[np.str_]  # [D]
    family: I64  # [D, L] Family of the agent's act
    variant: npt.NDArray[np.str_]  # [D, L] which variant or slot, "" for none
    reply: I64  # [D, L] Reply
    mood: F64  # [D, L] of the reply, in [-1, 1]; nan where unknown
    relevance: F64  # [D, L] of the agent's act to what was said before, in [0, 1]; nan where unknown
    facts: Mapping[str, F64]  # [D] each; nan where unknown

    def __len__(self) -> int:
        return len(self.names)

    @property
    def live(self) -> Bools:
        """Which exchanges took place, [D, L]."""
        return self.family != OVER

    def take(self, rows: npt.NDArray[Any]) -> Self:
        """Return the dialogues at ``rows`` (indices or a mask)."""
        arrays = {field.name: getattr(self, field.name)[rows] for field in fields(self) if field.name != "facts"}
        return replace(self, **arrays, facts={name: values[rows] for name, values in self.facts.items()})


def code(log: Log, labels: Labels, where: str) -> Coded:
    """Return the dialogues of ``log`` as acts; raises InputError listing every label that the map lacks.

    Turns of the agent that nobody answered are left out.
    """
    check_labels(labels, log, where)
    told = [[exchange for exchange in dialogue.exchanges if exchange.person] for dialogue in log.dialogues]
    shape = (len(told), max(map(len, told), default=0))
    family, reply = np.full(shape, OVER, np.int64), np.full(shape, OVER, np.int64)
    variant, mood = np.full(shape, "", "U40"), np.full(shape, np.nan)
    for d, exchanges in enumerate(told):
        for k, exchange in enumerate(exchanges):
            family[d, k], variant[d, k] = labels.agent_act(exchange.agent)
            reply[d, k] = labels.person_act(exchange.person, Family(int(family[d, k])))
            mood[d, k] = np.nan if exchange.mood is None else exchange.mood
    names = np.array([dialogue.name for dialogue in log.dialogues])
    return Coded(names, family, variant, reply, mood, _relevance(told, shape), _facts(log))


def standing(reply: I64) -> Bools:
    """Return where a yes stands after each exchange, [n, L]: said, and not taken back since."""
    exchange = np.arange(1, reply.shape[1] + 1)
    last = [np.maximum.accumulate(np.where(reply == act, exchange, 0), axis=1) for act in (Reply.ACCEPT, Reply.RESIST)]
    return np.asarray(last[0] > last[1])


def _facts(log: Log) -> dict[str, F64]:
    known = dict.fromkeys(name for dialogue in log.dialogues for name in dialogue.facts)
    return {name: np.array([dialogue.facts.get(name, np.nan) for dialogue in log.dialogues]) for name in known}


def _relevance(told: list[list[Exchange]], shape: tuple[int, int]) -> F64:
    """Return how close each turn of the agent is to the reply before it, as a rank in [0, 1] over the corpus.

    The rank of the cosine of sentence vectors, as closeness of topics is in ``dialogue_env``; 1/2 for the
    first turn, nan where texts are missing.
    """
    relevance = np.full(shape, np.nan)
    places = [(d, k) for d, exchanges in enumerate(told) for k in range(1, len(exchanges)) if exchanges[k].agent_text and exchanges[k - 1].person_text]
    if not places:
        return relevance
    relevance[:, 0] = 0.5
    ours = embed([told[d][k].agent_text for d, k in places]).astype(np.float64)
    theirs = embed([told[d][k - 1].person_text for d, k in places]).astype(np.float64)
    ranks = (ours * theirs).sum(axis=1).round(4).argsort(kind="stable").argsort(kind="stable")
    for (d, k), rank in zip(places, ranks, strict=True):
        relevance[d, k] = (rank + 0.5) / len(places)
    return relevance
