"""Policies by name: ``rules:push``, a run folder, or a model file."""

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium.spaces import Box, Discrete

from dialogue_env.observation import layout_of
from dialogue_env.world import World
from policies.oracle import Oracle
from policies.rules import RULES, RulePolicy
from rewards import InputError
from rewards.errors import unknown

MODEL_FILES = ("best_model.zip", "last_model.zip")


class LearnedPolicy:
    """A trained SB3 model behind one ``predict``: masks are passed on where the algorithm knows them."""

    def __init__(self, model: Any, masks: bool) -> None:
        """Play ``model``; ``masks`` says whether its ``predict`` takes ``action_masks``."""
        self.model, self._masks = model, masks

    def predict(
        self,
        observation: npt.NDArray[np.float32],
        state: Any = None,
        episode_start: Any = None,
        deterministic: bool = True,
        action_masks: npt.NDArray[np.bool_] | None = None,
    ) -> tuple[Any, Any]:
        """Return acts [B] and the recurrent state for observations [B, D]."""
        if self._masks:
            return self.model.predict(observation, state, episode_start, deterministic, action_masks=action_masks)
        return self.model.predict(observation, state, episode_start, deterministic)


def rule_names() -> tuple[str, ...]:
    """Return the names of all policies that need no training, the oracle last."""
    return (*(f"rules:{name}" for name in RULES), "rules:oracle")


def load_policy(name: str, world: World) -> RulePolicy | Oracle | LearnedPolicy:
    """Return a policy for ``world`` by name; raises InputError.

    ``rules:NAME``, a run folder (its best model, else its last), or a model's ``.zip``. A model with the
    shared scorer plays any domain; a flat MLP only one with the same spaces as its own.
    """
    if name.startswith("rules:"):
        if name == "rules:oracle":
            return Oracle(world)
        rule = name.removeprefix("rules:")
        if rule not in RULES:
            raise unknown("policy", name, rule_names())
        return RulePolicy(rule, RULES[rule], layout_of(world), world.acts)
    return load_model(_model_path(name), world)


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


def load_model(path: Path, world: World) -> LearnedPolicy:
    """Return the model in ``path`` for ``world``; raises InputError for a broken file or other spaces."""
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
    return LearnedPolicy(fitting[0].model.load(path, device="cpu", custom_objects=changes), fitting[0].masks)


def _same(data: dict[str, Any], observation: Box, action: Discrete) -> bool:
    return bool(data["observation_space"].shape == observation.shape and data["action_space"].n == action.n)
