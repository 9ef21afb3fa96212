"""The Optuna study behind a sweep: where its trials are kept, and which comes next."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import optuna
from optuna.samplers import BaseSampler, NSGAIISampler, RandomSampler, TPESampler
from optuna.storages import BaseStorage, JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend, JournalRedisBackend
from optuna.study import Study, StudyDirection
from optuna.trial import FrozenTrial, TrialState

from rewards import InputError
from tuning.plan import Plan, difference, plan_of
from tuning.space import grid

JOURNAL = "journal.log"
OWNER = "owner"
"""The attribute of a trial that names the folder in which it runs."""
_PLAN = "plan"
SAMPLERS: dict[str, Callable[[int], BaseSampler]] = {
    "grid": lambda seed: RandomSampler(seed=seed),  # never asked: every trial of a grid waits in the study
    "random": lambda seed: RandomSampler(seed=seed),
    "tpe": lambda seed: TPESampler(seed=seed, multivariate=True, constant_liar=True),
    "nsga2": lambda seed: NSGAIISampler(seed=seed, population_size=16),
}


def open_study(plan: Plan, storage: str, folder: Path) -> Study:
    """Return the study of a sweep, new or begun before here or on another machine.

    Raises InputError if the storage cannot be reached, or holds another sweep under this name.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    directions = [StudyDirection.MAXIMIZE] * (2 if plan.policy == "separate" else 1)
    where = storage or str(folder / JOURNAL)
    try:
        kept = _storage(storage, folder)
        new = plan.name not in optuna.get_all_study_names(kept)
        study = optuna.create_study(
            storage=kept, study_name=plan.name, directions=directions, sampler=SAMPLERS[plan.sampler](plan.first_seed), load_if_exists=True
        )
        if new:
            study.set_user_attr(_PLAN, plan.as_text())
            for params in _waiting(plan):
                study.enqueue_trial(params)
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 -- every driver has errors of its own, and all mean the same to the user
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise InputError(f"--storage {where}: cannot be reached or read: {first}") from None
    if other := difference(plan, plan_of(study.user_attrs[_PLAN])):
        raise InputError(f"--name {plan.name}: the storage holds another sweep under this name ({other}); choose another name")
    return study


def is_left(study: Study, plan: Plan) -> bool:
    """Return whether trials of the sweep are still to be begun."""
    trials = study.get_trials(deepcopy=False)
    if plan.sampler == "grid":
        return any(trial.state == TrialState.WAITING for trial in trials)
    return sum(trial.state != TrialState.WAITING for trial in trials) < plan.trials


def begun(study: Study, owner: str) -> list[FrozenTrial]:
    """Return the trials that were begun in the folder ``owner`` and have not ended."""
    return [trial for trial in study.get_trials(states=[TrialState.RUNNING]) if trial.user_attrs.get(OWNER) == owner]


def other_folders(study: Study, owner: str) -> list[Path]:
    """Return the folders of the same sweep on other machines, as far as they can be reached from here."""
    owners = {trial.user_attrs.get(OWNER, owner) for trial in study.get_trials(deepcopy=False)} - {owner}
    return sorted(path for path in (Path(other.partition(":")[2]) for other in owners) if path.is_dir())


def _waiting(plan: Plan) -> list[dict[str, Any]]:
    return grid(plan.range if plan.policy == "separate" else None, plan.points, plan.searches) if plan.sampler == "grid" else []


def _storage(url: str, folder: Path) -> BaseStorage:
    if not url:
        path = folder / JOURNAL
        _mend(path)
        return JournalStorage(JournalFileBackend(str(path)))
    if url.startswith("redis"):
        return JournalStorage(JournalRedisBackend(url))
    return RDBStorage(url)


def _mend(path: Path) -> None:
    """Cut off a last line that was not written to its end: a full disk or a power cut leaves one."""
    if path.exists() and not (content := path.read_bytes()).endswith(b"\n"):
        path.write_bytes(content[: content.rfind(b"\n") + 1])
