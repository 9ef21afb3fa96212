"""A run folder: what was asked for, with which versions, and where its files lie."""

import ast
import inspect
import json
import platform
import subprocess
from dataclasses import asdict, dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Self

from dialogue_env.files import write_whole
from policies.algorithms import ALGORITHMS, Algorithm
from rewards import InputError, WeightsRange
from rewards.errors import unknown

CONFIG = "config.json"
BEST = "best_model.zip"
LAST = "last_model.zip"
EVALUATIONS = "evaluations.csv"
CURVE = "learning_curve.png"
TENSORBOARD = "tensorboard"
NETWORKS = ("scorer", "mlp")
PACKAGES = ("initiative-gym", "gymnasium", "numpy", "stable-baselines3", "sb3-contrib", "torch")
NOT_TUNABLE = ("self", "policy", "env", "policy_kwargs", "seed", "device", "verbose", "tensorboard_log", "_init_setup_model", "stats_window_size")


@dataclass(frozen=True, slots=True)
class Run:
    """All that decides how a run goes."""

    algo: str
    domain: str
    population: str
    weights: str
    weights_range: list[str]
    weights_shape: str
    noise: float
    steps: int
    envs: int
    seed: int
    network: str
    hyper: dict[str, Any]
    eval_every: int
    eval_dialogues: int

    def check(self) -> Self:
        """Return the run if it can start; raises InputError naming the argument and the valid choices."""
        if self.algo not in ALGORITHMS:
            raise unknown("--algo", self.algo, ALGORITHMS)
        if self.network not in NETWORKS:
            raise unknown("--network", self.network, NETWORKS)
        for name, least in (("steps", 1), ("envs", 1), ("eval_every", 1), ("eval_dialogues", 10), ("seed", 0)):
            if getattr(self, name) < least:
                raise InputError(f"--{name.replace('_', '-')} must be at least {least}, not {getattr(self, name)}")
        _ = self.range
        return self

    @property
    def range(self) -> WeightsRange:
        """The reward weights of the training dialogues: one point, unless terms have a range."""
        return WeightsRange.parse(self.weights, self.weights_range, self.weights_shape)

    @property
    def algorithm(self) -> Algorithm:
        """The algorithm's classes and defaults."""
        return ALGORITHMS[self.algo]

    def save(self, folder: Path) -> None:
        """Write the run with package versions and the git commit into its folder."""
        document = {"run": asdict(self), "python": platform.python_version(), "packages": _versions(), "git_commit": _git_commit()}
        write_whole(folder / CONFIG, json.dumps(document, indent=2) + "\n")


def load_run(folder: Path) -> Run:
    """Return the run of a folder; raises InputError if there is none."""
    try:
        return Run(**json.loads((folder / CONFIG).read_text(encoding="utf-8"))["run"]).check()
    except FileNotFoundError:
        raise InputError(f"{folder}: no run to resume here ({CONFIG} is missing)") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{folder / CONFIG}: not a readable run: {error}") from None


def parse_hyper(algo: str, pairs: tuple[str, ...]) -> dict[str, Any]:
    """Return hyper-parameters from ``name=value`` texts; raises InputError for a name the algorithm does not take."""
    if algo not in ALGORITHMS:
        raise unknown("--algo", algo, ALGORITHMS)
    taken = [name for name in inspect.signature(ALGORITHMS[algo].model.__init__).parameters if name not in NOT_TUNABLE]
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


def resumed(folder: Path, steps: int | None) -> Run:
    """Return the run of ``folder`` with a new total of steps; raises InputError if nothing is left to do."""
    run = load_run(folder)
    return run if steps is None else replace(run, steps=steps).check()


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
