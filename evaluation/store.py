"""Played dialogues on disk: one ``.npz`` file with the arrays of every cell and a page of JSON that says what they are."""

import io
import json
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from dialogue_env import Stream
from dialogue_env.files import write_whole
from evaluation.grid import Cell, Setting
from evaluation.rollout import Dialogues
from rewards import TERM_NAMES, InputError, RewardWeights

FORMAT = 4
_ABOUT = "about"
_FIELDS = tuple(field.name for field in fields(Dialogues))


@dataclass(frozen=True, slots=True)
class Stored:
    """The cells of an evaluation and the command that played them."""

    cells: tuple[Cell, ...]
    command: str


def save_cells(path: Path, cells: Sequence[Cell], command: str) -> None:
    """Write the cells to ``path``, whole or not at all."""
    about = {"format": FORMAT, "command": command, "terms": list(TERM_NAMES), "cells": [_describe(cell) for cell in cells]}
    arrays: dict[str, Any] = {f"{i}/{name}": getattr(cell.dialogues, name) for i, cell in enumerate(cells) for name in _FIELDS}
    arrays[_ABOUT] = np.array(json.dumps(about))
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    write_whole(path, stream.getvalue())


def load_cells(path: Path) -> Stored:
    """Read what ``save_cells`` wrote; raises InputError for a missing or damaged file, or other reward terms than today's."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as archive:
            about = json.loads(str(archive[_ABOUT]))
            _check(path, about)
            cells = tuple(_cell(entry, {name: archive[f"{i}/{name}"] for name in _FIELDS}) for i, entry in enumerate(about["cells"]))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; an evaluation writes its dialogues to OUT/dialogues.npz") from None
    except InputError:
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise InputError(f"{path}: not a file of stored dialogues ({type(error).__name__})") from None
    if not cells:
        raise InputError(f"{path}: holds no dialogues")
    return Stored(cells, str(about["command"]))


def _describe(cell: Cell) -> dict[str, Any]:
    entry = {field.name: getattr(cell, field.name) for field in fields(cell) if field.name != "dialogues"}
    return entry | {"setting": asdict(cell.setting), "weights": cell.weights.as_dict(), "stream": cell.stream.name}


def _check(path: Path, about: dict[str, Any]) -> None:
    if about["format"] != FORMAT:
        raise InputError(f"{path}: stored in format {about['format']}, this version reads format {FORMAT}; evaluate again")
    if about["terms"] != list(TERM_NAMES):
        raise InputError(f"{path}: stored with the reward terms {', '.join(about['terms'])}; today's are {', '.join(TERM_NAMES)}; evaluate again")


def _cell(entry: dict[str, Any], arrays: dict[str, Any]) -> Cell:
    count = len(arrays["number"])
    if any(len(array) != count for array in arrays.values()) or arrays["terms"].shape[1] != len(TERM_NAMES):
        raise ValueError("arrays of different lengths")
    return Cell(
        setting=Setting(**entry["setting"]),
        policy=entry["policy"],
        seed=int(entry["seed"]),
        weights=RewardWeights.of(entry["weights"]),
        types=tuple(entry["types"]),
        acts=tuple(entry["acts"]),
        families=tuple(entry["families"]),
        dialogues=Dialogues(**arrays),
        stream=Stream[entry["stream"]],
        informed=entry["informed"],
    )
