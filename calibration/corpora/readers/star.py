"""STAR (Mosig et al., 2020): task dialogues with awkward users. The wizard is the agent, the user the person."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from calibration.corpora.dialogues import Dialogue, Log, Speaker, Turn, pair, sift
from calibration.corpora.published import corpus_file
from calibration.corpora.readers.files import field, json_lines, unreadable

_SPEAKERS: dict[tuple[str, str], Speaker] = {
    ("User", "utter"): "person",
    ("Wizard", "utter"): "agent",
    ("Wizard", "pick_suggestion"): "agent",
}
_QUESTIONS = {"changed_mind": "change his/her mind", "annoyed": "aggressive or annoyed"}  # a part that all spellings have
_KINDS = {
    "unavailable": ("unavailable", "not_available", "no_venue", "failed", "nothing_found", "cannot"),
    "bye": ("bye",),
    "confirm": ("ask_confirm",),
    "done": ("successful", "succeeded", "confirmed", "confirm_rsvp", "confirm_booking", "submitted"),
    "offer": ("available", "search_result"),
    "inform": ("inform", "provide", "instructions_done"),
    "ask": ("ask_", "request_optional"),
}


def read_star(root: Path) -> Log:
    """Return the dialogues with texts, the wizard's labels reduced by ``kind``, and the user's turns without labels.

    Facts: ``completed``, ``left`` (1 for a disconnect during the dialogue, of whichever side), ``happy``
    (the scenario goes as planned), ``multitask``, and, where the wizard was asked, ``changed_mind`` and
    ``annoyed`` (of the user, who may have been told to). Raises InputError naming the file and line.
    """
    path = corpus_file("STAR", root, "star_compact.jsonl.gz")
    return sift(str(path), _dialogues(path))


def kind(label: str) -> str:
    """Return the kind of a wizard's label, e.g. "confirm" for "hotel_ask_confirm_booking"; a label of no kind stays as it is.

    Kinds are unavailable, bye, confirm (asks for it), done, offer, inform and ask; the first that fits counts.
    """
    return next((kind for kind, parts in _KINDS.items() if any(part in label for part in parts)), label)


def _dialogues(path: Path) -> Iterator[Dialogue]:
    try:
        with gzip.open(path, "rb") as lines:
            for where, row in json_lines(str(path), lines):
                yield _dialogue(where, row)
    except (OSError, EOFError, zlib.error) as error:
        raise unreadable(path, "a gzip file", error) from None


def _dialogue(where: str, row: Any) -> Dialogue:
    level = field(where, row, "CompletionLevel", str)
    facts = {
        "completed": float(level == "Complete"),
        "left": float(level.endswith("DisconnectDuringDialogue")),
        "happy": float(field(where, row, "Happy", bool)),
        "multitask": float(field(where, row, "MultiTask", bool)),
    }
    turns = [turn for event in field(where, row, "ev", list) for turn in _turns(where, event)]
    answers = _answers(where, field(where, row, "WizardQuestionnaire", list))
    return Dialogue(str(field(where, row, "DialogueID")), pair(turns), facts | answers)


def _turns(where: str, event: Any) -> Iterator[Turn]:
    speaker = _SPEAKERS.get((field(where, event, "a", str), field(where, event, "act", str)))
    if speaker:
        labels = (kind(str(event.get("l", "custom"))),) if speaker == "agent" else ()
        yield Turn(speaker, labels, field(where, event, "x", str))


def _answers(where: str, rows: list[Any]) -> dict[str, float]:
    asked = [(field(where, row, "Question", str), field(where, row, "Answer", bool)) for row in rows]
    return {fact: float(answer) for fact, part in _QUESTIONS.items() for question, answer in asked if part in question}
