"""Policies by name: ``rules:push``, a run folder, or a model file."""

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium.spaces import Box, Discrete

from dialogue_env.observation import Layout, layout_of, weights_seen
from dialogue_env.world import World
from policies.oracle import Oracle
from policies.rules import RULES, RulePolicy
from rewards import InputError, RewardWeights, WeightsRange
from rewards.errors import unknown

MODEL_FILES = ("best_model.zip", "last_model.zip")
AT = "@"
"""What stands between a policy's name and the reward weights that it is to act under."""
RANGE = "weights_range"
"""The attribute of an SB3 model that says under which reward weights it was trained; it is saved with the model."""


class LearnedPolicy:
    """A trained SB3 model behind one ``predict``: masks are passed on where the algorithm knows them.

    ``weights`` are the reward weights that it acts under, whatever the observation shows; None if it
    goes by the observation.
    """

    def __init__(self, model: Any, masks: bool, layout: Layout, weights: RewardWeights | None = None) -> None:
        """Play ``model`` under ``weights``; ``masks`` says whether its ``predict`` takes ``action_masks``."""
        self.model, self.weights = model, weights
        self._masks, self._place = masks, layout.slices()["weights"]

    def predict(
        self,
        observation: npt.NDArray[np.float32],
        state: Any = None,
        episode_start: Any = None,
        deterministic: bool = True,
        action_masks: npt.NDArray[np.bool_] | None = None,
    ) -> tuple[Any, Any]:
        """Return acts [B] and the recurrent state for observations [B, D]."""
        if self.weights is not None:
            observation = observation.copy()
            observation[..., self._place] = weights_seen(self.weights.as_array())
        if self._masks:
            return self.model.predict(observation, state, episode_start, deterministic, action_masks=action_masks)
        return self.model.predict(observation, state, episode_start, deterministic)


def rule_names() -> tuple[str, ...]:
    """Return the names of all policies that need no training, the oracle last."""
    return (*(f"rules:{name}" for name in RULES), "rules:oracle")


def load_policy(name: str, world: World, weights: RewardWeights | None = None) -> RulePolicy | Oracle | LearnedPolicy:
    """Return a policy for ``world`` by name; raises InputError.

    ``rules:NAME``, a run folder (its best model, else its last), or a model's ``.zip``. A model with the
    shared scorer plays any domain; a flat MLP only one with the same spaces as its own.

    A model that was trained under a range of reward weights acts under ``weights``, or under those that
    its name ends with: ``runs/NAME@satisfaction=0.3``. One trained under fixed weights keeps to these.
    """
    if name.startswith("rules:"):
        if name == "rules:oracle":
            return Oracle(world)
        rule = name.removeprefix("rules:")
        if rule not in RULES:
            raise unknown("policy", name, rule_names())
        return RulePolicy(rule, RULES[rule], layout_of(world), world.acts)
    path, at, own = name.partition(AT)
    return load_model(_model_path(path), world, own if at else weights)


def _model_path(name: str) -> Path:
    path = Path(name)
    if path.is_dir():
        found = [path / file for file in MODEL_FILES if (path / file).exists()]
        if not found:
            raise InputError(f"{path}: no model in this folder; looked for {', '.join(MODEL_FILES)}")
        return found[0]
    if not path.exists():
        raise InputError(f"unknown policy {name!r}; valid: {', '.join(rule_names())}, a run folder or a model's .zip")
    return path


def load_model(path: Path, world: World, weights: RewardWeights | str | None = None) -> LearnedPolicy:
    """Return the model in ``path`` for ``world``, acting under ``weights`` (a text names the ranged terms alone).

    Raises InputError for a broken file, other spaces, or weights outside the range of its training.
    """
    from stable_baselines3.common.save_util import load_from_zip_file  # noqa: PLC0415 -- torch takes a second to import

    from policies.algorithms import ALGORITHMS, spaces_of  # noqa: PLC0415

    try:
        data, _, _ = load_from_zip_file(path, device="cpu")
    except (OSError, ValueError, KeyError, EOFError, RuntimeError, json.JSONDecodeError, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: not a readable model: {str(error).splitlines()[0] if str(error) else type(error).__name__}") from None
    if not data or "policy_class" not in data:
        raise InputError(f"{path}: not a model saved by Stable-Baselines3")
    fitting = [a for a in ALGORITHMS.values() if data["policy_class"] in (a.scorer, a.mlp)]
    if not fitting:
        raise InputError(f"{path}: made with {data['policy_class'].__name__}, valid: the policies of {', '.join(ALGORITHMS)}")
    spaces, changes = spaces_of(world), dict[str, Any]()
    if "act_map" in data.get("policy_kwargs", {}):
        changes = spaces.custom_objects(data["policy_kwargs"])
    elif not _same(data, spaces.observation, spaces.action):
        theirs = f"observation {data['observation_space'].shape}, {data['action_space'].n} acts"
        ours = f"observation {spaces.observation.shape}, {spaces.action.n} acts"
        raise InputError(f"{path}: trained on another domain's spaces ({theirs}) than {world.domain.name!r} has ({ours}); only the scorer network moves")
    model = fitting[0].model.load(path, device="cpu", custom_objects=changes)
    return LearnedPolicy(model, fitting[0].masks, layout_of(world), _acting_weights(path, trained_range(model), weights))


def trained_range(model: Any) -> WeightsRange | None:
    """Return the reward weights that an SB3 model was trained under; None if it was not trained by ``train.py``."""
    stored = getattr(model, RANGE, None)
    return None if stored is None else WeightsRange.from_dict(stored)


def _acting_weights(path: Path, known: WeightsRange | None, wanted: RewardWeights | str | None) -> RewardWeights | None:
    """Return the weights that a model of range ``known`` acts under; raises InputError naming ``path``."""
    if known is None or not known.spans:
        if isinstance(wanted, str):
            raise InputError(f"{path}: trained under fixed weights, so {AT}{wanted} has no meaning; train with --weights-range")
        return None if known is None else known.base
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


def _same(data: dict[str, Any], observation: Box, action: Discrete) -> bool:
    return bool(data["observation_space"].shape == observation.shape and data["action_space"].n == action.n)
