from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dialogue_env.acts import Form, Report, UserAct
from dialogue_env.user import report
from dialogue_env.world import World

WEATHER, FOOD, TRAVEL, SALE = range(4)
Make = Callable[..., Any]


def let_out(world: World, state: Any, move: Any, reply: UserAct, draws: Any) -> list[tuple[int, ...]]:
    """Return slot, kind, first and second value for each dialogue; nothing is (0, 0, 0, 0)."""
    said = report(world, state, move, np.full(len(state), reply), draws)
    out = np.zeros((len(state), 4), np.int64)
    out[said.rows] = np.stack([said.slot, said.kind, said.first, said.second], axis=1)
    return [tuple(row) for row in out.tolist()]


NOTHING = (0, Report.NOTHING, 0, 0)
BLUE, GREEN, RED, ANY = range(4)
ANSWER = UserAct.ANSWER
FRANK = {"VAGUENESS": 0.0, "ERROR": 0.0, "REFUSAL": 0.0}


@pytest.mark.parametrize(
    ("level", "pick", "expected"),
    [
        # Refused: 1/2 (1 - .5 * relevance .9) = .275. No preference: .2 of the rest, up to .42. Vague: 1 - 1/2 * 1/2 (a choice) of the
        # rest, up to .855. Wrong: 1/2 of the rest, up to .9275.
        (0.274, 0.0, (0, Report.REFUSED, RED, RED)),
        (0.276, 0.0, (0, Report.NO_PREFERENCE, RED, RED)),
        (0.419, 0.0, (0, Report.NO_PREFERENCE, RED, RED)),
        (0.421, 0.0, (0, Report.VAGUE, RED, BLUE)),
        (0.854, 0.6, (0, Report.VAGUE, RED, GREEN)),
        (0.856, 0.0, (0, Report.VALUE, BLUE, BLUE)),
        (0.927, 0.6, (0, Report.VALUE, GREEN, GREEN)),
        (0.928, 0.0, (0, Report.VALUE, RED, RED)),
        (0.999, 0.0, (0, Report.VALUE, RED, RED)),
    ],
)
def test_answer(tiny: World, state_of: Make, move_of: Make, draws_of: Make, level: float, pick: float, expected: tuple[int, ...]) -> None:
    state = state_of(tiny, talk={"TOPIC": FOOD}, wish=[RED, 0])
    move = move_of(tiny, state, "clarify:colour")
    assert let_out(tiny, state, move, ANSWER, draws_of(REPORT_KIND=level, OTHER_VALUE=pick)) == [expected]


@pytest.mark.parametrize(
    ("level", "pick", "kind", "first"),
    [
        (0.274, 0.0, Report.REFUSED, None),  # as above
        (0.782, 0.0, Report.NO_PREFERENCE, None),  # .7 of the rest, of a choice: .275 + .7 * .725 = .7825
        (0.783, 0.5, Report.VAGUE, GREEN),  # .75 of the rest, up to .945625; the value named is any
        (0.99, 0.0, Report.VALUE, BLUE),
        (0.99, 0.99, Report.VALUE, RED),
    ],
)
def test_answer_about_what_does_not_matter(
    tiny: World, state_of: Make, move_of: Make, draws_of: Make, level: float, pick: float, kind: int, first: int | None
) -> None:
    state = state_of(tiny, talk={"TOPIC": FOOD}, wish=[ANY, 0])
    draws = draws_of(REPORT_KIND=level, INDIFFERENT_VALUE=pick)
    [(slot, said, value, _)] = let_out(tiny, state, move_of(tiny, state, "clarify:colour"), ANSWER, draws)
    assert (slot, said) == (0, kind)
    assert first is None or value == first


@pytest.mark.parametrize(
    ("form", "colour", "limit"),
    [
        # Refused .275 as above; no preference .1, .2, .3 of the rest (.725) of those who care for the colour, .4, .7, .9 of the others.
        (Form.OPEN, RED, 0.3475),
        (Form.CHOICE, RED, 0.42),
        (Form.POLAR, RED, 0.4925),
        (Form.OPEN, ANY, 0.565),
        (Form.CHOICE, ANY, 0.7825),
        (Form.POLAR, ANY, 0.9275),
    ],
)
def test_no_preference_by_form(tiny: World, state_of: Make, move_of: Make, draws_of: Make, form: Form, colour: int, limit: float) -> None:
    world = replace(tiny, forms=np.full(2, form))
    state = state_of(world, 2, talk={"TOPIC": FOOD}, wish=[colour, 0])
    said = let_out(world, state, move_of(world, state, "clarify:colour"), ANSWER, draws_of(2, REPORT_KIND=[limit - 1e-3, limit + 1e-3]))
    assert [kind == Report.NO_PREFERENCE for _, kind, _, _ in said] == [True, False]
    assert said[1][1] in (Report.VAGUE, Report.VALUE)


@pytest.mark.parametrize(
    ("act", "reply", "level", "kind"),
    [
        # What is told unasked, or in a recap, is never refused, and to an open question: .4 do not mind. Vague then 1/2 of the rest, up to .7.
        ("explore", ANSWER, 0.39, Report.NO_PREFERENCE),
        ("explore", ANSWER, 0.41, Report.VAGUE),
        ("explore", ANSWER, 0.69, Report.VAGUE),
        ("explore", ANSWER, 0.71, Report.VALUE),
        ("hold", UserAct.SUGGEST, 0.39, Report.NO_PREFERENCE),
        ("hold", UserAct.SUGGEST, 0.41, Report.VAGUE),
        ("check", ANSWER, 0.39, Report.NO_PREFERENCE),
        ("check", ANSWER, 0.41, Report.VALUE),  # plainly
    ],
)
def test_what_does_not_matter_told_unasked(
    tiny: World, state_of: Make, move_of: Make, draws_of: Make, act: str, reply: UserAct, level: float, kind: int
) -> None:
    state = state_of(tiny, wish=[ANY, 0], asked=[1 / 3, 0.0])
    draws = draws_of(DISCLOSE=0.0, REPORT_SLOT=0.0, REPORT_KIND=level)
    assert [said[:2] for said in let_out(tiny, state, move_of(tiny, state, act), reply, draws)] == [(0, kind)]


@pytest.mark.parametrize(
    ("level", "kind"),
    [(0.783, Report.VAGUE), (0.946, Report.VALUE)],  # as above; half of the values are wrong
)
def test_indifferent_value_says_nothing_about_the_other(tiny: World, state_of: Make, move_of: Make, draws_of: Make, level: float, kind: int) -> None:
    state = state_of(tiny, 9, talk={"TOPIC": FOOD}, wish=[ANY, 0])
    named, other = (grid.ravel() for grid in np.meshgrid([0.1, 0.5, 0.9], [0.1, 0.4, 0.9]))
    draws = draws_of(9, REPORT_KIND=level, INDIFFERENT_VALUE=named, OTHER_VALUE=other)
    said = let_out(tiny, state, move_of(tiny, state, "clarify:colour"), ANSWER, draws)
    assert {code for _, code, _, _ in said} == {kind}
    values = [(np.floor(u * 3), second if kind == Report.VAGUE else first) for u, (_, _, first, second) in zip(named, said, strict=True)]
    assert set(values) == {(v, w) for v in range(3) for w in range(3) if v != w}  # every other value goes with every value


@pytest.mark.parametrize(
    ("act", "reply", "disclose", "told"),
    [
        ("explore", ANSWER, 0.49, True),  # disclosure 1/2 times 2 * .5
        ("explore", ANSWER, 0.51, False),
        ("shift:0", UserAct.FOLLOW, 0.24, True),  # half of that
        ("shift:0", UserAct.FOLLOW, 0.26, False),
        ("hold", UserAct.SUGGEST, 0.99, True),
        ("clarify:size", ANSWER, 0.99, True),
        ("clarify:size", UserAct.RESIST, 0.0, False),
        ("check", ANSWER, 0.99, True),
        ("explore", UserAct.EMOTE, 0.0, False),
        ("explore", UserAct.SILENT, 0.0, False),
    ],
)
def test_who_lets_something_out(tiny: World, state_of: Make, move_of: Make, draws_of: Make, act: str, reply: UserAct, disclose: float, told: bool) -> None:
    state = state_of(tiny, traits=FRANK, asked=1 / 3)
    said = let_out(tiny, state, move_of(tiny, state, act), reply, draws_of(DISCLOSE=disclose))
    assert (said != [NOTHING]) == told


def test_open_reply_is_about_any_slot(tiny: World, state_of: Make, move_of: Make, draws_of: Make) -> None:
    state = state_of(tiny, 4, traits=FRANK, wish=[RED, 1])
    draws = draws_of(4, DISCLOSE=0.0, REPORT_SLOT=[0.0, 0.49, 0.51, 0.999], REPORT_KIND=0.99)
    said = let_out(tiny, state, move_of(tiny, state, "explore"), ANSWER, draws)
    assert said == [(0, Report.VALUE, RED, RED)] * 2 + [(1, Report.VALUE, 1, 1)] * 2


@pytest.mark.parametrize(
    ("act", "reply", "slot", "level", "kind"),
    [
        # Vagueness is .2. A choice is answered in part at 1 - .8 * .5 = .6, an open question (and what is told unasked) at .2.
        ("clarify:colour", ANSWER, 0.0, 0.59, Report.VAGUE),
        ("clarify:colour", ANSWER, 0.0, 0.61, Report.VALUE),
        ("explore", ANSWER, 0.0, 0.19, Report.VAGUE),
        ("explore", ANSWER, 0.0, 0.21, Report.VALUE),
        ("clarify:colour", UserAct.SUGGEST, 0.0, 0.21, Report.VALUE),
        ("explore", ANSWER, 0.9, 0.21, Report.VALUE),
    ],
)
def test_what_is_told_unasked_is_as_to_an_open_question(
    tiny: World, state_of: Make, move_of: Make, draws_of: Make, act: str, reply: UserAct, slot: float, level: float, kind: int
) -> None:
    plain = replace(tiny, person=replace(tiny.person, no_preference=np.zeros(3, np.float32)))
    state = state_of(plain, traits=FRANK | {"VAGUENESS": 0.2, "RELIABILITY": 1.0})
    draws = draws_of(DISCLOSE=0.0, REPORT_SLOT=slot, REPORT_KIND=level)
    assert [said[:2] for said in let_out(plain, state, move_of(plain, state, act), reply, draws)] == [(slot > 0.5, kind)]


@pytest.mark.parametrize(("level", "value"), [(0.09, 1), (0.11, 0)])
def test_suggestion_is_as_good_as_its_reliability(tiny: World, state_of: Make, move_of: Make, draws_of: Make, level: float, value: int) -> None:
    state = state_of(tiny, traits={"VAGUENESS": 0.0, "ERROR": 1.0, "REFUSAL": 1.0, "RELIABILITY": 0.9})
    draws = draws_of(REPORT_SLOT=0.9, REPORT_KIND=level)
    assert let_out(tiny, state, move_of(tiny, state, "hold"), UserAct.SUGGEST, draws) == [(1, Report.VALUE, value, value)]


@pytest.mark.parametrize(
    ("entropy", "asked", "slot"),
    [([0.2, 0.8], [1 / 3, 1 / 3], 1), ([0.8, 0.2], [1 / 3, 1 / 3], 0), ([0.8, 0.2], [0.0, 1 / 3], 1)],
)
def test_recap_is_of_the_least_clear_slot_asked(
    tiny: World, state_of: Make, move_of: Make, draws_of: Make, entropy: list[float], asked: list[float], slot: int
) -> None:
    state = state_of(tiny, asked=asked, slot_belief=[entropy, [0.5, 0.5]], traits={"VAGUENESS": 1.0, "ERROR": 0.0}, wish=[RED, 1])
    value = [RED, 1][slot]
    assert let_out(tiny, state, move_of(tiny, state, "check"), ANSWER, draws_of(REPORT_KIND=0.001)) == [(slot, Report.VALUE, value, value)]
