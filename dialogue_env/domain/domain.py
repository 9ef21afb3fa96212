"""A domain: what a dialogue is about, read from a TOML file and a CSV catalogue.

Everything a user brings is data. ``load_domain`` checks it all and ends bad input with one
line that names the file, the key and the valid choices.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dialogue_env.acts import Family, Form
from dialogue_env.domain.catalogue import Catalogue, read_catalogue
from dialogue_env.domain.embedding import embed
from dialogue_env.domain.topics import TopicMap, map_topics
from dialogue_env.files import check_keys, flag, interval, number, read_toml, setting, text, texts
from rewards.errors import InputError, unknown

FOLDER = Path(__file__).parent.parent / "domains"
TARGETS = ("item", "outcome")
WITH_VARIANTS = (Family.ACKNOWLEDGE, Family.INFORM)
EXPANDED = (Family.CLARIFY, Family.SHIFT)
_KEYS = (
    "name",
    "target",
    "summary",
    "catalogue",
    "goal_topic",
    "opening_topics",
    "max_turns",
    "slate",
    "start",
    "progress",
    "acceptance",
    "outcome",
    "topics",
    "acts",
)
_ACT_NUMBERS = {"gain": (0.0, 1.0), "comfort": (0.0, 1.0), "pressure": (0.0, 1.0), "effort": (0.0, 1.0)}


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing that can be asked: its question, the question's form, and what it weighs in a wish."""

    name: str
    question: str
    form: Form
    answer: str
    weight: float
    objection: bool  # in outcome domains: whether a refusal gives it as its reason


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic: a description (embedded) and how the agent leads to it."""

    name: str
    text: str
    say: str


@dataclass(frozen=True, slots=True)
class ActSpec:
    """One act or variant of an act; numbers that are None take the family's default."""

    family: Family
    name: str
    say: tuple[str, ...]
    gain: float | None
    comfort: float | None
    pressure: float | None
    effort: float | None
    helps: Mapping[str, tuple[str, ...]]
    hurts: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain with N items, S slots, T topics; see ``docs/domains.md`` for the file format."""

    name: str
    target: str  # "item": the person wants an item; "outcome": the items are profiles of people
    summary: str
    catalogue: Catalogue
    topics: tuple[Topic, ...]
    slots: tuple[Slot, ...]
    acts: tuple[ActSpec, ...]
    goal_topic: int
    opening_topics: tuple[int, ...]
    max_turns: int
    slate_size: int  # K
    start: Mapping[str, tuple[float, float]]
    progress: Mapping[str, float]
    acceptance: Mapping[str, float]
    outcome: Mapping[str, float]
    questions: Mapping[Family, float]  # what is added to the logit of asking back after an act, against the people of the fit
    map: TopicMap  # how near the topics are to one another and to the slots' questions


def domain_names() -> tuple[str, ...]:
    """Return the names of the domains that ship with the package."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def load_domain(name: str | Path) -> Domain:
    """Read a shipped domain by name, or a user's by the path of its TOML file; raises InputError."""
    path = Path(name)
    if path.suffix != ".toml":
        if str(name) not in domain_names():
            raise unknown("domain", name, (*domain_names(), "or the path of a .toml file"))
        path = FOLDER / f"{name}.toml"
    table = check_keys(str(path), read_toml(path), _KEYS, ("slots", "questions"))
    catalogue = read_catalogue(path.parent / text(f"{path}: catalogue", table["catalogue"]))
    topics = tuple(_topic(path, i, entry) for i, entry in enumerate(_list(path, "topics", table["topics"], 3)))
    slots = _slots(path, table.get("slots", {}), catalogue)
    names = [topic.name for topic in topics]
    _distinct(path, "topics", names)
    goal, slate = _index(path, "goal_topic", table["goal_topic"], names), _whole(path, "slate", table["slate"], 2, len(topics) - 1)
    vectors = embed([*(topic.text for topic in topics), *(slot.question for slot in slots)])
    if table["target"] not in TARGETS:
        raise unknown(f"target in {path}:", table["target"], TARGETS)
    return Domain(
        name=text(f"{path}: name", table["name"]),
        target=table["target"],
        summary=text(f"{path}: summary", table["summary"]),
        catalogue=catalogue,
        topics=topics,
        slots=slots,
        acts=_acts(path, table["acts"], catalogue),
        goal_topic=goal,
        opening_topics=tuple(_index(path, "opening_topics", t, names) for t in texts(f"{path}: opening_topics", table["opening_topics"])),
        max_turns=_whole(path, "max_turns", table["max_turns"], 2, 200),
        slate_size=slate,
        start={
            key: interval(f"{path}: start.{key}", value) for key, value in check_keys(f"{path}: start", table["start"], ("willingness", "distress")).items()
        },
        progress=_progress(path, table["progress"]),
        acceptance=_numbers(path, "acceptance", table["acceptance"], ("bias", "match", "willingness", "distress", "closeness")),
        outcome=_numbers(path, "outcome", table["outcome"], ("bias", "agreed", "rejected", "match", "willingness", "comfort", "left")),
        questions=_questions(path, table.get("questions", {})),
        map=map_topics(vectors[: len(topics)], vectors[len(topics) :], goal, slate),
    )


def read_texts(path: Path) -> list[str]:
    """Return the texts of a domain file that are embedded: topics, then questions."""
    table = read_toml(path)
    slots = _slots(path, table.get("slots", {}), read_catalogue(path.parent / table["catalogue"]))
    return [*(topic["text"] for topic in table["topics"]), *(slot.question for slot in slots)]


def _list(path: Path, key: str, value: Any, least: int) -> list[Any]:
    if not isinstance(value, list) or len(value) < least:
        raise InputError(f"{path}: needs at least {least} [[{key}]]")
    return value


def _whole(path: Path, key: str, value: Any, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InputError(f"{path}: {key} must be a whole number in [{low}, {high}], not {value!r}")
    return value


def _index(path: Path, key: str, name: Any, names: list[str]) -> int:
    if name not in names:
        raise unknown(f"topic in {path}: {key}:", name, names)
    return names.index(name)


def _distinct(path: Path, key: str, names: list[str]) -> None:
    twice = next((name for name, count in Counter(names).items() if count > 1), None)
    if twice is not None:
        raise InputError(f"{path}: {key}: name {twice!r} appears more than once")


def _numbers(path: Path, key: str, table: Any, names: tuple[str, ...]) -> dict[str, float]:
    check_keys(f"{path}: {key}", table, names)
    return {name: setting(f"{path}: {key}.{name}", table[name], -100.0, 100.0).value for name in names}


def _questions(path: Path, table: Any) -> dict[Family, float]:
    check_keys(f"{path}: questions", table, (), Family.__members__)
    return {Family[name]: setting(f"{path}: questions.{name}", value, -100.0, 100.0).value for name, value in table.items()}


def _progress(path: Path, table: Any) -> dict[str, float]:
    shares = _numbers(path, "progress", table, ("match", "willingness", "comfort"))
    if any(share < 0 for share in shares.values()) or abs(sum(map(float, shares.values())) - 1.0) > 1e-6:
        raise InputError(f"{path}: progress: match, willingness and comfort must be shares that sum to 1")
    return shares


def _topic(path: Path, i: int, entry: Any) -> Topic:
    where = f"{path}: topics[{i}]"
    check_keys(where, entry, ("name", "text", "say"))
    return Topic(*(text(f"{where}.{key}", entry[key]) for key in ("name", "text", "say")))


def _slots(path: Path, tables: Any, catalogue: Catalogue) -> tuple[Slot, ...]:
    """Return a slot per catalogue column; the TOML may override the generated question."""
    check_keys(f"{path}: slots (columns of the catalogue)", tables, (), catalogue.slots)
    slots = tuple(_slot(f"{path}: slots.{name}", name, tables.get(name, {})) for name in catalogue.slots)
    if sum(slot.objection for slot in slots) > 1:
        raise InputError(f"{path}: slots: one slot at most may be the objection, not {', '.join(slot.name for slot in slots if slot.objection)}")
    return slots


def _slot(where: str, name: str, table: Any) -> Slot:
    check_keys(where, table, (), ("question", "form", "answer", "weight", "objection"))
    forms = [form.name.lower() for form in Form]
    form = table.get("form", "open")
    if form not in forms:
        raise unknown(f"form in {where}:", form, forms)
    spoken = name.replace("_", " ")
    return Slot(
        name=name,
        question=text(f"{where}.question", table.get("question", f"What about the {spoken}?")),
        form=Form(forms.index(form)),
        answer=text(f"{where}.answer", table.get("answer", f"As for the {spoken}: {{value}}.")),
        weight=number(f"{where}.weight", table.get("weight", 1.0), 0.01, 100.0),
        objection=flag(f"{where}.objection", table.get("objection", False)),
    )


def _acts(path: Path, entries: Any, catalogue: Catalogue) -> tuple[ActSpec, ...]:
    acts = tuple(_act(path, i, entry, catalogue) for i, entry in enumerate(_list(path, "acts", entries, 2)))
    _distinct(path, "acts", [act.name for act in acts])
    for family in set(Family) - set(WITH_VARIANTS):
        if sum(act.family == family for act in acts) > 1:
            raise InputError(f"{path}: acts: family {family.name} may stand once only; {', '.join(f.name for f in WITH_VARIANTS)} may have variants")
    for needed in (Family.HOLD, Family.PROPOSE, Family.CLOSE):
        if not any(act.family == needed for act in acts):
            raise InputError(f"{path}: acts: family {needed.name} is missing; every domain needs HOLD, PROPOSE and CLOSE")
    return acts


def _act(path: Path, i: int, entry: Any, catalogue: Catalogue) -> ActSpec:
    where = f"{path}: acts[{i}]"
    check_keys(where, entry, ("family",), ("name", "say", *_ACT_NUMBERS, "helps", "hurts"))
    if not isinstance(entry["family"], str) or entry["family"] not in Family.__members__:
        raise unknown(f"act family in {where}:", entry["family"], Family.__members__)
    family = Family[entry["family"]]
    if family not in EXPANDED and "say" not in entry:
        raise InputError(f"{where}: key 'say' is missing; {family.name} needs a list of phrasings")
    numbers = {key: setting(f"{where}.{key}", entry[key], low, high).value if key in entry else None for key, (low, high) in _ACT_NUMBERS.items()}
    return ActSpec(
        family=family,
        name=text(f"{where}.name", entry.get("name", family.name.lower())),
        say=texts(f"{where}.say", entry["say"]) if "say" in entry else (),
        helps=_profile(f"{where}.helps", entry.get("helps", {}), catalogue),
        hurts=_profile(f"{where}.hurts", entry.get("hurts", {}), catalogue),
        **numbers,
    )


def _profile(where: str, table: Any, catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    check_keys(where, table, (), catalogue.slots)
    for slot, names in table.items():
        valid = catalogue.values[catalogue.slots.index(slot)]
        for name in texts(f"{where}.{slot}", names):
            if name not in valid:
                raise unknown(f"value in {where}.{slot}:", name, valid)
    return {slot: tuple(names) for slot, names in table.items()}
