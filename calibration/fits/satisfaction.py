"""Satisfaction: what makes an exchange good, how sticky the state is, and how noisily an observer sees it.

From recommendation dialogues in which observers rated three exchanges each for relevance (0-4), interest
(1-3) and satisfaction (1-5), and then the whole dialogue (1-5). An exchange's rating shows its quality; the
rating of the whole weighs later exchanges more, as a state does that keeps ``rho`` of itself each time.
The latter is also seen in chats whose partners rated every message and the whole (1-5).
"""

import warnings
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from calibration.corpora.dialogues import Log
from calibration.fits.estimates import Estimate
from dialogue_env.draws import LOGISTIC_SCALE
from dialogue_env.types import F64
from rewards.errors import InputError

PLACES = (1, 2, 3)
"""The exchanges of a dialogue that were rated, in their order."""
LAST_TEN = tuple(range(10, 0, -1))
"""The last ten exchanges of a chat in their order: ``place`` counts back from its end, and all chats are that long."""
FEWEST_RATINGS = 100
METHOD = "maximum likelihood of rounded and cut ratings"


def fit_quality(where: str, turns: pd.DataFrame) -> tuple[Estimate, ...]:
    """Return ``base``, ``relevance`` and ``interest`` of an exchange's quality, and the observer's noise (a standard deviation in steps).

    Relevance and interest are the means over the observers of an exchange, so that one observer's mood does
    not explain their own rating. Raises InputError if there are too few ratings or the fit does not converge.
    """
    if len(turns) < FEWEST_RATINGS:
        raise InputError(f"{where}: {len(turns)} ratings of exchanges; at least {FEWEST_RATINGS} are needed")
    by_exchange = turns.groupby(["dialogue", "place"])
    relevance = by_exchange["relevance"].transform("mean").to_numpy() / 4.0
    interest = (by_exchange["interest"].transform("mean").to_numpy() - 1.0) / 2.0
    values, errors = _fit_rating(
        where, turns["satisfaction"].to_numpy(np.float64), lambda theta: theta[0] + theta[1] * relevance + theta[2] * interest, (0.3, 0.4, 0.2)
    )
    keys = ("person.satisfaction.base", "person.satisfaction.relevance", "person.satisfaction.interest", "person.rating.noise")
    return tuple(Estimate(key, value, error, len(turns), where, METHOD) for key, value, error in zip(keys, values, errors, strict=True))


def fit_length(where: str, games: Log) -> Estimate:
    """Return what ten exchanges more do to satisfaction (0 to 1): least squares of the end rating on messages, given both sides' points.

    Two messages are an exchange. Standard error clustered by game.
    """
    import statsmodels.api as sm  # noqa: PLC0415 -- slow to import

    facts = pd.DataFrame([{"game": dialogue.name.rpartition(":")[0], **dialogue.facts} for dialogue in games.dialogues])
    design = sm.add_constant(facts[["messages", "points", "partner_points"]])
    groups = facts["game"].astype("category").cat.codes
    fitted = sm.OLS((facts["rating"] - 1.0) / 4.0, design).fit(cov_type="cluster", cov_kwds={"groups": groups})
    method = "least squares of the end rating, given the points; 20 messages"
    return Estimate("person.satisfaction.length", 20.0 * float(fitted.params["messages"]), 20.0 * float(fitted.bse["messages"]), len(facts), where, method)


def _fit_rating(where: str, rating: F64, level: Callable[[F64], F64], start: tuple[float, ...]) -> tuple[list[float], list[float]]:
    """Return estimates and standard errors of the parameters of ``level`` (0 to 1) and of the noise, by maximum likelihood.

    A rating is ``dialogue_env.channel.rating``: 1 + 4 level plus logistic noise, rounded and cut to 1..5.
    """
    from scipy.special import expit  # noqa: PLC0415
    from statsmodels.base.model import GenericLikelihoodModel  # noqa: PLC0415 -- slow to import

    edges = np.array([-np.inf, 1.5, 2.5, 3.5, 4.5, np.inf])
    step = rating.astype(np.int64)

    class Ordered(GenericLikelihoodModel):  # type: ignore[misc]
        def loglikeobs(self, params: F64) -> F64:
            middle, scale = 1.0 + 4.0 * level(params[:-1]), np.exp(params[-1]) * LOGISTIC_SCALE
            share = expit((edges[step] - middle) / scale) - expit((edges[step - 1] - middle) / scale)
            return np.log(np.maximum(share, 1e-12))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about degrees of freedom, which are not used
        blank = np.ones((len(rating), len(start) + 1))
        fitted = Ordered(rating, blank).fit(start_params=np.array([*start, 0.0]), method="bfgs", disp=0, maxiter=500)
    if not fitted.mle_retvals["converged"] or not np.isfinite(fitted.bse).all():
        raise InputError(f"{where}: the model of ratings does not converge")
    *own, log_noise = (float(value) for value in fitted.params)
    *errors, error = (float(value) for value in fitted.bse)
    noise = float(np.exp(log_noise))
    return [*own, noise], [*errors, noise * error]


def fit_stickiness(where: str, turns: pd.DataFrame, dialogues: pd.DataFrame, places: Sequence[int] = PLACES) -> tuple[Estimate, float, float]:
    """Return ``rho``, where the state starts, and the noise of the whole's rating; raises InputError if the fit does not converge.

    ``places`` are the exchanges in their order. Observers who did not rate all of these and the whole are left out.
    The start takes in how much kinder the rating of the whole is than those of the exchanges, so it may lie outside [0, 1].
    """
    wide = turns.pivot_table(index=["dialogue", "annotator"], columns="place", values="satisfaction")[list(places)]
    joined = wide.join(dialogues.set_index(["dialogue", "annotator"])["rating"]).dropna()
    exchanges = (joined[list(places)].to_numpy(np.float64) - 1.0) / 4.0
    values, errors = _fit_rating(where, joined["rating"].to_numpy(np.float64), lambda theta: end(theta[0], theta[1], exchanges), (0.5, 0.8))
    rho = Estimate("person.satisfaction.rho", values[0], errors[0], len(joined), where, f"{METHOD} of the rating of the whole")
    return rho, values[1], values[2]


def end(rho: float, start: float, exchanges: F64) -> F64:
    """Return the state [n] after exchanges of quality [n, K]: each time ``s' = rho s + (1 - rho) quality``."""
    state = np.full(len(exchanges), start)
    for quality in exchanges.T:
        state = rho * state + (1.0 - rho) * quality
    return state
