"""Answers to questions: sorting by form and kind, and shares that come out when simulated."""

import numpy as np
import pandas as pd
import pytest

from calibration.fits.answers import FROM_INDIFFERENT, REPORTED, REPORTS, _beside, _by_care, fit_answers, fit_refusal, shares, sort_answers
from dialogue_env.acts import Form
from rewards.errors import InputError


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("What are you looking for?", "open"),
        ("And when do you need it?", "open"),
        ("Which do you like, red or blue?", "choice"),
        ("Do you want red or blue?", "choice"),
        ("Are you looking for a hotel?", "polar"),
        ("Would you like to know who wrote it?", "polar"),
    ],
)
def test_form_of_a_question(question, form):
    assert sort_answers(pd.DataFrame({"question": [question], "answer": ["yes"]}))["form"].tolist() == [form]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("That is not my question.", "refused"),
        ("none of your business", "refused"),
        ("I don't know", "no_preference"),
        ("Doesn't matter!", "no_preference"),
        ("Any", "no_preference"),
        ("I don't care, but I need a map", "direct"),
        ("No", "bare_no"),
        ("no, thank you", "bare_no"),
        ("No, I want the history of it", "no_and_more"),
        ("Yes.", "bare_yes"),
        ("yes please", "bare_yes"),
        ("Yes, near the station", "yes_and_more"),
        ("near the station", "direct"),
        ("Nothing but noise", "direct"),
    ],
)
def test_kind_of_an_answer(answer, kind):
    found = sort_answers(pd.DataFrame({"question": ["Is it?"], "answer": [answer]}, index=[7]))
    assert found["kind"].tolist() == [kind]
    assert found.index.tolist() == [7]


def test_every_kind_reports_something():
    assert set(REPORTED.values()) == set(REPORTS)


def table(**kinds: int) -> pd.DataFrame:
    """Return so many answers of each kind to questions of each form."""
    rows = [(form.name.lower(), kind) for form in Form for kind, count in kinds.items() for _ in range(count)]
    return pd.DataFrame(rows, columns=["form", "kind"])


def test_shares_by_form():
    assert shares(table(direct=3, bare_no=1)) == {form: {"direct": 0.75, "bare_no": 0.25} for form in ("open", "choice", "polar")}


def test_by_care_by_hand():
    """Of 20 % without a preference .7 come from the 25 % to whom it does not matter: .56 of those, .08 of the others."""
    found = _by_care(0.2, 0.25)
    assert found == {"indifferent": pytest.approx(0.56), "no_preference": pytest.approx(0.08)}
    assert _by_care(0.9, 0.1)["indifferent"] == 0.95, "capped, and the rest falls to those who care"


@pytest.mark.parametrize("unsure", [0.0, 0.1, 0.5])
@pytest.mark.parametrize("dont_care", [0.05, 0.3])
def test_both_groups_mix_to_the_whole(unsure, dont_care):
    found = _by_care(unsure, dont_care)
    assert dont_care * found["indifferent"] + (1 - dont_care) * found["no_preference"] == pytest.approx(unsure)


def test_half_answers_beside_vague_ones():
    assert _beside(0.28, 0.1) == pytest.approx(0.2)
    assert _beside(0.05, 0.1) == 0.0


def test_refusals_are_scaled_to_a_question_of_middling_relevance():
    found = fit_refusal("made up", table(direct=90, refused=10), 0.5)
    assert found.value == pytest.approx(0.1 / 0.75)
    assert found.error == pytest.approx(np.sqrt(0.1 * 0.9 / 300) / 0.75)


def test_fitted_answers_by_hand():
    found = {estimate.key: estimate for estimate in fit_answers("made up", table(direct=70, no_preference=10, bare_yes=20, refused=50), 0.2, 0.05)}
    assert found["person.answers.indifferent.0"].value == pytest.approx(FROM_INDIFFERENT * 0.1 / 0.2)
    assert found["person.answers.no_preference.2"].value == pytest.approx(0.3 * 0.1 / 0.8)
    assert found["person.answers.partial.1"].value == pytest.approx(1 - (1 - 20 / 90) / 0.95)
    assert found["person.answers.partial.1"].count == 100, "refusals are counted elsewhere"
    assert list(found) == [f"person.answers.{name}.{form}" for name in ("indifferent", "no_preference", "partial") for form in range(3)]


def test_a_form_with_few_answers_is_refused():
    few = table(direct=60)
    with pytest.raises(InputError, match="made up: 49 answers to choice questions; at least 50 are needed"):
        fit_answers("made up", few.drop(few.index[few["form"] == "choice"][:11]), 0.2, 0.05)
