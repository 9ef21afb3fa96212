"""The hidden person: one record a dialogue, beside their wish."""

from typing import Any, NamedTuple

import numpy as np

from dialogue_env.acts import REPLIES
from dialogue_env.messages import NOWHERE
from dialogue_env.person.traits import TRAITS
from dialogue_env.types import I32, Records
from dialogue_env.visits import VISITS
from rewards.compiled import compiled, compiled_apart, records

FAVOURITES = 3
"""How many topics of their own a person has."""

TRAIT = np.dtype([(name, "f8") for name in TRAITS], align=True)
_FIELDS = np.dtype(
    [
        ("key", "u8"),  # of all random draws
        ("type", "i4"),
        ("need", "i4"),  # the item or profile behind the wish
        ("favourites", "i4", (FAVOURITES,)),  # the person's own topics
        ("topic", "i4"),  # where they take the talk to be
        ("raised", "i4"),  # the topic they have just raised, else NOWHERE
        ("visits", VISITS),  # exchanges on each topic
        ("traits", TRAIT),
        ("leaning", "f8", (len(REPLIES),)),  # what the traits add to the logit of each reply
        ("satisfaction", "f8"),  # this and the next four lie in [0, 1]
        ("willingness", "f8"),  # to do what the dialogue is for
        ("annoyance", "f8"),
        ("distress", "f8"),
        ("misunderstanding", "f8"),
        ("interest", "f8"),  # in the topic
        ("progress", "f8"),  # goal progress
        ("utility", "f8"),  # share of the first wish that the item agreed on meets
        ("failures", "i4"),  # failures of the agent so far
        ("unrecognised", "i4"),  # replies or values misheard so far
        ("refusals", "i4"),  # resisting replies so far
        ("last_reply", "i4"),  # NOWHERE before the first exchange; silent, the person holds the floor
        ("stuck", "?"),  # silent and in need of help
        ("agreed", "?"),  # a yes stands
        ("rejected", "?"),  # the last answer to a proposal was no
        ("offered", "i4"),  # the item last offered (in outcome domains: asked for), else NOWHERE
    ],
    align=True,
)
_PLACES: Any = _FIELDS.fields
PERSON = np.dtype(
    {
        "names": [*_PLACES, "trait"],
        "formats": [*(place[0] for place in _PLACES.values()), ("f8", (len(TRAITS),))],
        "offsets": [*(place[1] for place in _PLACES.values()), _PLACES["traits"][1]],
        "itemsize": _FIELDS.itemsize,
    },
    align=True,
)
"""One person. ``trait`` [C] is the memory of ``traits`` once more, for loops over all of them."""


class Person(NamedTuple):
    """B people. Axis letters: S slots."""

    now: Records  # [B] of PERSON
    wish: I32  # [B, S] wished value, or the slot's size for "does not matter"
    first_wish: I32  # [B, S] the wish that the person came with


@compiled
def open_people(parts: Any) -> Any:
    """Return the parts of a Person under their names again (Numba takes a plain tuple from Python in half the time)."""
    return Person(records(parts[0]), parts[1], parts[2])


@compiled
def utility(tables: Any, wish: Any, need: int, item: int) -> float:
    """Return the share of a wish [S] that ``item`` meets, by the weights of the slots that the ``need`` has; 1 in outcome domains."""
    if not tables.constants[0].world.item:
        return 1.0
    met, minded, _, _ = _compare(wish, tables.items[need], tables.items[item], tables.cells, tables.places, tables.slots, 1.0)
    return met / minded


@compiled
def missed(tables: Any, wish: Any, need: int, item: int, uniform: float) -> tuple[int, int]:
    """Return a slot of the need in which ``item`` misses the wish [S], by weight, and the value it has there; NOWHERE where there is none."""
    needed, offered = tables.items[need], tables.items[item]
    met, minded, slot, value = _compare(wish, needed, offered, tables.cells, tables.places, tables.slots, 0.0)
    if slot != NOWHERE:
        _, _, slot, value = _compare(wish, needed, offered, tables.cells, tables.places, tables.slots, uniform * (minded - met))
    return slot, value


@compiled_apart
def _compare(wish: Any, need: Any, item: Any, cells: Any, places: Any, slots: Any, threshold: float) -> tuple[float, float, int, int]:
    """Return the weights of the slots that ``item`` serves and of all that the need has; the last missed slot at whose turn at most ``threshold`` was missed.

    Of that slot also the value that the item has, the first of several.
    """
    met, minded, missing, i, k, found, value = 0.0, 0.0, 0.0, need.first, item.first, NOWHERE, NOWHERE
    while i < need.end:
        slot = places[cells[i].place].slot
        wished, end = slots[slot].place + wish[slot], slots[slot].place + slots[slot].size
        served, has = wished == end, NOWHERE
        i += cells[i].several
        while k < item.end and cells[k].place < end:
            served = served or cells[k].place == wished
            if has == NOWHERE and cells[k].place >= slots[slot].place:
                has = cells[k].place - slots[slot].place
            k += 1
        minded += slots[slot].weight
        met += slots[slot].weight if served else 0.0
        if not served:
            if missing <= threshold:
                found, value = slot, has
            missing += slots[slot].weight
    return met, minded, found, value


@compiled
def slot_of_need(tables: Any, need: int, uniform: float) -> int:
    """Return one of the slots that the need has, evenly."""
    item = tables.items[need]
    nth = min(int(uniform * item.slots), item.slots - 1)
    cell = item.first
    for _ in range(nth):
        cell += tables.cells[cell].several
    return tables.places[tables.cells[cell].place].slot
