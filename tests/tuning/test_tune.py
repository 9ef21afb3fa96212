"""tune.py from the outside: what it writes, goes on with after being killed, proposes, and refuses."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filelock import FileLock

import evaluate
import tune
from dialogue_env import Stream, World
from evaluation.rollout import play
from evaluation.store import load_cells
from policies.loader import load_policy
from rewards import RewardWeights
from training.run import Run, Settings
from tuning import report as reporting
from tuning.arguments import Arguments
from tuning.plan import Plan

ROOT = Path(__file__).parent.parent.parent
SCRIPT = [sys.executable, str(ROOT / "tune.py")]


def report_of(folder: Path) -> Any:
    return json.loads((folder / "report.json").read_text())


def test_a_sweep_leaves_everything_in_its_folder(swept: Path) -> None:
    names = {path.name for path in swept.iterdir()} - {".lock"}
    assert names == {"plan.json", "journal.log", "trials", "report.html", "report.json", "points.csv", *(f"{n}.png" for n in PICTURES)}
    data = report_of(swept)
    assert [point["weights"] for point in data["points"]] == [{"goal": g, "satisfaction": s} for g, s in ((2, 0), (1, 1), (0, 2))]
    assert data["types"] == ["all people", "people_open", "people_wary", "people_opposed", "worst type"]
    for point in data["points"]:
        assert sum(point["by_type"]["all people"]["acts"]) == pytest.approx(1.0)
        value, low, high = point["by_type"]["all people"]["measures"]["satisfaction"]
        assert 0 <= low < value < high <= 1
    rows = list(csv.DictReader((swept / "points.csv").read_text().splitlines()))
    assert len(rows) == 3 * 5
    assert float(rows[0]["success"]) == data["points"][0]["by_type"]["all people"]["measures"]["success"][0]
    assert {len(sample["dialogues"]) for sample in data["samples"]} == {3}
    assert len({tuple(d["person"] for d in sample["dialogues"]) for sample in data["samples"]}) == 1  # the same people everywhere


PICTURES = ("front", "front_dark", "acts", "acts_dark")


def test_the_policy_of_a_sweep_is_an_ordinary_run(swept: Path, tmp_path: Path, world_of: Callable[..., World]) -> None:
    run, world = swept / "trials" / "0000" / "seed-0", world_of("donation", "people")
    assert evaluate.main([f"{run}@goal=1", "--domains", "donation", "--populations", "people", "--dialogues", "40", "--out", str(tmp_path)]) == 0
    (record,) = json.loads((tmp_path / "results.json").read_text())
    policy, weights = load_policy(f"{run}@goal=1", world), RewardWeights.parse("balanced")
    met, tried = (play(world, policy, np.arange(40), seed, weights, stream) for seed, stream in ((1000, Stream.EVALUATION), (0, Stream.TUNING)))
    assert record["measures"]["satisfaction"]["value"] == pytest.approx(float(met.satisfaction.mean()))
    stored = [load_cells(swept / "trials" / "0000" / f"seed-{seed}" / "dialogues.npz").cells[1].dialogues for seed in (0, 1)]
    np.testing.assert_array_equal(stored[0].terms, tried.terms)  # people whom no evaluation meets
    assert (tried.terms != met.terms).any()
    cells = report_of(swept)["points"][1]["by_type"]["all people"]["measures"]
    assert cells["satisfaction"][0] == pytest.approx(np.mean([dialogues.satisfaction.mean() for dialogues in stored]))


def test_stored_dialogues_of_a_sweep_are_rescored_with_a_measure_of_the_shift(swept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stored = swept / "trials" / "0000" / "seed-0" / "dialogues.npz"
    weights = "goal=0.5,progress=0.5,satisfaction=1.5,final_satisfaction=0.25,turn_cost=0.01,question_burden=0.02,false_intervention=0.05"
    weights += ",missed_need=0.05,leaving=0.5,relaxation=0.5,smoothness=0.02"
    assert evaluate.main(["--rescore", str(stored), "--weights", weights, "--out", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "had the new weights been in force" in printed
    assert printed.count("dialogues changed %") == 1
    assert evaluate.main(["--rescore", str(stored), "--weights", "goal_only", "--out", str(tmp_path)]) == 0
    assert "cannot be measured" in capsys.readouterr().out.replace("\n", " ")


def test_resume_of_a_finished_sweep_trains_nothing_and_reports_again(swept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(swept, copy)
    before = {path: path.stat().st_mtime_ns for path in copy.glob("trials/*/*/*")}
    reached = min(point["by_type"]["all people"]["measures"]["satisfaction"][0] for point in report_of(swept)["points"]) - 0.01
    assert tune.main(["--resume", str(copy), "--at-least", f"satisfaction={reached:.2f}", "--against", str(swept)]) == 0
    assert {path: path.stat().st_mtime_ns for path in copy.glob("trials/*/*/*")} == before
    data = report_of(copy)
    assert data["choices"][1]["point"] is not None
    assert data["against"][0]["ratio"]["all people"][0] == 1.0
    printed = capsys.readouterr().out
    assert "ratio to small" in printed
    assert "the knee" in printed


def test_what_cannot_be_reached_is_said_after_the_report(swept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (swept / "report.json").unlink()
    assert tune.main(["--resume", str(swept), "--at-least", "success=1.0"]) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("error: --at-least: no weights of this sweep reach success at least 1; the most is success ")
    assert (swept / "report.json").exists()
    assert report_of(swept)["choices"][1]["point"] is None


def test_a_killed_sweep_goes_on_where_it_was(tmp_path: Path, quick: list[str]) -> None:
    folder = tmp_path / "killed"
    arguments = [*quick, "--policy", "separate", "--workers", "1", "--out", str(folder)]
    sweep = subprocess.Popen([*SCRIPT, *arguments], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=tmp_path)
    results = lambda: sorted(folder.glob("trials/*/*/result.json"))  # noqa: E731
    while len(results()) < 2:
        assert sweep.poll() is None
        time.sleep(0.1)
    os.kill(sweep.pid, signal.SIGKILL)
    sweep.wait()
    done = {path: path.stat().st_mtime_ns for path in results()}
    assert 2 <= len(done) < 6
    assert not (folder / "report.html").exists()
    again = subprocess.run([*SCRIPT, "--resume", str(folder)], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert again.returncode == 0, again.stderr
    assert {path: path.stat().st_mtime_ns for path in done} == done
    assert len(results()) == 6
    assert len(report_of(folder)["points"]) == 3


def test_ctrl_c_says_how_to_go_on(tmp_path: Path, quick: list[str]) -> None:
    folder = tmp_path / "stopped"
    heeds = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # where tests run in the background of a shell, it is ignored
    command = [*SCRIPT, *quick, "--steps", "10000000", "--out", str(folder)]
    sweep = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=tmp_path, preexec_fn=heeds)  # noqa: PLW1509 -- no threads here
    while not list(folder.glob("trials/*/*/config.json")):
        assert sweep.poll() is None
        time.sleep(0.1)
    sweep.send_signal(signal.SIGINT)
    _, error = sweep.communicate(timeout=30)
    assert sweep.returncode == 130
    assert error.splitlines()[-1] == f"stopped; go on with: python tune.py --resume {folder}"


def test_a_sweep_in_which_everything_fails_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str], quick: list[str]) -> None:
    folder = tmp_path / "failing"
    arguments = [*quick, "--policy", "separate", "--points", "2", "--hyper", "n_steps=2", "gamma='high'"]
    assert tune.main([*arguments, "--out", str(folder)]) == 2
    error = capsys.readouterr().err
    assert "trial 0, seed 0 failed: exit status 1: " in error
    assert error.splitlines()[-1].startswith(f"error: {folder}: no trial has come to its end yet (trial 0 failed: exit status 1: ")


def test_settings_are_declared_once() -> None:
    beside = ["workers", "backend", "storage", "at_least", "against", "resume", "out"]
    assert [field.name for field in fields(Arguments)] == [*(field.name for field in fields(Plan)), *beside]
    assert {field.name for field in fields(Settings)} == {field.name for field in fields(Plan)} & {field.name for field in fields(Run)} - {"steps"}
    run = Plan(hyper=("ent_coef=0.1",), envs=32).run("goal=1", {"learning_rate": 1e-05}, 7)
    assert run == Run(weights="goal=1", hyper=("gamma=1.0", "ent_coef=0.1", "learning_rate=1e-05"), envs=32, steps=3_000_000, seed=7, eval_every=375_000)
    assert run.hyper_parameters["learning_rate"] == 1e-5


def test_a_full_disk_ends_in_one_line_and_the_sweep_can_go_on(swept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def full(path: Path, _content: str | bytes) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(reporting, "write_whole", full)
    assert tune.main(["--resume", str(swept)]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == f"error: [Errno 28] No space left on device: '{swept / 'report.json'}'"
    monkeypatch.undo()
    assert tune.main(["--resume", str(swept)]) == 0


def test_sweeps_on_other_people_are_refused_before_anything_runs(swept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], quick: list[str]) -> None:
    assert tune.main([*quick, "--dialogues", "50", "--against", str(swept), "--out", str(tmp_path / "sweep")]) == 2
    message = "--against small: its dialogues is 40, here it is 50; only sweeps on the same people can be compared"
    assert capsys.readouterr().err == f"error: {message}\n"
    assert not (tmp_path / "sweep").exists()


def test_two_sweeps_in_one_folder_are_refused(swept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with FileLock(swept / ".lock"):
        assert tune.main(["--resume", str(swept)]) == 2
    assert capsys.readouterr().err == f"error: {swept}: another sweep is running here; wait for it, or choose another --name or --out\n"


def test_a_folder_in_use_is_refused(swept: Path, capsys: pytest.CaptureFixture[str], quick: list[str]) -> None:
    assert tune.main([*quick, "--out", str(swept)]) == 2
    assert capsys.readouterr().err == (f"error: --out {swept}: exists already and is not an empty folder; choose another, or go on with it: --resume {swept}\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--weights-range", "joy=0:1"], "unknown reward term 'joy'; valid: goal"),
        (["--weights-range", "goal=0:200", "satisfaction=0:1"], "weight of 'goal' must lie in [0, 100], not 200"),
        (["--weights-range", "goal=2:1", "satisfaction=0:1"], "weights range of 'goal': low end 2 must lie below high end 1"),
        (["--weights-range", "goal=0:1"], "a simplex needs the ranges of at least two terms, not 1"),
        (["--weights-range", "--weights-shape", "box"], "--weights-range names no term: a sweep needs one, as in satisfaction=0:1"),
        (["--weights", "best"], "unknown weights preset 'best'; valid: balanced"),
        (["--policy", "both"], "unknown --policy 'both'; valid: conditioned, separate"),
        (["--sampler", "bayes"], "unknown --sampler 'bayes'; valid: grid, random, tpe, nsga2"),
        (["--sampler", "tpe"], "--sampler tpe has nothing to choose: one conditioned policy covers all weights"),
        (["--search", "gamma=0.9:0.99"], "--search gamma: a grid needs values to try, as in gamma=0.01,0.1, not a range"),
        (["--search", "momentum=1,2"], "unknown --hyper of maskable_ppo (write name=value): 'momentum=0'; valid: learning_rate"),
        (["--hyper", "gamma=high"], "--hyper gamma: 'high' is not a number"),
        (["--algo", "sarsa"], "unknown --algo 'sarsa'; valid: ppo, maskable_ppo, recurrent_ppo, dqn"),
        (["--backend", "slurm"], "unknown --backend 'slurm'; valid: processes, ray"),
        (["--workers", "0"], "--workers must be at least 1, not 0"),
        (["--points", "1"], "--points must be at least 2, not 1"),
        (["--seeds", "0"], "--seeds must be at least 1, not 0"),
        (["--dialogues", "1"], "--dialogues must be at least 2, not 1"),
        (["--domain", "banking"], "unknown domain 'banking'; valid: concierge, donation, support"),
        (["--population", "angels"], "unknown population 'angels'; valid: people"),
        (["--noise", "0.9"], "noise must lie in [0, 0.5], not 0.9"),
        (["--at-least", "joy=1"], "unknown objective in --at-least (write objective=number) 'joy'; valid: success, satisfaction"),
        (["--against", "nowhere"], "nowhere: no sweep here (plan.json is missing)"),
        (["--resume", "nowhere"], "nowhere: no sweep here (plan.json is missing)"),
        (["--storage", "nonsense://x"], "--storage nonsense://x: cannot be reached or read: "),
    ],
)
def test_bad_input_is_one_line_and_status_2(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert tune.main([*arguments, *([] if "--resume" in arguments else ["--out", "sweep"])]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"error: {message}")
    assert error.count("\n") == 1
    assert not list(tmp_path.glob("sweep/trials"))
