"""One sweep from arguments to report: plan, run or go on, then say what was found."""

import shlex
import sys
import time
from dataclasses import fields, replace
from pathlib import Path

from filelock import FileLock, Timeout

from evaluation.grid import Setting, build_worlds
from rewards import InputError
from rewards.errors import unknown
from tuning.arguments import BACKENDS, Arguments
from tuning.choices import parse_at_least
from tuning.comparison import check_comparable
from tuning.outcome import load_outcome
from tuning.plan import Plan, load_plan
from tuning.progress import Progress
from tuning.report import report
from tuning.study import masked, open_study, other_folders
from tuning.sweep import Sweep, failures
from tuning.workers import run_in_processes

LOCK = ".lock"
INTERRUPTED = 130


def tune(arguments: Arguments, command: str) -> int:
    """Run the sweep that the arguments ask for, and report it; return 0, or 130 after Ctrl-C (the sweep can be resumed).

    Raises InputError for bad input, before anything is trained where that can be known, and for an
    ``--at-least`` that nothing reaches, after the report.
    """
    wanted = parse_at_least(arguments.at_least)
    if arguments.backend not in BACKENDS:
        raise unknown("--backend", arguments.backend, BACKENDS)
    if arguments.workers < 1:
        raise InputError(f"--workers must be at least 1, not {arguments.workers}")
    plan, folder = planned(arguments)
    against = [load_outcome(other) for other in arguments.against]
    for other in against:
        check_comparable(plan, other)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / LOCK, timeout=0):
            plan.save(folder)  # first: whatever happens from here on, the sweep can be resumed
            sweep = Sweep(plan, open_study(plan, arguments.storage, folder), folder)
            if arguments.resume is not None:
                sweep.try_again()
            if not _run(sweep, arguments):
                return INTERRUPTED
            report(load_outcome(folder, other_folders(sweep.study, sweep.owner)), against, wanted, masked(command), folder, len(failures(folder)))
    except Timeout:
        raise InputError(f"{folder}: another sweep is running here; wait for it, or choose another --name or --out") from None
    return 0


def planned(arguments: Arguments) -> tuple[Plan, Path]:
    """Return the plan, checked, and the folder of a new sweep, or of the one to go on with; raises InputError."""
    if arguments.resume is not None:
        return load_plan(arguments.resume).check(), arguments.resume
    name = arguments.name or f"{Path(arguments.domain).stem}-{arguments.policy}-{time.strftime('%Y%m%d-%H%M%S')}"
    folder = arguments.out or Path("runs") / name
    plan = plan_from(arguments, name).check()
    build_worlds([Setting(plan.domain, plan.population, plan.noise)])  # what is wrong with these is told before anything runs
    if folder.exists() and (not folder.is_dir() or any(path.name != LOCK for path in folder.iterdir())):
        raise InputError(f"--out {folder}: exists already and is not an empty folder; choose another, or go on with it: --resume {folder}")
    return replace(plan, steps=plan.turns), folder


def plan_from(arguments: Arguments, name: str) -> Plan:
    """Return the plan of the arguments under a name, not checked yet."""
    return Plan(**{field.name: getattr(arguments, field.name) for field in fields(Plan) if field.name != "name"}, name=name)


def _run(sweep: Sweep, arguments: Arguments) -> bool:
    """Run what is left of the sweep; return whether it came to its end."""
    plan, folder = sweep.plan, sweep.folder
    print(f"sweep {plan.name}: {plan.policy} {plan.algo} on {plan.domain} with {plan.population} into {folder}", file=sys.stderr)
    try:
        with Progress(plan, folder) as progress:
            if arguments.backend == "ray":
                from tuning.ray_workers import run_on_ray  # noqa: PLC0415 -- an extra

                run_on_ray(sweep.next_job, progress.tell(sweep.ended), progress.watch, arguments.workers, folder)
            else:
                run_in_processes(sweep.next_job, progress.tell(sweep.ended), progress.watch, arguments.workers)
    except KeyboardInterrupt:
        storage = f" --storage {shlex.quote(masked(arguments.storage))}" if arguments.storage else ""
        print(f"\nstopped; go on with: python tune.py --resume {folder}{storage}", file=sys.stderr)
        return False
    return True
