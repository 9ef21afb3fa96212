"""The trade-off as geometry: what is dominated, how good a front is, where its knee lies, what it costs.

Points are rows [P, 2] of two objectives, more of both is better. Nothing here knows what they are.
"""

import moocore
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def front_of(points: Floats) -> Ints:
    """Return the indices of the non-dominated points, by rising first objective; of equal points the first."""
    found = np.flatnonzero(moocore.is_nondominated(np.ascontiguousarray(points), maximise=True))
    return found[np.argsort(points[found, 0], kind="stable")]


def hypervolume(points: Floats, reference: tuple[float, float]) -> float:
    """Return the area that the points dominate above the reference point (Zitzler and Thiele 1998)."""
    return float(moocore.hypervolume(np.ascontiguousarray(points), ref=list(reference), maximise=True))


def sparsity(points: Floats) -> float:
    """Return the mean squared gap between neighbours on the front, summed over both objectives (Xu et al. 2020); NaN for one point.

    Less is better: choices lie closer together.
    """
    front = points[front_of(points)]
    return float((np.diff(front, axis=0) ** 2).sum() / (len(front) - 1)) if len(front) > 1 else float("nan")


def best_for(values: Floats, weights: Floats) -> Ints:
    """Return the best of P policies for each of J weightings, [J]; what they are worth on average is the expected utility (Zintgraf et al. 2015).

    ``values`` [P, M] are mean sums of the reward terms, ``weights`` [J, M] the weightings of interest.
    """
    return np.asarray((weights @ values.T).argmax(axis=1))


def knee_of(points: Floats) -> tuple[int, float]:
    """Return the point between the ends of the front that bulges most, and its bulge (Das 1999).

    The bulge is how far the point lies above the line between the ends, both objectives scaled to [0, 1]: at most 1; 0 on
    the line, where nothing is special about it; negative below. A front of one or two points has its last as the knee.
    """
    front = front_of(points)
    ends = points[front[[0, -1]]]
    span = np.ptp(ends, axis=0)
    inner = front[1:-1]
    if not len(inner):
        return int(front[-1]), 0.0
    bulge = ((points[inner] - ends.min(axis=0)) / span).sum(axis=1) - 1.0  # the ends lie at (0, 1) and (1, 0)
    return int(inner[bulge.argmax()]), float(bulge.max())


def cheapest(points: Floats, objective: int, least: float) -> int | None:
    """Return the point with at least ``least`` of one objective that has most of the other; None if no point has as much."""
    enough = np.flatnonzero(points[:, objective] >= least)
    return int(enough[points[enough, 1 - objective].argmax()]) if len(enough) else None
