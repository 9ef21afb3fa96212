"""Satisfaction: the state by hand, and parameters that made-up ratings come from."""

import numpy as np
import pandas as pd
import pytest

from calibration.corpora.dialogues import Dialogue, Exchange, Log
from calibration.fits.satisfaction import FEWEST_RATINGS, PLACES, _fit_rating, end, fit_length, fit_quality, fit_stickiness
from dialogue_env.draws import LOGISTIC_SCALE
from rewards.errors import InputError

BASE, RELEVANCE, INTEREST, NOISE, RHO, START = 0.3, 0.4, 0.2, 0.8, 0.6, 0.4


def rated(level, noise, rng):
    return np.clip(np.rint(1 + 4 * np.asarray(level) + rng.logistic(0, noise * LOGISTIC_SCALE, np.shape(level))), 1, 5)


@pytest.fixture(scope="module")
def tables():
    """Return ratings of exchanges by five observers each, and of the whole."""
    rng, rows, wholes = np.random.default_rng(0), [], []
    for dialogue in range(300):
        for annotator in range(5):
            if annotator == 0:
                relevance, interest = rng.integers(0, 5, 3), rng.integers(1, 4, 3)
            ratings = rated(BASE + RELEVANCE * relevance / 4 + INTEREST * (interest - 1) / 2, NOISE, rng)
            rows += [(str(dialogue), str(annotator), p, relevance[p - 1], interest[p - 1], ratings[p - 1]) for p in PLACES]
            whole = rated(end(RHO, START, (ratings[None] - 1) / 4), 0.7, rng)[0]
            wholes.append((str(dialogue), str(annotator), whole))
    turns = pd.DataFrame(rows, columns=["dialogue", "annotator", "place", "relevance", "interest", "satisfaction"])
    return turns, pd.DataFrame(wholes, columns=["dialogue", "annotator", "rating"])


def test_end_by_hand():
    np.testing.assert_allclose(end(0.5, 1.0, np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.5]])), [0.125, 0.5])
    np.testing.assert_allclose(end(0.0, 0.3, np.array([[0.1, 0.9]])), [0.9])
    np.testing.assert_allclose(end(1.0, 0.3, np.array([[0.1, 0.9]])), [0.3])


def test_quality_is_recovered(tables):
    found = {estimate.key.removeprefix("person."): estimate for estimate in fit_quality("made up", tables[0])}
    for key, true in (("satisfaction.base", BASE), ("satisfaction.relevance", RELEVANCE), ("satisfaction.interest", INTEREST), ("rating.noise", NOISE)):
        assert abs(found[key].value - true) < 3 * found[key].error, key
        assert found[key].error < 0.05
        assert found[key].count == 4500


def test_stickiness_is_recovered(tables):
    rho, start, noise = fit_stickiness("made up", *tables)
    assert rho.key == "person.satisfaction.rho"
    assert abs(rho.value - RHO) < 3 * rho.error
    assert start == pytest.approx(START, abs=0.1)
    assert noise == pytest.approx(0.7, abs=0.1)


def test_stickiness_from_places_counted_back(tables):
    """The same ratings with their places counted from the end; what was before them does not count, and observers who rated fewer are left out."""
    turns, wholes = tables
    backward = turns.assign(place=4 - turns["place"])
    longer = backward[(backward["dialogue"] == "1") & (backward["place"] == 3)].assign(place=4)
    backward = pd.concat([backward, longer])
    fewer = backward[(backward["dialogue"] != "0") | (backward["place"] != 3)]
    forward, same, less = (fit_stickiness("made up", *own) for own in ((turns, wholes), (backward, wholes, (3, 2, 1)), (fewer, wholes, (3, 2, 1))))
    assert same[0].value == pytest.approx(forward[0].value)
    assert (same[0].count, less[0].count) == (1500, 1495)


def test_the_likelihood_is_of_rounded_and_cut_ratings():
    """With one level for all, the fitted shares of the five steps are as close to the observed as two parameters allow."""
    counts = np.array([5, 15, 40, 30, 10])
    (level, noise), errors = _fit_rating("made up", np.repeat(np.arange(1.0, 6.0), counts), lambda theta: np.full(100, theta[0]), (0.5,))
    edges = 1 / (1 + np.exp(-(np.array([1.5, 2.5, 3.5, 4.5]) - 1 - 4 * level) / (noise * LOGISTIC_SCALE)))
    np.testing.assert_allclose(np.diff([0, *edges, 1]), counts / 100, atol=0.03)
    assert all(error > 0 for error in errors)


def test_longer_games_are_rated_by_their_slope():
    rng, games = np.random.default_rng(2), []
    for game in range(200):
        messages = int(rng.integers(8, 40))
        for side in range(2):
            points, other = rng.integers(10, 30, 2)
            rating = 1 + 4 * (0.9 - 0.01 * messages + 0.01 * points - 0.005 * other + rng.normal(0, 0.1))
            facts = {"messages": messages, "points": points, "partner_points": other, "rating": rating}
            games.append(Dialogue(f"{game}:{side}", (Exchange((), ()),), facts))
    found = fit_length("made up", Log(tuple(games), {}))
    assert (found.key, found.count) == ("person.satisfaction.length", 400)
    assert abs(found.value - 20 * -0.01) < 3 * found.error
    assert 0 < found.error < 0.05


def test_too_few_ratings_are_refused(tables):
    with pytest.raises(InputError, match=r"made up: 99 ratings of exchanges; at least 100 are needed"):
        fit_quality("made up", tables[0][: FEWEST_RATINGS - 1])


def test_ratings_that_tell_nothing_are_refused():
    with pytest.raises(InputError, match="made up: the model of ratings does not converge"):
        _fit_rating("made up", np.full(50, 3.0), lambda theta: np.full(50, theta[0]) + 0.0 * theta[1], (0.5, 0.1))
