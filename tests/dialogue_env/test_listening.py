from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dialogue_env.acts import Report, UserAct
from dialogue_env.listening import listen
from dialogue_env.state import NOWHERE, Signal
from dialogue_env.user import report

WEATHER, FOOD, TRAVEL, SALE = range(4)
BLUE, GREEN, RED = range(3)
FRANK = {"VAGUENESS": 0.0, "ERROR": 0.0, "REFUSAL": 0.0}
Make = Callable[..., Any]


@pytest.fixture(scope="session")
def heard_from(tiny_of: Make, state_of: Make, move_of: Make, draws_of: Make) -> Make:
    """Return a function that gives what is heard after an act and a reply."""

    def play(act: str, reply: int, noise: float = 0.0, given: dict[str, Any] | None = None, **draws: Any) -> Any:
        world = tiny_of(noise=noise)
        state = state_of(world, **given or {})
        move, replies = move_of(world, state, act), np.array([reply])
        said = report(world, state, move, replies, draws_of(**draws))
        return listen(world, state, move, replies, said, draws_of(**draws))

    return play


@pytest.mark.parametrize("reply", list(UserAct))
def test_without_noise_replies_are_recognised(heard_from: Make, reply: UserAct) -> None:
    heard = heard_from("explore", reply, MISHEARD_ACT=0.0, MISHEARD_VALUE=0.0)
    assert heard.reply.tolist() == [reply]
    assert heard.misheard.tolist() == [False]


@pytest.mark.parametrize(
    ("draw", "recognised"),
    [(0.0, UserAct.RESIST), (0.199, UserAct.ASK), (0.11, UserAct.SUGGEST), (0.201, UserAct.FOLLOW)],  # a ninth of .2 for each of nine others
)
def test_replies_are_mistaken_at_the_noise(heard_from: Make, draw: float, recognised: UserAct) -> None:
    heard = heard_from("explore", UserAct.FOLLOW, noise=0.2, MISHEARD_ACT=draw)
    assert UserAct(heard.reply.item()) == recognised
    assert heard.misheard.item() == (recognised != UserAct.FOLLOW)


@pytest.mark.parametrize("reply", [UserAct.ACCEPT, UserAct.LEAVE])
@pytest.mark.parametrize("draw", [0.0, 0.1, 0.3, 0.49])
def test_a_yes_and_a_goodbye_are_never_mistaken(heard_from: Make, reply: UserAct, draw: float) -> None:
    assert heard_from("propose", reply, noise=0.5, MISHEARD_ACT=draw).reply.item() == reply


@pytest.mark.parametrize("reply", [reply for reply in UserAct if reply not in (UserAct.ACCEPT, UserAct.LEAVE)])
def test_nothing_is_mistaken_for_a_yes_or_a_goodbye(heard_from: Make, reply: UserAct) -> None:
    found = {heard_from("explore", reply, noise=0.5, MISHEARD_ACT=draw).reply.item() for draw in np.linspace(0.0, 0.499, 25)}
    assert found == set(UserAct) - {UserAct.ACCEPT, UserAct.LEAVE, reply}


@pytest.mark.parametrize("noise", [0.05, 0.5])
def test_replies_are_mistaken_for_every_other_evenly(tiny_of: Make, state_of: Make, move_of: Make, draws_of: Make, noise: float) -> None:
    world, count = tiny_of(noise=noise), 9000
    state = state_of(world, count)
    move = move_of(world, state, "explore")
    draws = draws_of(count, MISHEARD_ACT=(np.arange(count) + 0.5) / count)
    for reply in (UserAct.ANSWER, UserAct.DRIFT, UserAct.SILENT):
        replies = np.full(count, reply)
        shares = np.bincount(listen(world, state, move, replies, report(world, state, move, replies, draws_of(count)), draws).reply, minlength=12) / count
        expected = np.full(12, noise / 9)
        expected[[UserAct.ACCEPT, UserAct.LEAVE, reply]] = 0.0, 0.0, 1.0 - noise
        assert shares == pytest.approx(expected, abs=2e-4)


@pytest.mark.parametrize(("draw", "pick", "value"), [(0.09, 0.0, BLUE), (0.09, 0.6, GREEN), (0.11, 0.0, RED)])
def test_values_are_mistaken_at_the_noise(heard_from: Make, draw: float, pick: float, value: int) -> None:
    given = {"traits": FRANK, "talk": {"TOPIC": FOOD}, "wish": [RED, 0]}
    heard = heard_from("clarify:colour", UserAct.ANSWER, 0.1, given, MISHEARD_VALUE=draw, REPORT_KIND=0.99, MISHEARD_FOR=pick)
    assert heard.report.tolist() == [[0, Report.VALUE, value, value]]
    assert heard.misheard.item() == (value != RED)


def test_what_a_value_is_taken_for_says_nothing_about_it(heard_from: Make) -> None:
    # Red is wished for, blue or green is named by OTHER_VALUE, and is then taken for the one or the other of the rest.
    given = {"traits": FRANK | {"ERROR": 1.0}, "talk": {"TOPIC": FOOD}, "wish": [RED, 0]}
    draws = {"MISHEARD_VALUE": 0.0, "REPORT_KIND": 0.99}
    heard = {
        (other, taken): heard_from("clarify:colour", UserAct.ANSWER, 0.1, given, OTHER_VALUE=other, MISHEARD_FOR=taken, **draws).report[0, 2]
        for other in (0.1, 0.9)
        for taken in (0.1, 0.9)
    }
    assert heard == {(0.1, 0.1): GREEN, (0.1, 0.9): RED, (0.9, 0.1): RED, (0.9, 0.9): BLUE}


@pytest.mark.parametrize(
    ("satisfaction", "draw", "mood"),
    [
        (0.5, 0.5, 0.5),  # without noise the third step of five: .6 * 1/2 + .4 * 1/2
        (0.6, 0.5, 0.5),  # 1 + 2.4 is nearest to the third
        (0.7, 0.5, 0.6),  # 1 + 2.8 is nearest to the fourth: .3 + .4 * 3/4
        (0.0, 0.5, 0.3),
        (1.0, 0.5, 0.7),
        (0.5, 0.8598, 0.6),  # one deviation up: log(.8598 / .1402) = pi / sqrt 3, so 3 + .9 is nearest to the fourth
        (0.5, 0.1402, 0.4),
        (1.0, 0.999999, 0.7),  # there is no sixth step
        (0.0, 0.0, 0.3),
    ],
)
def test_rating_is_coarse_and_smoothed(heard_from: Make, satisfaction: float, draw: float, mood: float) -> None:
    given = {"mind": {"SATISFACTION": satisfaction, "DISTRESS": satisfaction}, "signals": {"MOOD": 0.5, "UPSET": 0.5}}
    signals = heard_from("explore", UserAct.ANSWER, given=given, RATING=draw, UPSET=draw).signals[0]
    assert signals[[Signal.MOOD, Signal.UPSET]] == pytest.approx([mood, mood], abs=1e-6)


@pytest.mark.parametrize(
    ("reply", "cooperation"),
    [(reply, 0.625) for reply in (UserAct.ANSWER, UserAct.FOLLOW, UserAct.ACCEPT, UserAct.ACKNOWLEDGE, UserAct.SUGGEST)]  # .5 + .25 (1 - .5)
    + [(reply, 0.375) for reply in (UserAct.RESIST, UserAct.DRIFT, UserAct.SILENT, UserAct.EMOTE, UserAct.REPAIR, UserAct.ASK, UserAct.LEAVE)],
)
def test_cooperation(heard_from: Make, reply: UserAct, cooperation: float) -> None:
    given = {"signals": {"COOPERATION": 0.5}}
    assert heard_from("explore", reply, given=given).signals[0, Signal.COOPERATION] == pytest.approx(cooperation)


@pytest.mark.parametrize(
    ("reply", "stuck", "draw", "hesitation"),
    [
        (UserAct.SILENT, 0.39, 0.5, 0.65),  # 1/2 + 1.8 / 2 / 6, as .4 of the silent are stuck
        (UserAct.SILENT, 0.41, 0.5, 0.35),
        (UserAct.SILENT, 0.41, 0.8598, 0.516667),  # one deviation up is a sixth
        (UserAct.SILENT, 0.39, 0.999999, 1.0),
        (UserAct.ANSWER, 0.39, 0.5, 0.0),
    ],
)
def test_hesitation(heard_from: Make, reply: UserAct, stuck: float, draw: float, hesitation: float) -> None:
    signals = heard_from("explore", reply, STUCK=stuck, HESITATION=draw).signals
    assert signals[0, Signal.HESITATION] == pytest.approx(hesitation, abs=1e-4)


@pytest.mark.parametrize(
    ("act", "reply", "draw", "liking"),
    [
        # 1/4 of the reaction times closeness - 1/2 to the topic at hand; the weather is 1, .6, .2, 0 from the topics, food .6, 1, .4, .8.
        ("explore", UserAct.FOLLOW, 0.0, [0.625, 0.525, 0.425, 0.375]),
        ("explore", UserAct.RESIST, 0.0, [0.425, 0.485, 0.545, 0.575]),  # -.6
        ("explore", UserAct.EMOTE, 0.0, [0.5, 0.5, 0.5, 0.5]),
        ("shift:1", UserAct.FOLLOW, 0.0, [0.525, 0.625, 0.475, 0.575]),
        # Drifting away from the weather to travel, which is .2, .4, 1, .5 from the topics: -.25 * (.5, .1, -.3, -.5) + .25 * (-.3, -.1, .5, 0).
        ("explore", UserAct.DRIFT, 0.9, [0.3, 0.45, 0.7, 0.625]),
        # To food, which is .6, 1, .4, .8 from the topics: -.25 * (.5, .1, -.3, -.5) + .25 * (.1, .5, -.1, .3).
        ("explore", UserAct.DRIFT, 0.0, [0.4, 0.6, 0.55, 0.7]),
        ("explore", UserAct.SUGGEST, 0.9, [0.425, 0.475, 0.625, 0.5]),
    ],
)
def test_liking(heard_from: Make, act: str, reply: UserAct, draw: float, liking: list[float]) -> None:
    assert heard_from(act, reply, DRIFT_TOPIC=draw).liking[0] == pytest.approx(liking, abs=1e-6)


@pytest.mark.parametrize(
    ("act", "reply", "draw", "topic"),
    [
        ("explore", UserAct.DRIFT, 0.0, FOOD),  # the weather, the first favourite, is what is talked of
        ("explore", UserAct.DRIFT, 0.49, FOOD),
        ("explore", UserAct.DRIFT, 0.51, TRAVEL),
        ("explore", UserAct.DRIFT, 0.99, TRAVEL),
        ("explore", UserAct.SUGGEST, 0.99, TRAVEL),
        ("explore", UserAct.ANSWER, 0.99, NOWHERE),
        ("shift:1", UserAct.DRIFT, 0.51, TRAVEL),  # led to food
        ("shift:1", UserAct.DRIFT, 0.0, WEATHER),
    ],
)
def test_own_topic(heard_from: Make, act: str, reply: UserAct, draw: float, topic: int) -> None:
    assert heard_from(act, reply, DRIFT_TOPIC=draw).own_topic.item() == topic


@pytest.mark.parametrize(("draw", "topic"), [(0.0, FOOD), (0.66, FOOD), (0.67, TRAVEL), (0.99, TRAVEL)])
def test_own_topics_are_rather_close_ones(tiny: Any, state_of: Make, move_of: Make, draws_of: Make, draw: float, topic: int) -> None:
    # Food is .6 close to the weather, travel .2: with a weight of log 2 / .4 food has twice the pull.
    weight = {"drift": {"closeness": np.float32(np.log(2.0) / 0.4)}}
    world = replace(tiny, person=replace(tiny.person, constants={**tiny.person.constants, **weight}))
    state, replies = state_of(world), np.array([UserAct.DRIFT])
    move = move_of(world, state, "explore")
    draws = draws_of(DRIFT_TOPIC=draw)
    assert listen(world, state, move, replies, report(world, state, move, replies, draws), draws).own_topic.item() == topic


def test_people_whose_favourites_are_all_at_hand_raise_none(tiny: Any, state_of: Make, move_of: Make, draws_of: Make) -> None:
    state, replies = replace(state_of(tiny), favourites=np.full((1, 3), WEATHER)), np.array([UserAct.DRIFT])
    move = move_of(tiny, state, "explore")
    assert listen(tiny, state, move, replies, report(tiny, state, move, replies, draws_of()), draws_of()).own_topic.item() == NOWHERE
