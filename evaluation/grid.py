"""The grid of an evaluation: every policy with the same people, in every setting."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from dialogue_env import Stream, World, build_world, load_domain, load_population
from evaluation.rollout import Dialogues, play
from policies.loader import load_policy
from policies.protocol import Planner, Policy, informed
from rewards import InputError, RewardWeights

RULES = "rules:"
"""What the names of policies begin with that need no training."""
FLOOR = f"{RULES}script"
"""The policy that listens to nothing: what others are above it is the value of listening."""
FEWEST = 2
PLAYED_AT_ONCE = 1000
"""Dialogues in a batch: fewer are slower, more need memory, and their number changes no result."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where policies are tried: a domain, a population and the recognition noise; ``label`` if it is a row of a suite."""

    domain: str
    population: str
    noise: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """The dialogues of one policy in one setting, with the names that their numbers stand for."""

    setting: Setting
    policy: str
    seed: int
    weights: RewardWeights  # that the policy acted under
    types: tuple[str, ...]  # U person types
    acts: tuple[str, ...]  # A acts
    families: tuple[int, ...]  # A, each act's Family
    dialogues: Dialogues
    stream: Stream = Stream.EVALUATION  # whose people they are, under the seed
    informed: bool = False  # the policy sees the hidden person


Player = tuple[Setting, str, Policy | Planner]
"""A policy under its name, loaded for a setting."""


def settings_of(domains: Sequence[str], populations: Sequence[str], noise: float) -> tuple[Setting, ...]:
    """Return every pair of a domain and a population, without repeats."""
    return tuple(dict.fromkeys(Setting(domain, population, noise) for domain in domains for population in populations))


def build_worlds(settings: Sequence[Setting]) -> dict[Setting, World]:
    """Return the world of each setting; raises InputError for an unknown name or a noise outside [0, 0.5]."""
    domains = {name: load_domain(name) for name in dict.fromkeys(setting.domain for setting in settings)}
    return {setting: build_world(domains[setting.domain], load_population(setting.population), setting.noise) for setting in settings}


def load_policies(names: Sequence[str], worlds: Mapping[Setting, World], weights: RewardWeights) -> list[Player]:
    """Return the policies of every setting, each name once and those that see the person last; raises InputError for one that cannot play."""
    players: list[Player] = []
    for setting, world in worlds.items():
        loaded = [(setting, name, load_policy(name, world, weights)) for name in dict.fromkeys(names)]
        players += sorted(loaded, key=lambda player: informed(player[2]))
    return players


def check_count(count: int) -> None:
    """Raise InputError if ``count`` dialogues are too few for an interval."""
    if count < FEWEST:
        raise InputError(f"dialogues must be at least {FEWEST}, not {count}")


def play_grid(
    players: Sequence[Player],
    worlds: Mapping[Setting, World],
    count: int,
    seed: int,
    weights: RewardWeights,
    advance: Callable[[int], object],
    stream: Stream = Stream.EVALUATION,
) -> Iterator[Cell]:
    """Yield a cell for each setting and policy: the people 0 to ``count`` - 1 of ``seed``, the same for all policies.

    ``advance`` is told how many dialogues have just been played.
    """
    for setting, name, policy in players:
        world, parts = worlds[setting], []
        for first in range(0, count, PLAYED_AT_ONCE):
            numbers = np.arange(first, min(first + PLAYED_AT_ONCE, count))
            parts.append(play(world, policy, numbers, seed, weights, stream))
            advance(len(numbers))
        under, acts = getattr(policy, "weights", None) or weights, world.acts
        types, families = world.population.types, tuple(acts.family.tolist())
        yield Cell(setting, name, seed, under, types, acts.names, families, _join(parts), stream, informed(policy))


def _join(parts: Sequence[Dialogues]) -> Dialogues:
    """Return the dialogues of all parts, in order."""
    return Dialogues(**{field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Dialogues)})


def by_setting(cells: Sequence[Cell]) -> dict[Setting, list[Cell]]:
    """Return the cells of each setting, in order."""
    grouped: dict[Setting, list[Cell]] = {}
    for cell in cells:
        grouped.setdefault(cell.setting, []).append(cell)
    return grouped
