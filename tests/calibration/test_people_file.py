"""Population files: nested tables, rounding, evidence, and files that are whole or not there."""

import os
import tomllib

import pytest

from calibration.corpora.published import load_corpora
from calibration.fits.estimates import Estimate, pool, tables
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


def test_a_number_of_two_corpora_names_both():
    both = Estimate("person.satisfaction.rho", 0.5, 0.1, 9, "AB-ReDial; Topical-Chat", "mean")
    (entry,) = tomllib.loads(render("fit", {}, (both,)))["evidence"]
    assert entry["source"] == "AB-ReDial (Siro et al., SIGIR 2022); Topical-Chat, validation splits (Gopalakrishnan et al., Interspeech 2019)"
    assert entry["licence"] == "MIT; CDLA-Sharing-1.0"


def test_corpora_of_one_licence_name_it_once():
    both = Estimate("person.satisfaction.rho", 0.5, 0.1, 9, "AB-ReDial; Qulac", "mean")
    assert tomllib.loads(render("fit", {}, (both,)))["evidence"][0]["licence"] == "MIT"


def test_estimates_that_agree_are_weighted_by_inverse_variance():
    """Weights 100 and 25: (100 * .5 + 25 * .6) / 125 = .52, error 1 / sqrt(125)."""
    one, other = Estimate("person.x", 0.5, 0.1, 9, "a", "ratings"), Estimate("person.x", 0.6, 0.2, 4, "b", "ratings")
    pooled = pool((one, other))
    assert (pooled.key, pooled.count, pooled.corpus) == ("person.x", 13, "a; b")
    assert pooled.value == pytest.approx(0.52)
    assert pooled.error == pytest.approx(0.0894427)
    assert pooled.method == "mean by inverse variance (standard deviation between corpora 0.00) of: ratings"


def test_estimates_that_disagree_weigh_more_evenly():
    """Weights 400 and 100, mean .58: Q = 400 * .0064 + 100 * .1024 = 12.8, and (12.8 - 1) / (500 - 170000 / 500) = .07375 is the variance between."""
    one, other = Estimate("person.x", 0.5, 0.05, 9, "a", "ratings"), Estimate("person.x", 0.9, 0.1, 4, "b", "ratings")
    pooled = pool((one, other))
    assert pooled.value == pytest.approx((0.5 / 0.07625 + 0.9 / 0.08375) / (1 / 0.07625 + 1 / 0.08375))
    assert pooled.error == pytest.approx((1 / 0.07625 + 1 / 0.08375) ** -0.5)
    assert "between corpora 0.27" in pooled.method


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
