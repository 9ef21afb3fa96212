"""What a sweep is: all that decides its trials, as one record that is stored beside them."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

from dialogue_env.files import write_whole
from rewards import InputError, WeightsRange
from rewards.errors import unknown
from training.run import Run, parse_hyper
from tuning.space import Search, parse_search

PLAN = "plan.json"
POLICIES = ("conditioned", "separate")
SAMPLERS = ("grid", "random", "tpe", "nsga2")
UNDISCOUNTED = {"gamma": 1.0}
"""A discount would be a cost per turn that no weight shows; the front is judged by what happened, not by how soon. Dialogues end anyway."""
_LEAST = (("steps", 1), ("points", 2), ("seeds", 1), ("first_seed", 0), ("trials", 1), ("dialogues", 2))


@dataclass(frozen=True, slots=True)
class Plan:
    """A sweep: one policy for all weights, or one per weights, trained with several seeds and tried on the same people."""

    name: str
    policy: str  # conditioned or separate
    domain: str
    population: str
    noise: float
    algo: str
    network: str
    weights: str
    weights_range: tuple[str, ...]
    weights_shape: str
    sampler: str
    search: tuple[str, ...]
    hyper: tuple[str, ...]
    trials: int  # of a sampler that is no grid
    points: int
    seeds: int
    first_seed: int
    steps: int  # turns of each training
    envs: int | None  # dialogues at a time; None: the algorithm's
    dialogues: int  # people that every policy is tried on

    def check(self) -> Self:
        """Return the plan if it can start; raises InputError naming the argument and the valid choices."""
        if self.policy not in POLICIES:
            raise unknown("--policy", self.policy, POLICIES)
        if self.sampler not in SAMPLERS:
            raise unknown("--sampler", self.sampler, SAMPLERS)
        for name, least in _LEAST:
            if getattr(self, name) < least:
                raise InputError(f"--{name.replace('_', '-')} must be at least {least}, not {getattr(self, name)}")
        if not self.range.spans:
            raise InputError("--weights-range names no term: a sweep needs one, as in satisfaction=0:1")
        if self.sampler == "grid" and (open_ended := [search.name for search in self.searches if not search.choices]):
            raise InputError(f"--search {open_ended[0]}: a grid needs values to try, as in {open_ended[0]}=0.01,0.1, not a range")
        if self.sampler != "grid" and self.policy == "conditioned" and not self.search:
            raise InputError(f"--sampler {self.sampler} has nothing to choose: one conditioned policy covers all weights; add --search or --policy separate")
        self.run(self.range.points(2)[0].text() if self.policy == "separate" else None, {}, self.first_seed)
        return self

    @property
    def range(self) -> WeightsRange:
        """The reward weights that the sweep is about."""
        return WeightsRange.parse(self.weights, self.weights_range, self.weights_shape)

    @property
    def searches(self) -> tuple[Search, ...]:
        """The hyper-parameters that vary from trial to trial."""
        return parse_search(self.algo, self.search)

    def run(self, weights: str | None, hyper: dict[str, Any], seed: int) -> Run:
        """Return one training: under fixed ``weights``, or without them under all of the range."""
        from policies.algorithms import ALGORITHMS  # noqa: PLC0415 -- torch takes a second to import

        known = parse_hyper(self.algo, self.hyper)
        return Run(
            algo=self.algo,
            domain=self.domain,
            population=self.population,
            weights=weights or self.weights,
            weights_range=[] if weights else list(self.weights_range),
            weights_shape="box" if weights else self.weights_shape,
            noise=self.noise,
            steps=self.steps,
            envs=ALGORITHMS[self.algo].envs if self.envs is None else self.envs,
            seed=seed,
            network=self.network,
            hyper={**UNDISCOUNTED, **known, **hyper},
            eval_every=max(150_000, self.steps // 8),
            eval_dialogues=500,
        ).check()

    def save(self, folder: Path) -> None:
        """Write the plan into the sweep's folder."""
        write_whole(folder / PLAN, json.dumps(asdict(self), indent=2) + "\n")

    def as_text(self) -> str:
        """Return the plan on one line, to compare it with another."""
        return json.dumps(asdict(self), sort_keys=True)


def load_plan(folder: Path) -> Plan:
    """Return the plan of a sweep's folder; raises InputError if there is none."""
    try:
        return plan_of((folder / PLAN).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{folder}: no sweep here ({PLAN} is missing)") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{folder / PLAN}: not a readable plan: {error}") from None


def plan_of(text: str) -> Plan:
    """Return the plan that ``as_text`` wrote."""
    data: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in json.loads(text).items()}
    return Plan(**data)


def difference(one: Plan, other: Plan) -> str:
    """Return in words the first argument in which two plans differ; empty if they are the same."""
    for field in fields(Plan):
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        if mine != theirs:
            return f"--{field.name.replace('_', '-')} is {theirs!r} there and {mine!r} here"
    return ""
