"""Policies in variants of the people."""

from pathlib import Path

import numpy as np
import pytest
from hand_made import world_of

import evaluate
from dialogue_env.person.variants import variant_names
from evaluation.grid import Cell, Setting
from evaluation.rollout import play
from evaluation.variants import WORLDS, stands, varied_settings
from policies.loader import load_policy
from rewards import RewardWeights

BALANCED = RewardWeights.parse("balanced")


def cell(policy: str, name: str, population: str = "mixed~lead_off", informed: bool = False) -> Cell:
    """Return dialogues of a rule under another name."""
    world, setting = world_of("donation", population), Setting("donation", population, 0.05)
    played = play(world, load_policy(policy, world), np.arange(150), 3, BALANCED)
    return Cell(setting, name, 3, BALANCED, world.population.types, world.acts.names, tuple(world.acts.family.tolist()), played, informed=informed)


def test_settings_are_the_people_their_variants_and_plausible_worlds() -> None:
    settings = varied_settings(("donation", "support"), "mixed", 0.1)
    assert len(settings) == 2 * (1 + len(variant_names()) + WORLDS)
    assert settings[0] == Setting("donation", "mixed", 0.1)
    assert settings[1] == Setting("donation", f"mixed~{variant_names()[0]}", 0.1)
    assert settings[-1] == Setting("support", f"mixed~world-{WORLDS}", 0.1)


def test_a_policy_stands_against_the_best_rule_that_does_not_see_the_person() -> None:
    cells = [
        cell("rules:ask_then_propose", "runs/mine"),
        cell("rules:push", "rules:push"),
        cell("rules:random", "rules:random"),
        cell("rules:informed", "rules:informed", informed=True),
    ]
    (found,) = stands(cells, BALANCED)
    mine, push = (one.dialogues.returns(BALANCED) for one in cells[:2])
    assert (found.policy, found.rule) == ("runs/mine", "rules:push")
    assert found.mean == pytest.approx(mine.mean())
    assert found.above.value == pytest.approx((mine - push).mean())
    assert found.verdict == ("above" if found.above.low > 0 else "level" if found.above.high >= 0 else "below")
    (worse,) = stands([cell("rules:random", "runs/mine"), cells[1]], BALANCED)
    assert worse.verdict == "below"
    assert stands(cells[:1], BALANCED) == ()


def test_variants_by_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["script:policies/scripts.toml", "--variants", "--domains", "donation", "--dialogues", "4", "--out", str(tmp_path)]
    assert evaluate.main(given) == 0
    told = capsys.readouterr().out
    assert "variants: above the best rule in" in told
    assert "mixed~pushing_off" in told
    assert f"mixed~world-{WORLDS}" in told
    assert not (tmp_path / "plots").exists()
    assert evaluate.main([*given, "--suite", "standard"]) == 2
    assert "--suite has no meaning with --variants" in capsys.readouterr().err
