"""Setting a number that a corpus cannot tell, so that replays do something as often as people did."""

from collections.abc import Callable

HALVINGS = 14


def dial(share: Callable[[float], float], wanted: float, low: float, high: float) -> float:
    """Return the number between ``low`` and ``high`` at which ``share``, which grows with it, is ``wanted``.

    Halves the range ``HALVINGS`` times; where ``share`` is of replays, they should have the same luck every time.
    """
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        low, high = (low, middle) if share(middle) > wanted else (middle, high)
    return (low + high) / 2.0
