"""PersuasionForGood's annotated dialogues, which most of the calibration rests on."""

from functools import cache
from pathlib import Path

from calibration.corpora.coded import Coded, code
from calibration.corpora.labels import label_map
from calibration.corpora.readers.p4g import read_annotated

CORPUS = "P4G"


@cache
def donations(root: Path, strict: bool = False) -> Coded:
    """Return the annotated dialogues below ``root`` as acts; ``facts["gave"]`` is 1 for those who gave. Raises InputError if they are not there.

    A ``strict`` reading takes soft resistance for resistance.
    """
    labels = label_map("p4g")
    return code(_annotated(root), labels.stricter() if strict else labels, CORPUS)


_annotated = cache(read_annotated)
"""Both readings are of the same dialogues."""
