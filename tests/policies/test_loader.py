"""Policies by name: rules, classes of one's own, and what is said about names that are none."""

import sys
from pathlib import Path

import numpy as np
import pytest

from evaluation.rollout import play
from policies.informed import InformedRule
from policies.loader import load_policy, rule_names
from policies.rules import RulePolicy
from policies.script import ScriptPolicy
from rewards import InputError, RewardWeights

WEIGHTS = RewardWeights.parse("balanced")
MODULE = """
import numpy as np

class Patient:
    def __init__(self, world):
        self.hold = world.acts.names.index("hold")

    def predict(self, observation, state=None, episode_start=None, deterministic=False, action_masks=None):
        return np.full(len(observation), self.hold), None
"""


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("rules:pushy", r"^unknown policy 'rules:pushy'; valid: rules:random, .*rules:informed$"),
        ("runs/nowhere", r"^unknown policy 'runs/nowhere'; valid: rules:random, .*, a run folder, a model's \.zip, or module:Class$"),
        ("EMPTY", r"no model in this folder; looked for best_model\.zip, last_model\.zip$"),
        ("BROKEN", r"broken\.zip: not a readable model: "),
    ],
)
def test_a_bad_name_or_file_is_one_line(name: str, message: str, tmp_path: Path, world_of) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 half a file")
    places = {"EMPTY": str(tmp_path / "empty"), "BROKEN": str(tmp_path / "broken.zip")}
    with pytest.raises(InputError, match=message) as caught:
        load_policy(places.get(name, name), world_of("donation"))
    assert "\n" not in str(caught.value)


def test_every_rule_name_loads(world_of) -> None:
    policies = [load_policy(name, world_of("donation")) for name in rule_names()]
    assert isinstance(policies[-1], InformedRule)
    assert all(isinstance(policy, (RulePolicy, ScriptPolicy)) for policy in policies[:-1])


def test_a_class_in_the_working_directory_is_a_policy(tmp_path: Path, world_of, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "patience.py").write_text(MODULE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [path for path in sys.path if path])
    world = world_of("donation")
    dialogues = play(world, load_policy("patience:Patient", world), np.arange(5), 0, WEIGHTS)
    assert (dialogues.acts[dialogues.acts >= 0] == world.acts.names.index("hold")).all()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no_such_module:Policy", "policy no_such_module:Policy: cannot be imported: No module named 'no_such_module'"),
        ("whims:Patient", "policy whims:Patient: cannot be imported: module 'whims' has no attribute 'Patient'"),
        ("broken_whims:Patient", "policy broken_whims:Patient: cannot be imported: name 'nothing' is not defined"),
        ("whims:Silent", "policy whims:Silent: Silent(world) has no predict(observation, state, episode_start, deterministic, action_masks)"),
        ("whims:NUMBER", "policy whims:NUMBER: NUMBER(world) has no predict(observation, state, episode_start, deterministic, action_masks)"),
    ],
)
def test_what_is_no_policy_is_one_line(name: str, message: str, tmp_path: Path, world_of, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "whims.py").write_text("NUMBER = 3\n\nclass Silent:\n    def __init__(self, world):\n        pass\n")
    (tmp_path / "broken_whims.py").write_text("nothing\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(InputError) as caught:
        load_policy(name, world_of("donation"))
    assert str(caught.value) == message
