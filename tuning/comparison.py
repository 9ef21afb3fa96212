"""Another sweep, or a yardstick, beside this one: ratio of hypervolumes with the same people, and what each cost to train."""

from dataclasses import dataclass

from evaluation.bootstrap import Estimate
from rewards import InputError
from tuning.outcome import Outcome
from tuning.plan import Plan


@dataclass(frozen=True, slots=True)
class Rival:
    """Another outcome, and for each user type its hypervolume and the ratio of ours over it."""

    outcome: Outcome
    hypervolume: dict[str, Estimate]
    ratio: dict[str, Estimate]


def check_comparable(plan: Plan, other: Plan) -> None:
    """Raise InputError unless the policies of both sweeps meet the same people."""
    for field in ("domain", "population", "noise", "dialogues"):
        mine, theirs = getattr(plan, field), getattr(other, field)
        if mine != theirs:
            raise InputError(f"--against {other.name}: its {field} is {theirs}, here it is {mine}; only sweeps on the same people can be compared")


def rival_of(outcome: Outcome, other: Outcome) -> Rival:
    """Return ``other`` held against ``outcome``; both have met the same people."""
    spreads = {kind: (outcome.hypervolumes(kind), other.hypervolumes(kind)) for kind in outcome.types}
    return Rival(
        outcome=other,
        hypervolume={kind: theirs.estimate() for kind, (_, theirs) in spreads.items()},
        ratio={kind: ours.over(theirs) for kind, (ours, theirs) in spreads.items()},
    )
