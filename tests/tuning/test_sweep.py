"""Trials and jobs: which are run, what the study hears, and what a new start goes on with."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import optuna
import pytest
from optuna.study import Study
from optuna.trial import TrialState

from rewards import InputError, RewardWeights
from tuning import study as study_module
from tuning.front import hypervolume
from tuning.job import Job, job_of, result_of
from tuning.plan import Plan
from tuning.study import JOURNAL, masked, open_study
from tuning.sweep import Sweep, failures, objectives, total_jobs

Finish = Callable[[Job], None]
MakePlan = Callable[..., Plan]


def sweep_of(plan: Plan, folder: Path) -> Sweep:
    folder.mkdir(exist_ok=True)
    return Sweep(plan, open_study(plan, "", folder), folder)


def drain(sweep: Sweep, finish: Finish) -> list[Job]:
    """Run every job that is left; return them."""
    jobs = []
    while (job := sweep.next_job()) is not None:
        finish(job)
        sweep.ended(job, "")
        jobs.append(job)
    return jobs


def test_a_conditioned_sweep_is_one_trial_with_a_job_per_seed(plan_of: MakePlan, finish_job: Finish, tmp_path: Path) -> None:
    sweep = sweep_of(plan_of(), tmp_path / "s")
    jobs = drain(sweep, finish_job)
    assert [(job.trial, job.run.seed) for job in jobs] == [(0, 0), (0, 1)]
    assert jobs[0].run.weights_range == ("goal=0:2", "satisfaction=0:2")
    assert [RewardWeights.parse(text).as_dict()["goal"] for text in jobs[0].weights] == [2.0, 1.0, 0.0]
    (trial,) = sweep.study.trials
    results = [result_of(Path(job.folder)) for job in jobs]
    areas = [hypervolume(np.array([objectives(cell) for cell in result.cells]), (0.0, 0.0)) for result in results if result]
    assert trial.values == [pytest.approx(np.mean(areas))]
    assert total_jobs(plan_of()) == 2


def test_a_separate_grid_trains_a_policy_per_weights_and_seed(plan_of: MakePlan, finish_job: Finish, tmp_path: Path) -> None:
    plan = plan_of(policy="separate", search=("gamma=0.9,0.99",))
    sweep = sweep_of(plan, tmp_path / "s")
    jobs = drain(sweep, finish_job)
    assert len(jobs) == total_jobs(plan) == 3 * 2 * 2
    assert all(job.run.weights_range == () and job.weights == (job.run.weights,) for job in jobs)
    assert {(job.run.weights, job.run.hyper_parameters["gamma"], job.run.seed) for job in jobs} == {
        (point.text(), gamma, seed) for point in plan.range.points(3) for gamma in (0.9, 0.99) for seed in (0, 1)
    }
    first = [result_of(Path(job.folder)) for job in jobs if job.trial == 0]
    assert sweep.study.trials[0].values == pytest.approx(np.mean([objectives(result.cells[0]) for result in first if result], axis=0))


@pytest.mark.parametrize("sampler", ["random", "tpe", "nsga2"])
def test_samplers_choose_weights_and_hyper_parameters(sampler: str, plan_of: MakePlan, finish_job: Finish, tmp_path: Path) -> None:
    plan = plan_of(policy="separate", sampler=sampler, search=("learning_rate=1e-4:1e-2:log",))
    jobs = drain(sweep_of(plan, tmp_path / "s"), finish_job)
    assert len(jobs) == total_jobs(plan) == 4 * 2
    assert len({job.run.weights for job in jobs}) == len({job.run.hyper_parameters["learning_rate"] for job in jobs}) == 4
    for job in jobs:
        plan.range.locate(RewardWeights.parse(job.run.weights))
        assert 1e-4 <= job.run.hyper_parameters["learning_rate"] <= 1e-2


def test_samplers_repeat_themselves(plan_of: MakePlan, finish_job: Finish, tmp_path: Path) -> None:
    plan = plan_of(policy="separate", sampler="tpe")
    one, other = (drain(sweep_of(plan, tmp_path / name), finish_job) for name in ("a", "b"))
    assert [job.run for job in one] == [job.run for job in other]


def test_a_failing_trial_is_recorded_and_the_sweep_goes_on(plan_of: MakePlan, finish_job: Finish, tmp_path: Path) -> None:
    sweep = sweep_of(plan_of(policy="separate"), tmp_path / "s")
    broken = sweep.next_job()
    assert broken is not None
    sweep.ended(broken, "exit status 1: ValueError: no")
    jobs = drain(sweep, finish_job)
    assert {job.trial for job in jobs} == {1, 2}  # its other seed is not run any more
    assert [trial.state for trial in sweep.study.trials] == [TrialState.FAIL, TrialState.COMPLETE, TrialState.COMPLETE]
    assert failures(tmp_path / "s") == {0: "exit status 1: ValueError: no"}


@pytest.mark.parametrize("sampler", ["grid", "random"])
def test_failed_trials_are_tried_again_with_the_same_parameters(sampler: str, plan_of: MakePlan, finish_job: Finish, tmp_path: Path) -> None:
    plan = plan_of(policy="separate", sampler=sampler, trials=3)
    sweep = sweep_of(plan, tmp_path / "s")
    broken = sweep.next_job()
    assert broken is not None
    sweep.ended(broken, "killed by signal 9")
    assert broken.run.weights not in {job.run.weights for job in drain(sweep, finish_job)}
    again = sweep_of(plan, tmp_path / "s")
    again.try_again()
    assert next(job.run for job in drain(again, finish_job)) == broken.run
    assert failures(tmp_path / "s") == {}
    again.try_again()
    assert again.next_job() is None
    assert sum(trial.state == TrialState.COMPLETE for trial in again.study.trials) == 3


def test_a_new_start_runs_only_the_jobs_without_a_result(plan_of: MakePlan, finish_job: Finish, tmp_path: Path) -> None:
    plan = plan_of(policy="separate")
    killed = sweep_of(plan, tmp_path / "s")
    for _ in range(3):
        job = killed.next_job()
        assert job is not None
        finish_job(job)
        killed.ended(job, "")
    lost = killed.next_job()  # in flight when the sweep is killed
    jobs = drain(sweep_of(plan, tmp_path / "s"), finish_job)
    assert jobs[0] == lost
    assert len(jobs) == 3
    assert all(trial.state == TrialState.COMPLETE for trial in open_study(plan, "", tmp_path / "s").trials)


def test_a_result_of_which_the_study_never_heard_counts(plan_of: MakePlan, finish_job: Finish, tmp_path: Path) -> None:
    killed = sweep_of(plan_of(), tmp_path / "s")
    while (job := killed.next_job()) is not None:
        finish_job(job)
    again = sweep_of(plan_of(), tmp_path / "s")
    assert again.next_job() is None
    assert again.study.trials[0].state == TrialState.COMPLETE


def test_a_journal_that_was_cut_off_is_mended(plan_of: MakePlan, finish_job: Finish, tmp_path: Path) -> None:
    drain(sweep_of(plan_of(), tmp_path / "s"), finish_job)
    with (tmp_path / "s" / JOURNAL).open("ab") as stream:
        stream.write(b'{"op_code": 4, "wor')
    assert sweep_of(plan_of(), tmp_path / "s").study.trials[0].state == TrialState.COMPLETE


def test_two_sweeps_of_the_same_name_share_their_trials_and_others_are_refused(plan_of: MakePlan, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'trials.db'}"
    plan = plan_of(policy="separate")
    first, second = (Sweep(plan, open_study(plan, url, tmp_path), tmp_path / name) for name in ("a", "b"))
    jobs = [sweep.next_job() for sweep in (first, second, first, second)]
    assert [job.trial for job in jobs if job] == [0, 1, 0, 1]
    with pytest.raises(InputError) as caught:
        open_study(plan_of(policy="separate", seeds=3), url, tmp_path)
    assert str(caught.value) == "--name small: the storage holds another sweep under this name (--seeds is 2 there and 3 here); choose another name"
    # another machine that starts meanwhile leaves running trials of others alone
    third = Sweep(plan, open_study(plan, url, tmp_path), tmp_path / "c")
    job = third.next_job()
    assert job is not None
    assert job.trial == 2


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.db", "postgresql://localhost:1/x", "redis://localhost:1/0", "nonsense://x"])
def test_a_storage_that_cannot_be_reached_is_one_line(url: str, plan_of: MakePlan, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        open_study(plan_of(), url, tmp_path)
    assert str(caught.value).startswith(f"--storage {url}: cannot be reached or read: ")
    assert "\n" not in str(caught.value)


def test_a_job_as_text_and_back(plan_of: MakePlan, tmp_path: Path) -> None:
    job = sweep_of(plan_of(), tmp_path / "s").next_job()
    assert job is not None
    assert job_of(job.as_json()) == job


def test_a_damaged_result_is_told(plan_of: MakePlan, finish_job: Finish, tmp_path: Path) -> None:
    job = sweep_of(plan_of(), tmp_path / "s").next_job()
    assert job is not None
    finish_job(job)
    (Path(job.folder) / "result.json").write_text("{}")
    with pytest.raises(InputError, match=r"result\.json: not a readable result: 'seconds'$"):
        result_of(Path(job.folder))
    (Path(job.folder) / "result.json").write_text(json.dumps({"seconds": 1, "steps": 1}))
    (Path(job.folder) / "dialogues.npz").write_bytes(b"PK")
    with pytest.raises(InputError, match=r"dialogues\.npz: not a file of stored dialogues"):
        result_of(Path(job.folder))


def test_a_study_that_was_cut_short_is_begun_again(plan_of: MakePlan, finish_job: Finish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of(policy="separate")
    with monkeypatch.context() as patch:
        patch.setattr(Study, "set_user_attr", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            sweep_of(plan, tmp_path / "s")
    assert len(drain(sweep_of(plan, tmp_path / "s"), finish_job)) == total_jobs(plan)


def test_another_machine_waits_for_the_one_that_begins(plan_of: MakePlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url, plan = f"sqlite:///{tmp_path / 'trials.db'}", plan_of(policy="separate")
    optuna.create_study(storage=url, study_name="small", directions=["maximize"] * 2)
    monkeypatch.setattr(study_module, "PATIENCE", 1)
    with pytest.raises(InputError) as caught:
        open_study(plan, url, tmp_path)
    assert str(caught.value) == "--name small: a sweep of this name was begun and cut short; choose another name"


def test_passwords_are_not_shown() -> None:
    assert masked("a postgresql+psycopg://gym:secret@host/x redis://:pw@h:1") == "a postgresql+psycopg://gym:***@host/x redis://:***@h:1"
    assert masked("sqlite:///trials.db") == "sqlite:///trials.db"
