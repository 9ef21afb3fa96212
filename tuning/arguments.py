"""The arguments of ``tune.py``: their names, defaults and help."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tyro

BACKENDS = ("processes", "ray")


@dataclass(frozen=True)
class Arguments:
    """How hard should it push: sweep the reward weights, see what each balance buys, choose one.

    Without arguments: one policy for all weights between goal and satisfaction, three seeds, and a report.
    """

    domain: str = "concierge"
    """concierge, donation, support, or the path of your own .toml"""
    population: str = "people"
    """a population or user type by name, or my.toml[:name]"""
    noise: float = 0.05
    """share of replies and values that are misrecognised, 0 to 0.5"""
    weights: str = "balanced"
    """weights of the terms that have no range: balanced, goal_only, satisfaction_only, or term=number,term=number"""
    weights_range: Annotated[tuple[str, ...], tyro.conf.arg(metavar="TERM=LOW:HIGH ...")] = ("goal=0:2", "satisfaction=0:2")
    """the weights that are swept"""
    weights_shape: str = "simplex"
    """simplex (more of one is less of the others) or box (every ranged weight on its own)"""
    policy: str = "conditioned"
    """conditioned (one policy sees the weights and serves them all) or separate (one policy per weights)"""
    sampler: str = "grid"
    """how trials are chosen: grid, random, tpe or nsga2 (both Optuna's, for several objectives)"""
    search: Annotated[tuple[str, ...], tyro.conf.arg(metavar="NAME=VALUES ...")] = field(default=())
    """hyper-parameters that vary too: ent_coef=0.1,0.2 or learning_rate=3e-4:3e-3:log"""
    hyper: Annotated[tuple[str, ...], tyro.conf.arg(metavar="NAME=VALUE ...")] = field(default=())
    """hyper-parameters that are the same in all trials; gamma is 1 unless given"""
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
    envs: int | None = None
    """dialogues at a time in training (default: the algorithm's)"""
    dialogues: int = 2000
    """people that every policy is tried on, the same for all"""
    algo: str = "maskable_ppo"
    """ppo, maskable_ppo, recurrent_ppo or dqn"""
    network: str = "scorer"
    """scorer (one network shared by all acts) or mlp (flat, for comparison)"""
    workers: int = 2
    """trainings at a time, one thread each"""
    backend: str = "processes"
    """processes (on this machine) or ray (on a Ray cluster that shares --out; needs the extra ray)"""
    storage: str = ""
    """where the trials are kept: nothing for a journal file in --out, or an Optuna URL (postgresql+psycopg://..., redis://...) for several machines"""
    name: str = ""
    """the sweep's name in the storage (default: DOMAIN-POLICY-TIME); machines that name the same sweep share its trials"""
    at_least: str = ""
    """propose the cheapest weights that reach this: success=0.8 or satisfaction=0.6"""
    against: tuple[Path, ...] = ()
    """folders of other sweeps to hold this one against"""
    resume: Path | None = None
    """go on with the sweep in this folder as it was planned, or report it again; only workers, backend, storage, at_least and against count beside it"""
    out: Path | None = None
    """the sweep's folder (default: runs/NAME)"""
