"""Naive models of people: rates by hand, and draws that keep to them."""

import numpy as np
import pytest

from calibration.corpora.coded import Coded
from calibration.realism.naive import GIVEN, START, buckets, count_rates, draw_replies, log_likelihood, previous
from dialogue_env.acts import Family, Reply

ASK, RESIST, ACCEPT = Reply.ASK, Reply.RESIST, Reply.ACCEPT
INFORM, PROPOSE = Family.INFORM, Family.PROPOSE
LABELS = np.array([ASK, RESIST, ACCEPT])


def coded(family: list[list[int]], reply: list[list[int]]) -> Coded:
    acts = np.array(family)
    blank = np.full(acts.shape, np.nan)
    return Coded(np.arange(len(acts)).astype(str), acts, np.full(acts.shape, ""), np.array(reply), blank, blank, {})


@pytest.fixture
def talks() -> Coded:
    return coded([[INFORM, PROPOSE, PROPOSE], [INFORM, PROPOSE, -1]], [[ASK, RESIST, RESIST], [ASK, ACCEPT, -1]])


def test_constant_rates_by_hand(talks: Coded) -> None:
    rates = count_rates("constant rates", talks, LABELS)[INFORM, 0, START]
    np.testing.assert_allclose(rates[LABELS], np.array([2.5, 2.5, 1.5]) / 6.5)
    assert rates.sum() == pytest.approx(1.0)


def test_never_resists_by_hand(talks: Coded) -> None:
    rates = count_rates("never resists", talks, LABELS)[INFORM, 0, START]
    np.testing.assert_allclose(rates[LABELS], np.array([2.5, 0.0, 1.5]) / 4.0)


def test_rates_by_act_round_and_previous_reply(talks: Coded) -> None:
    by_act = count_rates("by act", talks, LABELS)
    np.testing.assert_allclose(by_act[PROPOSE, 0, START][LABELS], np.array([0.5, 2.5, 1.5]) / 4.5)
    by_round = count_rates("by act and round", talks, LABELS)
    np.testing.assert_allclose(by_round[PROPOSE, 1, START][LABELS], np.array([0.5, 1.5, 1.5]) / 3.5)
    markov = count_rates("Markov", talks, LABELS)
    np.testing.assert_allclose(markov[PROPOSE, 5, RESIST][LABELS], np.array([0.5, 1.5, 0.5]) / 2.5)
    np.testing.assert_allclose(markov[PROPOSE, 0, START][LABELS], np.full(3, 1 / 3))


@pytest.mark.parametrize("model", GIVEN)
def test_rates_are_probabilities(model: str, talks: Coded) -> None:
    rates = count_rates(model, talks, LABELS)
    np.testing.assert_allclose(rates.sum(axis=-1), 1.0)
    assert rates.min() >= 0


def test_rounds_and_previous_replies(talks: Coded) -> None:
    np.testing.assert_array_equal(previous(talks.reply), [[START, ASK, RESIST], [START, ASK, ACCEPT]])
    assert buckets(np.zeros((1, 14)))[0].tolist() == [0, 1, 2, 2, 3, 3, 4, 4, 4, 5, 5, 5, 5, 5]


def test_log_likelihood_by_hand(talks: Coded) -> None:
    found = log_likelihood(count_rates("constant rates", talks, LABELS), talks)
    np.testing.assert_allclose(found, np.log([2.5**3 / 6.5**3, 2.5 * 1.5 / 6.5**2]))


def test_draws_follow_the_rates(talks: Coded) -> None:
    rates = count_rates("Markov", talks, LABELS)
    family = np.repeat(talks.family, 4000, axis=0)
    replies = draw_replies(rates, family, 0)
    assert (replies[family == -1] == -1).all()
    assert np.isin(replies[family != -1], LABELS).all()
    after_resisting = replies[:, 2][(replies[:, 1] == RESIST) & (family[:, 2] != -1)]
    assert (after_resisting == RESIST).mean() == pytest.approx(0.6, abs=0.03)
    np.testing.assert_array_equal(replies, draw_replies(rates, family, 0))


def test_who_never_resists_never_does(talks: Coded) -> None:
    replies = draw_replies(count_rates("never resists", talks, LABELS), np.repeat(talks.family, 500, axis=0), 0)
    assert not (replies == RESIST).any()
