"""How a person comes to the dialogue: who they are, what they want, and what they care for."""

from typing import Any

from dialogue_env.acts import REPLIES
from dialogue_env.draws import Opening, draw
from dialogue_env.messages import NOWHERE
from dialogue_env.person.meaning import interest
from dialogue_env.person.mind import popular_value, progress
from dialogue_env.person.person import FAVOURITES, utility
from dialogue_env.person.traits import TRAITS
from dialogue_env.visits import forget, visit
from rewards.compiled import compiled

COUNT, CHOICES = len(TRAITS), len(REPLIES)


@compiled
def chosen(reached: Any, uniform: float) -> int:
    """Return an index drawn by shares, of which ``reached`` are the running sums."""
    low, high = 0, len(reached) - 1
    while low < high:
        middle = (low + high) // 2
        if reached[middle] > uniform:
            high = middle
        else:
            low = middle + 1
    return low


@compiled
def arrive(tables: Any, arrivals: Any, people: Any, b: int, topic: int, best: int) -> None:
    """Write a new person into row ``b``, whose key is set.

    ``topic`` is where the talk begins, ``best`` the agent's first guess at their item.
    """
    person, start = people.now[b], tables.constants[0].start
    key, slots = person.key, len(tables.slots)
    person.type = chosen(arrivals.types, draw(key, 0, Opening.TYPE))
    for c in range(COUNT):
        person.trait[c] = quantile(arrivals.quantiles, person.type, c, draw(key, 0, Opening.REST + slots + c))
    for r in range(CHOICES):
        person.leaning[r] = 0.0
        for c in range(COUNT):
            person.leaning[r] += (person.trait[c] - 0.5) * tables.constants[0].character[r, c]
    person.need = chosen(arrivals.items, draw(key, 0, Opening.NEED))
    _wish(tables, people, b)
    for i in range(FAVOURITES):
        person.favourites[i] = int(draw(key, 0, Opening.FAVOURITES + i) * len(tables.centre))
    person.satisfaction = _between(start.satisfaction_low, start.satisfaction_high, draw(key, 0, Opening.SATISFACTION))
    person.willingness = _between(start.willingness_low, start.willingness_high, person.traits.willingness)
    person.distress = _between(start.distress_low, start.distress_high, draw(key, 0, Opening.DISTRESS))
    person.annoyance = person.misunderstanding = person.utility = 0.0
    person.failures = person.unrecognised = person.refusals = 0
    person.stuck = person.agreed = person.rejected = False
    person.topic = topic
    person.raised = person.last_reply = person.offered = NOWHERE
    forget(person.visits)
    person.interest = interest(tables, person, topic)
    visit(person.visits, topic)
    person.progress = progress(tables, person, utility(tables, people.wish[b], person.need, best))


@compiled
def _between(low: float, high: float, level: float) -> float:
    return low + (high - low) * level


@compiled
def quantile(quantiles: Any, kind: int, trait: int, level: float) -> float:
    """Return the ``level`` quantile of a trait among people of a type, between the tabled ones."""
    last = quantiles.shape[2] - 1
    position = level * last
    low = int(position)
    below, above = quantiles[kind, trait, low], quantiles[kind, trait, min(low + 1, last)]
    return below + (above - below) * (position - low)


@compiled
def _wish(tables: Any, people: Any, b: int) -> None:
    """Write the wish of the person in row ``b``, whose need is set: what the item does not have does not matter."""
    person = people.now[b]
    for s in range(len(tables.slots)):
        people.wish[b, s] = people.first_wish[b, s] = tables.slots[s].size
    item = tables.items[person.need]
    cell = item.first
    while cell < item.end:
        slot = tables.places[tables.cells[cell].place].slot
        people.wish[b, slot] = people.first_wish[b, slot] = _wished(tables, cell, draw(person.key, 0, Opening.REST + slot))
        cell += tables.cells[cell].several


@compiled
def _wished(tables: Any, first: int, uniform: float) -> int:
    """Return the wished value of a slot whose values the item has from ``first`` on: one of them, but it may not matter or may deviate."""
    c, several, slot = tables.constants[0].wish, tables.cells[first].several, tables.places[tables.cells[first].place].slot
    deviates = c.dont_care + (1.0 - c.dont_care) * c.deviation
    if uniform < c.dont_care:
        return tables.slots[slot].size
    if uniform < deviates:
        return popular_value(tables, slot, (uniform - c.dont_care) / (deviates - c.dont_care))
    nth = min(int((uniform - deviates) / (1.0 - deviates) * several), int(several) - 1)
    return tables.places[tables.cells[first + nth].place].value
