"""The arguments of ``train.py``: those of a run, and where it lies."""

from dataclasses import dataclass
from pathlib import Path

from training.run import Run


@dataclass(frozen=True)
class Arguments(Run):
    """Train a dialogue-strategy policy against simulated people who do not simply cooperate."""

    resume: Path | None = None
    """go on with the run in this folder, as it was configured; only --steps (the new total) counts beside it"""
    out: Path | None = None
    """the run folder (default: runs/DOMAIN-ALGO-SEED-TIME)"""
