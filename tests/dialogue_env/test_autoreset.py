from collections.abc import Callable

import numpy as np
import pytest
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from dialogue_env import DialogueEnv, DialogueVectorEnv, State, domain_names
from dialogue_env.acts import Family
from rewards import TERM_NAMES

Make = Callable[..., DialogueVectorEnv]


def acts(envs: DialogueVectorEnv, step: int) -> np.ndarray:
    """Return acts that run through all of them, another one in each row; some close, so that dialogues end at different times."""
    return (np.arange(envs.num_envs) * 3 + step * 7) % envs.single_action_space.n


@pytest.fixture
def support() -> Make:
    return lambda count=6, mode=AutoresetMode.SAME_STEP, **rest: DialogueVectorEnv(count, domain="support", autoreset_mode=mode, **rest)


def assert_same(one: State, other: State) -> None:
    for (name, array), (_, expected) in zip(one.arrays(), other.arrays(), strict=True):
        np.testing.assert_array_equal(array, expected, err_msg=name)


@pytest.mark.parametrize("domain", domain_names())
@pytest.mark.parametrize("mode", [AutoresetMode.SAME_STEP, AutoresetMode.NEXT_STEP])
def test_rows_are_single_environments(domain: str, mode: AutoresetMode) -> None:
    envs = DialogueVectorEnv(5, domain=domain, autoreset_mode=mode)
    singles = SyncVectorEnv([lambda: DialogueEnv(domain=domain)] * 5, autoreset_mode=mode)  # row i is reset with seed 5 + i
    np.testing.assert_array_equal(envs.reset(seed=5)[0], singles.reset(seed=5)[0])
    episodes = 0
    for step in range(45):
        ours, theirs = envs.step(acts(envs, step)), singles.step(acts(envs, step))
        for one, other in zip(ours[:4], theirs[:4], strict=True):
            np.testing.assert_array_equal(one, other)
        rows = np.flatnonzero(ours[2])
        episodes += len(rows)
        if len(rows):
            outcome, expected = (info["final_info"]["dialogue"] if "final_info" in info else info["dialogue"] for info in (ours[4], theirs[4]))
            for key, values in outcome.items():
                np.testing.assert_array_equal(values[rows], expected[key][rows], err_msg=key)
            for row in rows if mode == AutoresetMode.SAME_STEP else ():
                np.testing.assert_array_equal(ours[4]["final_obs"][row], theirs[4]["final_obs"][row])
    assert episodes > 10


def test_same_step_reset(support: Make) -> None:
    envs = support()
    ends = 0
    envs.reset(seed=5)
    for step in range(40):
        before = envs.state.copy()
        actions = acts(envs, step)
        observation, _, ended, truncated, info = envs.step(actions)
        after, facts = envs.simulator.step(before, actions)
        assert not truncated.any()
        np.testing.assert_array_equal(ended, facts["ended"])
        assert ("final_obs" in info) == ("final_info" in info) == ended.any()
        if ended.any():
            ends += 1
            np.testing.assert_array_equal(info["_final_obs"], ended)
            np.testing.assert_array_equal(info["_final_info"], ended)
            final = envs.observer.observe(after.talk, envs.weights)
            for row in range(6):
                assert (info["final_obs"][row] is None) == (not ended[row])
            dialogue, rows = info["final_info"]["dialogue"], np.flatnonzero(ended)
            np.testing.assert_array_equal(np.stack(info["final_obs"][rows]), final[rows])
            for key, values in {
                "success": facts["success"],
                "left": facts["left"],
                "turns": after.talk.now["exchanges"],
                "satisfaction": after.person.now["satisfaction"],
                "progress": after.person.now["progress"],
                "person_type": after.person.now["type"],
            }.items():
                np.testing.assert_array_equal(dialogue[key][rows], values[rows], err_msg=key)
            assert (envs.state.talk.now["exchanges"][rows] == 0).all()
            np.testing.assert_array_equal(observation[rows], envs.observer.observe(envs.state.talk, envs.weights)[rows])
            assert (observation[rows] != final[rows]).any(axis=1).all()
    assert ends > 3


def test_totals_are_those_of_the_dialogue(support: Make) -> None:
    envs = support()
    envs.reset(seed=5)
    totals, seen = np.zeros((6, 11)), 0
    for step in range(60):
        _, _, ended, _, info = envs.step(acts(envs, step))
        totals += info["reward_terms"]
        for row in np.flatnonzero(ended):
            np.testing.assert_allclose(info["final_info"]["dialogue"]["terms"][row], totals[row], atol=1e-5)
            assert info["final_info"]["dialogue"]["terms"][row, TERM_NAMES.index("turn_cost")] == -info["final_info"]["dialogue"]["turns"][row]
            totals[row], seen = 0.0, seen + 1
    assert seen > 10


def test_next_step_reset(support: Make) -> None:
    envs = support(mode="NextStep")
    observations = [envs.reset(seed=5)[0]]
    over, resets = np.zeros(6, bool), 0
    for step in range(40):
        observation, reward, ended, truncated, info = envs.step(acts(envs, step))
        assert not truncated.any()
        assert not (ended & over).any()
        assert (reward[over] == 0.0).all()
        assert (info["reward_terms"][over] == 0.0).all()
        np.testing.assert_array_equal(info["_reward_terms"], ~over)
        assert (envs.state.talk.now["exchanges"][over] == 0).all()
        assert ("dialogue" in info) == ended.any()
        if ended.any():
            np.testing.assert_array_equal(info["_dialogue"], ended)
            np.testing.assert_array_equal(info["dialogue"]["turns"][ended], envs.state.talk.now["exchanges"][ended])
        np.testing.assert_array_equal(observation, envs.observer.observe(envs.state.talk, envs.weights))
        resets += over.sum()
        over = ended
        observations.append(observation)
    assert resets > 5


def test_disabled_reset(support: Make) -> None:
    envs = support(mode=AutoresetMode.DISABLED)
    envs.reset(seed=5)
    resets = 0
    for step in range(40):
        observation, _, ended, _, info = envs.step(acts(envs, step))
        assert ("dialogue" in info) == ended.any()
        assert (envs.state.talk.now["exchanges"] > 0).all()
        if ended.any():
            before = envs.state.person.now["key"].copy()
            fresh, again = envs.reset(options={"reset_mask": ended})
            assert again == {}
            np.testing.assert_array_equal(fresh[~ended], observation[~ended])
            keys = envs.state.person.now["key"]
            np.testing.assert_array_equal(keys[~ended], before[~ended])
            assert (keys[ended] != before[ended]).all()
            assert (envs.state.talk.now["exchanges"][ended] == 0).all()
            resets += ended.sum()
    assert resets > 5


def test_what_has_ended_cannot_be_stepped(support: Make) -> None:
    envs = support(mode=AutoresetMode.DISABLED)
    envs.reset(seed=5)
    actions = np.where(np.arange(6) % 2, envs.world.acts.names.index("close"), envs.world.acts.of(Family.HOLD)[0])
    ended = envs.step(actions)[2]
    assert (ended >= (np.arange(6) % 2 > 0)).all()
    assert not ended.all()
    first = np.arange(6) == np.flatnonzero(ended)[0]
    for mask in (None, first):  # nothing reset, and too little
        if mask is not None:
            envs.reset(options={"reset_mask": mask})
        state = envs.state.copy()
        with pytest.raises(ResetNeeded, match=r'^a dialogue has ended and cannot be stepped; call reset \(in a batch, with options={"reset_mask": ended}\)$'):
            envs.step(actions)
        assert_same(envs.state, state)
    envs.reset(options={"reset_mask": ended & ~first})
    envs.step(actions)
    envs.reset(seed=5)
    envs.step(actions)


def test_partial_reset_leaves_the_others_to_the_next_step(support: Make) -> None:
    envs = support(mode=AutoresetMode.NEXT_STEP)
    envs.reset(seed=5)
    over = envs.step(np.full(6, envs.world.acts.names.index("close")))[2]
    assert over.all()
    mask = np.arange(6) < 2
    envs.reset(options={"reset_mask": mask})
    _, _, _, _, info = envs.step(np.full(6, envs.world.acts.of(Family.HOLD)[0]))
    np.testing.assert_array_equal(info["_reward_terms"], mask)
    np.testing.assert_array_equal(envs.state.talk.now["exchanges"], mask)


def test_manual_reset_between_dialogues_counts_for_nothing_else(support: Make) -> None:
    envs = support(mode=AutoresetMode.NEXT_STEP)
    envs.reset(seed=5)
    while not envs.step(acts(envs, 1) * 0 + envs.world.acts.names.index("close"))[2].any():
        pass
    envs.reset()
    _, reward, _, _, info = envs.step(acts(envs, 2))
    assert info["_reward_terms"].all()  # no row is reset a second time
    assert (reward != 0.0).all()
