"""Names for the columns of an array."""

from collections.abc import Iterator


class Columns(type):
    """Metaclass of a class that names columns by plain integers: ``len`` counts them, iteration gives the names.

    Not an enum, because looking up an enum's member costs a microsecond in Python 3.11 and a
    turn does it 150 times.
    """

    def __iter__(cls) -> Iterator[str]:
        return (name for name in vars(cls) if name.isupper())

    def __len__(cls) -> int:
        return sum(1 for _ in cls)
