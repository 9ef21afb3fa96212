"""The world of a simulator: a domain, a population and the person model, put together as tables."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from dialogue_env.acts import Family, Reply
from dialogue_env.domain.act_table import ActTable, build_act_table
from dialogue_env.domain.catalogue import Catalogue
from dialogue_env.domain.domain import Domain
from dialogue_env.messages import NOWHERE
from dialogue_env.person.model import IMPOSSIBLE, PersonModel
from dialogue_env.person.population import Population
from dialogue_env.tables import CELL, COLUMN, ITEM, PLACE, SLOT, Arrivals, Tables, record_of
from dialogue_env.types import F64, I64, Records
from rewards.errors import InputError

GREATEST_NOISE = 0.5
LEAST_FATIGUE = 1e-9
"""A fatigue of 0 is taken to be this, for its logarithm."""


@dataclass(frozen=True, slots=True)
class World:
    """What dialogues are about and with whom; ``tables`` and ``arrivals`` are what compiled code reads of it."""

    domain: Domain
    population: Population
    noise: float  # P(a reply, or a value, is misrecognised)
    acts: ActTable
    tables: Tables
    arrivals: Arrivals

    @property
    def person(self) -> PersonModel:
        """How the people of the population reply."""
        return self.population.person


def check_noise(noise: Any) -> float:
    """Return the recognition noise; raises InputError unless it lies in [0, 0.5]."""
    if isinstance(noise, bool) or not isinstance(noise, (int, float, np.number)) or not 0.0 <= noise <= GREATEST_NOISE:
        raise InputError(f"noise must lie in [0, {GREATEST_NOISE}], not {noise}")
    return float(noise)


def build_world(domain: Domain, population: Population, noise: float) -> World:
    """Put the tables together; raises InputError for a noise outside [0, 0.5]."""
    noise, person = check_noise(noise), population.person
    acts, catalogue, topics, slots = build_act_table(domain, person), domain.catalogue, domain.map, _slots(domain)
    tables = Tables(
        constants=record_of(_constants(domain, person, acts, noise)),
        acts=acts.records,
        slots=slots,
        items=_items(catalogue),
        places=_places(catalogue, slots),
        cells=_cells(catalogue, slots),
        columns=_columns(catalogue),
        fits=np.ascontiguousarray(acts.fits.T),
        vectors=topics.vectors,
        ranks=topics.ranks,
        centre=topics.centre,
        centres=topics.centres,
        table=topics.table,
        goal_closeness=topics.goal_closeness,
        slot_closeness=topics.slot_closeness,
        neighbours=topics.neighbours,
        near=topics.near,
    )
    arrivals = Arrivals(catalogue.popularity.cumsum(), np.array(domain.opening_topics, np.int32), population.shares.cumsum(), population.quantiles)
    return World(domain, population, noise, acts, tables, arrivals)


def _slots(domain: Domain) -> Records:
    catalogue, sizes = domain.catalogue, np.array([len(values) for values in domain.catalogue.values])
    weights, entries = np.array([slot.weight for slot in domain.slots]), catalogue.entries
    slots = np.zeros(len(sizes), SLOT)
    slots["size"], slots["form"], slots["weight"] = sizes, [slot.form for slot in domain.slots], weights / weights.sum()
    slots["place"] = np.cumsum(sizes + 1) - (sizes + 1)
    counts = np.bincount(entries["slot"])
    slots["end"] = counts.cumsum()
    slots["first"] = slots["end"] - counts
    shares = 1.0 / entries["several"]
    filled = np.bincount(entries["slot"], shares * catalogue.popularity[entries["item"]])
    complete = np.bincount(entries["slot"], shares) > len(catalogue.names) - 0.5
    slots["blank"] = np.where(complete, 0.0, 1.0 - filled)
    slots["log_size"] = np.log(sizes + (slots["blank"] > 0.0))
    return slots


def _items(catalogue: Catalogue) -> Records:
    items, entries = np.zeros(len(catalogue.names), ITEM), catalogue.entries
    ends = np.searchsorted(entries["item"], np.arange(len(items) + 1))
    items["first"], items["end"], items["popularity"] = ends[:-1], ends[1:], catalogue.popularity
    items["slots"] = np.round(np.bincount(entries["item"], 1.0 / entries["several"], len(items)))
    return items


def _places(catalogue: Catalogue, slots: Records) -> Records:
    entries, sizes = catalogue.entries, slots["size"] + 1
    places = np.zeros(sizes.sum(), PLACE)
    places["slot"] = np.repeat(np.arange(len(slots)), sizes)
    places["value"] = np.arange(len(places)) - np.repeat(slots["place"], sizes)
    mass = np.bincount(_place(entries, slots), catalogue.popularity[entries["item"]] / entries["several"], len(places))
    places["popularity"] = mass / np.repeat(1.0 - slots["blank"], sizes)
    return places


def _cells(catalogue: Catalogue, slots: Records) -> Records:
    cells = np.zeros(len(catalogue.entries), CELL)
    cells["place"], cells["several"] = _place(catalogue.entries, slots), catalogue.entries["several"]
    return cells


def _place(entries: Records, slots: Records) -> I64:
    return np.asarray(slots["place"][entries["slot"]] + entries["value"])


def _columns(catalogue: Catalogue) -> Records:
    entries = catalogue.columns
    columns = np.zeros(len(entries), COLUMN)
    for name in COLUMN.fields or ():
        columns[name] = entries[name]
    return columns


def _constants(domain: Domain, person: PersonModel, acts: ActTable, noise: float) -> dict[str, Any]:
    """Return every number that compiled code reads by name."""
    wishes = domain.target == "item"
    tables = {name: dict(table) for name, table in person.constants.items()}
    tables["wish"] = tables["wish"] if wishes else dict.fromkeys(tables["wish"], 0.0)
    start = {f"{name}_{end}": value for name, pair in domain.start.items() for end, value in zip(("low", "high"), pair, strict=True)}
    reaction = tables.pop("reaction")
    tables["belief"]["error"] = min(tables["belief"]["error"] + noise, 0.5)
    tables["willingness"]["log_fatigue"] = math.log(max(tables["willingness"].pop("fatigue"), LEAST_FATIGUE))
    return {
        **tables,
        "start": tables["start"] | start,
        "bias": _bias(domain, person),
        "again": person.again,
        "response": person.response,
        "character": person.character,
        "by_form": {name: getattr(person, name) for name in ("no_preference", "indifferent", "partial", "effort")},
        "reaction": np.array([reaction.get(reply.name, 0.0) for reply in Reply]),
        "acceptance": domain.acceptance,
        "outcome": {**domain.outcome, **tables["outcome"]},
        "progress": domain.progress,
        "world": {
            "noise": noise,
            "item": wishes,
            "goal_topic": domain.goal_topic,
            "objection": next((s for s, slot in enumerate(domain.slots) if slot.objection), NOWHERE),
            "max_turns": domain.max_turns,
            "hold": acts.span[Family.HOLD].start,
        },
    }


def _bias(domain: Domain, person: PersonModel) -> F64:
    """Return the logits [families, R] of the replies with what the domain adds to asking back."""
    bias = person.bias.copy()
    for family, shift in domain.questions.items():
        bias[family, Reply.ASK] += shift if bias[family, Reply.ASK] > IMPOSSIBLE else 0.0
    return bias
