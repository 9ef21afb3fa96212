"""A Bayes filter over the needed item and the slots of the wish, from what was heard.

The wish w_s of slot s is, given the item z: "does not matter" with probability d; else the
item's value, or with probability e a value drawn by popularity. Slots are independent given
the item, so the evidence per slot E_s[w] = prod P(heard | w) is a sufficient statistic, and

    P(z | heard)  ~  P(z) prod_s G_s[z_s],
    G_s[v] = d E_s[none] + (1 - d) ((1 - e) E_s[v] + e sum_u popularity_u E_s[u]).

Only rows in which something was heard are recomputed, and only the slot it was about:
P(z) is multiplied by G_s new over G_s old.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from dialogue_env.acts import REPORT, Report
from dialogue_env.blocks import rowwise_product
from dialogue_env.state import Signal, State, Talk
from dialogue_env.world import World

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

FLOOR = np.float32(1e-4)


def likelihood_table(world: World) -> Floats:
    """Return P(heard | wished value) up to a factor, [S, V+1, V+1]: slot, report, wished value.

    Report v < V is "the value v", report V is "no preference"; wish V is "does not matter". A
    wrong value has probability ``error`` shared among the others.
    """
    c = world.person.constants["belief"]
    error = min(float(c["error"]) + world.noise, 0.5)
    unsure, unsure_of_nothing = (share[world.forms][:, None] for share in (world.person.no_preference, world.person.indifferent))
    slots, values = world.marginals.shape
    others = np.maximum(world.sizes - 1, 1)[:, None, None]
    table = np.empty((slots, values + 1, values + 1), np.float32)
    table[:, :values, :values] = np.where(np.eye(values, dtype=bool), 1.0 - error, error / others)
    table[:, :values, values] = (1.0 - unsure_of_nothing) * world.marginals
    table[:, values, :values] = unsure
    table[:, values, values] = unsure_of_nothing[:, 0]
    return np.maximum(table, FLOOR)


def likelihood(table: Floats, slot: Ints, kind: Ints, first: Ints, second: Ints) -> Floats:
    """Return P(heard | wished value), [B, V+1], for reports about ``slot`` [B]; a vague one is the mean of its two values."""
    indifferent = kind == Report.NO_PREFERENCE
    nothing = table.shape[1] - 1
    named = table[slot, np.where(indifferent, nothing, first)] + table[slot, np.where(indifferent, nothing, second)]
    return named * np.float32(0.5)


def item_factor(world: World, slot: Ints, evidence: Floats) -> Floats:
    """Return G_s[v], [B, V], from the evidence of ``slot``, [B, V+1]."""
    deviating = np.float32(world.deviation) * (world.marginals[slot] * evidence[:, :-1]).sum(axis=1, keepdims=True)
    wanted = np.float32(1.0 - world.deviation) * evidence[:, :-1] + deviating
    return np.float32(world.dont_care) * evidence[:, -1:] + np.float32(1.0 - world.dont_care) * wanted


def hear(world: World, table: Floats, state: State, talk: Ints, signals: Floats, declined: Bools) -> dict[str, Any]:
    """Return the belief after what ``talk`` says was heard and the offers ``declined`` [B], as fields of ``State``.

    Writes the most likely item into ``talk``, and its mass and the surprise into ``signals``.
    """
    kind = talk[:, Talk.HEARD_KIND]
    told = (kind == REPORT.VALUE) | (kind == REPORT.VAGUE) | (kind == Report.NO_PREFERENCE)
    rows = np.flatnonzero(told | declined)
    if not len(rows):
        return {}
    heard = talk[rows]
    slot = heard[:, Talk.HEARD_SLOT]
    said = likelihood(table, slot, heard[:, Talk.HEARD_KIND], heard[:, Talk.HEARD_FIRST], heard[:, Talk.HEARD_SECOND])
    items, evidence, surprise = _reported(world, state.items[rows], state.evidence[rows], told[rows], slot, said)
    items = _declined(world, items, heard[:, Talk.BEST_ITEM], declined[rows])
    slot_belief, fit = summarise(world, items)
    best = items.argmax(axis=1)
    talk[rows, Talk.BEST_ITEM] = best
    signals[rows, Signal.BEST_MASS] = items[np.arange(len(rows)), best]
    signals[rows, Signal.SURPRISE] = surprise
    merged = {}
    for name, values in (("evidence", evidence), ("items", items), ("slot_belief", slot_belief)):
        merged[name] = getattr(state, name).copy()
        merged[name][rows] = values
    if len(world.fit_varies):
        merged["fit"] = state.fit.copy()
        merged["fit"][rows[:, None], world.fit_varies] = fit
    return merged


def _reported(world: World, items: Floats, evidence: Floats, told: Bools, slot: Ints, said: Floats) -> tuple[Floats, Floats, Floats]:
    """Return posterior, evidence and surprise after the reports of the rows that ``told`` one.

    Evidence is kept at a greatest value of 1 and above a floor, so that it never underflows
    and no answer is ever final.
    """
    row = np.arange(len(slot))
    old = evidence[row, slot]
    joint = np.where(told[:, None], old * said, old)
    scale = joint.max(axis=1, keepdims=True)
    new = np.maximum(joint / scale, FLOOR)
    evidence[row, slot] = new
    ratio = item_factor(world, slot, new) / item_factor(world, slot, old)
    items = items * _spread(world, slot, ratio)
    predicted = items.sum(axis=1, keepdims=True)
    surprise = np.clip(1.0 - predicted * scale, 0.0, 1.0)[:, 0] * told
    return items / predicted, evidence, surprise


def _declined(world: World, items: Floats, offered: Ints, declined: Bools) -> Floats:
    """Weigh down the items that share values with a declined offer: by 1 - r (share in common)^2."""
    rows = np.flatnonzero(declined)
    if world.domain.target == "item" and len(rows):
        common = rowwise_product(world.alike[offered[rows]], world.values_of.reshape(-1, len(world.codes)))
        items[rows] *= 1.0 - np.float32(world.person.constants["belief"]["rejection"]) * common * common
        items[rows] /= items[rows].sum(axis=1, keepdims=True)
    return items


def summarise(world: World, items: Floats) -> tuple[Floats, Floats]:
    """Return slot beliefs [B, 2, S] (entropy over log of the slot's size, greatest mass) and the fit [B, F] of the acts whose fit varies."""
    summary = rowwise_product(items, world.summary)
    slots, values = world.marginals.shape
    mass = np.maximum(summary[:, : slots * values], np.float32(1e-12))
    out = np.empty((len(summary), 2, slots), np.float32)
    out[:, 0] = rowwise_product(mass * -np.log(mass), world.by_slot) / world.log_sizes
    out[:, 1] = mass.reshape(-1, slots, values).max(axis=2)
    np.minimum(np.maximum(out, np.float32(0.0)), np.float32(1.0), out=out)
    return out, np.minimum(np.maximum(summary[:, slots * values :], np.float32(-1.0)), np.float32(1.0))


def _spread(world: World, slot: Ints, factor: Floats) -> Floats:
    """Return the factor [B, N] of each item by its value of ``slot`` [B], from factors [B, V] of the values.

    A product with ones and zeros is exact, so it may be of any shape; it is faster than indexing.
    """
    out = np.empty((len(slot), len(world.codes)), np.float32)
    for s, values in enumerate(world.values_of):
        rows = np.flatnonzero(slot == s)
        if len(rows):
            out[rows] = factor[rows] @ values
    return out
