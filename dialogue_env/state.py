"""The state of B dialogues: one frozen record of arrays, public columns apart from hidden ones."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from dialogue_env.columns import Columns

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

NOWHERE = -1
"""A topic, act or reply that is not there."""
FAVOURITES = 3
"""How many topics of their own a person has."""
OFTEN = np.float32(1 / 3)
"""What one use of an act, or one question about a slot, adds; three times counts as always."""


class Talk(metaclass=Columns):
    """Columns of ``State.talk``: where the conversation stands, open to both sides."""

    TURN = 0  # exchanges so far
    TOPIC = 1
    OWN_TOPIC = 2  # the topic the person has just raised, else NOWHERE
    LAST_ACT = 3  # NOWHERE before the first exchange
    LAST_REPLY = 4  # as recognised; NOWHERE before the first exchange
    AGREED = 5  # 1 while the person's yes stands
    OFFERS = 6  # proposals so far
    REFUSALS = 7  # recognised resisting replies so far
    BEST_ITEM = 8  # the most likely item
    HEARD_SLOT = 9  # the slot last spoken of
    HEARD_KIND = 10  # what kind of report was heard about it in this exchange (Report)
    HEARD_FIRST = 11  # the value heard
    HEARD_SECOND = 12  # the other value of a vague report, else the same again


class Signal(metaclass=Columns):
    """Columns of ``State.signals``: what the agent estimates from what it heard, each in [0, 1]."""

    MOOD = 0  # smoothed rating by an outside observer
    COOPERATION = 1  # smoothed share of cooperative replies
    SURPRISE = 2  # 1 - predicted probability of the last value heard
    HESITATION = 3  # cue that a silent person is stuck
    BEST_MASS = 4  # belief in the most likely item
    UPSET = 5  # smoothed rating of distress by an outside observer


class Mind(metaclass=Columns):
    """Columns of ``State.mind``: the person's hidden condition; the first five lie in [0, 1]."""

    SATISFACTION = 0
    WILLINGNESS = 1
    ANNOYANCE = 2
    DISTRESS = 3
    MISUNDERSTANDING = 4
    RESISTED = 5  # 1 if the last reply was RESIST
    ASKED = 6  # 1 if the last reply was a question
    THINKING = 7  # 1 if silent: the person holds the floor
    STUCK = 8  # 1 if silent and in need of help
    FAILURES = 9  # failures of the agent so far
    UTILITY = 10  # share of the first wish that the item agreed on meets
    REJECTED = 11  # 1 if the last answer to a proposal was no
    PROGRESS = 12  # goal progress
    UNRECOGNISED = 13  # replies or values misheard so far


@dataclass(frozen=True, slots=True)
class State:
    """B dialogues. Axis letters: S slots, V values, N items, T topics, K slate, A acts, C traits."""

    # public: what was said and done, and what follows from it
    talk: Ints  # [B, 13] columns Talk
    signals: Floats  # [B, 6] columns Signal
    slate: Ints  # [B, K] topics that SHIFT can lead to
    open: npt.NDArray[np.bool_]  # [B, A] acts that can be chosen now; at least one can
    uses: Floats  # [B, A] how often each act was used: over 3, at most 1
    asked: Floats  # [B, S] how often each slot was spoken of: over 3, at most 1
    novelty: Floats  # [B, T] 1 / (1 + times the topic was talked of)
    liking: Floats  # [B, T] estimated interest of the person
    evidence: Floats  # [B, S, V+1] likelihood of what was heard for each wished value; last: "does not matter"
    items: Floats  # [B, N] posterior of the items
    slot_belief: Floats  # [B, 2, S] normalised entropy and greatest mass of each slot
    fit: Floats  # [B, A] expected fit of each act, in [-1, 1]
    # hidden: the person
    key: npt.NDArray[np.uint64]  # [B] key of all random draws
    user_type: Ints  # [B]
    traits: Floats  # [B, C] columns Trait
    leaning: Floats  # [B, R] what the traits add to the logit of each reply
    need: Ints  # [B] the item or profile behind the wish
    wish: Ints  # [B, S] wished value, or the slot's V for "does not matter"
    first_wish: Ints  # [B, S] the wish that the person came with
    favourites: Ints  # [B, 3] the person's own topics
    interest: Floats  # [B, T] interest in each topic, in [0, 1]
    mind: Floats  # [B, 14] columns Mind

    def __len__(self) -> int:
        return len(self.key)

    def arrays(self) -> Iterator[tuple[str, npt.NDArray[Any]]]:
        """Yield the fields as (name, array)."""
        return ((field.name, getattr(self, field.name)) for field in fields(self))

    def take(self, rows: npt.NDArray[Any]) -> Self:
        """Return the dialogues at ``rows`` (indices or a mask), in that order."""
        return replace(self, **{name: array[rows] for name, array in self.arrays()})

    def put(self, rows: npt.NDArray[Any], other: Self, before: Self | None = None) -> Self:
        """Return a copy in which the dialogues at ``rows`` are those of ``other``.

        With ``before``, the state that this one came from in a step nobody has seen yet, only
        the arrays that the two share are copied; the others are written in place.
        """
        merged = {}
        for (name, array), (_, new) in zip(self.arrays(), other.arrays(), strict=True):
            merged[name] = array.copy() if before is None or array is getattr(before, name) else array
            merged[name][rows] = new
        return replace(self, **merged)


PUBLIC = ("talk", "signals", "slate", "open", "uses", "asked", "novelty", "liking", "evidence", "items", "slot_belief", "fit")
HIDDEN = ("key", "user_type", "traits", "leaning", "need", "wish", "first_wish", "favourites", "interest", "mind")
