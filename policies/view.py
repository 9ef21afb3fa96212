"""A flat observation opened into its named parts, for policies that are rules."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dialogue_env.act_table import ActTable
from dialogue_env.acts import Family, UserAct
from dialogue_env.observation import Layout

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class View:
    """Observations [B, D] by name; a rule reads these and nothing else."""

    layout: Layout
    acts: ActTable
    observation: Floats

    def part(self, name: str) -> Floats:
        """Return a named slice, [B, *shape]."""
        return self.layout.view(self.observation, name)

    @property
    def time(self) -> Floats:
        """Share of the turn budget used, [B]."""
        return self.part("time")[:, 0]

    @property
    def asked(self) -> Bools:
        """Whether the person has asked something, [B]."""
        return self.part("floor")[:, 0] > 0

    @property
    def thinking(self) -> Bools:
        """Whether the person is silent, [B]."""
        return self.part("floor")[:, 1] > 0

    @property
    def hesitation(self) -> Floats:
        """Cue that a silent person is stuck, [B]."""
        return self.part("floor")[:, 2]

    @property
    def agreed(self) -> Bools:
        """Whether the person's yes stands, [B]."""
        return self.part("floor")[:, 4] > 0

    @property
    def resisted(self) -> Bools:
        """Whether the last reply was recognised as resistance, [B]."""
        return self.part("last_reply")[:, UserAct.RESIST] > 0

    @property
    def led(self) -> Bools:
        """Whether the agent's last act led to another topic, [B]."""
        return self.part("last_family")[:, Family.SHIFT] > 0

    @property
    def mood(self) -> Floats:
        """Estimated satisfaction, [B]."""
        return self.part("factors")[:, 0]

    @property
    def cooperation(self) -> Floats:
        """Estimated cooperative degree, [B]."""
        return self.part("factors")[:, 1]

    @property
    def difficulty(self) -> Floats:
        """Estimated goal difficulty, [B]."""
        return self.part("factors")[:, 2]

    @property
    def upset(self) -> Floats:
        """Estimated distress, [B]."""
        return self.part("factors")[:, 3]

    @property
    def near_goal(self) -> Floats:
        """Closeness of the current topic to the goal, [B]."""
        return self.part("topic")[:, 0]

    @property
    def uses(self) -> Floats:
        """Uses of each act so far, capped at 3, [B, A]."""
        return self.part("acts")[:, 1] * 3

    @property
    def fit(self) -> Floats:
        """Expected fit of each act, [B, A]."""
        return self.part("acts")[:, 0]

    def of(self, *families: Family) -> Bools:
        """Return which acts are of the families, [A]."""
        return np.isin(self.acts.family, families)
