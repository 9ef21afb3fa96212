"""Satisfaction: what makes an exchange good, how sticky the state is, and how noisily an observer sees it.

From recommendation dialogues in which observers rated three exchanges each for relevance (0-4), interest
(1-3) and satisfaction (1-5), and then the whole dialogue (1-5). An exchange's rating shows its quality; the
rating of the whole weighs later exchanges more, as a state does that keeps ``rho`` of itself each time.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibration.estimates import Estimate
from rewards.errors import InputError

Floats = npt.NDArray[np.float64]

PLACES = (1, 2, 3)
FEWEST_RATINGS = 100


def unit(rating: Floats | pd.Series) -> Floats:
    """Return ratings of 1 to 5 on the scale 0 to 1."""
    return (np.asarray(rating, np.float64) - 1.0) / 4.0


def fit_quality(where: str, turns: pd.DataFrame) -> tuple[Estimate, ...]:
    """Return ``base``, ``relevance`` and ``interest`` of an exchange's quality (least squares, clustered by dialogue), and the observer's noise.

    Relevance and interest are the means over the observers of an exchange, so that one observer's mood does
    not explain their own rating. The noise is the spread between observers of the same exchange, in steps.
    """
    import statsmodels.api as sm  # noqa: PLC0415 -- slow to import

    if len(turns) < FEWEST_RATINGS:
        raise InputError(f"{where}: {len(turns)} ratings of exchanges; at least {FEWEST_RATINGS} are needed")
    by_exchange = turns.groupby(["dialogue", "place"])
    design = pd.DataFrame(
        {
            "base": 1.0,
            "relevance": by_exchange["relevance"].transform("mean") / 4.0,
            "interest": (by_exchange["interest"].transform("mean") - 1.0) / 2.0,
        }
    )
    groups = turns["dialogue"].astype("category").cat.codes
    fitted = sm.OLS(unit(turns["satisfaction"]), design).fit(cov_type="cluster", cov_kwds={"groups": groups})
    spread = by_exchange["satisfaction"].var().dropna()
    noise, error = float(np.sqrt(spread.mean())), float(spread.std() / np.sqrt(len(spread)) / (2.0 * np.sqrt(spread.mean())))
    method = "least squares, standard error clustered by dialogue"
    quality = tuple(Estimate(f"person.satisfaction.{name}", float(fitted.params[name]), float(fitted.bse[name]), len(turns), where, method) for name in design)
    return (*quality, Estimate("person.rating.noise", noise, error, len(spread), where, "standard deviation between observers of an exchange"))


def pairs(turns: pd.DataFrame, dialogues: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return the ratings [n, 3] of the exchanges and [n] of the whole, by the same observer, on the scale 0 to 1."""
    wide = turns.pivot_table(index=["dialogue", "annotator"], columns="place", values="satisfaction")
    joined = wide.join(dialogues.set_index(["dialogue", "annotator"])["rating"]).dropna()
    return unit(joined[list(PLACES)]), unit(joined["rating"])


def fit_stickiness(where: str, turns: pd.DataFrame, dialogues: pd.DataFrame) -> tuple[Estimate, float]:
    """Return ``rho``, and where the state starts, by nonlinear least squares of the whole's rating; raises InputError if it does not converge."""
    from scipy.optimize import least_squares  # noqa: PLC0415

    exchanges, whole = pairs(turns, dialogues)
    found = least_squares(lambda theta: whole - end(theta[0], theta[1], exchanges), (0.5, 0.5), bounds=([0.0, 0.0], [0.99, 2.0]))
    if not found.success:
        raise InputError(f"{where}: the stickiness of satisfaction does not converge")
    covariance = np.linalg.inv(found.jac.T @ found.jac) * float((found.fun**2).mean())
    rho = Estimate("person.satisfaction.rho", float(found.x[0]), float(np.sqrt(covariance[0, 0])), len(whole), where, "nonlinear least squares of the whole's rating")
    return rho, float(found.x[1])


def end(rho: float, start: float, exchanges: Floats) -> Floats:
    """Return the state [n] after exchanges of quality [n, K]: each time ``s' = rho s + (1 - rho) quality``."""
    state = np.full(len(exchanges), start)
    for quality in exchanges.T:
        state = rho * state + (1.0 - rho) * quality
    return state
