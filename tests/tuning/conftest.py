"""Fixtures of the tuning: small plans, jobs that end at once with dialogues of rules, and a real sweep of few turns."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import tune
from dialogue_env import Stream
from evaluation.grid import Cell, Setting, build_worlds, play_grid
from evaluation.store import save_cells
from policies.loader import load_policy
from rewards import RewardWeights
from tuning.arguments import Arguments
from tuning.job import DIALOGUES, PEOPLE_SEED, RESULT, Job
from tuning.plan import Plan
from tuning.session import plan_from

SETTING = Setting("donation", "people", 0.05)
QUICK = ["--domain", "donation", "--population", "people", "--steps", "2000", "--hyper", "n_steps=2", "--dialogues", "40", "--points", "3", "--seeds", "2"]
RULES = ("push", "reactive", "accommodate", "ipro", "ask_then_propose", "max_entropy", "random")


def small_plan(**changes: object) -> Plan:
    arguments = Arguments(domain="donation", points=3, seeds=2, dialogues=40, steps=1000, trials=4)
    return replace(plan_from(arguments, "small"), **changes).check()  # type: ignore[arg-type]


def played(rule: str, weights: RewardWeights, people: int) -> Cell:
    """Return the dialogues of a rule, as if they were those of a policy under ``weights``."""
    worlds = build_worlds([SETTING])
    policy = load_policy(f"rules:{rule}", worlds[SETTING])
    (cell,) = play_grid([(SETTING, f"runs/{rule}", policy)], worlds, people, PEOPLE_SEED, weights, lambda _: None, Stream.TUNING)
    return cell


def finish(job: Job) -> None:
    """Leave what a job leaves when it has come to its end; the rules that play differ by weights and seed."""
    folder = Path(job.folder)
    folder.mkdir(parents=True, exist_ok=True)
    job.run.save(folder)
    cells = [played(RULES[(i + job.trial + job.run.seed) % len(RULES)], RewardWeights.parse(text), job.dialogues) for i, text in enumerate(job.weights)]
    save_cells(folder / DIALOGUES, cells, "by hand")
    (folder / RESULT).write_text(json.dumps({"seconds": 2.0, "steps": 1000}))


@pytest.fixture(scope="session")
def plan_of() -> Callable[..., Plan]:
    return small_plan


@pytest.fixture(scope="session")
def finish_job() -> Callable[[Job], None]:
    return finish


@pytest.fixture(scope="session")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a real sweep: two seeds of a conditioned policy that has hardly learned, three points."""
    out = tmp_path_factory.mktemp("sweeps") / "conditioned"
    assert tune.main([*QUICK, "--out", str(out), "--name", "small"]) == 0
    return out


@pytest.fixture(scope="session")
def quick() -> list[str]:
    """Return the arguments of a sweep that takes seconds."""
    return QUICK
