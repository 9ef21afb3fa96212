"""One evaluation from arguments to results: play or load dialogues, then report them."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path

from dialogue_env import load_domain
from evaluation.arguments import Arguments
from evaluation.grid import RULES, Cell, Setting, settings_of
from evaluation.paired import check_pair
from evaluation.report import check_out, play_cells, report_cells, report_comparison, report_shifts, write_transcripts
from evaluation.shift import shifts_of
from evaluation.store import load_cells, save_cells
from evaluation.suite import load_suite
from evaluation.variants import varied_settings
from policies.loader import rule_names
from policies.script import FILE, SCRIPTS, read_scripts
from rewards import InputError, RewardWeights
from rewards.errors import unknown

PLACE = ("domains", "populations", "noise")
"""The options that say where policies are tried."""


def evaluate(given: Arguments, command: str) -> None:
    """Play or load dialogues, then report them; raises InputError before anything is written."""
    weights = RewardWeights.parse(given.weights)
    check_pair(given.compare)
    check_out(given.out)
    _check_transcripts(given)
    if given.rescore is None:
        cells = play(given, weights)
        save_cells(given.out / "dialogues.npz", cells, command)
    else:
        cells, played = load(given, given.rescore)
        command = f"{command}  # dialogues from: {played}"
    if given.transcripts is not None:  # first, for stored dialogues may not fit today's domain
        write_transcripts(cells, given.transcripts, command, given.out)
    report_cells(cells, weights, command, given.out, given.variants)
    if given.rescore is not None:
        report_shifts(*shifts_of(cells, weights, given.judge))
    if given.compare:
        report_comparison(cells, given.compare, weights, command, given.out)


def play(given: Arguments, weights: RewardWeights) -> tuple[Cell, ...]:
    """Return the dialogues of all policies named, in all settings; raises InputError before any is played."""
    if given.judge:
        raise InputError("--judge has no meaning without --rescore; leave it out")
    names, settings = (*given.policies, *given.compare), _settings(given)
    names = (*names, *_default_policies(settings)) if given.variants or not names else names
    return play_cells(names, settings, count=given.dialogues, seed=given.seed, weights=weights)


def _default_policies(settings: Sequence[Setting]) -> tuple[str, ...]:
    """Return every rule, and the scripts if every domain has one."""
    scripted = {script.domain for script in read_scripts(FILE)}
    there = all(load_domain(name).name in scripted for name in {setting.domain for setting in settings})
    return tuple(name for name in rule_names() if there or name.removeprefix(RULES) not in SCRIPTS)


def load(given: Arguments, path: Path) -> tuple[tuple[Cell, ...], str]:
    """Return the stored dialogues in ``path`` of the policies named (all if none is) and the command that played them; raises InputError."""
    _refuse(given, "rescore", (*PLACE, "dialogues", "seed", "suite"))
    stored = load_cells(path)
    present = tuple(dict.fromkeys(cell.policy for cell in stored.cells))
    wanted = (*given.policies, *given.compare) if given.policies else (*present, *given.compare)
    for name in wanted:
        if name not in present:
            raise unknown(f"policy in {path}:", name, present)
    return tuple(cell for cell in stored.cells if cell.policy in wanted), stored.command


def check_realism(given: Arguments) -> None:
    """Raise InputError if policies are to be evaluated beside a comparison of people."""
    _refuse(given, "realism", [field.name for field in fields(Arguments) if field.name not in ("realism", "out")])


def _check_transcripts(given: Arguments) -> None:
    if given.transcripts is None:
        return
    if given.transcripts < 1:
        raise InputError(f"--transcripts must be at least 1, not {given.transcripts}")
    if given.rescore is None and given.transcripts > given.dialogues:
        raise InputError(f"--transcripts must be at most the number of dialogues, {given.dialogues}, not {given.transcripts}")


def _settings(given: Arguments) -> tuple[Setting, ...]:
    if given.variants:
        _refuse(given, "variants", ("suite", "transcripts"))
        return varied_settings(given.domains, given.populations[0], given.noise)
    if not given.suite:
        return settings_of(given.domains, given.populations, given.noise)
    _refuse(given, "suite", PLACE)
    return load_suite(given.suite)


def _refuse(given: Arguments, option: str, decided: Iterable[str]) -> None:
    """Raise InputError if an option is given that ``option`` already decides."""
    decided = tuple(decided)
    for name in decided:
        if getattr(given, name) != getattr(Arguments, name):
            raise InputError(f"--{name} has no meaning with --{option}, which decides {', '.join(decided)}; leave it out")
