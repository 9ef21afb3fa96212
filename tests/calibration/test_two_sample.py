"""The classifier two-sample test: areas by hand, and models that can and cannot be told from people."""

from dataclasses import dataclass

import numpy as np
import pytest

from calibration.corpora.coded import Coded
from calibration.realism.naive import draw_replies
from calibration.realism.two_sample import LATEST, Player, area_under_curve, features, first_round, tell_apart
from dialogue_env.acts import Family, Reply
from dialogue_env.types import I64


@dataclass(frozen=True)
class Coins:
    """People who resist at random, at a rate; a model resists at another."""

    coded: Coded
    rates: dict[str, float]

    @property
    def groups(self) -> I64:
        return np.arange(len(self.coded))

    @property
    def models(self) -> tuple[str, ...]:
        return tuple(self.rates)

    def player(self, model: str, rows: I64) -> Player:
        return lambda held, copies: _replies(np.repeat(self.coded.family[held], copies, axis=0), self.rates[model], 1)


def _replies(family: I64, rate: float, seed: int) -> I64:
    table = np.zeros((len(Family), 6, len(Reply) + 1, len(Reply)))
    table[..., Reply.RESIST], table[..., Reply.ASK] = rate, 1 - rate
    return draw_replies(table, family, seed)


def coins(size: int, rates: dict[str, float]) -> Coins:
    family = np.full((size, 6), int(Family.INFORM))
    blank = np.full(family.shape, np.nan)
    return Coins(Coded(np.arange(size).astype(str), family, np.full(family.shape, ""), _replies(family, 0.3, 0), blank, blank, {}), rates)


def test_area_by_hand() -> None:
    scores, folds = np.array([[0.0, 1.0, 9.0], [0.5, 2.0, 9.0]]), np.array([0, 0, 1])
    weights = np.array([[1.0, 1.0, 1.0], [1.0, 1.0, 0.0], [2.0, 0.0, 0.0]])
    np.testing.assert_allclose(area_under_curve(scores, folds, weights), [3.5 / 5, 3 / 4, 1.0])


def test_features_count_replies_and_pairs() -> None:
    ask, resist, replies = int(Reply.ASK), int(Reply.RESIST), len(Reply)
    found = features(np.array([[Family.INFORM, Family.INFORM, -1]]), np.array([[ask, resist, -1]]))[0]
    assert found[:replies].tolist() == [float(act in (ask, resist)) for act in range(replies)]
    assert np.flatnonzero(found[replies : replies + replies**2]).tolist() == [ask * replies + resist]
    pairs = found[replies + replies**2 : -2]
    assert np.flatnonzero(pairs).tolist() == [int(Family.INFORM) * replies + ask, int(Family.INFORM) * replies + resist]
    assert found[-2:].tolist() == [1.0, LATEST]


def test_first_round() -> None:
    assert first_round(np.array([[0, 1, 1], [0, 0, 0]], bool)).tolist() == [1.0, LATEST]
    assert first_round(np.eye(14, dtype=bool)[-1:]).tolist() == [LATEST]


def test_who_acts_alike_cannot_be_told_apart() -> None:
    alike, unlike = tell_apart(coins(240, {"people": 0.3, "stubborn": 0.8}), 3, 0)
    assert alike.area.low < 0.5 < alike.area.high
    assert alike.area.value == pytest.approx(0.5, abs=0.08)
    assert unlike.area.value > 0.9


def test_same_seed_same_area() -> None:
    people = coins(60, {"people": 0.4})
    assert tell_apart(people, 2, 0) == tell_apart(people, 2, 0)
