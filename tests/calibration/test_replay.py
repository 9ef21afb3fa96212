"""Replays: acts of the domain, what is played instead, logged and simulated replies."""

from dataclasses import replace

import numpy as np
import pytest

from calibration.coded import OVER
from calibration.replay import INSTEAD, script, simulate, walk
from calibration.worlds import replay_world
from dialogue_env.acts import Family, UserAct
from dialogue_env.state import Talk
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
    spans = dict(zip(Family, (world.acts.span[family] for family in Family), strict=True)) | {Family.CHECK: slice(2, 2)}
    lacking = replace(world, acts=replace(world.acts, span=tuple(spans.values())))
    with pytest.raises(InputError, match=r"donation: has no act CHECK; its acts: hold, "):
        acts(lacking, [[Family.CHECK]])


def test_logged_replies_are_what_people_say(world):
    family = np.array([[INFORM, PROPOSE, PROPOSE], [PROPOSE, OVER, OVER]])
    replies = np.array([[UserAct.ASK, UserAct.RESIST, UserAct.ACCEPT], [UserAct.DRIFT, OVER, OVER]])
    moments = list(walk(world, acts(world, family), 0, 2, replies))
    assert [moment.exchange for moment in moments] == [0, 1, 2]
    assert [moment.rows.tolist() for moment in moments] == [[0, 1, 2, 3], [0, 1], [0, 1]]
    heard = [moment.after.talk[:, Talk.LAST_REPLY].tolist() for moment in moments]
    assert heard == [[UserAct.ASK] * 2 + [UserAct.DRIFT] * 2, [UserAct.RESIST] * 2, [UserAct.ACCEPT] * 2]
    assert (moments[-1].after.talk[:, Talk.AGREED] > 0).all()
    assert moments[1].state is not moments[0].after, "those whose dialogue is over are dropped"


def test_acts_without_occasion_are_replaced(world):
    """Nobody has asked anything yet, so ANSWER is not open in the first exchange; after a question it is."""
    replies = np.array([[UserAct.ASK, UserAct.ACKNOWLEDGE]])
    played = [moment.move.family[0] for moment in walk(world, acts(world, [[ANSWER, ANSWER]]), 0, 1, replies)]
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
    assert not (one.reply == UserAct.LEAVE).any(), "people are paid to stay"


def test_people_are_the_same_whoever_else_is_replayed(world):
    few, many = (simulate(world, acts(world, [[INFORM, PROPOSE, PROPOSE]] * size), 1, 1).reply for size in (3, 30))
    assert np.array_equal(few, many[:3])


def test_replays_end_with_their_dialogue(world):
    replays = simulate(world, acts(world, [[INFORM, PROPOSE], [INFORM, OVER]]), 0, 2)
    assert ((replays.reply == OVER) == np.array([[0, 0], [0, 0], [0, 1], [0, 1]], bool)).all()
    assert ((replays.family == OVER) == (replays.reply == OVER)).all()


def test_noise_is_refused(world):
    with pytest.raises(InputError, match=r"a replay needs a world without noise, not 0\.05"):
        simulate(replace(world, noise=0.05), acts(world, [[INFORM]]), 0, 1)
