"""What every domain, population and rule has to keep to."""

import inspect
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gymnasium.spaces import Box

from dialogue_env import Simulator, domain_names, population_names
from dialogue_env.observation import Observer
from dialogue_env.slate import open_acts
from dialogue_env.state import HIDDEN, Mind, State, Talk
from dialogue_env.world import World
from policies.rules import RULES, RulePolicy
from rewards import TERMS, RewardWeights, Turn, reward_vector

WEIGHTS = RewardWeights.parse("balanced")
ROWS = 5
LOW, HIGH = (np.array([getattr(term, end) for term in TERMS.values()], np.float32) for end in ("low", "high"))
COMBINATIONS = [(domain, population, rule) for domain in domain_names() for population in population_names() for rule in RULES]


@dataclass(frozen=True)
class Exchange:
    before: State
    observation: np.ndarray
    actions: np.ndarray
    after: State
    turn: Turn


@dataclass(frozen=True)
class Played:
    """Dialogues played by a rule; rows that have ended are played on, and left out by ``live``."""

    world: World
    observer: Observer
    policy: RulePolicy
    exchanges: list[Exchange]
    live: np.ndarray  # [turns, B] not over before the exchange


def play(world: World, rule: str, seeds: Any, numbers: Any, turns: int | None = None) -> Played:
    observer = Observer(world)
    policy = RulePolicy(rule, RULES[rule], observer.layout, world.acts)
    simulator = Simulator(world)
    state = simulator.reset(seeds, numbers)
    exchanges, live, over = [], [], np.zeros(len(state), bool)
    for _ in range(turns or world.domain.max_turns):
        observation = observer.observe(state, WEIGHTS.as_array())
        actions, _ = policy.predict(observation)
        after, turn = simulator.step(state, actions)
        exchanges.append(Exchange(state, observation, actions, after, turn))
        live.append(~over)
        state, over = after, over | turn.ended
    return Played(world, observer, policy, exchanges, np.array(live))


@pytest.fixture(scope="module", params=COMBINATIONS, ids="-".join)
def played(request: pytest.FixtureRequest, world_of: Callable[..., World]) -> Played:
    domain, population, rule = request.param
    return play(world_of(domain, population), rule, 11, np.arange(ROWS))


def test_observations_lie_in_the_space(played: Played) -> None:
    space = Box(-1.0, 1.0, (ROWS, played.observer.layout.size), np.float32)
    for exchange in played.exchanges:
        assert space.contains(exchange.observation)
    last = played.observer.observe(played.exchanges[-1].after, WEIGHTS.as_array())
    assert space.contains(last)
    only_fit = np.delete(last, np.arange(last.shape[1])[played.observer.layout.slices()["acts"]][: len(played.world.acts.names)], axis=1)
    assert only_fit.min() >= 0.0  # all but the fit of the acts lies in [0, 1]


def test_rules_play_open_acts(played: Played) -> None:
    for exchange in played.exchanges:
        assert exchange.before.open.any(axis=1).all()
        assert exchange.before.open[np.arange(ROWS), exchange.actions].all()
        shown = played.observer.layout.view(exchange.observation, "acts")[:, 2]
        np.testing.assert_array_equal(shown, exchange.before.open)
        np.testing.assert_array_equal(exchange.before.open, open_acts(played.world, exchange.before.talk, exchange.before.asked))
        np.testing.assert_array_equal(exchange.after.talk[:, Talk.LAST_ACT], exchange.actions)


def test_terms_keep_to_their_ranges(played: Played) -> None:
    for exchange in played.exchanges:
        terms = reward_vector(exchange.turn)
        assert np.isfinite(terms).all()
        assert (terms >= LOW).all()
        assert (terms <= HIGH).all()
        np.testing.assert_allclose(WEIGHTS.score(terms), terms.astype(np.float64) @ np.array(WEIGHTS.values), rtol=1e-6, atol=1e-7)


def test_facts_agree_with_the_states(played: Played) -> None:
    for exchange, live in zip(played.exchanges, played.live, strict=True):
        before, turn, after = exchange.before, exchange.turn, exchange.after
        np.testing.assert_array_equal(turn.progress_before, before.mind[:, Mind.PROGRESS])
        np.testing.assert_array_equal(turn.progress_after, after.mind[:, Mind.PROGRESS])
        np.testing.assert_array_equal(turn.satisfaction_before, before.mind[:, Mind.SATISFACTION])
        np.testing.assert_array_equal(turn.satisfaction_after, after.mind[:, Mind.SATISFACTION])
        assert not (turn.reached & ~turn.ended).any()
        assert not (turn.left & ~turn.ended).any()
        assert not turn.utility_lost[~turn.ended].any()
        assert (turn.ended[live] == (turn.left | (after.talk[:, Talk.TURN] == played.world.domain.max_turns) | closing(played, exchange))[live]).all()
    assert (played.live & [exchange.turn.ended for exchange in played.exchanges]).sum(axis=0).tolist() == [1] * ROWS


def closing(played: Played, exchange: Exchange) -> np.ndarray:
    return np.array([played.world.acts.names[act] == "close" for act in exchange.actions])


def test_levels_and_counts_stay_in_range(played: Played) -> None:
    for exchange in played.exchanges:
        after = exchange.after
        for name in ("uses", "asked", "novelty", "items", "slot_belief", "interest", "traits", "signals"):
            values = getattr(after, name)
            assert values.min() >= 0.0, name
            assert values.max() <= 1.0 + 1e-6, name
        for column in range(Mind.MISUNDERSTANDING + 1):
            assert after.mind[:, column].min() >= 0.0
            assert after.mind[:, column].max() <= 1.0
        assert np.abs(after.items.sum(axis=1) - 1.0).max() < 1e-4
        assert after.items.min() > 0.0
        assert (after.wish >= 0).all()
        assert (after.wish <= played.world.sizes).all()
    grown = [exchange.after.uses >= exchange.before.uses for exchange in played.exchanges]
    assert np.all(grown)


def test_dialogue_is_the_same_alone_and_in_a_batch(played: Played) -> None:
    turns = 6
    row = int(played.exchanges[0].before.key[0] % ROWS)  # any, but the same one on every run
    alone = play(played.world, played.policy.name, 11, np.array([row]), turns)
    for single, whole in zip(alone.exchanges, played.exchanges[:turns], strict=True):
        assert_same(single.after, whole.after.take(np.array([row])))
        np.testing.assert_array_equal(single.observation[0], whole.observation[row])
        np.testing.assert_array_equal(reward_vector(single.turn)[0], reward_vector(whole.turn)[row])


def assert_same(one: State, other: State) -> None:
    for name, array in one.arrays():
        np.testing.assert_array_equal(array, getattr(other, name), err_msg=name)


def test_nothing_hidden_is_observed(played: Played) -> None:
    for exchange in played.exchanges[::4]:
        shuffled = replace(exchange.after, **{name: np.roll(getattr(exchange.after, name), 1, axis=0) for name in HIDDEN})
        np.testing.assert_array_equal(played.observer.observe(shuffled, WEIGHTS.as_array()), played.observer.observe(exchange.after, WEIGHTS.as_array()))


@pytest.mark.parametrize("domain", domain_names())
@pytest.mark.parametrize("count", [2, 31, 33, 70])
def test_dialogues_do_not_depend_on_the_batch(domain: str, count: int, world_of: Callable[..., World]) -> None:
    whole = reference(domain, world_of)
    order = np.random.default_rng(count).permutation(100)[:count]
    part = play(whole.world, "random", 4, order)
    for some, every in zip(part.exchanges, whole.exchanges, strict=True):
        assert_same(some.after, every.after.take(order))
        np.testing.assert_array_equal(some.observation, every.observation[order])


@cache
def reference(domain: str, world_of: Callable[..., World]) -> Played:
    return play(world_of(domain), "random", 4, np.arange(100))


@pytest.mark.parametrize("domain", domain_names())
def test_masked_act_is_a_wasted_turn(domain: str, world_of: Callable[..., World]) -> None:
    simulator, checked = Simulator(world_of(domain)), 0
    for exchange in reference(domain, world_of).exchanges[::3]:
        held, held_turn = simulator.step(exchange.before, np.full(100, simulator.world.hold))
        for act in range(len(simulator.world.acts.names)):
            rows = np.flatnonzero(~exchange.before.open[:, act])
            if len(rows):
                new, turn = simulator.step(exchange.before.take(rows), np.full(len(rows), act))
                assert_same(new, held.take(rows))
                for field in fields(turn):
                    np.testing.assert_array_equal(getattr(turn, field.name), getattr(held_turn, field.name)[rows], err_msg=field.name)
                checked += len(rows)
    assert checked > 100


def digest(domain: str) -> str:
    """Return a digest of twelve dialogues in which every act is played."""
    import hashlib

    import numpy as np

    from dialogue_env import Simulator, build_world, load_domain, load_population

    simulator = Simulator(build_world(load_domain(domain), load_population("everyone"), 0.05))
    state = simulator.reset(2024, np.arange(12))
    sha = hashlib.sha256()
    for turn in range(simulator.world.domain.max_turns):
        state, _ = simulator.step(state, (np.arange(12) * 7 + turn * 5) % len(simulator.world.acts.names))
        for _, array in state.arrays():
            sha.update(array.tobytes())
    return sha.hexdigest()


def test_dialogues_are_the_same_in_another_process() -> None:
    code = inspect.getsource(digest) + f"\nfor domain in {domain_names()}:\n    print(digest(domain))\n"
    root = Path(__file__).parent.parent
    environment = os.environ | {"PYTHONHASHSEED": "7", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(root)}
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment, cwd=root)
    assert other.stdout.split() == [digest(domain) for domain in domain_names()]


def test_long_dialogues_stay_in_the_space(tiny_of: Callable[..., World]) -> None:
    world = tiny_of(noise=0.3, max_turns=200)
    for act in ("explore", "propose", "shift:0"):
        simulator, observer = Simulator(world), Observer(world)
        state = simulator.reset(0, np.arange(8))
        for _ in range(200):
            state, turn = simulator.step(state, np.full(8, world.acts.names.index(act)))
            assert Box(-1.0, 1.0, (8, observer.layout.size), np.float32).contains(observer.observe(state, WEIGHTS.as_array()))
            assert np.isfinite(reward_vector(turn)).all()
        assert (state.talk[:, Talk.TURN] == 200).all()
        assert turn.ended.all()
