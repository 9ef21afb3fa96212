"""Stored dialogues exchange by exchange: a dialogue is a function of (stream, seed, number, acts), so no policy is needed."""

from collections.abc import Iterator

import numpy as np

from dialogue_env import Simulator, World, exchanges
from dialogue_env.simulator import Exchange
from evaluation.grid import Cell
from evaluation.rollout import Dialogues
from rewards import InputError


def replay(world: World, cell: Cell, dialogues: Dialogues) -> Iterator[Exchange]:
    """Yield the exchanges of ``dialogues``, which are of ``cell``; raises InputError if the world plays differently from the one they were played in."""
    simulator = Simulator(world)
    begun = simulator.reset(cell.stream, cell.seed, dialogues.number)
    for exchange in exchanges(simulator, begun, lambda number, rows, _: dialogues.acts[rows, number].astype(np.int64)):
        if not np.array_equal(exchange.facts["ended"], dialogues.turns[exchange.rows] == exchange.number + 1):
            raise InputError(f"{cell.setting.domain}: the domain or the simulator has changed since these dialogues were played; evaluate again")
        yield exchange
