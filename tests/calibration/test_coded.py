"""Labelled dialogues as arrays: acts, moods, facts and closeness by hand."""

import numpy as np
import pytest

from calibration.corpora import coded
from calibration.corpora.coded import OVER, code, standing
from calibration.corpora.dialogues import Dialogue, Exchange, Log
from calibration.corpora.labels import load_labels
from dialogue_env.acts import Family, Reply
from rewards.errors import InputError

MAP = """
[agent]
default = "ACKNOWLEDGE"
PROPOSE = ["ask"]
"INFORM.story" = ["tale"]
[person]
default = "ACKNOWLEDGE"
ACCEPT = ["yes"]
RESIST = ["no"]
"""
VECTORS = {"a1": (1.0, 0.0), "p1": (0.0, 1.0), "a2": (0.6, 0.8), "p2": (1.0, 0.0), "a3": (0.8, 0.6), "b1": (1.0, 0.0), "q1": (1.0, 0.0), "b2": (0.0, 1.0)}
FIRST = Dialogue(
    "first",
    (Exchange(("tale",), ("no",), "a1", "p1", -0.5), Exchange(("ask",), ("yes",), "a2", "p2"), Exchange(("ask",), ("yes",), "a3", "p3", 1.0)),
    {"gave": 1.0},
)
SECOND = Dialogue("second", (Exchange((), ("no",), "b1", "q1"), Exchange(("ask",), ("yes",), "b2", "q2"), Exchange(("ask",), (), "b3")), {"rating": 4.0})


@pytest.fixture
def labels(put):
    return load_labels(put("map.toml", MAP))


@pytest.fixture
def vectors(monkeypatch):
    monkeypatch.setattr(coded, "embed", lambda texts: np.array([VECTORS[text] for text in texts], np.float32))


@pytest.mark.usefixtures("vectors")
def test_acts_moods_and_facts(labels):
    found = code(Log((FIRST, SECOND), {}), labels, "made up")
    assert found.names.tolist() == ["first", "second"]
    assert found.family.tolist() == [[Family.INFORM, Family.PROPOSE, Family.PROPOSE], [Family.HOLD, Family.PROPOSE, OVER]]
    assert found.variant.tolist() == [["story", "", ""], ["", "", ""]]
    assert found.reply.tolist() == [[Reply.RESIST, Reply.ACCEPT, Reply.ACCEPT], [Reply.RESIST, Reply.ACCEPT, OVER]]
    assert found.live.sum(axis=1).tolist() == [3, 2], "the turn that nobody answered is left out"
    np.testing.assert_array_equal(found.mood, [[-0.5, np.nan, 1.0], [np.nan] * 3])
    np.testing.assert_array_equal(found.facts["gave"], [1.0, np.nan])
    np.testing.assert_array_equal(found.facts["rating"], [np.nan, 4.0])


@pytest.mark.usefixtures("vectors")
def test_relevance_is_the_rank_of_the_closeness_to_the_reply_before(labels):
    """Cosines are .8 (a2, p1), .8 (a3, p2) and 0 (b2, q1): ties keep their order."""
    found = code(Log((FIRST, SECOND), {}), labels, "made up").relevance
    np.testing.assert_allclose(found, [[0.5, 1.5 / 3, 2.5 / 3], [0.5, 0.5 / 3, np.nan]])


def test_relevance_is_unknown_where_texts_are_missing(labels):
    mute = Dialogue("mute", (Exchange(("tale",), ("no",)), Exchange(("ask",), ("yes",))), {})
    assert np.isnan(code(Log((mute,), {}), labels, "made up").relevance).all()


def test_the_language_model_is_asked_for_both_sides(labels):
    found = code(Log((FIRST, SECOND), {}), labels, "made up").relevance
    assert sorted(found[np.isfinite(found)]) == pytest.approx(sorted([0.5, 0.5, 0.5 / 3, 1.5 / 3, 2.5 / 3]))


@pytest.mark.usefixtures("vectors")
def test_take_keeps_facts_with_their_dialogues(labels):
    found = code(Log((FIRST, SECOND), {}), labels, "made up").take(np.array([1, 1, 0]))
    assert found.names.tolist() == ["second", "second", "first"]
    np.testing.assert_array_equal(found.facts["gave"], [np.nan, np.nan, 1.0])
    assert len(found) == 3


def test_unknown_labels_are_named(labels):
    with pytest.raises(InputError, match=r"made up: unknown labels of the agent: 'huh' \(2\)"):
        code(Log((Dialogue("d", (Exchange(("huh",), ("no",)), Exchange(("huh",), ("yes",))), {}),), {}), labels, "made up")


def test_a_yes_over_nothing_does_not_stand():
    assert standing(np.empty((2, 0), np.int64)).shape == (2, 0)
