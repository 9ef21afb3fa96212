"""A flat observation opened into its named features, for policies that are rules."""

from dataclasses import dataclass

import numpy as np

from dialogue_env.acts import Family
from dialogue_env.agent.observation import SLICES, Layout, Per
from dialogue_env.agent.talk import ENOUGH
from dialogue_env.domain.act_table import ActTable
from dialogue_env.types import F32, Bools

_PER: dict[str, Per] = {feature: part.per for part in SLICES for feature in part.features}


@dataclass(frozen=True, slots=True)
class View:
    """Observations [B, D] by name; a rule reads these and nothing else.

    What the features mean is said in ``dialogue_env/agent/observation.py``.
    """

    layout: Layout
    acts: ActTable
    observation: F32

    def __getitem__(self, name: str) -> F32:
        """Return a feature that is one number, [B]."""
        return self._feature(name, "")

    def act(self, name: str) -> F32:
        """Return a feature of the acts, [B, A]."""
        return self._feature(name, "act")

    def slot(self, name: str) -> F32:
        """Return a feature of the slots, [B, S]."""
        return self._feature(name, "slot")

    def candidate(self, name: str) -> F32:
        """Return a feature of the topics to lead to, [B, K]."""
        return self._feature(name, "candidate")

    def _feature(self, name: str, per: Per) -> F32:
        if _PER.get(name) != per:
            raise KeyError(f"{name} is not among {', '.join(feature for feature, kind in _PER.items() if kind == per)}")
        return self.layout.feature(self.observation, name)

    @property
    def thinking(self) -> Bools:
        """Whether the person is silent, [B]."""
        return self["thinking"] > 0

    @property
    def agreed(self) -> Bools:
        """Whether the person's yes stands, [B]."""
        return self["agreed"] > 0

    @property
    def resisted(self) -> Bools:
        """Whether the last reply was recognised as resistance, [B]."""
        return self["reply_resist"] > 0

    @property
    def led(self) -> Bools:
        """Whether the agent's last act led to another topic, [B]."""
        return self["family_shift"] > 0

    @property
    def uses(self) -> F32:
        """How often each act was used so far, at most 3, [B, A]."""
        return self.act("uses") * ENOUGH

    def of(self, *families: Family) -> Bools:
        """Return which acts are of the families, [A]."""
        return np.isin(self.acts.family, families)
