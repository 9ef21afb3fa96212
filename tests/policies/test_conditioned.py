"""A policy trained under a range of reward weights: the weights are an argument, and those outside the range are refused."""

from pathlib import Path

import numpy as np
import pytest

import evaluate
import train
from evaluation.rollout import play
from policies.loader import load_policy
from policies.origin import ORIGIN, origin_of
from rewards import RewardWeights, WeightsRange
from rewards.errors import InputError

BALANCED = RewardWeights.parse("balanced")
RANGE = WeightsRange.parse("balanced", ["goal=0:2", "satisfaction=0:2"], "simplex")
PEOPLE = np.arange(40)
QUICK = ["--domain", "donation", "--envs", "64", "--steps", "4096", "--eval-every", "2048", "--eval-dialogues", "20"]
RANGED = ["--weights-range", "goal=0:2", "satisfaction=0:2", "--weights-shape", "simplex"]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a run of every algorithm under a range, and one under fixed weights."""
    folder = tmp_path_factory.mktemp("runs")
    small = {
        "maskable_ppo": ["n_steps=8", "batch_size=256", "learning_rate=0.01"],
        "ppo": ["n_steps=8", "batch_size=256"],
        "recurrent_ppo": ["n_steps=8", "batch_size=256", "n_epochs=1"],
        "dqn": ["learning_starts=256", "batch_size=64"],
    }
    for algo, hyper in small.items():
        assert train.main([*QUICK, *RANGED, "--algo", algo, "--hyper", *hyper, "--out", str(folder / algo)]) == 0
    assert train.main([*QUICK, "--weights", "goal_only", "--hyper", *small["ppo"], "--out", str(folder / "fixed")]) == 0
    return folder


@pytest.mark.parametrize("algo", ["ppo", "maskable_ppo", "recurrent_ppo", "dqn"])
def test_every_algorithm_keeps_its_range_and_acts_under_the_weights_asked_for(algo: str, runs: Path, world_of) -> None:
    world = world_of("donation", "people")
    policy = load_policy(f"{runs / algo}@satisfaction=0.5", world)
    assert policy.origin.weights == RANGE
    assert policy.origin.algorithm == algo
    assert policy.weights == RANGE.fill("goal=1.5")
    shown = play(world, policy, PEOPLE, 0, BALANCED)
    told = play(world, load_policy(str(runs / algo), world), PEOPLE, 0, RANGE.fill("goal=1.5"))
    np.testing.assert_array_equal(shown.acts, told.acts)  # by name, or by what the observation shows


def test_weights_change_what_the_policy_does(runs: Path, world_of) -> None:
    world = world_of("donation", "people")
    acts = [play(world, load_policy(f"{runs / 'maskable_ppo'}@goal={goal}", world), PEOPLE, 0, BALANCED).acts for goal in (0, 2)]
    assert (acts[0] != acts[1]).any()


def test_a_policy_of_fixed_weights_keeps_to_them(runs: Path, world_of) -> None:
    world = world_of("donation", "people")
    policy = load_policy(str(runs / "fixed"), world, BALANCED)
    assert policy.weights == RewardWeights.parse("goal_only")
    np.testing.assert_array_equal(play(world, policy, PEOPLE, 0, BALANCED).acts, play(world, policy, PEOPLE, 0, RewardWeights.parse("satisfaction_only")).acts)
    with pytest.raises(InputError, match=r"best_model\.zip: trained under fixed weights, so @goal=1 has no meaning; train with --weights-range$"):
        load_policy(f"{runs / 'fixed'}@goal=1", world)


@pytest.mark.parametrize(
    ("name", "weights", "message"),
    [
        ("@satisfaction=3", "balanced", "weight of 'satisfaction' must lie in [0, 2], not 3: the policy was trained with goal=0:2 satisfaction=0:2"),
        ("@turn_cost=1", "balanced", "unknown ranged term 'turn_cost'; valid: goal, satisfaction"),
        ("@joy=1", "balanced", "unknown reward term 'joy'; valid: goal"),
        ("", "goal_only", "weight of 'final_satisfaction' was 0.25 throughout training and cannot be 0; it varied: goal=0:2 satisfaction=0:2"),
    ],
)
def test_evaluate_refuses_weights_outside_the_range(
    name: str, weights: str, message: str, runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [f"{runs / 'ppo'}{name}", "--domains", "donation", "--weights", weights, "--dialogues", "10", "--out", str(tmp_path / "results")]
    assert evaluate.main(arguments) == 2
    error = capsys.readouterr().err
    assert message in error
    assert "choose weights by name, as in NAME@goal=1,satisfaction=1" in error
    assert error.count("\n") == 1
    assert not (tmp_path / "results").exists()


def test_resume_keeps_the_range(runs: Path) -> None:
    assert train.main(["--resume", str(runs / "ppo"), "--steps", "6000"]) == 0
    from stable_baselines3 import PPO

    path = runs / "ppo" / "last_model.zip"
    assert origin_of(path, getattr(PPO.load(path), ORIGIN)).weights == RANGE


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--weights-range", "joy=0:1"], "unknown reward term 'joy'; valid: goal"),
        (["--weights-range", "goal=1"], "weights range of 'goal' must be low:high, not '1'"),
        (["--weights-range", "goal=0:1", "--weights-shape", "simplex"], "a simplex needs the ranges of at least two terms, not 1"),
        (["--weights-shape", "ball"], "unknown shape of the weights range 'ball'; valid: box, simplex"),
    ],
)
def test_bad_ranges_end_in_one_line(arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train.main([*QUICK, *arguments, "--out", str(tmp_path / "run")]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
