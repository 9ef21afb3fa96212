from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from dialogue_env import Simulator, domain_names
from dialogue_env import simulator as simulator_module
from dialogue_env.acts import UserAct
from dialogue_env.rng import Draw
from dialogue_env.state import NOWHERE, Mind, State, Talk
from dialogue_env.world import World
from rewards import Turn

WEATHER, FOOD, TRAVEL, SALE = range(4)
Make = Callable[..., Any]


@pytest.fixture
def play(tiny: World, state_of: Make, draws_of: Make, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Return a function that plays an act against a reply that is settled beforehand."""

    def play(act: str, reply: UserAct, draws: dict[str, float] | None = None, **given: Any) -> tuple[State, Turn]:
        monkeypatch.setattr(simulator_module, "respond", lambda *_: np.array([reply]))
        monkeypatch.setattr(simulator_module, "uniforms", lambda *_: draws_of(**draws or {}))
        return Simulator(tiny).step(state_of(tiny, **given), np.array([tiny.acts.names.index(act)]))

    return play


@pytest.mark.parametrize(
    ("act", "reply", "given", "column", "value"),
    [
        ("explore", UserAct.ANSWER, {"TURN": 4}, "TURN", 5),
        ("shift:1", UserAct.FOLLOW, {}, "TOPIC", FOOD),
        ("shift:1", UserAct.RESIST, {}, "TOPIC", WEATHER),
        ("explore", UserAct.SUGGEST, {"OWN_TOPIC": FOOD}, "OWN_TOPIC", TRAVEL),
        ("explore", UserAct.ANSWER, {"OWN_TOPIC": FOOD}, "OWN_TOPIC", NOWHERE),
        ("explore", UserAct.ANSWER, {}, "LAST_ACT", 5),
        ("answer", UserAct.ANSWER, {}, "LAST_ACT", 0),  # masked: nobody asked
        ("explore", UserAct.DRIFT, {}, "LAST_REPLY", UserAct.DRIFT),
        ("propose", UserAct.ACCEPT, {}, "AGREED", 1),
        ("explore", UserAct.ANSWER, {"AGREED": 1}, "AGREED", 1),
        ("explore", UserAct.RESIST, {"AGREED": 1}, "AGREED", 0),
        ("explore", UserAct.LEAVE, {"AGREED": 1}, "AGREED", 1),
        ("propose", UserAct.RESIST, {"OFFERS": 1}, "OFFERS", 2),
        ("explore", UserAct.RESIST, {"OFFERS": 1}, "OFFERS", 1),
        ("explore", UserAct.RESIST, {"REFUSALS": 1}, "REFUSALS", 2),
        ("explore", UserAct.ANSWER, {"REFUSALS": 1}, "REFUSALS", 1),
        ("propose", UserAct.RESIST, {}, "BEST_ITEM", 3),  # the ruby was turned down, the lake is least like it
        ("explore", UserAct.RESIST, {}, "BEST_ITEM", 0),
    ],
)
def test_talk(play: Make, act: str, reply: UserAct, given: dict[str, int], column: str, value: int) -> None:
    new, _ = play(act, reply, {"DRIFT_TOPIC": 0.9}, talk=given)
    assert new.talk[0, getattr(Talk, column)] == value


@pytest.mark.parametrize(
    ("act", "reply", "turn", "ended", "left"),
    [
        ("explore", UserAct.ANSWER, 0, False, False),
        ("explore", UserAct.ANSWER, 8, False, False),
        ("explore", UserAct.ANSWER, 9, True, False),  # the tenth is the last
        ("close", UserAct.ACKNOWLEDGE, 0, True, False),
        ("explore", UserAct.LEAVE, 0, True, True),
        ("propose", UserAct.ACCEPT, 0, False, False),
    ],
)
def test_end(play: Make, act: str, reply: UserAct, turn: int, ended: bool, left: bool) -> None:
    _, facts = play(act, reply, talk={"TURN": turn})
    assert (facts.ended.item(), facts.left.item()) == (ended, left)


@pytest.mark.parametrize(
    ("act", "agreed", "draw", "reached"),
    [
        ("close", 1, 0.88, True),  # -1 + 3 - 2 (1/2) + 1/2 + c is the logit: see below
        ("close", 1, 0.89, False),
        ("close", 0, 0.26, True),
        ("close", 0, 0.28, False),
        ("explore", 1, 0.0, False),  # not over yet
    ],
)
def test_goal_is_reached_by_doing(play: Make, act: str, agreed: int, draw: float, reached: bool) -> None:
    # Willingness is 1/2 before and about 1/2 after: agreed, -1 + 3 + .5 without distress is 2.5 or .924; with distress 1/2, 2.0 or .881;
    # without a yes, with distress 1/2, -1 or .269. Follow-through is 1/2.
    _, facts = play(act, UserAct.ACKNOWLEDGE, {"OUTCOME": draw}, talk={"AGREED": agreed}, mind={"WILLINGNESS": 0.5, "DISTRESS": 0.5})
    assert facts.reached.item() == reached


def test_facts_of_an_exchange(play: Make) -> None:
    new, facts = play("shift:1", UserAct.ANSWER, mind={"PROGRESS": 0.25, "SATISFACTION": 0.5, "ASKED": 1.0})
    assert (facts.progress_before.item(), facts.satisfaction_before.item()) == (0.25, 0.5)
    assert facts.progress_after.item() == new.mind[0, Mind.PROGRESS]
    assert facts.satisfaction_after.item() == new.mind[0, Mind.SATISFACTION]
    assert facts.topic_jump.item() == pytest.approx(0.4)  # 1 - closeness .6
    assert facts.missed.item()
    assert not facts.intruded.item()
    assert facts.question_effort.item() == 0.0


def test_question_effort(play: Make) -> None:
    assert play("explore", UserAct.ANSWER)[1].question_effort.item() == pytest.approx(0.26)  # .4 (1 - .7 / 2)


@pytest.mark.parametrize(("act", "agreed", "lost"), [("close", 1, 0.25), ("close", 0, 0.0), ("explore", 1, 0.0)])
def test_utility_is_lost_where_something_was_agreed(play: Make, act: str, agreed: int, lost: float) -> None:
    _, facts = play(act, UserAct.ACKNOWLEDGE, talk={"AGREED": agreed}, mind={"UTILITY": 0.75})
    assert facts.utility_lost.item() == pytest.approx(lost)


def test_utility_lost_is_of_the_first_wish_although_the_mind_changed(tiny: World, state_of: Make, draws_of: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    simulator, replies = Simulator(tiny), iter((UserAct.ANSWER, UserAct.ACCEPT, UserAct.ACKNOWLEDGE))
    monkeypatch.setattr(simulator_module, "respond", lambda *_: np.array([next(replies)]))
    monkeypatch.setattr(simulator_module, "uniforms", lambda *_: draws_of(CHANGED_MIND=0.0, NEW_WISH=0.15))  # the colour, to green
    state = state_of(tiny, wish=[2, 0], talk={"TOPIC": SALE})  # the ruby
    for act in ("explore", "propose", "close"):
        state, facts = simulator.step(state, np.array([tiny.acts.names.index(act)]))
    assert (state.wish.tolist(), state.first_wish.tolist()) == ([[1, 0]], [[2, 0]])
    assert state.talk[0, [Talk.AGREED, Talk.BEST_ITEM]].tolist() == [1, 0]
    assert facts.ended.item()
    assert facts.utility_lost.item() == 0.0  # of the wish as it is now, .75


def test_counts(tiny: World, play: Make) -> None:
    new, _ = play("clarify:size", UserAct.RESIST, asked=[0.0, 1 / 3], uses=1 / 3, novelty=[0.5, 1.0, 1.0, 1.0])
    row = tiny.acts.names.index("clarify:size")
    assert new.uses[0] == pytest.approx([2 / 3 if a == row else 1 / 3 for a in range(15)])
    assert new.asked[0] == pytest.approx([0.0, 2 / 3])  # asked, although not answered
    assert new.novelty[0] == pytest.approx([1 / 3, 1.0, 1.0, 1.0])
    assert play("clarify:colour", UserAct.RESIST, asked=[0.0, 1 / 3])[0].asked[0] == pytest.approx([1 / 3, 1 / 3])


@pytest.mark.parametrize(("act", "reply", "asked"), [("explore", UserAct.SUGGEST, [0.0, 1 / 3]), ("explore", UserAct.FOLLOW, [0.0, 0.0])])
def test_what_is_told_unasked_counts_as_asked(play: Make, act: str, reply: UserAct, asked: list[float]) -> None:
    new, _ = play(act, reply, {"REPORT_SLOT": 0.9})
    assert new.asked[0] == pytest.approx(asked)


def test_counts_stop_at_three(play: Make) -> None:
    new, _ = play("clarify:size", UserAct.RESIST, asked=[0.0, 2 / 3], uses=1.0)
    assert new.asked.max() == 1.0
    assert new.uses.max() == 1.0
    assert not new.open[0, 4]


def test_misheard_reply_is_what_the_agent_goes_by(tiny_of: Make, state_of: Make, draws_of: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    world = tiny_of(noise=0.5)
    monkeypatch.setattr(simulator_module, "respond", lambda *_: np.array([UserAct.RESIST]))
    monkeypatch.setattr(simulator_module, "uniforms", lambda *_: draws_of(MISHEARD_ACT=0.35))  # taken for an ANSWER
    new, _ = Simulator(world).step(state_of(world, talk={"AGREED": 1}), np.array([world.acts.names.index("propose")]))
    assert new.talk[0, [Talk.LAST_REPLY, Talk.REFUSALS, Talk.BEST_ITEM]].tolist() == [UserAct.ANSWER, 0, 0]
    assert new.talk[0, Talk.AGREED] == 0  # the yes is taken back all the same
    assert new.mind[0, [Mind.RESISTED, Mind.REJECTED, Mind.MISUNDERSTANDING]] == pytest.approx([1.0, 1.0, 0.6])


@pytest.mark.parametrize(
    ("reply", "draws", "unrecognised"),
    [
        (UserAct.RESIST, {"MISHEARD_ACT": 0.0}, 1.0),
        (UserAct.ANSWER, {"MISHEARD_VALUE": 0.0}, 1.0),
        (UserAct.ANSWER, {"MISHEARD_ACT": 0.0, "MISHEARD_VALUE": 0.0}, 1.0),  # one exchange
        (UserAct.RESIST, {"MISHEARD_VALUE": 0.0}, 0.0),  # nothing was told
        (UserAct.ANSWER, {}, 0.0),
    ],
)
def test_what_is_misheard_is_counted_apart(
    tiny_of: Make, state_of: Make, draws_of: Make, monkeypatch: pytest.MonkeyPatch, reply: UserAct, draws: dict[str, float], unrecognised: float
) -> None:
    world = tiny_of(noise=0.5)
    monkeypatch.setattr(simulator_module, "uniforms", lambda *_: draws_of(REPORT_KIND=0.99, **draws))
    state = state_of(world, mind={"FAILURES": 2.0, "UNRECOGNISED": 3.0}, traits={"REFUSAL": 0.0, "VAGUENESS": 0.0})
    new, _ = Simulator(world).step(state, np.array([world.acts.names.index("clarify:size")]), np.array([reply]))
    assert new.mind[0, [Mind.FAILURES, Mind.UNRECOGNISED]].tolist() == [2.0, 3.0 + unrecognised]


def test_failures_of_the_agent_are_counted_apart(play: Make) -> None:
    new, _ = play("hold", UserAct.ANSWER, mind={"FAILURES": 2.0, "UNRECOGNISED": 3.0, "ASKED": 1.0})  # a question passed over in silence
    assert new.mind[0, [Mind.FAILURES, Mind.UNRECOGNISED]].tolist() == [3.0, 3.0]


def assert_same(one: tuple[State, Turn], other: tuple[State, Turn]) -> None:
    for name, array in one[0].arrays():
        np.testing.assert_array_equal(array, getattr(other[0], name), err_msg=name)
    for field in fields(Turn):
        np.testing.assert_array_equal(getattr(one[1], field.name), getattr(other[1], field.name), err_msg=field.name)


@pytest.mark.parametrize("domain", domain_names())
def test_a_given_reply_is_as_a_drawn_one(domain: str, world_of: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    simulator, drawn = Simulator(world_of(domain)), []
    real = simulator_module.respond
    monkeypatch.setattr(simulator_module, "respond", lambda *args: drawn.append(real(*args)) or drawn[-1])
    state = simulator.reset(0, np.arange(64))
    for turn in range(6):
        actions = (np.arange(64) + 5 * turn) % len(simulator.world.acts.names)
        stepped = simulator.step(state, actions)
        assert len(drawn) == turn + 1
        assert_same(simulator.step(state, actions, drawn[-1]), stepped)
        assert len(drawn) == turn + 1  # a given reply draws none
        state = stepped[0]
    assert len(np.unique(drawn)) > 6


@pytest.mark.parametrize("domain", domain_names())
def test_a_log_is_replayed(domain: str, world_of: Make) -> None:
    simulator = Simulator(world_of(domain))
    replies = np.random.default_rng(0).integers(len(UserAct) - 1, size=(6, 16))  # whatever was logged, likely here or not
    actions = np.random.default_rng(1).integers(len(simulator.world.acts.names), size=(6, 16))
    ends = []
    for _ in range(2):
        state = simulator.reset(0, np.arange(16))
        for act, reply in zip(actions, replies, strict=True):
            state, turn = simulator.step(state, act, reply)
            heard = state.talk[:, Talk.LAST_REPLY]
            assert (state.mind[:, Mind.RESISTED] == (reply == UserAct.RESIST)).all()
            assert (state.mind[:, Mind.ASKED] == (reply == UserAct.ASK)).all()
            assert ((heard == UserAct.ACCEPT) == (reply == UserAct.ACCEPT)).all()  # a yes is never mistaken
            assert not turn.left.any()
        ends.append((state, turn))
    assert_same(*ends)
    _, turn = simulator.step(ends[0][0], actions[0], np.full(16, UserAct.LEAVE))
    assert turn.left.all()
    assert turn.ended.all()


@pytest.mark.parametrize("domain", domain_names())
def test_step_changes_none_of_its_arguments(domain: str, world_of: Make) -> None:
    simulator = Simulator(world_of(domain))
    state = simulator.reset(0, np.arange(16))
    for act in range(0, len(simulator.world.acts.names), 3):
        before = {name: array.copy() for name, array in state.arrays()}
        actions = np.full(16, act)
        new, _ = simulator.step(state, actions)
        for name, array in state.arrays():
            np.testing.assert_array_equal(array, before[name], err_msg=name)
        assert (actions == act).all()
        state = new


@pytest.mark.parametrize("domain", domain_names())
def test_fork_goes_on_as_the_dialogue_it_came_from(domain: str, world_of: Make) -> None:
    simulator = Simulator(world_of(domain))
    state = simulator.reset(0, np.arange(16))
    for act in (0, 4, 9):
        state, _ = simulator.step(state, np.full(16, act))
    fork, turn = simulator.step(state.take(np.array([5, 5, 2])), np.array([1, 2, 1]))
    whole, whole_turn = simulator.step(state, np.where(np.arange(16) == 5, 2, 1))
    for name, array in fork.arrays():
        np.testing.assert_array_equal(array[1:], getattr(whole, name)[[5, 2]], err_msg=name)
    for field in fields(turn):
        np.testing.assert_array_equal(getattr(turn, field.name)[1:], getattr(whole_turn, field.name)[[5, 2]], err_msg=field.name)


def test_every_draw_of_a_turn_is_new(tiny: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    real = simulator_module.uniforms

    def note(keys: Any, turn: Any, count: int) -> Any:
        asked.append((turn.tolist(), count))
        return real(keys, turn, count)

    monkeypatch.setattr(simulator_module, "uniforms", note)
    simulator = Simulator(tiny)
    state = simulator.reset(0, np.arange(2))
    state = replace(state, talk=state.talk.copy())
    state.talk[1, Talk.TURN] = 5
    for _ in range(3):
        state, _ = simulator.step(state, np.zeros(2, np.int64))
    assert asked == [([1, 6], len(Draw)), ([2, 7], len(Draw)), ([3, 8], len(Draw))]  # turn 0 is the reset's
