"""PersuasionForGood (Wang et al., ACL 2019): asking for a donation. The persuader is the agent, the persuadee the person."""

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from calibration.corpora.dialogues import Dialogue, Log, Speaker, Turn, pair, sift
from calibration.corpora.published import corpus_file
from calibration.corpora.readers.files import number, numbers, read_csv, read_sheet
from rewards.errors import InputError

_LABELS: Mapping[Speaker, tuple[str, str]] = {"agent": ("er_label_1", "er_label_2"), "person": ("ee_label_1", "ee_label_2")}
_SPEAKERS: Mapping[str, Speaker] = {"0": "agent", "1": "person"}
TRAITS = (
    *("extrovert", "agreeable", "conscientious", "neurotic", "open"),
    *("care", "fairness", "loyalty", "authority", "purity", "freedom"),
    *("conform", "tradition", "benevolence", "universalism", "self_direction"),
    *("stimulation", "hedonism", "achievement", "power", "security"),
    *("rational", "intuitive", "age", "income"),
)
"""The persuadee's background and personality as numbers, known for most dialogues of the full data."""


def read_annotated(root: Path) -> Log:
    """Return the 300 annotated dialogues, with labels, texts and moods.

    A turn has the labels of its sentences in order, and the mood of a reply is the mean over its sentences
    of the positive less the negative score. Facts: ``gave`` (1 if the persuadee donated after the task),
    ``amount`` (what was donated, in dollars) and, where one was named, ``intended`` (in dollars, as
    annotated). Raises InputError naming the file and column.
    """
    path, info = (corpus_file("P4G", root, name) for name in ("300_dialog.xlsx", "300_info.xlsx"))
    rows = read_sheet(path, ("B2", "B4", "Unit", "er_label_1", "er_label_2", "ee_label_1", "ee_label_2", "neg", "pos"))
    people = {str(row["B2"]): row for row in read_sheet(info, ("B2", "B4", "B5", "B6")) if row["B4"] == 1}
    turns = _grouped((str(row["B2"]), _annotated(f"{path}: row {i}", row)) for i, row in enumerate(rows, start=2))
    return sift(str(path), (Dialogue(name, pair(said), _giving(info, name, people.get(name))) for name, said in turns.items()))


def read_full(root: Path) -> Log:
    """Return all 1,017 dialogues, with texts but without labels.

    Facts: ``gave`` (1 if the persuadee donated after the task), ``amount`` (in dollars) and those of
    ``TRAITS`` that are known of the persuadee. Raises InputError naming the file and column.
    """
    path, info = (corpus_file("P4G", root, name) for name in ("full_dialog.csv", "full_info.csv"))
    table = read_csv(path, ("B2", "B4", "Unit"))
    turns = _grouped(
        (name, Turn(_speaker(f"{path}: line {i}", role), (), text))
        for i, (name, role, text) in enumerate(zip(table["B2"], table["B4"], table["Unit"], strict=True), start=2)
    )
    people = _people(info)
    return sift(str(path), (Dialogue(name, pair(said), _known(info, name, people)) for name, said in turns.items()))


def _grouped(pairs: Iterable[tuple[str, Turn]]) -> dict[str, list[Turn]]:
    groups: dict[str, list[Turn]] = {}
    for name, turn in pairs:
        groups.setdefault(name, []).append(turn)
    return groups


def _annotated(where: str, row: Mapping[str, Any]) -> Turn:
    speaker = _speaker(where, row["B4"])
    labels = tuple(str(row[column]) for column in _LABELS[speaker] if row[column])
    rated = row["pos"] is not None and row["neg"] is not None
    mood = number(f"{where}: pos", row["pos"]) - number(f"{where}: neg", row["neg"]) if rated else None
    return Turn(speaker, labels, str(row["Unit"] or ""), mood)


def _speaker(where: str, role: object) -> Speaker:
    if str(role) not in _SPEAKERS:
        raise InputError(f"{where}: column B4: must be 0 (persuader) or 1 (persuadee), not {role!r}")
    return _SPEAKERS[str(role)]


def _giving(info: Path, name: str, row: Mapping[str, Any] | None) -> dict[str, float]:
    if row is None:
        raise InputError(f"{info}: no row for the persuadee of dialogue {name!r}")
    amount = number(f"{info}: {name}: B6", row["B6"])
    facts = {"gave": float(amount > 0), "amount": amount}
    return facts if row["B5"] is None else facts | {"intended": number(f"{info}: {name}: B5", row["B5"])}


def _people(info: Path) -> dict[str, dict[str, float]]:
    columns = {"amount": "B6"} | {trait: f"{trait}.x" for trait in TRAITS}
    table = read_csv(info, ("B2", "B4", *columns.values()))
    table = table[table["B4"] == "1"]
    values = {name: numbers(str(info), table, column) for name, column in columns.items()}
    rows = zip(table["B2"], *values.values(), strict=True)
    return {dialogue: {name: float(value) for name, value in zip(values, row, strict=True)} for dialogue, *row in rows}


def _known(info: Path, name: str, people: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    if name not in people or math.isnan(people[name]["amount"]):
        raise InputError(f"{info}: no donation (B6) of the persuadee of dialogue {name!r}")
    known = {fact: value for fact, value in people[name].items() if not math.isnan(value)}
    return {"gave": float(known["amount"] > 0)} | known
