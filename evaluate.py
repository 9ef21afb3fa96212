"""Evaluate policies with the same simulated people: tables with intervals, files, plots, transcripts.

python evaluate.py rules:push rules:ipro runs/NAME
python evaluate.py --compare rules:push runs/NAME
python evaluate.py runs/NAME --suite standard
python evaluate.py --rescore results/dialogues.npz --weights goal=1,satisfaction=0.2
python evaluate.py --realism CORPORA
"""

import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated

import tyro

from dialogue_env.world import World
from evaluation.grid import Cell, Setting, settings_of
from evaluation.paired import check_pair
from evaluation.report import check_out, play_cells, report_cells, report_comparison, report_shifts, write_transcripts
from evaluation.rollout import Planner, Policy
from evaluation.shift import shifts_of
from evaluation.store import load_cells, save_cells
from evaluation.suite import load_suite
from rewards import InputError, RewardWeights
from rewards.errors import unknown

BAD_INPUT = 2
"""Exit status for input that a person can mend."""


@dataclass(frozen=True)
class Arguments:
    """Evaluate policies with the same simulated people: tables with intervals, files, plots, transcripts."""

    policies: tyro.conf.Positional[tuple[str, ...]] = ()
    """Names such as rules:push, rules:oracle, runs/NAME or runs/NAME/best_model.zip; without any: every rule and the oracle."""
    domains: tuple[str, ...] = ("concierge",)
    """Names of domains, or paths of .toml files."""
    populations: tuple[str, ...] = ("people", "people_tail_90", "adversarial")
    """Names of populations or user types, or paths of .toml files."""
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


def main(argv: list[str] | None = None) -> int:
    """Run the script on ``argv``; returns 0, or 2 after one line on stderr about bad input."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    given = tyro.cli(Arguments, args=arguments, prog="evaluate.py")
    try:
        if given.realism is not None:
            return compare_people(given, given.realism)
        evaluate(given, shlex.join(["python", "evaluate.py", *arguments]))
    except (InputError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return BAD_INPUT
    return 0


def compare_people(given: Arguments, corpora: Path) -> int:
    """Run ``python -m calibration realism``, whose exit status this returns; raises InputError if policies are to be evaluated as well."""
    from calibration.commands import Realism, run  # noqa: PLC0415 -- beside the package; needs the calibration extra

    _refuse(given, "realism", [field.name for field in fields(Arguments) if field.name not in ("realism", "out")])
    return run(Realism(corpora, given.out / "realism"))


def evaluate(given: Arguments, command: str) -> None:
    """Play or load dialogues, then report them; raises InputError before anything is written."""
    weights = RewardWeights.parse(given.weights)
    check_pair(given.compare)
    check_out(given.out)
    if given.transcripts is not None and given.transcripts < 1:
        raise InputError(f"--transcripts must be at least 1, not {given.transcripts}")
    if given.rescore is None:
        if given.judge:
            raise InputError("--judge has no meaning without --rescore; leave it out")
        if given.transcripts is not None and given.transcripts > given.dialogues:
            raise InputError(f"--transcripts must be at most the number of dialogues, {given.dialogues}, not {given.transcripts}")
        cells = play(given, weights)
        save_cells(given.out / "dialogues.npz", cells, command)
    else:
        cells, played = load(given)
        command = f"{command}  # dialogues from: {played}"
    if given.transcripts is not None:  # first, for stored dialogues may not fit today's domain
        write_transcripts(cells, given.transcripts, command, given.out)
    report_cells(cells, weights, command, given.out)
    if given.rescore is not None:
        report_shifts(*shifts_of(cells, weights, given.judge, _load_policy))
    if given.compare:
        report_comparison(cells, given.compare, weights, command, given.out)


def play(given: Arguments, weights: RewardWeights) -> tuple[Cell, ...]:
    """Return the dialogues of all policies named, in all settings; raises InputError before any is played."""
    names = (*given.policies, *given.compare)
    return play_cells(names or _rules(), _settings(given), load=_load_policy, count=given.dialogues, seed=given.seed, weights=weights)


def load(given: Arguments) -> tuple[tuple[Cell, ...], str]:
    """Return the stored dialogues of the policies named (all if none is) and the command that played them; raises InputError."""
    assert given.rescore is not None
    _refuse(given, "rescore", ("domains", "populations", "noise", "dialogues", "seed", "suite"))
    stored = load_cells(given.rescore)
    present = tuple(dict.fromkeys(cell.policy for cell in stored.cells))
    wanted = (*given.policies, *given.compare) if given.policies else (*present, *given.compare)
    for name in wanted:
        if name not in present:
            raise unknown(f"policy in {given.rescore}:", name, present)
    return tuple(cell for cell in stored.cells if cell.policy in wanted), stored.command


def _settings(given: Arguments) -> tuple[Setting, ...]:
    if not given.suite:
        return settings_of(given.domains, given.populations, given.noise)
    _refuse(given, "suite", ("domains", "populations", "noise"))
    return load_suite(given.suite)


def _refuse(given: Arguments, option: str, fixed: Sequence[str]) -> None:
    """Raise InputError if an option is given that ``option`` already decides."""
    for name in fixed:
        if getattr(given, name) != getattr(Arguments, name):
            raise InputError(f"--{name} has no meaning with --{option}, which decides {', '.join(fixed)}; leave it out")


def _rules() -> tuple[str, ...]:
    from policies.loader import rule_names  # noqa: PLC0415 -- brings in torch

    return rule_names()


def _load_policy(name: str, world: World, weights: RewardWeights) -> Policy | Planner:
    from policies.loader import load_policy  # noqa: PLC0415 -- brings in torch

    return load_policy(name, world, weights)


if __name__ == "__main__":
    sys.exit(main())
