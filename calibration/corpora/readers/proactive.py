"""ProactiveAgent (Lu et al., ICLR 2025): unasked proposals to somebody at a computer, and whether people would take them."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pandas as pd

from calibration.corpora.published import corpus_file
from calibration.corpora.readers.files import field, json_lines, unreadable
from rewards.errors import InputError


def read_proactive(root: Path) -> pd.DataFrame:
    """Return a table with a row for each moment that was judged; raises InputError naming the file and line.

    Columns: ``context`` (id of the story, from its first event: rows of one story share their beginnings, so
    split by it), ``proposed`` (False: the agent stayed silent), ``accepted`` (by most annotators; False where
    nothing was proposed), ``help_needed`` and ``category`` (as in the file, e.g. "False-Alarm (FA)").
    """
    path = corpus_file("ProactiveAgent", root, "train_data.jsonl")
    try:
        with path.open("rb") as lines:
            rows = [_row(where, row) for where, row in json_lines(str(path), lines)]
    except OSError as error:
        raise unreadable(path, "a text in UTF-8", error) from None
    return pd.DataFrame(rows, columns=["context", "proposed", "accepted", "help_needed", "category"])


def _row(where: str, row: Any) -> tuple[str, bool, bool, bool, str]:
    events, votes = field(where, row, "obs", list), field(where, row, "annotation", list)
    if not events:
        raise InputError(f"{where}: obs: must have an event")
    if not votes or not all(isinstance(vote, bool) for vote in votes):
        raise InputError(f"{where}: annotation: must be a list of true and false, not {votes!r}")
    context = hashlib.sha256(json.dumps(events[0], sort_keys=True).encode()).hexdigest()[:12]
    proposed = field(where, row, "pred_task") is not None
    accepted = proposed and 2 * sum(votes) > len(votes)
    return context, proposed, accepted, field(where, row, "help_needed", bool), field(where, row, "category", str)
