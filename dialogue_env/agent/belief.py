"""A Bayes filter over the needed item and the slots of the wish, from what was heard.

The wish w_s of slot s is, given the item z: "does not matter" with probability d; else the
item's value, or with probability e a value drawn by popularity. Slots are independent given
the item, so the evidence per slot E_s[w] = prod P(heard | w) is a sufficient statistic, and

    P(z | heard)  ~  P(z) prod_s G_s[z_s],
    G_s[v] = d E_s[none] + (1 - d) ((1 - e) E_s[v] + e sum_u popularity_u E_s[u]).

Only the slot a report is about is recomputed: P(z) is multiplied by G_s new over G_s old.
"""

import math
from typing import Any

import numpy as np

from dialogue_env.acts import Report
from dialogue_env.messages import Heard
from dialogue_env.types import F64, Records
from rewards.compiled import compiled, compiled_apart

FLOOR = 1e-4
SMALLEST = 1e-12


def likelihood_table(error: float, no_preference: F64, indifferent: F64, slots: Records, marginals: F64) -> F64:
    """Return P(heard | wished value) up to a factor, [S, V+1, V+1]: slot, report, wished value.

    Report v < V is "the value v", report V is "no preference"; wish V is "does not matter". A
    wrong value has probability ``error`` shared among the others; ``no_preference`` and ``indifferent``
    are shares by form of question. (A slot's "does not matter" is its
    own size in a wish, but always the last place here.)
    """
    unsure, unsure_of_nothing = (share[slots["form"]][:, None] for share in (no_preference, indifferent))
    values = marginals.shape[1]
    others = np.maximum(slots["size"] - 1, 1)[:, None, None]
    table = np.empty((len(slots), values + 1, values + 1))
    table[:, :values, :values] = np.where(np.eye(values, dtype=bool), 1.0 - error, error / others)
    table[:, :values, values] = (1.0 - unsure_of_nothing) * marginals
    table[:, values, :values] = unsure
    table[:, values, values] = unsure_of_nothing[:, 0]
    return np.maximum(table, FLOOR)


@compiled
def heard_likelihood(tables: Any, heard: Heard, wished: int) -> float:
    """Return P(heard | wished value) of a report; a vague one is the mean of its two values."""
    table, nothing = tables.likelihood[heard.slot], tables.likelihood.shape[1] - 1
    if heard.kind == Report.NO_PREFERENCE:
        return table[nothing, wished]
    return 0.5 * (table[heard.first, wished] + table[heard.second, wished])


@compiled
def write_factor(tables: Any, slot: int, evidence: Any, out: Any) -> None:
    """Write G_s[v] into ``out`` [V], from the evidence [V+1] of ``slot``."""
    c, values = tables.constants[0].wish, tables.marginals.shape[1]
    deviating = 0.0
    for v in range(values):
        deviating += tables.marginals[slot, v] * np.float64(evidence[v])
    for v in range(values):
        wanted = (1.0 - c.deviation) * np.float64(evidence[v]) + c.deviation * deviating
        out[v] = c.dont_care * np.float64(evidence[values]) + (1.0 - c.dont_care) * wanted


@compiled
def report(tables: Any, items: Any, evidence: Any, heard: Heard, room: Any) -> float:
    """Write evidence [V+1] and, up to a factor, the posterior [N] after a report; returns the greatest likelihood that was divided out.

    Evidence is kept at a greatest value of 1 and above a floor, so that it never underflows
    and no answer is ever final.
    """
    old, ratio, values = room[0], room[1], tables.marginals.shape[1]
    write_factor(tables, heard.slot, evidence, old)
    scale = 0.0
    for w in range(values + 1):
        scale = max(scale, np.float64(evidence[w]) * heard_likelihood(tables, heard, w))
    for w in range(values + 1):
        evidence[w] = max(np.float64(evidence[w]) * heard_likelihood(tables, heard, w) / scale, FLOOR)
    write_factor(tables, heard.slot, evidence, ratio)
    for v in range(values):
        ratio[v] /= old[v]
    _reweigh(items, ratio, tables.codes, heard.slot)
    return scale


@compiled_apart
def _reweigh(items: Any, ratio: Any, codes: Any, slot: int) -> None:
    for n in range(len(items)):
        items[n] = np.float64(items[n]) * ratio[codes[n, slot]]


@compiled_apart
def decline(items: Any, codes: Any, slots: Any, offered: int, rejection: float) -> None:
    """Weigh down the items that share values with a declined offer: by 1 - rejection (share in common)^2."""
    for n in range(len(items)):
        common = 0.0
        for s in range(len(slots)):
            if codes[n, s] == codes[offered, s]:
                common += slots[s].weight
        items[n] = np.float64(items[n]) * (1.0 - rejection * common * common)


@compiled_apart
def summarise(items: Any, codes: Any, fits: Any, slots: Any, entropy: Any, top_mass: Any, fit: Any, room: Any) -> tuple[float, int]:
    """Normalise the posterior and write what it says; returns the mass that it had, and the most likely item, the first of equals.

    Of each slot the entropy over the log of its size and the greatest mass [S], and the expected fit of the acts.
    ``room`` is (old and new factors, fits, then masses [S, V]) to work in: one pass over the items serves all.
    """
    expected, mass = room[2], room[3:]
    best, total = _add_up(items, codes, fits, expected, mass), 0.0
    for v in range(slots[0].size):
        total += mass[0, v]
    share = 1.0 / total
    _scale(items, share)
    for s in range(len(entropy)):
        spread, top = 0.0, 0.0
        for v in range(slots[s].size):
            p = mass[s, v] * share
            top = max(top, p)
            spread -= p * math.log(max(p, SMALLEST))
        entropy[s] = min(max(spread / slots[s].log_size, 0.0), 1.0)
        top_mass[s] = min(top, 1.0)
    fit[0] = 1.0
    for f in range(1, len(fit)):
        fit[f] = min(max(expected[f] * share, -1.0), 1.0)
    return total, best


@compiled_apart
def _add_up(items: Any, codes: Any, fits: Any, expected: Any, mass: Any) -> int:
    """Write the mass of each value [S, V] and the sums of the fits, and return the most likely item."""
    slots, rows, best = codes.shape[1], fits.shape[1], 0
    expected[:] = 0.0
    mass[:] = 0.0
    for n in range(len(items)):
        p = np.float64(items[n])
        if items[n] > items[best]:
            best = n
        for s in range(slots):
            mass[s, codes[n, s]] += p
        for f in range(1, rows):
            expected[f] += fits[n, f] * p
    return best


@compiled_apart
def _scale(items: Any, share: float) -> None:
    for n in range(len(items)):
        items[n] = np.float64(items[n]) * share
