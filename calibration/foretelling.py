"""How well the agent's acts alone foretell the outcome: weakly, among people."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from calibration.donations import donations
from calibration.replay import script, simulate
from dialogue_env import build_world, load_domain, load_population

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FOLDS, REPEATS = 10, 5
COPIES, SEED = 10, 3


def act_counts(acts: Ints) -> Floats:
    """Return how often each act occurs in dialogues [n, L] of acts from 0 (-1: over), [n, acts]."""
    return np.stack([(acts == act).sum(axis=1) for act in range(int(acts.max()) + 1)], axis=1).astype(np.float64)


def foretold(acts: Ints, reached: npt.NDArray[np.bool_]) -> tuple[float, float, float]:
    """Return the cross-validated area under the curve of ``reached`` [n] from act counts, with a 95 % interval over repeated splits and people.

    A logistic regression on standardised counts; .5 is chance. The interval is a bootstrap over dialogues of the held-out scores.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 -- slow to import
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415
    from sklearn.model_selection import StratifiedKFold, cross_val_predict  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415

    counts, model = act_counts(acts), make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
    scores = np.stack(
        [
            cross_val_predict(model, counts, reached, cv=StratifiedKFold(FOLDS, shuffle=True, random_state=repeat), method="predict_proba")[:, 1]
            for repeat in range(REPEATS)
        ]
    )
    rng = np.random.default_rng(0)
    draws = [rng.integers(0, len(reached), len(reached)) for _ in range(200)]
    areas = [np.mean([roc_auc_score(reached[rows], score[rows]) for score in scores]) for rows in draws if 0 < reached[rows].sum() < len(rows)]
    low, high = np.percentile(areas, [2.5, 97.5])
    return float(np.mean([roc_auc_score(reached, score) for score in scores])), float(low), float(high)


def outcome_from_strategy(root: Path) -> dict[str, tuple[float, float, float]]:
    """Return ``foretold`` for the donations of PersuasionForGood, of people as recorded and as simulated on the same agent's sides."""
    coded = donations(root)
    world = build_world(load_domain("donation"), load_population("people"), 0.0)
    acts = script(world, coded.family, coded.variant)
    chance = simulate(world, acts, SEED, COPIES).acts_on_it
    gave = np.random.default_rng(SEED).random(len(chance)) < chance
    return {"people of the corpus": foretold(acts, coded.facts["gave"] > 0), "simulated people": foretold(np.repeat(acts, COPIES, axis=0), gave)}
