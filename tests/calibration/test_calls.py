"""Calls as the simulator plays them: acts and replies by hand, and hazards that are the logistic function of what the log says."""

import numpy as np
import pytest

from calibration.corpora.coded import OVER
from calibration.corpora.dialogues import Dialogue, Exchange, Log
from calibration.fits.calls import LONGER, Calls, callers, calls_of, chances, leavings
from calibration.fits.estimates import Estimate
from dialogue_env.acts import Family, Reply

SIGNS = {"failures": ["oops"], "unrecognised": ["noise"], "negations": ["no"]}
SLOPES = {"failure": 1.25, "earlier_failures": 0.5, "repetition": 0.25, "unrecognised": 0.75, "negations": -0.5, "turn": 0.125}


def call(sides: list[tuple[str, str]], left: bool) -> Dialogue:
    exchanges = tuple(Exchange(tuple(agent.split()), tuple(person.split())) for agent, person in sides)
    return Dialogue("call", exchanges, {"left": float(left)})


@pytest.fixture(scope="module")
def calls() -> Calls:
    first = call([("hi", "yes"), ("when", "noise"), ("oops", "no"), ("when where", "yes"), ("when", "")], True)
    return calls_of(Log((first, call([("hi", "no"), ("oops", "yes")], False)), {}), SIGNS)


def people(**others: float) -> tuple[Estimate, ...]:
    """Return estimates of people who leave by ``SLOPES`` alone, whatever they feel."""
    slopes = SLOPES | {"annoyance": 0.0, "satisfaction": 0.0, "patience": 0.0} | others
    return tuple(Estimate(f"person.leaving.{name}", value, None, 0, "made up", "") for name, value in slopes.items())


def test_calls_by_hand(calls: Calls) -> None:
    hold, inform, answer, resist = Family.HOLD, Family.INFORM, Reply.ANSWER, Reply.RESIST
    assert calls.family.tolist() == [[inform, inform, hold, inform, inform], [inform, hold, OVER, OVER, OVER]]
    assert calls.prompt.tolist() == [["hi", "when", "", "when", "when"], ["hi", "", "", "", ""]]
    assert calls.reply.tolist() == [[answer, answer, resist, answer, answer], [resist, answer, OVER, OVER, OVER]]
    assert calls.failures[0].tolist() == [0, 0, 1, 1, 1]
    assert calls.unrecognised[0].tolist() == [0, 0, 1, 1, 1]
    assert calls.length.tolist() == [5, 2]
    assert calls.left.tolist() == [True, False]
    assert calls.take(np.array([1])).prompt[0, 0] == "hi"


def test_the_hazard_is_that_of_the_log(calls: Calls) -> None:
    found = chances(callers(people(), -2.0, calls), calls, 3)
    # of the first call: base, turn, failure, earlier failures, uses of the prompt before, unrecognised turns, negations
    logits = [-2.0, -2.0 + 0.125, -2.0 + 0.25 + 1.25 + 0.75, -2.0 + 0.375 + 0.5 + 0.25 + 0.75 - 0.5, -2.0 + 0.5 + 0.5 + 0.5 + 0.75 - 0.5]
    for row in range(3):
        np.testing.assert_allclose(found[row, :5], 1 / (1 + np.exp(-np.array(logits))), atol=1e-9)
    np.testing.assert_allclose(found[3, :2], 1 / (1 + np.exp([2.0, 2.0 - 0.125 - 1.25 + 0.5])), atol=1e-9)


def test_a_call_that_was_left_goes_on_in_the_same_situation(calls: Calls) -> None:
    found = chances(callers(people(), -2.0, calls), calls, 1)
    odds = np.log(found[0, 4 : 5 + LONGER] / (1 - found[0, 4 : 5 + LONGER]))
    np.testing.assert_allclose(odds, odds[0] + 0.125 * np.arange(1 + LONGER), atol=1e-9)
    assert not found[1, 2:].any(), "one that was completed does not"


def test_people_leave_as_often_as_the_hazard_says(calls: Calls) -> None:
    world = callers(people(patience=-4.0, annoyance=2.0), -1.0, calls)
    left, expected = leavings(world, calls, 3000), chances(world, calls, 3000)
    np.testing.assert_allclose(left[:3000].mean(axis=0), expected[:3000].mean(axis=0), atol=0.035)
    assert np.ptp(expected[:3000, 0]) > 0.1, "people differ in patience"
    assert not left[expected == 0.0].any()
