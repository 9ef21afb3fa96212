"""DialOp (Lin et al., 2023): games in which people settle on a joint decision, with proposals that are accepted or rejected."""

import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from calibration.corpora.dialogues import Dialogue, Log, Turn, pair, sift
from calibration.corpora.published import corpus_file
from calibration.corpora.readers.files import field, json_lines, number, unreadable
from rewards.errors import InputError

_SIDES: Mapping[str, tuple[int, ...]] = {"optimization": (0, 1), "itinerary": (0,), "mediation": (0, 1)}
"""Games, and the players who are taken as the person: each of two equals, the traveller, and each of two travellers."""


def read_dialop(root: Path) -> Log:
    """Return the games, named ``<game>:<number>:<player who is the person>``, with texts; raises InputError naming file and line.

    Labels are ``message``, ``proposal``, ``accept`` and ``reject``. The partner is the agent: the other
    player of an optimization, the travel agent of an itinerary or a mediation. Fact: ``norm``, the score of the game
    between the worst (0) and the best possible (1).
    """
    path = corpus_file("DialOp", root, "data.zip")
    try:
        with ZipFile(path) as archive:
            return sift(str(path), [side for game in _SIDES for side in _sides(path, archive, game)])
    except (OSError, EOFError, BadZipFile, zlib.error) as error:
        raise unreadable(path, "a zip archive", error) from None


def _sides(path: Path, archive: ZipFile, game: str) -> Iterator[Dialogue]:
    member = f"data/{game}.jsonl"
    if member not in archive.namelist():
        raise InputError(f"{path}: the archive has no file {member}")
    with archive.open(member) as lines:
        for i, (where, row) in enumerate(json_lines(f"{path}: {member}", lines)):
            result = field(where, row, "result", dict)
            facts = {"norm": number(f"{where}: norm", field(where, result, "norm"))}
            log = field(where, row, "action_log", list)
            for person in _SIDES[game]:
                turns = [turn for event in log for turn in _turns(where, game, person, event)]
                yield Dialogue(f"{game}:{i}:{person}", pair(turns), facts)


def _turns(where: str, game: str, person: int, event: Any) -> Iterator[Turn]:
    """Yield the turn that an event is to the person; nothing for what only the other traveller of a mediation sees."""
    kind = field(where, event, "type", str)
    if kind not in ("message", "proposal", "proposal_response"):
        raise InputError(f"{where}: type: must be message, proposal or proposal_response, not {kind!r}")
    if game == "mediation" and kind != "proposal" and field(where, event, "vroom") != person:
        return
    speaker: Any = "person" if _is_person(where, game, person, event) else "agent"
    if kind == "message":
        yield Turn(speaker, ("message",), field(where, field(where, event, "message", dict), "data", str))
    elif kind == "proposal":
        yield Turn(speaker, ("proposal",))
    else:
        accept = field(where, field(where, event, "response", dict), "accept", bool)
        yield Turn(speaker, ("accept" if accept else "reject",))


def _is_person(where: str, game: str, person: int, event: Any) -> bool:
    """Return whether an event is the person's own.

    In itineraries and mediations the travel agent makes all proposals and travellers respond; itineraries
    log these events under either player.
    """
    if game == "optimization" or event["type"] == "message":
        return bool(field(where, event, "player") == person)
    return bool(event["type"] == "proposal_response")
