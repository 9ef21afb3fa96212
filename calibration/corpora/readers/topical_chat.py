"""Topical-Chat (Gopalakrishnan et al., Interspeech 2019): chats rated message by message and as a whole."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from calibration.corpora.published import corpus_file
from calibration.corpora.readers.files import field, items, read_json
from rewards.errors import InputError

_FILES = ("valid_freq.json", "valid_rare.json")
_SIDES = ("agent_1", "agent_2")
_RATINGS = {"Poor": 1, "Not Good": 2, "Passable": 3, "Good": 4, "Excellent": 5}


def read_topical_chat(root: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the ratings of messages and of whole chats, a row for each; raises InputError naming the file, chat and key.

    Columns of the first: ``dialogue`` (id), ``annotator`` ("agent_1" or "agent_2"), ``place`` (counted back among
    the side's messages: 1 is the last) and ``satisfaction`` (1 to 5). Of the second: ``dialogue``, ``annotator``
    and ``rating`` (1 to 5). Rows without a rating are left out.

    Ratings are taken to be given by the side that they stand under. The authors say that a message is rated by the
    partner; but what stands under one side goes together (r = .86 between its messages and its whole) and has
    nothing to do with what stands under the other (r = .03), so that one and the same person gave it.
    """
    chats = [chat for name in _FILES for chat in _chats(corpus_file("Topical-Chat", root, name))]
    messages = [row for rows, _ in chats for row in rows]
    wholes = [row for _, rows in chats for row in rows]
    return (
        pd.DataFrame(messages, columns=["dialogue", "annotator", "place", "satisfaction"]),
        pd.DataFrame(wholes, columns=["dialogue", "annotator", "rating"]),
    )


def _chats(path: Path) -> Iterator[tuple[list[tuple[str, str, int, int]], list[tuple[str, str, int]]]]:
    chats = read_json(path)
    if not isinstance(chats, dict):
        raise InputError(f"{path}: must be an object of chats, not {type(chats).__name__}")
    for name, chat in chats.items():
        where = f"{path}: chat {name}"
        said = [_message(f"{where}: message {i}", message) for i, message in enumerate(items(where, field(where, chat, "content")))]
        ends = field(where, chat, "conversation_rating", dict)
        messages, wholes = [], []
        for side in _SIDES:
            own = [rating for speaker, rating in said if speaker == side]
            messages += [(name, side, len(own) - i, rating) for i, rating in enumerate(own) if rating]
            if whole := _rating(f"{where}: conversation_rating", ends, side):
                wholes.append((name, side, whole))
        yield messages, wholes


def _message(where: str, message: Any) -> tuple[str, int]:
    speaker = field(where, message, "agent", str)
    if speaker not in _SIDES:
        raise InputError(f"{where}: agent: must be one of {', '.join(_SIDES)}, not {speaker!r}")
    return speaker, _rating(where, message, "turn_rating")


def _rating(where: str, row: Any, key: str) -> int:
    """Return a rating from 1 to 5, or 0 where it was left blank."""
    word = field(where, row, key, str)
    if word and word not in _RATINGS:
        raise InputError(f"{where}: {key}: must be one of {', '.join(_RATINGS)}, not {word!r}")
    return _RATINGS.get(word, 0)
