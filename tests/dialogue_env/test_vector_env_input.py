from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from gymnasium.error import ResetNeeded

from dialogue_env import DialogueVectorEnv, domain_names, population_names
from rewards import TERM_NAMES, InputError

Make = Callable[..., DialogueVectorEnv]


@pytest.fixture
def support() -> Make:
    return lambda count=6, **rest: DialogueVectorEnv(count, domain="support", **rest)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"domain": "garden"}, f"unknown domain 'garden'; valid: {', '.join(domain_names())}, or the path of a .toml file"),
        ({"population": "elves"}, f"unknown population 'elves'; valid: {', '.join(population_names())}, or the path of a .toml file"),
        ({"reward_weights": "best"}, "unknown weights preset 'best'; valid: balanced, goal_only, satisfaction_only, or term=number,term=number"),
        ({"reward_weights": {"joy": 1}}, f"unknown reward term 'joy'; valid: {', '.join(TERM_NAMES)}"),
        ({"noise": -0.1}, "noise must lie in [0, 0.5], not -0.1"),
        ({"noise": 0.6}, "noise must lie in [0, 0.5], not 0.6"),
        ({"noise": float("nan")}, "noise must lie in [0, 0.5], not nan"),
        ({"num_envs": 0}, "num_envs must be at least 1, not 0"),
        ({"num_envs": -1}, "num_envs must be at least 1, not -1"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        DialogueVectorEnv(**{"domain": "support"} | arguments)
    assert str(caught.value) == message


def test_hide_of_an_unknown_slice() -> None:
    with pytest.raises(InputError, match=r"^unknown observation slice or feature 'mind'; valid: time, floor, [^\n]+, own$"):
        DialogueVectorEnv(domain="support", hide=["mind"])


def test_unknown_autoreset_mode() -> None:
    with pytest.raises(InputError) as caught:
        DialogueVectorEnv(domain="support", autoreset_mode="Never")
    assert str(caught.value) == "unknown autoreset_mode 'Never'; valid: NextStep, SameStep, Disabled"


@pytest.mark.parametrize(
    ("actions", "message"),
    [
        ([0, 1, 99], "action 99 is out of range; valid: 0 to {last}"),
        ([0, -1, 1], "action -1 is out of range; valid: 0 to {last}"),
        ([0.0, 1.0, 2.0], "actions must be 3 whole numbers, not float64 of shape (3,)"),
        ([True, False, True], "actions must be 3 whole numbers, not bool of shape (3,)"),
        ([0, 1], "actions must be 3 whole numbers, not int64 of shape (2,)"),
        ([[0, 1, 2]], "actions must be 3 whole numbers, not int64 of shape (1, 3)"),
        (0, "actions must be 3 whole numbers, not int64 of shape ()"),
    ],
)
def test_bad_actions(support: Make, actions: Any, message: str) -> None:
    envs = support(3)
    envs.reset(seed=5)
    before = envs.state.copy()
    with pytest.raises(InputError) as caught:
        envs.step(np.array(actions))
    assert str(caught.value) == message.format(last=envs.single_action_space.n - 1)
    for (name, array), (_, expected) in zip(envs.state.arrays(), before.arrays(), strict=True):
        np.testing.assert_array_equal(array, expected, err_msg=name)


@pytest.mark.parametrize(
    ("seed", "message"),
    [
        (-1, "seed must be a whole number from 0 to 2**64 - 1, not -1"),
        (2**64, "seed must be a whole number from 0 to 2**64 - 1, not 18446744073709551616"),
        (2**64 - 2, "seed must be a whole number from 0 to 2**64 - 1, not 18446744073709551616"),  # the third row's
        ([1, -2, 3], "seed must be a whole number from 0 to 2**64 - 1, not -2"),
        ([1, 2.0, 3], "seed must be a whole number from 0 to 2**64 - 1, not 2.0"),
        ([1, True, 3], "seed must be a whole number from 0 to 2**64 - 1, not True"),
        (True, "seed must be a whole number or a list of 3 of them, not True"),
        (1.5, "seed must be a whole number or a list of 3 of them, not 1.5"),
        ("7", "seed must be a whole number or a list of 3 of them, not '7'"),
        ([1, 2], "seed must be a number or a list of 3, not 2 numbers"),
    ],
)
def test_bad_seeds(support: Make, seed: Any, message: str) -> None:
    envs = support(3)
    observation, _ = envs.reset(seed=5)
    with pytest.raises(InputError) as caught:
        envs.reset(seed=seed)
    assert str(caught.value) == message
    np.testing.assert_array_equal(envs.reset(seed=5)[0], observation)


@pytest.mark.parametrize("seed", [np.int32(7), np.uint64(7), np.array([7, 8, 9]), np.array([7, 8, 9], np.uint64), (7, 8, 9)])
def test_seeds_of_any_whole_kind(support: Make, seed: Any) -> None:
    envs = support(3)
    np.testing.assert_array_equal(envs.reset(seed=seed)[0], envs.reset(seed=7)[0])


def test_step_and_masks_need_a_reset(support: Make) -> None:
    with pytest.raises(ResetNeeded, match=r"^call reset first$"):
        support().step(np.zeros(6, np.int64))
    with pytest.raises(ResetNeeded, match=r"^call reset first$"):
        support().action_masks()
