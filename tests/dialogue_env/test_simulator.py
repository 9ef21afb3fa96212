import sys
from typing import Any

import numpy as np
import pytest
from hand_made import BIG, GREEN, RED, SALE, acts_of, after, draws_of, keys_where, state_of, tiny_of, world_of
from numba.core.registry import CPUDispatcher

from dialogue_env import Simulator, State, Stream, World, domain_names, exchanges
from dialogue_env.acts import Reply
from dialogue_env.agent.observation import Observer
from dialogue_env.draws import dialogue_keys
from dialogue_env.likelihood import follow_through, reply_logits
from rewards import FACTS, Facts, RewardWeights, reward_vector

WEIGHTS = RewardWeights.parse("balanced").as_array()


@pytest.mark.parametrize(
    ("act", "reply", "exchanges_before", "ended", "left"),
    [
        ("explore", Reply.ANSWER, 0, False, False),
        ("explore", Reply.ANSWER, 8, False, False),
        ("explore", Reply.ANSWER, 9, True, False),  # the tenth is the last
        ("close", Reply.ACKNOWLEDGE, 0, True, False),
        ("explore", Reply.LEAVE, 0, True, True),
        ("propose", Reply.ACCEPT, 0, False, False),
    ],
)
def test_end(tiny: World, act: str, reply: Reply, exchanges_before: int, ended: bool, left: bool) -> None:
    _, facts = after(tiny, state_of(tiny, talk={"exchanges": exchanges_before}), act, reply)
    assert (facts["ended"].item(), facts["left"].item()) == (ended, left)


@pytest.mark.parametrize(
    ("act", "agreed", "probability"),
    [
        # -1 + 3 agreed + 2 (willingness after - 1/2) + (1/2 - distress 1/2) + 0; willingness is .5 + .1 (.5 - 1/2) = 1/2.
        ("close", True, 0.880797),  # 2
        ("close", False, 0.0),  # -1, but nothing was asked for
        ("explore", True, 0.0),  # not over yet
    ],
)
def test_goal_is_reached_by_doing(tiny: World, act: str, agreed: bool, probability: float) -> None:
    state = state_of(tiny, 2000, talk={"agreed": agreed}, person={"willingness": 0.5, "distress": 0.5})
    new, facts = after(tiny, state, act, Reply.ACKNOWLEDGE)
    np.testing.assert_array_equal(facts["success"], draws_of(state.person.now["key"], "OUTCOME") < probability)
    if facts["ended"].all():
        np.testing.assert_allclose(follow_through(tiny, new.person, facts["left"]), probability, atol=1e-6)


def test_facts_of_an_exchange(tiny: World) -> None:
    new, facts = after(tiny, state_of(tiny, person={"progress": 0.25, "satisfaction": 0.5, "last_reply": Reply.ASK}), "shift:1", Reply.ANSWER)
    assert facts.dtype == FACTS
    assert (facts["progress_before"].item(), facts["satisfaction_before"].item()) == (0.25, 0.5)
    assert facts["progress_after"].item() == new.person.now["progress"].item()
    assert facts["satisfaction_after"].item() == new.person.now["satisfaction"].item()
    assert facts["topic_jump"].item() == pytest.approx(0.4)  # 1 - closeness .6
    assert facts["missed"].item()
    assert not facts["intruded"].item()
    assert facts["question_effort"].item() == 0.0


def test_topic_does_not_jump_unless_it_is_led(tiny: World) -> None:
    assert after(tiny, state_of(tiny), "explore", Reply.ANSWER)[1]["topic_jump"].item() == 0.0
    assert after(tiny, state_of(tiny), "shift:0", Reply.RESIST)[1]["topic_jump"].item() == 1.0  # the sale is 0 from the weather


@pytest.mark.parametrize(("act", "agreed", "lost"), [("close", True, 0.25), ("close", False, 0.0), ("explore", True, 0.0)])
def test_utility_is_lost_where_something_was_agreed(tiny: World, act: str, agreed: bool, lost: float) -> None:
    _, facts = after(tiny, state_of(tiny, talk={"agreed": agreed}, person={"utility": 0.75}), act, Reply.ACKNOWLEDGE)
    assert facts["utility_lost"].item() == pytest.approx(lost)


def test_utility_lost_is_of_the_first_wish_although_the_mind_changed(tiny: World) -> None:
    key = keys_where(NEW_WISH=(0.1, 0.2))  # the colour, to green
    state = state_of(tiny, wish=[RED, BIG], talk={"topic": SALE}, person={"key": key}, traits={"mind_change": 1.0})  # the ruby
    state, _ = after(tiny, state, "explore", Reply.ANSWER)
    assert (state.person.wish.tolist(), state.person.first_wish.tolist()) == ([[GREEN, BIG]], [[RED, BIG]])
    state.person.now["traits"]["mind_change"] = 0.0
    for act, reply in (("propose", Reply.ACCEPT), ("close", Reply.ACKNOWLEDGE)):
        state, facts = after(tiny, state, act, reply)
    assert (state.person.now["agreed"].item(), state.talk.now["best_item"].item()) == (True, 0)
    assert facts["ended"].item()
    assert facts["utility_lost"].item() == 0.0  # of the wish as it is now, .75


def assert_same(one: tuple[State, Facts], other: tuple[State, Facts]) -> None:
    for (name, array), (_, expected) in zip(one[0].arrays(), other[0].arrays(), strict=True):
        np.testing.assert_array_equal(array, expected, err_msg=name)
    np.testing.assert_array_equal(one[1], other[1])


@pytest.mark.parametrize("domain", domain_names())
def test_a_given_reply_is_as_a_drawn_one(domain: str) -> None:
    world = world_of(domain, noise=0.0)
    simulator, drawn = Simulator(world), []
    state = simulator.reset(Stream.TRAINING, 0, np.arange(64))
    for number in range(6):
        actions = (np.arange(64) + 5 * number) % len(world.acts.names)
        stepped = simulator.step(state, actions)
        drawn.append(stepped[0].talk.now["last_reply"])  # without noise what was said
        assert_same(simulator.step(state, actions, drawn[-1]), stepped)
        state = stepped[0]
    assert len(np.unique(drawn)) > 6


@pytest.mark.parametrize("domain", domain_names())
def test_a_log_is_replayed(domain: str) -> None:
    simulator = Simulator(world_of(domain))
    replies = np.random.default_rng(0).integers(len(Reply) - 1, size=(6, 16))  # whatever was logged, likely here or not
    actions = np.random.default_rng(1).integers(len(simulator.world.acts.names), size=(6, 16))
    ends = []
    for _ in range(2):
        state = simulator.reset(Stream.TRAINING, 0, np.arange(16))
        for act, reply in zip(actions, replies, strict=True):
            state, facts = simulator.step(state, act, reply)
            np.testing.assert_array_equal(state.person.now["last_reply"], reply)
            np.testing.assert_array_equal(state.talk.now["last_reply"] == Reply.ACCEPT, reply == Reply.ACCEPT)  # a yes is never mistaken
            assert not facts["left"].any()
        ends.append((state, facts))
    assert_same(*ends)
    _, facts = simulator.step(ends[0][0], actions[0], np.full(16, Reply.LEAVE))
    assert facts["left"].all()
    assert facts["ended"].all()


@pytest.mark.parametrize("domain", domain_names())
def test_step_changes_none_of_its_arguments(domain: str) -> None:
    simulator = Simulator(world_of(domain))
    state = simulator.reset(Stream.TRAINING, 0, np.arange(16))
    for act in range(0, len(simulator.world.acts.names), 3):
        before, actions = state.copy(), np.full(16, act)
        new, facts = simulator.step(state, actions)
        assert_same((state, facts), (before, facts))
        assert (actions == act).all()
        state = new


def test_advance_does_in_place_what_step_does_on_a_copy(tiny: World) -> None:
    simulator = Simulator(tiny)
    state = simulator.reset(Stream.TRAINING, 0, np.arange(16))
    for act in range(15):
        stepped = simulator.step(state, np.full(16, act))
        assert_same((state, simulator.advance(state, np.full(16, act))), stepped)


@pytest.mark.parametrize("hide", [(), ("acts", "time")])
@pytest.mark.parametrize("domain", domain_names())
def test_play_gives_terms_and_observations_at_once(domain: str, hide: tuple[str, ...]) -> None:
    world = world_of(domain)
    simulator, observer = Simulator(world), Observer(world.tables, hide)
    weights = np.random.default_rng(0).uniform(0, 2, (16, len(WEIGHTS))).astype(np.float32)
    state = simulator.reset(Stream.TRAINING, 0, np.arange(16))
    for number in range(6):
        actions = (np.arange(16) + 5 * number) % len(world.acts.names)
        stepped = simulator.step(state, actions)
        facts = np.empty(len(actions), FACTS)
        terms, seen = simulator.play(state, actions, observer, weights, facts)
        assert_same((state, facts), stepped)
        np.testing.assert_array_equal(terms, reward_vector(facts))
        np.testing.assert_array_equal(seen, observer.observe(state.talk, weights))


def test_facts_are_fresh(tiny: World) -> None:
    simulator = Simulator(tiny)
    state = simulator.reset(Stream.TRAINING, 0, np.arange(3))
    facts = simulator.advance(state, np.full(3, 5))
    kept = facts.copy()
    simulator.advance(state, np.full(3, 9))
    np.testing.assert_array_equal(facts, kept)


@pytest.mark.parametrize("domain", domain_names())
def test_fork_goes_on_as_the_dialogue_it_came_from(domain: str) -> None:
    simulator = Simulator(world_of(domain))
    state = simulator.reset(Stream.TRAINING, 0, np.arange(16))
    for act in (0, 4, 9):
        state, _ = simulator.step(state, np.full(16, act))
    fork, facts = simulator.step(state.take(np.array([5, 5, 2])), np.array([1, 2, 1]))
    whole, whole_facts = simulator.step(state, np.where(np.arange(16) == 5, 2, 1))
    assert_same((fork.take([1, 2]), facts[1:]), (whole.take([5, 2]), whole_facts[[5, 2]]))


def test_what_is_drawn_is_of_the_exchange_and_the_key(tiny: World) -> None:
    state = state_of(tiny, 3000, talk={"exchanges": np.arange(3000) % 5}, traits={"disclosure": 0.5})
    number = state.talk.now["exchanges"] + 1
    new, _ = after(tiny, state, "explore", Reply.ANSWER)
    for exchange in range(1, 6):
        rows = number == exchange
        told = draws_of(state.person.now["key"][rows], "DISCLOSE", exchange) < 0.5
        np.testing.assert_array_equal(new.talk.now["heard_kind"][rows] > 0, told)


@pytest.mark.parametrize("domain", domain_names())
def test_exchanges_play_dialogues_to_their_end(domain: str) -> None:
    world = world_of(domain)
    simulator, acts = Simulator(world), len(world.acts.names)
    opened = simulator.reset(Stream.TRAINING, 0, np.arange(30))
    ends, going = np.zeros(30, int), np.arange(30)
    for played in exchanges(simulator, opened, lambda number, rows, _: (rows + 7 * number) % acts):
        np.testing.assert_array_equal(played.rows, going)
        assert played.before.size == played.after.size == len(played.action) == len(played.facts) == len(going)
        np.testing.assert_array_equal(played.action, (going + 7 * played.number) % acts)
        assert_same((played.after, played.facts), simulator.step(played.before, played.action))
        ends[going] += played.facts["ended"]
        going = going[~played.facts["ended"]]
    assert len(going) == 0
    assert (ends == 1).all()


def test_exchanges_of_a_log_go_on_as_told(tiny: World) -> None:
    log = np.array([[Reply.ANSWER, Reply.LEAVE, Reply.ANSWER], [Reply.RESIST, Reply.ASK, Reply.ANSWER]])
    lengths = np.array([3, 1])
    played = exchanges(
        Simulator(tiny),
        state_of(tiny, 2),
        lambda _, __, state: acts_of(tiny, state, "explore"),
        lambda number, rows: log[rows, number],
        lambda exchange: exchange.number + 1 < lengths[exchange.rows],
    )
    heard = [(exchange.number, exchange.rows.tolist(), exchange.after.talk.now["last_reply"].tolist()) for exchange in played]
    assert heard == [(0, [0, 1], [Reply.ANSWER, Reply.RESIST]), (1, [0], [Reply.LEAVE]), (2, [0], [Reply.ANSWER])]


def compiled() -> int:
    """Return how many times anything of the core has been compiled, for this or that kind of argument."""
    modules = [module for name, module in sys.modules.items() if name.partition(".")[0] in ("dialogue_env", "rewards")]
    return sum(len(function.signatures) for function in {id(f): f for m in modules for f in vars(m).values() if isinstance(f, CPUDispatcher)}.values())


ACTIONS = np.arange(12, dtype=np.int64).reshape(4, 3)


CALLS: dict[str, Any] = {
    "a column of actions": lambda simulator, state: simulator.step(state, ACTIONS[:, 1]),
    "small actions": lambda simulator, state: simulator.step(state, ACTIONS[:, 1].astype(np.int32)),
    "a column of replies": lambda simulator, state: simulator.step(state, ACTIONS[:, 0].copy(), ACTIONS[:, 1]),
    "lists": lambda simulator, state: simulator.step(state, [1, 2, 3, 4], [1, 2, 3, 4]),
    "keys of a state": lambda simulator, state: simulator.open(state, np.arange(2), state.person.now["key"][:2]),
    "a list of rows": lambda simulator, state: simulator.open(state, [0, 1], dialogue_keys(Stream.TUNING, 3, [1, 2])),
    "small rows": lambda simulator, state: simulator.open(state, np.arange(2, dtype=np.int32), dialogue_keys(Stream.TUNING, 3, [1, 2])),
    "a column of numbers": lambda simulator, _: simulator.reset(Stream.TRAINING, 3, ACTIONS[:, 1]),
    "a list of numbers": lambda simulator, _: simulator.reset(Stream.TRAINING, 3, [1, 2]),
    "logits of a column": lambda simulator, state: reply_logits(simulator.world, state, ACTIONS[:, 1]),
    "double weights": lambda simulator, state: Observer(simulator.world.tables).observe(state.talk, WEIGHTS.astype(np.float64)),
    "every other weights": lambda simulator, state: Observer(simulator.world.tables).observe(state.talk, np.tile(WEIGHTS, (8, 1))[::2]),
    "small rows observed": lambda simulator, state: Observer(simulator.world.tables).observe(state.talk, WEIGHTS, np.arange(2, dtype=np.int32)),
    "every other facts": lambda simulator, state: reward_vector(simulator.step(state, ACTIONS[:, 0])[1][::2]),
    "every other end": lambda simulator, state: follow_through(simulator.world, state.person, np.zeros(8, bool)[::2]),
}


@pytest.mark.parametrize("call", CALLS)
def test_no_kind_of_array_compiles_anything_anew(tiny: World, call: str) -> None:
    simulator, state = Simulator(tiny), state_of(tiny, 4)
    usual = np.zeros(4, np.int64)
    _, facts = simulator.step(state, usual, usual)
    Observer(tiny.tables).observe(state.talk, WEIGHTS)
    follow_through(tiny, state.person, facts["ended"].copy())
    reply_logits(tiny, state, usual)
    reward_vector(facts)
    before = compiled()
    CALLS[call](simulator, state.copy())
    assert compiled() == before


def test_domains_with_a_slot_less_or_an_act_more_play_alike() -> None:
    world = tiny_of(noise=0.3, slate_size=3, max_turns=200)
    simulator = Simulator(world)
    state = simulator.reset(Stream.TRAINING, 0, np.arange(20))
    for number in range(60):
        state, facts = simulator.step(state, (np.arange(20) + number) % len(world.acts.names))
        assert np.isfinite(reward_vector(facts)).all()
