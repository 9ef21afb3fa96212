from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

from dialogue_env import DialogueVectorEnv, Stream
from dialogue_env.draws import LARGEST_SEED, dialogue_keys
from rewards import PRESETS, InputError, RewardWeights, WeightsRange

Make = Callable[..., DialogueVectorEnv]


def acts(envs: DialogueVectorEnv, step: int) -> np.ndarray:
    """Return acts that run through all of them, another one in each row; some close, so that dialogues end at different times."""
    return (np.arange(envs.num_envs) * 3 + step * 7) % envs.single_action_space.n


def play(envs: DialogueVectorEnv, steps: int) -> list[Any]:
    envs.reset(seed=5)
    return [envs.step(acts(envs, step)) for step in range(steps)]


@pytest.fixture
def support() -> Make:
    return lambda count=6, mode=AutoresetMode.SAME_STEP, **rest: DialogueVectorEnv(count, domain="support", autoreset_mode=mode, **rest)


def test_reset_without_seed_goes_on_to_the_next_dialogue(support: Make) -> None:
    envs = support()
    first, _ = envs.reset(seed=5)
    second, _ = envs.reset()
    third, _ = envs.reset()
    assert len({array.tobytes() for array in (first, second, third)}) == 3
    np.testing.assert_array_equal(envs.reset(seed=5)[0], first)
    np.testing.assert_array_equal(envs.reset()[0], second)


def test_dialogues_of_a_row_are_numbered_from_0(support: Make) -> None:
    envs = support()
    for number in range(3):
        envs.reset(seed=5 if number == 0 else None)
        np.testing.assert_array_equal(envs.state.person.now["key"], dialogue_keys(Stream.TRAINING, 5 + np.arange(6), np.full(6, number)))


def test_defaults() -> None:
    envs = DialogueVectorEnv()
    world = envs.world
    assert (envs.num_envs, world.domain.name, world.population.name, world.noise) == (1, "concierge", "mixed", 0.05)
    assert envs.scoring.weights == WeightsRange(RewardWeights.parse("balanced"))
    assert envs.metadata["autoreset_mode"] == AutoresetMode.SAME_STEP


def test_a_list_of_seeds_and_the_ends_of_their_range(support: Make) -> None:
    envs = support(3)
    alone = support(1)
    observation, _ = envs.reset(seed=[7, 0, LARGEST_SEED])
    for row, seed in enumerate((7, 0, LARGEST_SEED)):
        np.testing.assert_array_equal(alone.reset(seed=seed)[0][0], observation[row])
    with pytest.raises(InputError) as caught:
        envs.reset(seed=[1, 2])
    assert str(caught.value) == "seed must be a number or a list of 3, not 2 numbers"


def test_without_a_seed_every_environment_is_another(support: Make) -> None:
    def keys(envs: Any, seed: Any = None) -> list[int]:  # first observations are coarse, and those of two people may be equal
        envs.reset(seed=seed)
        return envs.state.person.now["key"].tolist()

    assert keys(support()) != keys(support())
    partly = support(2)
    first, second = keys(partly, [1, None]), keys(partly, [1, None])
    assert first[0] == second[0]
    assert first[1] != second[1]


@pytest.mark.parametrize("mode", list(AutoresetMode))
def test_returned_arrays_are_fresh(support: Make, mode: AutoresetMode) -> None:
    envs = support(mode=mode)
    returned = [envs.reset(seed=5)]
    for step in range(30):
        returned += [envs.step(acts(envs, step)), (envs.action_masks(),)]
        if mode == AutoresetMode.DISABLED:
            returned.append(envs.reset(options={"reset_mask": returned[-2][2]}) if returned[-2][2].any() else ())
        if step == 15:
            kept = [array.copy() for array in arrays(returned)]
    for before, after in zip(kept, arrays(returned), strict=False):
        np.testing.assert_array_equal(before, after)


def arrays(parts: Any) -> list[np.ndarray]:
    """Return all arrays of numbers within tuples, lists, dictionaries and arrays of objects."""
    if isinstance(parts, np.ndarray) and parts.dtype != object:
        return [parts]
    parts = list(parts.values()) if isinstance(parts, dict) else parts if isinstance(parts, (list, tuple, np.ndarray)) else []
    return [array for part in parts for array in arrays(part)]


def test_returned_arrays_belong_to_the_caller(support: Make) -> None:
    envs, untouched = support(mode=AutoresetMode.NEXT_STEP), support(mode=AutoresetMode.NEXT_STEP)
    envs.reset(seed=5)
    untouched.reset(seed=5)
    for step in range(30):
        ours, theirs = envs.step(acts(envs, step)), untouched.step(acts(envs, step))
        for one, other in zip(arrays(ours), arrays(theirs), strict=True):
            np.testing.assert_array_equal(one, other)
        for array in (*arrays(ours), envs.action_masks()):
            array[...] = 0


@pytest.mark.parametrize("weights", [*PRESETS, "goal=2,leaving=0.25", {"goal": 2}, RewardWeights.of({"goal": 2})])
def test_reward_is_the_weighted_sum_of_the_terms(support: Make, weights: Any) -> None:
    envs = support(reward_weights=weights)
    for _, reward, _, _, info in play(envs, 25):
        assert reward.dtype == np.float32
        np.testing.assert_allclose(reward, info["reward_terms"] @ envs.weights[0], rtol=1e-5, atol=1e-6)


def test_without_weights_the_reward_is_the_vector(support: Make) -> None:
    envs, scalar = support(reward_weights=None), support(reward_weights="goal_only")
    assert (envs.reward_dim, envs.reward_space.shape) == (11, (11,))
    for (_, vector, *_), (_, reward, *_) in zip(play(envs, 40), play(scalar, 40), strict=True):
        assert vector.shape == (6, 11)
        for row in vector:
            assert envs.reward_space.contains(row)
        np.testing.assert_allclose(RewardWeights.parse("goal_only").score(vector), reward)


def test_masks(support: Make) -> None:
    envs = support()
    envs.reset(seed=5)
    for step in range(20):
        observation, *_ = envs.step(acts(envs, step))
        masks = envs.action_masks()
        assert masks.shape == (6, envs.single_action_space.n)
        assert masks.any(axis=1).all()
        np.testing.assert_array_equal(envs.observer.layout.feature(observation, "open"), masks)


def test_hide_blanks_exactly_its_slice(support: Make) -> None:
    shown, hidden = support(), support(hide=["slots"])
    cut = shown.observer.layout.slices["slots"]
    for (one, *_), (other, *_) in zip(play(shown, 10), play(hidden, 10), strict=True):
        assert not other[:, cut].any()
        one[:, cut] = 0.0
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("kind", [np.int32, np.int64, np.uint8])
def test_actions_of_any_whole_numbers(support: Make, kind: type) -> None:
    envs = support()
    envs.reset(seed=5)
    assert envs.step(acts(envs, 1).astype(kind))[0].shape == (6, envs.single_observation_space.shape[0])


def test_make_vec() -> None:
    envs = gymnasium.make_vec("initiative_gym/Dialogue-v0", num_envs=4, domain="support", reward_weights="goal_only")
    assert isinstance(envs.unwrapped, DialogueVectorEnv)
    assert envs.num_envs == 4
    observation, _ = envs.reset(seed=1)
    assert observation in envs.observation_space
    assert envs.step(envs.action_space.sample())[0] in envs.observation_space
    envs.close()
