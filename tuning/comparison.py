"""Another sweep, or a yardstick, beside this one: ratio of hypervolumes with the same people, and what each cost to train."""

from dataclasses import dataclass

from dialogue_env import Stream
from evaluation.bootstrap import Estimate
from rewards import InputError
from tuning.job import PEOPLE_SEED
from tuning.outcome import Outcome
from tuning.plan import Plan

SETTING = ("domain", "population", "noise", "dialogues")
"""What decides, beside the seed, who is met."""


@dataclass(frozen=True, slots=True)
class Rival:
    """Another outcome, and for each person type its hypervolume and the ratio of ours over it."""

    outcome: Outcome
    hypervolume: dict[str, Estimate]
    ratio: dict[str, Estimate]


def check_comparable(plan: Plan, other: Outcome) -> None:
    """Raise InputError unless the policies of a sweep meet the people that those of another have met."""
    cell = other.cells[0][0]
    ours = {name: getattr(plan, name) for name in SETTING} | {"seed of people": PEOPLE_SEED, "stream of people": Stream.TUNING.name.lower()}
    theirs = {name: getattr(other.plan, name) for name in SETTING} | {"seed of people": cell.seed, "stream of people": cell.stream.name.lower()}
    for name, mine in ours.items():
        if mine != theirs[name]:
            raise InputError(f"--against {other.plan.name}: its {name} is {theirs[name]}, here it is {mine}; only sweeps on the same people can be compared")


def rival_of(outcome: Outcome, other: Outcome) -> Rival:
    """Return ``other`` held against ``outcome``; both have met the same people."""
    spreads = {kind: (outcome.hypervolumes(kind), other.hypervolumes(kind)) for kind in outcome.types}
    return Rival(
        outcome=other,
        hypervolume={kind: theirs.estimate() for kind, (_, theirs) in spreads.items()},
        ratio={kind: ours.over(theirs) for kind, (ours, theirs) in spreads.items()},
    )
