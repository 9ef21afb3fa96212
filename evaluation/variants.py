"""Policies in variants of the people: what lives on a flaw of the person does not stay above the rules in all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dialogue_env.person.variants import MARK, WORLD, variant_names
from evaluation.bootstrap import Estimate, mean_of
from evaluation.grid import RULES, Cell, Setting, by_setting
from rewards import RewardWeights

WORLDS = 20
"""Plausible worlds that policies are tried in."""


@dataclass(frozen=True, slots=True)
class Stand:
    """How a policy stands in one setting against the best rule there."""

    setting: Setting
    policy: str
    mean: float  # its return
    rule: str  # the one that does best, of those that do not see the person
    above: Estimate  # its return above that rule's, person by person

    @property
    def verdict(self) -> str:
        """Return "above", "level" (the interval holds 0) or "below"."""
        return "above" if self.above.low > 0 else "below" if self.above.high < 0 else "level"


def varied_settings(domains: Sequence[str], population: str, noise: float) -> tuple[Setting, ...]:
    """Return the settings of ``population`` as it is, in every variant and in ``WORLDS`` plausible worlds, for each domain."""
    names = (*variant_names(), *(f"{WORLD}{number}" for number in range(1, WORLDS + 1)))
    return tuple(Setting(domain, name, noise) for domain in domains for name in (population, *(f"{population}{MARK}{name}" for name in names)))


def stands(cells: Sequence[Cell], weights: RewardWeights) -> tuple[Stand, ...]:
    """Return how every policy that is no rule stands in each setting; nothing where no rule or no such policy was played."""
    found: list[Stand] = []
    for setting, group in by_setting(cells).items():
        returns = {cell.policy: cell.dialogues.returns(weights).astype(np.float64) for cell in group if not cell.informed}
        rules = {name: values for name, values in returns.items() if name.startswith(RULES)}
        if not rules:
            continue
        best = max(rules, key=lambda name: float(rules[name].mean()))
        found += [Stand(setting, name, float(returns[name].mean()), best, mean_of(returns[name] - rules[best])) for name in returns if name not in rules]
    return tuple(found)
