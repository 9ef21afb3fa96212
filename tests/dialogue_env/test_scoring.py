"""How terms become a reward: fixed weights, weights of each dialogue's own, objectives, every term."""

import mo_gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

from dialogue_env import DialogueEnv, DialogueVectorEnv, Stream
from dialogue_env.draws import dialogue_keys
from dialogue_env.scoring import scoring_of
from rewards import TERM_NAMES, InputError, RewardWeights, WeightsRange

RANGE = WeightsRange.parse("balanced", ["goal=0:2", "satisfaction=0:4"], "simplex")
GOAL, SATISFACTION = TERM_NAMES.index("goal"), TERM_NAMES.index("satisfaction")


def test_weights_are_drawn_by_the_key_alone() -> None:
    keys = dialogue_keys(Stream.TRAINING, 3, np.arange(50))
    drawn = scoring_of(RANGE).draw(keys)
    np.testing.assert_array_equal(scoring_of(RANGE).draw(keys[7:9]), drawn[7:9])
    np.testing.assert_allclose(drawn[:, GOAL] / 2 + drawn[:, SATISFACTION] / 4, 1.0, atol=1e-5)
    assert len(np.unique(drawn[:, GOAL])) == 50


def test_each_dialogue_has_its_weights_to_its_end_and_the_next_has_others() -> None:
    envs = DialogueVectorEnv(8, domain="donation", reward_weights=RANGE)
    envs.reset(seed=0)
    before, changes = envs.weights.copy(), 0
    for step in range(60):
        observation, reward, ended, _, info = envs.step(np.full(8, step % envs.acts_count))
        expected = (info["reward_terms"].astype(np.float64) * before).sum(axis=1)
        np.testing.assert_allclose(reward, expected, atol=1e-6)
        np.testing.assert_array_equal((envs.weights != before).any(axis=1), ended)
        shown = envs.observer.layout.view(observation, "weights")
        np.testing.assert_allclose(shown, envs.weights / np.maximum(envs.weights.max(axis=1, keepdims=True), 1), rtol=1e-6)
        for row in np.flatnonzero(ended):
            last = envs.observer.layout.view(info["final_obs"][row], "weights")
            np.testing.assert_allclose(last, before[row] / max(1.0, before[row].max()), rtol=1e-6)
        changes += ended.sum()
        before = envs.weights.copy()
    assert changes > 10


def test_the_person_does_not_depend_on_the_weights() -> None:
    fixed, ranged = (DialogueVectorEnv(4, domain="support", reward_weights=weights) for weights in ("balanced", RANGE))
    for envs in (fixed, ranged):
        envs.reset(seed=5)
        for step in range(8):
            envs.step(np.full(4, step))
    assert fixed.state is not None
    assert ranged.state is not None
    for (name, one), (_, other) in zip(fixed.state.arrays(), ranged.state.arrays(), strict=True):
        np.testing.assert_array_equal(one, other, err_msg=name)


@pytest.mark.parametrize("mode", [AutoresetMode.SAME_STEP, AutoresetMode.NEXT_STEP])
def test_a_row_of_a_ranged_batch_is_the_single_dialogue(mode: AutoresetMode) -> None:
    whole = DialogueVectorEnv(3, domain="support", reward_weights=RANGE, autoreset_mode=mode)
    alone = DialogueVectorEnv(1, domain="support", reward_weights=RANGE, autoreset_mode=mode)
    many, _ = whole.reset(seed=9)
    one, _ = alone.reset(seed=11)
    for step in range(50):
        np.testing.assert_array_equal(one[0], many[2])
        many, rewards, *_ = whole.step(np.full(3, step % whole.acts_count))
        one, reward, *_ = alone.step(np.full(1, step % whole.acts_count))
        assert reward[0] == rewards[2]


def test_objectives_are_a_vector_in_mo_gymnasiums_format() -> None:
    corners = RANGE.corners()
    env = mo_gymnasium.make("initiative_gym/Dialogue-v0", domain="donation", reward_weights=list(corners))
    every = DialogueEnv(domain="donation", reward_weights=None)
    assert env.unwrapped.reward_dim == 2
    assert env.unwrapped.reward_space.shape == (2,)
    env.reset(seed=1), every.reset(seed=1)
    for act in (1, 5, 9):
        _, vector, *_ = env.step(act)
        _, terms, *_ = every.step(act)
        assert vector.tolist() == [float(corner.score(terms[None])[0]) for corner in corners]
        assert env.unwrapped.reward_space.contains(vector)


def test_bounds_of_objectives_by_hand() -> None:
    low, high = scoring_of(["goal=1,turn_cost=0.5", {"satisfaction": 2.0}]).bounds()
    assert low.tolist() == [-0.5, -2.0]
    assert high.tolist() == [1.0, 2.0]


def test_a_list_of_one_and_what_is_no_weights_are_refused() -> None:
    with pytest.raises(InputError, match=r"^reward_weights as a list must hold the weights of at least two objectives, not 1$"):
        scoring_of([RewardWeights.parse("balanced")])
    with pytest.raises(InputError, match=r"^unknown reward term 'joy'; valid: goal, "):
        scoring_of(["balanced", "joy=1"])
