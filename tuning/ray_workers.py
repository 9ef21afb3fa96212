"""The same jobs on a Ray cluster, through Ray Tune: it places them, the study still decides which."""

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rewards import InputError
from tuning.job import Job, job_of
from tuning.workers import Ended, NextJob, Watch, failure, start, stop

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("TUNE_DISABLE_SIGINT_HANDLER", "1")  # Ctrl-C stops the sweep, as it does without Ray
os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
try:
    import ray
    from ray import tune
    from ray.tune.search import Searcher
except ImportError:
    raise InputError("--backend ray needs Ray: pip install 'initiative-gym[ray]', or use --backend processes") from None

CLUSTER = "RAY_ADDRESS"
"""The environment variable that names a running cluster (``auto``: this machine's); without it Ray is started here."""


class _Jobs(Searcher):  # type: ignore[misc, unused-ignore]  # Ray is an extra
    """What Ray Tune asks for configurations: hands out jobs and hears how they ended."""

    def __init__(self, next_job: NextJob, ended: Ended) -> None:
        super().__init__(metric="status", mode="min")
        self._next, self._ended = next_job, ended
        self.running: dict[str, Job] = {}

    def suggest(self, trial_id: str) -> Any:
        """Return the next job, or that there is none."""
        job = self._next()
        if job is None:
            return Searcher.FINISHED
        self.running[trial_id] = job
        return {"job": job.as_json()}

    def on_trial_complete(self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False) -> None:
        """Pass on how a job ended."""
        job = self.running.pop(trial_id)
        self._ended(job, failure(job, result["status"]) if result and not error else "its Ray worker was lost")

    def save(self, checkpoint_path: str) -> None:
        """Nothing to save: the study holds the state of the sweep."""

    def restore(self, checkpoint_path: str) -> None:
        """Nothing to restore."""


class _Watching(tune.Callback):  # type: ignore[misc, unused-ignore]
    """Shows the running jobs now and then."""

    def __init__(self, watch: Watch, jobs: _Jobs) -> None:
        self._watch, self._jobs = watch, jobs

    def on_step_end(self, iteration: int, trials: Sequence[Any], **info: Any) -> None:
        """Show the jobs of this moment."""
        self._watch(list(self._jobs.running.values()))


def _run(config: dict[str, str]) -> None:
    """Run a job on the worker's machine, in a process of its own."""
    process = start(job_of(config["job"]))
    process.wait()
    tune.report({"status": stop(process)})


def run_on_ray(next_job: NextJob, ended: Ended, watch: Watch, workers: int, folder: Path) -> None:
    """Run jobs, ``workers`` at a time, until there is none left; ``folder`` must be shared by all machines of the cluster.

    Raises InputError if the cluster cannot be reached.
    """
    try:
        here: dict[str, Any] = {} if CLUSTER in os.environ else {"num_cpus": workers, "include_dashboard": False}
        ray.init(**here, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise InputError(f"{CLUSTER}={os.environ.get(CLUSTER, '')}: no Ray cluster can be reached: {(str(error).splitlines() or [''])[0]}") from None
    jobs = _Jobs(next_job, ended)
    try:
        tune.Tuner(
            tune.with_resources(_run, {"cpu": 1}),
            tune_config=tune.TuneConfig(search_alg=jobs, num_samples=-1, max_concurrent_trials=workers),
            run_config=tune.RunConfig(name="ray", storage_path=str(folder.resolve()), verbose=0, callbacks=[_Watching(watch, jobs)]),
        ).fit()
    finally:
        ray.shutdown()
