from collections.abc import Callable
from dataclasses import fields

import numpy as np
import pytest

from dialogue_env.acts import Family
from evaluation.grid import Cell
from evaluation.rollout import play
from rewards import TERM_NAMES, RewardWeights

BALANCED = RewardWeights.parse("balanced")


def test_a_person_is_the_same_in_any_company(world_of: Callable, load: Callable):
    world = world_of("concierge")
    policy = load("rules:ask_then_propose", world, BALANCED)
    many, few = (play(world, policy, np.array(numbers), 5, BALANCED) for numbers in (range(40), (31, 7)))
    alike = many.take(np.array([31, 7]))
    for field in fields(many):
        assert np.array_equal(getattr(alike, field.name), getattr(few, field.name)), field.name


def test_what_is_kept_agrees_with_itself(cells: tuple[Cell, ...]):
    for cell in cells:
        dialogues = cell.dialogues
        terms = dict(zip(TERM_NAMES, dialogues.terms.T, strict=True))
        assert np.array_equal(terms["turn_cost"], -dialogues.turns)
        assert np.array_equal(terms["goal"] > 0, dialogues.success)
        assert np.array_equal(terms["leaving"] < 0, dialogues.left)
        assert terms["final_satisfaction"] == pytest.approx(dialogues.satisfaction)
        assert np.array_equal((dialogues.acts >= 0).sum(axis=1), dialogues.turns)


def test_initiative_is_the_share_of_leading_turns(cells: tuple[Cell, ...]):
    leading = (Family.SHIFT, Family.CLARIFY, Family.EXPLORE, Family.CHECK)
    dialogues, families = cells[0].dialogues, np.array(cells[0].families)
    for row in range(10):
        acts = dialogues.acts[row, : dialogues.turns[row]]
        assert dialogues.initiative[row] == pytest.approx(np.isin(families[acts], leading).mean())
