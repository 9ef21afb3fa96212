"""Arguments of the wrong kind end in one line."""

from pathlib import Path

import numpy as np
import pytest

from dialogue_env import DialogueVectorEnv, load_population
from dialogue_env.domain.catalogue import read_catalogue
from rewards import InputError, RewardWeights


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_envs": 2.5}, "num_envs must be at least 1, not 2.5"),
        ({"noise": "x"}, "noise must lie in [0, 0.5], not x"),
        ({"hide": "time"}, "hide must be a list of observation slices or features, not the text 'time'"),
        ({"reward_weights": [1, 2]}, "reward_weights must be a preset, term=number text, a mapping, a WeightsRange, a list of weights or None, not 1"),
        ({"reward_weights": ["balanced"]}, "reward_weights as a list must hold the weights of at least two objectives, not 1"),
    ],
)
def test_environment(arguments: dict, message: str) -> None:
    with pytest.raises(InputError) as caught:
        DialogueVectorEnv(**{"domain": "support", **arguments})
    assert str(caught.value) == message


def test_reset_mask() -> None:
    envs = DialogueVectorEnv(3, domain="support", autoreset_mode="Disabled")
    envs.reset(seed=0)
    with pytest.raises(InputError, match=r"^reset_mask must be 3 truth values, not bool of shape \(2,\)$"):
        envs.reset(options={"reset_mask": np.ones(2, bool)})
    with pytest.raises(InputError, match=r"^reset_mask goes without a seed"):
        envs.reset(seed=1, options={"reset_mask": np.array([True, False, False])})


def test_a_weight_given_twice() -> None:
    with pytest.raises(InputError, match=r"^weight of 'goal' appears more than once in 'goal=1,goal=2'$"):
        RewardWeights.parse("goal=1,goal=2")


def test_blank_names_and_lines(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text("name,kind\n,x\nb,y\n")
    with pytest.raises(InputError, match="column 'name' has a blank cell"):
        read_catalogue(path)
    path.write_text("name,kind\na,x\n\nb\n")
    with pytest.raises(InputError, match="row 4 has 1 cells"):
        read_catalogue(path)


def test_a_folder_with_toml_in_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "my.toml.d"
    folder.mkdir()
    (folder / "own.toml").write_text("[populations.mine]\npassive = 1\n")
    assert load_population(folder / "own.toml").name == "mine"
    assert load_population(f"{folder}/own.toml:mine").name == "mine"
