"""BETOLD (telepathy labs, 2022): telephone calls to book a repair, as intents. The assistant is the agent, the caller the person."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from calibration.corpora.dialogues import Dialogue, Log, Speaker, Turn, pair, sift
from calibration.corpora.published import corpus_file
from calibration.corpora.readers.files import field, items, read_json
from rewards.errors import InputError

_SPEAKERS: Mapping[str, Speaker] = {"nlg": "agent", "nlu": "person"}
_LEFT = {"luhf": 1.0, "not_luhf": 0.0}


def read_betold(root: Path) -> Log:
    """Return the calls, with intents as labels and without texts; raises InputError naming the file and place.

    Fact: ``left`` (1 if the caller hung up late in the call or demanded a human). Most of these calls end
    with a turn of the assistant that nobody replied to. Calls that broke down were sampled one to two, so
    that the share of ``left`` is not that of real calls.
    """
    path = corpus_file("BETOLD", root, "BETOLD_valid.json")
    return sift(str(path), (_call(f"{path}: call {i}", str(i), call) for i, call in enumerate(items(str(path), read_json(path)))))


def _call(where: str, name: str, call: Any) -> Dialogue:
    outcome = field(where, call, "LUHF", str)
    if outcome not in _LEFT:
        raise InputError(f"{where}: LUHF: must be one of {', '.join(_LEFT)}, not {outcome!r}")
    turns = [_turn(f"{where}: item {i}", item) for i, item in enumerate(field(where, call, "utterances_annotations", list))]
    return Dialogue(name, pair(turns), {"left": _LEFT[outcome]})


def _turn(where: str, item: Any) -> Turn:
    speaker = field(where, item, "caller_name", str)
    if speaker not in _SPEAKERS:
        raise InputError(f"{where}: caller_name: must be one of {', '.join(_SPEAKERS)}, not {speaker!r}")
    return Turn(_SPEAKERS[speaker], (field(where, item, "intent", str),))
