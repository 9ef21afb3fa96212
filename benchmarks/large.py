"""Made-up domains of many topics, items and slots: how fast they play, what they take, and how near the sampled belief is."""

import time
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.stepping import state_bytes
from dialogue_env import Simulator, State, Stream, World, build_world, load_domain, load_population
from dialogue_env.agent.observation import Observer
from dialogue_env.domain.catalogue import read_catalogue
from dialogue_env.domain.topics import map_topics
from dialogue_env.draws import dialogue_keys
from rewards import FACTS, TERM_NAMES

VALUES, KINDS = 5, 12
"""Values of each made-up slot, and kinds of items that lean towards values of their own."""


@dataclass(frozen=True)
class Played:
    """What 1,024 dialogues of random acts took in a made-up world."""

    built: float  # CPU-seconds to build the world
    turns: float  # per CPU-second
    size: int  # bytes of a dialogue beside the belief
    errors: tuple[float, float]  # of the slots' entropies against exact sums over the items: mean and largest


def many_topics(count: int) -> Played:
    """Play the donation domain with ``count`` random topics."""
    vectors, domain = _directions(count + 3), load_domain("donation")
    began = time.process_time()
    domain = replace(domain, map=map_topics(vectors[:count], vectors[count:], 0, domain.slate_size), goal_topic=0, opening_topics=(1, 2, 3))
    return _played(build_world(domain, load_population("people"), 0.05), began)


def many_items(count: int, slots: int, filled: int) -> Played:
    """Play the concierge domain with ``count`` made-up items, read from a file; each has ``filled`` of the ``slots``."""
    domain, cells = load_domain("concierge"), _cells(count, slots, filled)
    vectors, topics = _directions(len(domain.topics) + slots), len(domain.topics)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "items.csv"
        rows = [("name", *(f"s{s}" for s in range(slots))), *((f"n{n}", *row) for n, row in enumerate(cells))]
        path.write_text("\n".join(map(",".join, rows)), encoding="utf-8")
        began = time.process_time()
        catalogue = read_catalogue(path)
    asked, acts = tuple(replace(domain.slots[0], name=name) for name in catalogue.slots), tuple(replace(act, helps={}, hurts={}) for act in domain.acts)
    near = map_topics(vectors[:topics], vectors[topics:], domain.goal_topic, domain.slate_size)
    domain = replace(domain, catalogue=catalogue, slots=asked, acts=acts, map=near)
    return _played(build_world(domain, load_population("people"), 0.05), began)


def _cells(count: int, slots: int, filled: int) -> Any:
    """Return made-up values [count, slots], blank but for ``filled`` in each row."""
    rng = np.random.default_rng(0)
    shares = 0.3 * rng.dirichlet(np.ones(VALUES), slots) + 0.7 * rng.dirichlet(np.full(VALUES, 0.5), (KINDS, slots))
    drawn = (shares.cumsum(axis=2)[rng.integers(0, KINDS, count)] < rng.random((count, slots, 1))).sum(axis=2)
    cells = np.array([f"v{value}" for value in range(VALUES)])[drawn.clip(max=VALUES - 1)]
    cells[rng.random((count, slots)).argsort(axis=1) >= filled] = ""
    return cells


def _directions(count: int) -> Any:
    vectors = np.random.default_rng(0).normal(size=(count, 384)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _played(world: World, began: float, size: int = 1024) -> Played:
    built, simulator = time.process_time() - began, Simulator(world)
    observer, weights = Observer(world.tables), np.ones((size, len(TERM_NAMES)), np.float32)
    state, keys = simulator.reset(Stream.TRAINING, 0, np.arange(size)), dialogue_keys(Stream.TRAINING, 1, np.arange(200 * size))
    rng, seconds, facts = np.random.default_rng(0), [], np.empty(size, FACTS)
    for step in range(60):
        acts = rng.integers(0, len(world.acts.names), size)
        began = time.process_time()
        simulator.play(state, acts, observer, weights, facts)
        over = np.flatnonzero(facts["ended"])
        simulator.open(state, over, keys[step * size : step * size + len(over)])
        seconds.append(time.process_time() - began)
    return Played(built, size / float(np.median(seconds)), state_bytes(state)[0], _entropy_errors(world, state))


def _entropy_errors(world: World, state: State, rows: int = 64) -> tuple[float, float]:
    """Return how far the entropies [rows, S] are from those of exact sums over all items."""
    tables, entries, errors = world.tables, world.domain.catalogue.entries, []
    weights = 1.0 / entries["several"]
    for b in range(rows):
        posterior = state.talk.items[b].astype(np.float64)
        mass = np.bincount(tables.cells["place"], posterior[entries["item"]] * weights, len(tables.places))
        known = np.add.reduceat(mass, tables.slots["place"])
        mass[tables.slots["place"] + tables.slots["size"]] = np.where(tables.slots["blank"] > 0.0, np.maximum(1.0 - known, 0.0), 0.0)
        spread = np.add.reduceat(-mass * np.log(np.maximum(mass, 1e-12)), tables.slots["place"]) / tables.slots["log_size"]
        errors.append(np.abs(spread - state.talk.entropy[b]))
    return float(np.mean(errors)), float(np.max(errors))
