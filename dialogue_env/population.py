"""Populations: shares of user types, and each type's distribution of traits."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dialogue_env.columns import Columns
from dialogue_env.files import check_keys, interval, number, read_toml
from rewards.errors import InputError, unknown

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

FILE = Path(__file__).parent / "populations.toml"
KNOTS = 33


class Trait(metaclass=Columns):
    """The traits of a person, each in [0, 1]."""

    COOPERATIVENESS = 0
    VAGUENESS = 1  # P(answer names two values)
    REFUSAL = 2  # P(refuses to answer)
    ERROR = 3  # P(a value given is wrong)
    DRIFT = 4  # pull towards own topics
    RESISTANCE = 5  # propensity to resist
    REACTANCE = 6  # annoyance per push
    INFLUENCE = 7  # how far appeals move them
    PATIENCE = 8  # against walking out
    WILLINGNESS = 9  # place in the domain's range of initial willingness
    EMOTIONALITY = 10
    TALKATIVENESS = 11
    DISCLOSURE = 12  # P(lets out a fact in an open reply)
    FOLLOW_THROUGH = 13  # does what was agreed
    SUGGESTION = 14  # rate of own suggestions
    RELIABILITY = 15  # of these suggestions
    MIND_CHANGE = 16  # P(one slot of the wish changes), per turn


TRAITS = tuple(name.lower() for name in Trait)


@dataclass(frozen=True, slots=True)
class Population:
    """Shares of U user types and their traits' quantiles."""

    name: str
    types: tuple[str, ...]  # U type names
    shares: npt.NDArray[np.float64]  # [U], sums to 1
    quantiles: Floats  # [U, C, 33] each trait's quantiles at 0, 1/32, ..., 1

    def draw(self, type_draw: Floats, trait_draws: Floats) -> tuple[Ints, Floats]:
        """Return types [B] and traits [B, C] from uniform draws [B] and [B, C]."""
        types = np.searchsorted(self.shares.cumsum()[:-1], type_draw, side="right")
        position = trait_draws * np.float32(KNOTS - 1)
        low = position.astype(np.int64)
        columns = np.arange(len(Trait))
        below = self.quantiles[types[:, None], columns, low]
        above = self.quantiles[types[:, None], columns, np.minimum(low + 1, KNOTS - 1)]
        return types, below + (above - below) * (position - low.astype(np.float32))


def population_names() -> tuple[str, ...]:
    """Return the names of the shipped populations: the mixtures, then one per type."""
    tables = read_toml(FILE)
    return (*tables["populations"], *tables["types"])


def load_population(name: str | Path) -> Population:
    """Read a shipped population or type by name, or one from a file (``my.toml`` or ``my.toml:name``).

    A file has the tables ``types.NAME`` and ``populations.NAME`` (shares by type); it may use
    the shipped types too. Raises InputError.
    """
    location, mark, chosen = str(name).rpartition(".toml")
    if mark and (not chosen or chosen.startswith(":")):
        path, chosen = Path(f"{location}.toml"), chosen.removeprefix(":")
    else:
        path, chosen = FILE, str(name)
    own = check_keys(str(path), read_toml(path), (), ("base", "types", "populations"))
    base, types, mixtures = (_table(f"{path}: {key}", own.get(key, {})) for key in ("base", "types", "populations"))
    check_keys(f"{path}: base", base, (), TRAITS)
    shipped = read_toml(FILE)
    base, types = shipped["base"] | base, shipped["types"] | types
    if not chosen and len(mixtures) != 1:
        raise InputError(f"{path}: has {len(mixtures)} populations, choose one as {path}:NAME; valid: {', '.join(mixtures) or 'none'}")
    chosen = chosen or next(iter(mixtures))
    if chosen not in mixtures and chosen not in types:
        raise unknown(f"population in {path}:" if path != FILE else "population", chosen, (*mixtures, *types, "or the path of a .toml file"))
    return _population(path, chosen, mixtures.get(chosen, {chosen: 1.0}), types, base)


def _table(where: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError(f"{where}: must be a table, not {value!r}")
    return value


def _population(path: Path, name: str, shares: Any, types: Mapping[str, Any], base: Mapping[str, Any]) -> Population:
    where = f"{path}: populations.{name}"
    check_keys(where, shares, (), types)
    weights = np.array([number(f"{where}.{kind}", share, 0.0, 1e6) for kind, share in shares.items()])
    if not weights.sum() > 0:
        raise InputError(f"{where}: the shares must sum to more than 0")
    quantiles = [_quantiles(f"{path}: types.{kind}", base, types[kind]) for kind in shares]
    return Population(name, tuple(shares), weights / weights.sum(), np.stack(quantiles))


def _quantiles(where: str, base: Mapping[str, Any], own: Any) -> Floats:
    check_keys(where, own, (), TRAITS)
    table = {**base, **own}
    return np.stack([_trait(f"{where}.{trait}", table[trait]) for trait in TRAITS])


def _trait(where: str, value: Any) -> Floats:
    """Return the 33 quantiles of a range [low, high] or of {beta = [a, b]}."""
    levels = np.linspace(0.0, 1.0, KNOTS)
    if isinstance(value, Mapping):
        from scipy.stats import beta  # noqa: PLC0415 -- slow to import, and only some traits need it

        check_keys(where, value, ("beta",))
        if not isinstance(value["beta"], list) or len(value["beta"]) != 2:
            raise InputError(f"{where}.beta: must be a pair of numbers [a, b], not {value['beta']!r}")
        a, b = (number(f"{where}.beta", parameter, 0.01, 1000.0) for parameter in value["beta"])
        return np.asarray(beta.ppf(levels, a, b), np.float32)
    low, high = interval(where, value)
    return np.asarray(low + (high - low) * levels, np.float32)
