"""How far a sweep is: turns trained of all, trainings ended and failed, and the time left."""

import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from tqdm import tqdm

from training.run import EVALUATIONS
from tuning.job import RESULT, Job
from tuning.plan import Plan
from tuning.sweep import TRIALS, total_jobs
from tuning.workers import Ended


class Progress:
    """A bar on stderr over all turns of a sweep; running jobs tell how far they are by their learning curves."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        """Begin with the jobs of ``folder`` that have come to their end already."""
        self._turns, self._jobs = plan.turns, total_jobs(plan)
        self._done, self._failed = len(list((folder / TRIALS).glob(f"*/*/{RESULT}"))), 0
        self._began = self._done * self._turns

    def __enter__(self) -> Self:
        self._bar = tqdm(total=self._jobs * self._turns, initial=self._began, unit=" turns", unit_scale=True, file=sys.stderr, dynamic_ncols=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._bar.close()

    def tell(self, ended: Ended) -> Ended:
        """Return ``ended``, with the bar told as well."""

        def told(job: Job, failure: str) -> None:
            ended(job, failure)
            self._done, self._failed = self._done + 1, self._failed + bool(failure)
            if failure:
                self._bar.write(f"trial {job.trial}, seed {job.run.seed} failed: {failure}", file=sys.stderr)
            self.watch([])

        return told

    def watch(self, running: list[Job]) -> None:
        """Show how far the running jobs are."""
        turns = self._done * self._turns + sum(_turns(Path(job.folder)) for job in running)
        self._bar.update(max(0, turns - self._bar.n))
        self._bar.set_postfix_str(f"{self._done} of {self._jobs} trainings" + (f", {self._failed} failed" if self._failed else ""), refresh=False)


def _turns(folder: Path) -> int:
    """Return how many turns a job has trained, as of its last evaluation."""
    try:
        last = (folder / EVALUATIONS).read_text(encoding="utf-8").splitlines()[-1]
        return int(last.partition(",")[0])
    except (OSError, ValueError, IndexError):
        return 0
