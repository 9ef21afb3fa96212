from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from dialogue_env import Simulator, domain_names
from dialogue_env.acts import Family, UserAct
from dialogue_env.observation import Observer
from dialogue_env.world import World
from policies.rules import RULES, RulePolicy
from rewards import RewardWeights

WEATHER, FOOD, TRAVEL, SALE = range(4)
WEIGHTS = RewardWeights.parse("balanced").as_array()
ASKED = {"LAST_REPLY": UserAct.ASK}
COMPLAINED = {"LAST_REPLY": UserAct.REPAIR}
SILENT = {"LAST_REPLY": UserAct.SILENT}
Make = Callable[..., Any]
CASE = [0] * 6 + [0.5, 0.9] + [0] * 7  # fits of "tell" .5 and of "appeal" .9


def policy_of(world: World, rule: str) -> tuple[Observer, RulePolicy]:
    observer = Observer(world)
    return observer, RulePolicy(rule, RULES[rule], observer.layout, world.acts)


@pytest.fixture(scope="session")
def choice(tiny: World, state_of: Make) -> Make:
    """Return a function that gives the act a rule plays in a hand-made state."""

    def choose(rule: str, **given: Any) -> str:
        observer, policy = policy_of(tiny, rule)
        return tiny.acts.names[policy.predict(observer.observe(state_of(tiny, **given), WEIGHTS))[0].item()]

    return choose


@cache
def families_played(rule: str, world: Any) -> dict[Family, int]:
    """Return how often each family is played over many dialogues."""
    observer, policy = policy_of(world(), rule)
    simulator = Simulator(world())
    state = simulator.reset(7, np.arange(200))
    counts = np.zeros(len(Family), np.int64)
    for _ in range(simulator.world.domain.max_turns):
        actions, _ = policy.predict(observer.observe(state, WEIGHTS))
        counts += np.bincount(simulator.world.acts.family[actions], minlength=len(Family))
        state, _ = simulator.step(state, actions)
    return {family: int(counts[family]) for family in Family if counts[family]}


@pytest.fixture(scope="module", params=domain_names())
def families(request: pytest.FixtureRequest, world_of: Make) -> Callable[[str], dict[Family, int]]:
    return lambda rule: families_played(rule, lambda: world_of(request.param))


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


def test_random_plays_all_open_acts_evenly(world_of: Make) -> None:
    world = world_of("support")
    observer, policy = policy_of(world, "random")
    simulator = Simulator(world)
    state = simulator.reset(7, np.arange(1000))
    played, expected, variance = np.zeros((3, len(world.acts.names)))
    for _ in range(10):
        actions, _ = policy.predict(observer.observe(state, WEIGHTS))
        chances = state.open / state.open.sum(axis=1, keepdims=True)
        played += np.bincount(actions, minlength=len(world.acts.names))
        expected += chances.sum(axis=0)
        variance += (chances * (1 - chances)).sum(axis=0)
        state, _ = simulator.step(state, actions)
    assert (np.abs(played - expected) < 4.5 * np.sqrt(variance)).all()


def test_random_is_a_function_of_the_observation(world_of: Make) -> None:
    world = world_of("support")
    observer, policy = policy_of(world, "random")
    observation = observer.observe(Simulator(world).reset(7, np.arange(50)), WEIGHTS)
    actions, _ = policy.predict(observation)
    np.testing.assert_array_equal(policy.predict(observation.copy())[0], actions)
    np.testing.assert_array_equal(policy.predict(observation[::-1])[0], actions[::-1])


@pytest.mark.parametrize("rule", list(RULES))
def test_one_observation_or_many(rule: str, world_of: Make) -> None:
    world = world_of("support")
    observer, policy = policy_of(world, rule)
    observation = observer.observe(Simulator(world).reset(7, np.arange(8)), WEIGHTS)
    actions, state = policy.predict(observation)
    assert actions.shape == (8,)
    assert state is None
    assert policy.name == rule
    for row in range(8):
        single, _ = policy.predict(observation[row])
        assert single.tolist() == [actions[row]]


@pytest.mark.parametrize("rule", list(RULES))
def test_masks_go_before_the_observation(rule: str, world_of: Make) -> None:
    world = world_of("support")
    observer, policy = policy_of(world, rule)
    observation = observer.observe(Simulator(world).reset(7, np.arange(8)), WEIGHTS)
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
        ({"talk": SILENT, "signals": {"HESITATION": 0.2}}, "hold"),  # thinking, and not stuck
        ({"talk": {"AGREED": 1}}, "close"),
    ],
)
def test_sensible_rules_answer_repair_wait_and_close(choice: Make, rule: str, given: dict[str, Any], act: str) -> None:
    assert choice(rule, **given) == act


@pytest.mark.parametrize(
    ("rule", "given", "act"),
    [
        ("reactive", {}, "acknowledge"),
        ("reactive", {"talk": {"OWN_TOPIC": TRAVEL}}, "yield"),
        ("reactive", {"talk": SILENT, "signals": {"HESITATION": 0.8}}, "acknowledge"),
        ("push", {}, "shift:0"),  # straight to the sale
        ("push", {"talk": {"TOPIC": SALE}}, "propose"),
        ("push", {"talk": {"TOPIC": SALE, "AGREED": 1}}, "close"),
        ("push", {"talk": {"TOPIC": SALE} | ASKED}, "propose"),  # whatever is asked
        ("accommodate", {"talk": {"OWN_TOPIC": TRAVEL}}, "yield"),
        ("accommodate", {}, "acknowledge"),
        ("accommodate", {"uses": [0, 1 / 3] + [0] * 13}, "explore"),
        ("accommodate", {"talk": {"TURN": 6}, "signals": {"MOOD": 0.6}}, "propose"),
        ("accommodate", {"talk": {"TURN": 5}, "signals": {"MOOD": 0.6}}, "acknowledge"),  # too early
        ("accommodate", {"talk": {"TURN": 6}, "signals": {"MOOD": 0.5}}, "acknowledge"),  # not in the mood
        ("max_entropy", {"slot_belief": [[0.9, 0.4], [0.3, 0.3]], "signals": {"BEST_MASS": 0.2}}, "clarify:colour"),
        ("max_entropy", {"slot_belief": [[0.4, 0.9], [0.3, 0.3]], "signals": {"BEST_MASS": 0.2}}, "clarify:size"),
        ("max_entropy", {"signals": {"BEST_MASS": 0.35}}, "shift:0"),  # sure enough: to the goal
        ("max_entropy", {"signals": {"BEST_MASS": 0.2}, "asked": 1 / 3}, "shift:0"),  # everything is asked
        ("max_entropy", {"signals": {"BEST_MASS": 0.35}, "talk": {"TOPIC": SALE}}, "propose"),
        ("ask_then_propose", {"signals": {"UPSET": 0.7}}, "acknowledge"),  # comfort first
        ("ask_then_propose", {"talk": {"LAST_REPLY": UserAct.RESIST}}, "acknowledge"),  # no insisting
        ("ask_then_propose", {"talk": {"OWN_TOPIC": TRAVEL}, "signals": {"MOOD": 0.3}}, "yield"),
        ("ask_then_propose", {"talk": {"TOPIC": FOOD}, "fit": 0.0}, "clarify:colour"),  # open, and to the point at food
        ("ask_then_propose", {"fit": CASE}, "appeal"),  # no question is to the point at the weather: the case that fits
        ("ask_then_propose", {"asked": 1 / 3, "fit": 0.0}, "shift:0"),  # nothing left: to the goal
        ("ask_then_propose", {"asked": 1 / 3, "fit": 0.0, "talk": {"TOPIC": SALE}}, "propose"),
        # In a bad mood and early the person's taste decides, later and in a good mood the goal: the slate is the sale and food.
        ("ipro", {"signals": {"MOOD": 0.0, "COOPERATION": 0.0}, "liking": [0.0, 1.0, 0.0, 0.0], "uses": [0, 1] + [0] * 13}, "shift:1"),
        ("ipro", {"talk": {"TURN": 9}, "signals": {"MOOD": 1.0, "COOPERATION": 1.0}, "asked": 1.0, "liking": 0.5}, "shift:0"),
        ("ipro", {"talk": {"TURN": 9, "TOPIC": SALE}, "signals": {"MOOD": 1.0, "COOPERATION": 1.0}, "asked": 1.0}, "propose"),
    ],
)
def test_choice(choice: Make, rule: str, given: dict[str, Any], act: str) -> None:
    assert choice(rule, **given) == act
