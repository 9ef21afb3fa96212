"""Returns of the same spread under all weights: the estimate by hand, and what is left as it was."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dialogue_env import DialogueVectorEnv
from policies.sb3_vec_env import DialogueSB3VecEnv
from rewards import TERM_NAMES, WeightsRange
from training.even_rewards import SMALLEST, EvenRewards
from training.model import make_envs
from training.run import Run, load_run

RANGE = WeightsRange.parse("balanced", ["goal=0:2", "satisfaction=0:2"], "simplex")
GOAL, SATISFACTION = TERM_NAMES.index("goal"), TERM_NAMES.index("satisfaction")


def even(count: int = 64) -> EvenRewards:
    return EvenRewards(DialogueSB3VecEnv(DialogueVectorEnv(count, domain="donation", reward_weights=RANGE)))


def test_scale_by_hand() -> None:
    venv = even(2)
    weights = np.zeros((2, len(TERM_NAMES)))
    weights[0, [GOAL, SATISFACTION]], weights[1, SATISFACTION] = (2.0, 1.0), 3.0
    assert venv.scale(weights).tolist() == [1.0, 1.0]  # nobody has ended yet
    terms = np.zeros((4, len(TERM_NAMES)))
    terms[:, GOAL], terms[:, SATISFACTION] = [1, 0, 1, 0], [0.5, 0.5, 0.1, 0.1]
    venv._learn(terms)
    # variances .25 and .04, covariance 0: 4 x .25 + .04 and 9 x .04
    assert venv.scale(weights).tolist() == pytest.approx([np.sqrt(1.04), 0.6])
    assert venv.scale(np.zeros((1, len(TERM_NAMES)))).tolist() == [SMALLEST]


def test_the_estimate_is_that_of_all_dialogues_so_far() -> None:
    venv, terms = even(2), np.random.default_rng(0).normal(size=(90, len(TERM_NAMES)))
    for part in (terms[:10], terms[10:60], terms[60:]):
        venv._learn(part)
    weights = np.abs(np.random.default_rng(1).normal(size=(5, len(TERM_NAMES))))
    np.testing.assert_allclose(venv.scale(weights), (terms @ weights.T).std(axis=0), rtol=1e-6)


def test_returns_have_the_spread_of_one_under_all_weights_and_are_reported_as_they_are() -> None:
    venv = even(512)
    venv.seed(0)
    venv.reset()
    rng, totals, shares, scaled, reported = np.random.default_rng(0), np.zeros(512), [], [], []
    for _ in range(60):
        weights = venv.envs.weights.copy()
        _, reward, ended, infos = venv.step(rng.integers(venv.envs.acts_count, size=512))
        assert reward.dtype == np.float32
        totals += reward
        for i in np.flatnonzero(ended):
            shares.append(weights[i, GOAL] / 2)
            scaled.append(totals[i])
            reported.append(infos[i]["episode"]["r"] - float(infos[i]["dialogue"]["terms"] @ weights[i]))
        totals[ended] = 0.0
    assert np.abs(reported).max() < 1e-4
    shares, late = np.array(shares), np.array(scaled)
    half = np.arange(len(late)) > len(late) / 2  # once the estimate stands
    spreads = [late[half & (shares >= low) & (shares < low + 0.25)].std() for low in (0.0, 0.25, 0.5, 0.75)]
    assert max(spreads) / min(spreads) < 1.25, spreads


def test_only_runs_under_a_range_are_scaled(tmp_path: Path) -> None:
    fixed = Run(domain="donation", algo="ppo", envs=4, steps=10, eval_every=10, eval_dialogues=10)
    fixed.save(tmp_path)
    assert load_run(tmp_path) == fixed
    assert type(make_envs(fixed)) is DialogueSB3VecEnv
    assert type(make_envs(replace(fixed, weights_range=("goal=0:2",)))) is EvenRewards
