from pathlib import Path

import numpy as np
import pytest

from dialogue_env import person as person_module
from dialogue_env.acts import QUESTIONS, UNASKED, Family, UserAct
from dialogue_env.person import FEATURES, FILE, IMPOSSIBLE, REPLIES, load_person
from rewards import InputError


def test_leaving_is_no_reply_among_others() -> None:
    assert tuple(UserAct)[:-1] == REPLIES
    assert max(UserAct) == UserAct.LEAVE


def test_initiative_and_questions() -> None:
    assert {family.name for family in QUESTIONS} == {"CLARIFY", "EXPLORE", "CHECK"}
    assert {family.name for family in UNASKED} == {"CLARIFY", "EXPLORE", "INFORM", "PROPOSE", "SHIFT"}


def test_shipped_model() -> None:
    person = load_person()
    assert person.bias.shape == (len(Family), 11)
    assert person.response.shape == (len(FEATURES), 11)
    assert set(person.acts) == set(Family)
    assert np.isfinite(person.response).all()
    for by_form in (person.no_preference, person.partial):
        assert by_form.shape == (3,)
        assert ((by_form >= 0) & (by_form <= 1)).all()


def test_what_can_follow_what() -> None:
    bias, accept = load_person().bias, UserAct.ACCEPT
    possible = bias > IMPOSSIBLE / 2
    assert np.flatnonzero(possible[:, accept]).tolist() == [Family.PROPOSE]  # only what was offered can be accepted
    assert np.flatnonzero(possible[Family.CLOSE]).tolist() == [UserAct.ACKNOWLEDGE]
    assert possible.any(axis=1).all()


def test_an_earlier_model_is_not_read_twice() -> None:
    assert load_person() is load_person()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[thinking]\n", "[thoughts]\n", "unknown key in {path}: 'thoughts'; valid: bias, response, acts, "),
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
    monkeypatch.setattr(person_module, "FILE", path)
    with pytest.raises(InputError) as caught:
        load_person.__wrapped__()
    assert str(caught.value).startswith(message.format(path=path))
    assert "\n" not in str(caught.value)
