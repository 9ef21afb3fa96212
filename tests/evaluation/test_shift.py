"""Would new weights have changed the behaviour: counted by hand, and exact where nothing changes."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import evaluate
from dialogue_env import World
from dialogue_env.acts import Family
from evaluation import shift as module
from evaluation.grid import Cell, Setting, build_worlds, play_grid
from evaluation.rollout import play
from evaluation.shift import measure_shift, shifts_of
from rewards import InputError, RewardWeights

OLD, NEW = RewardWeights.parse("goal=1"), RewardWeights.parse("goal=2")
SETTING = Setting("donation", "people", 0.05)


class Turncoat:
    """Explores; under the new weights it acknowledges instead, from a turn of the dialogue on, with the even people (by position)."""

    def __init__(self, world: World, weights: RewardWeights | None, since: int) -> None:
        self.weights, self._since, self._acts = weights, since, world.acts

    def predict(self, observation: Any, state: Any = None, episode_start: Any = None, deterministic: bool = False, action_masks: Any = None) -> tuple[Any, Any]:
        position = np.arange(len(observation))[None, :, None] if state is None else state[0]
        turn = np.zeros((1, len(observation), 1), int) if state is None else state[1]
        acts = np.full(len(observation), self._acts.span[Family.EXPLORE].start)
        other = (position[0, :, 0] % 2 == 0) & (turn[0, :, 0] >= self._since) & (self.weights == NEW)
        acts[other] = self._acts.span[Family.ACKNOWLEDGE].start
        return acts, (position, turn + 1)


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that says what is loaded under any name, given (world, weights)."""
    return lambda make: monkeypatch.setattr(module, "load_policy", lambda _name, world, weights: make(world, weights))


def cell_of(count: int = 10) -> tuple[Cell, World]:
    worlds = build_worlds([SETTING])
    policy = Turncoat(worlds[SETTING], OLD, 0)
    (cell,) = play_grid([(SETTING, "runs/x", policy)], worlds, count, 3, OLD, lambda _: None)
    return cell, worlds[SETTING]


@pytest.mark.parametrize("since", [0, 3])
def test_changed_dialogues_and_turns_by_hand(loaded: Any, since: int) -> None:
    cell, world = cell_of()
    loaded(lambda world, weights: Turncoat(world, weights, since))
    shift = measure_shift(cell, world, "runs/x", NEW)
    reach = (cell.dialogues.turns > since) & (np.arange(10) % 2 == 0)
    assert cell.weights == OLD
    assert shift.dialogues.value == reach.mean()
    turns = np.where(reach, since + 1, cell.dialogues.turns)
    assert shift.turns.value == pytest.approx(reach.sum() / turns.sum())
    assert shift.matters
    again = play(world, Turncoat(world, NEW, since), cell.dialogues.number, 3, NEW)
    assert shift.gain.value == pytest.approx((again.returns(NEW) - cell.dialogues.returns(NEW)).mean())


def test_nothing_changes_under_weights_that_change_nothing(loaded: Any) -> None:
    cell, world = cell_of()
    loaded(lambda world, weights: Turncoat(world, weights, 99))
    shift = measure_shift(cell, world, "runs/x", NEW)
    assert (shift.dialogues.value, shift.dialogues.high, shift.turns.value, shift.gain.value) == (0.0, 0.0, 0.0, 0.0)
    assert not shift.matters


def test_rules_and_unchanged_weights_are_no_concern() -> None:
    cell, _ = cell_of()
    assert shifts_of([cell], OLD, "") == ([], [])
    assert shifts_of([replace(cell, policy="rules:push")], NEW, "") == ([], [])


def test_a_policy_of_fixed_weights_is_noted_and_a_judge_can_be_asked(loaded: Any) -> None:
    cell, _ = cell_of()
    loaded(lambda world, _weights: Turncoat(world, OLD, 0))
    shifts, notes = shifts_of([cell], NEW, "")
    assert not shifts
    assert notes == [
        "runs/x: whether the new weights would have changed its behaviour cannot be measured: "
        "it was trained under goal=1 alone; give a weight-conditioned run as --judge"
    ]
    loaded(lambda world, weights: Turncoat(world, weights, 0))
    asked = shifts_of([cell], NEW, "runs/judge")[0]
    assert (asked[0].judge, asked[0].dialogues.value) == ("runs/judge", 0.5)


def test_judge_goes_with_rescore_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate.main(["rules:push", "--judge", "runs/x"]) == 2
    assert capsys.readouterr().err == "error: --judge has no meaning without --rescore; leave it out\n"


def test_a_changed_world_is_refused(loaded: Any) -> None:
    cell, world = cell_of()
    dialogues = replace(cell.dialogues, turns=np.maximum(cell.dialogues.turns - 1, 1))
    loaded(lambda world, weights: Turncoat(world, weights, 0))
    with pytest.raises(InputError, match=r"^donation: the domain or the simulator has changed"):
        measure_shift(replace(cell, dialogues=dialogues), world, "runs/x", NEW)
