"""Jobs in processes of their own on this machine: what one of them does, or dies of, harms no other."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from tuning.job import LOG, RESULT, Job

NextJob = Callable[[], Job | None]
Ended = Callable[[Job, str], None]
"""Takes a job that has ended, and what went wrong (empty: nothing)."""
Watch = Callable[[list[Job]], None]
"""Is shown the running jobs now and then."""

PAUSE = 0.2
"""Seconds between two looks at the running processes."""
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def run_in_processes(next_job: NextJob, ended: Ended, watch: Watch, workers: int) -> None:
    """Run jobs, ``workers`` at a time, until there is none left; processes end with this one."""
    running: dict[subprocess.Popen[bytes], Job] = {}
    try:
        while True:
            while len(running) < workers and (job := next_job()) is not None:
                running[start(job)] = job
            if not running:
                return
            time.sleep(PAUSE)
            for process in [process for process in running if process.poll() is not None]:
                job = running.pop(process)
                ended(job, failure(job, stop(process)))
            watch(list(running.values()))
    finally:
        for process in running:
            stop(process)


def start(job: Job) -> "subprocess.Popen[bytes]":
    """Start a job in a process of its own, with an empty folder and a log in it."""
    folder = Path(job.folder)
    shutil.rmtree(folder, ignore_errors=True)  # of a job that was killed on the way
    folder.mkdir(parents=True)
    path = os.pathsep.join([str(Path(__file__).parent.parent), os.environ.get("PYTHONPATH", "")])
    with (folder / LOG).open("wb") as log:
        return _python(["-m", "tuning.job", job.as_json()], log, {**os.environ, **_ONE_THREAD, "PYTHONPATH": path})


def stop(process: "subprocess.Popen[bytes]") -> int:
    """End a job's process if it has not ended by itself, and return its exit status."""
    assert process.stdin is not None
    process.kill()  # does nothing to a process that has ended
    process.stdin.close()
    return process.wait()


def _python(arguments: list[str], log: IO[bytes], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    # A session of its own: Ctrl-C reaches the sweep alone, which then ends its jobs by closing their input.
    return subprocess.Popen([sys.executable, *arguments], stdin=subprocess.PIPE, stdout=log, stderr=log, env=environment, start_new_session=True)


def failure(job: Job, status: int) -> str:
    """Return in one line why a job that ended with an exit status has no result; empty if it has one."""
    folder = Path(job.folder)
    if status == 0 and (folder / RESULT).exists():
        return ""
    lines = (folder / LOG).read_text(encoding="utf-8", errors="replace").strip().splitlines() if (folder / LOG).exists() else []
    how = f"killed by signal {-status}" if status < 0 else f"exit status {status}"
    return f"{how}: {lines[-1].strip()}" if lines and status > 0 else how
