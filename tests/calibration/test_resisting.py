"""The harder reading of the same people: one number, the mean of a trait."""

import numpy as np
import pytest

from calibration.corpora.coded import Coded
from calibration.fits.resisting import KEY, fit_resisting
from calibration.fits.worlds import replay_world
from calibration.replay import script, simulate
from dialogue_env.acts import Family, Reply


def talks(resistance: float) -> Coded:
    """Return dialogues with people of a mean resistance."""
    family = np.random.default_rng(0).choice([Family.INFORM, Family.PROPOSE], (80, 8))
    variant, blank = np.where(family == Family.INFORM, "logical_appeal", ""), np.full(family.shape, np.nan)
    world = replay_world((), resistance=resistance)
    reply = simulate(world, script(world, family, variant), 9, 1).reply
    return Coded(np.arange(80).astype(str), family, variant, reply, blank, blank, {})


@pytest.mark.parametrize("resistance", [0.6, 0.75])
def test_the_mean_is_found_again(resistance: float) -> None:
    told = talks(resistance)
    found = fit_resisting("made up", told, ())
    assert (found.key, found.count) == (KEY, 640)
    assert found.value == pytest.approx(resistance, abs=0.05)
    share = float((told.reply == Reply.RESIST).mean())
    coefficient = replay_world(()).person.character[Reply.RESIST].max()
    assert found.error == pytest.approx(1.0 / np.sqrt(640 * share * (1 - share)) / coefficient)
    assert f"{share:.3f} of replies resist" in found.method
