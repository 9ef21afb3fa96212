"""Where a model comes from: saved with it, so that what plays it knows how, and where it belongs."""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from dialogue_env.acts import Family
from dialogue_env.agent.observation import VERSION
from dialogue_env.domain.domain import Domain
from dialogue_env.hidden import INFORMED_VERSION
from dialogue_env.world import World
from rewards import InputError, WeightsRange

ORIGIN = "origin"
"""The attribute of an SB3 model that holds its origin as plain data; SB3 saves it with the model."""


@dataclass(frozen=True, slots=True)
class Origin:
    """How and where a model was trained."""

    algorithm: str  # a name of ``policies.algorithms.ALGORITHMS``
    domain: str  # name of the domain
    names: str  # digest of its acts, slots and topics
    layout: str  # version of what it sees
    families: tuple[str, ...]  # of its acts
    weights: WeightsRange  # reward weights that its dialogues were under
    informed: bool = False  # sees the hidden person: a ceiling
    hide: tuple[str, ...] = ()  # slices and features of the observation that it does without

    @classmethod
    def of(cls, algorithm: str, world: World, weights: WeightsRange, informed: bool = False, hide: tuple[str, ...] = ()) -> Self:
        """Return the origin of a model that is trained in ``world`` now."""
        families = tuple(family.name for family in Family if family in world.acts.family)
        return cls(algorithm, world.domain.name, _names(world.domain, world.acts.names), _version(informed), families, weights, informed, hide)

    def as_dict(self) -> dict[str, Any]:
        """Return plain data that ``origin_of`` reads back."""
        return {**asdict(self), "families": list(self.families), "hide": list(self.hide), "weights": self.weights.as_dict()}

    def elsewhere(self, world: World) -> str:
        """Return in words that ``world`` has other acts, slots, topics or observations than the training had; empty if it has the same."""
        here = Origin.of(self.algorithm, world, self.weights, self.informed)
        return "" if here._place == self._place else f"trained on {self._label}, here is {here._label}"

    @property
    def _place(self) -> tuple[str, str, str]:
        return self.domain, self.names, self.layout

    @property
    def _label(self) -> str:
        return f"{self.domain!r} (names {self.names}, layout {self.layout})"

    def check(self, path: Path, world: World, moves: bool) -> None:
        """Raise InputError naming ``path`` unless the model can play in ``world``: ``moves`` says whether it can in other domains."""
        differs, seen = self.elsewhere(world), _version(self.informed)
        if differs and self.informed and self.layout == seen:
            raise InputError(f"{path}: a ceiling of another domain: {differs}; train one for it with --informed")
        if differs and not moves:
            raise InputError(f"{path}: a flat network {differs}; only the scorer network moves")
        if self.layout != seen:
            raise InputError(f"{path}: trained on observations of layout {self.layout}, which is {seen} by now; train it again")

    def mapping(self, world: World) -> str:
        """Return in one line what a model that moves makes of another domain than its own; empty for its own."""
        if not self.elsewhere(world):
            return ""
        new = [name for name, family in zip(world.acts.names, world.acts.family, strict=True) if Family(family).name not in self.families]
        known = f"{len(world.acts.names) - len(new)} of {len(world.acts.names)}"
        unknown = f"; of families never seen in training: {', '.join(new)}" if new else ""
        return f"trained on {self.domain!r}, plays {world.domain.name!r}: slots and topics map by their features, {known} acts by their family{unknown}"


def _version(informed: bool) -> str:
    return INFORMED_VERSION if informed else VERSION


def _names(domain: Domain, acts: tuple[str, ...]) -> str:
    names = (acts, tuple(slot.name for slot in domain.slots), tuple(topic.name for topic in domain.topics))
    return hashlib.sha256(repr(names).encode()).hexdigest()[:12]


def origin_of(path: Path, stored: Any) -> Origin:
    """Return the origin from what was ``stored`` as ``ORIGIN`` in the model at ``path``; raises InputError if that is none."""
    if stored is None:
        raise InputError(f"{path}: not saved by train.py, so it does not say which algorithm it is of; a policy of your own is named module:Class")
    try:
        return Origin(
            **{**stored, "families": tuple(stored["families"]), "hide": tuple(stored.get("hide", ())), "weights": WeightsRange.from_dict(stored["weights"])}
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: its origin cannot be read ({error}); train it again") from None
