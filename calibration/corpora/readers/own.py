"""Dialogues of one's own, as JSON lines: ``{"name": "d1", "turns": [...], "facts": {"gave": 1, "rating": 4, "left": 0}}``.

A turn is ``{"speaker": "agent", "labels": ["offer"], "text": "...", "mood": 0.2}``; the speaker is "agent" or
"person", and ``text``, ``mood`` (in [-1, 1]) and ``facts`` may be left out.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from calibration.corpora.dialogues import Dialogue, Log, Turn, check_dialogue, pair
from calibration.corpora.readers.files import field, json_lines, unreadable
from dialogue_env.files import check_keys, number, text
from rewards.errors import InputError


def read_jsonl(path: Path) -> Log:
    """Return the dialogues of a file; raises InputError naming the file and line.

    Consecutive turns of one speaker are merged. In a dialogue that the person begins, the first exchange
    has no labels of the agent: it stays silent.
    """
    dialogues: dict[str, Dialogue] = {}
    try:
        with path.open("rb") as lines:
            for where, row in json_lines(str(path), lines):
                dialogue = check_dialogue(where, _dialogue(where, row))
                if dialogue.name in dialogues:
                    raise InputError(f"{where}: there is another dialogue named {dialogue.name!r}")
                dialogues[dialogue.name] = dialogue
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except OSError as error:
        raise unreadable(path, "a text in UTF-8", error) from None
    if not dialogues:
        raise InputError(f"{path}: no dialogues; expected one JSON object per line")
    return Log(tuple(dialogues.values()), {})


def _dialogue(where: str, row: Any) -> Dialogue:
    check_keys(where, row, ("name", "turns"), ("facts",))
    name = text(f"{where}: name", row["name"])
    turns = [_turn(f"{where}: turns[{i}]", turn) for i, turn in enumerate(field(where, row, "turns", list))]
    facts = field(where, row, "facts", dict) if "facts" in row else {}
    return Dialogue(name, pair(turns), {fact: _fact(f"{where}: facts.{fact}", value) for fact, value in facts.items()})


def _turn(where: str, turn: Any) -> Turn:
    check_keys(where, turn, ("speaker", "labels"), ("text", "mood"))
    if turn["speaker"] not in ("agent", "person"):
        raise InputError(f"{where}.speaker: must be 'agent' or 'person', not {turn['speaker']!r}")
    labels = tuple(text(f"{where}.labels", label) for label in field(where, turn, "labels", list))
    said = field(where, turn, "text", str) if "text" in turn else ""
    if not labels and not said.strip():
        raise InputError(f"{where}: needs a label or a text")
    return Turn(turn["speaker"], labels, said, _mood(f"{where}.mood", turn))


def _mood(where: str, turn: Mapping[str, Any]) -> float | None:
    return number(where, turn["mood"], -1.0, 1.0) if "mood" in turn else None


def _fact(where: str, value: Any) -> float:
    return float(value) if isinstance(value, bool) else number(where, value, -1e9, 1e9)
