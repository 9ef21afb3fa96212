"""The mind-reading rule: its formula by hand, and that no rule is above it."""

from typing import Any

import numpy as np
import pytest
from hand_made import SALE, state_of, tiny_of, world_of

from dialogue_env.acts import Reply
from dialogue_env.agent.observation import Observer
from evaluation.rollout import play
from policies import informed
from policies.informed import InformedRule
from policies.loader import load_policy
from policies.rules import RULES
from policies.view import View
from rewards import RewardWeights

WEIGHTS = RewardWeights.parse("balanced")
# A green big stone is needed, a red one most likely; the talk is about the weather, with the sale and food to lead to.
# Interests are .5 in the weather and the sale and .7 in food; the appeal fits by .4.
PERSON = {"need": 2, "distress": 0.25, "willingness": 0.5}
TALK = {"exchanges": 8}  # of 10: .2 late
SCORES = {
    "hold": -3.0,
    "acknowledge": 14 * 0.5 * 0.25,
    "check": 0.0,
    "clarify:colour": 4 * 0.75 + 0.1 - 0.8,  # missed
    "clarify:size": 0.2 - 0.8,
    "explore": 14 * 0.03 * 0.25,
    "tell": 9 * 0.1 * 0.5 * 0.5,
    "appeal": 9 * 0.2 * 0.4 * 0.5 * 0.5,
    "correct": 1.0,
    "propose": 6 * (0.5 - 0.75) + 2 * (0.5 - 0.7) + 8 * 0.2,
    "yield": 0.6 + 14 * 0.03 * 0.25,
    "close": -5.0,
    "answer": 3.0,
    "shift:0": 1.2 * 1.0 + 1.2 * 0.0 + 0.4 * 0.0,
    "shift:1": 1.2 * 0.8 + 1.2 * 0.2 + 0.4 * 0.6,
}


def scored(talk: dict[str, Any] | None = None, person: dict[str, Any] | None = None, **arrays: Any) -> dict[str, float]:
    """Return the score of each act in the state of above, with changes."""
    world, given = tiny_of(), {"wish": [1, 0], **arrays}
    state = state_of(world, talk=TALK | (talk or {}), person=PERSON | (person or {}), **given)
    observer = Observer(world.tables)
    view = View(observer.layout, world.acts, observer.observe(state.talk, WEIGHTS.as_array()))
    return dict(zip(world.acts.names, informed.scores(world, view, state)[0].tolist(), strict=True))


@pytest.fixture
def an_even_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every proposal get a yes with probability 1/2."""
    monkeypatch.setattr(informed, "would_accept", lambda _world, _state, _action: np.array([0.5]))


@pytest.mark.usefixtures("an_even_chance")
def test_scores_by_hand() -> None:
    assert scored() == pytest.approx(SCORES, abs=1e-6)


@pytest.mark.usefixtures("an_even_chance")
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"talk": {"agreed": True}}, {"close": 4 + 20 * (0.5 - 0.8) + 20 * 0.2, "propose": SCORES["propose"] - 10}),
        ({"talk": {"exchanges": 5}}, {"propose": SCORES["propose"] - 1.6}),  # not late
        ({"person": {"last_reply": Reply.SILENT}}, {"hold": 3.0}),
        ({"person": {"last_reply": Reply.SILENT, "stuck": True}}, {}),
        ({"person": {"distress": 0.5}}, {"acknowledge": 3.5, "explore": 0.21, "yield": 0.81, "tell": 0.0, "appeal": 0.0}),
        ({"person": {"need": 3}}, {"appeal": 0.0}),  # hurts, so it does not help either
        ({"wish": [3, 0]}, {"clarify:colour": 0.1 - 0.8}),  # any colour
        ({"uses": [0, 3, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]}, {"acknowledge": SCORES["acknowledge"] - 0.8, "tell": SCORES["tell"] - 0.8 / 3}),
        ({"talk": {"last_act": 13, "last_reply": Reply.FOLLOW}}, {"shift:0": SCORES["shift:0"] - 0.8, "shift:1": SCORES["shift:1"] - 0.8}),
    ],
)
def test_changes_by_hand(changes: dict[str, Any], expected: dict[str, float]) -> None:
    assert scored(**changes) == pytest.approx(SCORES | expected, abs=1e-6)


@pytest.mark.usefixtures("an_even_chance")
def test_it_plays_the_best_open_act() -> None:
    world = tiny_of()
    state = state_of(world, talk=TALK, person=PERSON, wish=[1, 0])  # an answer and a correction are not open
    assert world.acts.names[InformedRule(world).plan(state)[0]] == "clarify:colour"
    asked = state_of(world, talk=TALK | {"last_reply": Reply.ASK}, person=PERSON, wish=[1, 0])
    assert world.acts.names[InformedRule(world).plan(asked)[0]] == "answer"


def test_a_profile_of_an_outcome_world_is_not_asked_about() -> None:
    world = tiny_of(target="outcome")
    state = state_of(world, talk={"topic": SALE}, person=PERSON, wish=[1, 0])
    observer = Observer(world.tables)
    view = View(observer.layout, world.acts, observer.observe(state.talk, WEIGHTS.as_array()))
    questions = informed._questions(world, view, state)
    assert questions[0].tolist() == pytest.approx([3.0 + 0.7 - 9.0, 0.6 - 9.0], abs=1e-6)


@pytest.mark.parametrize("domain", ["concierge", "donation", "support"])
def test_in_every_world_it_is_above_every_rule(domain: str) -> None:
    world = world_of(domain)
    names = (*(f"rules:{name}" for name in RULES), "rules:informed")  # the scripts listen to nothing and were searched: in donation one is level with it
    returns = {name: play(world, load_policy(name, world), np.arange(500), 0, WEIGHTS).returns(WEIGHTS).mean() for name in names}
    assert max(returns, key=returns.__getitem__) == "rules:informed", returns
