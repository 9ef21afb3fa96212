"""Learned policies: every algorithm trains, saves, loads, plays and keeps to the masks."""

import numpy as np
import pytest
import torch as th

from dialogue_env import DialogueVectorEnv
from dialogue_env.observation import layout_of
from evaluation.rollout import play
from policies.algorithms import ALGORITHMS, spaces_of
from policies.loader import LearnedPolicy, load_model, load_policy, rule_names
from policies.oracle import Oracle
from policies.sb3_vec_env import DialogueSB3VecEnv
from policies.scorer_policies import _draw
from rewards import InputError, RewardWeights

WEIGHTS = RewardWeights.parse("balanced")
SMALL = {
    "ppo": {"n_steps": 4, "batch_size": 32, "n_epochs": 1},
    "maskable_ppo": {"n_steps": 4, "batch_size": 32, "n_epochs": 1},
    "recurrent_ppo": {"n_steps": 4, "batch_size": 32, "n_epochs": 1},
    "dqn": {"learning_starts": 16, "batch_size": 8, "buffer_size": 200},
}


def tiny_model(algo: str, network: str = "scorer", domain: str = "donation"):
    envs = DialogueVectorEnv(8, domain=domain)
    venv = DialogueSB3VecEnv(envs)
    algorithm = ALGORITHMS[algo]
    scorer = network == "scorer"
    kwargs = {"act_map": spaces_of(envs.world).act_map} if scorer else {"net_arch": [8]}
    model = algorithm.model(algorithm.scorer if scorer else algorithm.mlp, venv, policy_kwargs=kwargs, seed=0, device="cpu", **SMALL[algo])
    return model.learn(64)


@pytest.mark.parametrize("network", ["scorer", "mlp"])
@pytest.mark.parametrize("algo", ALGORITHMS)
def test_an_algorithm_trains_saves_loads_and_plays_alike(algo: str, network: str, tmp_path, world_of) -> None:
    model = tiny_model(algo, network)
    model.save(tmp_path / "model.zip")
    world = world_of("donation")
    loaded = load_model(tmp_path / "model.zip", world)
    here, there = (play(world, p, np.arange(20), 3, WEIGHTS) for p in (LearnedPolicy(model, ALGORITHMS[algo].masks, layout_of(world)), loaded))
    np.testing.assert_array_equal(here.acts, there.acts)
    assert (here.turns >= 1).all()


def test_a_scorer_moves_to_another_domain_and_a_flat_network_does_not(tmp_path, world_of) -> None:
    tiny_model("maskable_ppo").save(tmp_path / "scorer.zip")
    tiny_model("ppo", "mlp").save(tmp_path / "mlp.zip")
    world = world_of("concierge")
    dialogues = play(world, load_policy(str(tmp_path / "scorer.zip"), world), np.arange(10), 0, WEIGHTS)
    assert len(dialogues.turns) == 10
    with pytest.raises(InputError, match=r"mlp\.zip: trained on another domain's spaces .* than 'concierge' has .*only the scorer network moves$"):
        load_policy(str(tmp_path / "mlp.zip"), world)


def test_masked_acts_are_never_drawn() -> None:
    log_probs = th.log_softmax(th.tensor([[-1e8, 0.0, 1.0, -1e8]]).repeat(20_000, 1), 1)
    drawn = np.bincount(_draw(log_probs).numpy(), minlength=4) / 20_000
    assert drawn[0] == drawn[3] == 0.0
    assert drawn[2] == pytest.approx(np.e / (1 + np.e), abs=0.02)


def test_a_maskable_model_keeps_to_the_masks() -> None:
    model = tiny_model("maskable_ppo")
    envs = model.get_env().envs
    for _ in range(20):
        action, _ = model.predict(model._last_obs, action_masks=envs.action_masks(), deterministic=False)
        assert envs.action_masks()[np.arange(8), action].all()
        envs.step(action)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("rules:pushy", r"^unknown policy 'rules:pushy'; valid: rules:random, .*rules:oracle$"),
        ("runs/nowhere", r"^unknown policy 'runs/nowhere'; valid: rules:random, .*, a run folder or a model's \.zip$"),
        ("EMPTY", r"no model in this folder; looked for best_model\.zip, last_model\.zip$"),
        ("BROKEN", r"broken\.zip: not a readable model: "),
    ],
)
def test_a_bad_name_or_file_is_one_line(name: str, message: str, tmp_path, world_of) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 half a file")
    places = {"EMPTY": str(tmp_path / "empty"), "BROKEN": str(tmp_path / "broken.zip")}
    with pytest.raises(InputError, match=message) as caught:
        load_policy(places.get(name, name), world_of("donation"))
    assert "\n" not in str(caught.value)


def test_every_rule_name_loads(world_of) -> None:
    policies = [load_policy(name, world_of("donation")) for name in rule_names()]
    assert isinstance(policies[-1], Oracle)


def test_the_oracle_is_above_every_rule(world_of) -> None:
    for domain in ("concierge", "donation", "support"):
        world = world_of(domain)
        returns = {name: play(world, load_policy(name, world), np.arange(500), 0, WEIGHTS).returns(WEIGHTS).mean() for name in rule_names()}
        assert max(returns, key=returns.__getitem__) == "rules:oracle", (domain, returns)
