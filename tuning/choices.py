"""Choosing among the weights: the knee, the cheapest that reach what is asked for, and what one more point of success costs."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from evaluation.bootstrap import Estimate
from rewards import InputError
from rewards.errors import unknown
from tuning.front import cheapest, knee_of
from tuning.outcome import EVERYBODY, OBJECTIVES, Outcome, over_seeds_and_people

CLEAR = 0.1
"""How far a knee must bulge, of at most 1, to be called one."""
SHOWN = {"success": lambda value: f"success {100 * value:.1f} %", "satisfaction": lambda value: f"satisfaction {value:.3f}"}


@dataclass(frozen=True, slots=True)
class AtLeast:
    """What has to be reached: an objective and how much of it, in [0, 1]."""

    objective: str
    least: float

    def text(self) -> str:
        """Return the wish in words."""
        return f"{self.objective} at least {self.least:g}"


@dataclass(frozen=True, slots=True)
class Choice:
    """A proposal: its name, the point (None: there is none), and why."""

    name: str
    point: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """From one point of the front to the next with more success: what a percentage point of success costs in satisfaction."""

    first: int
    second: int
    gain: Estimate  # of success, in percentage points
    loss: Estimate  # of satisfaction
    price: float  # loss per percentage point

    @property
    def free(self) -> bool:
        """Whether the loss of satisfaction may as well be none."""
        return self.loss.low <= 0.0


def parse_at_least(text: str) -> AtLeast | None:
    """Read ``success=0.8`` or ``satisfaction=0.6``; nothing is None. Raises InputError."""
    if not text:
        return None
    name, _, number = (part.strip() for part in text.partition("="))
    if name not in OBJECTIVES:
        raise unknown("objective in --at-least (write objective=number)", name, OBJECTIVES)
    try:
        least = float(number)
    except ValueError:
        raise InputError(f"--at-least {name}: {number!r} is not a number (write {name}=0.6)") from None
    if not 0.0 <= least <= 1.0:
        raise InputError(f"--at-least {name}: must lie in [0, 1], not {least:g}")
    return AtLeast(name, least)


def choose(outcome: Outcome, wanted: AtLeast | None) -> list[Choice]:
    """Return the proposals for all people together: the knee, and what ``wanted`` asks for."""
    points = outcome.means(EVERYBODY).mean(axis=0)
    knee, bulge = knee_of(points)
    choices = [Choice("the knee", knee, f"{_at(outcome, knee)}: {_about_knee(len(outcome.front(EVERYBODY)), bulge)}")]
    if wanted is not None:
        column = OBJECTIVES.index(wanted.objective)
        point = cheapest(points, column, wanted.least)
        text = infeasible(outcome, wanted) if point is None else f"{_at(outcome, point)}: the most {OBJECTIVES[1 - column]} among those that reach it"
        choices.append(Choice(wanted.text(), point, text))
    return choices


def _about_knee(front: int, bulge: float) -> str:
    """Return in words what a knee with this ``bulge`` is worth, on a front of so many points."""
    if front == 1:
        return "no other point beats it in anything, so there is nothing to trade"
    return "beyond it, more of one costs the other most" if bulge > CLEAR else "a compromise; the front is nearly straight, so no point is special"


def infeasible(outcome: Outcome, wanted: AtLeast) -> str:
    """Return in words that nothing reaches what is wanted, and what can be reached."""
    column = OBJECTIVES.index(wanted.objective)
    most = int(outcome.means(EVERYBODY).mean(axis=0)[:, column].argmax())
    return f"no weights of this sweep reach {wanted.text()}; the most is {_at(outcome, most)} with {outcome.label(most)}"


def along_front(outcome: Outcome) -> Iterator[Step]:
    """Yield the steps along the front of all people, person by person."""
    front = outcome.front(EVERYBODY)
    success, satisfaction = (outcome.measured[name] for name in OBJECTIVES)
    for first, second in itertools.pairwise(front):
        gain = over_seeds_and_people(100.0 * (success[second] - success[first]))
        loss = over_seeds_and_people(satisfaction[first] - satisfaction[second])
        yield Step(first, second, gain, loss, loss.value / gain.value)


def _at(outcome: Outcome, point: int) -> str:
    return ", ".join(SHOWN[name](outcome.estimate(point, name, EVERYBODY).value) for name in OBJECTIVES)
