"""How well the agent's acts alone foretell the outcome: weakly, among people."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from calibration.corpora.donations import donations
from calibration.fits.worlds import PAID_TO_STAY
from calibration.realism.splits import resample_units
from calibration.replay import script, simulate
from dialogue_env import build_world, load_domain, load_population
from dialogue_env.person.model import load_person
from dialogue_env.types import F64, I64, Bools

FOLDS, REPEATS = 10, 5
COPIES, SEED = 10, 3
RESAMPLES = 200


def act_counts(acts: I64) -> F64:
    """Return how often each act occurs in dialogues [n, L] of acts from 0 (-1: over), [n, acts]."""
    return np.stack([(acts == act).sum(axis=1) for act in range(int(acts.max()) + 1)], axis=1).astype(np.float64)


def foretold(acts: I64, reached: Bools, groups: I64) -> tuple[float, float, float]:
    """Return the cross-validated area under the curve of ``reached`` [n] from act counts, with a 95 % bootstrap interval over groups.

    A logistic regression on standardised counts; .5 is chance. Dialogues of one of the ``groups`` [n] are never
    on both sides of a fold, and are resampled together.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 -- slow to import
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415
    from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415

    counts, model = act_counts(acts), make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
    folds = [StratifiedGroupKFold(FOLDS, shuffle=True, random_state=repeat) for repeat in range(REPEATS)]
    scores = [cross_val_predict(model, counts, reached, groups=groups, cv=fold, method="predict_proba")[:, 1] for fold in folds]
    weights = resample_units(groups, 0)[:RESAMPLES]
    areas = [np.mean([roc_auc_score(reached, score, sample_weight=weight) for score in scores]) for weight in weights]
    low, high = np.percentile(areas[1:], [2.5, 97.5])
    return float(areas[0]), float(low), float(high)


def outcome_from_strategy(root: Path) -> dict[str, tuple[float, float, float]]:
    """Return ``foretold`` for the donations of PersuasionForGood, of people as recorded and as simulated on the same agent's sides.

    The simulated people stay to the end, as the real ones were paid to.
    """
    coded, people = donations(root), load_population("people")
    staying = replace(people, person=load_person({"leaving": {"base": PAID_TO_STAY}}))
    world = build_world(load_domain("donation"), staying, 0.0)
    acts, groups = script(world, coded.family, coded.variant), np.arange(len(coded))
    chance = simulate(world, acts, SEED, COPIES).acts_on_it
    gave = np.random.default_rng(SEED).random(len(chance)) < chance
    return {
        "people of the corpus": foretold(acts, coded.facts["gave"] > 0, groups),
        "simulated people": foretold(np.repeat(acts, COPIES, axis=0), gave, np.repeat(groups, COPIES)),
    }
