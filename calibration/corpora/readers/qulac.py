"""Qulac (Aliannejadi et al., SIGIR 2019): answers to clarifying questions about searches."""

from pathlib import Path

import pandas as pd

from calibration.corpora.published import corpus_file
from calibration.corpora.readers.files import field, read_json
from rewards.errors import InputError

_COLUMNS = ("topic_facet_question_id", "question", "answer")


def read_qulac(root: Path) -> pd.DataFrame:
    """Return a table of ``question`` and ``answer`` (texts), a row for each answer; raises InputError naming file and column.

    Left out are rows without a question or an answer (one for each facet stands for no question at all), and
    repetitions of question and answer under the same id. An id with two different answers keeps both.
    """
    path = corpus_file("Qulac", root, "qulac.json")
    content = read_json(path)
    columns = {name: field(str(path), content, name, dict) for name in _COLUMNS}
    keys = list(columns["answer"])
    if any(set(column) != set(keys) for column in columns.values()):
        raise InputError(f"{path}: the columns {', '.join(_COLUMNS)} have different rows")
    table = pd.DataFrame({name: [str(column[key] or "").strip() for key in keys] for name, column in columns.items()})
    table = table[(table["question"] != "") & (table["answer"] != "")].drop_duplicates()
    return table[["question", "answer"]].reset_index(drop=True)
