"""``python -m benchmarks.morl``: a yardstick, multi-objective algorithms of MORL-Baselines on the environment as it is.

One agent learns two or more objectives, the corners of a range of reward weights. Then it plays, for each
of some weights along the range, the same simulated people as a sweep of ``tune.py``. Needs the extra ``morl``.

python -m benchmarks.morl envelope --domain donation --steps 100000 --out runs/envelope
python tune.py --resume runs/NAME --against runs/envelope
"""

import contextlib
import importlib
import io
import os
import shlex
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import gymnasium
import numpy as np
import numpy.typing as npt
import torch as th
import tyro

from dialogue_env import Stream
from dialogue_env.scoring import SHOWN  # and registers the environment
from evaluation.grid import Cell, Player, Setting, build_worlds, check_count, play_grid
from evaluation.report import check_out
from rewards import InputError, RewardWeights, WeightsRange
from rewards.errors import unknown
from tuning.arguments import Arguments as SweepArguments
from tuning.job import PEOPLE_SEED, Result, result_of, save_result
from tuning.plan import Plan
from tuning.session import plan_from
from tuning.sweep import TRIALS

FEWEST_STEPS = 200
"""Below this neither algorithm has made an update worth the name."""
NOISE = 0.05
ROUNDS = 10
"""How often GPI-LS chooses new preferences to learn, as in its published 100,000 steps."""
COMMON: dict[str, Any] = {
    "learning_rate": 3e-4,
    "gamma": 0.99,
    "net_arch": [128, 128],
    "initial_epsilon": 1.0,
    "final_epsilon": 0.05,
    "learning_starts": 100,
    "gradient_updates": 1,
    "tau": 1.0,
    "log": False,
    "device": "cpu",
}
"""The published settings for Minecart, but for gamma (that of ``train.py``) and the network (theirs is four layers of 256)."""

Values = Callable[[Any, th.Tensor, th.Tensor], th.Tensor]


@dataclass(frozen=True, slots=True)
class Yardstick:
    """An algorithm of MORL-Baselines: where it is, how to train it, and what it thinks of every act."""

    module: str
    agent: str
    settings: Callable[[int], dict[str, Any]]  # (steps)
    train: Callable[[Any, gymnasium.Env[Any, Any], int], None]  # (agent, environment, steps)
    values: Values  # (agent, observations [B, D], preference [K]): values [B, A]


@dataclass(frozen=True, slots=True)
class Trained:
    """An agent, and what its training took."""

    agent: Any
    values: Values
    steps: int  # of the environment, to learn from
    watched: int  # further steps, in which the algorithm only evaluated itself
    seconds: float  # of the processor, so that what else the machine does makes no difference
    stopped_by: str  # "steps", "seconds", or "itself" if the algorithm saw nothing more to learn


def _envelope_settings(steps: int) -> dict[str, Any]:
    scaled = {"buffer_size": steps, "epsilon_decay_steps": steps // 2, "homotopy_decay_steps": steps // 10}
    return COMMON | scaled | {"batch_size": 64, "target_net_update_freq": 1000, "max_grad_norm": 0.1, "final_homotopy_lambda": 1.0}


def _envelope_values(agent: Any, observations: th.Tensor, preference: th.Tensor) -> th.Tensor:
    values: th.Tensor = agent.q_net(observations, preference.expand(len(observations), -1)) @ preference
    return values


def _gpi_ls_settings(steps: int) -> dict[str, Any]:
    return COMMON | {"buffer_size": steps, "epsilon_decay_steps": steps // 2, "batch_size": 128, "target_net_update_freq": 200}


def _train_gpi_ls(agent: Any, env: gymnasium.Env[Any, Any], steps: int) -> None:
    """Train and evaluate on ``env``, in turns, without the log that it would close at its end."""
    agent.close_wandb = lambda: None
    agent.train(steps, eval_env=env, ref_point=None, timesteps_per_iter=steps // ROUNDS, checkpoints=False)


def _gpi_ls_values(agent: Any, observations: th.Tensor, preference: th.Tensor) -> th.Tensor:
    """Return the value of each act under the best of the policies learnt for other preferences."""
    net = agent.q_nets[0].eval()
    return th.stack([net(observations, other.expand(len(observations), -1)) @ preference for other in agent.weight_support]).amax(0)


YARDSTICKS = {
    "envelope": Yardstick("envelope.envelope", "Envelope", _envelope_settings, lambda agent, _, steps: agent.train(steps), _envelope_values),
    "gpi_ls": Yardstick("gpi_pd.gpi_pd", "GPILS", _gpi_ls_settings, _train_gpi_ls, _gpi_ls_values),
}


class TimeIsUp(Exception):  # noqa: N818 -- an end, not an error
    """Training has had its seconds."""


class Bounded(gymnasium.Wrapper[Any, Any, Any, Any]):
    """Counts steps, and ends the training that takes them, from within, when its seconds are spent."""

    def __init__(self, env: gymnasium.Env[Any, Any], seconds: float) -> None:
        super().__init__(env)
        self.steps, self._began, self._most = 0, time.process_time(), seconds

    def seconds(self) -> float:
        """Return the processor time since it was made."""
        return time.process_time() - self._began

    def step(self, action: Any) -> Any:
        """Step the environment; raises TimeIsUp."""
        if self.seconds() >= self._most:
            raise TimeIsUp
        self.steps += 1
        return self.env.step(action)


class GreedyPolicy:
    """Plays the open act of the highest value under one preference."""

    def __init__(self, trained: Trained, weights: RewardWeights, preference: npt.NDArray[np.float32]) -> None:
        """Play a trained agent under weights, which are the preference [K] among its objectives; it sums to 1."""
        self.weights, self._trained, self._preference = weights, trained, th.as_tensor(preference)

    @th.no_grad()
    def predict(
        self, observation: Any, state: Any = None, episode_start: Any = None, deterministic: bool = True, action_masks: Any = None
    ) -> tuple[npt.NDArray[np.int64], None]:
        """Return acts [B] for observations [B, D], and no state."""
        values = self._trained.values(self._trained.agent, th.as_tensor(observation), self._preference)
        if action_masks is not None:
            values = values.masked_fill(~th.as_tensor(action_masks), -th.inf)
        return values.argmax(1).numpy(), None


def train(algorithm: str, setting: Setting, weights: WeightsRange, steps: int, seconds: float, seed: int) -> Trained:
    """Train an agent for ``steps`` or ``seconds``, whichever end first; raises InputError for bad input."""
    if algorithm not in YARDSTICKS:
        raise unknown("algorithm", algorithm, YARDSTICKS)
    if steps < FEWEST_STEPS:
        raise InputError(f"--steps must be at least {FEWEST_STEPS}, not {steps}")
    if not seconds > 0:
        raise InputError(f"--seconds must be above 0, not {seconds:g}")
    th.set_num_threads(1)
    kind, objectives = YARDSTICKS[algorithm], list(weights.corners())
    options: dict[str, Any] = {"domain": setting.domain, "population": setting.population, "noise": setting.noise}
    plain = gymnasium.make("initiative_gym/Dialogue-v0", disable_env_checker=True, reward_weights=objectives, **options)
    module = _load(kind.module, seed)
    plain.reset(seed=seed)
    plain.action_space.seed(seed)
    env = Bounded(plain, seconds)
    agent = getattr(module, kind.agent)(env, seed=seed, **kind.settings(steps))
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # it prints every value that it drops
            kind.train(agent, env, steps)
        stopped_by = "steps" if agent.global_step > steps - ROUNDS else "itself"
    except TimeIsUp:
        stopped_by = "seconds"
    learnt = min(agent.global_step, env.steps)  # GPI-LS counts a step before it takes it
    return Trained(agent, kind.values, learnt, env.steps - learnt, env.seconds(), stopped_by)


def collect(trained: Trained, name: str, setting: Setting, weights: WeightsRange, points: int, count: int, people: int) -> tuple[Cell, ...]:
    """Return a cell for each of ``points`` weights along the range: the people 0 to ``count`` - 1 of the seed ``people``.

    A cell's policy is ``name@term=weight,term=weight``. Raises InputError for too few points or dialogues.
    """
    check_count(count)
    players: list[Player] = []
    for point in weights.points(points):
        label = ",".join(f"{term}={point.as_dict()[term]:g}" for term in weights.terms)
        players.append((setting, f"{name}@{label}", GreedyPolicy(trained, point, weights.locate(point))))
    return tuple(play_grid(players, build_worlds([setting]), count, people, SHOWN, lambda _: None, stream=Stream.TUNING))


def _load(name: str, seed: int) -> Any:
    """Return a module of MORL-Baselines, cut off from Weights & Biases, with all its sources of chance seeded; raises InputError."""
    os.environ["WANDB_MODE"] = "disabled"
    printing = np.get_printoptions()
    try:
        module = importlib.import_module(f"morl_baselines.multi_policy.{name}")
        importlib.import_module("morl_baselines.common.evaluation").seed_everything(seed)
    except ImportError as error:
        raise InputError(f"MORL-Baselines is not installed ({error}); install it with: pip install '.[morl]'") from None
    finally:
        np.set_printoptions(**printing)  # one of its modules rounds whatever anybody prints
    return module


@dataclass(frozen=True)
class Arguments:
    """Train an algorithm of MORL-Baselines, and try it at weights along a range; ``tune.py --against OUT`` compares it with a sweep."""

    algorithm: tyro.conf.Positional[str]
    """envelope or gpi_ls"""
    domain: str = "concierge"
    """concierge, donation, support, or the path of your own .toml"""
    population: str = "mixed"
    """a population or person type by name, or my.toml[:name]"""
    weights: str = "balanced"
    """weights of the terms that have no range"""
    weights_range: Annotated[tuple[str, ...], tyro.conf.arg(metavar="TERM=LOW:HIGH ...")] = ("goal=0:2", "satisfaction=0:2")
    """terms to trade for one another, on a simplex: only there is every reward a mixture of a few objectives"""
    steps: int = 100_000
    """steps of the environment to learn from"""
    seconds: float = 600.0
    """bound on the processor time of each training"""
    points: int = 11
    """weights along the range to try"""
    dialogues: int = 2000
    """people to try each with, those of tune.py"""
    seeds: int = 3
    """trainings, one after the other"""
    out: Path = Path("runs/yardstick")
    """folder for the results; seeds that are there already are not run again"""


def yardstick(given: Arguments, command: str) -> None:
    """Train and try the algorithm with every seed; the folder is that of a sweep with one trial. Raises InputError."""
    check_out(given.out)
    check_count(given.dialogues)
    plan = plan_of_arguments(given)
    plan.range.points(given.points)
    setting = Setting(given.domain, given.population, NOISE)
    for seed in range(given.seeds):
        folder = given.out / TRIALS / "0000" / f"seed-{seed}"
        if result_of(folder) is not None:
            continue
        trained = train(given.algorithm, setting, plan.range, given.steps, given.seconds, seed)
        print(f"{given.algorithm}, seed {seed}: {trained.steps:,} steps, {trained.seconds:.0f} s of one processor, stopped by {trained.stopped_by}", flush=True)
        cells = collect(trained, str(folder), setting, plan.range, given.points, given.dialogues, PEOPLE_SEED)
        save_result(folder, Result(cells, trained.seconds, trained.steps), command)
    plan.save(given.out)


def plan_of_arguments(given: Arguments) -> Plan:
    """Return the arguments as the plan of a sweep, whose policy is the algorithm."""
    shared = {name: getattr(given, name) for name in ("domain", "population", "weights", "weights_range", "steps", "points", "dialogues", "seeds")}
    return plan_from(SweepArguments(**shared, noise=NOISE, policy=given.algorithm, algo=given.algorithm), given.out.name)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command on ``argv``; returns 0, or 2 after one line on stderr about bad input."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    given = tyro.cli(Arguments, args=arguments, prog="python -m benchmarks.morl")
    try:
        yardstick(given, shlex.join(["python", "-m", "benchmarks.morl", *arguments]))
    except (InputError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
