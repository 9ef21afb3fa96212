"""Replays centred on a made-up corpus, and the catch-all reply split."""

import math

import numpy as np
import pytest

from calibration.corpora.coded import Coded
from calibration.fits.estimates import Estimate
from calibration.fits.recentre import _timed, fold, recentre, split_catch_all
from calibration.fits.worlds import replay_world
from calibration.replay import script, simulate
from dialogue_env.acts import Family, Reply

SHARES = {"EMOTE": 0.15, "SILENT": 0.25}
PROPOSE, INFORM = Family.PROPOSE, Family.INFORM
ASK, ACCEPT, RESIST, NOTHING = Reply.ASK, Reply.ACCEPT, Reply.RESIST, Reply.ACKNOWLEDGE


def estimate(key: str, value: float = 0.0, count: int = 50) -> Estimate:
    return Estimate(key, value, 0.1, count, "made up", "by hand")


def test_the_parts_of_the_catch_all_sum_to_the_whole():
    before = (estimate("person.bias.INFORM.ASK", 1.0), estimate("person.bias.INFORM.ACKNOWLEDGE", 0.4), estimate("person.response.ASK.round", 2.0))
    found = {part.key: part.value for part in split_catch_all(before, SHARES)}
    assert found["person.bias.INFORM.ASK"] == 1.0
    assert found["person.response.ASK.round"] == 2.0
    parts = {name: math.exp(found[f"person.bias.INFORM.{name}"]) for name in ("ACKNOWLEDGE", *SHARES)}
    assert sum(parts.values()) == pytest.approx(math.exp(0.4))
    assert parts["SILENT"] / parts["EMOTE"] == pytest.approx(0.25 / 0.15)
    assert len(found) == 5


def test_a_reply_that_the_corpus_labels_is_no_part_of_the_catch_all():
    before = (estimate("person.bias.INFORM.EMOTE", 1.0), estimate("person.bias.INFORM.ACKNOWLEDGE"), estimate("person.bias.PROPOSE.ACKNOWLEDGE"))
    after = split_catch_all(before, SHARES)
    found = {part.key: part.value for part in after}
    assert len(found) == len(after), "no key twice"
    assert found["person.bias.INFORM.EMOTE"] == 1.0
    assert "person.bias.PROPOSE.EMOTE" not in found
    assert found["person.bias.INFORM.ACKNOWLEDGE"] == pytest.approx(math.log(0.75))


def test_fold_counts_what_has_no_label_as_the_catch_all():
    folded = fold(np.array([ASK, Reply.EMOTE, -1, NOTHING]), np.array([ASK, NOTHING]))
    assert folded.tolist() == [ASK, NOTHING, -1, NOTHING]


def test_shares_move_with_time_as_by_hand():
    """All refuse at first and half later: a share of 3/4 that falls by 1/2 while ``early`` falls by 1/3 and ``round`` grows by 1/10."""
    slopes = _timed(np.array([[RESIST, RESIST], [RESIST, ASK]]))
    assert slopes["person.response.RESIST.early"] == pytest.approx(0.5 / (1 / 3 * 0.75))
    assert slopes["person.response.RESIST.round"] == pytest.approx(-0.5 / (0.1 * 0.75))
    assert {key.split(".")[2] for key in slopes} == {"RESIST", "ASK"}


def test_a_yes_is_timed_among_the_undecided():
    """Who agreed in the first exchange is no longer asked: of three, one agrees at once, one of the other two then."""
    slopes = _timed(np.array([[ACCEPT, ACCEPT], [ASK, ACCEPT], [ASK, ASK]]))
    early = np.array([0.8, 0.8, 0.8, 0.8 - 1 / 3, 0.8 - 1 / 3])
    yes = np.array([1, 0, 0, 1, 0])
    assert slopes["person.response.ACCEPT.early"] == pytest.approx(np.cov(early, yes, bias=True)[0, 1] / (early.var() * 0.4))


def test_replays_reply_as_the_corpus_did():
    rng = np.random.default_rng(4)
    family = rng.choice([INFORM, PROPOSE], (60, 6))
    shares = {INFORM: [0.6, 0.05, 0.05, 0.3], PROPOSE: [0.2, 0.4, 0.2, 0.2]}
    replies = [ASK, ACCEPT, RESIST, NOTHING]
    reply = np.array([[rng.choice(replies, p=shares[act]) for act in row] for row in family])
    blank, variant = np.full(family.shape, np.nan), np.where(family == INFORM, "logical_appeal", "")
    coded = Coded(np.arange(60).astype(str), family, variant, reply, blank, blank, {})
    before = tuple(estimate(f"person.bias.{act.name}.{Reply(r).name}") for act in (INFORM, PROPOSE) for r in replies)
    after = recentre(split_catch_all(before, SHARES), coded, replay_world)
    world = replay_world(after)
    played = fold(simulate(world, script(world, family, variant), 7, 40).reply, np.array(replies))
    families = np.repeat(family, 40, axis=0)
    for act in (INFORM, PROPOSE):
        for r in replies:
            told, drawn = (reply[family == act] == r).mean(), (played[families == act] == r).mean()
            assert drawn == pytest.approx(told, abs=0.03), (act, r)
    assert after == recentre(split_catch_all(before, SHARES), coded, replay_world)
