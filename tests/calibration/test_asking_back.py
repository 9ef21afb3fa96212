"""How much less people ask back where they know what it is about, by hand."""

import math

import numpy as np
import pytest

from calibration.corpora.coded import Coded
from calibration.corpora.dialogues import Dialogue, Exchange, Log
from calibration.corpora.labels import label_map
from calibration.fits.asking_back import fit_asking_back
from dialogue_env.acts import Family, Reply


def test_log_odds_by_act():
    said = [("ask", "Why?"), ("ask", "The blue one."), ("ask", "At nine."), ("inform", "Is it far?"), ("anything_else", "No."), ("bye", "What?")]
    log = Log((Dialogue("a", tuple(Exchange((label,), (), "", text) for label, text in said), {}),), {})
    family = np.array([[Family.CLARIFY, Family.CLARIFY, Family.INFORM, Family.EXPLORE, Family.PROPOSE]])
    reply = np.array([[Reply.ASK, Reply.ANSWER, Reply.FOLLOW, Reply.ASK, Reply.ASK]])
    blank = np.full(family.shape, np.nan)
    persuasion = Coded(np.array(["p"]), family, np.full(family.shape, ""), reply, blank, blank, {})
    found = {estimate.key: estimate for estimate in fit_asking_back("made up", log, label_map("star"), persuasion)}
    assert list(found) == ["questions.CLARIFY", "questions.EXPLORE", "questions.INFORM"]
    # One of three against one of two, none of one against one of one, one of one against none of one; half a one is added to both sides.
    expected = {"CLARIFY": math.log(1.5 / 2.5), "EXPLORE": math.log(0.5 / 1.5) - math.log(1.5 / 0.5), "INFORM": math.log(3) - math.log(1 / 3)}
    for name, value in expected.items():
        assert found[f"questions.{name}"].value == pytest.approx(value)
    assert [estimate.count for estimate in found.values()] == [3, 1, 1]
    assert found["questions.CLARIFY"].error == pytest.approx(math.sqrt(1 / 1.5 + 1 / 2.5 + 1 / 1.5 + 1 / 1.5))
