"""The SB3 adapter keeps SB3's contract."""

import numpy as np
import pytest

from dialogue_env import DialogueEnv, DialogueVectorEnv
from policies.sb3_vec_env import DialogueSB3VecEnv
from rewards import InputError


def adapter(count: int = 4, **arguments) -> DialogueSB3VecEnv:
    return DialogueSB3VecEnv(DialogueVectorEnv(count, domain="donation", **arguments))


def test_rows_are_the_single_dialogues_and_ended_rows_carry_their_infos() -> None:
    venv, single = adapter(), DialogueEnv(domain="donation")
    venv.seed(7)
    observation = venv.reset()
    alone, _ = single.reset(seed=7)
    np.testing.assert_array_equal(observation[0], alone)
    rng, total, length, seen = np.random.default_rng(0), 0.0, 0, 0
    for _ in range(60):
        actions = rng.integers(0, venv.action_space.n, 4)
        observation, rewards, ended, infos = venv.step(actions)
        alone, reward, over, _, own = single.step(actions[0])
        total, length = total + reward, length + 1
        assert rewards.dtype == np.float32
        assert rewards[0] == np.float32(reward)
        assert ended[0] == over
        assert [bool(info) for info in infos] == ended.tolist()
        if over:
            np.testing.assert_array_equal(infos[0]["terminal_observation"], alone)
            assert infos[0]["episode"]["r"] == pytest.approx(total, abs=1e-5)
            assert infos[0]["episode"]["l"] == length
            assert infos[0]["is_success"] == own["dialogue"]["success"]
            assert infos[0]["TimeLimit.truncated"] is False
            alone, _ = single.reset()
            total, length, seen = 0.0, 0, seen + 1
        np.testing.assert_array_equal(observation[0], alone)
    assert seen > 2


def test_masks_come_in_one_block() -> None:
    venv = adapter()
    venv.reset()
    assert np.asarray(venv.env_method("action_masks")).shape == (4, venv.action_space.n)
    assert np.asarray(venv.env_method("action_masks", indices=[1, 2])).shape == (2, venv.action_space.n)
    assert venv.get_attr("num_envs") == [4, 4, 4, 4]


def test_observations_are_fresh_arrays() -> None:
    venv = adapter()
    first = venv.reset()
    kept = first.copy()
    venv.step(np.zeros(4, np.int64))
    np.testing.assert_array_equal(first, kept)


def test_a_vector_reward_or_another_autoreset_is_refused() -> None:
    with pytest.raises(InputError, match="autoreset_mode=SAME_STEP and reward weights"):
        adapter(reward_weights=None)
    with pytest.raises(InputError, match="autoreset_mode=SAME_STEP and reward weights"):
        adapter(autoreset_mode="NextStep")
    with pytest.raises(InputError, match="'noise' cannot be set"):
        adapter().set_attr("noise", 0.1)
