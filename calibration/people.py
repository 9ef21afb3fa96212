"""The fitted people: every estimate from every corpus, put together into the tables of a population file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from calibration.answers import fit_answers, fit_refusal, sort_answers
from calibration.battery import human_figures, walkers, write_human
from calibration.coded import Coded, code
from calibration.commitment import fit_outcome
from calibration.drift import fit_drift, turns
from calibration.estimates import DIGITS, Estimate, tables
from calibration.labels import label_map, load_labels
from calibration.leaving import LEAVING, fit_leaving, periods
from calibration.readers.ab_redial import read_dialogue_ratings, read_turn_ratings
from calibration.readers.betold import read_betold
from calibration.readers.casino import read_casino
from calibration.readers.own import read_jsonl
from calibration.readers.p4g import read_annotated
from calibration.readers.proactive import read_proactive
from calibration.readers.qulac import read_qulac
from calibration.readers.star import read_star
from calibration.readers.tiage import read_tiage
from calibration.recentre import recentre, split_catch_all
from calibration.response import TOO_FEW, TRAITS_OF, fit_response
from calibration.satisfaction import fit_length, fit_quality, fit_stickiness
from calibration.scripts import Script, corpus_script, persuader
from calibration.unasked import fit_unasked
from calibration.user_models import SimulatedPeople
from dialogue_env import build_world, load_domain
from dialogue_env.acts import Family, UserAct
from dialogue_env.files import read_toml
from dialogue_env.population import population_of
from dialogue_env.world import World

ASSUMED = Path(__file__).parent / "assumed.toml"
DOMAIN = "donation"
"""The domain that dialogues are replayed in."""
PAID_TO_STAY = -50.0
"""Logit of leaving in replays: crowd workers are paid to finish, so their lengths say nothing of patience."""


@dataclass(frozen=True, slots=True)
class People:
    """What a fit found: the tables of a population file, and the estimates behind them."""

    tables: Mapping[str, Any]
    estimates: tuple[Estimate, ...]
    outcome: tuple[Estimate, ...]  # of the donation domain


def fit_people(root: Path, advance: Callable[[str], object]) -> People:
    """Fit everything from the corpora below ``root``; ``advance`` is told each step's name. Raises InputError."""
    found: tuple[Estimate, ...] = ()
    for name, step in (("satisfaction", _satisfaction), ("answers", _answers), ("leaving", _leaving), ("topic drift", _drift), ("unasked help", _unasked)):
        advance(name)
        found += step(root)
    advance("reading dialogues")
    coded = code(read_annotated(root), label_map("p4g"), "P4G")
    advance("replies")
    found += fit_replies("P4G", coded, found)
    advance("walking away")
    found += (fit_base(walkers(read_casino(root)), corpus_script(coded), found),)
    advance("saying and doing")
    outcome = fit_outcome("P4G", replay_world(found), coded, coded.facts["gave"])
    advance("changes of mind")
    found = (*found, mind_changes(root))
    return People(tables(found) | populations(traits(found)), found, outcome)


@dataclass(frozen=True, slots=True)
class OwnPeople:
    """What a fit to a corpus of the user's own found, and what it could not tell."""

    tables: Mapping[str, Any]
    estimates: tuple[Estimate, ...]
    warnings: tuple[str, ...]


def fit_own(path: Path, labels: Path) -> OwnPeople:
    """Fit how people reply to the dialogues of a .jsonl file; what it cannot tell stays as shipped, with a warning. Raises InputError."""
    log = read_jsonl(path)
    coded = code(log, load_labels(labels), str(path))
    found = fit_replies(path.name, coded)
    own = tables(found)
    warnings = [f"{reason}: {count} dialogues left out" for reason, count in log.dropped.items()]
    warnings += [f"{estimate.key}: {estimate.method} ({estimate.count} seen)" for estimate in found if estimate.method.startswith(TOO_FEW)]
    warnings += [f"{trait}: too few replies to tell people apart; its coefficient stays as shipped" for trait in untold(found)]
    unseen = sorted({family.name for family in Family} - own["person"]["bias"].keys())
    warnings += [f"{', '.join(unseen)}: no replies to fit; these biases stay as shipped"] if unseen else []
    return OwnPeople(own | {"populations": {path.stem: SHARES}}, found, tuple(warnings))


def untold(estimates: tuple[Estimate, ...]) -> tuple[str, ...]:
    """Return the traits whose coefficients the estimates lack."""
    keys = {estimate.key for estimate in estimates}
    return tuple(trait for trait, acts in TRAITS_OF.items() if f"person.response.{acts[-1].name}.{trait}" not in keys)


def human_file(root: Path, path: Path) -> None:
    """Write the human figures of the accommodation battery, and the table of PersuasionForGood's agents."""
    coded = code(read_annotated(root), label_map("p4g"), "P4G")
    write_human(path, human_figures(coded, read_casino(root)), persuader(coded))


def fit_replies(where: str, coded: Coded, earlier: tuple[Estimate, ...] = ()) -> tuple[Estimate, ...]:
    """Return all estimates of how the people of ``coded`` reply; ``earlier`` estimates go over what is shipped."""
    catch_all = read_toml(ASSUMED)["catch_all"]
    fitted = split_catch_all(fit_response(where, replay_world(earlier), coded), catch_all)
    return recentre(fitted, coded, lambda own: replay_world((*earlier, *own)))


def replay_world(estimates: tuple[Estimate, ...], base: float = PAID_TO_STAY, domain: str = DOMAIN) -> World:
    """Return the world for replays of the ``estimates`` (over what is shipped), without noise; with the default ``base`` nobody leaves."""
    own = tables(estimates)
    person = dict(own.get("person", {}))
    person["leaving"] = {**person.get("leaving", {}), "base": base}
    population = population_of("the fit", {"person": person, "types": {"person": traits(estimates)}, "populations": {"people": {"person": 1.0}}})
    return build_world(load_domain(domain), population, 0.0)


def traits(estimates: tuple[Estimate, ...]) -> dict[str, Any]:
    """Return the traits of a person: what is assumed, and even ranges about the fitted means (``types.NAME``)."""
    means = tables(estimates).get("types", {})
    return read_toml(ASSUMED)["traits"] | {name: [0.0, round(2.0 * mean, DIGITS)] for name, mean in means.items()}


def fit_base(walked: npt.NDArray[np.bool_], agent: Script, earlier: tuple[Estimate, ...]) -> Estimate:
    """Return the intercept of leaving with which as many walk out on the ``agent`` of P4G as walked away in CaSiNo, ``walked`` [n]."""
    low, high, script = LOWEST_BASE, HIGHEST_BASE, agent.take(np.tile(np.arange(len(agent)), BASE_COPIES))
    for _ in range(HALVINGS):
        base = (low + high) / 2.0
        met = SimulatedPeople("people", replay_world(earlier, base)).meet(script, 3)
        low, high = (low, base) if (met.reply == UserAct.LEAVE).any(axis=1).mean() > walked.mean() else (base, high)
    share, count = float(walked.mean()), len(walked)
    error = float(1.0 / np.sqrt(count * share * (1.0 - share)))
    return Estimate(
        "person.leaving.base", (low + high) / 2.0, error, count, "CaSiNo", f"{share:.3f} walk out of replays of PersuasionForGood, as walked away here"
    )


def populations(own: dict[str, Any]) -> dict[str, Any]:
    """Return types and populations: the fitted people, whose other traits are ``own``, by bands of resistance, and their upper tails."""
    types = {name: own | {"resistance": {"normal": NORMAL, "between": band}} for name, band in BANDS.items()}
    for percent, tail in TAILS.items():
        types[f"people_tail_{percent}"] = own | {
            trait: {"normal": NORMAL, "between": tail if up else [round(1 - end, 2) for end in tail[::-1]]} for trait, up in WORSE.items()
        }
    return {"types": types, "populations": {"people": SHARES}}


LOWEST_BASE, HIGHEST_BASE, HALVINGS, BASE_COPIES = -14.0, 0.0, 14, 20
NORMAL = [0.5, 0.167]
BANDS = {"people_open": [0.0, 0.5], "people_wary": [0.5, 0.9], "people_opposed": [0.9, 1.0]}
SHARES = {name: round(high - low, 2) for name, (low, high) in BANDS.items()}
"""The people by resistance: the lower half, the next two fifths, the upper tenth. Together they are the fitted distribution."""
TAILS = {"90": [0.9, 1.0], "99": [0.99, 1.0]}
WORSE = {"resistance": True, "drift": True, "cooperativeness": False}
"""The fitted traits that make a person hard, and whether more of them does."""


def mind_changes(root: Path) -> Estimate:
    """Return the chance per exchange that people change their mind, of those left to themselves (STAR's ordinary scenarios)."""
    asked = [dialogue for dialogue in read_star(root).dialogues if dialogue.facts.get("happy") == 1 and "changed_mind" in dialogue.facts]
    changed = np.array([dialogue.facts["changed_mind"] for dialogue in asked])
    length = float(np.mean([len(dialogue.exchanges) for dialogue in asked]))
    share, rate = changed.mean(), 1.0 - (1.0 - changed.mean()) ** (1.0 / length)
    error = float(np.sqrt(share * (1 - share) / len(asked)) * (1 - rate) / (length * (1 - share)))
    return Estimate("types.mind_change", float(rate), error, len(asked), "STAR", f"share {share:.3f} of dialogues of {length:.1f} exchanges on average")


def _satisfaction(root: Path) -> tuple[Estimate, ...]:
    ratings = read_turn_ratings(root)
    rho, _, _ = fit_stickiness("AB-ReDial", ratings, read_dialogue_ratings(root))
    return (rho, *fit_quality("AB-ReDial", ratings), fit_length("CaSiNo", read_casino(root)))


def _answers(root: Path) -> tuple[Estimate, ...]:
    constants, table = replay_world(()).person.constants, sort_answers(read_qulac(root))
    vagueness = float(np.mean(read_toml(ASSUMED)["traits"]["vagueness"]))
    refusal = fit_refusal("Qulac", table, float(constants["answers"]["refusal_relevance"]))
    return (refusal, *fit_answers("Qulac", table, float(constants["wish"]["dont_care"]), vagueness))


def _leaving(root: Path) -> tuple[Estimate, ...]:
    return fit_leaving("BETOLD", periods(read_betold(root), read_toml(LEAVING)))[0]


def _drift(root: Path) -> tuple[Estimate, ...]:
    return fit_drift("TIAGE", turns(read_tiage(root)))[0]


def _unasked(root: Path) -> tuple[Estimate, ...]:
    return fit_unasked("ProactiveAgent", read_proactive(root))[:1]
