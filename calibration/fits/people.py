"""The fitted people: every estimate from every corpus, put together into the tables of a population file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from calibration.battery.human import human_figures, write_human
from calibration.corpora.donations import CORPUS, donations
from calibration.corpora.labels import label_map
from calibration.corpora.readers.ab_redial import read_dialogue_ratings, read_turn_ratings
from calibration.corpora.readers.betold import read_betold
from calibration.corpora.readers.casino import read_casino
from calibration.corpora.readers.controllable import read_controllable
from calibration.corpora.readers.in3 import read_in3
from calibration.corpora.readers.proactive import read_proactive
from calibration.corpora.readers.qulac import read_qulac
from calibration.corpora.readers.star import read_star
from calibration.corpora.readers.tiage import read_tiage
from calibration.corpora.readers.topical_chat import read_topical_chat
from calibration.fits.answers import fit_answers, fit_refusal, sort_answers
from calibration.fits.asking_back import fit_asking_back
from calibration.fits.calls import calls_of, condition
from calibration.fits.commitment import fit_outcome
from calibration.fits.drift import closeness_of_shifts, fit_distance, fit_drift, turns
from calibration.fits.effects import fit_effects, fit_effort
from calibration.fits.estimates import Estimate, pool, tables
from calibration.fits.leaving import LEAVING, fit_leaving, periods
from calibration.fits.mind_changes import fit_mind_changes
from calibration.fits.replies import fit_replies
from calibration.fits.resisting import KEY, fit_resisting
from calibration.fits.satisfaction import LAST_TEN, fit_length, fit_quality, fit_stickiness
from calibration.fits.types_of_people import populations
from calibration.fits.unasked import fit_unasked
from calibration.fits.walking_away import fit_base, walkers
from calibration.fits.worlds import ASSUMED, replay_world, traits
from calibration.scripts import corpus_script, persuader
from dialogue_env.files import read_toml

Estimates = tuple[Estimate, ...]


@dataclass(frozen=True, slots=True)
class People:
    """What a fit found: the tables of a population file, and the estimates behind them."""

    tables: Mapping[str, Any]
    estimates: Estimates
    outcome: Estimates  # of the donation domain: not in the population file
    questions: Estimates  # of domains whose people know what it is about: not in it either


def fit_people(root: Path, advance: Callable[[str], object]) -> People:
    """Fit everything from the corpora below ``root``; ``advance`` is told each step's name as it begins. Raises InputError."""
    found: Estimates = ()
    for name, step in STEPS.items():
        advance(name)
        found += step(root, found)
    outcome, questions = (tuple(estimate for estimate in found if estimate.key.startswith(kind)) for kind in OF_DOMAINS)
    people = tuple(estimate for estimate in found if not estimate.key.startswith(OF_DOMAINS))
    resisting = next(estimate.value for estimate in people if estimate.key == KEY)
    return People(tables(people) | populations(traits(people), resisting), people, outcome, questions)


OF_DOMAINS = ("outcome.", "questions.")
"""What is fitted for domain files: their keys begin so."""


def human_file(root: Path, path: Path) -> None:
    """Write the human figures of the accommodation battery, and the table of PersuasionForGood's agents."""
    coded = donations(root)
    write_human(path, human_figures(coded, walkers(read_casino(root))), persuader(coded))


def _measured(root: Path, _: Estimates) -> Estimates:
    return (*fit_effects("Controllable-Dialogue", read_controllable(root)), *fit_effort("IN3", read_in3(root)))


def _satisfaction(root: Path, _: Estimates) -> Estimates:
    ratings = read_turn_ratings(root)
    rho, _start, _noise = fit_stickiness("AB-ReDial", ratings, read_dialogue_ratings(root))
    of_chats, _start, _noise = fit_stickiness("Topical-Chat", *read_topical_chat(root), LAST_TEN)
    return (pool((rho, of_chats)), *fit_quality("AB-ReDial", ratings), fit_length("CaSiNo", read_casino(root)))


def _answers(root: Path, _: Estimates) -> Estimates:
    constants, table = replay_world(()).person.constants, sort_answers(read_qulac(root))
    vagueness = float(np.mean(read_toml(ASSUMED)["traits"]["vagueness"]))
    refusal = fit_refusal("Qulac", table, constants["answers"]["refusal_relevance"])
    return (refusal, *fit_answers("Qulac", table, constants["wish"]["dont_care"], vagueness))


def _leaving(root: Path, _: Estimates) -> Estimates:
    log, signs = read_betold(root), read_toml(LEAVING)
    table, calls = periods(log, signs), calls_of(log, signs)
    return fit_leaving("BETOLD", table, condition(calls)[table["call"], table["turn"]])[0]


def _drift(root: Path, _: Estimates) -> Estimates:
    chats = read_tiage(root)
    return (*fit_drift("TIAGE", turns(chats))[0], fit_distance("TIAGE", closeness_of_shifts(chats)))


def _unasked(root: Path, _: Estimates) -> Estimates:
    return fit_unasked("ProactiveAgent", read_proactive(root))[:1]


def _replies(root: Path, earlier: Estimates) -> Estimates:
    return fit_replies(CORPUS, donations(root), earlier)


def _walking_away(root: Path, earlier: Estimates) -> Estimates:
    return (fit_base(walkers(read_casino(root)), corpus_script(donations(root)), earlier),)


def _resisting(root: Path, earlier: Estimates) -> Estimates:
    return (fit_resisting(CORPUS, donations(root, strict=True), earlier),)


def _outcome(root: Path, earlier: Estimates) -> Estimates:
    coded = donations(root)
    return fit_outcome(CORPUS, replay_world(earlier), coded, coded.facts["gave"])


def _asking_back(root: Path, _: Estimates) -> Estimates:
    return fit_asking_back("STAR", read_star(root), label_map("star"), donations(root))


def _mind_changes(root: Path, _: Estimates) -> Estimates:
    return (fit_mind_changes("STAR", read_star(root)),)


STEPS: Mapping[str, Callable[[Path, Estimates], Estimates]] = {
    "measured effects": _measured,
    "satisfaction": _satisfaction,
    "answers": _answers,
    "leaving": _leaving,
    "topic drift": _drift,
    "unasked help": _unasked,
    "replies": _replies,
    "walking away": _walking_away,
    "the stricter reading": _resisting,
    "saying and doing": _outcome,
    "asking back": _asking_back,
    "changes of mind": _mind_changes,
}
"""The steps of a fit in their order: from the corpora's folder and what was found before to estimates."""
