"""The agent's acts of a domain as arrays: one row per entry of ``Discrete(A)``."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dialogue_env.acts import Family
from dialogue_env.domain.domain import ActSpec, Domain
from dialogue_env.person.model import PersonModel
from dialogue_env.types import F64, I32, I64, Records

NONE = -1
ACT = np.dtype(
    [
        ("family", "i4"),
        ("slot", "i4"),  # the slot a CLARIFY asks about, else -1
        ("candidate", "i4"),  # the place in the slate a SHIFT leads to, else -1
        ("fit_row", "i4"),  # row of ``ActTable.fits``
        ("gain", "f8"),
        ("comfort", "f8"),
        ("pressure", "f8"),
        ("effort", "f8"),
        ("relevance", "f8"),  # where the topic does not say
    ],
    align=True,
)
"""What an act is, what it costs and what it does."""
NUMBERS = ("gain", "comfort", "pressure", "effort")


@dataclass(frozen=True, slots=True)
class ActTable:
    """A acts: what each is, what it costs and what it does."""

    names: tuple[str, ...]  # e.g. "propose", "clarify:price", "shift:0"
    span: Mapping[Family, slice]  # the rows of each family, which lie together; empty if the domain has none
    specs: tuple[ActSpec, ...]  # the domain's entry each act comes from
    records: Records  # [A] of ACT
    fits: F64  # [1 + acts whose fit varies, N] how well acts fit each item or profile, in [-1, 1]; row 0 suits everyone

    @property
    def family(self) -> I32:
        """The family of each act, [A]."""
        return np.asarray(self.records["family"])

    def of(self, family: Family) -> I64:
        """Return the rows of a family."""
        return np.arange(self.span[family].start, self.span[family].stop)


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
    varying = tuple(dict.fromkeys(spec.name for spec in specs if spec.helps or spec.hurts))
    records = np.zeros(len(rows), ACT)
    records["family"], records["slot"], records["candidate"] = [spec.family for spec in specs], slots, candidates
    records["fit_row"] = [varying.index(spec.name) + 1 if spec.name in varying else 0 for spec in specs]
    for name in NUMBERS:
        records[name] = [_number(spec, name, person) for spec in specs]
    records["relevance"] = [person.acts[spec.family].get("relevance", 0.5) for spec in specs]
    by_name = {spec.name: spec for spec in specs}
    return ActTable(
        names=names,
        span={kind: _span(records["family"], kind) for kind in Family},
        specs=specs,
        records=records,
        fits=np.stack([np.ones(len(domain.catalogue.names)), *(_fit(by_name[name], domain, person) for name in varying)]),
    )


def _span(family: I32, kind: Family) -> slice:
    rows = np.flatnonzero(family == kind)
    return slice(int(rows[0]), int(rows[-1]) + 1) if len(rows) else slice(0, 0)


def _number(spec: ActSpec, name: str, person: PersonModel) -> float:
    own = getattr(spec, name)
    return person.acts[spec.family].get(name, 0.0) if own is None else float(own)


def _fit(spec: ActSpec, domain: Domain, person: PersonModel) -> F64:
    """Return the fit [N] of an act: base + helps + hurts."""
    catalogue = domain.catalogue
    matches = []
    for table in (spec.helps, spec.hurts):
        match = np.zeros(len(catalogue.names), bool)
        for slot, names in table.items():
            match |= catalogue.having(catalogue.slots.index(slot), names)
        matches.append(match)
    c = person.constants["fit"]
    return c["base"] + c["helps"] * matches[0] + c["hurts"] * matches[1]
