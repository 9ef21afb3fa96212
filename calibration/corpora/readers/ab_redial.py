"""AB-ReDial (Siro et al., SIGIR 2022): recommendation dialogues rated by outsiders, per turn and as a whole."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from calibration.corpora.published import corpus_file
from calibration.corpora.readers.files import ratings, read_csv

_TURN = {"relevance": ("relevance", 0, 4), "interest": ("interestingness", 1, 3), "satisfaction": ("overall", 1, 5)}
_PLACES = (1, 2, 3)


def read_turn_ratings(root: Path) -> pd.DataFrame:
    """Return a table of ratings of turns, a row for each annotator and turn.

    Columns: ``dialogue`` (id), ``annotator`` (0, 1, ..., counted within the dialogue: annotators have no
    ids), ``place`` (1 to 3, the turn's place among those rated), ``relevance`` (0 to 4), ``interest`` (1 to
    3) and ``satisfaction`` (1 to 5). Rows without all three ratings are left out. Raises InputError naming the
    file and column.
    """
    path = corpus_file("AB-ReDial", root, "annotated_turns.csv")
    columns = [f"{column}{place}" for place in _PLACES for column, _, _ in _TURN.values()]
    table = read_csv(path, ("ConvId", *columns))
    parts = []
    for place in _PLACES:
        scores = {name: ratings(str(path), table, f"{column}{place}", low, high) for name, (column, low, high) in _TURN.items()}
        parts.append(_rated(table, {"place": pd.Series(place, index=table.index), **scores}))
    return pd.concat(parts).sort_values(["dialogue", "annotator", "place"], ignore_index=True)


def read_dialogue_ratings(root: Path) -> pd.DataFrame:
    """Return a table of ratings of dialogues, a row for each annotator and dialogue; raises InputError naming file and column.

    Columns: ``dialogue`` (id), ``annotator`` (as in ``read_turn_ratings``, though the two files do not say
    whether it is the same person) and ``rating`` (1 to 5). Rows without a rating are left out.
    """
    path = corpus_file("AB-ReDial", root, "annotated_dialogues.csv")
    table = read_csv(path, ("ConvId", "dialogue-overall"))
    rated = _rated(table, {"rating": ratings(str(path), table, "dialogue-overall", 1, 5)})
    return rated.sort_values(["dialogue", "annotator"], ignore_index=True)


def _rated(table: pd.DataFrame, scores: Mapping[str, pd.Series]) -> pd.DataFrame:
    who = {"dialogue": table["ConvId"], "annotator": table.groupby("ConvId").cumcount()}
    return pd.DataFrame({**who, **scores}).dropna().astype(dict.fromkeys(scores, int))
