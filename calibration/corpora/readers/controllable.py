"""Controllable-Dialogue (See et al., NAACL 2019): how much people enjoyed chats with a bot, by arm of an experiment."""

from pathlib import Path

from calibration.corpora.published import corpus_file
from calibration.corpora.readers.files import numbers, read_csv
from rewards.errors import InputError

LOW, HIGH = 1.0, 4.0
"""The ends of the scale of enjoyment."""
_ENJOYMENT = "enjoyment_1_to_4"


def read_controllable(root: Path) -> dict[str, float]:
    """Return the mean enjoyment (1 to 4) of each arm, named "<factor> <level>", e.g. "asking 10+".

    Chats were assigned to arms by chance. Raises InputError naming the file, column and row.
    """
    path = corpus_file("Controllable-Dialogue", root, "arms.csv")
    table = read_csv(path, ("factor", "level", _ENJOYMENT))
    means = numbers(str(path), table, _ENJOYMENT)
    bad = table[_ENJOYMENT][~means.between(LOW, HIGH)]
    if len(bad):
        raise InputError(f"{path}: column {_ENJOYMENT}: row {bad.index[0] + 1}: must be a number in [{LOW:g}, {HIGH:g}], not {bad.iloc[0]!r}")
    return dict(zip((table["factor"] + " " + table["level"]).str.strip(), means, strict=True))
