"""The state of B dialogues: what is open to the agent, and the hidden person."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Self

import numpy as np

from dialogue_env.agent.talk import TALK, Talk
from dialogue_env.person.person import PERSON, Person
from dialogue_env.tables import Tables


class State(NamedTuple):
    """B dialogues: two sides. ``take`` forks; a real conversation has a talk and no person."""

    talk: Talk
    person: Person

    @property
    def size(self) -> int:
        """How many dialogues there are, B."""
        return len(self.talk.now)

    def arrays(self) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
        """Yield all arrays as (name, array), records field by field (what lies between their fields means nothing)."""
        for side, part in (("talk", self.talk), ("person", self.person)):
            for name, array in part._asdict().items():
                yield from _leaves(f"{side}.{name}", array)

    def take(self, rows: Any) -> Self:
        """Return the dialogues at ``rows`` (indices or a mask), in that order, as copies."""
        return self._of(lambda array: array[rows])

    def copy(self) -> Self:
        """Return a copy."""
        return self._of(np.copy)

    def _of(self, change: Callable[[Any], Any]) -> Self:
        return type(self)(Talk(*map(change, self.talk)), Person(*map(change, self.person)))


def _leaves(name: str, array: np.ndarray[Any, Any]) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    if array.dtype.names is None:
        yield name, array
        return
    for field in array.dtype.names:
        yield from _leaves(f"{name}.{field}", array[field])


def blank(tables: Tables, size: int) -> State:
    """Return room for ``size`` dialogues of a world."""
    acts, slots, slate = len(tables.acts), len(tables.slots), tables.neighbours.shape[1]
    talk = Talk(
        now=np.zeros(size, TALK),
        open=np.zeros((size, acts), np.bool_),
        slate=np.zeros((size, slate), np.int32),
        uses=np.zeros((size, acts), np.uint8),
        asked=np.zeros((size, slots), np.uint8),
        liking=np.zeros((size, len(tables.centres)), np.float32),
        evidence=np.zeros((size, len(tables.places)), np.float32),
        items=np.zeros((size, len(tables.items)), np.float32),
        entropy=np.zeros((size, slots), np.float32),
        top_mass=np.zeros((size, slots), np.float32),
        fit=np.zeros((size, tables.fits.shape[1]), np.float32),
    )
    return State(talk, Person(np.zeros(size, PERSON), np.zeros((size, slots), np.int32), np.zeros((size, slots), np.int32)))
