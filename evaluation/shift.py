"""Would other reward weights have changed the behaviour? Stored dialogues, gone through again by a weight-conditioned policy.

A policy plays deterministically, and a dialogue is a function of (stream, seed, number, acts). So where
the policy would choose every act of a dialogue again under the new weights, playing it again
would give the same dialogue to the last bit; the other dialogues say nothing about the new weights.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dialogue_env import World
from dialogue_env.types import F64, I64, Bools
from evaluation.bootstrap import Estimate, Statistic, estimates, weighted_mean
from evaluation.grid import RULES, Cell, build_worlds
from evaluation.replay import replay
from evaluation.rollout import Chooser, play
from policies.learned import AT
from policies.loader import load_policy
from policies.protocol import Planner, Policy
from rewards import InputError, RewardWeights

TOLERATED = 0.05
"""Share of changed dialogues from which re-scored figures must not be read as those of the new weights."""


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


def measure_shift(cell: Cell, world: World, judge: str, weights: RewardWeights) -> Shift:
    """Ask the policy ``judge`` under the cell's weights and under ``weights`` what it would do in every situation of the cell.

    What the change is worth is measured by letting it play the same people under ``weights``. Raises InputError if the
    judge does not know the weights, or the world plays differently from the stored dialogues.
    """
    old, new = load_policy(judge, world, cell.weights), load_policy(judge, world, weights)
    before, after = _choices(cell, world, old, cell.weights), _choices(cell, world, new, weights)
    gain = play(world, new, cell.dialogues.number, cell.seed, weights, cell.stream).returns(weights) - cell.dialogues.returns(weights)
    played = cell.dialogues.acts >= 0
    differs = (before != after) & played
    first = np.where(differs.any(axis=1), differs.argmax(axis=1) + 1, played.sum(axis=1))  # turns up to the first change
    changed = differs.any(axis=1)
    count = len(changed)
    measured = estimates({"dialogues": weighted_mean(changed), "turns": _ratio(changed, first), "gain": weighted_mean(gain)}, count)
    return Shift(cell, judge, **measured)


def _ratio(changed: Bools, turns: I64) -> Statistic:
    """Return the statistic of changes per turn, over the turns up to each dialogue's first change."""

    def ratio(counts: F64) -> F64:
        return (counts @ changed.astype(np.float64)) / (counts @ turns.astype(np.float64))

    return ratio


def _choices(cell: Cell, world: World, policy: Policy | Planner, weights: RewardWeights) -> I64:
    """Return the act [n, turns] that ``policy`` chooses at each turn of the stored dialogues, -1 after their end."""
    if isinstance(policy, Planner):
        raise InputError(f"{cell.policy}: a policy that sees the hidden person does not go by reward weights")
    choose, chosen = Chooser(world, policy, weights), np.full(cell.dialogues.acts.shape, -1, np.int64)
    for exchange in replay(world, cell, cell.dialogues):
        chosen[exchange.rows, exchange.number] = choose(exchange.number, exchange.rows, exchange.before)
    return chosen


def shifts_of(cells: Sequence[Cell], weights: RewardWeights, judge: str) -> tuple[list[Shift], list[str]]:
    """Return the shift of every learned policy's cell whose weights are other than ``weights``, and notes on those that cannot be measured.

    A cell's own policy is asked if it was trained under a range of weights, else ``judge``, if there is one.
    """
    concerned = [cell for cell in cells if not cell.policy.startswith(RULES) and cell.weights != weights]
    worlds = build_worlds([cell.setting for cell in concerned])
    shifts, notes = [], []
    for cell in concerned:
        try:
            asked = judge or _own(cell, worlds[cell.setting], weights)
            shifts.append(measure_shift(cell, worlds[cell.setting], asked, weights))
        except InputError as error:
            notes.append(f"{cell.policy}: whether the new weights would have changed its behaviour cannot be measured: {error}")
    return shifts, notes


def _own(cell: Cell, world: World, weights: RewardWeights) -> str:
    """Return the name of a cell's own policy, without weights; raises InputError if it was trained under fixed ones."""
    name = cell.policy.partition(AT)[0]
    if getattr(load_policy(name, world, weights), "weights", None) != weights:
        raise InputError(f"it was trained under {cell.weights.text()} alone; give a weight-conditioned run as --judge")
    return name
