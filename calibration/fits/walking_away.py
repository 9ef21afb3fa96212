"""How often people walk away at all: the intercept of leaving, which the calls that ``leaving`` is fitted to cannot tell."""

import numpy as np

from calibration.corpora.dialogues import Log
from calibration.fits.dial import dial
from calibration.fits.estimates import Estimate
from calibration.fits.worlds import replay_world
from calibration.scripts import Script
from calibration.user_models import SimulatedPeople
from dialogue_env.acts import Reply
from dialogue_env.types import Bools

LOWEST, HIGHEST = -14.0, 0.0
COPIES, SEED = 20, 3


def walkers(games: Log) -> Bools:
    """Return who walks away from the bargain, [n], of CaSiNo's people."""
    return np.array([any("walk-away" in exchange.person for exchange in dialogue.exchanges) for dialogue in games.dialogues])


def fit_base(walked: Bools, agent: Script, earlier: tuple[Estimate, ...]) -> Estimate:
    """Return the intercept of leaving with which as many walk out on the ``agent`` of P4G as walked away in CaSiNo, ``walked`` [n]."""
    script = agent.take(np.tile(np.arange(len(agent)), COPIES))

    def walking(base: float) -> float:
        met = SimulatedPeople("people", replay_world(earlier, base)).meet(script, SEED)
        return float((met.reply == Reply.LEAVE).any(axis=1).mean())

    base = dial(walking, float(walked.mean()), LOWEST, HIGHEST)
    share, count = float(walked.mean()), len(walked)
    error = float(1.0 / np.sqrt(count * share * (1.0 - share)))
    return Estimate("person.leaving.base", base, error, count, "CaSiNo", f"{share:.3f} walk out of replays of PersuasionForGood, as walked away here")
