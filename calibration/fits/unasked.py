"""Unasked help: how often silence hides a need, and how often an unasked proposal is taken."""

import numpy as np
import pandas as pd

from calibration.fits.estimates import Estimate
from rewards.errors import InputError

FEWEST = 30


def fit_unasked(where: str, table: pd.DataFrame) -> tuple[Estimate, ...]:
    """Return P(stuck | silent) and P(accepted | proposed unasked), with standard errors between contexts.

    ``table`` has a row per moment: ``context``, ``proposed``, ``accepted`` and ``help_needed``. Contexts
    recur, so moments of one are no independent observations.
    """
    silent, proposed = table[~table["proposed"]], table[table["proposed"]]
    if min(len(silent), len(proposed)) < FEWEST:
        raise InputError(f"{where}: {len(silent)} silences and {len(proposed)} proposals; at least {FEWEST} of each are needed")
    return (
        _share("person.thinking.stuck", silent, "help_needed", where),
        _share("reference.unasked_proposals_accepted", proposed, "accepted", where),
    )


def _share(key: str, rows: pd.DataFrame, column: str, where: str) -> Estimate:
    share = float(rows[column].mean())
    excess = (rows[column].astype(float) - share).groupby(rows["context"]).sum()
    error = float(np.sqrt((excess**2).sum()) / len(rows))
    return Estimate(key, share, error, len(rows), where, "share, standard error between contexts")
