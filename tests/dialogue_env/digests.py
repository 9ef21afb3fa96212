"""Digests of dialogues, printed by a process of its own: ``python digests.py rows`` or ``python digests.py whole``."""

import hashlib
import json
import sys
from collections.abc import Iterator

import numpy as np
from hand_made import many_of, patchy_of

from dialogue_env import Simulator, State, Stream, World, build_world, domain_names, load_domain, load_population
from dialogue_env.agent.observation import Observer
from rewards import RewardWeights

SIZES = {1: 5, 2: 901, 31: 64, 33: 500, 70: 17}
"""Sizes of batches, with the number of the first dialogue of each."""
LARGEST = 1024
WEIGHTS = RewardWeights.parse("balanced").as_array()


DOMAINS = (*domain_names(), "patchy", "many")


def world(domain: str) -> World:
    """Return the world of a shipped domain, of cells that are blank or hold several values, or of more items than are summed exactly."""
    made = {"patchy": lambda: patchy_of().domain, "many": lambda: many_of(1100).domain}
    return build_world(made[domain]() if domain in made else load_domain(domain), load_population("everyone"), 0.1)


def arrays(simulator: Simulator, numbers: np.ndarray, exchanges: int) -> Iterator[tuple[str, np.ndarray]]:
    """Yield all that dialogues give, [B, ...] each, while every act is played in turn; the state once, at the end."""
    observer = Observer(simulator.world.tables)
    state: State = simulator.reset(Stream.SELECTION, 2024, numbers)
    for exchange in range(exchanges):
        yield f"observation {exchange}", observer.observe(state.talk, WEIGHTS)
        state, facts = simulator.step(state, (numbers * 7 + exchange * 5) % len(simulator.world.acts.names))
        for name in facts.dtype.names:
            yield f"{name} {exchange}", facts[name]
    yield from state.arrays()


def by_row(domain: str, size: int) -> list[str]:
    """Return a digest of each dialogue of a batch."""
    found = [np.ascontiguousarray(array) for _, array in arrays(Simulator(world(domain)), np.arange(SIZES[size], SIZES[size] + size), 8)]
    return [hashlib.sha256(b"".join(array[row].tobytes() for array in found)).hexdigest() for row in range(size)]


def whole(domain: str) -> str:
    """Return a digest of twelve dialogues to their end and beyond."""
    simulator = Simulator(world(domain))
    sha = hashlib.sha256()
    for name, array in arrays(simulator, np.arange(12), simulator.world.domain.max_turns):
        sha.update(name.encode() + array.tobytes())
    return sha.hexdigest()


if __name__ == "__main__":
    if sys.argv[1] == "rows":
        print(json.dumps({domain: {size: by_row(domain, size) for size in SIZES} for domain in DOMAINS}))
    else:
        print(json.dumps({domain: whole(domain) for domain in DOMAINS}))
