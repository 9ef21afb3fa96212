"""Numbers that are shares: unasked help, and changes of mind."""

import numpy as np
import pandas as pd
import pytest

from calibration.corpora.dialogues import Dialogue, Exchange, Log
from calibration.fits.mind_changes import fit_mind_changes
from calibration.fits.unasked import fit_unasked
from rewards.errors import InputError


def moments(silent: int, proposed: int, contexts: int) -> pd.DataFrame:
    """Return moments of which every fourth silence hides a need and every second proposal is taken."""
    rows = [(f"s{i % contexts}", False, False, i % 4 == 0) for i in range(silent)]
    rows += [(f"p{i % contexts}", True, i % 2 == 0, True) for i in range(proposed)]
    return pd.DataFrame(rows, columns=["context", "proposed", "accepted", "help_needed"])


def test_shares_and_errors_between_contexts():
    stuck, taken = fit_unasked("made up", moments(80, 40, 80))
    assert (stuck.key, stuck.value, stuck.count) == ("person.thinking.stuck", 0.25, 80)
    assert stuck.error == pytest.approx(np.sqrt(0.25 * 0.75 / 80)), "where no context recurs it is that of a share"
    assert (taken.key, taken.value, taken.count) == ("reference.unasked_proposals_accepted", 0.5, 40)


def test_contexts_that_recur_are_worth_less():
    """Twenty contexts of four moments that all say the same: the error is twice that of eighty of their own."""
    assert fit_unasked("made up", moments(80, 40, 20))[0].error == pytest.approx(2 * np.sqrt(0.25 * 0.75 / 80))


@pytest.mark.parametrize(("silent", "proposed"), [(29, 40), (40, 29)])
def test_too_few_moments_are_refused(silent, proposed):
    with pytest.raises(InputError, match=f"made up: {silent} silences and {proposed} proposals; at least 30 of each"):
        fit_unasked("made up", moments(silent, proposed, 5))


def star(*facts: dict[str, float]) -> Log:
    return Log(tuple(Dialogue(str(i), (Exchange(("a",), ("b",)),) * 2, one) for i, one in enumerate(facts)), {})


def test_rate_per_exchange_by_hand():
    """A quarter of dialogues of two exchanges: 1 - sqrt(3/4) each; the unhappy and the unasked do not count."""
    happy = [{"happy": 1.0, "changed_mind": float(i == 0)} for i in range(4)]
    found = fit_mind_changes("made up", star(*happy, {"happy": 0.0, "changed_mind": 1.0}, {"happy": 1.0}))
    assert found.value == pytest.approx(1 - np.sqrt(0.75))
    assert (found.key, found.count) == ("types.mind_change", 4)
    slope = np.sqrt(0.75) / (2 * 0.75)
    assert found.error == pytest.approx(np.sqrt(0.25 * 0.75 / 4) * slope)


def test_a_rate_needs_both_kinds():
    with pytest.raises(InputError, match="made up: 0 of 0 people change their mind; a rate needs"):
        fit_mind_changes("made up", star({"happy": 0.0, "changed_mind": 1.0}))
