import gymnasium
import numpy as np
import pytest
from gymnasium.error import ResetNeeded
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode
from gymnasium.wrappers.vector import RecordEpisodeStatistics
from mo_gymnasium.wrappers import LinearReward, MORecordEpisodeStatistics
from mo_gymnasium.wrappers.vector import MORecordEpisodeStatistics as MOVectorStatistics
from stable_baselines3.common.env_checker import check_env as check_env_sb3

from dialogue_env import DialogueEnv, DialogueVectorEnv, domain_names
from rewards import InputError, RewardWeights


def play(env: gymnasium.Env, seed: int | None = 3) -> tuple[int, list, dict]:
    """Play one dialogue through and return its length, its rewards and the last info."""
    env.reset(seed=seed)
    rewards = []
    for step in range(100):
        _, reward, ended, _, info = env.step((step * 7) % int(env.action_space.n))
        rewards.append(reward)
        if ended:
            return step + 1, rewards, info
    raise AssertionError("the dialogue does not end")


@pytest.mark.parametrize("domain", domain_names())
def test_gymnasium_checker(domain: str) -> None:
    check_env(gymnasium.make("initiative_gym/Dialogue-v0", domain=domain).unwrapped, skip_render_check=True)


@pytest.mark.parametrize("domain", domain_names())
def test_sb3_checker(domain: str) -> None:
    check_env_sb3(DialogueEnv(domain=domain), warn=True, skip_render_check=True)


def test_make_passes_arguments_on() -> None:
    env = gymnasium.make("initiative_gym/Dialogue-v0", domain="donation", population="resistant", reward_weights=None, noise=0.0, hide=["time"])
    batch = env.unwrapped.batch
    assert (batch.world.domain.name, batch.world.population.name, batch.world.noise, batch.scoring.weights) == ("donation", "resistant", 0.0, None)
    assert env.action_space.n == len(batch.world.acts.names)
    assert env.reset(seed=1)[0] in env.observation_space
    with pytest.raises(InputError, match="unknown domain"):
        gymnasium.make("initiative_gym/Dialogue-v0", domain="garden")


def test_info_of_a_dialogue() -> None:
    env = DialogueEnv(domain="support")
    turns, rewards, info = play(env)
    dialogue = info["dialogue"]
    assert dialogue["turns"] == turns
    assert set(dialogue) == {"success", "left", "turns", "satisfaction", "progress", "person_type", "terms"}
    assert all(isinstance(reward, float) for reward in rewards)
    assert sum(rewards) == pytest.approx(RewardWeights.parse("balanced").score(dialogue["terms"][None])[0], abs=1e-5)
    assert info["reward_terms"].shape == (11,)


def test_same_seed_same_dialogue_and_then_the_next() -> None:
    env, other = DialogueEnv(domain="support"), DialogueEnv(domain="support")
    first, second = play(env, 3), play(env, None)
    assert play(other, 3)[1] == first[1]
    assert play(other, None)[1] == second[1]
    assert first[1] != second[1]


def test_observations_are_not_written_to_later() -> None:
    env = DialogueEnv(domain="support")
    observation, _ = env.reset(seed=3)
    kept = observation.copy()
    play(env)
    np.testing.assert_array_equal(observation, kept)


def test_masks_are_of_one_dialogue() -> None:
    env = DialogueEnv(domain="support")
    env.reset(seed=3)
    masks = env.action_masks()
    assert masks.shape == (env.action_space.n,)
    assert masks.dtype == np.bool_
    assert masks.any()


@pytest.mark.parametrize("action", [-1, 99])
def test_bad_action(action: int) -> None:
    env = DialogueEnv(domain="support")
    env.reset(seed=3)
    with pytest.raises(InputError, match=rf"^action must be a whole number from 0 to \d+, not {action}$"):
        env.step(action)


def test_step_needs_a_reset() -> None:
    with pytest.raises(ResetNeeded, match=r"^call reset first$"):
        DialogueEnv(domain="support").step(0)


def test_step_after_the_end_needs_a_reset() -> None:
    env = DialogueEnv(domain="support")
    play(env)
    for _ in range(2):
        with pytest.raises(ResetNeeded, match=r"^a dialogue has ended and cannot be stepped; call reset"):
            env.step(0)
    env.reset()
    env.step(0)


def test_bad_argument() -> None:
    with pytest.raises(TypeError):
        DialogueEnv(domian="support")
    with pytest.raises(InputError, match="noise must lie in"):
        DialogueEnv(domain="support", noise=2.0)


def test_linear_reward_of_mo_gymnasium() -> None:
    weights = RewardWeights.parse("balanced")
    wrapped = LinearReward(DialogueEnv(domain="support", reward_weights=None), weight=weights.as_array())
    _, rewards, info = play(wrapped)
    np.testing.assert_allclose(rewards, play(DialogueEnv(domain="support"))[1], atol=1e-5)
    assert info["vector_reward"].shape == (11,)


def test_statistics_of_mo_gymnasium() -> None:
    env = MORecordEpisodeStatistics(DialogueEnv(domain="support", reward_weights=None), gamma=0.5)
    turns, rewards, info = play(env)
    assert info["episode"]["l"] == turns
    np.testing.assert_allclose(info["episode"]["r"], info["dialogue"]["terms"], atol=1e-5)
    np.testing.assert_allclose(info["episode"]["dr"], sum(0.5**t * reward for t, reward in enumerate(rewards)), atol=1e-5)


def test_vector_statistics_of_mo_gymnasium() -> None:
    envs = MOVectorStatistics(DialogueVectorEnv(4, domain="support", reward_weights=None, autoreset_mode=AutoresetMode.NEXT_STEP))
    envs.reset(seed=3)
    ends = 0
    for step in range(50):
        _, _, ended, _, info = envs.step((np.arange(4) * 3 + step * 7) % envs.single_action_space.n)
        if ended.any():
            ends += ended.sum()
            np.testing.assert_allclose(info["episode"]["r"][ended], info["dialogue"]["terms"][ended], atol=1e-5)
            np.testing.assert_array_equal(info["episode"]["l"][ended], info["dialogue"]["turns"][ended])
    assert ends > 5


@pytest.mark.parametrize("mode", [AutoresetMode.SAME_STEP, AutoresetMode.NEXT_STEP])
def test_vector_statistics_of_gymnasium(mode: AutoresetMode) -> None:
    envs = RecordEpisodeStatistics(DialogueVectorEnv(4, domain="support", autoreset_mode=mode))
    envs.reset(seed=3)
    ends = 0
    for step in range(50):
        _, _, ended, _, info = envs.step((np.arange(4) * 3 + step * 7) % envs.single_action_space.n)
        if ended.any():
            ends += ended.sum()
            dialogue = info["dialogue"] if mode == AutoresetMode.NEXT_STEP else info["final_info"]["dialogue"]
            np.testing.assert_array_equal(info["episode"]["l"][ended], dialogue["turns"][ended])
            np.testing.assert_allclose(info["episode"]["r"][ended], RewardWeights.parse("balanced").score(dialogue["terms"])[ended], atol=1e-5)
    assert ends > 5
