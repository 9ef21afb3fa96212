"""train.py from the outside: what it writes, resumes, and refuses."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from pathlib import Path

import numpy as np
import pytest
from hand_made import world_of

import train
from dialogue_env import Stream, World
from dialogue_env.agent.observation import layout_of
from dialogue_env.draws import dialogue_keys
from evaluation.rollout import play
from policies.loader import load_policy
from rewards import RewardWeights
from training import callback
from training.arguments import Arguments
from training.model import load_last, new_model
from training.run import Run, load_run
from training.session import new_run

QUICK = ["--domain", "donation", "--envs", "16", "--steps", "512", "--eval-every", "256", "--eval-dialogues", "20"]
HYPER = ["--hyper", "n_steps=16", "batch_size=64"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "quick"
    assert train.main([*QUICK, *HYPER, "--out", str(out)]) == 0
    return out


def rows(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / "evaluations.csv").read_text().splitlines()))


def test_a_run_leaves_everything_in_its_folder(folder: Path) -> None:
    assert {"best_model.zip", "last_model.zip", "config.json", "evaluations.csv", "learning_curve.png", "tensorboard"} == {
        path.name for path in folder.iterdir()
    }
    document = json.loads((folder / "config.json").read_text())
    assert document["run"]["domain"] == "donation"
    assert document["run"]["hyper"] == ["n_steps=16", "batch_size=64"]
    assert document["packages"]["torch"]
    assert len(document["git_commit"]) in (7, 40)
    assert [int(row["turns"]) for row in rows(folder)] == [256, 512]
    assert all(float(row["return_low"]) < float(row["return_mean"]) < float(row["return_high"]) for row in rows(folder))


def test_tensorboard_has_a_scalar_per_term_and_type(folder: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(next((folder / "tensorboard").iterdir())))
    events.Reload()
    tags = set(events.Tags()["scalars"])
    assert {"terms/goal", "terms/leaving", "types/people_open_return", "types/people_opposed_success", "dialogue/success"} <= tags


def test_resume_goes_on_with_optimiser_and_steps(folder: Path) -> None:
    from sb3_contrib import MaskablePPO

    before = MaskablePPO.load(folder / "last_model.zip")
    assert before.num_timesteps == 512
    assert before.policy.optimizer.state_dict()["state"]
    assert train.main(["--resume", str(folder), "--steps", "768"]) == 0
    assert MaskablePPO.load(folder / "last_model.zip").num_timesteps == 768
    assert [int(row["turns"]) for row in rows(folder)] == [256, 512, 768]
    assert load_run(folder).steps == 768


def test_resume_loads_once_and_meets_new_people(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, loads = load_run(folder), []
    load = run.algorithm.model.load
    monkeypatch.setattr(run.algorithm.model, "load", lambda *args, **rest: (loads.append(args), load(*args, **rest))[1])
    model = load_last(run, folder)
    assert len(loads) == 1
    venv = model.get_env()
    venv.reset()
    first = run.seed * 1_000_003 + model.num_timesteps
    expected = dialogue_keys(Stream.TRAINING, first + np.arange(run.batch), np.zeros(run.batch, np.int64))
    np.testing.assert_array_equal(venv.envs.state.person.now["key"], expected)


def test_runs_of_neighbouring_seeds_share_no_people(folder: Path, tmp_path: Path) -> None:
    keys = []
    for seed in (0, 1):
        venv = new_model(replace(load_run(folder), seed=seed), tmp_path).get_env()
        venv.reset()
        keys.append(set(venv.envs.state.person.now["key"].tolist()))
    assert not keys[0] & keys[1]


def test_a_run_whose_domain_has_changed_does_not_go_on(edited: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, domain = tmp_path / "run", str(edited())
    assert train.main([*QUICK, *HYPER, "--domain", domain, "--steps", "256", "--out", str(out)]) == 0
    capsys.readouterr()
    edited('name = "appeal"', 'name = "plea"')
    assert train.main(["--resume", str(out), "--steps", "512"]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"error: {out / 'last_model.zip'}: trained on 'tiny' (names ")
    assert error.endswith("; a run goes on only where it began\n")


def test_the_best_model_is_chosen_by_people_whom_no_evaluation_meets(folder: Path, world_of: Callable[..., World]) -> None:
    world, run = world_of("donation", "people"), load_run(folder)
    policy = load_policy("rules:push", world)
    met = callback.play_selection(world, policy, run, RewardWeights.parse("balanced"))
    numbers = np.arange(20)
    expected, evaluation = (play(world, policy, numbers, 0, RewardWeights.parse("balanced"), stream) for stream in (Stream.SELECTION, Stream.EVALUATION))
    np.testing.assert_array_equal(met.terms, expected.terms)
    assert (met.terms != evaluation.terms).any()


@pytest.mark.parametrize(("progress", "bonus"), [(0.0, 0.2), (0.5, 0.2), (0.75, 0.1), (0.9, 0.04), (1.0, 0.01)])
def test_the_entropy_bonus_falls(progress: float, bonus: float) -> None:
    assert callback.entropy_bonus(0.2, progress) == pytest.approx(bonus)


def test_a_run_ends_with_little_of_the_entropy_bonus_it_began_with(tmp_path: Path) -> None:
    from sb3_contrib import MaskablePPO

    out = tmp_path / "run"
    train.main([*QUICK, "--hyper", "n_steps=16", "batch_size=64", "ent_coef=0.4", "--out", str(out)])
    # A rollout has 256 turns; the third begins after two thirds of them.
    assert train.main(["--resume", str(out), "--steps", "768"]) == 0
    assert MaskablePPO.load(out / "last_model.zip").ent_coef == pytest.approx(0.4 * (2.0 - 2.0 * 512 / 768))


def test_the_same_seed_trains_the_same_policy(tmp_path: Path) -> None:
    for name in ("a", "b"):
        train.main([*QUICK, *HYPER, "--out", str(tmp_path / name)])
    first, second = ([{k: v for k, v in row.items() if k != "seconds"} for row in rows(tmp_path / name)] for name in ("a", "b"))
    assert first == second


def test_an_interrupt_saves_and_says_how_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(_: callback.Recorder) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(callback.Recorder, "_on_rollout_end", interrupt)
    assert train.main([*QUICK, *HYPER, "--out", str(tmp_path / "run")]) == 130
    assert (tmp_path / "run" / "last_model.zip").exists()
    assert f"go on with: python train.py --resume {tmp_path / 'run'}" in capsys.readouterr().err
    monkeypatch.undo()
    assert train.main(["--resume", str(tmp_path / "run")]) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--algo", "sarsa"], "unknown --algo 'sarsa'; valid: ppo, maskable_ppo, recurrent_ppo, dqn"),
        (["--domain", "banking"], "unknown domain 'banking'; valid: concierge, donation, support, or the path of a .toml file"),
        (["--domain", "no/such.toml"], "no/such.toml: no such file"),
        (["--population", "angels"], "unknown population 'angels'; valid: people, everyone, held_out, mixed, people_open"),
        (["--weights", "goal=much"], "weight of 'goal' must be a number, not 'much'"),
        (["--weights", "gaol=1"], "unknown reward term 'gaol'; valid: goal, progress"),
        (["--network", "transformer"], "unknown --network 'transformer'; valid: scorer, mlp"),
        (["--noise", "0.9"], "noise must lie in [0, 0.5], not 0.9"),
        (["--steps", "0"], "--steps must be at least 1, not 0"),
        (["--envs", "0"], "--envs must be at least 1, not 0"),
        (["--hyper", "momentum=0.9"], "unknown --hyper of maskable_ppo (write name=value): 'momentum=0.9'; valid: learning_rate, n_steps"),
        (["--hyper", "gamma=high"], "--hyper gamma: 'high' is not a number"),
        (["--hyper", "n_steps=-1"], "--hyper: maskable_ppo refuses these values"),
    ],
)
def test_bad_input_is_one_line_and_status_2(arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train.main([*arguments, "--out", str(tmp_path / "run")]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"error: {message}")
    assert error.count("\n") == 1
    assert not (tmp_path / "run").exists()


def test_a_configuration_must_be_whole(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads((folder / "config.json").read_text())
    for change, message in (
        (lambda run: run.pop("noise"), "noise is missing"),
        (lambda run: run.update(colour="red"), "unexpected keyword argument 'colour'"),
        (lambda run: run.update(algo="sarsa"), "unknown --algo 'sarsa'; valid: ppo, maskable_ppo, recurrent_ppo, dqn"),
    ):
        run = dict(document["run"])
        change(run)
        (tmp_path / "config.json").write_text(json.dumps({"run": run}))
        assert train.main(["--resume", str(tmp_path)]) == 2
        error = capsys.readouterr().err
        assert error.startswith(f"error: {tmp_path / 'config.json'}: not a readable run: ")
        assert error.endswith(f"{message}\n")


def test_settings_are_declared_once() -> None:
    assert [field.name for field in fields(Arguments)] == [*(field.name for field in fields(Run)), "resume", "out"]
    run = new_run(Arguments(algo="dqn", hyper=("gamma=0.9", "batch_size=8", "gamma=0.8")))
    assert (run.steps, run.envs) == (1_000_000, 128)  # what was left to defaults is written out
    assert (run.hyper_parameters["gamma"], run.hyper_parameters["batch_size"], run.hyper_parameters["learning_rate"]) == (0.8, 8, 5e-4)
    assert Run.from_dict(json.loads(json.dumps(asdict(run)))) == run


@pytest.mark.parametrize("script", ["train", "tune"])
def test_scripts_use_one_thread_unless_told_otherwise(script: str) -> None:
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    code = f"import {script}, os; print(*(os.environ[name] for name in {names}))"
    environment = {name: value for name, value in os.environ.items() if name not in names} | {"MKL_NUM_THREADS": "3"}
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment, cwd=Path(train.__file__).parent)
    assert told.stdout.split() == ["1", "1", "3"]


def test_resume_of_nothing_of_a_finished_run_and_a_full_folder_are_refused(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train.main(["--resume", str(tmp_path)]) == 2
    assert "no run to resume here (config.json is missing)" in capsys.readouterr().err
    assert train.main(["--resume", str(folder), "--steps", "100"]) == 2
    assert "give a larger --steps to go on" in capsys.readouterr().err
    assert train.main([*QUICK, "--out", str(folder)]) == 2
    assert "exists already and is not an empty folder" in capsys.readouterr().err
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "config.json").write_bytes((folder / "config.json").read_bytes())
    (broken / "last_model.zip").write_bytes(b"PK broken")
    assert train.main(["--resume", str(broken), "--steps", "9999"]) == 2
    assert "last_model.zip: not a readable model" in capsys.readouterr().err


def test_a_policy_trained_without_a_feature_does_without_it(tmp_path: Path) -> None:
    out = tmp_path / "blind"
    assert train.main([*QUICK, "--hyper", "n_steps=8", "batch_size=64", "--hide", "last_reply", "mood", "--out", str(out)]) == 0
    world = world_of("donation", "people")
    policy, layout = load_policy(str(out), world), layout_of(world.tables)
    assert policy.origin.hide == ("last_reply", "mood")
    observation = np.random.default_rng(0).random((50, layout.size), np.float32)
    other = observation.copy()
    other[:, layout.slices["last_reply"]] = other[:, layout.columns["mood"]] = 0.7
    masks = np.ones((50, len(world.acts.names)), bool)
    np.testing.assert_array_equal(*(policy.predict(seen, action_masks=masks)[0] for seen in (observation, other)))
    assert observation.max() <= 1.0
    assert train.main([*QUICK, "--hide", "charm", "--out", str(tmp_path / "none")]) == 2
    assert not (tmp_path / "none").exists()
