"""``python -m benchmarks.learning``: processor time until the return on fixed people reaches a goal, by training settings.

Without ``--hyper`` it compares the defaults of train.py with those of before; evaluations are not counted.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")  # before NumPy is imported: thread pools collapse on a busy machine

import time  # noqa: E402
from dataclasses import dataclass, replace  # noqa: E402
from pathlib import Path  # noqa: E402
from tempfile import TemporaryDirectory  # noqa: E402

import numpy as np  # noqa: E402
import tyro  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from training.callback import Recorder, read_rows  # noqa: E402
from training.model import new_model  # noqa: E402
from training.run import EVALUATIONS, Run  # noqa: E402
from training.session import learn  # noqa: E402

GOALS = {"concierge": 0.95, "donation": 1.05, "support": 0.75}
"""Mean returns on the fixed people of a training that are about nine tenths of what it reaches."""
BEFORE = ("learning_rate=1e-3", "batch_size=4096", "n_epochs=4")


@dataclass(frozen=True)
class Curve:
    """The evaluations of a training."""

    turns: list[int]
    seconds: list[float]  # of the processor until then, without evaluations
    returns: list[float]

    def reached(self, goal: float) -> tuple[float, float]:
        """Return the turns and seconds of the first evaluation at ``goal`` or above; infinite if there is none."""
        first = next((i for i, value in enumerate(self.returns) if value >= goal), None)
        return (np.inf, np.inf) if first is None else (self.turns[first], self.seconds[first])


def curve_of(run: Run) -> Curve:
    """Train as train.py does, and return its learning curve."""
    with TemporaryDirectory() as folder:
        model = new_model(run, Path(folder))
        recorder, seconds, judging = Recorder(run, Path(folder), model.get_env().envs.world), list[float](), 0.0
        evaluate, began = recorder.evaluate, time.process_time()

        def timed() -> None:
            nonlocal judging
            before = time.process_time()
            seconds.append(before - began - judging)
            evaluate()
            judging += time.process_time() - before

        recorder.evaluate = timed  # type: ignore[method-assign]
        learn(model, run, recorder)
        rows = read_rows(Path(folder) / EVALUATIONS)
    return Curve([int(row["turns"]) for row in rows], seconds[: len(rows)], [row["return_mean"] for row in rows])


@dataclass(frozen=True)
class Arguments:
    """Compare training settings."""

    domains: tuple[str, ...] = tuple(GOALS)
    """of concierge, donation and support"""
    seeds: int = 4
    """trainings of each"""
    steps: int = 1_000_000
    """turns of each training"""
    hyper: tuple[str, ...] = BEFORE
    """hyper-parameters to compare the defaults with"""


def main() -> None:
    """Print a row for every domain and seed."""
    given = tyro.cli(Arguments, prog="python -m benchmarks.learning")
    table = Table("domain", "seed", "settings", "goal", "turns to it", "CPU-seconds to it", "best", "last", "CPU-seconds in all")
    for domain in given.domains:
        ratios = []
        for seed in range(given.seeds):
            run, to_goal = Run(domain=domain, seed=seed, steps=given.steps, eval_every=50_000).check(), []
            for what, hyper in (("other", given.hyper), ("defaults", ())):
                curve = curve_of(replace(run, hyper=hyper))
                turns, seconds = curve.reached(GOALS[domain])
                to_goal.append(seconds)
                ends = (f"{max(curve.returns):.3f}", f"{curve.returns[-1]:.3f}", f"{curve.seconds[-1]:.1f}")
                table.add_row(domain, str(seed), what, f"{GOALS[domain]}", f"{turns:,.0f}", f"{seconds:.1f}", *ends)
            ratios.append(to_goal[1] / to_goal[0])
        table.add_row(
            domain, "all", "defaults over other", "", "", f"{np.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})", "", "", "", end_section=True
        )
    Console(width=150).print(table)


if __name__ == "__main__":
    main()
