"""Stored dialogues step by step: a dialogue is a function of (seed, number, acts), so no policy is needed."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dialogue_env.simulator import Simulator
from dialogue_env.state import State
from dialogue_env.world import World
from evaluation.grid import Cell
from evaluation.rollout import Dialogues
from rewards import InputError

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Step:
    """One turn of the dialogues that have got so far."""

    turn: int
    rows: Ints  # which dialogues these are
    before: State
    after: State
    going: Ints  # positions in ``rows`` of those that go on


def replay(world: World, cell: Cell, dialogues: Dialogues) -> Iterator[Step]:
    """Yield the turns of ``dialogues``, which are of ``cell``; raises InputError if the world plays differently from the one they were played in."""
    simulator, rows = Simulator(world), np.arange(len(dialogues.number))
    state = simulator.reset(cell.seed, dialogues.number)
    for turn in range(int(dialogues.turns.max())):
        after, outcome = simulator.step(state, dialogues.acts[rows, turn].astype(np.int64))
        if not np.array_equal(outcome.ended, dialogues.turns[rows] == turn + 1):
            raise InputError(f"{cell.setting.domain}: the domain or the simulator has changed since these dialogues were played; evaluate again")
        going = np.flatnonzero(~outcome.ended)
        yield Step(turn, rows, state, after, going)
        rows, state = rows[going], after.take(going)
