"""The Optuna study behind a sweep: where its trials are kept, and which comes next."""

import re
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import optuna
from optuna.exceptions import DuplicatedStudyError, ExperimentalWarning
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
_AGAIN = "tried again"
"""The attribute of a study that lists the failed trials for which another was put in."""
PATIENCE = 30
"""Seconds to wait for another machine that is beginning the same sweep."""
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
    try:
        kept = _storage(storage, folder)
        study = _begin(plan, kept) if plan.name not in optuna.get_all_study_names(kept) else _join(plan, kept, alone=not storage)
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 -- every driver has errors of its own, and all mean the same to the user
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise InputError(f"--storage {masked(storage) or folder / JOURNAL}: cannot be reached or read: {first}") from None
    if other := difference(plan, plan_of(study.user_attrs[_PLAN])):
        raise InputError(f"--name {plan.name}: the storage holds another sweep under this name ({other}); choose another name")
    return study


def _begin(plan: Plan, kept: BaseStorage) -> Study:
    """Create the study, with the trials of a grid waiting in it; its plan comes last, so one without a plan was not begun to the end."""
    directions = [StudyDirection.MAXIMIZE] * (2 if plan.policy == "separate" else 1)
    try:
        study = optuna.create_study(storage=kept, study_name=plan.name, directions=directions, sampler=_sampler(plan))
    except DuplicatedStudyError:  # another machine was faster
        return _join(plan, kept, alone=False)
    for params in grid(plan.range if plan.policy == "separate" else None, plan.points, plan.searches) if plan.sampler == "grid" else ():
        study.enqueue_trial(params)
    study.set_user_attr(_PLAN, plan.as_text())
    return study


def _join(plan: Plan, kept: BaseStorage, alone: bool) -> Study:
    """Return the study that was begun before; if that was cut short, begin it again if nobody else can be at it (``alone``)."""
    study = optuna.load_study(storage=kept, study_name=plan.name, sampler=_sampler(plan))
    for _ in range(PATIENCE):
        if _PLAN in study.user_attrs:
            return study
        if alone:
            optuna.delete_study(storage=kept, study_name=plan.name)
            return _begin(plan, kept)
        time.sleep(1.0)
    raise InputError(f"--name {plan.name}: a sweep of this name was begun and cut short; choose another name")


def _sampler(plan: Plan) -> BaseSampler:
    return SAMPLERS[plan.sampler](plan.first_seed)


def is_left(study: Study, plan: Plan) -> bool:
    """Return whether trials of the sweep are still to be begun."""
    trials = study.get_trials(deepcopy=False)
    if plan.sampler == "grid":
        return any(trial.state == TrialState.WAITING for trial in trials)
    return sum(trial.state != TrialState.WAITING for trial in trials) - len(study.user_attrs.get(_AGAIN, ())) < plan.trials


def try_again(study: Study, owner: str) -> list[int]:
    """Let the trials that have failed in the folder ``owner`` wait once more, with the same parameters; return their old numbers."""
    before = study.user_attrs.get(_AGAIN, [])
    failed = [trial for trial in study.get_trials(states=[TrialState.FAIL]) if trial.user_attrs.get(OWNER) == owner and trial.number not in before]
    for trial in failed:
        study.enqueue_trial(trial.params)
    numbers = [trial.number for trial in failed]
    study.set_user_attr(_AGAIN, before + numbers)
    return numbers


def begun(study: Study, owner: str) -> list[FrozenTrial]:
    """Return the trials that were begun in the folder ``owner`` and have not ended."""
    return [trial for trial in study.get_trials(states=[TrialState.RUNNING]) if trial.user_attrs.get(OWNER) == owner]


def other_folders(study: Study, owner: str) -> list[Path]:
    """Return the folders of the same sweep on other machines, as far as they can be reached from here."""
    owners = {trial.user_attrs.get(OWNER, owner) for trial in study.get_trials(deepcopy=False)} - {owner}
    return sorted(path for path in (Path(other.partition(":")[2]) for other in owners) if path.is_dir())


def masked(url: str) -> str:
    """Return a text without the passwords of the URLs in it: what may be printed and kept."""
    return re.sub(r"(://[^:/@\s]*:)[^@/\s]*@", r"\1***@", url)


def _storage(url: str, folder: Path) -> BaseStorage:
    if not url:
        path = folder / JOURNAL
        _mend(path)
        return JournalStorage(JournalFileBackend(str(path)))
    if url.startswith("redis"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)  # Optuna has called it so since 3.1
            return JournalStorage(JournalRedisBackend(url))
    return RDBStorage(url)


def _mend(path: Path) -> None:
    """Cut off a last line that was not written to its end: a full disk or a power cut leaves one."""
    if path.exists() and not (content := path.read_bytes()).endswith(b"\n"):
        path.write_bytes(content[: content.rfind(b"\n") + 1])
