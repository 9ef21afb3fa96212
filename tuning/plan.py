"""What a sweep is: all that decides its trials, as one record that is stored beside them.

What stands below a field is the help of its argument.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

import tyro

from dialogue_env.files import write_whole
from rewards import InputError
from rewards.errors import unknown
from training.run import Run, Settings, Texts, check_least

if TYPE_CHECKING:
    from tuning.space import Search

PLAN = "plan.json"
POLICIES = ("conditioned", "separate")
SAMPLERS = ("grid", "random", "tpe", "nsga2")
STEPS = {"conditioned": 3_000_000, "separate": 1_000_000}
UNDISCOUNTED = "gamma=1.0"
"""A discount would be a cost per turn that no weight shows; the front is judged by what happened, not by how soon. Dialogues end anyway."""
_LEAST = {"steps": 1, "points": 2, "seeds": 1, "first_seed": 0, "trials": 1, "dialogues": 2}


@dataclass(frozen=True)
class Plan(Settings):
    """A sweep: one policy for all weights, or one per weights, trained with several seeds and tried on the same people."""

    weights_range: Annotated[Texts, tyro.conf.arg(metavar="TERM=LOW:HIGH ...")] = ("goal=0:2", "satisfaction=0:2")
    """the weights that are swept"""
    weights_shape: str = "simplex"
    """simplex (more of one is less of the others) or box (every ranged weight on its own)"""
    hyper: Annotated[Texts, tyro.conf.arg(metavar="NAME=VALUE ...")] = field(default=())
    """hyper-parameters that are the same in all trials; gamma is 1 unless given"""
    policy: str = "conditioned"
    """conditioned (one policy sees the weights and serves them all) or separate (one policy per weights)"""
    sampler: str = "grid"
    """how trials are chosen: grid, random, tpe or nsga2 (both Optuna's, for several objectives)"""
    search: Annotated[Texts, tyro.conf.arg(metavar="NAME=VALUES ...")] = field(default=())
    """hyper-parameters that vary too: ent_coef=0.1,0.2 or learning_rate=3e-4:3e-3:log"""
    trials: int = 20
    """trials of a sampler that is no grid"""
    points: int = 11
    """weights to try along each range"""
    seeds: int = 3
    """trainings of every trial: intervals are over seeds and people"""
    first_seed: int = 0
    """the seeds are this one and the next"""
    steps: int | None = None
    """turns of each training; None: 3,000,000 for a conditioned policy, 1,000,000 for a separate one"""
    dialogues: int = 2000
    """people that every policy is tried on, the same for all"""
    name: str = ""
    """the sweep's name in the storage (default: DOMAIN-POLICY-TIME); machines that name the same sweep share its trials"""

    def check(self) -> Self:
        """Return the plan if it can start; raises InputError naming the argument and the valid choices."""
        if self.policy not in POLICIES:
            raise unknown("--policy", self.policy, POLICIES)
        if self.sampler not in SAMPLERS:
            raise unknown("--sampler", self.sampler, SAMPLERS)
        check_least({name: (getattr(self, name), least) for name, least in _LEAST.items()})
        if not self.range.spans:
            raise InputError("--weights-range names no term: a sweep needs one, as in satisfaction=0:1")
        if self.sampler == "grid" and (open_ended := [search.name for search in self.searches if not search.choices]):
            raise InputError(f"--search {open_ended[0]}: a grid needs values to try, as in {open_ended[0]}=0.01,0.1, not a range")
        if self.sampler != "grid" and self.policy == "conditioned" and not self.search:
            raise InputError(f"--sampler {self.sampler} has nothing to choose: one conditioned policy covers all weights; add --search or --policy separate")
        self.run(self.range.points(2)[0].text() if self.policy == "separate" else None, {}, self.first_seed)
        return self

    @property
    def turns(self) -> int:
        """Turns of each training."""
        return STEPS[self.policy] if self.steps is None else self.steps

    @property
    def searches(self) -> "tuple[Search, ...]":
        """The hyper-parameters that vary from trial to trial."""
        from tuning.space import parse_search  # noqa: PLC0415 -- Optuna takes a second to import, and --help needs none

        return parse_search(self.algo, self.search)

    def run(self, weights: str | None, hyper: Mapping[str, Any], seed: int) -> Run:
        """Return one training: under fixed ``weights``, or without them under all of the range."""
        shared = {each.name: getattr(self, each.name) for each in fields(Settings)}
        shared |= {"weights": weights, "weights_range": (), "weights_shape": "box"} if weights else {}
        shared["hyper"] = (UNDISCOUNTED, *self.hyper, *(f"{name}={value!r}" for name, value in hyper.items()))
        return Run(**shared, steps=self.turns, seed=seed, eval_every=max(150_000, self.turns // 8)).check()

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
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise InputError(f"{folder / PLAN}: not a readable plan: {error}") from None


def plan_of(text: str) -> Plan:
    """Return the plan that ``as_text`` wrote."""
    return Plan.from_dict(json.loads(text))


def difference(one: Plan, other: Plan) -> str:
    """Return in words the first argument in which two plans differ; empty if they are the same."""
    for each in fields(Plan):
        mine, theirs = getattr(one, each.name), getattr(other, each.name)
        if mine != theirs:
            return f"--{each.name.replace('_', '-')} is {theirs!r} there and {mine!r} here"
    return ""
