"""The arguments of ``tune.py``: those of a plan, and how, where and for what it is carried out."""

from dataclasses import dataclass
from pathlib import Path

from tuning.plan import Plan

BACKENDS = ("processes", "ray")


@dataclass(frozen=True)
class Arguments(Plan):
    """How hard should it push: sweep the reward weights, see what each balance buys, choose one.

    Without arguments: one policy for all weights between goal and satisfaction, three seeds, and a report.
    """

    workers: int = 2
    """trainings at a time, one thread each"""
    backend: str = "processes"
    """processes (on this machine) or ray (on a Ray cluster that shares --out; needs the extra ray)"""
    storage: str = ""
    """where the trials are kept: nothing for a journal file in --out, or an Optuna URL (postgresql+psycopg://..., redis://...) for several machines"""
    at_least: str = ""
    """propose the cheapest weights that reach this: success=0.8 or satisfaction=0.6"""
    against: tuple[Path, ...] = ()
    """folders of other sweeps to hold this one against"""
    resume: Path | None = None
    """go on with the sweep in this folder as it was planned, or report it again; only workers, backend, storage, at_least and against count beside it"""
    out: Path | None = None
    """the sweep's folder (default: runs/NAME)"""
