"""Shared fixtures: worlds, the tiny domain whose numbers are computed by hand, and hand-made states."""

import hashlib
import shutil
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

from dialogue_env import Simulator, build_world, embedding, load_domain, load_population
from dialogue_env.acts import Family
from dialogue_env.domain import Domain
from dialogue_env.move import Move, read_move
from dialogue_env.person import FEATURES, IMPOSSIBLE, REPLIES, PersonModel, load_person
from dialogue_env.population import Population
from dialogue_env.rng import Draw
from dialogue_env.slate import open_acts
from dialogue_env.state import Mind, Signal, State, Talk
from dialogue_env.traits import TRAITS, Trait
from dialogue_env.world import World

settings.register_profile("tests", deadline=None, max_examples=25, derandomize=True, database=None)
settings.load_profile("tests")

TINY = Path(__file__).parent / "tiny"
WEATHER, FOOD, TRAVEL, SALE = range(4)
CLOSENESS = [[1.0, 0.6, 0.2, 0.0], [0.6, 1.0, 0.4, 0.8], [0.2, 0.4, 1.0, 0.5], [0.0, 0.8, 0.5, 1.0]]
SLOT_CLOSENESS = [[0.1, 0.2], [0.9, 0.3], [0.5, 0.4], [0.7, 0.6]]  # colour, size


def fake_vectors(texts: list[str]) -> Any:
    """Return a vector for each text that depends on the text alone, in place of the language model's."""
    return np.array([np.frombuffer(hashlib.sha256(text.encode()).digest(), np.int8) for text in texts], np.float16)


@pytest.fixture(scope="session", autouse=True)
def no_language_model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INITIATIVE_GYM_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setattr(embedding, "_encode", fake_vectors)
        yield


@cache
def _world(domain: str, population: str, noise: float) -> World:
    return build_world(_domain(domain), _population(population), noise)


@cache
def _domain(name: str) -> Domain:
    return load_domain(name)


@pytest.fixture(scope="session")
def world_of() -> Callable[..., World]:
    """Return a function that gives the world of a shipped domain and population, built once."""
    return lambda domain, population="everyone", noise=0.05: _world(domain, population, noise)


def _tiny_person() -> PersonModel:
    """Return the person of ``tiny/person.toml``; constants that it leaves out are 0."""
    own = tomllib.loads((TINY / "person.toml").read_text())
    shipped = load_person()
    bias = np.full_like(shipped.bias, IMPOSSIBLE)
    for family, table in own["bias"].items():
        for reply, value in table.items():
            bias[Family[family], [act.name for act in REPLIES].index(reply)] = value
    response = np.zeros((len(FEATURES) + len(TRAITS), len(REPLIES)), np.float32)
    for reply, table in own["response"].items():
        for name, value in table.items():
            response[(*FEATURES, *TRAITS).index(name), [act.name for act in REPLIES].index(reply)] = value
    return replace(
        shipped,
        bias=bias,
        response=response[: len(FEATURES)],
        character=response[len(FEATURES) :],
        **{name: np.array(own["answers"][name], np.float32) for name in ("no_preference", "indifferent", "partial")},
        constants={name: {key: np.float32(own[name].get(key, 0.0)) for key in table} for name, table in shipped.constants.items()},
        acts={family: {key: np.float32(value) for key, value in own["acts"].get(family.name, {}).items()} for family in Family},
    )


@cache
def _population(name: str) -> Population:
    return load_population(name)


@cache
def _tiny_domain() -> Domain:
    return load_domain(TINY / "tiny.toml")


def _tiny(noise: float, **changes: Any) -> World:
    domain = replace(
        _tiny_domain(),
        closeness=np.array(CLOSENESS, np.float32),
        slot_closeness=np.array(SLOT_CLOSENESS, np.float32),
        **changes,
    )
    return build_world(domain, replace(_population("everyone"), person=_tiny_person()), noise)


@pytest.fixture(scope="session")
def tiny_of() -> Callable[..., World]:
    """Return a function that gives the tiny world with another noise or other fields of its domain."""
    return lambda noise=0.0, **changes: _tiny(noise, **changes)


@pytest.fixture(scope="session")
def tiny(tiny_of: Callable[..., World]) -> World:
    """Return the tiny world without noise."""
    return tiny_of()


def _columns(array: Any, names: Any, values: dict[str, Any]) -> Any:
    array = array.copy()
    for name, value in values.items():
        array[:, getattr(names, name)] = value
    return array


def _state(world: World, count: int = 1, **given: Any) -> State:
    talk, mind, traits, signals = (given.pop(name, {}) for name in ("talk", "mind", "traits", "signals"))
    state = Simulator(world).reset(0, np.arange(count))
    dull = dict.fromkeys(Mind, 0.0) | {"SATISFACTION": 0.5}
    state = replace(
        state,
        talk=_columns(state.talk, Talk, {"TOPIC": WEATHER, **talk}),
        signals=_columns(state.signals, Signal, {"MOOD": 0.5, "UPSET": 0.5, **signals}),
        traits=_columns(np.full(state.traits.shape, 0.5, np.float32), Trait, traits),
        mind=_columns(state.mind, Mind, dull | mind),
        need=np.zeros_like(state.need),
        wish=np.repeat(world.codes[:1], count, axis=0),
        favourites=np.tile([WEATHER, FOOD, TRAVEL], (count, 1)),
        interest=np.full_like(state.interest, 0.5),
    )
    rows = {name: np.broadcast_to(np.asarray(value, getattr(state, name).dtype), getattr(state, name).shape).copy() for name, value in given.items()}
    state = replace(state, **{"slate": world.neighbours[state.talk[:, Talk.TOPIC]]} | rows)
    derived = {"first_wish": state.wish.copy(), "leaning": (state.traits - np.float32(0.5)) @ world.person.character}
    return replace(state, open=open_acts(world, state.talk, state.asked), **{name: array for name, array in derived.items() if name not in given})


@pytest.fixture(scope="session")
def state_of() -> Callable[..., State]:
    """Return a function that makes dull dialogues about the weather.

    Every trait, interest and the satisfaction are 1/2, the rest of the mind is 0, and item 0 is wished for.
    The first wish is the wish, and the leaning follows from the traits, unless they are given.
    ``talk``, ``mind``, ``traits`` and ``signals`` set columns by name; other arguments set whole arrays.
    """
    return _state


def _move(world: World, state: State, act: str, **changes: Any) -> Move:
    move = read_move(world, state, np.full(len(state), world.acts.names.index(act)))
    return replace(move, **{name: np.full(len(state), value, getattr(move, name).dtype) for name, value in changes.items()})


@pytest.fixture(scope="session")
def move_of() -> Callable[..., Move]:
    """Return a function that reads an act by name in a state, and then sets fields of the move."""
    return _move


def _draws(count: int = 1, **columns: Any) -> Any:
    draws = np.full((count, len(Draw)), 0.5, np.float32)
    quiet = dict.fromkeys(("LEAVE", "MISHEARD_ACT", "MISHEARD_VALUE", "CHANGED_MIND", "STUCK", "DISCLOSE"), 0.999)
    return _columns(draws, Draw, quiet | columns)


@pytest.fixture(scope="session")
def draws_of() -> Callable[..., Any]:
    """Return a function that makes draws of 1/2 under which nothing unlikely happens; arguments set columns."""
    return _draws


@pytest.fixture
def edited(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that copies the tiny domain, replaces a text once, and gives the path of its TOML."""

    def edit(old: str = "", new: str = "", file: str = "tiny.toml") -> Path:
        for name in ("tiny.toml", "tiny.csv"):
            shutil.copy(TINY / name, tmp_path)
        content = (TINY / file).read_text()
        assert old in content
        (tmp_path / file).write_text(content.replace(old, new, 1))
        return tmp_path / "tiny.toml"

    return edit
