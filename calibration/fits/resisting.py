"""The harder reading of the same people: how resistant they are if soft resistance counts as resistance.

How often people resist is a matter of annotation. Instead of all coefficients, which the two readings
share, the mean of the trait ``resistance`` carries the difference.
"""

import numpy as np

from calibration.corpora.coded import Coded
from calibration.fits.dial import dial
from calibration.fits.estimates import TRAIT_SD, Estimate
from calibration.fits.worlds import replay_world
from calibration.replay import script, simulate
from dialogue_env.acts import Reply

LOWEST, HIGHEST = 0.5, 1.0
COPIES, SEED = 10, 4
KEY = "types.people_resisting.resistance"


def fit_resisting(where: str, strict: Coded, earlier: tuple[Estimate, ...]) -> Estimate:
    """Return the mean resistance with which replays of ``strict``, soft resistance read as RESIST, resist as often as its people."""
    told = float((strict.reply[strict.live] == Reply.RESIST).mean())

    def resisting(mean: float) -> float:
        world = replay_world(earlier, resistance=mean)
        replies = simulate(world, script(world, strict.family, strict.variant), SEED, COPIES).reply
        return float((replies[replies >= 0] == Reply.RESIST).mean())

    coefficient = replay_world(earlier).person.character[Reply.RESIST].max()
    count = int(strict.live.sum())
    error = float(1.0 / np.sqrt(count * told * (1.0 - told)) / coefficient)
    method = f"mean of the trait (sd {TRAIT_SD:.3f}) at which {told:.3f} of replies resist, as in the stricter reading"
    return Estimate(KEY, dial(resisting, told, LOWEST, HIGHEST), error, count, where, method)
