from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dialogue_env.acts import REPLIES, Family, Reply
from dialogue_env.person import model
from dialogue_env.person.model import FEATURES, FILE, IMPOSSIBLE, load_person
from dialogue_env.person.traits import TRAITS
from rewards import InputError


def test_leaving_is_no_reply_among_others() -> None:
    assert tuple(Reply)[:-1] == REPLIES
    assert max(Reply) == Reply.LEAVE


def test_shipped_model() -> None:
    person = load_person()
    assert person.bias.shape == (len(Family), 11)
    assert person.response.shape == (11, len(FEATURES))
    assert person.character.shape == (11, len(TRAITS))
    assert set(person.acts) == set(Family)
    for matrix in (person.response, person.character):
        assert matrix.dtype == np.float64
        assert matrix.any()
        assert np.isfinite(matrix).all()
    for by_form in (person.no_preference, person.indifferent, person.partial):
        assert by_form.shape == (3,)
        assert ((by_form >= 0) & (by_form <= 1)).all()


def test_what_can_follow_what() -> None:
    bias, accept = load_person().bias, Reply.ACCEPT
    possible = bias > IMPOSSIBLE / 2
    # People say yes to what is offered, and of their own accord to what they hear; never to a question.
    assert np.flatnonzero(possible[:, accept]).tolist() == [Family.ACKNOWLEDGE, Family.INFORM, Family.PROPOSE, Family.ANSWER]
    assert np.flatnonzero(possible[Family.CLOSE]).tolist() == [Reply.ACKNOWLEDGE]
    assert possible.any(axis=1).all()


def test_traits_and_features_are_told_apart() -> None:
    assert not set(TRAITS) & set(FEATURES)
    own = {"response": {"REPAIR": {"misunderstanding": 1.25, "reliability": -0.75}}}
    person, repair = load_person(own), REPLIES.index(Reply.REPAIR)
    assert person.response[repair, list(FEATURES).index("misunderstanding")] == 1.25
    assert person.character[repair, list(TRAITS).index("reliability")] == -0.75
    others = [reply for reply in range(11) if reply != repair]
    np.testing.assert_array_equal(person.character[others], load_person().character[others])


def test_own_tables_go_over_the_shipped_ones() -> None:
    shipped = load_person()
    own = {
        "bias": {"CLOSE": {"ASK": 0.5}},
        "answers": {"indifferent": [0.1, 0.2, 0.3], "disclosure": 0.25},
        "leaving": {"base": -3.0},
        "acts": {"HOLD": {"pressure": 0.125}},
    }
    person = load_person(own, "own.toml: person")
    assert person.bias[Family.CLOSE, Reply.ASK] == 0.5
    assert person.bias[Family.CLOSE, Reply.ACKNOWLEDGE] == shipped.bias[Family.CLOSE, Reply.ACKNOWLEDGE]  # the rest of the row stays
    np.testing.assert_array_equal(person.bias[: Family.CLOSE], shipped.bias[: Family.CLOSE])
    np.testing.assert_array_equal(person.response, shipped.response)
    assert person.indifferent.tolist() == [0.1, 0.2, 0.3]
    np.testing.assert_array_equal(person.no_preference, shipped.no_preference)
    assert person.constants["answers"] == {**shipped.constants["answers"], "disclosure": 0.25}
    assert person.constants["leaving"] == {**shipped.constants["leaving"], "base": -3.0}
    assert person.constants["satisfaction"] == shipped.constants["satisfaction"]
    assert person.acts[Family.HOLD] == {**shipped.acts[Family.HOLD], "pressure": 0.125}
    assert load_person() is shipped  # and is as it was
    assert shipped.constants["leaving"]["base"] != -3.0


def test_empty_tables_change_nothing() -> None:
    shipped, person = load_person(), load_person({}, "own.toml: person")
    for name in person.__slots__:
        np.testing.assert_equal(getattr(person, name), getattr(shipped, name))


@pytest.mark.parametrize(
    ("own", "message"),
    [
        (3, "here: must be a table, not 3"),
        ({"thoughts": {}}, "unknown key in here: 'thoughts'; valid: bias, response, again, acts, answers, leaving, "),
        ({"thinking": 3}, "here: thinking: must be a table, not 3"),
        ({"thinking": {"stucc": 0.1}}, "unknown key in here: thinking: 'stucc'; valid: discriminability, stuck"),
        ({"thinking": {"stuck": "often"}}, "here: thinking.stuck: must be a number in [-100, 100], not 'often'"),
        ({"thinking": {"stuck": {"a": 1}}}, "unknown key in here: thinking.stuck: 'a'; valid: value, low, high"),
        ({"thinking": {"stuck": {"value": 1, "low": 2, "high": 3}}}, "here: thinking.stuck: the range [2, 3] does not contain the value 1"),
        ({"thinking": {"stuck": {"value": 1, "low": 0, "high": 300}}}, "here: thinking.stuck.high: must be a number in [-100, 100], not 300"),
        ({"answers": 3}, "here: answers: must be a table, not 3"),
        (
            {"answers": {"vague": 0.1}},
            "unknown key in here: answers: 'vague'; valid: refusal_relevance, disclosure, reason, wanted, effort, indifferent, no_preference, partial",
        ),
        (
            {"answers": {"partial": 0.1}},
            "here: answers.partial: must be a list of 3 numbers, one per form of question, not 0.1",
        ),
        ({"answers": {"partial": [0.1]}}, "here: answers.partial: must be a list of 3 numbers, one per form of question, not [0.1]"),
        ({"answers": {"partial": [0.1, 1.2, 0]}}, "here: answers.partial: must be a number in [0, 1], not 1.2"),
        ({"bias": 3}, "here: bias: must be a table, not 3"),
        ({"bias": {"WAIT": {}}}, "unknown key in here: bias: 'WAIT'; valid: HOLD, ACKNOWLEDGE, "),
        ({"bias": {"HOLD": 3}}, "here: bias.HOLD: must be a table, not 3"),
        ({"bias": {"HOLD": {"LEAVE": 0}}}, "unknown key in here: bias.HOLD: 'LEAVE'; valid: ANSWER, ASK, "),
        ({"bias": {"HOLD": {"ASK": True}}}, "here: bias.HOLD.ASK: must be a number in [-100, 100], not True"),
        ({"response": {"ASK": {"charm": 1}}}, "unknown key in here: response.ASK: 'charm'; valid: interest, "),
        ({"response": {"ASK": {"drift": -101}}}, "here: response.ASK.drift: must be a number in [-100, 100], not -101"),
        ({"acts": 3}, "here: acts: must be a table, not 3"),
        ({"acts": {"WAIT": {}}}, "unknown key in here: acts: 'WAIT'; valid: HOLD, ACKNOWLEDGE, "),
        ({"acts": {"HOLD": 3}}, "here: acts.HOLD: must be a table, not 3"),
        ({"acts": {"HOLD": {"charm": 1}}}, "unknown key in here: acts.HOLD: 'charm'; valid: relevance, gain, comfort, pressure, effort"),
        ({"acts": {"HOLD": {"gain": []}}}, "here: acts.HOLD.gain: must be a number in [-100, 100], not []"),
    ],
)
def test_bad_own_tables(own: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        load_person(own, "here")
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_an_earlier_model_is_not_read_twice() -> None:
    assert load_person() is load_person()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[thinking]\n", "[thoughts]\n", "unknown key in {path}: 'thoughts'; valid: bias, response, again, acts, "),
        ("[bias.HOLD]", "[bias.WAIT]", "unknown key in {path}: bias: 'WAIT'; valid: HOLD, "),
        ("[bias.HOLD]\nANSWER", "[bias.HOLD]\nLEAVE", "unknown key in {path}: bias.HOLD: 'LEAVE'; valid: ANSWER, "),
        ("[response.RESIST]\ninterest", "[response.RESIST]\ncharm", "unknown key in {path}: response.RESIST: 'charm'; valid: interest, "),
        ("[response.RESIST]", "[response.LEAVE]", "unknown key in {path}: response: 'LEAVE'; valid: ANSWER, "),
        ("[annoyance]\ndecay = ", "[annoyance]\ndecay = 1e3 #", "{path}: annoyance.decay: must be a number in [-100, 100], not 1000.0"),
    ],
)
def test_bad_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, message: str) -> None:
    content = FILE.read_text()
    assert old in content
    path = tmp_path / "person.toml"
    path.write_text(content.replace(old, new, 1))
    monkeypatch.setattr(model, "FILE", path)
    with pytest.raises(InputError) as caught:
        model._shipped.__wrapped__()
    assert str(caught.value).startswith(message.format(path=path))
    assert "\n" not in str(caught.value)
