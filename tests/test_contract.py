"""What every domain, population and rule has to keep to."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from gymnasium.spaces import Box
from hand_made import open_of, patchy_of, slate_of, tiny_of, world_of

from dialogue_env import Simulator, State, Stream, World, domain_names, exchanges
from dialogue_env.acts import Family, Reply
from dialogue_env.agent.observation import Observer
from dialogue_env.likelihood import interests
from dialogue_env.simulator import Exchange
from policies.rules import RULES, RulePolicy
from rewards import TERMS, RewardWeights, reward_vector

WEIGHTS = RewardWeights.parse("balanced")
ROWS = 5
LOW, HIGH = (np.array([getattr(term, end) for term in TERMS.values()], np.float32) for end in ("low", "high"))
POPULATIONS = ("people", "everyone", "held_out", "people_tail_99", "adversarial", "accommodating")
COMBINATIONS = [(domain, population, rule) for domain in (*domain_names(), "patchy") for population in POPULATIONS for rule in RULES]
SHARES = ("mood", "upset", "cooperation", "surprise", "hesitation", "best_mass")
LEVELS = ("satisfaction", "willingness", "annoyance", "distress", "misunderstanding", "progress", "utility", "interest")


@dataclass(frozen=True)
class Played:
    """Dialogues played by a rule; rows that have ended are played on, and left out by ``live``."""

    world: World
    observer: Observer
    policy: RulePolicy
    exchanges: list[Exchange]
    live: np.ndarray  # [exchanges, B] not over before the exchange

    def seen(self, state: State) -> np.ndarray:
        return self.observer.observe(state.talk, WEIGHTS.as_array())


def play(world: World, rule: str, numbers: np.ndarray, count: int | None = None) -> Played:
    observer, simulator, count = Observer(world.tables), Simulator(world), count or world.domain.max_turns
    policy = RulePolicy(rule, RULES[rule], observer.layout, world.acts)

    def choose(_: int, __: Any, state: State) -> np.ndarray:
        return policy.predict(observer.observe(state.talk, WEIGHTS.as_array()))[0]

    opened = simulator.reset(Stream.SELECTION, 11, numbers)
    every = list(exchanges(simulator, opened, choose, going=lambda played: np.full(len(numbers), played.number + 1 < count)))
    over = np.cumsum([played.facts["ended"] for played in every], axis=0) - [played.facts["ended"] for played in every]
    return Played(world, observer, policy, every, over == 0)


@pytest.fixture(scope="module", params=COMBINATIONS, ids="-".join)
def played(request: pytest.FixtureRequest) -> Played:
    domain, population, rule = request.param
    world = patchy_of(population) if domain == "patchy" else world_of(domain, population)
    return play(world, rule, np.arange(ROWS))


def test_observations_lie_in_the_space(played: Played) -> None:
    space = Box(-1.0, 1.0, (ROWS, played.observer.layout.size), np.float32)
    for exchange in played.exchanges:
        assert space.contains(played.seen(exchange.after))
    last = played.seen(played.exchanges[-1].after)
    only_fit = np.delete(last, np.arange(last.shape[1])[played.observer.layout.columns["fit"]], axis=1)
    assert only_fit.min() >= 0.0  # all but the fit of the acts lies in [0, 1]


def test_rules_play_open_acts(played: Played) -> None:
    for exchange in played.exchanges:
        before = exchange.before
        assert before.talk.open.any(axis=1).all()
        assert before.talk.open[np.arange(ROWS), exchange.action].all()
        np.testing.assert_array_equal(before.talk.open, open_of(played.world, before))
        np.testing.assert_array_equal(before.talk.slate, slate_of(played.world, before))
        np.testing.assert_array_equal(exchange.after.talk.now["last_act"], exchange.action)


def test_terms_keep_to_their_ranges(played: Played) -> None:
    for exchange in played.exchanges:
        terms = reward_vector(exchange.facts)
        assert np.isfinite(terms).all()
        assert (terms >= LOW).all()
        assert (terms <= HIGH).all()
        np.testing.assert_allclose(WEIGHTS.score(terms), terms.astype(np.float64) @ np.array(WEIGHTS.values), rtol=1e-6, atol=1e-7)


def test_facts_agree_with_the_states(played: Played) -> None:
    close = played.world.acts.of(Family.CLOSE)[0]
    for exchange, live in zip(played.exchanges, played.live, strict=True):
        facts, before, after = exchange.facts, exchange.before.person.now, exchange.after.person.now
        for level in ("progress", "satisfaction"):
            np.testing.assert_array_equal(facts[f"{level}_before"], before[level])
            np.testing.assert_array_equal(facts[f"{level}_after"], after[level])
        assert not (facts["success"] & ~facts["ended"]).any()
        assert not (facts["left"] & ~facts["ended"]).any()
        assert not facts["utility_lost"][~facts["ended"]].any()
        last = exchange.after.talk.now["exchanges"] == played.world.domain.max_turns
        assert (facts["ended"][live] == (facts["left"] | last | (exchange.action == close))[live]).all()
    assert (played.live & [exchange.facts["ended"] for exchange in played.exchanges]).sum(axis=0).tolist() == [1] * ROWS


def test_agents_side_stays_sound(played: Played) -> None:
    for exchange in played.exchanges:
        talk, before = exchange.after.talk, exchange.before.talk
        for name in SHARES:
            assert talk.now[name].min() >= 0.0, name
            assert talk.now[name].max() <= 1.0, name
        for values in (talk.items, talk.evidence, talk.entropy, talk.top_mass):
            assert values.min() >= 0.0
            assert values.max() <= 1.0 + 1e-6
        assert np.abs(talk.items.sum(axis=1) - 1.0).max() < 1e-4
        assert talk.items.min() > 0.0
        np.testing.assert_array_equal(talk.now["best_item"], talk.items.argmax(axis=1))
        np.testing.assert_array_equal(talk.now["best_mass"], talk.items.max(axis=1))
        np.testing.assert_allclose(talk.fit, talk.items @ played.world.acts.fits.T, atol=1e-5)
        for name in ("uses", "asked"):
            assert getattr(talk, name).max() <= 3, name
            assert (getattr(talk, name) >= getattr(before, name)).all(), name
        assert (talk.now["exchanges"] == exchange.number + 1).all()
        assert (np.abs(talk.liking - before.liking) <= 0.25 + 1e-6).all()


def test_people_stay_sound(played: Played) -> None:
    for exchange in played.exchanges:
        person, before = exchange.after.person, exchange.before.person
        for name in LEVELS:
            assert person.now[name].min() >= 0.0, name
            assert person.now[name].max() <= 1.0, name
        np.testing.assert_array_equal(person.now["interest"], interests(played.world, person, person.now["topic"][:, None].copy())[:, 0])
        for name in ("key", "type", "need", "favourites", "traits", "leaning"):
            np.testing.assert_array_equal(person.now[name], before.now[name], err_msg=name)
        np.testing.assert_array_equal(person.first_wish, before.first_wish)
        assert (person.wish >= 0).all()
        assert (person.wish <= played.world.tables.slots["size"]).all()
        assert ((person.wish != before.wish).sum(axis=1) <= 1).all()
        assert not (person.now["stuck"] & (person.now["last_reply"] != Reply.SILENT)).any()


def test_dialogue_is_the_same_alone_and_in_a_batch(played: Played) -> None:
    count = 6
    row = int(played.exchanges[0].before.person.now["key"][0] % ROWS)  # any, but the same one on every run
    alone = play(played.world, played.policy.name, np.array([row]), count)
    for single, whole in zip(alone.exchanges, played.exchanges[:count], strict=True):
        assert_same(single.after, whole.after.take([row]))
        np.testing.assert_array_equal(alone.seen(single.after)[0], played.seen(whole.after)[row])
        np.testing.assert_array_equal(single.facts, whole.facts[[row]])


def assert_same(one: State, other: State) -> None:
    for (name, array), (_, expected) in zip(one.arrays(), other.arrays(), strict=True):
        np.testing.assert_array_equal(array, expected, err_msg=name)


@pytest.mark.parametrize("domain", domain_names())
def test_masked_act_is_a_wasted_exchange(domain: str) -> None:
    world, checked = world_of(domain), 0
    simulator, hold = Simulator(world), world.acts.of(Family.HOLD)[0]
    for exchange in play(world, "random", np.arange(100)).exchanges[::3]:
        held, held_facts = simulator.step(exchange.before, np.full(100, hold))
        for act in range(len(world.acts.names)):
            rows = np.flatnonzero(~exchange.before.talk.open[:, act])
            if len(rows):
                new, facts = simulator.step(exchange.before.take(rows), np.full(len(rows), act))
                assert_same(new, held.take(rows))
                np.testing.assert_array_equal(facts, held_facts[rows])
                checked += len(rows)
    assert checked > 100


@pytest.mark.parametrize("act", ["explore", "propose", "shift:0"])
def test_long_dialogues_stay_in_the_space(act: str) -> None:
    world = tiny_of(noise=0.3, max_turns=200)
    simulator, observer = Simulator(world), Observer(world.tables)
    space = Box(-1.0, 1.0, (8, observer.layout.size), np.float32)
    state = simulator.reset(Stream.TRAINING, 0, np.arange(8))
    for _ in range(200):
        state, facts = simulator.step(state, np.full(8, world.acts.names.index(act)))
        assert space.contains(observer.observe(state.talk, WEIGHTS.as_array()))
        assert np.isfinite(reward_vector(facts)).all()
    assert (state.talk.now["exchanges"] == 200).all()
    assert facts["ended"].all()
