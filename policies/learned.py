"""Trained models: read from a file, checked against the world that they are to play in, behind one ``predict``."""

import pickle
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dialogue_env.agent.observation import Layout, blanked, weights_seen
from dialogue_env.hidden import INFORMED, layout_for
from dialogue_env.types import F32, Bools
from dialogue_env.world import World
from policies.origin import ORIGIN, Origin, origin_of
from rewards import InputError, RewardWeights, WeightsRange
from rewards.errors import unknown

AT = "@"
"""What stands between a policy's name and the reward weights that it is to act under."""
BROKEN = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    AssertionError,
    ImportError,
    EOFError,
    RuntimeError,
    pickle.UnpicklingError,
    zipfile.BadZipFile,
)
"""What SB3, torch and pickle raise for files that are damaged or of something else."""


class LearnedPolicy:
    """A trained SB3 model behind one ``predict``: masks are passed on where the algorithm knows them.

    ``weights`` are the reward weights that it acts under, whatever the observation shows; None if it
    goes by the observation. ``informed`` says whether it sees the hidden person: then it is a ceiling, and
    plays with simulated people alone.
    """

    def __init__(self, model: Any, masks: bool, layout: Layout, weights: RewardWeights | None = None, origin: Origin | None = None) -> None:
        """Play ``model`` under ``weights``; ``masks`` says whether its ``predict`` takes ``action_masks``."""
        self.model, self.weights, self.origin = model, weights, origin
        self.informed = layout.parts == INFORMED
        self._masks, self._layout = masks, layout
        self._hidden = layout.places(origin.hide) if origin else ()

    def predict(
        self, observation: F32, state: Any = None, episode_start: Any = None, deterministic: bool = True, action_masks: Bools | None = None
    ) -> tuple[Any, Any]:
        """Return acts [B] and the recurrent state for observations [B, D]; raises InputError if they lack the hidden person whom a ceiling needs."""
        if self.informed and observation.shape[-1] != self._layout.size:
            raise InputError("a ceiling sees the hidden person, whom an observation does not show and no real conversation has; play an ordinary policy")
        if self.weights is not None or self._hidden:
            observation = blanked(observation.copy(), self._hidden)
        if self.weights is not None:
            observation[..., self._layout.slices["weights"]] = weights_seen(self.weights.as_array())
        if self._masks:
            return self.model.predict(observation, state, episode_start, deterministic, action_masks=action_masks)
        return self.model.predict(observation, state, episode_start, deterministic)


def load_model(path: Path, world: World, weights: RewardWeights | str | None = None) -> LearnedPolicy:
    """Return the model in ``path`` for ``world``, acting under ``weights`` (a text names the ranged terms alone).

    Raises InputError for a broken file, a flat network or a ceiling of another domain, or weights outside the range of its training.
    """
    from policies.algorithms import ALGORITHMS, spaces_of  # noqa: PLC0415 -- torch takes a second to import

    data = _read(path)
    origin, settings = origin_of(path, data.get(ORIGIN)), data.get("policy_kwargs", {})
    moves = "act_map" in settings
    if origin.algorithm not in ALGORITHMS:
        raise unknown(f"algorithm of {path}", origin.algorithm, ALGORITHMS)
    origin.check(path, world, moves)
    algorithm = ALGORITHMS[origin.algorithm]
    with readable(path):
        model = algorithm.model.load(path, device="cpu", custom_objects=spaces_of(world, origin.informed).custom_objects(settings) if moves else {})
    return LearnedPolicy(model, algorithm.masks, layout_for(world.tables, origin.informed), _acting_weights(path, origin.weights, weights), origin)


def mapping(policy: object, world: World) -> str:
    """Return in one line what a policy that was trained in another domain makes of ``world``; empty if there is nothing to tell."""
    return policy.origin.mapping(world) if isinstance(policy, LearnedPolicy) and policy.origin else ""


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn what goes wrong in reading a model into one line that names ``path``."""
    try:
        yield
    except InputError:
        raise
    except BROKEN as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        raise InputError(f"{path}: not a readable model: {' '.join(lines[:2]) or type(error).__name__}") from None


def _read(path: Path) -> dict[str, Any]:
    """Return the attributes of the model in a file."""
    from stable_baselines3.common.save_util import load_from_zip_file  # noqa: PLC0415 -- torch takes a second to import

    with readable(path):
        data, _, _ = load_from_zip_file(path, device="cpu")
    if not data or "policy_class" not in data:
        raise InputError(f"{path}: not a model saved by Stable-Baselines3")
    return data


def _acting_weights(path: Path, known: WeightsRange, wanted: RewardWeights | str | None) -> RewardWeights | None:
    """Return the weights that a model of range ``known`` acts under; raises InputError naming ``path``."""
    if not known.spans:
        if isinstance(wanted, str):
            raise InputError(f"{path}: trained under fixed weights, so {AT}{wanted} has no meaning; train with --weights-range")
        return known.base
    if wanted is None:
        return None
    try:
        if isinstance(wanted, str):
            return known.fill(wanted)
        known.locate(wanted)
    except InputError as error:
        example = ",".join(f"{name}={(low + high) / 2:g}" for name, low, high in known.spans)
        raise InputError(f"{path}: {error} (choose weights by name, as in NAME{AT}{example})") from None
    return wanted
