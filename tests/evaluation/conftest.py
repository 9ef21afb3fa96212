"""Fixtures of the evaluation: played cells, and dialogues made by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from evaluation.grid import Cell, Setting, build_worlds, load_policies, play_grid
from evaluation.rollout import Dialogues
from rewards import TERM_NAMES, RewardWeights

BALANCED = RewardWeights.parse("balanced")
EVERYONE = Setting("concierge", "everyone", 0.05)


@pytest.fixture(scope="session")
def cells() -> tuple[Cell, ...]:
    """Two rules and the one that reads minds with the same 60 people, in two settings."""
    worlds = build_worlds([EVERYONE, Setting("donation", "adversarial", 0.0)])
    players = load_policies(["rules:informed", "rules:push", "rules:ask_then_propose"], worlds, BALANCED)
    return tuple(play_grid(players, worlds, 60, 3, BALANCED, lambda _: None))


def _dialogues(**given: Any) -> Dialogues:
    count = len(next(iter(given.values())))
    terms = np.zeros((count, len(TERM_NAMES)), np.float32)
    for name, values in given.pop("terms", {}).items():
        terms[:, TERM_NAMES.index(name)] = values
    blank = {
        "number": np.arange(count),
        "person_type": np.zeros(count, np.int64),
        "success": np.zeros(count, bool),
        "left": np.zeros(count, bool),
        "agreed": np.zeros(count, bool),
        "turns": np.ones(count, np.int64),
        "satisfaction": np.zeros(count, np.float32),
        "progress": np.zeros(count, np.float32),
        "initiative": np.zeros(count, np.float32),
        "terms": terms,
        "acts": np.zeros((count, 1), np.int16),
    }
    return Dialogues(**blank | {name: np.array(values, blank[name].dtype) for name, values in given.items()})


@pytest.fixture(scope="session")
def dialogues_of() -> Callable[..., Dialogues]:
    """Return a function that makes dialogues from lists, by field; what is left out is 0 (one exchange each)."""
    return _dialogues
