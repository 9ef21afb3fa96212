"""The model of a person: the coefficients of ``person.toml`` as arrays and tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dialogue_env.acts import Family, UserAct
from dialogue_env.files import check_keys, number, read_toml

Floats = npt.NDArray[np.float32]

FEATURES = (
    "interest",  # of the person in the topic talked of, centred on 1/2
    "relevance",  # of the act to where the talk is, centred on 1/2
    "satisfaction",  # centred on 1/2
    "annoyance",
    "distress",
    "distress_push",  # distress times pressure
    "resisted",  # 1 after a resisting turn
    "repetition",  # uses of the same act so far, capped at 3, over 3
    "push",  # pressure times reactance
    "acceptability",  # logit of saying yes to what is proposed, else 0
    "misunderstanding",
    "cooperativeness",  # centred on 1/2
    "resistance",  # the person's propensity, centred on its mean .18
    "drift",  # centred on 1/4
    "talkativeness",  # centred on 1/2
    "emotionality",  # centred on 1/3
    "suggestion",  # centred on 1/5
)
REPLIES = tuple(act for act in UserAct if act != UserAct.LEAVE)
IMPOSSIBLE = -1e9
FILE = Path(__file__).parent / "person.toml"

_CONSTANTS = (
    "answers",
    "leaving",
    "satisfaction",
    "willingness",
    "annoyance",
    "distress",
    "misunderstanding",
    "fit",
    "thinking",
    "wish",
    "rating",
    "belief",
    "outcome",
)

Constants = Mapping[str, np.float32]
"""Single precision, as the arrays are: NumPy multiplies by a Python float at nearly twice the cost."""


@dataclass(frozen=True, slots=True)
class PersonModel:
    """Coefficients of reply choice and of the transitions (see ``person.toml`` for sources)."""

    bias: Floats  # [families, R] logit of each reply under each act family, IMPOSSIBLE where it cannot follow
    response: Floats  # [F, R] coefficients of FEATURES
    no_preference: Floats  # [forms] P(no preference or "don't know") by form of question
    partial: Floats  # [forms] P(partial answer)
    constants: Mapping[str, Constants]  # every other table, by name
    acts: Mapping[Family, Constants]  # default numbers of each act family


@cache
def load_person() -> PersonModel:
    """Read the shipped person model."""
    tables = read_toml(FILE)
    check_keys(str(FILE), tables, ("bias", "response", "acts", *_CONSTANTS))
    families, replies = [family.name for family in Family], [reply.name for reply in REPLIES]
    answers = dict(tables["answers"])
    by_form = {key: np.array(answers.pop(key), np.float32) for key in ("no_preference", "partial")}
    constants = {name: _numbers(name, answers if name == "answers" else tables[name]) for name in _CONSTANTS}
    response = _matrix("response", tables["response"], replies, FEATURES, 0.0)
    return PersonModel(
        bias=_matrix("bias", tables["bias"], families, replies, IMPOSSIBLE),
        response=np.ascontiguousarray(response.T),
        no_preference=by_form["no_preference"],
        partial=by_form["partial"],
        constants=constants,
        acts={Family[name]: _numbers(f"acts.{name}", tables["acts"][name]) for name in families},
    )


def _numbers(name: str, table: Any) -> dict[str, np.float32]:
    return {key: np.float32(number(f"{FILE}: {name}.{key}", value, -100.0, 100.0)) for key, value in table.items()}


def _matrix(name: str, tables: Any, rows: list[str], columns: tuple[str, ...] | list[str], absent: float) -> Floats:
    """Return a table of tables as [rows, columns], with ``absent`` where an entry is missing."""
    check_keys(f"{FILE}: {name}", tables, (), rows)
    matrix = np.full((len(rows), len(columns)), absent, np.float32)
    for row, table in tables.items():
        check_keys(f"{FILE}: {name}.{row}", table, (), columns)
        for column, value in table.items():
            matrix[rows.index(row), columns.index(column)] = value
    return matrix
