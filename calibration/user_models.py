"""User models: anything that can meet a scripted agent. Here the people of a corpus, and simulated people.

A user model of your own, say a language model behind an interface, needs a ``name`` and a ``meet``:
reply to each act of a script in turn, and code the replies as ``Reply``.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from calibration.corpora.coded import OVER, Coded
from calibration.fits.worlds import DOMAIN
from calibration.replay import script as acts_of
from calibration.replay import simulate
from calibration.scripts import Script
from dialogue_env import load_domain
from dialogue_env.acts import Reply
from dialogue_env.person.population import Population
from dialogue_env.types import F64, I64
from dialogue_env.world import World, build_world
from rewards.errors import InputError


@dataclass(frozen=True, slots=True)
class Met:
    """How n people replied to a script; a dialogue ends with the script, or before that with LEAVE."""

    script: Script
    reply: I64  # [n, L] Reply, -1 after the end
    acted: F64  # [n] probability (or 0, 1) that the person did it in the end; nan where nobody can tell
    free: bool = True  # whether the person could have left

    def __post_init__(self) -> None:
        """Raise InputError unless every act has a reply up to the end."""
        left = np.logical_or.accumulate(self.reply == Reply.LEAVE, axis=1)
        gone = np.pad(left, ((0, 0), (1, 0)))[:, :-1]
        if self.reply.shape != self.script.family.shape or ((self.reply != OVER) != (self.script.live & ~gone)).any():
            raise InputError("replies [n, L] must answer every act of the script up to its end or LEAVE, and be -1 from there on")


class UserModel(Protocol):
    """A model of people."""

    @property
    def name(self) -> str:
        """What tables call it."""

    def meet(self, script: Script, seed: int) -> Met:
        """Return how people reply to the script, one person per dialogue; the same seed gives the same."""


@dataclass(frozen=True, slots=True)
class RecordedPeople:
    """The people of a corpus: they meet only the script that they met."""

    name: str
    coded: Coded
    outcome: str  # the fact that says who did it in the end

    def meet(self, script: Script, seed: int) -> Met:
        """Return the recorded replies; raises InputError for any other script."""
        if not np.array_equal(script.family, self.coded.family):
            raise InputError(f"{self.name}: recorded people replied to the scripts of their own corpus only")
        return Met(script, self.coded.reply, self.coded.facts[self.outcome], free=False)


@dataclass(frozen=True, slots=True)
class SimulatedPeople:
    """Simulated people; they hear what is said, and may walk out."""

    name: str
    world: World

    def meet(self, script: Script, seed: int) -> Met:
        """Return one person's replies per dialogue; an act that the person gave no occasion for is replaced as in replays."""
        replays = simulate(self.world, acts_of(self.world, script.family, script.variant), seed, 1)
        return Met(script, replays.reply, replays.acts_on_it)


def simulated_people(population: Population) -> SimulatedPeople:
    """Return the people of a population, who hear every word."""
    return SimulatedPeople(population.name, build_world(load_domain(DOMAIN), population, 0.0))
