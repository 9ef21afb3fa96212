"""The model of a person: the coefficients of ``person.toml`` (set by hand) and ``people.toml`` (fitted) as arrays and tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from dialogue_env.acts import REPLIES, Family, Form
from dialogue_env.files import check_keys, number, read_toml, setting
from dialogue_env.person.traits import TRAITS
from dialogue_env.types import F64
from rewards.errors import InputError

FEATURES: dict[str, str] = {
    "interest": "of the person in the topic the act is about, centred on 1/2",
    "relevance": "of the act to where the talk is, centred on 1/2",
    "satisfaction": "centred on 1/2",
    "annoyance": "",
    "distress": "",
    "distress_push": "distress times pressure",
    "resisted": "1 after a resisting reply",
    "repetition": "min(uses of this act, 3) / 3",
    "push": "pressure times reactance",
    "acceptability": "logit of saying yes to what is proposed (the domain's `acceptance`)",
    "unoffered": "1 while nothing has been proposed",
    "misunderstanding": "",
    "early": "1 at the first exchange, falling to 0 at the fourth, less its mean .2 over ten",
    "round": "exchanges so far over 10, at most 1, centred on 1/2",
    "agreed": "1 while the person's yes stands",
    "offers": "proposals so far, capped at 3, over 3",
    "stale": "1/2 - 1 / (1 + exchanges so far on the topic of the act)",
}
"""What the reply depends on at the moment, with what each means; on top come the traits, each centred on 1/2."""
IMPOSSIBLE = -1e9
FILE = Path(__file__).parent / "person.toml"
FITTED = Path(__file__).parent / "people.toml"

_CONSTANTS = (
    "answers",
    "leaving",
    "satisfaction",
    "willingness",
    "annoyance",
    "distress",
    "misunderstanding",
    "drift",
    "fit",
    "thinking",
    "wish",
    "rating",
    "belief",
    "outcome",
    "move",
    "start",
    "reaction",
    "liking",
)

_BY_FORM = {"no_preference": 1.0, "indifferent": 1.0, "partial": 1.0, "effort": 2.0}
"""What is one number per form of question, with the greatest."""

_OF_AN_ACT = ("relevance", "gain", "comfort", "pressure", "effort")

Constants = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class PersonModel:
    """Coefficients of reply choice and of the transitions (see ``person.toml`` for sources)."""

    bias: F64  # [families, R] logit of each reply under each act family, IMPOSSIBLE where it cannot follow
    response: F64  # [R, F] coefficients of FEATURES
    character: F64  # [R, C] coefficients of the traits
    no_preference: F64  # [forms] P(no preference or "don't know") by form of question, of those who care
    indifferent: F64  # [forms] the same, of those to whom the slot does not matter
    partial: F64  # [forms] P(partial answer)
    effort: F64  # [forms] effort of a question, against an open one
    again: F64  # [R] what having given a reply last time adds to its logit
    constants: Mapping[str, Constants]  # every other table, by name
    acts: Mapping[Family, Constants]  # default numbers of each act family


def load_person(own: Mapping[str, Any] | None = None, where: str = str(FILE)) -> PersonModel:
    """Return the shipped person model, with the tables of ``own`` (from the file ``where``) over it; raises InputError."""
    if own is None:
        return _shipped()
    check_keys(where, own, (), ("bias", "response", "again", "acts", *_CONSTANTS))
    tables = _tables()
    for name in _CONSTANTS:
        check_keys(f"{where}: {name}", own.get(name, {}), (), tables[name])
    return _model(where, _over(tables, own))


@cache
def fitted() -> Mapping[str, Any]:
    """Return the tables of ``people.toml``, not to be changed."""
    return read_toml(FITTED)


@cache
def _shipped() -> PersonModel:
    return _model(str(FILE), _tables())


def _tables() -> Mapping[str, Any]:
    """Return what is set by hand and what is fitted, together; no number stands in both files."""
    return _over(read_toml(FILE), fitted()["person"])


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``below`` with the entries of ``above`` over it, table by table."""
    merged = dict(below)
    for key, value in above.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = _over(merged[key], value) if both else value
    return merged


def _model(where: str, tables: Mapping[str, Any]) -> PersonModel:
    check_keys(where, tables, ("bias", "response", "again", "acts", *_CONSTANTS))
    families, replies = [family.name for family in Family], [reply.name for reply in REPLIES]
    answers = dict(check_keys(f"{where}: answers", tables["answers"], _BY_FORM, tables["answers"]))
    by_form = {key: _by_form(f"{where}: answers.{key}", answers.pop(key), most) for key, most in _BY_FORM.items()}
    constants = {name: _numbers(f"{where}: {name}", answers if name == "answers" else tables[name]) for name in _CONSTANTS}
    acts = check_keys(f"{where}: acts", tables["acts"], families)
    response = _matrix(f"{where}: response", tables["response"], replies, (*FEATURES, *TRAITS), 0.0)
    return PersonModel(
        bias=_matrix(f"{where}: bias", tables["bias"], families, replies, IMPOSSIBLE),
        response=np.ascontiguousarray(response[:, : len(FEATURES)]),
        character=np.ascontiguousarray(response[:, len(FEATURES) :]),
        again=_row(f"{where}: again", tables["again"], replies, 0.0),
        **by_form,
        constants=constants,
        acts={Family[name]: _numbers(f"{where}: acts.{name}", check_keys(f"{where}: acts.{name}", acts[name], (), _OF_AN_ACT)) for name in families},
    )


def _by_form(where: str, value: Any, most: float) -> F64:
    if not isinstance(value, list) or len(value) != len(Form):
        raise InputError(f"{where}: must be a list of {len(Form)} numbers, one per form of question, not {value!r}")
    return np.array([number(where, share, 0.0, most) for share in value], np.float64)


def _numbers(name: str, table: Any) -> dict[str, float]:
    return {key: setting(f"{name}.{key}", value, -100.0, 100.0).value for key, value in table.items()}


def _matrix(name: str, tables: Any, rows: list[str], columns: tuple[str, ...] | list[str], absent: float) -> F64:
    """Return a table of tables as [rows, columns], with ``absent`` where an entry is missing."""
    check_keys(name, tables, (), rows)
    return np.stack([_row(f"{name}.{row}", tables.get(row, {}), columns, absent) for row in rows])


def _row(name: str, table: Any, columns: tuple[str, ...] | list[str], absent: float) -> F64:
    """Return a table of numbers as [columns], with ``absent`` where an entry is missing."""
    check_keys(name, table, (), columns)
    found = np.full(len(columns), absent, np.float64)
    for column, value in _numbers(name, table).items():
        found[columns.index(column)] = value
    return found
