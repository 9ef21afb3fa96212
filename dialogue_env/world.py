"""The world of a simulator: a domain, a population and the person model, as ready-made tables.

Everything here is fixed for the life of a simulator; ``State`` holds all that changes.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dialogue_env.act_table import ActTable, build_act_table
from dialogue_env.acts import Family
from dialogue_env.domain import Domain
from dialogue_env.person import PersonModel
from dialogue_env.population import Population

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class World:
    """Tables that the turn functions read."""

    domain: Domain
    population: Population
    person: PersonModel
    acts: ActTable
    noise: float  # P(a reply, or a value, is misrecognised)
    hold: int  # the act a masked act turns into
    sizes: Ints  # [S] number of values of each slot
    codes: Ints  # [N, S] value of each item
    marginals: Floats  # [S, V] popularity of each value, 0 beyond a slot's own
    cumulative: Floats  # [S, V] the same, summed up
    popularity_below: npt.NDArray[np.float64]  # [N-1] popularity of all items up to each
    log_sizes: Floats  # [S]
    forms: Ints  # [S] form of each slot's question
    values_of: Floats  # [S, V, N] 1 where an item has a value: a row of [., V] times this spreads it over the items
    alike: Floats  # [N, S*V] each item's values, by the slots' weights: times `summary`'s values, the share two items have in common
    fit_varies: Ints  # acts whose fit is not the same for all items
    slot_weights: Floats  # [S] sum to 1
    dont_care: float  # P(a slot does not matter)
    deviation: float  # P(a wished value differs from the item's)
    goal_closeness: Floats  # [T]
    centred: Floats  # [T, T] closeness - 1/2
    neighbours: Ints  # [T, K] topics to lead to from each topic
    summary: Floats  # [N, S*V + F] one-hot values of each item beside the fit of the acts whose fit varies
    by_slot: Floats  # [S*V, S] adds up what belongs to a slot


def build_world(domain: Domain, population: Population, noise: float) -> World:
    """Put the tables together."""
    person = population.person
    acts = build_act_table(domain, person)
    catalogue = domain.catalogue
    sizes = np.array([len(values) for values in catalogue.values], np.int64)
    one_hot = catalogue.codes[:, :, None] == np.arange(sizes.max())
    marginals = np.einsum("n,nsv->sv", catalogue.popularity, one_hot)
    weights = np.array([slot.weight for slot in domain.slots])
    shares = weights / weights.sum()
    varied = np.flatnonzero(np.ptp(acts.fit, axis=1) > 0)
    wishes = domain.target == "item"
    items = len(catalogue.names)
    return World(
        domain=domain,
        population=population,
        person=person,
        acts=acts,
        noise=noise,
        hold=acts.span[Family.HOLD].start,
        sizes=sizes,
        codes=catalogue.codes,
        marginals=marginals.astype(np.float32),
        cumulative=marginals.cumsum(axis=1).astype(np.float32),
        popularity_below=catalogue.popularity.cumsum()[:-1],
        log_sizes=np.log(sizes).astype(np.float32),
        forms=np.array([slot.form for slot in domain.slots], np.int64),
        values_of=np.ascontiguousarray(one_hot.transpose(1, 2, 0), np.float32),
        alike=np.asarray((one_hot * shares[:, None]).reshape(items, -1), np.float32),
        fit_varies=varied,
        slot_weights=shares.astype(np.float32),
        dont_care=float(person.constants["wish"]["dont_care"]) if wishes else 0.0,
        deviation=float(person.constants["wish"]["deviation"]) if wishes else 0.0,
        goal_closeness=np.ascontiguousarray(domain.closeness[:, domain.goal_topic]),
        centred=domain.closeness - np.float32(0.5),
        neighbours=_neighbours(domain),
        by_slot=np.repeat(np.eye(len(sizes), dtype=np.float32), sizes.max(), axis=0),
        summary=np.concatenate([one_hot.reshape(items, -1), acts.fit[varied].T], axis=1).astype(np.float32),
    )


def _neighbours(domain: Domain) -> Ints:
    """Return the slate [T, K] of each topic: the goal, stepping stones towards it, then the nearest.

    Stepping stones are the nearest topics among those closer to the goal; they take half of
    the slate. The last place is replaced at run time by what the person seems to like best.
    """
    closeness, goal = domain.closeness, domain.goal_topic
    slate = []
    for topic in range(len(domain.topics)):
        nearest = [int(t) for t in np.argsort(-closeness[topic], kind="stable") if t not in (topic, goal)]
        stones = [t for t in nearest if closeness[t, goal] > closeness[topic, goal]][: domain.slate_size // 2]
        first = [] if topic == goal else [goal]
        chosen = [*first, *stones, *(t for t in nearest if t not in stones)]
        slate.append(chosen[: domain.slate_size])
    return np.array(slate, np.int64)
