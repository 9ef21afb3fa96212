"""CIMA (Stasaski et al., BEA 2020): tutoring Italian. The tutor is the agent, the student the person."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from calibration.corpora.dialogues import Dialogue, Exchange, Log, sift
from calibration.corpora.published import corpus_file
from calibration.corpora.readers.files import field, items, read_json
from rewards.errors import InputError

_TUTOR = ("question", "hint", "correction", "confirmation", "other")
_STUDENT = ("guess", "question", "affirmation", "other")
_FLAGS = {True: True, False: False, "True": True, "False": False}


def read_cima(root: Path) -> Log:
    """Return one dialogue for each state of a lesson; raises InputError naming the file and state.

    The first exchange has the tutor's last turn (text only, without labels) and the student's labelled reply.
    Each further exchange is what one tutor would say next, without a reply: these are alternatives, not a
    sequence. Labels: see the README of CIMA; in lower case, and ``hint`` for a hint or revealed information.
    Facts: ``tutors``, the number of alternatives, and ``turns``, the number of turns so far.
    """
    path = corpus_file("CIMA", root, "dataset.json")
    states = field(str(path), read_json(path), "prepDataset", dict)
    return sift(str(path), (_state(f"{path}: state {name}", name, state) for name, state in states.items()))


def _state(where: str, name: str, state: Any) -> Dialogue:
    past = field(where, state, "past_convo", list)
    if len(past) < 2:
        raise InputError(f"{where}: past_convo: must have a turn of the tutor and one of the student")
    student = _labels(f"{where}: studentActions", _STUDENT, field(where, state, "studentActions"))
    texts, flags = field(where, state, "tutorResponses", list), field(where, state, "tutorActions", list)
    if len(texts) != len(flags):
        raise InputError(f"{where}: {len(texts)} tutorResponses, but {len(flags)} tutorActions")
    answers = [Exchange(_labels(f"{where}: tutorActions", _TUTOR, row), (), str(text)) for row, text in zip(flags, texts, strict=True)]
    first = Exchange((), student, str(past[-2]), str(past[-1]))
    return Dialogue(name, (first, *answers), {"tutors": float(len(answers)), "turns": float(len(past))})


def _labels(where: str, names: tuple[str, ...], flags: Any) -> tuple[str, ...]:
    if len(items(where, flags)) != len(names) or any(not isinstance(flag, (bool, str)) or flag not in _FLAGS for flag in flags):
        raise InputError(f"{where}: must be {len(names)} times True or False, not {flags!r}")
    truth: Mapping[Any, bool] = _FLAGS
    return tuple(name for name, flag in zip(names, flags, strict=True) if truth[flag])
