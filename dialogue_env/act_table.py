"""The agent's acts of a domain as arrays: one row per entry of ``Discrete(A)``."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dialogue_env.acts import Family
from dialogue_env.domain import ActSpec, Domain
from dialogue_env.person import PersonModel

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

NONE = -1


@dataclass(frozen=True, slots=True)
class ActTable:
    """A acts: what each is, what it costs and what it does."""

    names: tuple[str, ...]  # e.g. "propose", "clarify:price", "shift:0"
    span: Mapping[Family, slice]  # the rows of each family, which lie together; empty if the domain has none
    specs: tuple[ActSpec, ...]  # the domain's entry each act comes from
    family: Ints  # [A]
    slot: Ints  # [A] the slot a CLARIFY asks about, else -1
    candidate: Ints  # [A] the place in the slate a SHIFT leads to, else -1
    numbers: Floats  # [A, 4] gain, comfort, pressure, effort
    fit: Floats  # [A, N] how well the act fits each item or profile, in [-1, 1]
    relevance: Floats  # [A, T] how much to the point the act is at each topic (SHIFT: see the slate)
    bias: Floats  # [A, R] logits of the replies


def build_act_table(domain: Domain, person: PersonModel) -> ActTable:
    """Expand a domain's acts: one CLARIFY per slot, one SHIFT per candidate of the slate."""
    order = [spec.family for spec in domain.acts]
    rows: list[tuple[str, ActSpec, int, int]] = []
    for spec in sorted(domain.acts, key=lambda spec: order.index(spec.family)):
        if spec.family == Family.CLARIFY:
            rows += [(f"{spec.name}:{slot.name}", spec, s, NONE) for s, slot in enumerate(domain.slots)]
        elif spec.family == Family.SHIFT:
            rows += [(f"{spec.name}:{k}", spec, NONE, k) for k in range(domain.slate_size)]
        else:
            rows.append((spec.name, spec, NONE, NONE))
    names, specs, slots, candidates = zip(*rows, strict=True)
    family = np.array([spec.family for spec in specs], np.int64)
    return ActTable(
        names=names,
        span={kind: _span(family, kind) for kind in Family},
        specs=specs,
        family=family,
        slot=np.array(slots, np.int64),
        candidate=np.array(candidates, np.int64),
        numbers=np.array([_numbers(spec, person) for spec in specs], np.float32),
        fit=np.stack([_fit(spec, domain, person) for spec in specs]),
        relevance=np.stack([_relevance(spec, slot, domain, person) for spec, slot in zip(specs, slots, strict=True)]),
        bias=person.bias[family],
    )


def _span(family: Ints, kind: Family) -> slice:
    rows = np.flatnonzero(family == kind)
    return slice(int(rows[0]), int(rows[-1]) + 1) if len(rows) else slice(0, 0)


def _numbers(spec: ActSpec, person: PersonModel) -> list[float]:
    own = {"gain": spec.gain, "comfort": spec.comfort, "pressure": spec.pressure, "effort": spec.effort}
    defaults = person.acts[spec.family]
    return [float(defaults.get(key, 0.0)) if value is None else value for key, value in own.items()]


def _fit(spec: ActSpec, domain: Domain, person: PersonModel) -> Floats:
    """Return the fit [N]: 1 for an act that suits everyone, else base + helps + hurts."""
    catalogue = domain.catalogue
    if not spec.helps and not spec.hurts:
        return np.ones(len(catalogue.names), np.float32)
    matches = []
    for table in (spec.helps, spec.hurts):
        match = np.zeros(len(catalogue.names), bool)
        for slot, names in table.items():
            s = catalogue.slots.index(slot)
            match |= np.isin(catalogue.codes[:, s], [catalogue.values[s].index(name) for name in names])
        matches.append(match)
    c = person.constants["fit"]
    return (c["base"] + c["helps"] * matches[0] + c["hurts"] * matches[1]).astype(np.float32)


def _relevance(spec: ActSpec, slot: int, domain: Domain, person: PersonModel) -> Floats:
    """Return the relevance [T] of an act at each topic."""
    if spec.family == Family.CLARIFY:
        return domain.slot_closeness[:, slot]
    if spec.family == Family.PROPOSE:
        return domain.closeness[:, domain.goal_topic]
    return np.full(len(domain.topics), person.acts[spec.family].get("relevance", 0.5), np.float32)
