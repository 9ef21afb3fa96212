"""A run: all that decides how a training goes, said once, and the folder that keeps it.

``Settings`` are shared with sweeps. What stands below a field is the help of its argument.
"""

import ast
import inspect
import json
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

import tyro

from dialogue_env.files import write_whole
from rewards import InputError, WeightsRange
from rewards.errors import unknown

if TYPE_CHECKING:
    from policies.algorithms import Algorithm

CONFIG = "config.json"
BEST = "best_model.zip"
LAST = "last_model.zip"
EVALUATIONS = "evaluations.csv"
CURVE = "learning_curve.png"
TENSORBOARD = "tensorboard"
NETWORKS = ("scorer", "mlp")
DEFAULT_STEPS = 1_000_000
PACKAGES = ("initiative-gym", "gymnasium", "numpy", "stable-baselines3", "sb3-contrib", "torch")
NOT_TUNABLE = ("self", "policy", "env", "policy_kwargs", "seed", "device", "verbose", "tensorboard_log", "_init_setup_model", "stats_window_size")
Texts = tuple[str, ...]


@dataclass(frozen=True)
class Settings:
    """What every training is made of."""

    domain: str = "concierge"
    """concierge, donation, support, or the path of your own .toml"""
    population: str = "mixed"
    """a population or person type by name, or my.toml[:name]"""
    noise: float = 0.05
    """share of replies and values that are misrecognised, 0 to 0.5"""
    weights: str = "balanced"
    """balanced, goal_only, satisfaction_only, or term=number,term=number: the weights of all terms that have no range"""
    weights_range: Annotated[Texts, tyro.conf.arg(metavar="TERM=LOW:HIGH ...")] = field(default=())
    """train one policy for all these weights: every dialogue draws its own and the policy sees them, e.g. satisfaction=0:1"""
    weights_shape: str = "box"
    """box (every ranged weight on its own) or simplex (more of one is less of the others)"""
    algo: str = "maskable_ppo"
    """ppo, maskable_ppo, recurrent_ppo or dqn"""
    network: str = "scorer"
    """scorer (one network shared by all acts) or mlp (flat, for comparison)"""
    hyper: Annotated[Texts, tyro.conf.arg(metavar="NAME=VALUE ...")] = field(default=())
    """any hyper-parameter of the SB3 algorithm, e.g. learning_rate=3e-4 gamma=0.95"""
    envs: int | None = None
    """dialogues at a time in training (default: the algorithm's)"""

    @property
    def range(self) -> WeightsRange:
        """The reward weights of the training dialogues: one point, unless terms have a range."""
        return WeightsRange.parse(self.weights, self.weights_range, self.weights_shape)

    @property
    def algorithm(self) -> "Algorithm":
        """The algorithm's classes and defaults; raises InputError for an unknown one."""
        return algorithm_of(self.algo)

    @property
    def batch(self) -> int:
        """Dialogues at a time in training."""
        return self.algorithm.envs if self.envs is None else self.envs

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the record whose fields ``data`` holds, as JSON keeps them; raises InputError for one that is missing."""
        for each in fields(cls):
            if each.name not in data:
                raise InputError(f"{each.name} is missing")
        values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
        return cls(**values)


@dataclass(frozen=True)
class Run(Settings):
    """All that decides how a run goes."""

    steps: int | None = None
    """turns to train in all; None: 1,000,000, or with --resume the run's own"""
    seed: int = 0
    """seed of people, luck and network"""
    eval_every: int = 150_000
    """turns between evaluations on fixed people"""
    eval_dialogues: int = 500
    """people in each of these evaluations"""
    hide: Annotated[Texts, tyro.conf.arg(metavar="NAME ...")] = field(default=())
    """slices or features of the observation that the policy must do without, e.g. last_reply mood (docs/environment.md lists them)"""
    informed: bool = False
    """train a ceiling: a policy that sees the hidden person, for this domain and for evaluation alone"""

    def check(self) -> Self:
        """Return the run if it can start; raises InputError naming the argument and the valid choices."""
        _ = self.algorithm, self.range, self.hyper_parameters
        if self.network not in NETWORKS:
            raise unknown("--network", self.network, NETWORKS)
        least = {"steps": 1, "envs": 1, "eval_every": 1, "eval_dialogues": 10, "seed": 0}
        check_least({name: (getattr(self, name), smallest) for name, smallest in least.items()})
        return self

    @property
    def turns(self) -> int:
        """Turns to train in all."""
        return DEFAULT_STEPS if self.steps is None else self.steps

    @property
    def hyper_parameters(self) -> dict[str, Any]:
        """What SB3 is given: the algorithm's defaults, and over them what was asked for."""
        return {**self.algorithm.defaults, **parse_hyper(self.algo, self.hyper)}

    def save(self, folder: Path) -> None:
        """Write the run with package versions and the git commit into its folder."""
        document = {"run": asdict(self), "python": platform.python_version(), "packages": _versions(), "git_commit": _git_commit()}
        write_whole(folder / CONFIG, json.dumps(document, indent=2) + "\n")


def load_run(folder: Path) -> Run:
    """Return the run of a folder; raises InputError if there is none."""
    try:
        return Run.from_dict(json.loads((folder / CONFIG).read_text(encoding="utf-8"))["run"]).check()
    except FileNotFoundError:
        raise InputError(f"{folder}: no run to resume here ({CONFIG} is missing)") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{folder / CONFIG}: not a readable run: {error}") from None


def resumed(folder: Path, steps: int | None) -> Run:
    """Return the run of ``folder`` with a new total of steps; raises InputError if nothing is left to do."""
    run = load_run(folder)
    return run if steps is None else replace(run, steps=steps).check()


def algorithm_of(name: str) -> "Algorithm":
    """Return a learning algorithm by name; raises InputError."""
    from policies.algorithms import ALGORITHMS  # noqa: PLC0415 -- torch takes seconds to import, and --help needs none

    if name not in ALGORITHMS:
        raise unknown("--algo", name, ALGORITHMS)
    return ALGORITHMS[name]


def parse_hyper(algo: str, pairs: Texts) -> dict[str, Any]:
    """Return hyper-parameters from ``name=value`` texts, of one name the last; raises InputError for a name the algorithm does not take."""
    taken = [name for name in inspect.signature(algorithm_of(algo).model.__init__).parameters if name not in NOT_TUNABLE]
    hyper: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not equals or name not in taken:
            raise unknown(f"--hyper of {algo} (write name=value):", pair, taken)
        try:
            hyper[name] = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            raise InputError(f"--hyper {name}: {value!r} is not a number, True, False, None or a quoted text") from None
    return hyper


def check_least(values: Mapping[str, tuple[int | None, int]]) -> None:
    """Raise InputError for an argument (value, smallest) that is too small; None stands for a default."""
    for name, (value, least) in values.items():
        if value is not None and value < least:
            raise InputError(f"--{name.replace('_', '-')} must be at least {least}, not {value}")


def _versions() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def _git_commit() -> str:
    command = ["git", "rev-parse", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parent).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
