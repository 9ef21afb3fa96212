"""CaSiNo (Chawla et al., NAACL 2021): two campers divide food, water and firewood. Each in turn is taken as the person."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from calibration.corpora.dialogues import Dialogue, Exchange, Log, Turn, pair, sift
from calibration.corpora.published import corpus_file
from calibration.corpora.readers.files import field, items, number, read_json
from rewards.errors import InputError

_FILES = ("casino_train.json", "casino_valid.json")
_SATISFACTION = ("Extremely dissatisfied", "Slightly dissatisfied", "Undecided", "Slightly satisfied", "Extremely satisfied")
_LIKING = ("Extremely dislike", "Slightly dislike", "Undecided", "Slightly like", "Extremely like")
_Said = tuple[str, tuple[str, ...], str]  # who, labels, text


def read_casino(root: Path) -> Log:
    """Return two dialogues for each game, one from each participant's side, named ``<game>:<participant>``.

    Labels are the annotated strategies and ``submit-deal``, ``accept-deal``, ``reject-deal``, ``walk-away``;
    only a part of the games is annotated, and elsewhere messages have no labels. Facts: ``rating`` (the
    person's satisfaction, 1 to 5), ``liking`` (of the partner, 1 to 5), ``points``, ``partner_points``,
    ``messages`` (of both, without those of the deal), ``annotated`` and ``walked`` (1 if someone walked
    away). Raises InputError naming the file and game.
    """
    paths = [corpus_file("CaSiNo", root, name) for name in _FILES]
    games = [(path, game) for path in paths for game in items(str(path), read_json(path))]
    return sift(str(paths[0].parent), (side for path, game in games for side in _sides(str(path), game)))


def _sides(path: str, game: Any) -> list[Dialogue]:
    name = str(field(path, game, "dialogue_id"))
    where = f"{path}: game {name}"
    said = _said(where, field(where, game, "chat_logs", list), field(where, game, "annotations", list))
    people = field(where, game, "participant_info", dict)
    shared = {
        "messages": float(sum(not _is_deal(line) for line in game["chat_logs"])),
        "annotated": float(bool(game["annotations"])),
        "walked": float(any("walk-away" in labels for _, labels, _ in said)),
    }
    return [Dialogue(f"{name}:{person}", _seen(said, person), _outcome(where, people, person) | shared) for person in people]


def _seen(said: list[_Said], person: str) -> tuple[Exchange, ...]:
    return pair(Turn("person" if who == person else "agent", labels, text) for who, labels, text in said)


def _said(where: str, lines: list[Any], notes: list[Any]) -> list[_Said]:
    left, said = [_note(where, note) for note in notes], []
    for line in lines:
        who, text = field(where, line, "id", str), field(where, line, "text", str)
        labels: tuple[str, ...] = ()
        if _is_deal(line):
            labels, text = (text.lower(),), ""
        elif left and left[0][0] == text:
            labels = tuple(label.strip() for label in left.pop(0)[1].split(","))
        said.append((who, labels, text))
    if left:
        raise InputError(f"{where}: annotations: {len(left)} of them belong to no message")
    return said


def _note(where: str, note: Any) -> tuple[str, str]:
    if not isinstance(note, list) or len(note) != 2 or not all(isinstance(part, str) for part in note):
        raise InputError(f"{where}: annotations: must be pairs of a text and labels, not {note!r}")
    return note[0], note[1]


def _is_deal(line: Any) -> bool:
    return bool(field("chat_logs", line, "task_data"))


def _outcome(where: str, people: Mapping[str, Any], person: str) -> dict[str, float]:
    if len(people) != 2:
        raise InputError(f"{where}: participant_info: must have two participants, not {len(people)}")
    own, other = (field(where, people[who], "outcomes", dict) for who in sorted(people, key=lambda who: who != person))
    return {
        "rating": _grade(where, own, "satisfaction", _SATISFACTION),
        "liking": _grade(where, own, "opponent_likeness", _LIKING),
        "points": number(f"{where}: points_scored", field(where, own, "points_scored")),
        "partner_points": number(f"{where}: points_scored", field(where, other, "points_scored")),
    }


def _grade(where: str, outcome: Mapping[str, Any], key: str, scale: tuple[str, ...]) -> float:
    word = field(where, outcome, key, str)
    if word not in scale:
        raise InputError(f"{where}: {key}: must be one of {', '.join(scale)}, not {word!r}")
    return 1.0 + scale.index(word)
