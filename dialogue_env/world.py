"""The world of a simulator: a domain, a population and the person model, put together as tables."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from dialogue_env.acts import Family, Reply
from dialogue_env.agent.belief import likelihood_table
from dialogue_env.domain.act_table import ActTable, build_act_table
from dialogue_env.domain.domain import Domain
from dialogue_env.person.model import PersonModel
from dialogue_env.person.population import Population
from dialogue_env.tables import SLOT, Arrivals, Tables, record_of
from dialogue_env.types import F64, Records
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
    acts, catalogue, topics = build_act_table(domain, person), domain.catalogue, domain.map
    slots, marginals = _slots(domain), _marginals(domain)
    tables = Tables(
        constants=record_of(_constants(domain, person, acts, noise)),
        acts=acts.records,
        slots=slots,
        fits=np.ascontiguousarray(acts.fits.T),
        codes=catalogue.codes.astype(np.int32),
        marginals=marginals,
        likelihood=likelihood_table(min(person.constants["belief"]["error"] + noise, 0.5), person.no_preference, person.indifferent, slots, marginals),
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
    arrivals = Arrivals(catalogue.popularity, np.array(domain.opening_topics, np.int32), population.shares, population.quantiles)
    return World(domain, population, noise, acts, tables, arrivals)


def _slots(domain: Domain) -> Records:
    sizes = [len(values) for values in domain.catalogue.values]
    weights = np.array([slot.weight for slot in domain.slots])
    slots = np.zeros(len(sizes), SLOT)
    slots["size"], slots["form"], slots["weight"] = sizes, [slot.form for slot in domain.slots], weights / weights.sum()
    slots["log_size"] = np.log(sizes)
    return slots


def _marginals(domain: Domain) -> F64:
    catalogue = domain.catalogue
    values = max(map(len, catalogue.values))
    return np.stack([np.bincount(codes, catalogue.popularity, values) for codes in catalogue.codes.T])


def _constants(domain: Domain, person: PersonModel, acts: ActTable, noise: float) -> dict[str, Any]:
    """Return every number that compiled code reads by name."""
    wishes = domain.target == "item"
    tables = {name: dict(table) for name, table in person.constants.items()}
    tables["wish"] = tables["wish"] if wishes else dict.fromkeys(tables["wish"], 0.0)
    start = {f"{name}_{end}": value for name, pair in domain.start.items() for end, value in zip(("low", "high"), pair, strict=True)}
    reaction = tables.pop("reaction")
    tables["willingness"]["log_fatigue"] = math.log(max(tables["willingness"].pop("fatigue"), LEAST_FATIGUE))
    return {
        **tables,
        "start": tables["start"] | start,
        "bias": person.bias,
        "response": person.response,
        "character": person.character,
        "by_form": {name: getattr(person, name) for name in ("no_preference", "indifferent", "partial")},
        "reaction": np.array([reaction.get(reply.name, 0.0) for reply in Reply]),
        "acceptance": domain.acceptance,
        "outcome": {**domain.outcome, **tables["outcome"]},
        "progress": domain.progress,
        "world": {
            "noise": noise,
            "item": wishes,
            "goal_topic": domain.goal_topic,
            "max_turns": domain.max_turns,
            "hold": acts.span[Family.HOLD].start,
        },
    }
