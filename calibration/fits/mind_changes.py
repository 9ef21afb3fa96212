"""How often people change their mind."""

import numpy as np

from calibration.corpora.dialogues import Log
from calibration.fits.estimates import Estimate
from rewards.errors import InputError


def fit_mind_changes(where: str, log: Log) -> Estimate:
    """Return the chance per exchange that people change their mind, of those left to themselves (STAR's ordinary scenarios).

    Raises InputError if nobody is left to themselves, or none of them or all of them change it.
    """
    asked = [dialogue for dialogue in log.dialogues if dialogue.facts.get("happy") == 1 and "changed_mind" in dialogue.facts]
    changed = np.array([dialogue.facts["changed_mind"] for dialogue in asked])
    if not 0 < changed.sum() < len(changed):
        raise InputError(f"{where}: {int(changed.sum())} of {len(changed)} people change their mind; a rate needs some who do and some who do not")
    length = float(np.mean([len(dialogue.exchanges) for dialogue in asked]))
    share, rate = changed.mean(), 1.0 - (1.0 - changed.mean()) ** (1.0 / length)
    error = float(np.sqrt(share * (1 - share) / len(asked)) * (1 - rate) / (length * (1 - share)))
    return Estimate("types.mind_change", float(rate), error, len(asked), where, f"share {share:.3f} of dialogues of {length:.1f} exchanges on average")
