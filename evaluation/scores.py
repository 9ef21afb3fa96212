"""One row per cell: every measure with its interval, and what made it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from evaluation.bootstrap import Estimate, estimates
from evaluation.grid import Cell, Setting
from evaluation.measures import MEASURES, sample_of
from rewards import PRESETS, RewardWeights


@dataclass(frozen=True, slots=True)
class Row:
    """The measures of one policy in one setting, by name, and all that is needed to make them again."""

    setting: Setting
    policy: str
    informed: bool  # sees the hidden person
    dialogues: int
    seed: int
    weights: RewardWeights
    command: str
    estimates: dict[str, Estimate]
    notes: dict[str, str]  # what a measure's number is about, where it has a note


def score_cells(cells: Iterable[Cell], weights: RewardWeights, command: str) -> Iterator[Row]:
    """Yield the row of each cell under ``weights``; nothing is played again."""
    for cell in cells:
        sample = sample_of(cell.dialogues, weights)
        count = len(cell.dialogues.number)
        yield Row(
            setting=cell.setting,
            policy=cell.policy,
            informed=cell.informed,
            dialogues=count,
            seed=cell.seed,
            weights=weights,
            command=command,
            estimates=estimates({measure.name: measure.statistic(sample) for measure in MEASURES}, count),
            notes={measure.name: measure.note(sample, cell.types) for measure in MEASURES if measure.note},
        )


def weights_name(weights: RewardWeights) -> str:
    """Return the preset's name where the weights are a preset, else their text."""
    return next((name for name, preset in PRESETS.items() if RewardWeights.of(preset) == weights), weights.text())
