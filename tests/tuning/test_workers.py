"""Jobs in processes: their results, their failures in one line, and that none outlives the sweep."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dialogue_env import Stream
from tuning import workers
from tuning.job import LOG, Job, result_of
from tuning.plan import Plan

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def job(plan_of: Callable[..., Plan], tmp_path: Path) -> Job:
    plan = plan_of()
    run = replace(plan.run(None, {"n_steps": 2}, 0), envs=64)
    return Job(0, run, tuple(point.text() for point in plan.range.points(2)), 20, str(tmp_path / "trials" / "0000" / "seed-0"))


def run(jobs: list[Job], count: int = 2) -> tuple[list[tuple[Job, str]], list[int]]:
    left, ended, seen = list(jobs), [], []
    workers.run_in_processes(lambda: left.pop(0) if left else None, lambda job, why: ended.append((job, why)), lambda jobs: seen.append(len(jobs)), count)
    return ended, seen


def test_jobs_run_apart_and_a_broken_one_harms_no_other(job: Job, tmp_path: Path) -> None:
    broken = replace(job, trial=1, run=replace(job.run, hyper=("n_steps=2", "gamma='high'")), folder=str(tmp_path / "trials" / "0001" / "seed-0"))
    ended, seen = run([broken, job])
    assert max(seen) <= 2
    why = {done.trial: failure for done, failure in ended}
    assert why[0] == ""
    assert why[1].startswith("exit status 1: ")
    assert "\n" not in why[1]
    result = result_of(Path(job.folder))
    assert result is not None
    assert [cell.weights.text() for cell in result.cells] == list(job.weights)
    assert [cell.policy for cell in result.cells] == [f"{job.folder}@goal=2,satisfaction=0", f"{job.folder}@goal=0,satisfaction=2"]
    assert (len(result.cells[0].dialogues.number), result.cells[0].seed, result.cells[0].stream) == (20, 0, Stream.TUNING)
    assert result.steps >= job.run.steps
    assert result.seconds > 0


def test_what_an_earlier_process_left_is_cleared_away(job: Job) -> None:
    folder = Path(job.folder)
    folder.mkdir(parents=True)
    (folder / "evaluations.csv").write_text("half a li")
    process = workers.start(job)
    workers.stop(process)
    assert [path.name for path in folder.iterdir() if path.name != "tensorboard"] == [LOG]
    assert workers.failure(job, -9) == "killed by signal 9"


def test_a_job_without_a_result_has_failed_even_with_status_0(job: Job) -> None:
    assert workers.failure(job, 0) == "exit status 0"


def test_a_job_ends_when_its_sweep_is_killed(job: Job) -> None:
    long = replace(job, run=replace(job.run, steps=10_000_000))
    code = (
        "import sys, time\nfrom tuning.job import job_of\nfrom tuning.workers import start\nprint(start(job_of(sys.argv[1])).pid, flush=True)\ntime.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, long.as_json()], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    for _ in range(150):
        if not alive(child):
            return
        time.sleep(0.1)
    os.kill(child, signal.SIGKILL)
    pytest.fail("the job outlived the sweep")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except OSError:
        return False
