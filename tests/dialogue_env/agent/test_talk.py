"""The agent's side after an exchange, by hand."""

from typing import Any

import numpy as np
import pytest
from hand_made import FOOD, RED, SALE, TRAVEL, WEATHER, after, keys_where, state_of, tiny_of

from dialogue_env import World
from dialogue_env.acts import Reply, Report
from dialogue_env.messages import NOWHERE
from dialogue_env.visits import KEPT

OWN = {"favourites": [WEATHER, FOOD, TRAVEL]}


def heard(world: World, act: str, reply: Reply, **given: Any) -> Any:
    """Return the agent's side after an act and a reply."""
    return after(world, state_of(world, **given), act, reply)[0].talk


@pytest.mark.parametrize(
    ("act", "reply", "talk", "name", "value"),
    [
        ("explore", Reply.ANSWER, {"exchanges": 4}, "exchanges", 5),
        ("shift:1", Reply.FOLLOW, {}, "topic", FOOD),
        ("shift:1", Reply.RESIST, {}, "topic", WEATHER),
        ("yield", Reply.ANSWER, {"raised": TRAVEL}, "topic", TRAVEL),
        ("explore", Reply.SUGGEST, {"raised": FOOD}, "raised", TRAVEL),
        ("explore", Reply.ANSWER, {"raised": FOOD}, "raised", NOWHERE),
        ("explore", Reply.ANSWER, {}, "last_act", 5),
        ("answer", Reply.ANSWER, {}, "last_act", 0),  # masked: nobody asked
        ("explore", Reply.DRIFT, {}, "last_reply", Reply.DRIFT),
        ("propose", Reply.ACCEPT, {}, "agreed", 1),
        ("explore", Reply.ANSWER, {"agreed": True}, "agreed", 1),
        ("explore", Reply.RESIST, {"agreed": True}, "agreed", 0),
        ("explore", Reply.LEAVE, {"agreed": True}, "agreed", 1),
        ("propose", Reply.RESIST, {"offers": 1}, "offers", 2),
        ("explore", Reply.RESIST, {"offers": 1}, "offers", 1),
        ("explore", Reply.RESIST, {"refusals": 1}, "refusals", 2),
        ("explore", Reply.ANSWER, {"refusals": 1}, "refusals", 1),
        ("propose", Reply.RESIST, {}, "best_item", 3),  # the ruby was turned down, the lake is least like it
        ("explore", Reply.RESIST, {}, "best_item", 0),
    ],
)
def test_talk(tiny: World, act: str, reply: Reply, talk: dict[str, int], name: str, value: int) -> None:
    person = OWN | {"key": keys_where(RAISED_TOPIC=(0.5, 1.0))}
    assert heard(tiny, act, reply, talk=talk, person=person).now[name].item() == value


def test_counts(tiny: World) -> None:
    talk, row = heard(tiny, "clarify:size", Reply.RESIST, asked=[0, 1], uses=1), tiny.acts.names.index("clarify:size")
    assert talk.uses[0].tolist() == [2 if a == row else 1 for a in range(15)]
    assert talk.asked[0].tolist() == [0, 2]  # asked, although not answered
    assert heard(tiny, "clarify:colour", Reply.RESIST, asked=[0, 1]).asked[0].tolist() == [1, 1]


def test_counts_stop_at_three(tiny: World) -> None:
    talk = heard(tiny, "clarify:size", Reply.RESIST, asked=[0, 2], uses=3)
    assert talk.asked.max() == 3
    assert talk.uses.max() == 3
    assert not talk.open[0, 4]
    talk = heard(tiny, "check", Reply.ANSWER, asked=[0, 3])
    assert talk.asked[0].tolist() == [0, 3]


@pytest.mark.parametrize(("act", "reply", "asked"), [("explore", Reply.SUGGEST, [0, 1]), ("explore", Reply.FOLLOW, [0, 0]), ("hold", Reply.SUGGEST, [0, 1])])
def test_what_is_told_unasked_counts_as_asked(tiny: World, act: str, reply: Reply, asked: list[int]) -> None:
    assert heard(tiny, act, reply, person={"key": keys_where(REPORT_SLOT=(0.5, 1.0))}).asked[0].tolist() == asked


def test_report_is_heard_once(tiny: World) -> None:
    talk = heard(tiny, "explore", Reply.RESIST, talk={"heard_slot": 1, "heard_kind": Report.VALUE, "heard_first": 1, "heard_second": 1, "surprise": 0.5})
    assert [talk.now[f"heard_{name}"].item() for name in ("slot", "kind", "first", "second")] == [0, Report.NOTHING, 0, 0]
    assert talk.now["surprise"].item() == 0.0


@pytest.mark.parametrize(
    ("reply", "cooperation"),
    [(reply, 0.625) for reply in (Reply.ANSWER, Reply.FOLLOW, Reply.ACCEPT, Reply.ACKNOWLEDGE, Reply.SUGGEST)]  # .5 + .25 (1 - .5)
    + [(reply, 0.375) for reply in (Reply.RESIST, Reply.DRIFT, Reply.SILENT, Reply.EMOTE, Reply.REPAIR, Reply.ASK, Reply.LEAVE)],
)
def test_cooperation(tiny: World, reply: Reply, cooperation: float) -> None:
    assert heard(tiny, "explore", reply).now["cooperation"].item() == pytest.approx(cooperation, abs=1e-12)


@pytest.mark.parametrize(
    ("act", "reply", "raised", "liking"),
    [
        # 1/4 of the reaction times closeness - 1/2 to the topic at hand; the weather is 1, .6, .2, 0 from the topics, food .6, 1, .4, .8.
        ("explore", Reply.FOLLOW, FOOD, [0.625, 0.525, 0.425, 0.375]),
        ("explore", Reply.RESIST, FOOD, [0.425, 0.485, 0.545, 0.575]),  # -.6
        ("explore", Reply.EMOTE, FOOD, [0.5, 0.5, 0.5, 0.5]),
        ("shift:1", Reply.FOLLOW, FOOD, [0.525, 0.625, 0.475, 0.575]),
        # Drifting away from the weather to travel, which is .2, .4, 1, .5 from the topics: -.25 * (.5, .1, -.3, -.5) + .25 * (-.3, -.1, .5, 0).
        ("explore", Reply.DRIFT, TRAVEL, [0.3, 0.45, 0.7, 0.625]),
        # To food, which is .6, 1, .4, .8 from the topics: -.25 * (.5, .1, -.3, -.5) + .25 * (.1, .5, -.1, .3).
        ("explore", Reply.DRIFT, FOOD, [0.4, 0.6, 0.55, 0.7]),
        ("explore", Reply.SUGGEST, TRAVEL, [0.425, 0.475, 0.625, 0.5]),
    ],
)
def test_liking(tiny: World, act: str, reply: Reply, raised: int, liking: list[float]) -> None:
    assert heard(tiny, act, reply, person={"favourites": [raised] * 3}).liking[0] == pytest.approx(liking, abs=1e-6)


def test_liking_is_seen_from_0_to_1_but_kept_beyond(tiny: World) -> None:
    talk = heard(tiny, "explore", Reply.FOLLOW, liking=[0.95, 0.1, 0.02, 0.1])
    np.testing.assert_allclose(talk.liking[0], [1.075, 0.125, -0.055, -0.025], atol=1e-6)


def counts(visits: np.ndarray) -> dict[int, int]:
    known = int(visits["known"][0])
    return dict(zip(visits["topic"][0, :known].tolist(), visits["count"][0, :known].tolist(), strict=False))


def test_visits(tiny: World) -> None:
    state = state_of(tiny, visits={WEATHER: 2, SALE: 1})
    for act, reply, expected in (
        ("explore", Reply.ANSWER, {WEATHER: 3, SALE: 1}),
        ("shift:1", Reply.FOLLOW, {WEATHER: 2, SALE: 1, FOOD: 1}),
        ("shift:1", Reply.RESIST, {WEATHER: 3, SALE: 1}),
        ("shift:0", Reply.FOLLOW, {WEATHER: 2, SALE: 2}),
    ):
        new, _ = after(tiny, state, act, reply)
        assert counts(new.talk.now["visits"]) == counts(new.person.now["visits"]) == expected


def test_the_topic_met_first_is_forgotten_first() -> None:
    visits = dict.fromkeys(range(100, 100 + KEPT), 2)
    new, _ = after(tiny_of(), state_of(tiny_of(), visits=visits), "explore", Reply.ANSWER)
    kept = dict(zip(new.talk.now["visits"]["topic"][0].tolist(), new.talk.now["visits"]["count"][0].tolist(), strict=True))
    assert kept == {WEATHER: 1} | dict.fromkeys(range(101, 100 + KEPT), 2)


def test_misheard_refusal_is_no_refusal() -> None:
    world = tiny_of(noise=0.5)
    state = state_of(world, talk={"agreed": True}, person={"key": keys_where(MISHEARD=(0.0, 0.5), MISHEARD_FOR=(0.67, 0.77))})  # taken for an ANSWER
    new, _ = after(world, state, "propose", Reply.RESIST)
    assert {name: new.talk.now[name].item() for name in ("last_reply", "refusals", "best_item", "agreed")} == {
        "last_reply": Reply.ANSWER,
        "refusals": 0,
        "best_item": 0,
        "agreed": True,  # as the agent has it
    }
    assert [new.person.now[name].item() for name in ("last_reply", "rejected", "agreed")] == [Reply.RESIST, True, False]


def test_recap_is_of_what_was_spoken_of(tiny: World) -> None:
    talk = heard(tiny, "check", Reply.RESIST, asked=[0, 1], entropy=[0.9, 0.1], wish=[RED, 0])
    assert talk.asked[0].tolist() == [0, 2]
