"""When people leave: a discrete-time hazard, fitted to telephone calls that end in a hang-up or a demand for a human.

The calls were sampled so that one in three breaks down, and only late break-downs count (a call has at
least ``LATE`` exchanges). Odds ratios survive such sampling, the intercept does not: it stays a dial.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from calibration.corpora.dialogues import Dialogue, Log
from calibration.fits.estimates import Estimate
from dialogue_env.files import check_keys, texts
from dialogue_env.person.meaning import MOST_REPEATS
from dialogue_env.person.replies import WORST_FAILURES
from dialogue_env.types import F64
from rewards.errors import InputError

LEAVING = Path(__file__).parent / "leaving.toml"
"""Labels that say how a call is going."""
FEWEST_EVENTS = 50
LATE = 7
"""Exchanges before anybody in BETOLD can be counted as leaving."""
TERMS = ("failure", "earlier_failures", "repetition", "unrecognised", "negations", "turn")
CAP = {"earlier_failures": WORST_FAILURES, "repetition": int(MOST_REPEATS)}
"""Counts beyond these count no more, as in the simulator's hazard."""


def periods(log: Log, signs: Mapping[str, object]) -> pd.DataFrame:
    """Return a row per exchange at which a call could be left: ``call``, the columns of ``TERMS``, and ``left``.

    ``signs`` lists the labels of the agent's ``failures`` and of the person's ``unrecognised`` turns and
    ``negations``. The last exchange of a call with the fact ``left`` is the one at which it was left.
    """
    check_keys("leaving", signs, ("failures", "unrecognised", "negations"))
    kinds = {name: frozenset(texts(f"leaving.{name}", labels)) for name, labels in signs.items()}
    rows = [row for d, dialogue in enumerate(log.dialogues) for row in _periods(d, dialogue, kinds)]
    return pd.DataFrame(rows, columns=["call", *TERMS, "left"]).astype({"left": bool})


def _periods(call: int, dialogue: Dialogue, kinds: Mapping[str, frozenset[str]]) -> Iterator[tuple[int, ...]]:
    prompts: Counter[str] = Counter()
    failures = unrecognised = negations = 0
    last = len(dialogue.exchanges) - 1
    for turn, exchange in enumerate(dialogue.exchanges):
        failed = int(not kinds["failures"].isdisjoint(exchange.agent))
        repeats = max((prompts[label] for label in exchange.agent), default=0)
        if turn >= LATE:
            counts = (min(failures, CAP["earlier_failures"]), min(repeats, CAP["repetition"]), unrecognised, negations)
            yield call, failed, *counts, turn, int(dialogue.facts["left"] == 1 and turn == last)
        prompts.update(exchange.agent)
        failures += failed
        unrecognised += not kinds["unrecognised"].isdisjoint(exchange.person)
        negations += not kinds["negations"].isdisjoint(exchange.person)


def fit_leaving(where: str, table: pd.DataFrame, known: F64) -> tuple[tuple[Estimate, ...], float]:
    """Return the log odds ratios, and the intercept of these calls; standard errors are clustered by call.

    ``known`` [rows of the table] is what adds to the logit beside them: failures also annoy, and what that does must not
    count twice. Raises InputError if there are fewer than ``FEWEST_EVENTS`` people who left or the fit does not converge.
    """
    import statsmodels.api as sm  # noqa: PLC0415 -- slow to import

    events = int(table["left"].sum())
    if events < FEWEST_EVENTS:
        raise InputError(f"{where}: {events} people left; a hazard of {len(TERMS)} terms needs at least {FEWEST_EVENTS}")
    design = sm.add_constant(table[list(TERMS)].astype(float))
    model = sm.GLM(table["left"].astype(float), design, family=sm.families.Binomial(), offset=known)
    fitted = model.fit(cov_type="cluster", cov_kwds={"groups": table["call"]})
    if not fitted.converged:
        raise InputError(f"{where}: the hazard of leaving does not converge")
    method = "discrete-time hazard, given annoyance and satisfaction; standard error clustered by call"
    estimates = tuple(Estimate(f"person.leaving.{term}", float(fitted.params[term]), float(fitted.bse[term]), len(table), where, method) for term in TERMS)
    return estimates, float(fitted.params["const"])
