"""The same jobs on a local Ray of two workers: results, failures, and a cluster that cannot be reached."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import tune
from rewards import InputError
from tuning.job import Job, result_of
from tuning.plan import Plan

pytest.importorskip("ray.tune", reason="sweeps on a Ray cluster need the extra 'ray'")
pytestmark = pytest.mark.filterwarnings("ignore")  # Ray's own: deprecations, sockets left open


def test_jobs_run_on_two_workers_and_a_broken_one_harms_no_other(plan_of: Callable[..., Plan], tmp_path: Path) -> None:
    from tuning.ray_workers import run_on_ray

    plan = plan_of()
    run = replace(plan.run(None, {"n_steps": 2}, 0), envs=64)
    folders = [str(tmp_path / "trials" / f"{trial:04}" / "seed-0") for trial in range(3)]
    jobs = [Job(trial, run, tuple(point.text() for point in plan.range.points(2)), 20, folder) for trial, folder in enumerate(folders)]
    jobs[1] = replace(jobs[1], run=replace(run, hyper=("n_steps=2", "gamma='high'")))
    left, ended, seen = list(jobs), [], []
    run_on_ray(lambda: left.pop(0) if left else None, lambda job, why: ended.append((job, why)), lambda running: seen.append(len(running)), 2, tmp_path)
    assert max(seen) == 2
    why = {job.trial: failure for job, failure in ended}
    assert (why[0], why[2]) == ("", "")
    assert why[1].startswith("exit status 1: ")
    for trial in (0, 2):
        result = result_of(Path(folders[trial]))
        assert result is not None
        assert [cell.weights.text() for cell in result.cells] == list(jobs[trial].weights)


def test_a_cluster_that_cannot_be_reached_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], quick: list[str]
) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "auto")
    assert tune.main([*quick, "--backend", "ray", "--out", str(tmp_path / "sweep")]) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("error: RAY_ADDRESS=auto: no Ray cluster can be reached: ")


def test_ray_is_asked_for_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.delitem(sys.modules, "tuning.ray_workers", raising=False)
    with pytest.raises(InputError) as caught:
        import tuning.ray_workers  # noqa: F401
    assert str(caught.value) == "--backend ray needs Ray: pip install 'initiative-gym[ray]', or use --backend processes"
