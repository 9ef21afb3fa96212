"""From a corpus's own labels to the acts of both sides, as tables in TOML files.

A file has the tables ``[agent]`` and ``[person]``. Each has lists of labels by act name (the agent's
may name a variant: ``"INFORM.logical_appeal" = ["logical-appeal"]``, in quotes), ``default`` (the act
of a turn in which all labels are ignored), and may have ``ignore`` (labels that say nothing) and
``priority`` (the order of acts for a turn with labels of several; else the order of the file). The
person's may have ``follow_lead``: labels of leaving the task that, right after the agent's SHIFT, mean that
the person goes along with it (FOLLOW), and ``soft_resistance``: labels that a stricter reader takes for RESIST.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path
from typing import Any, Self

from calibration.corpora.dialogues import Log
from dialogue_env.acts import Family, Reply
from dialogue_env.files import check_keys, read_toml, text
from rewards.errors import InputError, unknown

FOLDER = Path(__file__).parent / "label_maps"
_SETTINGS = ("default", "ignore", "priority", "follow_lead", "soft_resistance")


@dataclass(frozen=True, slots=True)
class Side:
    """The labels of one side: each label's act and variant ("" for none), and the acts' order."""

    table: str  # "agent" or "person"
    acts: dict[str, tuple[str, str]]
    order: tuple[str, ...]  # first comes first
    ignore: frozenset[str]
    default: tuple[str, str]
    follow_lead: frozenset[str]  # the person's labels that follow the agent's SHIFT
    soft_resistance: frozenset[str]  # the person's labels that a stricter reader takes for RESIST

    def act(self, labels: Iterable[str]) -> tuple[str, str]:
        """Return act and variant of a turn; of several labels of the first act the earliest counts."""
        labels = tuple(labels)
        for label in labels:
            if label not in self.acts and label not in self.ignore:
                raise InputError(f"label {label!r} is in no list; add it to [{self.table}] or to ignore")
        found = [self.acts[label] for label in labels if label in self.acts]
        return min(found, key=lambda act: self.order.index(act[0]), default=self.default)

    def unknown(self, labels: Iterable[str]) -> Counter[str]:
        """Return how often labels occur that are in no list."""
        return Counter(label for label in labels if label not in self.acts and label not in self.ignore)


@dataclass(frozen=True, slots=True)
class Labels:
    """The label map of a corpus."""

    agent: Side
    person: Side

    def agent_act(self, labels: Iterable[str]) -> tuple[Family, str]:
        """Return the family and variant ("" for none) of the agent's turn; no labels at all is HOLD, silence.

        Raises InputError for a label that is in no list.
        """
        labels = tuple(labels)
        family, variant = self.agent.act(labels) if labels else (Family.HOLD.name, "")
        return Family[family], variant

    def person_act(self, labels: Iterable[str], after: Family) -> Reply:
        """Return the act of a reply to the agent's act ``after``; raises InputError for no labels at all (no reply) or one that is in no list."""
        labels = tuple(labels)
        if not labels:
            raise InputError("a reply without labels has no act; leave out exchanges without a labelled reply")
        act = Reply[self.person.act(labels)[0]]
        follows = after == Family.SHIFT and act == Reply.DRIFT and not self.person.follow_lead.isdisjoint(labels)
        return Reply.FOLLOW if follows else act

    def stricter(self) -> Self:
        """Return the labels as a stricter reader takes them: soft resistance is resistance."""
        return replace(self, person=replace(self.person, acts=self.person.acts | dict.fromkeys(self.person.soft_resistance, (Reply.RESIST.name, ""))))


def load_labels(path: Path) -> Labels:
    """Return the label map of a TOML file; raises InputError naming the file and key."""
    tables = check_keys(str(path), read_toml(path), ("agent", "person"))
    return Labels(_side(f"{path}: agent", tables["agent"], "agent", Family), _side(f"{path}: person", tables["person"], "person", Reply))


def label_map(name: str) -> Labels:
    """Return one of the label maps that ship with the package, e.g. ``"p4g"``; raises InputError for an unknown name."""
    names = sorted(path.stem for path in FOLDER.glob("*.toml"))
    if name not in names:
        raise unknown("label map", name, names)
    return load_labels(FOLDER / f"{name}.toml")


def check_labels(labels: Labels, log: Log, where: str) -> None:
    """Raise InputError listing all labels of ``log`` that are in no list, with their counts over the whole log."""
    exchanges = [exchange for dialogue in log.dialogues for exchange in dialogue.exchanges]
    missing = {
        "agent": labels.agent.unknown(label for exchange in exchanges for label in exchange.agent),
        "person": labels.person.unknown(label for exchange in exchanges for label in exchange.person),
    }
    parts = [_listed(side, counts) for side, counts in missing.items() if counts]
    if parts:
        raise InputError(f"{where}: {'; '.join(parts)}")


def _listed(side: str, counts: Counter[str]) -> str:
    names = ", ".join(f"{label!r} ({count})" for label, count in counts.most_common())
    return f"unknown labels of the {side}: {names}: add them to [{side}] or to ignore"


def _side(where: str, table: Any, side: str, members: type[IntEnum]) -> Side:
    check_keys(where, table, ("default",), table)
    keys = [key for key in table if key not in _SETTINGS]
    pairs = {key: _act(f"{where}.{key}", key, members) for key in keys}
    ignore = frozenset(_list(f"{where}.ignore", table.get("ignore", [])))
    acts: dict[str, tuple[str, str]] = {}
    for key in keys:
        for label in _list(f"{where}.{key}", table[key]):
            if label in acts or label in ignore:
                raise InputError(f"{where}.{key}: label {label!r} is listed twice")
            acts[label] = pairs[key]
    default = _act(f"{where}.default", text(f"{where}.default", table["default"]), members)
    used = tuple(dict.fromkeys(name for name, _ in pairs.values()))
    follow_lead = frozenset(_list(f"{where}.follow_lead", table.get("follow_lead", [])))
    soft = frozenset(_list(f"{where}.soft_resistance", table.get("soft_resistance", [])))
    return Side(side, acts, _order(f"{where}.priority", table.get("priority"), used), ignore, default, follow_lead, soft)


def _act(where: str, key: str, members: type[IntEnum]) -> tuple[str, str]:
    name, _, variant = key.partition(".")
    if name not in members.__members__:
        raise unknown(f"act in {where}:", name, members.__members__)
    if variant and members is not Family:
        raise InputError(f"{where}: the person's acts have no variants")
    return name, variant


def _list(where: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, dict):
        raise InputError(f'{where}: must be a list of labels; write an act with a variant in quotes, as "INFORM.story" = [...]')
    if not isinstance(value, list):
        raise InputError(f"{where}: must be a list of labels, not {value!r}")
    labels = tuple(text(where, label) for label in value)
    for label, count in Counter(labels).items():
        if count > 1:
            raise InputError(f"{where}: label {label!r} is listed twice")
    return labels


def _order(where: str, value: Any, used: tuple[str, ...]) -> tuple[str, ...]:
    if value is None:
        return used
    order = _list(where, value)
    for name in order:
        if name not in used:
            raise unknown(f"act in {where}:", name, used)
    missing = [name for name in used if name not in order]
    if missing:
        raise InputError(f"{where}: {', '.join(missing)} is missing; name every act of the table")
    return order
