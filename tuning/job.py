"""One job of a sweep: train one policy with one seed, try it at its weights, leave all in one folder."""

import json
import os
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from dialogue_env.draws import Stream
from dialogue_env.files import write_whole
from evaluation.grid import Cell, Player, Setting, build_worlds, play_grid
from evaluation.store import load_cells, save_cells
from rewards import InputError, RewardWeights
from training.run import BEST, Run

DIALOGUES = "dialogues.npz"
RESULT = "result.json"
LOG = "log.txt"
PEOPLE_SEED = 0
"""Seed of the people, of the stream TUNING, that every policy of every sweep is tried on."""


@dataclass(frozen=True, slots=True)
class Job:
    """What one process does: the training, the weights [P] to try its policy at, and where its files go."""

    trial: int
    run: Run
    weights: tuple[str, ...]
    dialogues: int
    folder: str

    def as_json(self) -> str:
        """Return the job on one line, for another process or machine."""
        return json.dumps(asdict(self))


def job_of(text: str) -> Job:
    """Return the job that ``as_json`` wrote."""
    data = json.loads(text)
    return Job(**{**data, "run": Run.from_dict(data["run"]), "weights": tuple(data["weights"])})


@dataclass(frozen=True, slots=True)
class Result:
    """What a job has found: its cells, one per weights, and what the training took."""

    cells: tuple[Cell, ...]
    seconds: float
    steps: int


def run_job(job: Job) -> None:
    """Train and try a policy; the last file written is the result."""
    folder = Path(job.folder)
    seconds, steps = _train(job, folder)
    save_result(folder, Result(_try(job, folder), seconds, steps), f"python tune.py  # trial {job.trial}, seed {job.run.seed}")


def save_result(folder: Path, result: Result, command: str) -> None:
    """Write what was found with one seed into its folder, the file that says so last."""
    save_cells(folder / DIALOGUES, result.cells, command)
    write_whole(folder / RESULT, json.dumps({"seconds": result.seconds, "steps": result.steps}) + "\n")


def result_of(folder: Path) -> Result | None:
    """Return what the job of a folder has found, or None if it has not come to its end; raises InputError for a damaged file."""
    try:
        found = json.loads((folder / RESULT).read_text(encoding="utf-8"))
        return Result(load_cells(folder / DIALOGUES).cells, float(found["seconds"]), int(found["steps"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{folder / RESULT}: not a readable result: {error}") from None


def _train(job: Job, folder: Path) -> tuple[float, int]:
    from training.callback import Recorder  # noqa: PLC0415 -- torch takes a second to import
    from training.model import new_model  # noqa: PLC0415
    from training.session import learn  # noqa: PLC0415

    began = time.perf_counter()
    model = new_model(job.run, folder)
    job.run.save(folder)
    learn(model, job.run, Recorder(job.run, folder, model.get_env().envs.world))
    return time.perf_counter() - began, int(model.num_timesteps)


def _try(job: Job, folder: Path) -> tuple[Cell, ...]:
    from policies.learned import AT, load_model  # noqa: PLC0415 -- torch takes a second to import

    setting = Setting(job.run.domain, job.run.population, job.run.noise)
    worlds = build_worlds([setting])
    players: list[tuple[Player, RewardWeights]] = []
    for text in job.weights:
        weights = RewardWeights.parse(text)
        ranged = ",".join(f"{term}={weights.as_dict()[term]:.9g}" for term in job.run.range.terms)
        name = f"{job.folder}{AT}{ranged}" if ranged else job.folder
        players.append(((setting, name, load_model(folder / BEST, worlds[setting], weights)), weights))
    return tuple(
        cell for player, weights in players for cell in play_grid([player], worlds, job.dialogues, PEOPLE_SEED, weights, lambda _: None, Stream.TUNING)
    )


def end_with_parent() -> None:
    """End this process once its standard input closes: when the sweep that started it is killed, no job lives on."""

    def wait() -> None:
        sys.stdin.read()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


if __name__ == "__main__":
    end_with_parent()
    run_job(job_of(sys.argv[1]))
