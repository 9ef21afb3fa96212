import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import evaluate
from evaluation import report, session
from evaluation.grid import Setting
from policies.loader import rule_names

SMALL = ("--dialogues", "30", "--populations", "everyone")
HEAVY = "{'numpy', 'numba', 'scipy.stats', 'matplotlib', 'gymnasium', 'torch'} & set(sys.modules)"
"""What takes long to import and is there, in a program."""


def run(out: Path, *arguments: str) -> int:
    return evaluate.main([*arguments, "--out", str(out)])


def records(out: Path) -> list[dict]:
    return json.loads((out / "results.json").read_text())


def test_an_evaluation_writes_everything_and_prints_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path / "r", "rules:informed", "--compare", "rules:push", "rules:ipro", "--transcripts", "2", *SMALL) == 0
    names = {path.relative_to(tmp_path / "r").as_posix() for path in (tmp_path / "r").rglob("*.*")}
    assert names == {
        *(f"results.{kind}" for kind in ("json", "csv", "md")),
        *(f"comparison.{kind}" for kind in ("json", "csv", "md")),
        *("transcripts.jsonl", "transcripts.md", "dialogues.npz"),
        *("plots/outcomes_concierge_noise0.05.png", "plots/acts_concierge_everyone_noise0.05.png"),
    }
    said = capsys.readouterr().out
    assert "rules:informed" in said
    assert "ceiling" not in said  # of a rule nothing is claimed
    assert "rules:ipro minus rules:push" in said
    assert [record["policy"] for record in records(tmp_path / "r")] == ["rules:push", "rules:ipro", "rules:informed"]
    assert records(tmp_path / "r")[0]["command"].startswith("python evaluate.py rules:informed --compare")


def test_without_a_policy_every_rule_is_tried(tmp_path: Path):
    assert run(tmp_path, *SMALL) == 0
    assert [record["policy"] for record in records(tmp_path)] == list(rule_names())


def test_the_same_command_gives_the_same_bytes(tmp_path: Path):
    for _ in range(2):
        assert run(tmp_path / "r", "rules:push", *SMALL) == 0
        files = {path: path.read_bytes() for path in (tmp_path / "r").rglob("*.*")}
        if (tmp_path / "before").exists():
            assert all((tmp_path / "before" / path.name).read_bytes() == content for path, content in files.items())
        (tmp_path / "before").mkdir(exist_ok=True)
        for path, content in files.items():
            (tmp_path / "before" / path.name).write_bytes(content)


def test_new_weights_need_no_new_dialogues(tmp_path: Path):
    weights = "goal=1,satisfaction=0.2"
    assert run(tmp_path / "a", "rules:push", "rules:ipro", *SMALL) == 0
    assert run(tmp_path / "b", "rules:ipro", *SMALL, "--weights", weights) == 0
    assert run(tmp_path / "c", "rules:ipro", "--rescore", str(tmp_path / "a" / "dialogues.npz"), "--weights", weights, "--transcripts", "1") == 0
    (direct,), (again,) = records(tmp_path / "b"), records(tmp_path / "c")
    assert again["measures"] == direct["measures"]
    assert "# dialogues from: python evaluate.py rules:push rules:ipro" in again["command"]
    assert (tmp_path / "c" / "transcripts.md").exists()
    assert not (tmp_path / "c" / "dialogues.npz").exists()


def test_what_a_policy_makes_of_another_domain_is_noted_once(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(report, "mapping", lambda policy, world: f"plays {world.domain.name} as its own" if policy.name == "push" else "")
    assert run(tmp_path, "rules:push", "rules:ipro", "--dialogues", "5", "--domains", "donation", "support", "--populations", "people", "everyone") == 0
    said = [line.rstrip() for line in capsys.readouterr().out.splitlines() if line.startswith("note:")]
    assert said == [f"note: rules:push: plays {domain} as its own" for domain in ("donation", "support")]


def test_a_suite_prints_a_line_per_setting(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(session, "load_suite", lambda _: (Setting("donation", "everyone", 0.0, "S01"), Setting("donation", "vague", 0.0, "S02")))
    assert run(tmp_path, "rules:push", "--suite", "standard", "--dialogues", "10") == 0
    assert [record["population"] for record in records(tmp_path)] == ["everyone", "vague"]
    said = capsys.readouterr().out
    assert "suite S01 to S02: 10 dialogues per row" in said
    assert sum("rules:push" in line for line in said.splitlines()) == 2
    assert [path.name for path in (tmp_path / "plots").iterdir()] == ["outcomes_donation_noise0.png"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rules:zork"], "unknown policy 'rules:zork'; valid: rules:random"),
        (["--domains", "mars"], "unknown domain 'mars'; valid: concierge"),
        (["--populations", "martians"], "unknown population 'martians'; valid: people, everyone"),
        (["--weights", "gaol=1"], "unknown reward term 'gaol'; valid: goal"),
        (["--weights", "best"], "unknown weights preset 'best'; valid: balanced"),
        (["--suite", "hard"], "unknown suite 'hard'; valid: standard"),
        (["--suite", "standard", "--noise", "0.1"], "--noise has no meaning with --suite"),
        (["--noise", "0.6"], "noise must lie in [0, 0.5], not 0.6"),
        (["--dialogues", "1"], "dialogues must be at least 2, not 1"),
        (["--compare", "rules:push"], "--compare needs exactly two different policies, not 1"),
        (["--compare", "rules:push", "rules:ipro", "rules:random"], "--compare needs exactly two different policies, not 3"),
        (["--transcripts", "0"], "--transcripts must be at least 1, not 0"),
        (["--transcripts", "9", "--dialogues", "8"], "--transcripts must be at most the number of dialogues, 8, not 9"),
        (["--rescore", "nowhere.npz"], "nowhere.npz: no such file"),
        (["--rescore", "nowhere.npz", "--seed", "4"], "--seed has no meaning with --rescore"),
        (["--realism", "nowhere", "--noise", "0.1"], "--noise has no meaning with --realism"),
        (["--realism", "nowhere"], "nowhere/P4G: no such corpus folder; expected the files 300_dialog.xlsx"),
    ],
)
def test_bad_input_ends_in_one_line_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str):
    assert run(tmp_path / "r", *arguments) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith(f"error: {message}")
    assert captured.err.count("\n") == 1
    assert captured.out == ""
    assert not (tmp_path / "r").exists()


def told(program: str, **environment: str) -> list[str]:
    """Return the lines that a program prints in a Python of its own, without any limit of threads but those given."""
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    command = [sys.executable, "-c", f"import sys, os, evaluate; {program}"]
    return subprocess.run(command, env=kept | environment, cwd=Path(evaluate.__file__).parent, capture_output=True, text=True, check=True).stdout.splitlines()


def test_help_imports_nothing_heavy():
    lines = told(f"""
try: evaluate.main(['--help'])
except SystemExit: print({HEAVY})""")
    assert "--transcripts" in "".join(lines)
    assert lines[-1] == "set()"


def test_rules_need_no_torch_and_no_test_of_differences(tmp_path: Path):
    lines = told(f"evaluate.main(['rules:push', '--dialogues', '2', '--populations', 'people', '--out', {str(tmp_path)!r}]); print(sorted({HEAVY}))")
    assert lines[-1] == "['gymnasium', 'matplotlib', 'numba', 'numpy']"


def test_matrices_are_multiplied_by_one_thread_unless_told_otherwise():
    said = "print(*(os.environ[f'{name}_NUM_THREADS'] for name in ('OMP', 'OPENBLAS', 'MKL')))"
    assert told(said) == ["1 1 1"]
    assert told(said, OMP_NUM_THREADS="3") == ["3 1 1"]


def test_a_bad_option_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        run(tmp_path / "r", "--bogus")
    assert ended.value.code == 2
    assert capsys.readouterr().err


def test_a_file_in_the_way_of_the_folder_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "taken").write_text("")
    assert run(tmp_path / "taken" / "r") == 2
    assert "taken is a file, not a folder" in capsys.readouterr().err


def test_stored_dialogues_name_the_policies_they_have(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path / "a", "rules:push", *SMALL) == 0
    capsys.readouterr()
    for arguments, message in ((["rules:zork"], "valid: rules:push"), (["--transcripts", "31"], "transcripts must lie in [1, 30]")):
        assert run(tmp_path / "b", "--rescore", str(tmp_path / "a" / "dialogues.npz"), *arguments) == 2
        assert message in capsys.readouterr().err
        assert not (tmp_path / "b").exists()
