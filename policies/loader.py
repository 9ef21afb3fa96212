"""Policies by name: ``rules:push``, a run folder, a model file, or a class of your own."""

import importlib
import re
import sys
from pathlib import Path

from dialogue_env.agent.observation import layout_of
from dialogue_env.world import World
from policies.informed import InformedRule
from policies.learned import AT, load_model
from policies.protocol import Planner, Policy
from policies.rules import RULES, RulePolicy
from policies.script import SCRIPTS, ScriptPolicy, script_for
from rewards import InputError, RewardWeights
from rewards.errors import unknown

MODEL_FILES = ("best_model.zip", "last_model.zip")
_CLASS = re.compile(r"([A-Za-z_][\w.]*):([A-Za-z_]\w*)")


def rule_names() -> tuple[str, ...]:
    """Return the names of all policies that need no training, the mind-reading one last."""
    return (*(f"rules:{name}" for name in (*RULES, *SCRIPTS)), "rules:informed")


def load_policy(name: str, world: World, weights: RewardWeights | None = None) -> Policy | Planner:
    """Return a policy for ``world`` by name; raises InputError.

    ``rules:NAME``, ``script:FILE`` (``policies.script``), a run folder (its best model, else its last), a model's ``.zip``, or
    ``module:Class``: the ``Class(world)`` of a module that can be imported from here. A model with the shared scorer plays any domain; a
    flat MLP and a ceiling only their own.

    A model that was trained under a range of reward weights acts under ``weights``, or under those that
    its name ends with: ``runs/NAME@satisfaction=0.3``. One trained under fixed weights keeps to these.
    """
    if name.startswith("rules:"):
        return _rule(name, world)
    kind, _, path = name.partition(":")
    if kind in SCRIPTS:
        return script_for(world, SCRIPTS[kind], Path(path))
    if (own := _CLASS.fullmatch(name)) is not None:
        return _of_class(name, own[1], own[2], world)
    path, at, text = name.partition(AT)
    return load_model(_model_path(path), world, text if at else weights)


def _rule(name: str, world: World) -> RulePolicy | ScriptPolicy | InformedRule:
    rule = name.removeprefix("rules:")
    if rule in SCRIPTS:
        return script_for(world, SCRIPTS[rule])
    if rule == "informed":
        return InformedRule(world)
    if rule not in RULES:
        raise unknown("policy", name, rule_names())
    return RulePolicy(rule, RULES[rule], layout_of(world.tables), world.acts)


def _of_class(name: str, module: str, attribute: str, world: World) -> Policy:
    """Return the policy that ``attribute`` of ``module`` makes; the module may lie in the working directory."""
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.append(str(Path.cwd()))
    try:
        maker = getattr(importlib.import_module(module), attribute)
    except Exception as error:  # noqa: BLE001 -- whatever a module of the user's own raises
        raise InputError(f"policy {name}: cannot be imported: {(str(error).splitlines() or [type(error).__name__])[0]}") from None
    policy = maker(world) if callable(maker) else maker
    if not isinstance(policy, Policy):
        raise InputError(f"policy {name}: {attribute}(world) has no predict(observation, state, episode_start, deterministic, action_masks)")
    return policy


def _model_path(name: str) -> Path:
    path = Path(name)
    if path.is_dir():
        found = [path / file for file in MODEL_FILES if (path / file).exists()]
        if not found:
            raise InputError(f"{path}: no model in this folder; looked for {', '.join(MODEL_FILES)}")
        return found[0]
    if not path.exists():
        raise InputError(f"unknown policy {name!r}; valid: {', '.join(rule_names())}, a run folder, a model's .zip, or module:Class")
    return path
