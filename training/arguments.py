"""The arguments of ``train.py``: their names, defaults and help."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tyro


@dataclass(frozen=True)
class Arguments:
    """Train a dialogue-strategy policy against simulated people who do not simply cooperate."""

    algo: str = "maskable_ppo"
    """ppo, maskable_ppo, recurrent_ppo or dqn"""
    domain: str = "concierge"
    """concierge, donation, support, or the path of your own .toml"""
    population: str = "people"
    """a population or user type by name, or my.toml[:name]"""
    weights: str = "balanced"
    """balanced, goal_only, satisfaction_only, or term=number,term=number"""
    weights_range: Annotated[tuple[str, ...], tyro.conf.arg(metavar="TERM=LOW:HIGH ...")] = field(default=())
    """train one policy for all these weights: every dialogue draws its own and the policy sees them, e.g. satisfaction=0:1"""
    weights_shape: str = "box"
    """box (every ranged weight on its own) or simplex (more of one is less of the others)"""
    noise: float = 0.05
    """share of replies and values that are misrecognised, 0 to 0.5"""
    steps: int | None = None
    """turns to train in all; None: 1,000,000, or with --resume the run's own"""
    envs: int | None = None
    """dialogues at a time (default: the algorithm's)"""
    seed: int = 0
    """seed of people, luck and network"""
    network: str = "scorer"
    """scorer (one network shared by all acts) or mlp (flat, for comparison)"""
    hyper: Annotated[tuple[str, ...], tyro.conf.arg(metavar="NAME=VALUE ...")] = field(default=())
    """any hyper-parameter of the SB3 algorithm, e.g. learning_rate=3e-4 gamma=0.95"""
    eval_every: int = 150_000
    """turns between evaluations on fixed people"""
    eval_dialogues: int = 500
    """people in each of these evaluations"""
    resume: Path | None = None
    """go on with the run in this folder, as it was configured; only --steps (the new total) counts beside it"""
    out: Path | None = None
    """the run folder (default: runs/DOMAIN-ALGO-SEED-TIME)"""
