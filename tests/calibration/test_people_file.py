"""Population files: nested tables, rounding, evidence, and files that are whole or not there."""

import os
import tomllib

import pytest

from calibration.corpora.published import load_corpora
from calibration.fits.estimates import Estimate, tables
from calibration.fits.people_file import HEADER, render, rounded, write_people

FOUND = (
    Estimate("person.bias.INFORM.ASK", 0.12345, 0.05678, 40, "P4G", "mixed logit"),
    Estimate("person.bias.INFORM.EMOTE", -0.0001, None, 0, "mine.jsonl", "set by hand"),
    Estimate("person.answers.partial.0", 0.1, 0.01, 60, "Qulac", "share"),
    Estimate("person.answers.partial.1", 0.2, 0.01, 60, "Qulac", "share"),
)


def test_keys_become_nested_tables_and_lists():
    assert tables(FOUND) == {"person": {"bias": {"INFORM": {"ASK": 0.12345, "EMOTE": -0.0001}}, "answers": {"partial": [0.1, 0.2]}}}
    assert tables(()) == {}


def test_numbers_are_rounded_wherever_they_stand():
    found = rounded({"a": 0.12345, "b": [1.0, 2.00049], "c": {"d": 3, "e": "0.12345"}, "f": True})
    assert found == {"a": 0.123, "b": [1.0, 2.0], "c": {"d": 3, "e": "0.12345"}, "f": True}
    assert str(rounded(-0.0001)) == "0.0", "never a negative zero"


def test_a_file_holds_command_tables_and_evidence():
    text = render("python -m calibration fit", tables(FOUND), FOUND, "mine alone")
    assert text.startswith(HEADER)
    content = tomllib.loads(text)
    assert content["command"] == "python -m calibration fit"
    assert content["person"]["bias"]["INFORM"] == {"ASK": 0.123, "EMOTE": 0.0}
    corpus = load_corpora()["P4G"]
    first = {"key": "person.bias.INFORM.ASK", "error": 0.057, "count": 40, "source": corpus.title, "licence": corpus.licence, "method": "mixed logit"}
    second = {"key": "person.bias.INFORM.EMOTE", "count": 0, "source": "mine.jsonl", "licence": "mine alone", "method": "set by hand"}
    assert content["evidence"][:2] == [first, second]


def test_without_a_licence_it_is_the_corpus_own():
    assert tomllib.loads(render("fit", {}, FOUND[1:2]))["evidence"][0]["licence"] == "the corpus's own"


def test_an_interrupted_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "people.toml"
    write_people(path, "first", {}, FOUND)
    before = path.read_text()

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        write_people(path, "second", {}, FOUND)
    assert path.read_text() == before
    assert [one.name for one in tmp_path.iterdir()] == ["people.toml"]
