"""Would other reward weights have changed the behaviour? Stored dialogues, gone through again by a weight-conditioned policy.

A policy plays deterministically, and a dialogue is a function of (seed, number, acts). So where
the policy would choose every act of a dialogue again under the new weights, playing it again
would give the same dialogue to the last bit; the other dialogues say nothing about the new weights.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dialogue_env.observation import Observer
from dialogue_env.world import World
from evaluation.bootstrap import Estimate, estimates, weighted_mean
from evaluation.grid import Cell, LoadPolicy, build_worlds
from evaluation.replay import replay
from evaluation.rollout import Planner, Policy, play, remember
from rewards import InputError, RewardWeights

TOLERATED = 0.05
"""Share of changed dialogues from which re-scored figures must not be read as those of the new weights."""
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Shift:
    """How far the behaviour of a cell's policy under other weights lies from what is stored."""

    cell: Cell
    judge: str  # the policy that was asked
    dialogues: Estimate  # share of dialogues in which at least one act would be another
    turns: Estimate  # share of turns at which the act would be another, up to the first such turn of each dialogue
    gain: Estimate  # return under the new weights if the judge plays the same people, less the re-scored return

    @property
    def matters(self) -> bool:
        """Whether the re-scored figures must not be read as those of the new weights."""
        return self.dialogues.high > TOLERATED


def measure_shift(cell: Cell, world: World, judge: str, load: LoadPolicy, weights: RewardWeights) -> Shift:
    """Ask the policy ``judge`` under the cell's weights and under ``weights`` what it would do in every situation of the cell.

    What the change is worth is measured by letting it play the same people under ``weights``. Raises InputError if the
    judge does not know the weights, or the world plays differently from the stored dialogues.
    """
    new = load(judge, world, weights)
    before, after = _choices(cell, world, load(judge, world, cell.weights), cell.weights), _choices(cell, world, new, weights)
    gain = play(world, new, cell.dialogues.number, cell.seed, weights).returns(weights) - cell.dialogues.returns(weights)
    played = cell.dialogues.acts >= 0
    differs = (before != after) & played
    first = np.where(differs.any(axis=1), differs.argmax(axis=1) + 1, played.sum(axis=1))  # turns up to the first change
    changed = differs.any(axis=1)
    count = len(changed)
    measured = estimates({"dialogues": weighted_mean(changed), "turns": _ratio(changed, first), "gain": weighted_mean(gain)}, count)
    return Shift(cell, judge, **measured)


def _ratio(changed: Bools, turns: npt.NDArray[np.int64]) -> Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]:
    """Return the statistic of changes per turn, over the turns up to each dialogue's first change."""
    return lambda counts: (counts @ changed.astype(np.float64)) / (counts @ turns.astype(np.float64))


def _choices(cell: Cell, world: World, policy: Policy | Planner, weights: RewardWeights) -> npt.NDArray[np.int64]:
    """Return the act [n, turns] that ``policy`` chooses at each turn of the stored dialogues, -1 after their end."""
    if isinstance(policy, Planner):
        raise InputError(f"{cell.policy}: a policy that sees the hidden person does not go by reward weights")
    observer, shown = Observer(world), weights.as_array()
    chosen = np.full(cell.dialogues.acts.shape, -1, np.int64)
    memory, start = None, np.ones(len(chosen), bool)
    for step in replay(world, cell, cell.dialogues):
        observation, masks = observer.observe(step.before, shown), step.before.open
        chosen[step.rows, step.turn], memory = policy.predict(observation, memory, start, deterministic=True, action_masks=masks)
        memory, start = remember(memory, step.going), np.zeros(len(step.going), bool)
    return chosen


def shifts_of(cells: Sequence[Cell], weights: RewardWeights, judge: str, load: LoadPolicy) -> tuple[list[Shift], list[str]]:
    """Return the shift of every learned policy's cell whose weights are other than ``weights``, and notes on those that cannot be measured.

    A cell's own policy is asked if it was trained under a range of weights, else ``judge``, if there is one.
    """
    concerned = [cell for cell in cells if not cell.policy.startswith("rules:") and cell.weights != weights]
    worlds = build_worlds([cell.setting for cell in concerned])
    shifts, notes = [], []
    for cell in concerned:
        try:
            asked = judge or _own(cell, worlds[cell.setting], load, weights)
            shifts.append(measure_shift(cell, worlds[cell.setting], asked, load, weights))
        except InputError as error:
            notes.append(f"{cell.policy}: whether the new weights would have changed its behaviour cannot be measured: {error}")
    return shifts, notes


def _own(cell: Cell, world: World, load: LoadPolicy, weights: RewardWeights) -> str:
    """Return the name of a cell's own policy, without weights; raises InputError if it was trained under fixed ones."""
    name = cell.policy.partition("@")[0]
    if getattr(load(name, world, weights), "weights", None) != weights:
        raise InputError(f"it was trained under {cell.weights.text()} alone; give a weight-conditioned run as --judge")
    return name
