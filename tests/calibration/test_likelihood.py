"""Held-out likelihood: probabilities that sum to one, averages over persons, and intervals."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pytest

from calibration.corpora.coded import Coded
from calibration.fits.response import REFERENCE
from calibration.realism.likelihood import Foretell, foresee, label_shares, people_log_likelihood
from dialogue_env import build_world, load_domain, load_population
from dialogue_env.acts import REPLIES, Family, Reply
from dialogue_env.types import I64
from dialogue_env.world import World

ALL = np.array([int(reply) for reply in REPLIES])


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(load_domain("donation"), load_population("everyone"), 0.0)


def coded(family: I64, reply: I64) -> Coded:
    blank = np.full(family.shape, np.nan)
    return Coded(np.arange(len(family)).astype(str), family, np.full(family.shape, ""), reply, blank, blank, {})


@dataclass(frozen=True)
class Known:
    """Models whose log-likelihoods are given."""

    acts: I64
    told: Mapping[str, float]

    @property
    def groups(self) -> I64:
        return np.arange(len(self.acts))

    def foretellers(self) -> Mapping[str, Foretell]:
        return {model: lambda _, held, nats=nats: nats * self.acts[held] for model, nats in self.told.items()}


def test_replies_without_a_label_count_as_the_catch_all() -> None:
    shares = label_shares(np.zeros((1, len(REPLIES))), np.array([Reply.ASK, REFERENCE]))[0]
    assert shares[Reply.ASK] == pytest.approx(1 / 11)
    assert shares[REFERENCE] == pytest.approx(10 / 11)
    assert shares.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("labels", [ALL, np.array([Reply.ASK, Reply.RESIST, REFERENCE])])
def test_the_likelihoods_of_all_answers_sum_to_one(world: World, labels: I64) -> None:
    pairs = np.array([(first, second) for first in labels for second in labels])
    family = np.tile([int(Family.INFORM), int(Family.EXPLORE)], (len(pairs), 1))
    alone = people_log_likelihood(world, coded(family[: len(labels), :1], labels[:, None]), labels, 200)
    assert np.exp(alone).sum() == pytest.approx(1.0, abs=0.02)
    both = people_log_likelihood(world, coded(family, pairs), labels, 50)
    assert np.exp(both).sum() == pytest.approx(1.0, abs=0.05)


def test_the_mean_is_over_likelihoods_of_whole_dialogues(world: World) -> None:
    """Persons differ, so the second of two equal replies is foreseen better than the first."""
    once, twice = (np.full((1, turns), int(Family.INFORM)) for turns in (1, 2))
    resist = int(Reply.RESIST)
    first = people_log_likelihood(world, coded(once, np.full_like(once, resist)), ALL)[0]
    both = people_log_likelihood(world, coded(twice, np.full_like(twice, resist)), ALL)[0]
    assert both > 2 * first


def test_nothing_is_impossible(world: World) -> None:
    found = people_log_likelihood(world, coded(np.array([[int(Family.INFORM)]]), np.array([[int(Reply.ACCEPT)]])), ALL, 20)
    assert np.log(0.01 / 11) - 1e-9 <= found[0] < 0


def test_nats_per_reply_and_gain() -> None:
    people, other = foresee(Known(np.array([3, 1, 2, 5, 4, 4]), {"people": -1.0, "other": -1.5}), 3, 0)
    assert (people.nats.value, people.nats.low, people.nats.high) == pytest.approx((-1.0, -1.0, -1.0))
    assert other.nats.value == pytest.approx(-1.5)
    assert (other.gain.low, other.gain.high) == pytest.approx((0.5, 0.5))
    assert people.gain.value == 0
