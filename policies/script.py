"""The best fixed list of acts, blind to all that is heard: the floor of anything called strategy.

Scripts are found by search (``python -m evaluation.search``) on people of their own and are data: ``scripts.toml`` for the
shipped domains, or a file of one's own (``script:my.toml``).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dialogue_env.acts import Family
from dialogue_env.agent.observation import layout_of
from dialogue_env.domain.act_table import ActTable
from dialogue_env.files import check_keys, number, read_toml, text, texts, write_whole
from dialogue_env.types import F32, I64, Bools
from dialogue_env.world import World
from policies.view import View
from rewards import InputError
from rewards.errors import unknown

FILE = Path(__file__).parent / "scripts.toml"
SCRIPTS = {"script": False, "script_answers": True}
"""The rules that play a script, and whether they answer a question before they go on."""


@dataclass(frozen=True, slots=True)
class Script:
    """Acts by name, one an exchange; after the last it stays with it."""

    domain: str
    population: str  # whom it was found for
    answers: bool  # the one exception to deafness: a question is answered first
    acts: tuple[str, ...]
    found: float  # mean return on people whom it was not searched on
    command: str

    @property
    def place(self) -> tuple[str, str, bool]:
        """What it is for; a file has one of each."""
        return self.domain, self.population, self.answers


class ScriptPolicy:
    """A script behind SB3's ``predict``: of what it observes it reads the time, what is open, and perhaps that it was asked."""

    def __init__(self, script: Script, world: World) -> None:
        """Play ``script`` in ``world``; raises InputError for acts that the domain does not have."""
        self._layout, self._acts, self._turns = layout_of(world.tables), world.acts, world.domain.max_turns
        self._script, self._answers = numbered(script, world), script.answers

    def predict(
        self, observation: F32, state: Any = None, episode_start: Any = None, deterministic: bool = True, action_masks: Bools | None = None
    ) -> tuple[I64, None]:
        """Return acts [B] for observations [B, D]."""
        view = View(self._layout, self._acts, np.atleast_2d(observation))
        exchange = np.rint(view["time"].astype(np.float64) * self._turns).astype(np.int64)
        open_ = view.act("open") > 0 if action_masks is None else np.atleast_2d(action_masks)
        return played(self._script, exchange, open_, self._acts.span[Family.HOLD].start, answers_of(self._answers, self._acts)), None


def answers_of(answers: bool, acts: ActTable) -> I64:
    """Return the acts that a script puts first where they are open."""
    return acts.of(Family.ANSWER) if answers else np.zeros(0, np.int64)


def played(script: I64, exchange: I64, open_: Bools, hold: int, answers: I64) -> I64:
    """Return the acts [B] that a script [L] plays in the exchanges [B]: an open one of ``answers``, else its own, HOLD where that is closed."""
    acts = script[np.minimum(exchange, len(script) - 1)]
    acts = np.where(np.take_along_axis(open_, acts[:, None], axis=1)[:, 0], acts, hold)
    for answer in answers:
        acts = np.where(open_[:, answer], answer, acts)
    return acts


def numbered(script: Script, world: World) -> I64:
    """Return a script's acts by number, [L]; raises InputError for one that the domain does not have."""
    for name in script.acts:
        if name not in world.acts.names:
            raise unknown(f"act in the script of domain {script.domain!r}:", name, world.acts.names)
    return np.array([world.acts.names.index(name) for name in script.acts])


def read_scripts(path: Path) -> tuple[Script, ...]:
    """Return the scripts of a file, each a table ``[[scripts]]``; raises InputError."""
    tables = check_keys(str(path), read_toml(path), ("scripts",))["scripts"]
    if not isinstance(tables, list) or not tables:
        raise InputError(f"{path}: needs at least one [[scripts]]")
    return tuple(_read(f"{path}: scripts[{i}]", table) for i, table in enumerate(tables))


def _read(where: str, table: Any) -> Script:
    check_keys(where, table, ("domain", "population", "answers", "acts", "found", "command"))
    if not isinstance(table["answers"], bool):
        raise InputError(f"{where}.answers must be true or false, not {table['answers']!r}")
    named = [text(f"{where}.{key}", table[key]) for key in ("domain", "population", "command")]
    return Script(named[0], named[1], table["answers"], texts(f"{where}.acts", table["acts"]), number(f"{where}.found", table["found"], -100, 100), named[2])


def write_scripts(path: Path, scripts: Sequence[Script]) -> None:
    """Write scripts as ``read_scripts`` reads them, ordered by what they are for."""
    tables = []
    for script in sorted(scripts, key=lambda script: script.place):
        values = {"domain": script.domain, "population": script.population, "answers": script.answers}
        values |= {"found": round(script.found, 3), "command": script.command, "acts": list(script.acts)}
        tables.append("[[scripts]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items()))
    write_whole(path, "# The best fixed lists of acts, written by python -m evaluation.search; found: mean return on other people.\n\n" + "\n".join(tables))


def script_for(world: World, answers: bool, path: Path = FILE) -> ScriptPolicy:
    """Return the script of a world's domain, found for its population or else for another; raises InputError."""
    scripts = [script for script in read_scripts(path) if script.domain == world.domain.name and script.answers == answers]
    if not scripts:
        raise InputError(f"{path.name}: no script for domain {world.domain.name!r}; search one with python -m evaluation.search, and play it as script:FILE")
    return ScriptPolicy(next((script for script in scripts if script.population == world.population.name), scripts[0]), world)
