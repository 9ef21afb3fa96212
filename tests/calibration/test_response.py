"""The logit of replies: which replies are possible, what the biases are relative to, and what is too rare to fit."""

import math
from dataclasses import replace

import numpy as np
import pytest

from calibration.corpora.coded import OVER, Coded
from calibration.fits import response
from calibration.fits.estimates import TRAIT_SD
from calibration.fits.mixed_logit import Fitted
from calibration.fits.response import FEWEST_REPLY, PLACE, PRIORS, SLOPE_PRIOR, Seen, fit_response, observe
from calibration.fits.worlds import replay_world
from calibration.replay import script, simulate
from dialogue_env.acts import REPLIES, Family, Reply
from dialogue_env.person.model import FEATURES
from rewards.errors import InputError

INFORM, PROPOSE, EXPLORE, CLOSE = Family.INFORM, Family.PROPOSE, Family.EXPLORE, Family.CLOSE
ASK, ANSWER, ACCEPT, RESIST, DRIFT, NOTHING = Reply.ASK, Reply.ANSWER, Reply.ACCEPT, Reply.RESIST, Reply.DRIFT, Reply.ACKNOWLEDGE


def seen(counts: dict[tuple[Family, Reply], int]) -> Seen:
    """Return so many exchanges of each family and reply, all by one person, with features of 0."""
    pairs = [pair for pair, count in counts.items() for _ in range(count)]
    family, reply = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    blank = np.zeros((len(pairs), len(FEATURES)))
    return Seen(np.zeros(len(pairs), np.int64), family, reply, blank, np.zeros((len(pairs), len(REPLIES))), np.full(len(pairs), -1))


def coded(family, reply, mood=None) -> Coded:
    family, reply = np.array(family), np.array(reply)
    blank = np.full(family.shape, np.nan)
    return Coded(np.arange(len(family)).astype(str), family, np.full(family.shape, ""), reply, blank if mood is None else np.array(mood), blank, {})


def test_a_reply_that_is_too_rare_is_impossible_but_the_catch_all_never_is():
    told = seen({(INFORM, ASK): 3, (INFORM, DRIFT): 2, (INFORM, NOTHING): 1, (PROPOSE, ACCEPT): 9, (EXPLORE, NOTHING): 5})
    assert response._cells(told) == {(INFORM, ASK): 3, (INFORM, NOTHING): 1}, "one reply alone tells nothing"


def test_biases_are_relative_to_the_catch_all_or_to_the_most_frequent_reply():
    cells = {(INFORM, ASK): 9, (INFORM, NOTHING): 1, (PROPOSE, ACCEPT): 7, (PROPOSE, RESIST): 8}
    assert response._anchors(cells) == {INFORM: NOTHING, PROPOSE: RESIST}


def test_a_trait_shows_in_its_most_frequent_cell_that_is_no_anchor():
    cells = {(INFORM, RESIST): 4, (INFORM, NOTHING): 9, (PROPOSE, RESIST): 8, (PROPOSE, ACCEPT): 7, (CLOSE, RESIST): 3, (CLOSE, NOTHING): 1}
    assert response._given(cells, ["resistance"]) == {(INFORM, RESIST): "resistance"}
    assert response._given({(PROPOSE, RESIST): 8, (PROPOSE, ACCEPT): 7}, ["resistance"]) == {}


def test_refusals_that_nobody_gave_are_given_by_half_a_person():
    told = seen({(INFORM, ASK): 4, (INFORM, NOTHING): 10, (INFORM, DRIFT): 2})
    cells = response._cells(told)
    biases = {"person.bias.INFORM.ACKNOWLEDGE": 0.0}
    found = {estimate.key: estimate for estimate in response._unseen("here", told, cells, biases)}
    assert set(found) == {"person.bias.INFORM.RESIST", "person.bias.INFORM.DRIFT"}
    assert found["person.bias.INFORM.RESIST"].value == pytest.approx(math.log(0.5 / 10.5))
    assert found["person.bias.INFORM.RESIST"].error == pytest.approx(math.sqrt(2.0))
    drift = found["person.bias.INFORM.DRIFT"]
    assert (drift.value, drift.count) == (pytest.approx(math.log(2.5 / 10.5)), 2)


def test_where_the_catch_all_never_follows_it_is_given_by_half_a_person_too():
    told = seen({(PROPOSE, ACCEPT): 4, (PROPOSE, RESIST): 10})
    found = {e.key: e.value for e in response._unseen("here", told, response._cells(told), {"person.bias.PROPOSE.RESIST": 0.7})}
    assert found == {key: pytest.approx(0.7 + math.log(0.5 / 10.5)) for key in ("person.bias.PROPOSE.DRIFT", "person.bias.PROPOSE.ACKNOWLEDGE")}


def test_measured_slopes_are_drawn_to_their_priors():
    told = seen({(PROPOSE, RESIST): 5, (PROPOSE, NOTHING): 5})
    fitted = Fitted({"relevance.RESIST": 0.0, "round.RESIST": 2.0}, {}, {("relevance.RESIST",) * 2: SLOPE_PRIOR**2, ("round.RESIST",) * 2: 9.0}, -1.0)
    relevance, round_ = response._slopes("here", told, fitted)
    assert relevance.key == "person.response.RESIST.relevance"
    assert relevance.value == pytest.approx(PRIORS[RESIST, "relevance"] / 2), "the estimate and its prior weigh the same"
    assert relevance.error == pytest.approx(SLOPE_PRIOR / math.sqrt(2.0))
    assert (round_.value, round_.error) == (2.0, 3.0)


def test_replies_too_rare_for_slopes_have_the_priors():
    told = seen({(PROPOSE, RESIST): FEWEST_REPLY - 1, (PROPOSE, ACCEPT): FEWEST_REPLY})
    found = {estimate.key: estimate.value for estimate in response._rare("here", told, (RESIST, ACCEPT))}
    assert found == {f"person.response.RESIST.{name}": PRIORS[RESIST, name] for name in ("relevance", "satisfaction")}


def test_a_trait_moves_the_logit_by_its_spread_per_standard_deviation():
    told = seen({(PROPOSE, ANSWER): 5})
    found = list(response._spreads("here", told, Fitted({}, {"cooperativeness": (0.5, 0.1)}, {}, -1.0)))
    assert [(e.key, e.value, e.error) for e in found] == [
        (f"person.response.{act}.cooperativeness", pytest.approx(0.5 / TRAIT_SD), pytest.approx(0.1 / TRAIT_SD)) for act in ("ANSWER", "FOLLOW")
    ]


def test_observed_features_by_hand():
    """After a refusal the next exchange is marked; proposals and the mood of earlier replies are summed up."""
    told = coded([[PROPOSE, PROPOSE, INFORM]], [[RESIST, ACCEPT, ASK]], [[1.0, -1.0, 0.0]])
    found = observe(replay_world(()), told)
    assert found.reply.tolist() == [RESIST, ACCEPT, ASK]
    columns = {name: found.features[:, PLACE[name]] for name in FEATURES}
    np.testing.assert_allclose(columns["resisted"], [0, 1, 0])
    np.testing.assert_allclose(columns["agreed"], [0, 0, 1])
    np.testing.assert_allclose(columns["offers"], [0, 1 / 3, 2 / 3], atol=1e-6)
    np.testing.assert_allclose(columns["round"], [-0.5, -0.4, -0.3], atol=1e-6)
    levels = np.array([0.0, 0.4, 0.6 * 0.4 - 0.4])
    np.testing.assert_allclose(columns["satisfaction"], (levels - levels.mean()) / 2)
    np.testing.assert_array_equal(columns["relevance"], 0.0)
    assert found.before.tolist() == [OVER, RESIST, ACCEPT]


@pytest.mark.parametrize("reply", [NOTHING, ACCEPT])
def test_too_few_replies_are_refused(reply):
    with pytest.raises(InputError, match="made up: 4 replies are too few to fit: no second act occurs 3 times after one family"):
        fit_response("made up", replay_world(()), coded([[PROPOSE, PROPOSE]] * 2, [[reply, reply]] * 2))


def test_the_shipped_peoples_own_replies_give_back_how_they_reply():
    """Replays of the shipped people, fitted anew: the slopes lie within 4 standard errors of those that the replies were drawn by."""
    world, rng = replay_world(()), np.random.default_rng(2)
    family = rng.choice([INFORM, PROPOSE, EXPLORE], (150, 8), p=[0.5, 0.3, 0.2])
    given = coded(family, np.zeros_like(family))
    reply = simulate(world, script(world, given.family, np.where(family == INFORM, "logical_appeal", "")), 3, 1).reply
    reply = np.where(np.isin(reply, [ASK, ANSWER, Reply.FOLLOW, ACCEPT, RESIST]), reply, NOTHING)
    given = replace(given, reply=reply, variant=np.where(family == INFORM, "logical_appeal", ""))
    found = {estimate.key: estimate for estimate in fit_response("made up", world, given)}
    for act in (ASK, ANSWER):
        estimate = found[f"person.again.{act.name}"]
        assert abs(estimate.value - world.person.again[act]) < 4 * estimate.error, estimate
    for act, name in ((RESIST, "resisted"), (ASK, "round"), (ACCEPT, "agreed")):
        estimate = found[f"person.response.{act.name}.{name}"]
        assert abs(estimate.value - world.person.response[act, PLACE[name]]) < 4 * estimate.error, estimate
    assert {"person.bias.PROPOSE.ACCEPT", "person.bias.INFORM.RESIST"} <= set(found)
    assert OVER not in given.reply
