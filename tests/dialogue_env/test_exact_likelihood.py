"""What the likelihood says of people is how often they do it."""

from dataclasses import replace

import numpy as np
import pytest
from hand_made import SALE, acts_of, state_of, tiny_of, world_of

from dialogue_env import Simulator, State, Stream, World, build_world, domain_names, load_domain
from dialogue_env.acts import REPLIES, Family, Reply
from dialogue_env.draws import dialogue_keys
from dialogue_env.likelihood import features, follow_through, interests, leave_probability, reply_logits, would_accept
from dialogue_env.person.model import FEATURES, IMPOSSIBLE
from dialogue_env.person.population import population_of

COUNT = 20_000


def chances(world: World, state: State, action: np.ndarray) -> np.ndarray:
    """Return the probability of every reply [B, 12], by formula."""
    logits, leaving = reply_logits(world, state, action), leave_probability(world, state, action)
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    return np.concatenate([shares * (1.0 - leaving[:, None]), leaving[:, None]], axis=1)


def situations(world: World, depth: int) -> tuple[State, np.ndarray]:
    """Return a dialogue at some depth for every act, with that act."""
    simulator, chance, acts = Simulator(world), np.random.default_rng(depth), np.arange(len(world.acts.names))
    state = simulator.reset(Stream.TRAINING, depth, acts)
    for _ in range(depth):
        state, _ = simulator.step(state, chance.integers(len(acts), size=len(acts)))
    return state, acts


@pytest.mark.parametrize("depth", [0, 3, 8])
@pytest.mark.parametrize("domain", domain_names())
def test_replies_come_as_often_as_the_formula_says(domain: str, depth: int) -> None:
    world = world_of(domain, "everyone", noise=0.0)
    simulator, luck = Simulator(world), dialogue_keys(Stream.EVALUATION, depth, np.arange(COUNT))
    state, acts = situations(world, depth)
    expected = chances(world, state, acts)
    np.testing.assert_allclose(expected.sum(axis=1), 1.0)
    for act in acts[::2]:
        many = state.take(np.full(COUNT, act))
        many.person.now["key"] = luck
        new, facts = simulator.step(many, np.full(COUNT, act))
        counts = np.bincount(new.talk.now["last_reply"], minlength=12)
        assert counts[Reply.LEAVE] == facts["left"].sum()
        errors = np.sqrt(expected[act] * (1.0 - expected[act]) / COUNT)
        assert (np.abs(counts / COUNT - expected[act]) <= 4 * errors + 1e-12).all(), world.acts.names[act]


def test_a_yes_comes_as_often_as_the_formula_says() -> None:
    world = tiny_of()
    state = state_of(world, COUNT, talk={"topic": SALE}, person={"willingness": 0.9})
    new, facts = Simulator(world).step(state, acts_of(world, state, "propose"))
    stayed = ~facts["left"]
    said = new.talk.now["last_reply"][stayed] == Reply.ACCEPT
    chance = would_accept(world, state, acts_of(world, state, "propose"))[0]
    assert 0.05 < chance < 0.95
    assert abs(said.mean() - chance) <= 4 * np.sqrt(chance * (1 - chance) / stayed.sum())


def test_deeds_come_as_often_as_the_formula_says() -> None:
    world = world_of("donation", "everyone", noise=0.0)
    simulator, luck = Simulator(world), dialogue_keys(Stream.EVALUATION, 0, np.arange(COUNT))
    state, _ = situations(world, 5)
    close = world.acts.of(Family.CLOSE)[0]
    for row in range(6):
        many = state.take(np.full(COUNT, row))
        many.person.now["key"] = luck
        new, facts = simulator.step(many, np.full(COUNT, close))
        expected = follow_through(world, new.person, facts["left"])
        assert expected.std() < 1e-12
        assert abs(facts["success"].mean() - expected[0]) <= 4 * np.sqrt(expected[0] * (1 - expected[0]) / COUNT)


@pytest.mark.parametrize("domain", domain_names())
def test_features_make_the_logits(domain: str) -> None:
    world = world_of(domain)
    state, acts = situations(world, 4)
    played = np.where(state.talk.open[acts, acts], acts, world.acts.of(Family.HOLD)[0])
    found = features(world, state, acts)
    assert found.shape == (len(acts), len(FEATURES))
    bias = world.person.bias[world.acts.family[played]]
    again = np.where(state.person.now["last_reply"][:, None] == np.arange(len(REPLIES)), world.person.again, 0.0)
    world_bias = world.tables.constants["bias"][0][world.acts.family[played]]  # with what the domain adds to asking back
    expected = world_bias + found @ world.person.response.T + state.person.now["leaning"] + again
    logits = reply_logits(world, state, acts)
    possible = bias > IMPOSSIBLE
    if world.domain.target == "item":  # a yes needs an offer
        possible[:, Reply.ACCEPT] &= (state.person.now["offered"] >= 0) | (world.acts.family[played] == Family.PROPOSE)
    np.testing.assert_allclose(logits[possible], expected[possible], atol=1e-9)
    assert (logits[~possible] == IMPOSSIBLE).all()


def test_likelihood_changes_nothing() -> None:
    world = world_of("support")
    state, acts = situations(world, 4)
    before = state.copy()
    features(world, state, acts)
    follow_through(world, state.person, np.zeros(state.size, bool))
    interests(world, state.person, state.talk.slate)
    for (name, array), (_, expected) in zip(state.arrays(), before.arrays(), strict=True):
        np.testing.assert_array_equal(array, expected, err_msg=name)


@pytest.mark.parametrize("noise", [0.0, 0.4])
def test_likelihood_does_not_know_of_the_noise(noise: float) -> None:
    state, acts = situations(world_of("support", "everyone", 0.0), 4)
    np.testing.assert_array_equal(*(reply_logits(world_of("support", "everyone", level), state, acts) for level in (0.0, noise)))


@pytest.mark.parametrize("domain", domain_names())
def test_an_offer_that_everybody_wants_is_accepted_whatever_the_coefficients(domain: str) -> None:
    biases = {"PROPOSE": {"ACCEPT": 100.0, "RESIST": 100.0, "DRIFT": 100.0, "ASK": 100.0, "SILENT": 100.0}}
    tables = {"populations": {"keen": {"people_open": 1}}, "person": {"bias": biases, "response": {"ACCEPT": {"acceptability": 100.0}}}}
    shipped = load_domain(domain)
    world = build_world(replace(shipped, acceptance={**shipped.acceptance, "bias": 5.0}), population_of("here", tables), 0.05)
    state = state_of(world, 500, talk={"topic": world.domain.goal_topic, "best_item": 0}, person={"willingness": 1.0}, traits={"patience": 1.0})
    action = acts_of(world, state, "propose")
    logits, expected = reply_logits(world, state, action), chances(world, state, action)
    assert np.isfinite(logits).all()
    assert np.isfinite(expected).all()
    np.testing.assert_allclose(expected.sum(axis=1), 1.0)
    new, facts = Simulator(world).step(state, action)
    stayed = ~facts["left"]
    assert stayed.mean() > 0.95
    assert (new.talk.now["last_reply"][stayed] == Reply.ACCEPT).all()
    assert new.person.now["agreed"][stayed].all()
