"""Measured effects: differences of arms, answers' lengths by form of question, and panes' quality, by hand."""

import re

import numpy as np
import pandas as pd
import pytest

from calibration.corpora.readers.controllable import read_controllable
from calibration.corpora.readers.in3 import read_in3
from calibration.corpora.readers.mimics_duo import read_mimics_duo
from calibration.corpora.readers.topical_chat import read_topical_chat
from calibration.fits.effects import FEWEST_ANSWERS, HIGHEST_EFFORT, fit_effects, fit_effort, form_of, question_worth
from calibration.fits.satisfaction import LAST_TEN, fit_stickiness
from dialogue_env.acts import Form
from rewards.errors import InputError

ARMS = {
    **{"repetition uncontrolled": 2.0, "repetition controlled": 3.5},
    **{"relatedness +13": 2.5, "relatedness 0": 3.4, "relatedness -10": 3.1},
    **{"asking 7": 3.0, "asking 10+": 3.3},
}


def test_effects_by_hand():
    found = {estimate.key.removeprefix("person.satisfaction."): estimate for estimate in fit_effects("made up", ARMS)}
    assert {name: estimate.value for name, estimate in found.items()} == pytest.approx(
        {"repetition": -0.5, "echo": -0.3, "jump": -0.1, "questioning": 0.1},
    )
    for estimate in found.values():
        assert estimate.error == pytest.approx(0.0141421, abs=1e-7), "sqrt(2) .03 / 3"
        assert (estimate.count, estimate.corpus) == (200, "made up")
    assert found["jump"].method.startswith("enjoyment of the arm relatedness -10 less relatedness 0, over the range")


def test_a_missing_arm_is_named_with_the_others():
    arms = {name: value for name, value in ARMS.items() if name != "asking 10+"}
    with pytest.raises(InputError, match=re.escape("unknown arm of made up 'asking 10+'; valid: repetition uncontrolled, ")):
        fit_effects("made up", arms)


@pytest.mark.parametrize(
    ("questions", "options", "form"),
    [
        (("Is it red?",), 0, Form.POLAR),
        (("would you like tea?", "Do you take milk?"), 0, Form.POLAR),
        (("Is it red?", "Which one?"), 0, Form.OPEN),
        (("Can you tell me more?",), 0, Form.OPEN),
        (("Island or coast?",), 0, Form.OPEN),
        (("Is it red?",), 2, Form.CHOICE),
        (("Which one?",), 1, Form.CHOICE),
    ],
)
def test_form_of_an_inquiry(questions, options, form):
    assert form_of(questions, options) == form


def answers(words: dict[Form, tuple[int, ...]], assistants: dict[str, int], questions: tuple[int, ...] = (1,), times: int = 60) -> pd.DataFrame:
    """Return answers of so many words to each form of question, times the assistant's factor and the number of questions."""
    asked = {Form.OPEN: "Which?", Form.CHOICE: "Which?", Form.POLAR: "Is it?"}
    rows = [
        (assistant, (asked[form],) * number, 2 if form == Form.CHOICE else 0, " ".join(["word"] * (length * factor * number)))
        for form, lengths in words.items()
        for assistant, factor in assistants.items()
        for number in questions
        for length in lengths
        for _ in range(times // len(lengths))
    ]
    table = pd.DataFrame(rows, columns=["assistant", "questions", "options", "answer"])
    return table.assign(dialogue=[str(i) for i in range(len(table))])


def test_effort_is_the_ratio_of_words_whoever_asks_and_how_much():
    """Answers of 4, 3 and 2 words a question on average; people say twice as much to one assistant, which asks more openly, as do long inquiries."""
    table = answers({Form.OPEN: (3, 5), Form.CHOICE: (2, 4), Form.POLAR: (1, 3)}, {"a": 1, "b": 2}, (1, 2, 3))
    open_, rarely = table["questions"].str[0] == "Which?", (table["assistant"] == "a") | (table["questions"].map(len) == 1)
    uneven = table[~(open_ & (table["options"] == 0) & rarely) | (table.index % 5 == 0)]
    found = fit_effort("made up", uneven)
    assert [estimate.key for estimate in found] == [f"person.answers.effort.{form}" for form in range(3)]
    assert [estimate.value for estimate in found] == pytest.approx([1.0, 0.75, 0.5])
    assert (found[0].error, found[0].method) == (None, "the reference: an open question")
    assert found[1].count == 360


def test_effort_has_the_error_of_a_ratio():
    """Open: 600 answers 2 words off their mean of 6, and 600 that are 4 words off 12, so sqrt(12,000) / 10,800 = .010143.

    Relatively it is as much of choices, and nothing of polar questions.
    """
    found = fit_effort("made up", answers({Form.OPEN: (4, 8), Form.CHOICE: (2, 4), Form.POLAR: (3, 3)}, {"a": 1}, (1, 2), times=600))
    assert found[1].value == pytest.approx(0.5)
    assert found[1].error == pytest.approx(0.5 * np.sqrt(2) * 0.010143, rel=0.003)
    assert found[2].error == pytest.approx(0.5 * 0.010143, rel=0.003)


def test_answers_of_one_dialogue_count_as_one():
    """Ten equal answers in each dialogue tell no more than one would: the error is sqrt(10) times that of independent answers."""
    alone = answers({Form.OPEN: (4, 8), Form.CHOICE: (2, 4), Form.POLAR: (3, 3)}, {"a": 1}, (1, 2), times=600)
    together = alone.assign(dialogue=(alone.index // 10).astype(str))
    errors = [fit_effort("made up", table)[1].error for table in (alone, together)]
    assert errors[1] == pytest.approx(np.sqrt(10) * errors[0], rel=0.01)


def test_effort_is_cut():
    found = fit_effort("made up", answers({Form.OPEN: (1, 3), Form.CHOICE: (4, 4), Form.POLAR: (2, 2)}, {"a": 1}, (1, 2)))
    assert found[1].value == HIGHEST_EFFORT == 1.5


def test_a_form_with_few_answers_is_refused():
    table = answers({Form.OPEN: (3, 5), Form.CHOICE: (2, 4), Form.POLAR: (1, 3)}, {"a": 1})
    polar = table.index[table["questions"] == ("Is it?",)]
    with pytest.raises(InputError, match="made up: 29 answers to polar questions; at least 30 are needed"):
        fit_effort("made up", table.drop(polar[FEWEST_ANSWERS - 1 :]))


def test_worth_of_a_pane_by_hand():
    """Two options more make two steps of quality (half the range), the most clicks one step (a quarter)."""
    rows = [("a", 2, 1, 0), ("b", 4, 3, 0), ("c", 2, 2, 10), ("d", 4, 4, 10)] * 3
    panes = pd.DataFrame(rows, columns=["query", "options", "quality", "engagement"])
    found = {estimate.key: estimate for estimate in question_worth("made up", panes)}
    assert {key: estimate.value for key, estimate in found.items()} == pytest.approx(
        {"mimics_duo.quality_per_option": 0.25, "mimics_duo.quality_by_engagement": 0.25},
    )
    assert found["mimics_duo.quality_per_option"].count == 12


def test_what_the_corpora_say(corpora_root):
    effects = {estimate.key.rpartition(".")[2]: estimate.value for estimate in fit_effects("Controllable-Dialogue", read_controllable(corpora_root))}
    assert effects == pytest.approx({"repetition": -0.2, "echo": -0.303, "jump": -0.177, "questioning": -0.077}, abs=0.001)
    _, choice, polar = fit_effort("IN3", read_in3(corpora_root))
    assert (choice.value, choice.error, choice.count) == pytest.approx((0.949, 0.084, 506), abs=0.001)
    assert (polar.value, polar.error, polar.count) == pytest.approx((0.757, 0.096, 40), abs=0.001)
    per_option, by_engagement = question_worth("MIMICS-Duo", read_mimics_duo(corpora_root))
    assert per_option.value > 4 * per_option.error, "panes with more options are judged better"
    assert abs(by_engagement.value) < by_engagement.error, "and clicked no more for being judged better"


def test_the_end_of_a_chat_weighs_most(corpora_root):
    rho, start, _ = fit_stickiness("Topical-Chat", *read_topical_chat(corpora_root), LAST_TEN)
    assert (rho.value, rho.error, rho.count) == pytest.approx((0.738, 0.014, 2137), abs=0.002)
    assert start > 1.0, "chats are rated more kindly than their messages"
