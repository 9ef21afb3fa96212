"""The agent's side of dialogues, as a user model meets it: taken from a corpus, or drawn from a table fitted to one."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from calibration.corpora.coded import OVER, Coded
from dialogue_env.acts import Family
from dialogue_env.files import check_keys, number, read_toml
from dialogue_env.types import I64, Bools
from rewards.errors import InputError, unknown

Words = npt.NDArray[np.str_]

HUMAN = Path(__file__).parent / "human.toml"
"""What people did in the same place, and the persuader's table."""
START = "START"
"""Stands for the family before the first act."""
BUCKETS = (0, 1, 2, 3, 5, 7, 9)
"""The rounds at which the persuader's habits are counted anew."""


@dataclass(frozen=True, slots=True)
class Script:
    """What the agent does in n dialogues of at most L exchanges, whatever the person replies."""

    family: I64  # [n, L] Family, -1 after the end
    variant: Words  # [n, L] which variant or slot, "" for none

    def __len__(self) -> int:
        return len(self.family)

    @property
    def live(self) -> Bools:
        """Which exchanges are planned, [n, L]."""
        return self.family != OVER

    def take(self, rows: npt.NDArray[Any]) -> Self:
        """Return the dialogues at ``rows`` (indices, which may repeat, or a mask)."""
        return type(self)(self.family[rows], self.variant[rows])


@dataclass(frozen=True, slots=True)
class Persuader:
    """How often persuaders talked for how long, and did what after what."""

    lengths: Mapping[int, float]  # dialogues by number of exchanges
    acts: Mapping[int, Mapping[str, Mapping[str, float]]]  # uses of ``Family.variant`` by first round of the bucket and family before

    def habit(self, round_: int, before: str) -> Mapping[str, float]:
        """Return how often each act was used in a round after the family ``before``; where that never happened, after any."""
        rows = self.acts[bucket(round_)]
        return rows[before] if before in rows else sum((Counter(row) for row in rows.values()), Counter())


def corpus_script(coded: Coded) -> Script:
    """Return the agent's side of logged dialogues."""
    return Script(coded.family, coded.variant)


def persuader(coded: Coded) -> dict[str, Any]:
    """Return the tables of a ``Persuader`` as counts over ``coded``: labels alone, no text."""
    acts: dict[str, dict[str, Counter[str]]] = {}
    for family, variant in zip(coded.family, coded.variant, strict=True):
        before = START
        for round_, (f, v) in enumerate(zip(family[family != OVER], variant, strict=False)):
            row = acts.setdefault(str(bucket(round_)), {}).setdefault(before, Counter())
            before = Family(f).name
            row[f"{before}.{v}" if v else before] += 1
    lengths = Counter(str(length) for length in coded.live.sum(axis=1))
    return {"lengths": _sorted(lengths), "acts": {first: {before: _sorted(row) for before, row in _by_name(rows)} for first, rows in acts.items()}}


def load_persuader(path: Path = HUMAN) -> Persuader:
    """Return the persuader of a file of human figures; raises InputError naming the file and key."""
    where = f"{path}: persuader"
    table = check_keys(where, read_toml(path).get("persuader"), ("lengths", "acts"))
    firsts = [str(first) for first in BUCKETS]
    acts = {int(first): {before: _counts(where, row) for before, row in rows.items()} for first, rows in check_keys(where, table["acts"], firsts).items()}
    for name in {name for rows in acts.values() for row in rows.values() for name in row}:
        if name.partition(".")[0] not in Family.__members__:
            raise unknown(f"act in {where}:", name, Family.__members__)
    return Persuader({int(length): count for length, count in _counts(where, table["lengths"]).items()}, acts)


def draw_scripts(persuader: Persuader, n: int, seed: int) -> Script:
    """Return ``n`` scripts: a length, then act by act given the round and the family before.

    The persuader does not listen: the same acts come whatever the reply.
    """
    rng = np.random.default_rng(seed)
    lengths = _draw(rng, {str(length): count for length, count in persuader.lengths.items()}, n).astype(np.int64)
    shape = (n, max(persuader.lengths))
    family, variant, before = np.full(shape, OVER, np.int64), np.full(shape, "", "U40"), np.full(n, START, "U40")
    for round_ in range(shape[1]):
        for name in np.unique(before[lengths > round_]):
            rows = np.flatnonzero((before == name) & (lengths > round_))
            drawn = np.char.partition(_draw(rng, persuader.habit(round_, str(name)), len(rows)), ".")
            family[rows, round_] = [Family[act] for act in drawn[:, 0]]
            variant[rows, round_] = drawn[:, 2]
        before = np.array([Family(f).name if f != OVER else "" for f in family[:, round_]], "U40")
    return Script(family, variant)


def bucket(round_: int) -> int:
    """Return the first round of the bucket that a round falls into."""
    return max(first for first in BUCKETS if first <= round_)


def _draw(rng: np.random.Generator, counts: Mapping[str, float], n: int) -> Words:
    names, weights = np.array(list(counts), "U40"), np.array(list(counts.values()), np.float64)
    return names[np.searchsorted(weights.cumsum() / weights.sum(), rng.random(n), side="right")]


def _counts(where: str, table: Any) -> dict[str, float]:
    if not isinstance(table, Mapping) or not table:
        raise InputError(f"{where}: must be a table of counts that is not empty, not {table!r}")
    return {name: number(f"{where}.{name}", count, 1, 1e9) for name, count in table.items()}


def _sorted(counts: Counter[str]) -> dict[str, int]:
    """Return counts with the greatest first, ties by name."""
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _by_name(rows: Mapping[str, Counter[str]]) -> list[tuple[str, Counter[str]]]:
    return sorted(rows.items())
