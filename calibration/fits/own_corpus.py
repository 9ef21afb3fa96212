"""People fitted to a corpus of the user's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calibration.corpora.coded import code
from calibration.corpora.labels import load_labels
from calibration.corpora.readers.own import read_jsonl
from calibration.fits.estimates import Estimate, tables
from calibration.fits.replies import fit_replies
from calibration.fits.response import TOO_FEW, TRAITS_OF
from calibration.fits.types_of_people import SHARES
from dialogue_env.acts import Family


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
