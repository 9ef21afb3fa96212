"""The arguments of ``evaluate.py``: their names, defaults and help."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro


@dataclass(frozen=True)
class Arguments:
    """Evaluate policies with the same simulated people: tables with intervals, files, plots, transcripts."""

    policies: tyro.conf.Positional[tuple[str, ...]] = ()
    """Names such as rules:push, rules:informed, runs/NAME or runs/NAME/best_model.zip; without any: every rule."""
    domains: tuple[str, ...] = ("concierge",)
    """Names of domains, or paths of .toml files."""
    populations: tuple[str, ...] = ("mixed", "people", "adversarial")
    """Names of populations or person types, or paths of .toml files."""
    noise: float = 0.05
    """Chance that a reply or a value is misrecognised, 0 to 0.5."""
    dialogues: int = 2000
    """Dialogues per policy and setting; person i is the same for every policy."""
    seed: int = 1000
    """Seed of the people."""
    weights: str = "balanced"
    """Reward weights of the return: a preset, or term=number,term=number."""
    suite: str = ""
    """A numbered grid instead of domains, populations and noise, e.g. standard."""
    variants: bool = False
    """Play the policies and every rule in variants of the first population: each reaction off, halved, saturating or reversed; 20 plausible worlds."""
    compare: Annotated[tuple[str, ...], tyro.conf.arg(metavar="A B")] = ()
    """Two policies to compare person by person (B minus A)."""
    transcripts: int | None = None
    """Write the dialogues of this many people, for every policy, in words."""
    rescore: Path | None = None
    """Score a stored dialogues.npz under --weights instead of playing; policies choose among those stored.

    Says how many dialogues would have gone otherwise under the new weights.
    """
    judge: str = ""
    """With --rescore, a run trained with --weights-range that is asked what it would do under the new weights (default: each such policy itself)."""
    realism: Path | None = None
    """Instead of policies, compare the simulated people with the human dialogues in this folder of corpora (docs/calibration.md)."""
    out: Path = Path("results")
    """Folder for all results."""
