"""Learned policies: every algorithm trains, saves, loads, plays and keeps to the masks."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch as th
from hand_made import tiny_of

from dialogue_env import DialogueVectorEnv
from dialogue_env.agent.observation import VERSION, layout_of
from evaluation.rollout import play
from policies import origin as origins
from policies import scorer
from policies.algorithms import ALGORITHMS, spaces_of
from policies.learned import LearnedPolicy, load_model, mapping
from policies.loader import load_policy
from policies.origin import ORIGIN, Origin
from policies.sb3_vec_env import DialogueSB3VecEnv
from policies.scorer_policies import _draw
from rewards import InputError, RewardWeights, WeightsRange

WEIGHTS = RewardWeights.parse("balanced")
SMALL = {
    "ppo": {"n_steps": 4, "batch_size": 32, "n_epochs": 1},
    "maskable_ppo": {"n_steps": 4, "batch_size": 32, "n_epochs": 1},
    "recurrent_ppo": {"n_steps": 4, "batch_size": 32, "n_epochs": 1},
    "dqn": {"learning_starts": 16, "batch_size": 8, "buffer_size": 200},
}


def tiny_model(algo: str, network: str = "scorer", domain: str = "donation") -> Any:
    envs = DialogueVectorEnv(8, domain=domain)
    venv = DialogueSB3VecEnv(envs)
    algorithm = ALGORITHMS[algo]
    shared = network == "scorer"
    kwargs = {"act_map": spaces_of(envs.world).act_map} if shared else {"net_arch": [8]}
    model = algorithm.model(algorithm.scorer if shared else algorithm.mlp, venv, policy_kwargs=kwargs, seed=0, device="cpu", **SMALL[algo])
    setattr(model, ORIGIN, Origin.of(algo, envs.world, WeightsRange(WEIGHTS)).as_dict())
    return model.learn(64)


@pytest.mark.parametrize("network", ["scorer", "mlp"])
@pytest.mark.parametrize("algo", ALGORITHMS)
def test_an_algorithm_trains_saves_loads_and_plays_alike(algo: str, network: str, tmp_path, world_of) -> None:
    model = tiny_model(algo, network)
    model.save(tmp_path / "model.zip")
    world = world_of("donation")
    loaded = load_model(tmp_path / "model.zip", world)
    here, there = (play(world, p, np.arange(20), 3, WEIGHTS) for p in (LearnedPolicy(model, ALGORITHMS[algo].masks, layout_of(world.tables)), loaded))
    np.testing.assert_array_equal(here.acts, there.acts)
    assert (here.turns >= 1).all()


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a scorer and a flat network of the donation domain."""
    folder = tmp_path_factory.mktemp("models")
    tiny_model("maskable_ppo").save(folder / "scorer.zip")
    tiny_model("ppo", "mlp").save(folder / "mlp.zip")
    return folder


def test_a_scorer_moves_to_another_domain_and_says_what_maps(saved: Path, world_of) -> None:
    world = world_of("concierge")
    policy = load_policy(str(saved / "scorer.zip"), world)
    assert len(play(world, policy, np.arange(10), 0, WEIGHTS).turns) == 10
    assert (
        mapping(policy, world) == "trained on 'donation', plays 'concierge': slots and topics map by their features, "
        f"{len(world.acts.names)} of {len(world.acts.names)} acts by their family"
    )
    assert mapping(load_policy(str(saved / "scorer.zip"), world_of("donation")), world_of("donation")) == ""
    assert mapping(load_policy("rules:push", world), world) == ""


def test_families_that_training_lacked_are_told() -> None:
    tiny = tiny_of()
    learned = replace(Origin.of("ppo", tiny, WeightsRange(WEIGHTS)), domain="stones", families=("HOLD", "CLARIFY", "PROPOSE", "CLOSE", "SHIFT"))
    assert learned.mapping(tiny) == (
        "trained on 'stones', plays 'tiny': slots and topics map by their features, 7 of 15 acts by their family; "
        "of families never seen in training: acknowledge, check, explore, tell, appeal, correct, yield, answer"
    )


def test_a_flat_network_plays_only_its_own_domain(saved: Path, world_of) -> None:
    assert load_model(saved / "mlp.zip", world_of("donation", "people_tail_90")).origin.algorithm == "ppo"
    own, other = (Origin.of("ppo", world_of(name), WeightsRange(WEIGHTS)).names for name in ("donation", "concierge"))
    with pytest.raises(InputError) as caught:
        load_policy(str(saved / "mlp.zip"), world_of("concierge"))
    here, there = f"'concierge' (names {other}, layout {VERSION})", f"'donation' (names {own}, layout {VERSION})"
    assert str(caught.value) == f"{saved / 'mlp.zip'}: a flat network trained on {there}, here is {here}; only the scorer network moves"


def test_other_acts_slots_or_topics_make_another_domain() -> None:
    tiny = tiny_of()
    origin = Origin.of("ppo", tiny, WeightsRange(WEIGHTS))
    assert not origin.elsewhere(tiny)
    assert origin.elsewhere(tiny_of(topics=(*tiny.domain.topics[:3], replace(tiny.domain.topics[3], name="shop"))))
    assert origin.elsewhere(tiny_of(slots=(tiny.domain.slots[0], replace(tiny.domain.slots[1], name="bulk"))))
    assert origin.elsewhere(tiny_of(name="stones"))
    assert not origin.elsewhere(tiny_of(noise=0.3, summary="another"))


@pytest.mark.parametrize("name", ["scorer.zip", "mlp.zip"])
def test_models_of_another_layout_are_refused(name: str, saved: Path, world_of, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(origins, "VERSION", "0123456789ab")
    message = (
        rf"^\S+scorer\.zip: trained on observations of layout {VERSION}, which is 0123456789ab by now; train it again$"
        if name == "scorer.zip"
        else rf"a flat network trained on 'donation' .*{VERSION}\), here is 'donation' .*0123456789ab\)"
    )
    with pytest.raises(InputError, match=message):
        load_policy(str(saved / name), world_of("donation"))


def test_weights_that_do_not_fit_the_network_are_one_line(saved: Path, world_of, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scorer, "ACT_WIDTH", 8)
    with pytest.raises(InputError, match=r"scorer\.zip: not a readable model: .*size mismatch for \S+: ") as caught:
        load_policy(str(saved / "scorer.zip"), world_of("donation"))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        (None, "not saved by train.py, so it does not say which algorithm it is of; a policy of your own is named module:Class"),
        ({"algorithm": "ppo"}, "its origin cannot be read ('families'); train it again"),
    ],
)
def test_a_model_that_does_not_say_where_it_comes_from_is_refused(stored: Any, message: str, tmp_path: Path, world_of) -> None:
    model = tiny_model("ppo")
    setattr(model, ORIGIN, stored)
    model.save(tmp_path / "model.zip")
    with pytest.raises(InputError) as caught:
        load_policy(str(tmp_path / "model.zip"), world_of("donation"))
    assert str(caught.value) == f"{tmp_path / 'model.zip'}: {message}"


def test_an_unknown_algorithm_is_refused(tmp_path: Path, world_of) -> None:
    model = tiny_model("ppo")
    setattr(model, ORIGIN, {**getattr(model, ORIGIN), "algorithm": "sarsa"})
    model.save(tmp_path / "model.zip")
    with pytest.raises(InputError, match=re.escape("unknown algorithm of") + r" \S+model\.zip 'sarsa'; valid: ppo, maskable_ppo, recurrent_ppo, dqn$"):
        load_policy(str(tmp_path / "model.zip"), world_of("donation"))


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
