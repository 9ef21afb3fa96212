"""The yardstick: MORL-Baselines on the environment as it is, played with the people of our own evaluation."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("morl_baselines", reason="the algorithms of MORL-Baselines need the extra 'morl'")

import gymnasium
import torch as th

from benchmarks import morl
from dialogue_env import Stream
from dialogue_env.scoring import SHOWN
from evaluation.grid import Setting, build_worlds
from evaluation.store import load_cells
from rewards import InputError, WeightsRange
from tuning.outcome import load_outcome

SPANS = ("goal=0:2", "satisfaction=0:2")
RANGE = WeightsRange.parse("balanced", SPANS, "simplex")
SETTING = Setting("donation", "people", morl.NOISE)
STEPS = 300


@pytest.fixture(scope="module", params=list(morl.YARDSTICKS))
def trained(request: pytest.FixtureRequest) -> morl.Trained:
    return morl.train(request.param, SETTING, RANGE, STEPS, 600.0, 0)


def test_it_trains_for_the_steps_it_was_given(trained: morl.Trained) -> None:
    assert trained.steps == STEPS
    assert trained.stopped_by == "steps"
    assert trained.watched == trained.agent.env.steps - STEPS
    assert (trained.watched > 0) == (type(trained.agent).__name__ == "GPILS")
    assert 0.0 < trained.seconds < 600.0


def test_cells_hold_the_people_of_our_own_evaluation(trained: morl.Trained) -> None:
    cells = morl.collect(trained, "it", SETTING, RANGE, 3, 20, 1000)
    assert [cell.policy for cell in cells] == ["it@goal=2,satisfaction=0", "it@goal=1,satisfaction=1", "it@goal=0,satisfaction=2"]
    world = build_worlds([SETTING])[SETTING]
    people = morl.play_grid([(SETTING, "first", _First())], {SETTING: world}, 20, 1000, SHOWN, lambda _: None, stream=Stream.TUNING)
    expected = next(iter(people)).dialogues
    for cell in cells:
        assert (cell.setting, cell.seed, cell.types, cell.acts) == (SETTING, 1000, world.population.types, world.acts.names)
        np.testing.assert_array_equal(cell.dialogues.number, np.arange(20))
        np.testing.assert_array_equal(cell.dialogues.person_type, expected.person_type)


class _First:
    """Plays the first open act."""

    def predict(self, observation: Any, state: Any = None, episode_start: Any = None, deterministic: bool = False, action_masks: Any = None) -> Any:
        return action_masks.argmax(1), None


def test_the_batched_policy_plays_what_the_agent_would(trained: morl.Trained) -> None:
    observations, _ = _environment(trained).unwrapped.batch.reset(seed=5)
    rows = np.clip(observations + np.random.default_rng(0).normal(0, 0.5, (50, observations.shape[1])), -1, 1).astype(np.float32)
    for preference in np.float32([[1, 0], [0.5, 0.5], [0.1, 0.9]]):
        acts, _ = morl.GreedyPolicy(trained, SHOWN, preference).predict(rows)
        assert acts.tolist() == [trained.agent.eval(row, preference) for row in rows]


def test_a_closed_act_gives_way_to_the_best_open_one(trained: morl.Trained) -> None:
    observations, _ = _environment(trained).unwrapped.batch.reset(seed=5)
    preference = np.float32([0.5, 0.5])
    with th.no_grad():
        values = trained.values(trained.agent, th.as_tensor(observations), th.as_tensor(preference)).numpy()[0]
    order = values.argsort()[::-1]
    masks = np.ones((1, len(values)), bool)
    masks[0, order[:3]] = False
    acts, _ = morl.GreedyPolicy(trained, SHOWN, preference).predict(observations, action_masks=masks)
    assert acts.tolist() == [order[3]]


def test_training_and_play_show_the_same_weights(trained: morl.Trained) -> None:
    env = _environment(trained)
    observation, _ = env.reset()
    layout = env.unwrapped.batch.observer.layout
    shown = SHOWN.as_array()
    np.testing.assert_array_equal(observation[layout.slices["weights"]], shown / max(1.0, shown.max()))


def _environment(trained: morl.Trained) -> gymnasium.Env[Any, Any]:
    return trained.agent.env


def test_the_objectives_mixed_by_a_preference_are_the_reward_under_its_weights(trained: morl.Trained) -> None:
    env = _environment(trained)
    env.reset(seed=3)
    point = RANGE.points(5)[1]
    for _ in range(5):
        _, vector, ended, _, info = env.unwrapped.step(env.action_space.sample(env.unwrapped.action_masks().astype(np.int8)))
        assert vector @ RANGE.locate(point) == pytest.approx(point.score(info["reward_terms"][None])[0], abs=1e-5)
        if ended:
            env.reset()


def test_the_same_seed_trains_the_same_agent() -> None:
    first, second = (morl.train("envelope", SETTING, RANGE, morl.FEWEST_STEPS, 600.0, 4) for _ in range(2))
    for one, other in zip(first.agent.q_net.parameters(), second.agent.q_net.parameters(), strict=True):
        assert th.equal(one, other)


def test_time_ends_training_too() -> None:
    trained = morl.train("envelope", SETTING, RANGE, 10**6, 0.5, 0)
    assert trained.stopped_by == "seconds"
    assert 0 < trained.steps < 10**6


def test_the_command_stores_cells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["envelope", "--domain", "donation", "--steps", "200", "--points", "2", "--dialogues", "4", "--seeds", "2", "--out", str(tmp_path / "out")]
    assert morl.main(given) == 0
    seed = tmp_path / "out" / "trials" / "0000" / "seed-1"
    stored = load_cells(seed / "dialogues.npz")
    assert [cell.policy for cell in stored.cells] == [f"{seed}@goal=2,satisfaction=0", f"{seed}@goal=0,satisfaction=2"]
    assert stored.command.startswith("python -m benchmarks.morl envelope --domain donation")
    assert capsys.readouterr().out.count("200 steps") == 2
    outcome = load_outcome(tmp_path / "out")
    assert outcome.weights == RANGE.points(2)
    assert (outcome.steps, len(outcome.cells[0]), outcome.plan.policy) == (200, 2, "envelope")
    assert morl.main(given) == 0
    assert capsys.readouterr().out == ""  # both seeds are there already


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["pcn"], "unknown algorithm 'pcn'; valid: envelope, gpi_ls"),
        (["envelope", "--steps", "10"], "--steps must be at least 200, not 10"),
        (["envelope", "--seconds", "0"], "--seconds must be above 0, not 0"),
        (["envelope", "--points", "1"], "points must be at least 2, not 1"),
        (["envelope", "--dialogues", "1"], "dialogues must be at least 2, not 1"),
        (["envelope", "--weights-range", "goal=0:2"], "a simplex needs the ranges of at least two terms, not 1; give another, or use the shape box"),
    ],
)
def test_bad_input_is_one_line(arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert morl.main([*arguments, "--out", str(out)]) == 2
    assert capsys.readouterr().err == f"error: {said}\n"
    assert not out.exists()


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(morl.YARDSTICKS, "gone", morl.Yardstick("gone.gone", "Gone", lambda _: {}, lambda *_: None, lambda *_: th.zeros(0)))
    with pytest.raises(InputError, match=r"pip install '\.\[morl\]'"):
        morl.train("gone", SETTING, RANGE, STEPS, 1.0, 0)
