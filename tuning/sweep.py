"""The state of a sweep: which jobs are to be run, and what becomes of a trial when its last job ends."""

import itertools
import json
import socket
from collections import deque
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from optuna.study import Study
from optuna.trial import TrialState

from dialogue_env.files import write_whole
from evaluation.grid import Cell
from tuning.front import hypervolume
from tuning.job import Job, Result, result_of
from tuning.plan import Plan
from tuning.space import distributions, hyper_of, weights_of
from tuning.study import OWNER, begun, is_left, try_again

TRIALS = "trials"
FAILED = "failed.json"
"""The file in a trial's folder that says why it has no result."""
REFERENCE = (0.0, 0.0)
"""The reference point of every hypervolume: nobody succeeds, nobody is content."""


def objectives(cell: Cell) -> tuple[float, float]:
    """Return the success and the satisfaction of a cell's dialogues, each in [0, 1]: what a sweep trades off."""
    return float(cell.dialogues.success.mean()), float(cell.dialogues.satisfaction.mean())


class Sweep:
    """Asks the study for trials, splits them into jobs (one per seed), and tells the study how they went."""

    def __init__(self, plan: Plan, study: Study, folder: Path) -> None:
        """Go on with the trials that were begun in ``folder`` and have not ended; then take new ones."""
        self.plan, self.study, self.folder = plan, study, folder
        self.owner = f"{socket.gethostname()}:{folder.resolve()}"
        self._space = distributions(plan.range if plan.policy == "separate" else None, plan.searches)
        self._queue: deque[Job] = deque()
        for trial in begun(study, self.owner):
            self._split(trial.number, trial.params)

    def try_again(self) -> None:
        """Run trials that have failed once more: whoever resumes a sweep has mended what was wrong."""
        for number in try_again(self.study, self.owner):
            (self.folder / TRIALS / f"{number:04}" / FAILED).unlink(missing_ok=True)

    def next_job(self) -> Job | None:
        """Return the next job, or None if there is none left."""
        while not self._queue and is_left(self.study, self.plan):
            trial = self.study.ask(self._space)
            trial.set_user_attr(OWNER, self.owner)
            self._split(trial.number, trial.params)
        return self._queue.popleft() if self._queue else None

    def ended(self, job: Job, failure: str) -> None:
        """Take note of a job that has ended; once all of a trial's have, the study hears of it."""
        trial = self.folder / TRIALS / f"{job.trial:04}"
        if failure:
            write_whole(trial / FAILED, json.dumps({"seed": job.run.seed, "why": failure}) + "\n")
            self._queue = deque(waiting for waiting in self._queue if waiting.trial != job.trial)
            self.study.tell(job.trial, state=TrialState.FAIL, skip_if_finished=True)
        else:
            self._tell(job.trial)

    def _split(self, number: int, params: dict[str, object]) -> None:
        """Queue the jobs of a trial that have no result yet; a killed sweep loses the jobs in flight alone."""
        weights = weights_of(self.plan.range, params).text() if self.plan.policy == "separate" else None
        tried = (weights,) if weights else tuple(point.text() for point in self.plan.range.points(self.plan.points))
        for seed in range(self.plan.first_seed, self.plan.first_seed + self.plan.seeds):
            folder = self.folder / TRIALS / f"{number:04}" / f"seed-{seed}"
            if result_of(folder) is None:
                self._queue.append(Job(number, self.plan.run(weights, hyper_of(params), seed), tried, self.plan.dialogues, str(folder)))
        self._tell(number)

    def _tell(self, number: int) -> None:
        results = seeds_of(self.folder / TRIALS / f"{number:04}", self.plan)
        if len(results) < self.plan.seeds:
            return
        points = np.array([[objectives(cell) for cell in result.cells] for result in results])  # [seeds, P, 2]
        separate = self.plan.policy == "separate"
        values = points.mean(axis=(0, 1)).tolist() if separate else [float(np.mean([hypervolume(front, REFERENCE) for front in points]))]
        self.study.tell(number, values, skip_if_finished=True)


def seeds_of(trial: Path, plan: Plan) -> list[Result]:
    """Return the results of a trial's jobs that have come to their end, by seed."""
    folders = [trial / f"seed-{seed}" for seed in range(plan.first_seed, plan.first_seed + plan.seeds)]
    return [result for result in map(result_of, folders) if result is not None]


def failures(folder: Path) -> dict[int, str]:
    """Return why trials failed, by number."""
    return {int(path.parent.name): json.loads(path.read_text(encoding="utf-8"))["why"] for path in sorted((folder / TRIALS).glob(f"*/{FAILED}"))}


def total_jobs(plan: Plan) -> int:
    """Return how many trainings a sweep is made of."""
    if plan.sampler != "grid":
        return plan.trials * plan.seeds
    choices = [search.choices for search in plan.searches]
    places: Sequence[object] = plan.range.points(plan.points) if plan.policy == "separate" else (None,)
    return len(list(itertools.product(places, *choices))) * plan.seeds
