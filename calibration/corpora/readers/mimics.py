"""MIMICS (Zamani et al., CIKM 2020): how good clarifying questions of a search engine are, judged by hand."""

from pathlib import Path

import pandas as pd

from calibration.corpora.published import corpus_file
from calibration.corpora.readers.files import ratings, read_csv


def read_mimics(root: Path) -> pd.DataFrame:
    """Return a table with the column ``question_label`` (0 bad, 1 fair, 2 good), a row for each question that was judged.

    Most questions of the manual part were not judged (only their options were), and none as 0. Raises InputError
    naming the file and column.
    """
    path = corpus_file("MIMICS", root, "MIMICS-Manual.tsv")
    labels = ratings(str(path), read_csv(path, ("question_label",), separator="\t"), "question_label", 0, 2)
    return pd.DataFrame({"question_label": labels.dropna().astype(int)}).reset_index(drop=True)
