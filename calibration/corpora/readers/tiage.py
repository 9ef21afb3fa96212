"""TIAGE (Xie et al., 2021): chit-chat with topic shifts. Who speaks first is the agent, the other the person."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from calibration.corpora.dialogues import Dialogue, Log, Turn, pair, sift
from calibration.corpora.published import corpus_file
from calibration.corpora.readers.files import items, read_json
from rewards.errors import InputError

_FILES = ("anno_train.json", "anno_dev.json")
_LABELS = {"-1": "start", "0": "stay", "1": "shift"}


def read_tiage(root: Path) -> Log:
    """Return the chats, named ``<file>:<number>``, with texts and no facts; raises InputError naming the file and chat.

    Labels are ``start`` (the first turn), ``stay`` and ``shift`` (whether the turn leads to another topic).
    """
    paths = [corpus_file("TIAGE", root, name) for name in _FILES]
    return sift(str(paths[0].parent), (chat for path in paths for chat in _chats(path)))


def _chats(path: Path) -> Iterator[Dialogue]:
    chats = read_json(path)
    if not isinstance(chats, Mapping):
        raise InputError(f"{path}: must be an object of chats, not {type(chats).__name__}")
    for number, turns in chats.items():
        where = f"{path}: chat {number}"
        said = [_turn(f"{where}: turn {i}", i, turn) for i, turn in enumerate(items(where, turns))]
        yield Dialogue(f"{path.stem}:{number}", pair(said), {})


def _turn(where: str, index: int, turn: Any) -> Turn:
    if not isinstance(turn, list) or len(turn) != 2:
        raise InputError(f"{where}: must be a text and a label, not {turn!r}")
    if not isinstance(turn[1], str) or turn[1] not in _LABELS:
        raise InputError(f"{where}: label must be one of {', '.join(_LABELS)}, not {turn[1]!r}")
    return Turn("person" if index % 2 else "agent", (_LABELS[turn[1]],), str(turn[0]))
