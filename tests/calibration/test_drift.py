"""Topic drift: turns spent on a topic by hand, and a slope and spread that chats were made with."""

import numpy as np
import pandas as pd
import pytest

from calibration.corpora.dialogues import Dialogue, Exchange, Log
from calibration.fits import drift
from calibration.fits.drift import closeness_of_shifts, fit_distance, fit_drift, staleness, turns
from calibration.fits.estimates import TRAIT_SD
from calibration.fits.worlds import replay_world
from calibration.replay import script, walk
from dialogue_env.acts import Family, Reply
from dialogue_env.likelihood import features
from dialogue_env.person.model import FEATURES
from rewards.errors import InputError


def test_turns_of_both_sides_since_the_last_shift():
    chat = Dialogue(
        "chat",
        (
            Exchange(("start",), ("stay",)),
            Exchange(("stay",), ("stay",)),
            Exchange(("shift",), ("stay",)),
            Exchange(("stay",), ("shift",)),
            Exchange(("stay",), ("stay",)),
            Exchange(("stay",), ()),
        ),
        {},
    )
    table = turns(Log((chat, chat), {}))
    assert table["spent"].tolist() == [1, 3, 1, 3, 2] * 2
    assert table["shifted"].tolist() == [False, False, False, True, False] * 2
    assert table["chat"].tolist() == [0] * 5 + [1] * 5


def test_staleness_counts_exchanges():
    np.testing.assert_allclose(staleness(np.array([0, 1, 2, 3, 4, 7])), [-0.5, -0.5, 0.0, 0.0, 0.5 - 1 / 3, 0.25])


def test_staleness_is_that_of_the_simulator():
    """Led to a new topic and staying there: each exchange is two turns, the agent's of this one counts already."""
    world = replay_world(())
    family = np.array([[Family.SHIFT, *[Family.EXPLORE] * 5]])
    told = walk(world, script(world, family, np.full(family.shape, "")), 0, 1, np.full(family.shape, Reply.ANSWER))
    stale = [features(world, played.before, played.action)[0, list(FEATURES).index("stale")] for played in told]
    np.testing.assert_allclose(stale, staleness(np.array([1, 3, 5, 7, 9, 11])))
    assert stale[:2] == [-0.5, 0.0]


def test_slope_and_spread_are_recovered():
    rng, rows = np.random.default_rng(3), []
    for chat in range(400):
        own, spent = -1.5 + 0.9 * rng.standard_normal(), 1
        for _ in range(10):
            shifted = rng.random() < 1 / (1 + np.exp(-(own + 1.6 * staleness(spent))))
            rows.append((chat, spent, shifted))
            spent = 2 if shifted else spent + 2
    table = pd.DataFrame(rows, columns=["chat", "spent", "shifted"])
    (slope, trait), intercept = fit_drift("made up", table)
    assert (slope.key, trait.key) == ("person.response.DRIFT.stale", "person.response.DRIFT.drift")
    assert abs(slope.value - 1.6) < 3 * slope.error
    assert abs(trait.value * TRAIT_SD - 0.9) < 3 * trait.error * TRAIT_SD
    assert intercept == pytest.approx(-1.5, abs=0.3)
    assert (slope.count, trait.count) == (4000, 400)


def test_too_few_shifts_are_refused():
    table = pd.DataFrame({"chat": range(60), "spent": 1, "shifted": [True] * 49 + [False] * 11})
    with pytest.raises(InputError, match="made up: 49 topic shifts; a hazard needs at least 50"):
        fit_drift("made up", table)


def test_closeness_of_shifts_is_a_rank_among_turns_of_different_chats(monkeypatch):
    """A shift to where the turn before it points ranks last among random pairs, one at a right angle first; the agent's do not count."""
    vectors = {"x": (1.0, 0.0), "y": (0.0, 1.0), "z": (0.6, 0.8)}
    monkeypatch.setattr(drift, "embed", lambda texts: np.array([vectors[text] for text in texts], np.float32))
    near = Dialogue("near", (Exchange(("start",), ("shift",), "x", "x"), Exchange(("shift",), ("stay",), "y", "z")), {})
    far = Dialogue("far", (Exchange(("start",), ("shift",), "x", "y"),), {})
    found = closeness_of_shifts(Log((near, far), {}))
    assert found[1] == 0.0
    assert found[0] > 0.5
    assert len(found) == 2
    assert found.tolist() == closeness_of_shifts(Log((near, far), {})).tolist()


def test_closeness_weighs_as_shifts_show():
    """Choices among three topics of even ranks by a weight of 2 give it back; choices at random weigh 0."""
    rng = np.random.default_rng(0)
    ranks = rng.random((4000, 3))
    for weight in (2.0, 0.0):
        chosen = (weight * ranks + rng.gumbel(size=ranks.shape)).argmax(axis=1)
        found = fit_distance("made up", ranks[np.arange(4000), chosen])
        assert found.key == "person.drift.closeness"
        assert abs(found.value - weight) < 3 * found.error
        assert 0 < found.error < 0.15


@pytest.mark.parametrize(
    ("closeness", "message"),
    [
        (np.full(49, 0.5), "made up: 49 topic shifts; their distance needs at least 50"),
        (np.full(50, 0.9), r"the mean closeness of topic shifts is 0\.900; a choice among 3 topics has 0\.\d+ to 0\.\d+"),
    ],
)
def test_shifts_that_tell_no_weight_are_refused(closeness, message):
    with pytest.raises(InputError, match=message):
        fit_distance("made up", closeness)
