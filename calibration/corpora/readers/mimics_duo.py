"""MIMICS-Duo (Tavakoli et al., SIGIR 2022): clarifying panes of a search engine, judged by hand and clicked by users."""

from pathlib import Path

import pandas as pd

from calibration.corpora.published import corpus_file
from calibration.corpora.readers.files import ratings, read_csv
from rewards.errors import InputError

_OPTIONS = [f"option_{place}" for place in range(1, 6)]
_PANE = ["query", "question", *_OPTIONS]
_QUALITY, _ENGAGEMENT = "OverallClarificationPaneQuality", "engagement_level"


def read_mimics_duo(root: Path) -> pd.DataFrame:
    """Return a table with a row for each pane that was judged; raises InputError naming the file and column.

    Columns: ``query`` (text), ``options`` (2 to 5: how many answers the pane suggests), ``quality`` (1 to 5, as
    judged by hand) and ``engagement`` (0 to 10, from clicks: 0 if there were none).
    """
    judged, clicked = (corpus_file("MIMICS-Duo", root, name) for name in ("Task2-QualityLabelling.tsv", "Mimics-ClickExploreSampling.tsv"))
    quality, engagement = read_csv(judged, (*_PANE, _QUALITY), "\t"), read_csv(clicked, (*_PANE, _ENGAGEMENT), "\t")
    quality["quality"] = ratings(str(judged), quality, _QUALITY, 1, 5)
    engagement["engagement"] = ratings(str(clicked), engagement, _ENGAGEMENT, 0, 10)
    panes = quality[[*_PANE, "quality"]].merge(engagement[[*_PANE, "engagement"]], on=_PANE, how="left")
    if panes["engagement"].isna().any():
        raise InputError(f"{clicked}: {panes['engagement'].isna().sum()} panes of {judged.name} have no {_ENGAGEMENT}")
    panes["options"] = (panes[_OPTIONS] != "").sum(axis=1)
    return panes[["query", "options", "quality", "engagement"]].dropna().astype({"quality": int, "engagement": int}).reset_index(drop=True)
