"""What the policy sees: named features of one flat vector in [-1, 1], from the agent's side alone.

To add a feature, write a row of ``SLICES`` and its line in ``_write``.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any, Literal

import numpy as np

from dialogue_env.acts import Family, Reply
from dialogue_env.agent.talk import ENOUGH, Talk, liking_of, open_talk
from dialogue_env.messages import NOWHERE
from dialogue_env.nearness import closeness
from dialogue_env.tables import Tables, open_tables
from dialogue_env.types import F32, I64, Records
from dialogue_env.visits import novelty
from rewards import TERM_NAMES, InputError
from rewards.compiled import compiled, compiled_apart, entry, records
from rewards.errors import unknown

CAP = 5.0
_EVERY = np.zeros(0, np.int64)
Per = Literal["", "act", "slot", "candidate"]


@dataclass(frozen=True, slots=True)
class Slice:
    """A named part of the observation: a feature after the other, each a number, or one per act, slot or candidate."""

    name: str
    features: dict[str, str]  # with what each means
    per: Per = ""


SLICES: tuple[Slice, ...] = (
    Slice("time", {"time": "share of the exchanges that are used"}),
    Slice(
        "floor",
        {
            "question_pending": "1 after a question of the person",
            "thinking": "1 while the person is silent",
            "hesitation": "cue that they are stuck",
            "topic_raised": "1 after a topic of theirs",
            "agreed": "1 while a yes stands",
        },
    ),
    Slice("last_reply", {f"reply_{reply.name.lower()}": "the reply as heard, one-hot (all 0 at the start)" for reply in Reply}),
    Slice("last_family", {f"family_{family.name.lower()}": "family of the agent's last act, one-hot" for family in Family}),
    Slice(
        "factors",
        {
            "mood": "estimated satisfaction",
            "cooperation": "cooperative degree",
            "difficulty": "how far the goal is: 1 - mean of the topic's closeness to it and the interest in it",
            "upset": "estimated distress",
        },
    ),
    Slice("surprise", {"surprise": "1 - predicted probability of the value just heard"}),
    Slice("history", {"offers": "proposals so far, over 5", "refusals": "resisting replies so far, over 5"}),
    Slice("item", {"best_mass": "belief in the most likely item"}),
    Slice("topic", {"topic_near_goal": "closeness of the current topic to the goal", "topic_liking": "estimated interest in it"}),
    Slice("weights", {f"weight_{name}": "reward weight, over the greatest if that is above 1" for name in TERM_NAMES}),
    Slice("acts", {"fit": "expected fit, in [-1, 1]", "uses": "times used, over 3", "open": "1 if it can be chosen"}, "act"),
    Slice(
        "slots",
        {
            "entropy": "of the belief in its value, over the log of its size",
            "top_mass": "greatest belief in a value",
            "asked": "times spoken of, over 3",
            "relevance": "closeness of its question to the topic",
        },
        "slot",
    ),
    Slice(
        "candidates",
        {
            "goal_closeness": "closeness to the goal",
            "closeness": "closeness to the current topic",
            "liking": "estimated interest",
            "novelty": "1 / (1 + exchanges on it)",
            "own": "1 if the person has just raised it",
        },
        "candidate",
    ),
)
SLICE = {part.name: part for part in SLICES}
OFFSETS = np.dtype([(feature, "i8") for part in SLICES for feature in part.features])
"""Where each feature begins in the observation."""


def version_of(parts: tuple[Slice, ...]) -> str:
    """Return a name of a layout that changes when its slices do."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


VERSION = version_of(SLICES)
"""Changes when the layout does; saved with every model."""


@dataclass(frozen=True)
class Layout:
    """Where each feature lies in the observations of a world with A acts, S slots and K candidates."""

    acts: int
    slots: int
    candidates: int
    parts: tuple[Slice, ...] = SLICES

    def count(self, per: Per) -> int:
        """Return how many numbers a feature has."""
        return {"": 1, "act": self.acts, "slot": self.slots, "candidate": self.candidates}[per]

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of each slice: [features], or [features, acts], [features, slots], [features, candidates]."""
        return {part.name: (len(part.features), *((self.count(part.per),) if part.per else ())) for part in self.parts}

    @cached_property
    def slices(self) -> dict[str, slice]:
        """The place of each slice."""
        ends = np.cumsum([prod(shape) for shape in self.shapes.values()]).tolist()
        return {name: slice(end - prod(shape), end) for (name, shape), end in zip(self.shapes.items(), ends, strict=True)}

    @cached_property
    def columns(self) -> dict[str, slice]:
        """The place of each feature."""
        found: dict[str, slice] = {}
        for part in self.parts:
            start, count = self.slices[part.name].start, self.count(part.per)
            found |= {feature: slice(start + i * count, start + (i + 1) * count) for i, feature in enumerate(part.features)}
        return found

    def places(self, names: Iterable[str]) -> tuple[slice, ...]:
        """Return the places of slices or features by name; raises InputError for one that there is none of."""
        known = self.slices | self.columns  # a slice and a feature of one name are the same
        for name in names:
            if name not in known:
                raise unknown("observation slice or feature", name, known)
        return tuple(known[name] for name in names)

    @property
    def size(self) -> int:
        """Length D of the observation."""
        return self.slices[self.parts[-1].name].stop

    def view(self, observation: F32, name: str) -> F32:
        """Return a slice of observations [..., D], shaped [..., *shape]."""
        return observation[..., self.slices[name]].reshape(*observation.shape[:-1], *self.shapes[name])

    def feature(self, observation: F32, name: str) -> F32:
        """Return a feature of observations [..., D]: [...], or [..., A], [..., S] or [..., K] if it has a number for each."""
        columns = self.columns[name]
        single = columns.stop - columns.start == 1 and name not in self._many
        return observation[..., columns.start] if single else observation[..., columns]

    @cached_property
    def _many(self) -> frozenset[str]:
        return frozenset(feature for part in self.parts if part.per for feature in part.features)

    @cached_property
    def offsets(self) -> Records:
        """Where each feature begins, as a record [1]; of an observation one of OFFSETS."""
        record = np.zeros(1, np.dtype([(feature, "i8") for feature in self.columns]))
        for feature, columns in self.columns.items():
            record[feature] = columns.start
        return record


def layout_of(tables: Tables) -> Layout:
    """Return the layout of a world's observations."""
    return Layout(len(tables.acts), len(tables.slots), tables.neighbours.shape[1])


class Observer:
    """Writes observations [B, D]; ``hide`` names slices or features that are set to 0 (for ablations)."""

    def __init__(self, tables: Tables, hide: tuple[str, ...] = ()) -> None:
        """Observe dialogues of a world's tables; raises InputError for an unknown slice."""
        self.layout = layout_of(tables)
        self._tables = tuple(tables)
        self._hidden = self.layout.places(hide)

    def observe(self, talk: Talk, weights: F32, rows: I64 | None = None) -> F32:
        """Return the observations of the dialogues, [B, D], or of ``rows`` [n], [n, D], as a fresh array.

        Reward weights are [M], or [B, M] if every dialogue has its own. Raises InputError unless there is one per reward term.
        """
        if weights.shape[-1] != len(TERM_NAMES):
            raise InputError(f"weights must hold {len(TERM_NAMES)} numbers, one per reward term, not {weights.shape[-1]}")
        if weights.ndim == 1:
            weights = np.broadcast_to(weights, (len(talk.now), len(TERM_NAMES)))
        weights = np.ascontiguousarray(weights, np.float32)
        out = np.empty((len(talk.now) if rows is None else len(rows), self.layout.size), np.float32)
        _observe(self._tables, tuple(talk), weights, self.layout.offsets, _EVERY if rows is None else np.ascontiguousarray(rows, np.int64), out)
        return self.blanked(out)

    def blanked(self, observation: F32) -> F32:
        """Return observations [n, D] with the hidden slices set to 0, in place."""
        return blanked(observation, self._hidden)


def blanked(observation: F32, places: Iterable[slice]) -> F32:
    """Return observations [..., D] with what lies at ``places`` set to 0, in place."""
    for place in places:
        observation[..., place] = 0.0
    return observation


def weights_seen(weights: F32) -> F32:
    """Return reward weights [M] as they stand in an observation: divided by the greatest if that is above 1."""
    out = np.empty(len(weights), np.float32)
    _write_seen(weights, out)
    return out


@entry
def _write_seen(weights: F32, out: F32) -> None:
    _write_weights(weights, 0, out)


@entry
def _observe(tables_: Any, talk_: Any, weights: Any, offsets: Any, rows: Any, out: Any) -> None:
    tables, talk, at = open_tables(tables_), open_talk(talk_), records(offsets)[0]
    for i in range(len(out)):
        b = rows[i] if len(rows) else i
        write_observation(tables, talk, b, weights[b], at, out[i])


@compiled
def write_observation(tables: Any, talk: Any, b: int, weights: Any, at: Any, out: Any) -> None:
    """Write the observation [D] of dialogue ``b`` under ``weights`` [M]; ``at`` is a record of OFFSETS."""
    out[:] = 0.0
    _write(tables, talk, b, at, out)
    _write_weights(weights, at.weight_goal, out)
    _write_acts(tables.acts, talk.fit[b], talk.uses[b], talk.open[b], at, out)
    _write_slots(talk.entropy[b], talk.top_mass[b], talk.asked[b], tables.slot_closeness[talk.now[b].topic], at, out)
    _write_candidates(tables, talk, b, at, out)


@compiled
def _write(tables: Any, talk: Any, b: int, at: Any, out: Any) -> None:
    """Write the features that are one number each."""
    now, world = talk.now[b], tables.constants[0].world
    near, liked = tables.goal_closeness[now.topic], liking_of(tables, talk, b, now.topic)
    out[at.time] = min(now.exchanges / world.max_turns, 1.0)
    out[at.question_pending] = 1.0 if now.last_reply == Reply.ASK else 0.0
    out[at.thinking] = 1.0 if now.last_reply == Reply.SILENT else 0.0
    out[at.hesitation] = now.hesitation
    out[at.topic_raised] = 1.0 if now.raised != NOWHERE else 0.0
    out[at.agreed] = 1.0 if now.agreed else 0.0
    if now.last_act != NOWHERE:
        out[at.reply_answer + now.last_reply] = 1.0
        out[at.family_hold + tables.acts[now.last_act].family] = 1.0
    out[at.mood] = now.mood
    out[at.cooperation] = now.cooperation
    out[at.difficulty] = 1.0 - 0.5 * (near + liking_of(tables, talk, b, world.goal_topic))
    out[at.upset] = now.upset
    out[at.surprise] = now.surprise
    out[at.offers] = min(now.offers / CAP, 1.0)
    out[at.refusals] = min(now.refusals / CAP, 1.0)
    out[at.best_mass] = now.best_mass
    out[at.topic_near_goal] = near
    out[at.topic_liking] = liked


@compiled_apart
def _write_weights(weights: Any, first: int, out: Any) -> None:
    greatest = np.float32(1.0)
    for m in range(len(weights)):
        greatest = max(greatest, weights[m])
    for m in range(len(weights)):
        out[first + m] = weights[m] / greatest


@compiled_apart
def _write_acts(acts: Any, fit: Any, uses: Any, open_: Any, at: Any, out: Any) -> None:
    for a in range(len(acts)):
        out[at.fit + a] = fit[acts[a].fit_row]
        out[at.uses + a] = uses[a] / ENOUGH
        out[at.open + a] = 1.0 if open_[a] else 0.0


@compiled_apart
def _write_slots(entropy: Any, top_mass: Any, asked: Any, relevance: Any, at: Any, out: Any) -> None:
    for s in range(len(entropy)):
        out[at.entropy + s] = entropy[s]
        out[at.top_mass + s] = top_mass[s]
        out[at.asked + s] = asked[s] / ENOUGH
        out[at.relevance + s] = relevance[s]


@compiled
def _write_candidates(tables: Any, talk: Any, b: int, at: Any, out: Any) -> None:
    now = talk.now[b]
    for k in range(talk.slate.shape[1]):
        candidate = talk.slate[b, k]
        out[at.goal_closeness + k] = tables.goal_closeness[candidate]
        neighbour = candidate == tables.neighbours[now.topic, k]
        out[at.closeness + k] = tables.near[now.topic, k] if neighbour else closeness(tables, now.topic, candidate)
        out[at.liking + k] = liking_of(tables, talk, b, candidate)
        out[at.novelty + k] = novelty(now.visits, candidate)
        out[at.own + k] = 1.0 if candidate == now.raised else 0.0
