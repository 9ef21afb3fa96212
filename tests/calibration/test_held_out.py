"""The battery on held-out people, with the shipped people in place of those fitted to each half."""

import numpy as np
import pytest

from calibration.battery import MEASURES
from calibration.coded import Coded
from calibration.comparisons.persuasion import Persuasion
from calibration.held_out import LEFT_OUT, held_out_battery
from calibration.scripts import draw_scripts, load_persuader
from calibration.splits import halves
from calibration.user_models import SimulatedPeople
from calibration.worlds import replay_world
from dialogue_env.acts import UserAct


@pytest.fixture(scope="module")
def found():
    """Return the battery over two splits of 200 dialogues that shipped people had, beside shipped people."""
    world, script = replay_world(()), draw_scripts(load_persuader(), 200, 3)
    met = SimulatedPeople("people", world).meet(script, 8)
    assert not (met.reply == UserAct.LEAVE).any()
    gave = (np.random.default_rng(0).random(200) < met.acted).astype(float)
    blank = np.full(script.family.shape, np.nan)
    comparison = Persuasion(Coded(np.arange(200).astype(str), script.family, script.variant, met.reply, blank, blank, {"gave": gave}))
    for train, _ in halves(comparison.groups, 2, 0):
        comparison._worlds[train.tobytes()] = world
    ticks: list[int] = []
    result = held_out_battery(comparison, 2, 0, lambda: ticks.append(1))
    assert len(ticks) == 2
    return result


def test_every_measure_but_walking_out_is_told(found):
    assert set(found.kindness) == {measure.name for measure in MEASURES} - set(LEFT_OUT)
    assert all(np.isfinite(value) for value in found.kindness.values())


def test_people_are_as_close_to_themselves_as_two_halves_of_them(found):
    assert min(found.green) >= 7
    assert min(found.between_people) >= 7
    assert max(found.green + found.between_people) <= len(found.kindness)
