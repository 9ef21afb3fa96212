"""What ``python -m calibration`` can do, with the arguments of each command."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import tyro
from rich.console import Console
from tqdm import tqdm

from rewards.errors import InputError

STEPS = 10
"""Steps of a fit to all corpora."""


@dataclass(frozen=True)
class Fit:
    """Fit people to human dialogues and write a population file; a folder of the published corpora, or a corpus of your own."""

    source: tyro.conf.Positional[Path]
    """Folder with a sub-folder for each published corpus (see docs/calibration.md), or your own dialogues as a .jsonl file."""
    out: Path = Path("people.toml")
    """Population file to write."""
    map: Path | None = None
    """Your own corpus: the TOML file that maps its labels to acts."""
    licence: str = ""
    """Your own corpus: its licence, for the record."""
    human: Path | None = None
    """Published corpora: also write the human figures of the accommodation battery to this file."""

    def run(self) -> None:
        """Fit and write; raises InputError before anything is written."""
        if self.source.is_dir():
            if self.map is not None:
                raise InputError(f"--map goes with a .jsonl file of your own, and {self.source} is a folder")
            self._fit_published()
        elif self.map is None:
            raise InputError(f"{self.source}: not a folder of corpora; a corpus of your own needs --map LABELS.toml")
        else:
            self._fit_own(self.map)

    def _fit_published(self) -> None:
        from calibration.people import fit_people, human_file  # noqa: PLC0415 -- brings in the estimators' libraries
        from calibration.people_file import write_people  # noqa: PLC0415

        with progress(STEPS) as advance:
            people = fit_people(self.source, advance)
        write_people(self.out, "python -m calibration fit CORPORA --out people.toml", people.tables, people.estimates)
        if self.human is not None:
            human_file(self.source, self.human)
        console = Console()
        for estimate in people.outcome:
            console.print(f"{estimate.key} of domain donation: {estimate.value:.3f} (standard error {estimate.error or 0:.3f}, {estimate.count} people)")
        console.print(f"written to {self.out}: {len(people.estimates)} numbers with their evidence")

    def _fit_own(self, labels: Path) -> None:
        from calibration.people import fit_own  # noqa: PLC0415
        from calibration.people_file import write_people  # noqa: PLC0415

        people = fit_own(self.source, labels)
        command = f"python -m calibration fit {self.source.name} --map {labels.name} --out {self.out.name}"
        write_people(self.out, command, people.tables, people.estimates, self.licence)
        console = Console()
        for warning in people.warnings:
            console.print(f"warning: {warning}", style="yellow")
        console.print(f"written to {self.out}: {len(people.estimates)} numbers; train on these people with: python train.py --population {self.out}")


@dataclass(frozen=True)
class Realism:
    """How close simulated people are to real ones, against the distance between two groups of real ones."""

    corpora: tyro.conf.Positional[Path]
    """Folder with a sub-folder for each published corpus (see docs/calibration.md)."""
    out: Path = Path("results/realism")
    """Folder for tables and pictures."""
    splits: int = 5
    """Random splits into a half to fit and a half to compare."""
    seed: int = 0
    """Seed of the splits."""

    def run(self) -> None:
        """Refit, compare, print and write; raises InputError."""
        from calibration.comparisons import load_comparisons  # noqa: PLC0415
        from calibration.foretelling import outcome_from_strategy  # noqa: PLC0415
        from calibration.realism_report import report  # noqa: PLC0415

        console = Console()
        report(load_comparisons(self.corpora), self.out, self.splits, self.seed, console)
        for people, (area, low, high) in outcome_from_strategy(self.corpora).items():
            console.print(f"outcome foretold from act counts alone, {people}: area under the curve {area:.3f} [{low:.3f}, {high:.3f}]")


@dataclass(frozen=True)
class Battery:
    """Are simulated people too kind? Ten measures beside the figures of real people."""

    populations: tuple[str, ...] = ("people", "accommodating")
    """Names of populations or user types, or paths of .toml files."""
    corpora: Path | None = None
    """Folder of the published corpora: the agent's side is then PersuasionForGood's own instead of drawn from its fitted table."""
    dialogues: int = 3000
    """Dialogues per population."""
    seed: int = 0
    """Seed of the people and of the drawn agent's sides."""
    out: Path = Path("results/battery")
    """Folder for the table and pictures."""

    def run(self) -> None:
        """Meet, print and write; raises InputError."""
        from calibration.battery_report import battery, scripts_for  # noqa: PLC0415
        from calibration.user_models import simulated_people  # noqa: PLC0415
        from dialogue_env import load_population  # noqa: PLC0415

        if self.dialogues < 2:
            raise InputError(f"--dialogues must be at least 2, not {self.dialogues}")
        models = [simulated_people(load_population(name)) for name in self.populations]
        battery(models, scripts_for(self.corpora, self.dialogues, self.seed), self.out, Console(), self.seed)


@contextmanager
def progress(steps: int) -> Iterator[Callable[[str], None]]:
    """Show a bar over ``steps``; the function it gives is told the name of each step as it begins."""
    with tqdm(total=steps, file=sys.stderr, leave=False, dynamic_ncols=True) as bar:

        def advance(name: str) -> None:
            if bar.desc:
                bar.update()
            bar.set_description(name)

        yield advance
