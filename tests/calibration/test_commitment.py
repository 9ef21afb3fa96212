"""Saying and doing: the groups by hand, and outcomes that replays give back."""

from dataclasses import replace

import numpy as np
import pytest

from calibration.corpora.coded import Coded
from calibration.fits.commitment import GROUPS, fit_outcome, groups
from calibration.fits.worlds import replay_world
from calibration.replay import script, simulate
from dialogue_env import build_world
from dialogue_env.acts import Family, Reply
from rewards.errors import InputError

P, I = Family.PROPOSE, Family.INFORM  # noqa: E741 -- as in the table below
Y, N, A = Reply.ACCEPT, Reply.RESIST, Reply.ASK


@pytest.mark.parametrize(
    ("family", "reply", "group"),
    [
        ([P, P], [A, Y], "agreed"),
        ([P, P], [Y, A], "agreed"),
        ([P, P], [Y, N], "rejected"),
        ([P, P], [N, Y], "agreed"),
        ([P, I], [Y, N], "neither"),
        ([I, I], [N, N], ""),  # who was not asked is in no group
        ([P, I], [N, N], "rejected"),
        ([I, P], [A, N], "rejected"),
        ([P, -1], [A, -1], "neither"),
        ([P, -1], [Y, -1], "agreed"),
    ],
)
def test_what_stands_at_the_end(family, reply, group):
    """A yes taken back over an argument stands no longer, and the no that an offer got before is forgotten over a later yes."""
    assert [*GROUPS, ""][int(groups(np.array([family]), np.array([reply]))[0])] == group


def test_nothing_said_is_in_no_group():
    assert groups(np.empty((2, 0), np.int64), np.empty((2, 0), np.int64)).tolist() == [-1, -1]


@pytest.fixture(scope="module")
def talks():
    """Return the replies of shipped people to 150 dialogues of arguments and offers, and their world."""
    world = replay_world(())
    family = np.random.default_rng(6).choice([I, P], (150, 6), p=[0.6, 0.4])
    variant = np.where(family == I, "logical_appeal", "")
    reply = simulate(world, script(world, family, variant), 5, 1).reply
    blank = np.full(family.shape, np.nan)
    return world, Coded(np.arange(150).astype(str), family, variant, reply, blank, blank, {})


def test_replayed_people_do_it_as_often(talks):
    world, coded = talks
    group = groups(coded.family, coded.reply)
    rate = np.array([0.2, 0.7, 0.1])
    done = np.zeros(len(group))
    for g in range(3):
        rows = np.flatnonzero(group == g)
        done[rows[: round(rate[g] * len(rows))]] = 1.0
    found = fit_outcome("made up", world, coded, done)
    assert [estimate.key for estimate in found] == ["outcome.bias", "outcome.agreed", "outcome.rejected"]
    assert [estimate.count for estimate in found] == np.bincount(group[group >= 0], minlength=3).tolist()
    own = dict(world.domain.outcome) | {estimate.key.removeprefix("outcome."): estimate.value for estimate in found}
    trial = build_world(replace(world.domain, outcome=own), world.population, 0.0)
    replays = simulate(trial, script(trial, coded.family, coded.variant), 11, 40)
    drawn = groups(replays.family, replays.reply)
    for g in range(3):
        assert replays.acts_on_it[drawn == g].mean() == pytest.approx(done[group == g].mean(), abs=0.03), GROUPS[g]


def test_a_group_that_is_too_small_is_named(talks):
    world, coded = talks
    with pytest.raises(InputError, match=r"made up: \d+ dialogues end with (neither|rejected|agreed); at least 20 are needed"):
        fit_outcome("made up", world, coded.take(np.arange(20)), np.zeros(20))
