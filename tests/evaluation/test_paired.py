import numpy as np
import pytest
from hand_made import TINY

from evaluation.arguments import Arguments
from evaluation.grid import Cell, Setting, build_worlds, load_policies, play_grid
from evaluation.measures import PER_PERSON
from evaluation.paired import check_pair, compare, listening, mcnemar, saving, signed_rank
from evaluation.session import play
from policies.loader import rule_names
from policies.rules import RULES
from rewards import InputError, RewardWeights

BALANCED = RewardWeights.parse("balanced")


def test_mcnemar_counts_only_the_people_who_differ():
    first = np.array([1, 0, 0, 0, 0, 0, 1, 0], bool)
    second = np.array([0, 1, 1, 1, 1, 1, 1, 0], bool)
    assert mcnemar(first, second) == pytest.approx(2 * (1 + 6) / 2**6)  # five gained, one lost
    assert mcnemar(first, first) == 1.0


def test_the_signed_rank_test_is_exact_for_few_people():
    assert signed_rank(np.array([1.0, 2.0, 3.0, 4.0, 5.0])) == pytest.approx(2 / 2**5)
    assert signed_rank(np.zeros(4)) == 1.0


def test_pairing_saves_what_the_people_have_in_common():
    first, second = np.array([0.0, 0.0, 1.0, 1.0]), np.array([0.0, 1.0, 1.0, 2.0])
    assert saving(first, second) == pytest.approx((0.25 + 0.5) / 0.25)
    assert np.isnan(saving(first, first))


def test_a_comparison_has_every_measure_in_every_setting(cells: tuple[Cell, ...]):
    found = list(compare(cells, ("rules:push", "rules:ask_then_propose"), BALANCED))
    assert [d.measure for d in found] == [*PER_PERSON, *PER_PERSON]
    assert {d.test for d in found if d.measure in ("success", "left")} == {"McNemar"}
    for difference in found:
        assert difference.difference.value == pytest.approx(difference.second_mean - difference.first_mean)
        assert difference.difference.low <= difference.difference.value <= difference.difference.high
        assert 0 <= difference.p <= 1


def test_pairing_needs_fewer_dialogues_for_real_policies():
    worlds, pair = build_worlds([Setting("concierge", "everyone", 0.05)]), ("rules:push", "rules:ask_then_propose")
    cells = tuple(play_grid(load_policies(pair, worlds, BALANCED), worlds, 500, 3, BALANCED, lambda _: None))
    savings = {d.measure: d.saving for d in compare(cells, pair, BALANCED)}
    assert min(savings[name] for name in ("return", "success", "left", "satisfaction", "progress")) > 1.1


def test_the_other_way_round_is_the_negative(cells: tuple[Cell, ...]):
    pair = ("rules:push", "rules:ask_then_propose")
    for there, back in zip(compare(cells, pair, BALANCED), compare(cells, pair[::-1], BALANCED), strict=True):
        assert there.difference.value == pytest.approx(-back.difference.value)
        assert there.p == pytest.approx(back.p)


def test_bad_pairs_are_refused(cells: tuple[Cell, ...]):
    with pytest.raises(InputError, match="valid: rules:push, rules:ask_then_propose, rules:informed"):
        list(compare(cells, ("rules:push", "rules:zork"), BALANCED))
    for pair in (("a",), ("a", "a"), ("a", "b", "c")):
        with pytest.raises(InputError, match="exactly two different policies"):
            check_pair(pair)
    check_pair(())
    check_pair(("a", "b"))


def test_the_value_of_listening_is_the_return_above_the_script():
    worlds = build_worlds([setting := Setting("donation", "people", 0.05), silent := Setting("donation", "passive", 0.05)])
    players = [player for player in load_policies(["rules:script", "rules:push"], worlds, BALANCED) if player[:2] != (silent, "rules:script")]
    cells = tuple(play_grid(players, worlds, 40, 3, BALANCED, lambda _: None))
    found = listening(cells, BALANCED)
    assert {where: set(names) for where, names in found.items()} == {setting: {"rules:push"}}  # nothing where the script was not played
    script, push = (
        next(cell.dialogues.returns(BALANCED).mean() for cell in cells if (cell.setting, cell.policy) == (setting, name))
        for name in ("rules:script", "rules:push")
    )
    assert found[setting]["rules:push"].value == pytest.approx(push - script, abs=1e-5)
    assert found[setting]["rules:push"].low < found[setting]["rules:push"].value < found[setting]["rules:push"].high


def test_scripts_are_left_out_by_default_where_a_domain_has_none():
    policies = {cell.policy for cell in play(Arguments(domains=(str(TINY / "tiny.toml"),), populations=("people",), dialogues=2), BALANCED)}
    assert policies == {*(f"rules:{name}" for name in RULES), "rules:informed"}
    assert {cell.policy for cell in play(Arguments(populations=("people",), dialogues=2), BALANCED)} == set(rule_names())
