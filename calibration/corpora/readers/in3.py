"""IN3 (Qian et al., ACL 2024): people answering the inquiries of three assistants about the same tasks."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from calibration.corpora.published import corpus_file
from calibration.corpora.readers.files import field, items, json_lines, unreadable
from rewards.errors import InputError

ASSISTANTS = ("llama2", "mistral-instruct", "mistral-interact")
_COLUMNS = ("dialogue", "assistant", "questions", "options", "answer")
_ROLES, _TYPES = ("User", "Assistant"), ("response", "summary")


def read_in3(root: Path) -> pd.DataFrame:
    """Return a table with a row for each answer to an inquiry; raises InputError naming the file, line and key.

    Columns: ``dialogue`` ("<assistant>:<number>"), ``assistant``, ``questions`` (texts: what the inquiry asks,
    taken apart by the authors), ``options`` (how many answers it suggests) and ``answer`` (text). What an
    assistant says that asks nothing is left out.
    """
    rows = [row for assistant in ASSISTANTS for row in _answers(assistant, corpus_file("IN3", root, f"records_{assistant}.jsonl"))]
    return pd.DataFrame(rows, columns=_COLUMNS)


def _answers(assistant: str, path: Path) -> Iterator[tuple[str, str, tuple[str, ...], int, str]]:
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise unreadable(path, "a text in UTF-8", error) from None
    for number, (where, record) in enumerate(json_lines(str(path), lines)):
        said = [_said(f"{where}: action {i}", action) for i, action in enumerate(field(where, record, "actions", list))]
        asked = field(where, record, "query_options_list", list)
        inquiries = [i for i, (role, kind, _) in enumerate(said) if (role, kind) == ("Assistant", "response")]
        if len(inquiries) != len(asked):
            raise InputError(f"{where}: query_options_list: must have {len(inquiries)} entries, one for each inquiry, not {len(asked)}")
        for i, queries in zip(inquiries, asked, strict=True):
            if i + 1 == len(said) or said[i + 1][0] != "User":
                raise InputError(f"{where}: action {i}: an inquiry must have an answer of the user after it")
            questions, options = _asked(f"{where}: query_options_list", queries)
            if questions:
                yield f"{assistant}:{number}", assistant, questions, options, said[i + 1][2]


def _said(where: str, action: Any) -> tuple[str, str, str]:
    role, kind = field(where, action, "role", str), field(where, action, "type", str)
    for key, value, valid in (("role", role, _ROLES), ("type", kind, _TYPES)):
        if value not in valid:
            raise InputError(f"{where}: {key}: must be one of {', '.join(valid)}, not {value!r}")
    return role, kind, field(where, action, "content", str)


def _asked(where: str, queries: Any) -> tuple[tuple[str, ...], int]:
    rows = items(where, queries)
    return tuple(field(where, row, "query", str) for row in rows), sum(len(field(where, row, "options", list)) for row in rows)
