"""How an outside observer sees a person: noisily, in five steps."""

import numpy as np
import numpy.typing as npt

from dialogue_env.world import World

Floats = npt.NDArray[np.float32]

ONE = np.float32(1.0)
LOGISTIC_SCALE = np.float32(np.sqrt(3.0) / np.pi)


def rating(world: World, condition: Floats, draw: Floats) -> Floats:
    """Return the rating [B] in {0, 1/4, ..., 1} of a hidden condition [B] in [0, 1], from uniform draws [B]."""
    rated = ONE + np.float32(4.0) * condition + np.float32(world.person.constants["rating"]["noise"]) * logistic_noise(draw)
    return (np.minimum(np.maximum(np.rint(rated), ONE), np.float32(5.0)) - ONE) * np.float32(0.25)


def logistic_noise(draw: Floats) -> Floats:
    """Return logistic noise of mean 0 and variance 1 from uniform draws."""
    inside = np.minimum(np.maximum(draw, np.float32(1e-6)), np.float32(1 - 1e-6))
    return np.log(inside / (ONE - inside)) * LOGISTIC_SCALE
