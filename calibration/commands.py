"""What ``python -m calibration`` can do, with the arguments of each command."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import tyro
from rich.console import Console
from tqdm import tqdm

from evaluation.report import check_out
from rewards.errors import InputError

PUBLISHED = "python -m calibration fit CORPORA --out people.toml"
"""What a fit to all corpora names as its command: the same wherever the corpora and the file lie."""

BAD_INPUT, INTERRUPTED = 2, 130
"""Exit statuses."""


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
        for option, path in (("--out", self.out), ("--human", self.human)):
            if path is not None:
                _check_file(option, path)
        if not self.source.exists():
            raise InputError(f"{self.source}: no such file or folder")
        if self.source.is_dir():
            self._refuse({"--map": self.map, "--licence": self.licence}, "goes with a .jsonl file of your own", "a folder")
            self._fit_published()
        elif self.map is None:
            raise InputError(f"{self.source}: not a folder of corpora; a corpus of your own needs --map LABELS.toml")
        else:
            self._refuse({"--human": self.human}, "goes with a folder of the published corpora", "a file")
            self._fit_own(self.map)

    def _refuse(self, options: Mapping[str, object], why: str, what: str) -> None:
        for option, value in options.items():
            if value:
                raise InputError(f"{option} {why}, and {self.source} is {what}")

    def _fit_published(self) -> None:
        from calibration.fits.people import STEPS, fit_people, human_file  # noqa: PLC0415 -- brings in the estimators' libraries
        from calibration.fits.people_file import write_people  # noqa: PLC0415

        with progress(len(STEPS)) as advance:
            people = fit_people(self.source, advance)
        if self.human is not None:
            human_file(self.source, self.human)
        write_people(self.out, PUBLISHED, people.tables, people.estimates)
        for estimate in people.questions:
            print(f"{estimate.key} of a task domain: {estimate.value:.3f} (standard error {estimate.error:.3f}, {estimate.count} replies; {estimate.method})")
        for estimate in people.outcome:
            print(f"{estimate.key} of domain donation: {estimate.value:.3f} (standard error {estimate.error or 0:.3f}, {estimate.count} people)")
        print(f"written to {self.out}: {len(people.estimates)} numbers with their evidence")

    def _fit_own(self, labels: Path) -> None:
        from calibration.fits.own_corpus import fit_own  # noqa: PLC0415
        from calibration.fits.people_file import write_people  # noqa: PLC0415

        people = fit_own(self.source, labels)
        command = f"python -m calibration fit {self.source.name} --map {labels.name} --out {self.out.name}"
        write_people(self.out, command, people.tables, people.estimates, self.licence)
        for warning in people.warnings:
            print(f"warning: {warning}", file=sys.stderr)
        print(f"written to {self.out}: {len(people.estimates)} numbers; train on these people with: python train.py --population {self.out}")


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
        _check_out(self.out, self.seed)
        from calibration.realism.comparisons import load_comparisons  # noqa: PLC0415
        from calibration.realism.foretelling import outcome_from_strategy  # noqa: PLC0415
        from calibration.realism.held_out import TOLD, held_out_battery  # noqa: PLC0415
        from calibration.realism.report import report  # noqa: PLC0415

        console = Console()
        persuasion, *others = load_comparisons(self.corpora)
        report((persuasion, *others), self.out, self.splits, self.seed, console)
        green, between = held_out_battery(persuasion, self.splits, self.seed).green()
        console.print(
            f"accommodation battery on the held-out halves, green of {len(TOLD)} measures: {green}; of the real people of the other halves: {between}"
        )
        for people, (area, low, high) in outcome_from_strategy(self.corpora).items():
            console.print(f"outcome foretold from act counts alone, {people}: area under the curve {area:.3f} [{low:.3f}, {high:.3f}]")


@dataclass(frozen=True)
class Battery:
    """Are simulated people too kind? Ten measures beside the figures of real people."""

    populations: tuple[str, ...] = ("people", "accommodating")
    """Names of populations or person types, or paths of .toml files."""
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
        from calibration.battery.report import battery, scripts_for  # noqa: PLC0415
        from calibration.user_models import simulated_people  # noqa: PLC0415
        from dialogue_env import load_population  # noqa: PLC0415

        _check_out(self.out, self.seed)
        if self.dialogues < 2:
            raise InputError(f"--dialogues must be at least 2, not {self.dialogues}")
        if not self.populations:
            raise InputError("--populations: name at least one population")
        models = [simulated_people(load_population(name)) for name in self.populations]
        battery(models, scripts_for(self.corpora, self.dialogues, self.seed), self.out, Console(), self.seed)


def run(command: Fit | Realism | Battery) -> int:
    """Run a command; returns 0, or 2 after one line on stderr about bad input, or 130 if it was interrupted."""
    try:
        command.run()
    except (InputError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return BAD_INPUT
    except ModuleNotFoundError as error:
        print(f"error: {error.name} is not installed: pip install 'initiative-gym[calibration]'", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    return 0


def _check_file(option: str, path: Path) -> None:
    """Raise InputError if a file cannot be written to ``path``, before the work is done."""
    if path.is_dir():
        raise InputError(f"{option} {path}: is a folder, not a file")
    check_out(path.parent)


def _check_out(out: Path, seed: int) -> None:
    """Raise InputError if ``out`` cannot be a folder or ``seed`` is negative."""
    check_out(out)
    if seed < 0:
        raise InputError(f"--seed must be at least 0, not {seed}")


@contextmanager
def progress(steps: int) -> Iterator[Callable[[str], None]]:
    """Show a bar over ``steps``; the function it gives is told the name of each step as it begins."""
    begun: list[str] = []
    with tqdm(total=steps, file=sys.stderr, leave=False, dynamic_ncols=True, disable=None) as bar:  # shown on a terminal alone

        def advance(name: str) -> None:
            bar.update(len(begun) - bar.n)
            bar.set_description(name)
            begun.append(name)

        yield advance
