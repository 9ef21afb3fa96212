"""The command line: one line for every bad input, nothing half-written, and what a plain install can do."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from calibration.__main__ import main
from calibration.fits import own_corpus

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
CORPUS, LABELS = str(EXAMPLES / "my_corpus.jsonl"), str(EXAMPLES / "my_labels.toml")
AGENT, PERSON = {"speaker": "agent", "labels": ["offer"]}, {"speaker": "person", "labels": ["no"]}
EXTRA = ("openpyxl", "pandas", "sklearn", "statsmodels", "tomli_w", "xlogit")


def dialogue(*turns, name="d1"):
    return json.dumps({"name": name, "turns": turns})


def refused(capsys, *arguments):
    """Run a command that must fail; return the line that it prints."""
    assert main([str(argument) for argument in arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: ")
    assert captured.err.count("\n") == 1
    return captured.err.strip()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (dialogue(), "line 1: dialogue 'd1': it is empty"),
        (dialogue(AGENT), "line 1: dialogue 'd1': only the agent speaks"),
        (dialogue(PERSON), "line 1: dialogue 'd1': only the person speaks"),
        (b'{"name": "\xff"}', "line 1: not a text in UTF-8"),
        ("{", "line 1: not valid JSON"),
        ("", "no dialogues; expected one JSON object per line"),
        (dialogue({"speaker": "agent", "labels": ["huh"]}, PERSON), "unknown labels of the agent: 'huh' (1): add them to [agent] or to ignore"),
        (dialogue(AGENT, PERSON), "1 replies are too few to fit: no second act occurs 3 times after one family"),
    ],
)
def test_a_faulty_corpus_is_one_line(put, tmp_path, capsys, content, message):
    path, out = put("mine.jsonl", content), tmp_path / "out" / "people.toml"
    line = refused(capsys, "fit", path, "--map", LABELS, "--out", out)
    assert message in line
    assert "mine.jsonl" in line
    assert not out.parent.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("fit", "nowhere"), "nowhere: no such file or folder"),
        (("fit", "nowhere.jsonl", "--map", LABELS), "nowhere.jsonl: no such file or folder"),
        (("fit", CORPUS, "--map", "nowhere.toml"), "nowhere.toml: no such file"),
        (("fit", CORPUS), "a corpus of your own needs --map LABELS.toml"),
        (("fit", CORPUS, "--map", LABELS, "--human", "human.toml"), "--human goes with a folder of the published corpora"),
        (("fit", str(EXAMPLES), "--map", LABELS), "--map goes with a .jsonl file of your own, and"),
        (("fit", str(EXAMPLES), "--licence", "MIT"), "--licence goes with a .jsonl file of your own, and"),
        (("fit", str(EXAMPLES)), "Controllable-Dialogue: no such corpus folder; expected the files arms.csv"),
        (("fit", CORPUS, "--map", LABELS, "--out", str(EXAMPLES)), "--out"),
        (("fit", CORPUS, "--map", LABELS, "--out", f"{CORPUS}/people.toml"), "is a file, not a folder"),
        (("realism", str(EXAMPLES)), "P4G: no such corpus folder"),
        (("realism", "nowhere", "--seed", "-1"), "--seed must be at least 0, not -1"),
        (("realism", "nowhere", "--out", CORPUS), "is a file, not a folder"),
        (("battery", "--populations", "nobody"), "unknown population 'nobody'; valid: people, "),
        (("battery", "--populations"), "--populations: name at least one population"),
        (("battery", "--dialogues", "1"), "--dialogues must be at least 2, not 1"),
        (("battery", "--seed", "-1"), "--seed must be at least 0, not -1"),
        (("battery", "--corpora", "nowhere"), "nowhere/P4G: no such corpus folder"),
    ],
)
def test_bad_arguments_are_one_line(tmp_path, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(tmp_path)
    assert message in refused(capsys, *arguments)
    assert list(tmp_path.iterdir()) == []


def test_a_faulty_published_corpus_is_one_line(tmp_path, capsys):
    folder = tmp_path / "Controllable-Dialogue"
    folder.mkdir()
    line = refused(capsys, "fit", tmp_path, "--out", tmp_path / "people.toml")
    assert f"{folder / 'arms.csv'}: no such file; Controllable-Dialogue consists of" in line
    with (folder / "arms.csv").open("w") as stream:
        csv.writer(stream).writerow(["dialogue"])
    line = refused(capsys, "fit", tmp_path, "--out", tmp_path / "people.toml")
    assert "arms.csv: column " in line
    assert line.endswith(" is missing")
    (folder / "arms.csv").write_bytes(b"\xff\xfe\x00")
    assert "not readable as a table in UTF-8" in refused(capsys, "fit", tmp_path, "--out", tmp_path / "people.toml")
    assert [path.name for path in tmp_path.iterdir()] == ["Controllable-Dialogue"]


def test_a_population_file_is_written_with_its_licence(tmp_path, capsys):
    out = tmp_path / "new" / "mine.toml"
    assert main(["fit", CORPUS, "--map", LABELS, "--out", str(out), "--licence", "CC0-1.0"]) == 0
    captured = capsys.readouterr()
    assert f"written to {out}: 71 numbers; train on these people with: python train.py --population {out}\n" == captured.out
    assert captured.err.count("warning: ") == captured.err.count("\n") == 6
    text = out.read_text()
    assert 'command = "python -m calibration fit my_corpus.jsonl --map my_labels.toml --out mine.toml"' in text
    assert text.count('licence = "CC0-1.0"') == 71
    assert [path.name for path in out.parent.iterdir()] == ["mine.toml"]


def test_an_interrupted_fit_leaves_no_file(tmp_path, monkeypatch, capsys):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(own_corpus, "fit_own", stop)
    assert main(["fit", CORPUS, "--map", LABELS, "--out", str(tmp_path / "mine.toml")]) == 130
    assert capsys.readouterr().err == "interrupted\n"
    assert list(tmp_path.iterdir()) == []


def test_battery_runs_as_a_command(tmp_path, capsys):
    assert main(["battery", "--populations", "people", "--dialogues", "40", "--out", str(tmp_path)]) == 0
    assert "accommodation battery: 40 dialogues per model" in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["battery.csv", "battery.png", "battery_dark.png"]


PLAIN = f"""
import sys
from importlib.abc import MetaPathFinder

class Missing(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {EXTRA}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
import dialogue_env, evaluation, train, evaluate
from calibration.__main__ import main
print(main(sys.argv[1:]))
"""


@pytest.mark.parametrize(("arguments", "status"), [(("battery", "--populations", "people", "--dialogues", "20"), 0), (("fit", CORPUS, "--map", LABELS), 2)])
def test_a_plain_install_has_the_battery_and_says_what_the_rest_needs(tmp_path, complaints, arguments, status):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", PLAIN, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == str(status)
    assert complaints(done.stderr) == ([] if status == 0 else ["error: pandas is not installed: pip install 'initiative-gym[calibration]'"])
