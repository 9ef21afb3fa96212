from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from hand_made import FOOD, SALE, TRAVEL, state_of, tiny_of, world_of

from dialogue_env import Simulator, Stream, World, domain_names, exchanges
from dialogue_env.acts import Family, Reply
from dialogue_env.agent.observation import Observer
from policies.rules import RULES, RulePolicy
from policies.view import View
from rewards import RewardWeights

WEIGHTS = RewardWeights.parse("balanced").as_array()
ASKED = {"last_reply": Reply.ASK}
COMPLAINED = {"last_reply": Reply.REPAIR}
SILENT = {"last_reply": Reply.SILENT}
CASE = [0.5, 0.9]  # fits of what suits everyone, "tell" among it, and of "appeal"


def policy_of(world: World, rule: str) -> tuple[Observer, RulePolicy]:
    observer = Observer(world.tables)
    return observer, RulePolicy(rule, RULES[rule], observer.layout, world.acts)


def observed(world: World, count: int) -> np.ndarray:
    """Return the first observations of people."""
    return Observer(world.tables).observe(Simulator(world).reset(Stream.EVALUATION, 7, np.arange(count)).talk, WEIGHTS)


def choice(rule: str, **given: Any) -> str:
    """Return the act a rule plays in a hand-made state."""
    world = tiny_of()
    observer, policy = policy_of(world, rule)
    return world.acts.names[policy.predict(observer.observe(state_of(world, **given).talk, WEIGHTS))[0].item()]


@cache
def families_played(rule: str, domain: str) -> dict[Family, int]:
    """Return how often each family is played over many dialogues."""
    world = world_of(domain)
    observer, policy = policy_of(world, rule)
    simulator = Simulator(world)
    begun = simulator.reset(Stream.EVALUATION, 7, np.arange(200))
    counts = np.zeros(len(Family), np.int64)
    for exchange in exchanges(simulator, begun, lambda _number, _rows, state: policy.predict(observer.observe(state.talk, WEIGHTS))[0]):
        counts += np.bincount(world.acts.family[exchange.action], minlength=len(Family))
    return {family: int(counts[family]) for family in Family if counts[family]}


def test_features_are_read_by_name() -> None:
    world = world_of("support")
    layout, observation = Observer(world.tables).layout, observed(world, 4)
    view = View(layout, world.acts, observation)
    np.testing.assert_array_equal(view["mood"], layout.view(observation, "factors")[:, 0])
    np.testing.assert_array_equal(view.slot("asked"), layout.view(observation, "slots")[:, 2])
    np.testing.assert_array_equal(view.candidate("liking"), layout.view(observation, "candidates")[:, 2])
    np.testing.assert_array_equal(view.act("fit"), layout.view(observation, "acts")[:, 0])
    assert (view["mood"].shape, view.slot("asked").shape) == ((4,), (4, len(world.domain.slots)))
    for wrong in (lambda: view["asked"], lambda: view.slot("fit"), lambda: view.act("mod")):
        with pytest.raises(KeyError, match="is not among"):
            wrong()


@pytest.fixture(scope="module", params=domain_names())
def families(request: pytest.FixtureRequest) -> Callable[[str], dict[Family, int]]:
    return lambda rule: families_played(rule, request.param)


def test_reactive_never_leads(families: Callable[[str], dict[Family, int]]) -> None:
    played = families("reactive")
    assert set(played) <= {Family.HOLD, Family.ACKNOWLEDGE, Family.CORRECT, Family.YIELD, Family.CLOSE, Family.ANSWER}
    assert {Family.HOLD, Family.ACKNOWLEDGE, Family.CORRECT, Family.YIELD, Family.ANSWER} <= set(played)


def test_push_only_leads_proposes_and_closes(families: Callable[[str], dict[Family, int]]) -> None:
    assert set(families("push")) == {Family.SHIFT, Family.PROPOSE, Family.CLOSE}


def test_accommodate_never_leads_to_a_topic_of_its_own(families: Callable[[str], dict[Family, int]]) -> None:
    played = families("accommodate")
    assert not {Family.SHIFT, Family.CLARIFY, Family.INFORM} & set(played)
    assert {Family.YIELD, Family.EXPLORE, Family.ACKNOWLEDGE, Family.PROPOSE} <= set(played)


@pytest.mark.parametrize("rule", ["max_entropy", "ask_then_propose", "ipro"])
def test_questions_leads_and_proposals_of_the_planners(rule: str, families: Callable[[str], dict[Family, int]]) -> None:
    assert {Family.CLARIFY, Family.SHIFT, Family.PROPOSE} <= set(families(rule))


def test_random_plays_all_open_acts_evenly() -> None:
    world = world_of("support")
    observer, policy = policy_of(world, "random")
    simulator = Simulator(world)
    played, expected, variance = np.zeros((3, len(world.acts.names)))
    begun = simulator.reset(Stream.EVALUATION, 7, np.arange(1000))
    for exchange in exchanges(
        simulator,
        begun,
        lambda _number, _rows, state: policy.predict(observer.observe(state.talk, WEIGHTS))[0],
        going=lambda exchange: np.full(1000, exchange.number < 9),
    ):
        chances = exchange.before.talk.open / exchange.before.talk.open.sum(axis=1, keepdims=True)
        played += np.bincount(exchange.action, minlength=len(world.acts.names))
        expected += chances.sum(axis=0)
        variance += (chances * (1 - chances)).sum(axis=0)
    assert played.sum() == 10_000
    assert (np.abs(played - expected) < 4.5 * np.sqrt(variance)).all()


def test_random_is_a_function_of_the_observation() -> None:
    world = world_of("support")
    policy, observation = policy_of(world, "random")[1], observed(world, 50)
    actions, _ = policy.predict(observation)
    np.testing.assert_array_equal(policy.predict(observation.copy())[0], actions)
    np.testing.assert_array_equal(policy.predict(observation[::-1])[0], actions[::-1])


@pytest.mark.parametrize("rule", list(RULES))
def test_one_observation_or_many(rule: str) -> None:
    world = world_of("support")
    policy, observation = policy_of(world, rule)[1], observed(world, 8)
    actions, state = policy.predict(observation)
    assert actions.shape == (8,)
    assert state is None
    assert policy.name == rule
    for row in range(8):
        single, _ = policy.predict(observation[row])
        assert single.tolist() == [actions[row]]


@pytest.mark.parametrize("rule", list(RULES))
def test_masks_go_before_the_observation(rule: str) -> None:
    world = world_of("support")
    policy, observation = policy_of(world, rule)[1], observed(world, 8)
    masks = np.zeros((8, len(world.acts.names)), bool)
    masks[:, 3] = True
    assert policy.predict(observation, action_masks=masks)[0].tolist() == [3] * 8
    assert policy.predict(observation[0], action_masks=masks[0])[0].tolist() == [3]


@pytest.mark.parametrize("rule", ["reactive", "accommodate", "max_entropy", "ask_then_propose"])
@pytest.mark.parametrize(
    ("given", "act"),
    [
        ({"talk": ASKED}, "answer"),
        ({"talk": COMPLAINED}, "correct"),
        ({"talk": SILENT | {"hesitation": 0.2}}, "hold"),  # thinking, and not stuck
        ({"talk": {"agreed": True}}, "close"),
    ],
)
def test_sensible_rules_answer_repair_wait_and_close(rule: str, given: dict[str, Any], act: str) -> None:
    assert choice(rule, **given) == act


@pytest.mark.parametrize(
    ("rule", "given", "act"),
    [
        ("reactive", {}, "acknowledge"),
        ("reactive", {"talk": {"raised": TRAVEL}}, "yield"),
        ("reactive", {"talk": SILENT | {"hesitation": 0.8}}, "acknowledge"),
        ("push", {}, "shift:0"),  # straight to the sale
        ("push", {"talk": {"topic": SALE}}, "propose"),
        ("push", {"talk": {"topic": SALE, "agreed": True}}, "close"),
        ("push", {"talk": {"topic": SALE} | ASKED}, "propose"),  # whatever is asked
        ("accommodate", {"talk": {"raised": TRAVEL}}, "yield"),
        ("accommodate", {}, "acknowledge"),
        ("accommodate", {"uses": [0, 1] + [0] * 13}, "explore"),
        ("accommodate", {"talk": {"exchanges": 6, "mood": 0.6}}, "propose"),
        ("accommodate", {"talk": {"exchanges": 5, "mood": 0.6}}, "acknowledge"),  # too early
        ("accommodate", {"talk": {"exchanges": 6, "mood": 0.5}}, "acknowledge"),  # not in the mood
        ("max_entropy", {"entropy": [0.9, 0.4], "top_mass": 0.3, "talk": {"best_mass": 0.2}}, "clarify:colour"),
        ("max_entropy", {"entropy": [0.4, 0.9], "top_mass": 0.3, "talk": {"best_mass": 0.2}}, "clarify:size"),
        ("max_entropy", {"talk": {"best_mass": 0.35}}, "shift:0"),  # sure enough: to the goal
        ("max_entropy", {"talk": {"best_mass": 0.2}, "asked": 1}, "shift:0"),  # everything is asked
        ("max_entropy", {"talk": {"best_mass": 0.35, "topic": SALE}}, "propose"),
        ("ask_then_propose", {"talk": {"upset": 0.7}}, "acknowledge"),  # no question is to the point: comfort
        ("ask_then_propose", {"talk": {"last_act": 0, "last_reply": Reply.RESIST}}, "acknowledge"),  # no insisting
        ("ask_then_propose", {"talk": {"raised": TRAVEL, "mood": 0.3}}, "yield"),
        ("ask_then_propose", {"talk": {"topic": FOOD, "best_mass": 0.2}, "fit": 0.0}, "clarify:colour"),  # open, and to the point at food
        ("ask_then_propose", {"talk": {"topic": FOOD, "best_mass": 0.4}, "fit": 0.0}, "shift:0"),  # known well enough
        ("ask_then_propose", {"fit": CASE}, "appeal"),  # no question is to the point at the weather: the case that fits
        ("ask_then_propose", {"asked": 1, "fit": 0.0}, "shift:0"),  # nothing left: to the goal
        ("ask_then_propose", {"asked": 1, "fit": 0.0, "talk": {"topic": SALE}}, "propose"),
        # In a bad mood and early the person's taste decides, later and in a good mood the goal: the slate is the sale and food.
        ("ipro", {"talk": {"mood": 0.0, "cooperation": 0.0}, "liking": [0.0, 1.0, 0.0, 0.0], "uses": [0, 3] + [0] * 13}, "shift:1"),
        ("ipro", {"talk": {"exchanges": 9, "mood": 1.0, "cooperation": 1.0}, "asked": 3, "liking": 0.5}, "shift:0"),
        ("ipro", {"talk": {"exchanges": 9, "topic": SALE, "mood": 1.0, "cooperation": 1.0}, "asked": 3}, "propose"),
    ],
)
def test_choice(rule: str, given: dict[str, Any], act: str) -> None:
    assert choice(rule, **given) == act
