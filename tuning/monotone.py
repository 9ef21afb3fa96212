"""More weight on a term must not lower what the term is about: a check of every sweep along one line of weights."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from evaluation.bootstrap import Estimate
from evaluation.measures import BY_NAME
from tuning.outcome import EVERYBODY, Outcome, over_seeds_and_people

ABOUT = {
    "goal": ("success", "progress"),
    "progress": ("progress",),
    "satisfaction": ("satisfaction",),
    "final_satisfaction": ("satisfaction",),
    "leaving": ("left",),
}
"""The measures that a reward term is about."""


@dataclass(frozen=True, slots=True)
class Check:
    """How a measure moves with a term's weight: its greatest drop between neighbours, and how many drops are beyond their interval."""

    term: str
    measure: str
    steps: int
    beyond: int
    greatest: Estimate
    whole: Estimate  # from the least to the greatest weight

    def text(self) -> str:
        """Return the check in words."""
        said = (
            f"{self.beyond} of {self.steps} steps lower it beyond the interval" if self.beyond else f"none of {self.steps} steps lowers it beyond the interval"
        )
        change, drop = (f"{e.value:+.4f} [{e.low:+.4f}, {e.high:+.4f}]" for e in (self.whole, self.greatest))
        return f"more weight on {self.term}: {self.measure} changes by {change} in all; {said}; the least change of a step is {drop}"


def checks(outcome: Outcome) -> Iterator[Check]:
    """Yield a check for every ranged term that is about a measure; nothing where weights do not lie on one line."""
    wanted = outcome.plan.range
    if len(wanted.spans) - (wanted.shape == "simplex") != 1 or outcome.plan.searches:
        return
    for term in wanted.terms:
        for measure in ABOUT.get(term, ()):
            yield _check(outcome, term, measure)


def _check(outcome: Outcome, term: str, measure: str) -> Check:
    order = np.argsort([weights.as_dict()[term] for weights in outcome.weights])
    values = BY_NAME[measure].better * outcome.measured[measure][order][:, :, outcome.people(EVERYBODY)]
    steps = [over_seeds_and_people(after - before) for before, after in itertools.pairwise(values)]
    return Check(
        term=term,
        measure=measure,
        steps=len(steps),
        beyond=sum(step.high < 0.0 for step in steps),
        greatest=min(steps, key=lambda step: step.value),
        whole=over_seeds_and_people(values[-1] - values[0]),
    )
