"""``python -m evaluation.search``: the best fixed list of acts of a domain and a population, by search on people of its own.

Lists are changed by one act at a time, place by place: another act, one more, or one less; what is better is kept, until
nothing is. First without an end, since closing at once is a trap from which no single change leads out, then with it. What
the best list is worth is read on other people.
"""

import os
import shlex
import sys

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")  # before NumPy is imported: batches are small

from dataclasses import dataclass, replace  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402
import tyro  # noqa: E402
from tqdm import tqdm  # noqa: E402

from dialogue_env import Simulator, State, Stream, World, build_world, load_domain, load_population  # noqa: E402
from dialogue_env.acts import Family  # noqa: E402
from dialogue_env.types import F64, I64  # noqa: E402
from evaluation.rollout import play  # noqa: E402
from policies.loader import load_policy  # noqa: E402
from policies.protocol import Planner, Policy  # noqa: E402
from policies.script import Script, ScriptPolicy, answers_of, played, read_scripts, write_scripts  # noqa: E402
from rewards import InputError, RewardWeights, reward_vector  # noqa: E402

SEARCHED, READ = 7001, 7002
"""Seeds of the people that lists are searched on, and of those that the result is read on."""
FIRST, SHAKEN = 12, 3
"""Acts in the list that a search begins with, and acts that are changed at random to begin again."""
READERS = 2000
"""People that the result is read on."""
LEAST = 1e-4
"""A change that gains less is none."""


class Search:
    """Tries lists of acts on the same people."""

    def __init__(self, world: World, weights: RewardWeights, answers: bool, people: int, seed: int) -> None:
        """Play with ``people`` persons of ``seed``; with ``answers`` questions are answered first."""
        self.world, self.simulator, self._weights = world, Simulator(world), weights
        self._hold = world.acts.span[Family.HOLD].start
        self._answers = answers_of(answers, world.acts)
        self._begun = self.simulator.reset(Stream.TUNING, seed, np.arange(people))

    def returns(self, script: I64) -> F64:
        """Return the return [people] of a list."""
        return self._play(script, self._begun.copy(), 0, np.zeros(self._begun.size), np.arange(self._begun.size))

    def best(self, start: I64, acts: I64) -> tuple[I64, float]:
        """Return the list that single changes, with ``acts``, lead to from ``start``, place by place, and its mean return."""
        script, value, before = start, float(self.returns(start).mean()), -np.inf
        while value > before + LEAST:
            before, place = value, 0
            state, total, rows = self._begun.copy(), np.zeros(self._begun.size), np.arange(self._begun.size)
            while place < min(len(script) + 1, self.world.domain.max_turns) and len(rows):
                for made in _changes(script, place, acts):  # what comes before the change is played once
                    reached = float(self._play(made, state.copy(), place, total.copy(), rows).mean())
                    if reached > value + LEAST:
                        script, value = made, reached
                state, total, rows = self._step(script, state, place, total, rows)
                place += 1
        return script, value

    def _play(self, script: I64, state: State, first: int, total: F64, rows: I64) -> F64:
        for exchange in range(first, self.world.domain.max_turns):
            if not len(rows):
                break
            state, total, rows = self._step(script, state, exchange, total, rows)
        return total

    def _step(self, script: I64, state: State, exchange: int, total: F64, rows: I64) -> tuple[State, F64, I64]:
        """Play an exchange of the dialogues ``rows``, in place; return those that go on."""
        acts = played(script, np.full(len(rows), exchange), state.talk.open, self._hold, self._answers)
        facts = self.simulator.advance(state, acts)
        total[rows] += self._weights.score(reward_vector(facts))
        on = ~facts["ended"]
        return (state, total, rows) if on.all() else (state.take(on), total, rows[on])


def _changes(script: I64, place: int, acts: I64) -> list[I64]:
    """Return the lists that have another act at ``place``, one more before it, or one less."""
    before, after = script[:place], script[place:]
    made = [np.array([*before, act, *rest]) for act in acts for rest in (after[1:], after)]
    return made + ([np.array([*before, *after[1:]])] if len(script) > 1 and len(after) else [])


def search(world: World, weights: RewardWeights, answers: bool, people: int, starts: int, seed: int) -> tuple[str, ...]:
    """Return the best list found, by the names of its acts; the first start proposes all the time, later ones shake the best so far."""
    tries, acts, rng = Search(world, weights, answers, people, SEARCHED), np.arange(len(world.acts.names)), np.random.default_rng(seed)
    endless, propose = np.setdiff1d(acts, world.acts.of(Family.CLOSE)), world.acts.span[Family.PROPOSE].start
    best: tuple[I64, float] = (np.full(FIRST, propose), -np.inf)
    for start in tqdm(range(starts), unit=" starts", file=sys.stderr, dynamic_ncols=True):
        begun = best[0].copy()
        if start:
            begun[rng.integers(0, len(begun), SHAKEN)] = rng.choice(endless, SHAKEN)
        best = max(best, tries.best(tries.best(begun, endless)[0], acts), key=lambda pair: pair[1])
    return tuple(world.acts.names[act] for act in best[0][: world.domain.max_turns])


def worth(world: World, policy: Policy | Planner, weights: RewardWeights) -> F64:
    """Return the return of a policy with each of the people that the result of a search is read on."""
    return play(world, policy, np.arange(READERS), READ, weights, Stream.TUNING).returns(weights).astype(np.float64)


@dataclass(frozen=True)
class Arguments:
    """Search the best fixed list of acts, which listens to nothing: the floor of anything called strategy."""

    domain: str = "concierge"
    """concierge, donation, support, or the path of your own .toml"""
    population: str = "mixed"
    """a population or person type by name, or my.toml[:name]"""
    noise: float = 0.05
    """share of replies and values that are misrecognised, 0 to 0.5"""
    weights: str = "balanced"
    """reward weights of the return"""
    answers: bool = False
    """let the list answer questions before it goes on"""
    people: int = 500
    """people to search on"""
    starts: int = 8
    """times to begin: first with proposals, then with the best so far, shaken"""
    seed: int = 0
    """seed of the shaking"""
    out: Path = Path("script.toml")
    """file to write; scripts of other domains, populations and kinds in it are kept"""


def find(given: Arguments, command: str) -> str:
    """Search, write the script to its file, and return in a line what it is worth; raises InputError for bad input."""
    for name, least in (("people", 2), ("starts", 1), ("seed", 0)):
        if getattr(given, name) < least:
            raise InputError(f"--{name} must be at least {least}, not {getattr(given, name)}")
    world, weights = build_world(load_domain(given.domain), load_population(given.population), given.noise), RewardWeights.parse(given.weights)
    acts = search(world, weights, given.answers, given.people, given.starts, given.seed)
    script = Script(world.domain.name, world.population.name, given.answers, acts, 0.0, command)
    returns, chance = worth(world, ScriptPolicy(script, world), weights), worth(world, load_policy("rules:random", world), weights).mean()
    if returns.mean() <= chance:
        raise InputError(f"no list better than random acts ({chance:.3f}) was found for {given.domain} and {given.population}; nothing is written")
    script = replace(script, found=float(returns.mean()))
    others = read_scripts(given.out) if given.out.exists() else ()  # only now: another search may have ended in between
    write_scripts(given.out, (*(other for other in others if other.place != script.place), script))
    return f"return {script.found:.3f} ±{1.96 * returns.std() / READERS**0.5:.3f} on other people (random acts {chance:.3f}): {', '.join(acts)}"


def main(argv: list[str] | None = None) -> int:
    """Search; return 0, or 2 after bad input."""
    given = tyro.cli(Arguments, args=argv, prog="python -m evaluation.search")
    try:
        print(find(given, "python -m evaluation.search " + shlex.join(argv if argv is not None else sys.argv[1:])))
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
