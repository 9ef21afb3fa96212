"""Worlds, states and luck made by hand: a domain small enough to compute with, and people of whom all is known."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from dialogue_env import Simulator, State, Stream, World, build_world, load_domain, load_population
from dialogue_env.acts import REPLIES, Family, Form, Reply
from dialogue_env.domain.catalogue import ENTRY, Catalogue, read_catalogue
from dialogue_env.domain.domain import Domain, Slot
from dialogue_env.domain.topics import map_of_table
from dialogue_env.draws import Draw, dialogue_keys, uniforms
from dialogue_env.files import read_toml
from dialogue_env.likelihood import interests
from dialogue_env.messages import NOWHERE
from dialogue_env.person.model import FEATURES, IMPOSSIBLE, PersonModel, load_person
from dialogue_env.person.traits import TRAITS
from dialogue_env.types import U64
from rewards import Facts

TINY = Path(__file__).parent / "tiny"
WEATHER, FOOD, TRAVEL, SALE = range(4)
COLOUR, SIZE, LUCKY = range(3)
BLUE, GREEN, RED, ANY = range(4)
BIG, SMALL = range(2)
CLOSENESS = [[1.0, 0.6, 0.2, 0.0], [0.6, 1.0, 0.4, 0.8], [0.2, 0.4, 1.0, 0.5], [0.0, 0.8, 0.5, 1.0]]
SLOT_CLOSENESS = [[0.1, 0.2], [0.9, 0.3], [0.5, 0.4], [0.7, 0.6]]  # colour, size
_REPLIES = [reply.name for reply in REPLIES]


@cache
def world_of(domain: str, population: str = "everyone", noise: float = 0.05) -> World:
    """Return the world of a shipped domain and population, built once."""
    return build_world(_domain(domain), load_population(population), noise)


@cache
def _domain(name: str | Path) -> Domain:
    return load_domain(name)


def tiny_of(noise: float = 0.0, person: Mapping[str, Any] | None = None, **changes: Any) -> World:
    """Return the world of ``tiny/`` with other entries of tables of its person, or other fields of its domain."""
    domain = replace(_domain(TINY / "tiny.toml"), **changes)
    if "map" not in changes:
        domain = replace(domain, map=map_of_table(np.array(CLOSENESS), np.array(SLOT_CLOSENESS), domain.goal_topic, domain.slate_size))
    return build_world(domain, replace(load_population("everyone"), person=_tiny_person(person or {})), noise)


@cache
def patchy_of(population: str = "") -> World:
    """Return the world of ``tiny/patchy.csv``, whose cells hold none, one or several values; of a shipped population, else of the person of ``tiny_of``."""
    tiny = _domain(TINY / "tiny.toml")
    near = map_of_table(np.array(CLOSENESS), np.array([[*row, 0.5] for row in SLOT_CLOSENESS]), tiny.goal_topic, tiny.slate_size)
    slots = (*tiny.slots, Slot("lucky", "A lucky one?", Form.POLAR, "Lucky: {value}.", 1.0, False))
    world = tiny_of(catalogue=read_catalogue(TINY / "patchy.csv"), slots=slots, map=near)
    return build_world(world.domain, load_population(population), world.noise) if population else world


@cache
def many_of(count: int) -> World:
    """Return the world of ``tiny/`` with ``count`` made-up items of three colours and two sizes, one in five of no size."""
    rng = np.random.default_rng(0)
    weight = rng.gamma(0.3, size=count) + 1e-3
    entries = [(n, COLOUR, value, 1) for n, value in enumerate(rng.integers(0, 3, count))]
    entries += [(n, SIZE, value, 1) for n, value in enumerate(rng.integers(0, 2, count)) if rng.random() < 0.8]
    values = (("blue", "green", "red"), ("big", "small"))
    return tiny_of(catalogue=Catalogue(tuple(map(str, range(count))), weight / weight.sum(), ("colour", "size"), values, np.array(sorted(entries), ENTRY)))


def codes_of(world: World) -> np.ndarray:
    """Return the value that each item has of each slot [N, S], where all have one of all."""
    return np.asarray(world.domain.catalogue.entries["value"]).reshape(len(world.domain.catalogue.names), -1)


def places_of(world: World, slot: int) -> slice:
    """Return the places of a slot's values and of "does not matter"."""
    first, size = world.tables.slots["place"][slot], world.tables.slots["size"][slot]
    return slice(first, first + size + 1)


def popularity_of(world: World, slot: int) -> np.ndarray:
    """Return the popularity of a slot's values among the items that have one."""
    return np.asarray(world.tables.places["popularity"][places_of(world, slot)][:-1])


def _tiny_person(changes: Mapping[str, Any]) -> PersonModel:
    """Return the person of ``tiny/person.toml`` with ``changes`` to its tables; constants that both leave out are 0."""
    own = read_toml(TINY / "person.toml")
    own |= {name: own[name] | table for name, table in changes.items()}
    shipped = load_person()
    response = _matrix(own["response"], _REPLIES, (*FEATURES, *TRAITS), 0.0)
    return replace(
        shipped,
        bias=_matrix(own["bias"], list(Family.__members__), _REPLIES, IMPOSSIBLE),
        response=response[:, : len(FEATURES)].copy(),
        character=response[:, len(FEATURES) :].copy(),
        **{name: np.array(own["answers"][name], float) for name in ("no_preference", "indifferent", "partial", "effort")},
        constants={name: {key: float(own[name].get(key, 0.0)) for key in table} for name, table in shipped.constants.items()},
        again=_matrix({"again": own["again"]}, ["again"], _REPLIES, 0.0)[0],
        acts={family: dict(own["acts"].get(family.name, {})) for family in Family},
    )


def _matrix(tables: Mapping[str, Any], rows: Any, columns: Any, absent: float) -> np.ndarray:
    matrix = np.full((len(rows), len(columns)), absent)
    for row, table in tables.items():
        for column, value in table.items():
            matrix[rows.index(row), columns.index(column)] = value
    return matrix


def state_of(
    world: World,
    count: int = 1,
    talk: Mapping[str, Any] | None = None,
    person: Mapping[str, Any] | None = None,
    traits: Mapping[str, Any] | None = None,
    visits: Mapping[int, int] | None = None,
    **arrays: Any,
) -> State:
    """Return dull dialogues about the weather, an exchange old in nothing but their topic.

    The person wishes for item 0 and likes the weather and the sale by half. Every trait and the satisfaction are 1/2, but they neither
    change their mind nor let anything slip; the rest of their mind is 0. ``talk`` and ``person`` set fields by name (what both sides keep,
    topic, raised and agreed, by ``talk``), ``traits`` the traits, ``visits`` the exchanges on each topic, other arguments whole arrays.
    What follows from these, follows: interest, leaning, first wish, slate, open acts.
    """
    talk, person, traits = dict(talk or {}), dict(person or {}), dict(traits or {})
    state = Simulator(world).reset(Stream.TRAINING, 0, np.arange(count))
    shared = {"topic": WEATHER, "raised": NOWHERE, "agreed": False} | {name: talk[name] for name in ("topic", "raised", "agreed") if name in talk}
    dull = dict.fromkeys(("willingness", "annoyance", "distress", "misunderstanding", "progress"), 0.0)
    dull |= {"satisfaction": 0.5, "last_reply": NOWHERE, "offered": NOWHERE, "type": 0, "need": 0, "favourites": [WEATHER, SALE, SALE]}
    _set(state.person.now["traits"], dict.fromkeys(TRAITS, 0.5) | {"mind_change": 0.0, "disclosure": 0.0} | traits)
    leaning = np.stack([state.person.now["traits"][name] - 0.5 for name in TRAITS], axis=1) @ world.person.character.T
    _set(state.person.now, dull | shared | {"leaning": leaning} | person)
    _set(state.talk.now, {"mood": 0.5, "upset": 0.5} | shared | talk)
    for side in (state.talk.now, state.person.now):
        _visit(side["visits"], visits or {int(np.ravel(shared["topic"])[0]): 1})
    topics = np.asarray(state.person.now["topic"])[:, None]
    state.person.now["interest"] = interests(world, state.person, topics)[:, 0]
    named = {"wish": _first_values(world)} | arrays
    _put(state, {"first_wish": named["wish"]} | named)
    state.talk.slate[...], state.talk.open[...] = slate_of(world, state), open_of(world, state)
    _put(state, {name: value for name, value in named.items() if name in ("slate", "open")})
    return state


def slate_of(world: World, state: State) -> np.ndarray:
    """Return the slates [B, K]: a topic's neighbours, the last replaced by what is liked best if that is liked and elsewhere."""
    tables, rows, topic = world.tables, np.arange(state.size), state.talk.now["topic"]
    slate, best = tables.neighbours[topic].copy(), state.talk.liking.argmax(axis=1)
    liked = tables.centres[best]
    put = (state.talk.liking[rows, best] > 0.5) & (liked != topic) & ~(slate == liked[:, None]).any(axis=1)
    slate[put, -1] = liked[put]
    return slate


def open_of(world: World, state: State) -> np.ndarray:
    """Return the open acts [B, A]: all but answers, corrections, giving way and recaps without reason, and questions asked three times."""
    talk, acts = state.talk, world.acts
    open_ = np.ones((state.size, len(acts.names)), bool)
    open_[:, acts.of(Family.ANSWER)] = (talk.now["last_reply"] == Reply.ASK)[:, None]
    open_[:, acts.of(Family.CORRECT)] = (talk.now["last_reply"] == Reply.REPAIR)[:, None]
    open_[:, acts.of(Family.YIELD)] = (talk.now["raised"] != NOWHERE)[:, None]
    open_[:, acts.of(Family.CHECK)] = talk.asked.any(axis=1)[:, None]
    open_[:, acts.of(Family.CLARIFY)] = talk.asked[:, acts.records["slot"][acts.of(Family.CLARIFY)]] < 3
    return open_


def _set(records_: np.ndarray, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        records_[name] = value


def _first_values(world: World) -> np.ndarray:
    """Return the values [S] of item 0, the slot's size where it has none."""
    values, entries = world.tables.slots["size"].copy(), world.domain.catalogue.of(0)
    values[entries["slot"]] = entries["value"]
    return values


def _put(state: State, arrays: Mapping[str, Any]) -> None:
    for name, value in arrays.items():
        getattr(state.person if name.endswith("wish") else state.talk, name)[...] = value


def _visit(visits: np.ndarray, counts: Mapping[int, int]) -> None:
    for place, (topic, times) in enumerate(counts.items()):
        visits["topic"][:, place], visits["count"][:, place] = topic, times
    visits["known"] = len(counts)


def keys_where(count: int = 1, number: int = 1, **limits: tuple[float, float]) -> U64:
    """Return keys of dialogues whose draws of exchange ``number`` lie within [low, high), by name of ``Draw``."""
    found, first = np.zeros(0, np.uint64), 0
    while len(found) < count:
        keys = dialogue_keys(Stream.TRAINING, 0, np.arange(first, first + 2**15))
        for name, (low, high) in limits.items():
            drawn = draws_of(keys, name, number)
            keys = keys[(drawn >= low) & (drawn < high)]
        found, first = np.concatenate([found, keys]), first + 2**15
    return found[:count]


def draws_of(keys: U64, name: str, number: int = 1) -> np.ndarray:
    """Return the draw of exchange ``number`` for one use, [B]."""
    return uniforms(np.ascontiguousarray(keys), number, 1, int(Draw[name]))[:, 0]


def acts_of(world: World, state: State, act: str) -> np.ndarray:
    """Return an act, by name, for every dialogue."""
    return np.full(state.size, world.acts.names.index(act))


def after(world: World, state: State, act: str, reply: Reply | None = None) -> tuple[State, Facts]:
    """Return the state and the facts after an act, by name, and a reply: drawn, unless it is given."""
    return Simulator(world).step(state, acts_of(world, state, act), None if reply is None else np.full(state.size, reply))
