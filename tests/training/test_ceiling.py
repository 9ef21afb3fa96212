"""train.py --informed: a ceiling trains, goes on, plays in its own domain, and nowhere else."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import evaluate
import train
from dialogue_env import World
from dialogue_env.agent.observation import VERSION, layout_of
from dialogue_env.hidden import INFORMED_VERSION
from evaluation.rollout import play
from policies import origin as origins
from policies.loader import load_policy
from policies.origin import Origin
from policies.protocol import informed
from rewards import InputError, RewardWeights, WeightsRange
from training.run import load_run

QUICK = ["--domain", "donation", "--envs", "16", "--steps", "512", "--eval-every", "256", "--eval-dialogues", "20", "--informed"]
HYPER = ["--hyper", "n_steps=16", "batch_size=64"]
WEIGHTS = RewardWeights.parse("balanced")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "ceiling"
    assert train.main([*QUICK, *HYPER, "--out", str(out)]) == 0
    return out


def test_it_comes_back_from_its_file_and_sees_the_person(folder: Path, world_of: Callable[..., World]) -> None:
    world = world_of("donation")
    policy = load_policy(str(folder), world)
    assert informed(policy)
    assert load_run(folder).informed
    seen = policy.model.observation_space.shape[0]
    assert seen > layout_of(world.tables).size
    people, again = (play(world, load_policy(str(folder), world), np.arange(30), 3, WEIGHTS) for _ in range(2))
    np.testing.assert_array_equal(people.acts, again.acts)
    assert not informed(load_policy("rules:push", world))
    assert informed(load_policy("rules:informed", world))


def test_it_goes_on(folder: Path) -> None:
    assert train.main(["--resume", str(folder), "--steps", "768"]) == 0
    assert len((folder / "evaluations.csv").read_text().splitlines()) == 4


@pytest.mark.parametrize("algo", ["recurrent_ppo", "dqn"])
def test_every_kind_of_algorithm_can_be_one(algo: str, tmp_path: Path, world_of: Callable[..., World]) -> None:
    hyper = ["learning_starts=16", "batch_size=8", "buffer_size=200"] if algo == "dqn" else ["n_steps=4", "batch_size=32"]
    weights = ["--weights-range", "satisfaction=0:1"]
    assert train.main([*QUICK, "--algo", algo, "--steps", "256", *weights, "--hyper", *hyper, "--out", str(tmp_path / "run")]) == 0
    policy = load_policy(f"{tmp_path / 'run'}@satisfaction=0.5", world_of("donation"))
    assert len(play(world_of("donation"), policy, np.arange(10), 0, WEIGHTS).turns) == 10


def test_a_ceiling_of_another_domain_is_refused(folder: Path, world_of: Callable[..., World]) -> None:
    own, other = (Origin.of("ppo", world_of(name), WeightsRange(WEIGHTS)).names for name in ("donation", "concierge"))
    with pytest.raises(InputError) as caught:
        load_policy(str(folder), world_of("concierge"))
    assert str(caught.value) == (
        f"{folder / 'best_model.zip'}: a ceiling of another domain: trained on 'donation' (names {own}, layout {INFORMED_VERSION}), "
        f"here is 'concierge' (names {other}, layout {INFORMED_VERSION}); train one for it with --informed"
    )


def test_one_of_other_columns_is_refused(folder: Path, world_of: Callable[..., World], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(origins, "INFORMED_VERSION", "0123456789ab")
    with pytest.raises(InputError, match=rf"trained on observations of layout {INFORMED_VERSION}, which is 0123456789ab by now; train it again$"):
        load_policy(str(folder), world_of("donation"))


def test_it_cannot_play_where_there_is_no_person_to_see(folder: Path, world_of: Callable[..., World]) -> None:
    world = world_of("donation")
    with pytest.raises(InputError) as caught:
        load_policy(str(folder), world).predict(np.zeros((3, layout_of(world.tables).size), np.float32))
    assert str(caught.value) == "a ceiling sees the hidden person, whom an observation does not show and no real conversation has; play an ordinary policy"


def test_tables_mark_it_last(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--domains", "donation", "--populations", "people", "--dialogues", "20", "--out", str(tmp_path)]
    assert evaluate.main([str(folder), "rules:script", "rules:push", *arguments]) == 0
    said = capsys.readouterr().out.replace("\n", "").replace(" ", "")
    assert said.count("(ceiling)") == 2  # among the results and above the script
    assert evaluate.main(["--rescore", str(tmp_path / "dialogues.npz"), "--out", str(tmp_path / "again")]) == 0
    lines = [line for line in (tmp_path / "again" / "results.md").read_text().splitlines() if line.startswith("| ")]
    assert lines[-1].startswith(f"| {folder} (ceiling) |")


def test_an_ordinary_model_keeps_the_ordinary_layout(world_of: Callable[..., World]) -> None:
    world = world_of("donation")
    assert [Origin.of("ppo", world, WeightsRange(WEIGHTS), sees).layout for sees in (False, True)] == [VERSION, INFORMED_VERSION]
