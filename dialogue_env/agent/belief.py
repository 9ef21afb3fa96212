"""A Bayes filter over the needed item and the slots of the wish, from what was heard.

The wish w_s of slot s is, given the item z: "does not matter" with probability d; else a value of the
item, or with probability e a value drawn by popularity. Of a slot that the item has no value of, it does not
matter. Slots are independent given the item, so the evidence per slot E_s[w] = prod P(heard | w) is a
sufficient statistic, and

    P(z | heard)  ~  P(z) prod_s mean G_s[v] over the values v that z has of s, or E_s[none] if it has none,
    G_s[v] = d E_s[none] + (1 - d) ((1 - e) E_s[v] + e sum_u popularity_u E_s[u]).

Only the slot a report is about is recomputed: P(z) is multiplied by the new factor over the old.
"""

import math
from typing import Any

import numpy as np

from dialogue_env.acts import Report
from dialogue_env.messages import Heard
from rewards.compiled import compiled, compiled_apart

FLOOR = 1e-4
SMALLEST = 1e-12
MOST_EXACT = 1024
"""Items up to which the masses of the values are exact sums."""
SAMPLE = 512
"""Of more items, one stands for those that hold less than 1 part in so many: masses then err by .02 to .04, entropies by .007 on average."""


@compiled
def heard_likelihood(tables: Any, heard: Heard, wished: int) -> float:
    """Return P(heard | wished value) of a report up to a factor; a vague one is the mean of its two values, one that does not fit is not wished."""
    slot, shares = tables.slots[heard.slot], tables.constants[0].by_form
    if heard.kind == Report.NO_PREFERENCE:
        return max(shares.indifferent[slot.form] if wished == slot.size else shares.no_preference[slot.form], FLOOR)
    if heard.kind == Report.UNFIT:
        return tables.constants[0].belief.error if wished == slot.size or wished == heard.first else 1.0
    return 0.5 * (_value_likelihood(tables, slot, heard.first, wished) + _value_likelihood(tables, slot, heard.second, wished))


@compiled
def _value_likelihood(tables: Any, slot: Any, value: int, wished: int) -> float:
    """Return P(value heard | wished value): right but for an ``error`` shared among the others; by popularity if it does not matter."""
    constants = tables.constants[0]
    if wished == slot.size:
        return max((1.0 - constants.by_form.indifferent[slot.form]) * tables.places[slot.place + value].popularity, FLOOR)
    error = constants.belief.error
    return max(1.0 - error if wished == value else error / max(slot.size - 1, 1), FLOOR)


@compiled
def write_factor(tables: Any, slot: Any, evidence: Any, out: Any) -> None:
    """Write G_s[v] of a slot, and last the factor of items that have no value of it, into ``out``, from the ``evidence`` [W]."""
    c, place, size = tables.constants[0].wish, slot.place, slot.size
    deviating = 0.0
    for v in range(size):
        deviating += tables.places[place + v].popularity * np.float64(evidence[place + v])
    for v in range(size):
        wanted = (1.0 - c.deviation) * np.float64(evidence[place + v]) + c.deviation * deviating
        out[v] = c.dont_care * np.float64(evidence[place + size]) + (1.0 - c.dont_care) * wanted
    out[size] = np.float64(evidence[place + size])


@compiled
def report(tables: Any, items: Any, evidence: Any, heard: Heard, room: Any) -> tuple[float, float]:
    """Write evidence [W] and, up to a factor, the posterior [N] after a report; returns the factor that was divided out, and the sum.

    Evidence is kept at a greatest value of 1 and above a floor, so that it never underflows
    and no answer is ever final.
    """
    slot, old, new, ratio = tables.slots[heard.slot], room[0], room[1], room[2]
    write_factor(tables, slot, evidence, old)
    scale = 0.0
    for w in range(slot.size + 1):
        scale = max(scale, np.float64(evidence[slot.place + w]) * heard_likelihood(tables, heard, w))
    for w in range(slot.size + 1):
        place = slot.place + w
        evidence[place] = max(np.float64(evidence[place]) * heard_likelihood(tables, heard, w) / scale, FLOOR)
    write_factor(tables, slot, evidence, new)
    blank = new[slot.size] / old[slot.size] if slot.blank > 0.0 else 1.0
    for v in range(slot.size):
        new[v] /= blank
        ratio[v] = new[v] / old[v]
    total = _reweigh(items, old, new, ratio, tables.columns, slot.first, slot.end)
    return scale * blank, total_of(items) if slot.blank > 0.0 else total


@compiled_apart
def total_of(items: Any) -> float:
    """Return the sum of a posterior [N]."""
    total = 0.0
    for n in range(len(items)):
        total += np.float64(items[n])
    return total


@compiled_apart
def _reweigh(items: Any, old: Any, new: Any, ratio: Any, columns: Any, first: int, end: int) -> float:
    """Weigh the items that have values of a slot by the values' new factors over the old, which is ``ratio`` for one; returns their sum."""
    before, factor, told, total = 0.0, 0.0, 0, 0.0
    for k in range(first, end):
        n, several, value = columns[k].item, columns[k].several, columns[k].value
        if several == 1:
            items[n] = np.float64(items[n]) * ratio[value]
            total += np.float64(items[n])
            continue
        before += old[value]
        factor += new[value]
        told += 1
        if told == several:
            items[n] = np.float64(items[n]) * (factor / before)
            total += np.float64(items[n])
            before, factor, told = 0.0, 0.0, 0
    return total


@compiled_apart
def decline(items: Any, table: Any, cells: Any, places: Any, slots: Any, offered: int, rejection: float, room: Any) -> float:
    """Weigh down the items that share values with a declined offer: by 1 - rejection (share in common)^2; returns the sum."""
    common, total = room[0], 0.0
    common[:] = 0.0
    for k in range(table[offered].first, table[offered].end):
        common[cells[k].place] = slots[places[cells[k].place].slot].weight / cells[k].several
    for n in range(len(items)):
        shared = 0.0
        for k in range(table[n].first, table[n].end):
            shared += common[cells[k].place]
        items[n] = np.float64(items[n]) * (1.0 - rejection * shared * shared)
        total += np.float64(items[n])
    return total


@compiled_apart
def summarise(items: Any, table: Any, cells: Any, fits: Any, slots: Any, total: float, entropy: Any, top_mass: Any, fit: Any, room: Any) -> int:
    """Normalise a posterior that sums to ``total`` and write what it says; returns the most likely item, the first of equals.

    Of each slot the entropy over the log of its size and the greatest mass [S], and the expected fit of the acts.
    ``room`` has four rows to work in, for a report its factors, here the fits and the masses [W]: one pass over the items serves all.
    """
    expected, mass, share = room[2], room[3], 1.0 / total
    taken, best = _add_up(items, share, table, cells, fits, total / SAMPLE if len(items) > MOST_EXACT else 0.0, expected, mass)
    for s in range(len(entropy)):
        spread, top, known, place = 0.0, 0.0, 0.0, slots[s].place
        for v in range(slots[s].size):
            p = mass[place + v] / taken
            known += p
            top = max(top, p)
            spread -= p * math.log(max(p, SMALLEST))
        if slots[s].blank > 0.0:
            p = max(1.0 - known, 0.0)
            top = max(top, p)
            spread -= p * math.log(max(p, SMALLEST))
        entropy[s] = min(max(spread / slots[s].log_size, 0.0), 1.0)
        top_mass[s] = min(top, 1.0)
    fit[0] = 1.0
    for f in range(1, len(fit)):
        fit[f] = min(max(expected[f] / taken, -1.0), 1.0)
    return best


@compiled_apart
def _add_up(items: Any, share: float, table: Any, cells: Any, fits: Any, step: float, expected: Any, mass: Any) -> tuple[float, int]:
    """Multiply items by ``share``; write the mass of each value [W] and the sums of the fits; return the mass counted, and the most likely item.

    Items that hold at least ``step`` count as they are. Of the others one in every ``step`` of mass counts for all of it: a
    systematic sample, in the order of the table.
    """
    best, most, taken, carried = 0, np.float64(items[0]), 0.0, 0.5 * step
    expected[:] = 0.0
    mass[:] = 0.0
    for n in range(len(items)):
        weight = np.float64(items[n])
        items[n] = weight * share
        if weight > most:
            best, most = n, weight
        if weight < step:
            carried += weight
            if carried < step:
                continue
            carried -= step
            weight = np.float64(step)
        taken += weight
        for k in range(table[n].first, table[n].end):
            several = cells[k].several
            mass[cells[k].place] += weight if several == 1 else weight / several
        for f in range(1, fits.shape[1]):
            expected[f] += fits[n, f] * weight
    return taken, best
