"""Variants of the person: another structure, or other numbers within their plausible ranges.

A policy that lives on a flaw of the person does not survive them. A variant goes by a name after a
population's, ``mixed~pushing_off``: one of ``variants.toml``, or ``world-N``, in which every number that is set by
hand is drawn within its range.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from dialogue_env.acts import REPLIES
from dialogue_env.draws import WANTED, Stream, dialogue_keys, uniforms
from dialogue_env.files import Setting, check_keys, number, read_toml, setting
from dialogue_env.person.model import FEATURES, FILE, PersonModel
from rewards.errors import InputError, unknown

VARIANTS = Path(__file__).parent / "variants.toml"
MARK = "~"
"""What parts a population's name from a variant's."""
WORLD = "world-"


def variant_names() -> tuple[str, ...]:
    """Return the names of the variants of another structure."""
    return tuple(read_toml(VARIANTS))


def varied(person: PersonModel, variant: str) -> PersonModel:
    """Return the person of a variant; raises InputError for a variant that there is none of, or of a number that the model does not have."""
    if variant.removeprefix(WORLD).isdigit():
        return _drawn(person, int(variant.removeprefix(WORLD)))
    variants = read_toml(VARIANTS)
    if variant not in variants:
        raise unknown("variant", variant, (*variants, f"or {WORLD}1, {WORLD}2, ..."))
    return changed(person, variants[variant], f"{VARIANTS}: {variant}")


def changed(person: PersonModel, variant: Any, where: str) -> PersonModel:
    """Return the person with the numbers of a variant (tables ``times`` and ``set`` by dotted key); raises InputError naming ``where``."""
    check_keys(where, variant, (), ("times", "set"))
    tables = {name: dict(table) for name, table in person.constants.items()}
    tables |= {"again": dict(zip(_replies(), person.again.tolist(), strict=True))}
    tables |= {f"response.{reply}": dict(zip(FEATURES, row, strict=True)) for reply, row in zip(_replies(), person.response.tolist(), strict=True)}
    for kind in ("times", "set"):
        for key, value in check_keys(f"{where}: {kind}", variant.get(kind, {}), (), variant.get(kind, {})).items():
            name, _, entry = key.rpartition(".")
            if entry not in tables.get(name, {}):
                raise InputError(f"{where}: {kind}: the person model has no number {key!r}")
            given = number(f"{where}: {kind}.{key}", value, -100.0, 100.0)
            tables[name][entry] = tables[name][entry] * given if kind == "times" else given
    again, response = np.array(list(tables.pop("again").values())), np.array([list(tables.pop(f"response.{reply}").values()) for reply in _replies()])
    return replace(person, constants=tables, again=again, response=response)


def _replies() -> list[str]:
    return [reply.name for reply in REPLIES]


@cache
def ranges() -> Mapping[str, Setting]:
    """Return the numbers of ``person.toml`` that have a plausible range, by dotted key."""
    return {
        f"{name}.{key}": setting(f"{FILE}: {name}.{key}", value, -100.0, 100.0)
        for name, table in read_toml(FILE).items()
        for key, value in table.items()
        if isinstance(value, dict) and "low" in value
    }


def _drawn(person: PersonModel, world: int) -> PersonModel:
    """Return the person of a plausible world: every number with a range is drawn evenly in it."""
    levels = uniforms(dialogue_keys(Stream.EVALUATION, world, [0]), WANTED, len(ranges()))[0]
    values = {name: found.low + (found.high - found.low) * float(level) for (name, found), level in zip(ranges().items(), levels, strict=True)}
    return changed(person, {"set": values}, f"{WORLD}{world}")
