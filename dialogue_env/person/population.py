"""Populations: shares of person types, and each type's distribution of traits."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from dialogue_env.files import check_keys, interval, number, read_toml
from dialogue_env.person.model import PersonModel, fitted, load_person
from dialogue_env.person.traits import TRAITS
from dialogue_env.person.variants import MARK, varied
from dialogue_env.types import F64
from rewards.errors import InputError, unknown

FILE = Path(__file__).parent / "populations.toml"
KNOTS = 33
ROUNDING = 1e-6
"""How far shares may be from summing to 1."""
_TABLES = ("base", "types", "populations")


@dataclass(frozen=True, slots=True)
class Population:
    """Shares of U person types and their traits' quantiles."""

    name: str
    types: tuple[str, ...]  # U type names
    shares: F64  # [U], sums to 1
    quantiles: F64  # [U, C, 33] each trait's quantiles at 0, 1/32, ..., 1
    person: PersonModel  # how such people reply


def population_names() -> tuple[str, ...]:
    """Return the names of the shipped populations: the mixtures, then one per type."""
    shipped = _shipped()
    return (*shipped["populations"], *shipped["types"])


@cache
def _shipped() -> dict[str, dict[str, Any]]:
    """Return the tables of the fitted people and of the hand-made ones, together."""
    by_hand = read_toml(FILE)
    return {key: fitted().get(key, {}) | by_hand[key] for key in _TABLES}


def load_population(name: str | Path) -> Population:
    """Read a shipped population or type by name, or one from a file (``my.toml`` or ``my.toml:name``); raises InputError.

    ``NAME~VARIANT`` are the people of NAME in a variant (``variants.toml``, or ``world-1``, ``world-2``, ...).

    A file has the tables ``types.NAME`` and ``populations.NAME`` (shares by type), may have ``base`` for
    what its types leave out, and ``person``, which goes over the shipped person model. It may use the
    shipped types too.
    """
    people, varies, variant = str(name).rpartition(MARK)
    if varies:
        population = load_population(people)
        return replace(population, name=str(name), person=varied(population.person, variant))
    location, mark, chosen = str(name).rpartition(".toml")
    if mark and (not chosen or chosen.startswith(":")):
        path = f"{location}.toml"
        return population_of(path, read_toml(Path(path)), chosen.removeprefix(":"))
    shipped = _shipped()
    if str(name) not in shipped["populations"] and str(name) not in shipped["types"]:
        raise unknown("population", str(name), (*shipped["populations"], *shipped["types"], "or the path of a .toml file"))
    return population_of(str(FILE), {"populations": shipped["populations"]}, str(name))


def population_of(where: str, own: Mapping[str, Any], chosen: str = "") -> Population:
    """Return the population ``chosen`` (may be left out if there is one) of the tables of a population file ``where``."""
    check_keys(where, own, (), (*_TABLES, "person", "command", "evidence"))
    base, types, mixtures = (_table(f"{where}: {key}", own.get(key, {})) for key in _TABLES)
    check_keys(f"{where}: base", base, (), TRAITS)
    person = load_person(own.get("person"), f"{where}: person")
    shipped = _shipped()
    base, types = shipped["base"] | base, shipped["types"] | types
    if not chosen and len(mixtures) != 1:
        raise InputError(f"{where}: has {len(mixtures)} populations, choose one as {where}:NAME; valid: {', '.join(mixtures) or 'none'}")
    chosen = chosen or next(iter(mixtures))
    if chosen not in mixtures and chosen not in types:
        raise unknown(f"population in {where}:", chosen, (*mixtures, *types))
    shares, quantiles = _types(where, chosen, mixtures.get(chosen, {chosen: 1.0}), types, base)
    return Population(chosen, tuple(shares), np.array(list(shares.values())), quantiles, person)


def _table(where: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError(f"{where}: must be a table, not {value!r}")
    return value


def _types(origin: str, name: str, shares: Any, types: Mapping[str, Any], base: Mapping[str, Any]) -> tuple[dict[str, float], F64]:
    """Return the shares of a population's types, and their traits' quantiles [U, C, 33]; raises InputError unless the shares sum to 1."""
    where = f"{origin}: populations.{name}"
    check_keys(where, shares, (), types)
    found = {kind: number(f"{where}.{kind}", share, 0.0, 1.0) for kind, share in shares.items()}
    if abs(sum(found.values()) - 1.0) > ROUNDING:
        raise InputError(f"{where}: the shares must sum to 1, not {sum(found.values()):g}")
    quantiles = [_quantiles(f"{origin}: types.{kind}", base, types[kind]) for kind in shares]
    return found, np.stack(quantiles)


def _quantiles(where: str, base: Mapping[str, Any], own: Any) -> F64:
    check_keys(where, own, (), TRAITS)
    table = {**base, **own}
    return np.stack([_trait(f"{where}.{trait}", table[trait]) for trait in TRAITS])


def _trait(where: str, value: Any) -> F64:
    """Return the 33 quantiles of a range [low, high], or of {beta = [a, b]} or {normal = [mean, sd]} cut to [0, 1].

    ``between = [0.9, 1.0]`` beside these takes that part of the people alone: the upper tenth.
    """
    levels = np.linspace(0.0, 1.0, KNOTS)
    if not isinstance(value, Mapping):
        low, high = interval(where, value)
        return np.asarray(low + (high - low) * levels, np.float64)
    check_keys(where, value, (), ("beta", "normal", "between"))
    low, high = interval(f"{where}.between", value.get("between", [0.0, 1.0]))
    levels = low + (high - low) * levels
    if ("beta" in value) == ("normal" in value):
        raise InputError(f"{where}: needs one of beta = [a, b] and normal = [mean, sd]")
    if "beta" in value:
        from scipy.stats import beta  # noqa: PLC0415 -- slow to import

        quantiles = beta.ppf(levels, *_pair(f"{where}.beta", value["beta"], "[a, b]", (0.01, 0.01), 1000.0))
    else:
        from scipy.special import ndtri  # noqa: PLC0415 -- a tenth of the time of scipy.stats

        mean, deviation = _pair(f"{where}.normal", value["normal"], "[mean, sd]", (0.0, 0.001), 1.0)
        quantiles = ndtri(levels) * deviation + mean
    return np.asarray(np.clip(quantiles, 0.0, 1.0), np.float64)


def _pair(where: str, value: Any, form: str, low: tuple[float, float], high: float) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:
        raise InputError(f"{where}: must be a pair of numbers {form}, not {value!r}")
    return number(where, value[0], low[0], high), number(where, value[1], low[1], high)
