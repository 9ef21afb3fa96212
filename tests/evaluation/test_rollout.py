from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from dialogue_env import Stream, World
from dialogue_env.acts import Family
from evaluation.grid import Cell
from evaluation.rollout import play
from policies.loader import load_policy
from rewards import TERM_NAMES, RewardWeights

BALANCED = RewardWeights.parse("balanced")


class Always:
    """Plays one act, remembers in every dialogue who it is with and how often it was asked, and keeps what it was told."""

    def __init__(self, world: World, family: Family) -> None:
        self._act, self.told = world.acts.span[family].start, []

    def predict(self, observation: Any, state: Any = None, episode_start: Any = None, deterministic: bool = False, action_masks: Any = None) -> tuple[Any, Any]:
        count = len(observation)
        who, times = (np.arange(count)[None, :, None], np.zeros((1, count, 1), int)) if state is None else state
        self.told.append((who[0, :, 0], times[0, :, 0], episode_start))
        return np.full(count, self._act), (who, times + 1)


def test_a_person_is_the_same_in_any_company(world_of: Callable):
    world = world_of("concierge")
    policy = load_policy("rules:ask_then_propose", world, BALANCED)
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


def test_initiative_is_the_share_of_exchanges_that_do_or_ask_what_nobody_asked_for(cells: tuple[Cell, ...]):
    leading = (Family.CLARIFY, Family.EXPLORE, Family.INFORM, Family.PROPOSE, Family.SHIFT)
    for cell in cells:
        dialogues, families = cell.dialogues, np.array(cell.families)
        for row in range(10):
            acts = dialogues.acts[row, : dialogues.turns[row]]
            assert dialogues.initiative[row] == pytest.approx(np.isin(families[acts], leading).mean())


@pytest.mark.parametrize(("family", "share"), [(Family.INFORM, 1.0), (Family.PROPOSE, 1.0), (Family.CHECK, 0.0), (Family.ACKNOWLEDGE, 0.0)])
def test_informing_and_proposing_are_initiative_and_checking_is_not(world_of: Callable, family: Family, share: float):
    world = world_of("concierge")
    assert set(play(world, Always(world, family), np.arange(20), 0, BALANCED).initiative) == {np.float32(share)}


def test_a_policy_remembers_the_dialogues_that_go_on(world_of: Callable):
    world = world_of("donation", "adversarial")
    policy = Always(world, Family.PROPOSE)
    turns = play(world, policy, np.arange(30), 2, BALANCED).turns
    assert len(set(turns.tolist())) > 3
    assert len(policy.told) == turns.max()
    for number, (who, times, start) in enumerate(policy.told):
        assert who.tolist() == np.flatnonzero(turns > number).tolist()
        assert set(times.tolist()) == {number}
        assert start.tolist() == [number == 0] * len(who)


def test_streams_share_no_person(world_of: Callable):
    world = world_of("concierge")
    policy = load_policy("rules:ipro", world, BALANCED)
    default, evaluation, tuning = (play(world, policy, np.arange(40), 5, BALANCED, *streams) for streams in ((), (Stream.EVALUATION,), (Stream.TUNING,)))
    assert np.array_equal(default.terms, evaluation.terms)
    assert not (default.terms == tuning.terms).all(axis=1).any()
