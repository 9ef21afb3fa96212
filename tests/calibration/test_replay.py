"""Replays: acts of the domain, what is played instead, logged and simulated replies."""

from dataclasses import replace

import numpy as np
import pytest

from calibration.corpora.coded import OVER
from calibration.fits.worlds import replay_world
from calibration.replay import INSTEAD, script, simulate, walk
from dialogue_env.acts import Family, Reply
from rewards.errors import InputError

INFORM, PROPOSE, CLARIFY, ANSWER, SHIFT = Family.INFORM, Family.PROPOSE, Family.CLARIFY, Family.ANSWER, Family.SHIFT


@pytest.fixture(scope="module")
def world():
    return replay_world(())


def acts(world, family, variant=None):
    family = np.array(family)
    return script(world, family, np.full(family.shape, "") if variant is None else np.array(variant))


def test_a_variant_names_the_act_or_the_slot(world):
    found = acts(world, [[INFORM, CLARIFY, PROPOSE], [SHIFT, CLARIFY, OVER]], [["personal_story", "values", ""], ["", "", ""]])
    named = [[world.acts.names[act] if act != OVER else "" for act in row] for row in found]
    assert named == [["personal_story", "clarify:values", "propose"], ["shift:5", "clarify:concern", ""]]


@pytest.mark.parametrize(
    ("family", "variant", "message"), [(INFORM, "poem", r"donation: has no act INFORM\.poem; its acts: hold, "), (PROPOSE, "twice", r"PROPOSE\.twice")]
)
def test_an_act_that_the_domain_lacks_is_refused(world, family, variant, message):
    with pytest.raises(InputError, match=message):
        acts(world, [[family]], [[variant]])


def test_a_family_that_the_domain_lacks_is_refused(world):
    lacking = replace(world, acts=replace(world.acts, span={**world.acts.span, Family.CHECK: slice(2, 2)}))
    with pytest.raises(InputError, match=r"donation: has no act CHECK; its acts: hold, "):
        acts(lacking, [[Family.CHECK]])


def test_logged_replies_are_what_people_say(world):
    family = np.array([[INFORM, PROPOSE, PROPOSE], [PROPOSE, OVER, OVER]])
    replies = np.array([[Reply.ASK, Reply.RESIST, Reply.ACCEPT], [Reply.DRIFT, OVER, OVER]])
    first, second, third = walk(world, acts(world, family), 0, 2, replies)
    assert [played.number for played in (first, second, third)] == [0, 1, 2]
    assert [played.rows.tolist() for played in (first, second, third)] == [[0, 1, 2, 3], [0, 1], [0, 1]]
    heard = [played.after.talk.now["last_reply"].tolist() for played in (first, second, third)]
    assert heard == [[Reply.ASK] * 2 + [Reply.DRIFT] * 2, [Reply.RESIST] * 2, [Reply.ACCEPT] * 2]
    assert third.after.person.now["agreed"].all()
    assert (first.after.size, second.before.size) == (4, 2), "those whose dialogue is over are dropped"
    for name, array in second.before.arrays():
        assert np.array_equal(array, dict(first.after.take([0, 1]).arrays())[name])


def test_acts_without_occasion_are_replaced(world):
    """Nobody has asked anything yet, so ANSWER is not open in the first exchange; after a question it is."""
    replies = np.array([[Reply.ASK, Reply.ACKNOWLEDGE]])
    played = [world.acts.family[exchange.action[0]] for exchange in walk(world, acts(world, [[ANSWER, ANSWER]]), 0, 1, replies)]
    assert played == [INSTEAD[ANSWER], ANSWER]
    assert INSTEAD[ANSWER] == Family.ACKNOWLEDGE


def test_replays_are_the_same_for_the_same_seed(world):
    given = acts(world, [[INFORM, PROPOSE, PROPOSE]] * 20)
    one, again, other = (simulate(world, given, seed, 3) for seed in (1, 1, 2))
    for name in ("family", "reply", "acts_on_it"):
        assert np.array_equal(getattr(one, name), getattr(again, name))
    assert not np.array_equal(one.reply, other.reply)
    assert one.reply.shape == (60, 3)
    assert ((one.acts_on_it > 0) & (one.acts_on_it < 1)).all()
    assert not (one.reply == Reply.LEAVE).any(), "people are paid to stay"


def test_people_are_the_same_whoever_else_is_replayed(world):
    few, many = (simulate(world, acts(world, [[INFORM, PROPOSE, PROPOSE]] * size), 1, 1).reply for size in (3, 30))
    assert np.array_equal(few, many[:3])


def test_replays_end_with_their_dialogue(world):
    replays = simulate(world, acts(world, [[INFORM, PROPOSE], [INFORM, OVER]]), 0, 2)
    assert ((replays.reply == OVER) == np.array([[0, 0], [0, 0], [0, 1], [0, 1]], bool)).all()
    assert ((replays.family == OVER) == (replays.reply == OVER)).all()


def test_a_dialogue_without_exchanges_is_left_out_and_shifts_nobody(world):
    """Row 2 is the replay of dialogue 1, as if dialogue 0 were not empty."""
    told, beside = acts(world, [[OVER, OVER], [INFORM, PROPOSE]]), acts(world, [[INFORM, PROPOSE], [INFORM, PROPOSE]])
    replays, others = simulate(world, told, 3, 2), simulate(world, beside, 3, 2)
    assert (replays.reply[:2] == OVER).all()
    assert np.array_equal(replays.reply[2:], others.reply[2:])
    assert simulate(world, told[:1], 3, 2).reply.tolist() == [[OVER, OVER]] * 2


def test_a_replay_goes_on_past_a_close_and_past_the_longest_dialogue(world):
    most = world.domain.max_turns
    exchanges = list(walk(world, acts(world, [[Family.CLOSE, *[INFORM] * most, PROPOSE]]), 0, 1))
    assert [played.number for played in exchanges] == list(range(most + 2))
    assert [played.facts["ended"][0] for played in exchanges] == [True] + [False] * (most - 2) + [True] * 3
    assert exchanges[-1].after.talk.now["exchanges"].tolist() == [most + 2]


def test_who_leaves_is_gone_but_a_logged_dialogue_is_replayed_to_its_end(world):
    """With an intercept of 50 everybody leaves at once."""
    hasty, given = replay_world((), 50.0), acts(world, [[INFORM, PROPOSE, INFORM]])
    replays = simulate(hasty, given, 0, 4)
    assert replays.reply.tolist() == [[Reply.LEAVE, OVER, OVER]] * 4
    assert replays.family.tolist() == [[INFORM, OVER, OVER]] * 4
    logged = list(walk(world, given, 0, 1, np.array([[Reply.ASK, Reply.LEAVE, Reply.ASK]])))
    assert [played.facts["left"][0] for played in logged] == [False, True, False]


def test_who_left_acts_on_it_less_by_the_domains_own_step(world):
    left = simulate(replay_world((), 50.0), acts(world, [[PROPOSE]]), 0, 40).acts_on_it
    stayed = simulate(world, acts(world, [[PROPOSE]]), 0, 40)
    quiet = np.isin(stayed.reply[:, 0], [Reply.ASK, Reply.ANSWER, Reply.FOLLOW, Reply.ACKNOWLEDGE])  # their distress is as if they had left
    odds = [share / (1 - share) for share in (left, stayed.acts_on_it)]
    assert quiet.any()
    np.testing.assert_allclose(np.log(odds[0] / odds[1])[quiet], world.domain.outcome["left"], atol=1e-9)


def test_noise_is_refused(world):
    with pytest.raises(InputError, match=r"a replay needs a world without noise, not 0\.05"):
        simulate(replace(world, noise=0.05), acts(world, [[INFORM]]), 0, 1)
