"""The shared scorer: order does not matter, and the number of acts may differ."""

import numpy as np
import pytest
import torch as th

from dialogue_env.acts import Family
from dialogue_env.agent.observation import layout_of
from policies.scorer import Scorer, act_map


@pytest.fixture(scope="module")
def world(world_of):
    return world_of("concierge")


def observations(world, count: int = 8) -> np.ndarray:
    return np.random.default_rng(0).random((count, layout_of(world.tables).size), np.float32)


def test_act_map_names_the_columns_of_each_act(world) -> None:
    layout, acts = layout_of(world.tables), world.acts
    inputs = act_map(layout, acts)
    numbered = np.arange(layout.size, dtype=np.float32)
    own = np.array(inputs.dynamic)
    assert own.shape == (len(acts.names), 12)
    clarify, shift, hold = acts.span[Family.CLARIFY].start + 2, acts.span[Family.SHIFT].start + 1, acts.span[Family.HOLD].start
    np.testing.assert_array_equal(own[clarify, 3:7], layout.view(numbered, "slots")[:, 2])
    np.testing.assert_array_equal(own[shift, 7:], layout.view(numbered, "candidates")[:, 1])
    assert (own[hold, 3:] == layout.size).all()
    assert sorted(inputs.context) == sorted(set(range(layout.size)) - set(own.ravel().tolist()))  # the rest, each once
    propose = acts.span[Family.PROPOSE].start
    numbers = [acts.records[name][propose] for name in ("gain", "comfort", "pressure", "effort")]
    assert inputs.static[propose] == (*np.eye(len(Family))[Family.PROPOSE], *numbers)


def test_exchanging_two_candidates_exchanges_their_logits(world) -> None:
    layout = layout_of(world.tables)
    scorer = Scorer(act_map(layout, world.acts))
    first = observations(world)
    second = first.copy()
    for name, a, b in (("candidates", 0, 3), ("acts", world.acts.span[Family.SHIFT].start, world.acts.span[Family.SHIFT].start + 3)):
        part, changed = layout.view(first, name), layout.view(second, name)
        changed[:, :, a], changed[:, :, b] = part[:, :, b], part[:, :, a]
    before, after = (scorer.forward_actor(th.tensor(x)).detach().numpy() for x in (first, second))
    start = world.acts.span[Family.SHIFT].start
    order = np.arange(before.shape[1])
    order[[start, start + 3]] = order[[start + 3, start]]
    np.testing.assert_allclose(after, before[:, order], atol=1e-5)
    assert np.abs(after - before).max() > 1e-4


def test_the_same_weights_score_another_domain(world, world_of) -> None:
    other = world_of("donation")
    here, there = (Scorer(act_map(layout_of(w.tables), w.acts)) for w in (world, other))
    there.load_state_dict(here.state_dict())
    logits, latent = there(th.tensor(observations(other)))
    assert logits.shape == (8, len(other.acts.names))
    assert latent.shape == (8, 64)


def test_parts_agree_with_the_whole_and_memory_joins_the_context(world) -> None:
    scorer = Scorer(act_map(layout_of(world.tables), world.acts), memory=5)
    features = th.cat([th.rand(8, 5), th.tensor(observations(world))], 1)
    logits, latent = scorer(features)
    th.testing.assert_close(scorer.forward_actor(features), logits)
    th.testing.assert_close(scorer.forward_critic(features), latent)
    changed = features.clone()
    changed[:, 0] += 1.0
    assert not th.allclose(scorer.forward_actor(changed), logits)
