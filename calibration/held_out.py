"""The accommodation battery on people that the simulated ones were not fitted to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from calibration.battery import MEASURES, Human, Z, measured
from calibration.comparisons.persuasion import Persuasion
from calibration.donations import CORPUS
from calibration.scripts import corpus_script
from calibration.splits import halves
from calibration.user_models import RecordedPeople, SimulatedPeople

COPIES, SEED = 20, 9
LEFT_OUT = ("walk_away",)
"""The people of the corpus were paid to stay."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """The battery over random halves: people fitted to one, beside the real people of the other."""

    kindness: dict[str, float]  # by measure: mean over splits, in half bands of so many people; beyond 1 is red
    green: tuple[int, ...]  # measures that are green in each split
    between_people: tuple[int, ...]  # the same of the real people of the first half, in the first half's place


def held_out_battery(comparison: Persuasion, splits: int, seed: int, tick: Callable[[], Any] = lambda: None) -> HeldOut:
    """Return the battery of people fitted to random halves of a corpus, each on the other half."""
    kindness: dict[str, list[float]] = {measure.name: [] for measure in MEASURES if measure.name not in LEFT_OUT}
    green, between = [], []
    for train, held in halves(comparison.groups, splits, seed):
        real, others = (measured(_recorded(comparison, rows)) for rows in (held, train))
        humans = {name: Human(found.value, found.half / Z, len(held), CORPUS) for name, found in real.items() if name in kindness}
        script = corpus_script(comparison.coded.take(held))
        model = SimulatedPeople("people", comparison.world(train))
        met = measured(model.meet(script.take(np.tile(np.arange(len(script)), COPIES)), SEED))
        row = {measure.name: humans[measure.name].kindness(measure, met[measure.name].value) for measure in MEASURES if measure.name in kindness}
        for name, value in row.items():
            kindness[name].append(value)
        green.append(sum(abs(value) <= 1.0 for value in row.values()))
        between.append(sum(abs(humans[measure.name].kindness(measure, others[measure.name].value)) <= 1.0 for measure in MEASURES if measure.name in kindness))
        tick()
    return HeldOut({name: float(np.mean(values)) for name, values in kindness.items()}, tuple(green), tuple(between))


def _recorded(comparison: Persuasion, rows: Any) -> Any:
    coded = comparison.coded.take(rows)
    return RecordedPeople("people", coded, "gave").meet(corpus_script(coded), 0)
