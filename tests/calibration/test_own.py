import json
import re

import pytest

from calibration.corpora.dialogues import Dialogue, Exchange
from calibration.corpora.readers.own import read_jsonl
from rewards import InputError

AGENT = {"speaker": "agent", "labels": ["offer"], "text": "May I offer you tea?"}
PERSON = {"speaker": "person", "labels": ["no"], "text": "No.", "mood": -0.5}


def _line(turns, **more):
    return json.dumps({"name": "d1", "turns": turns, **more})


def test_dialogues_are_read_as_documented(put):
    turns = [AGENT, PERSON, {"speaker": "person", "labels": ["sorry"], "text": "Thanks though.", "mood": 0.1}, {"speaker": "agent", "labels": ["bye"]}]
    log = read_jsonl(put("own.jsonl", _line(turns, facts={"gave": 1, "rating": 4.5, "left": False}) + "\n\n"))
    first = Exchange(("offer",), ("no", "sorry"), "May I offer you tea?", "No. Thanks though.", -0.2)
    assert log.dialogues == (Dialogue("d1", (first, Exchange(("bye",), ())), {"gave": 1.0, "rating": 4.5, "left": 0.0}),)
    assert log.dropped == {}
    assert [exchange.replied for exchange in log.dialogues[0].exchanges] == [True, False]


def test_where_the_person_begins_the_agent_stays_silent(put):
    (dialogue,) = read_jsonl(put("own.jsonl", _line([PERSON, AGENT, PERSON]))).dialogues
    assert [exchange.agent for exchange in dialogue.exchanges] == [(), ("offer",)]
    assert dialogue.facts == {}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "own.jsonl: no dialogues; expected one JSON object per line"),
        (_line([AGENT, PERSON]) + "\n{", "own.jsonl: line 2: not valid JSON: Expecting property name"),
        (b'{"name": "\xff"}', "own.jsonl: line 1: not a text in UTF-8"),
        ("[1]", "own.jsonl: line 1: must be a table, not [1]"),
        ('{"name": "d1"}', "own.jsonl: line 1: key 'turns' is missing; needed: name, turns"),
        (_line([AGENT, PERSON], fact={}), "unknown key in"),
        (_line([]), "own.jsonl: line 1: dialogue 'd1': it is empty"),
        (_line([AGENT, AGENT]), "own.jsonl: line 1: dialogue 'd1': only the agent speaks"),
        (_line([PERSON]), "own.jsonl: line 1: dialogue 'd1': only the person speaks"),
        (_line([AGENT, PERSON]) + "\n" + _line([AGENT, PERSON]), "own.jsonl: line 2: there is another dialogue named 'd1'"),
        (_line([{**AGENT, "speaker": "bot"}]), "line 1: turns[0].speaker: must be 'agent' or 'person', not 'bot'"),
        (_line([AGENT, {"speaker": "person"}]), "line 1: turns[1]: key 'labels' is missing"),
        (_line([AGENT, {**PERSON, "labels": "no"}]), "line 1: turns[1]: labels: must not be of type str"),
        (_line([AGENT, {**PERSON, "labels": [3]}]), "line 1: turns[1].labels: must be a text, not 3"),
        (_line([AGENT, {"speaker": "person", "labels": []}]), "line 1: turns[1]: needs a label or a text"),
        (_line([AGENT, {**PERSON, "mood": 2}]), "line 1: turns[1].mood: must be a number in [-1, 1], not 2"),
        (_line([AGENT, PERSON], facts={"gave": "yes"}), "line 1: facts.gave: must be a number in [-1e+09, 1e+09], not 'yes'"),
        (_line([AGENT, PERSON], facts={"gave": float("nan")}), "line 1: facts.gave: must be a number"),
    ],
)
def test_a_fault_names_the_file_and_line(put, content, message: str):
    with pytest.raises(InputError, match=re.escape(message)) as caught:
        read_jsonl(put("own.jsonl", content))
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"own\.jsonl: no such file"):
        read_jsonl(tmp_path / "own.jsonl")
