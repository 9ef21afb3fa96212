"""When people leave calls: the rows by hand, and odds ratios that calls were made with."""

import numpy as np
import pandas as pd
import pytest

from calibration.corpora.dialogues import Dialogue, Exchange, Log
from calibration.fits.leaving import FEWEST_EVENTS, LATE, LEAVING, TERMS, fit_leaving, periods
from dialogue_env.files import read_toml
from rewards.errors import InputError

SIGNS = {"failures": ["oops"], "unrecognised": ["noise"], "negations": ["no"]}
SLOPES = {"failure": 1.2, "earlier_failures": 0.4, "repetition": 0.2, "unrecognised": 0.3, "negations": 0.5, "turn": 0.1}


def call(agent: list[str], person: list[str], left: bool) -> Dialogue:
    exchanges = tuple(Exchange((a,), (p,)) for a, p in zip(agent, person, strict=True))
    return Dialogue("call", exchanges, {"left": float(left)})


def test_periods_by_hand():
    agent = ["hi", "when", "oops", "when", "oops", "when", "when", "when", "oops", "bye"]
    person = ["yes", "no", "noise", "yes", "no", "yes", "yes", "yes", "noise", "yes"]
    table = periods(Log((call(agent, person, True), call(agent[:9], person[:9], False), call(agent[:7], person[:7], True)), {}), SIGNS)
    rows = table.drop(columns="left").to_numpy().tolist()
    first = [[0, 0, 2, 3, 1, 2, 7], [0, 1, 2, 2, 1, 2, 8], [0, 0, 3, 0, 2, 2, 9]]
    assert rows == [*first, *([1, *row[1:]] for row in first[:2])], "calls are counted from exchange 7 on, and end before it"
    assert table["left"].tolist() == [False, False, True, False, False]
    assert list(table.columns) == ["call", *TERMS, "left"]
    assert LATE == 7


def test_counts_are_capped():
    table = periods(Log((call(["oops"] * 12, ["yes"] * 12, False),), {}), SIGNS)
    assert table["earlier_failures"].max() == 4
    assert table["repetition"].max() == 3


def test_the_shipped_signs_are_read():
    table = periods(Log((call(["did_not_understand"] * 8, ["negate"] * 8, True),), {}), read_toml(LEAVING))
    assert table[["failure", "negations", "left"]].to_numpy().tolist() == [[1, 7, True]]


def test_a_missing_list_of_signs_is_named():
    with pytest.raises(InputError, match="leaving: key 'negations' is missing"):
        periods(Log((), {}), {"failures": ["a"], "unrecognised": ["b"]})


def made_up(calls: int) -> pd.DataFrame:
    """Return exchanges of calls that end when their caller leaves, by the hazard of ``SLOPES``."""
    rng, rows = np.random.default_rng(1), []
    for number in range(calls):
        for turn in range(7, 15):
            row = {"failure": rng.integers(2), "earlier_failures": rng.integers(4), "repetition": rng.integers(4)}
            row |= {"unrecognised": rng.integers(3), "negations": rng.integers(3), "turn": turn}
            logit = -5.0 + sum(SLOPES[name] * value for name, value in row.items())
            left = rng.random() < 1 / (1 + np.exp(-logit))
            rows.append({"call": number, **row, "left": left})
            if left:
                break
    return pd.DataFrame(rows)


def test_odds_ratios_are_recovered():
    table = made_up(1500)
    estimates, intercept = fit_leaving("made up", table, np.zeros(len(table)))
    assert [estimate.key for estimate in estimates] == [f"person.leaving.{term}" for term in TERMS]
    for estimate, term in zip(estimates, TERMS, strict=True):
        assert abs(estimate.value - SLOPES[term]) < 3 * estimate.error, term
        assert estimate.error < 0.2
        assert estimate.count == len(table)
    assert intercept == pytest.approx(-5.0, abs=0.6)


def test_what_is_known_beforehand_does_not_count_twice():
    table = made_up(1500)
    plain, _ = fit_leaving("made up", table, np.zeros(len(table)))
    given, intercept = fit_leaving("made up", table, 0.5 * table["failure"].to_numpy() - 1.0)
    for before, after in zip(plain, given, strict=True):
        assert after.value == pytest.approx(before.value - 0.5 * (after.key == "person.leaving.failure"), abs=1e-6)
    assert intercept == pytest.approx(-4.0, abs=0.6)


def test_too_few_who_left_are_refused():
    table = made_up(100)
    table["left"] = False
    table.loc[: FEWEST_EVENTS - 2, "left"] = True
    with pytest.raises(InputError, match="made up: 49 people left; a hazard of 6 terms needs at least 50"):
        fit_leaving("made up", table, np.zeros(len(table)))
