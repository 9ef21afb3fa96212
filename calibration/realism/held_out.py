"""The accommodation battery on people that the simulated ones were not fitted to."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from calibration.battery.human import Human, Z
from calibration.battery.measures import MEASURES, measured
from calibration.realism.comparisons.persuasion import Persuasion
from calibration.realism.splits import halves
from calibration.scripts import corpus_script
from calibration.user_models import RecordedPeople, SimulatedPeople
from dialogue_env.types import I64
from evaluation.bootstrap import Estimate

COPIES, SEED = 20, 9
TOLD = tuple(measure for measure in MEASURES if measure.name != "walk_away")
"""The people of the corpus were paid to stay."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """The battery over random halves of a corpus; kindness beyond 1 or -1 is red."""

    people: tuple[Mapping[str, float], ...]  # by split: each measure's kindness of people fitted to one half, beside the real ones of the other
    real: tuple[Mapping[str, float], ...]  # the same of the real people of the first half, in their place

    def green(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return how many measures are green in each split: of the fitted people, and of real ones."""
        return _green(self.people), _green(self.real)


def held_out_battery(comparison: Persuasion, splits: int, seed: int) -> HeldOut:
    """Return the battery of people fitted to random halves of a corpus, and of the real people of those halves, on the other halves."""
    people, real = [], []
    for train, held in halves(comparison.groups, splits, seed):
        humans = {name: Human(found.value, found.half / Z, len(held), comparison.corpus) for name, found in _recorded(comparison, held).items()}
        people.append(_kindness(humans, _simulated(comparison, train, held)))
        real.append(_kindness(humans, _recorded(comparison, train)))
    return HeldOut(tuple(people), tuple(real))


def _recorded(comparison: Persuasion, rows: I64) -> Mapping[str, Estimate]:
    coded = comparison.coded.take(rows)
    return measured(RecordedPeople("people", coded, "gave").meet(corpus_script(coded), 0))


def _simulated(comparison: Persuasion, train: I64, held: I64) -> Mapping[str, Estimate]:
    script = corpus_script(comparison.coded.take(np.tile(held, COPIES)))
    return measured(SimulatedPeople("people", comparison.world(train)).meet(script, SEED))


def _kindness(humans: Mapping[str, Human], found: Mapping[str, Estimate]) -> Mapping[str, float]:
    return {measure.name: humans[measure.name].kindness(measure, found[measure.name].value) for measure in TOLD}


def _green(rows: tuple[Mapping[str, float], ...]) -> tuple[int, ...]:
    return tuple(sum(abs(value) <= 1.0 for value in row.values()) for row in rows)
