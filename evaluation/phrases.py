"""What a dialogue sounds like: template text for the acts of both sides, for human readers only."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from dialogue_env import World
from dialogue_env.acts import Family, Form, Reply, Report
from dialogue_env.domain.domain import Slot
from dialogue_env.files import check_keys, read_toml, texts
from dialogue_env.person.person import Person

FILE = Path(__file__).parent / "phrases.toml"
MOST_TOLD = 6
"""Slots of an item that an offer tells of."""
_REPORTS = tuple(report for report in Report if report != Report.NOTHING)


@dataclass(frozen=True, slots=True)
class Phrases:
    """The person's phrasings of each reply and each kind of report."""

    replies: Mapping[Reply, tuple[str, ...]]
    reports: Mapping[Report, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was let out about a slot in one exchange; values as indices of the slot's own."""

    kind: Report
    slot: int
    first: int
    second: int


@lru_cache(maxsize=1)
def load_phrases() -> Phrases:
    """Return the shared phrasings of the package; raises InputError for a missing or unknown key."""
    table = check_keys(str(FILE), read_toml(FILE), ("replies", "reports"))
    replies = check_keys(f"{FILE}: replies", table["replies"], [reply.name.lower() for reply in Reply])
    reports = check_keys(f"{FILE}: reports", table["reports"], [report.name.lower() for report in _REPORTS])
    return Phrases(
        {reply: texts(f"{FILE}: replies.{reply.name.lower()}", replies[reply.name.lower()]) for reply in Reply},
        {report: texts(f"{FILE}: reports.{report.name.lower()}", reports[report.name.lower()]) for report in _REPORTS},
    )


def agent_text(world: World, act: int, topic: int, item: int, draw: float) -> str:
    """Return what the agent says with ``act``, about ``topic`` and (if it proposes) ``item``; ``draw`` in [0, 1) picks the phrasing."""
    family, spec = world.acts.family[act], world.acts.specs[act]
    if family == Family.CLARIFY:
        return world.domain.slots[world.acts.records["slot"][act]].question
    if family == Family.SHIFT:
        return world.domain.topics[topic].say
    said = _choose(spec.say, draw).replace("{topic}", _spoken(world.domain.topics[topic].name))
    return said.replace("{values}", _values(world, item)).replace("{item}", world.domain.catalogue.names[item])


def person_text(world: World, reply: Reply, topic: int, spoken: Spoken, draws: tuple[float, float]) -> str:
    """Return what the person says: the reply, and what it lets out about a slot; ``draws`` in [0, 1) pick both phrasings."""
    phrases = load_phrases()
    said = _choose(phrases.replies[reply], draws[0]).replace("{topic}", _spoken(world.domain.topics[topic].name))
    if spoken.kind == Report.NOTHING:
        return said
    fact = _report_text(world, spoken, _choose(phrases.reports[spoken.kind], draws[1]))
    return fact if reply == Reply.ANSWER else f"{said} {fact}"


def _report_text(world: World, spoken: Spoken, phrase: str) -> str:
    slot, values = world.domain.slots[spoken.slot], world.domain.catalogue.values[spoken.slot]
    if spoken.kind == Report.VALUE:
        return phrase.replace("{answer}", _answer(slot, values[spoken.first]))
    if spoken.kind == Report.VAGUE:
        return _answer(slot, phrase.replace("{a}", values[spoken.first]).replace("{b}", values[spoken.second]))
    return phrase.replace("{slot}", _spoken(slot.name)).replace("{value}", values[spoken.first])


def _answer(slot: Slot, value: str) -> str:
    return slot.answer.replace("{value}", value)


def _values(world: World, item: int) -> str:
    """Return the item's values in one line, those of the slots that weigh most if there are many; a yes or no is named by its slot."""
    catalogue, names = world.domain.catalogue, defaultdict[int, list[str]](list)
    for entry in catalogue.of(item):
        names[int(entry["slot"])].append(catalogue.values[entry["slot"]][entry["value"]])
    told = sorted(sorted(names, key=lambda s: -world.domain.slots[s].weight)[:MOST_TOLD])
    return ", ".join(_told(world.domain.slots[s], names[s]) for s in told)


def _told(slot: Slot, names: list[str]) -> str:
    listed = " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
    return f"{_spoken(slot.name)}: {listed}" if slot.form == Form.POLAR or names[0] in ("yes", "no") else listed


def wish_text(world: World, person: Person, i: int) -> str:
    """Return what the person in row ``i`` wants of the slots that their need has, or in outcome domains what they are like."""
    catalogue, slots = world.domain.catalogue, world.domain.slots
    wanted = []
    for s in np.unique(catalogue.of(int(person.now["need"][i]))["slot"]):
        value = int(person.wish[i, s])
        wanted.append(_told(slots[s], [catalogue.values[s][value]]) if value < len(catalogue.values[s]) else f"any {_spoken(slots[s].name)}")
    return ", ".join(wanted)


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def _choose(variants: tuple[str, ...], draw: float) -> str:
    return variants[min(int(draw * len(variants)), len(variants) - 1)]
