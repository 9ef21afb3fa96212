"""What crosses the air, by hand: many people say one thing, each with their own luck."""

from typing import Any

import numpy as np
import pytest
from hand_made import BIG, BLUE, FOOD, GREEN, RED, TRAVEL, WEATHER, after, draws_of, keys_where, state_of, tiny_of, world_of

from dialogue_env import Simulator, State, Stream, domain_names, exchanges
from dialogue_env.acts import COOPERATIVE, RAISING, REFUSING, Family, Reply, Report
from dialogue_env.messages import NOWHERE

COUNT = 9000
FRANK = {"vagueness": 0.0, "error": 0.0, "refusal": 0.0}
CONFUSED = [reply for reply in Reply if reply not in (Reply.ACCEPT, Reply.LEAVE)]


def heard(act: str, reply: Reply, noise: float = 0.0, **given: Any) -> tuple[State, State]:
    """Return the dialogues before and after an act and a reply, where luck alone differs."""
    world = tiny_of(noise)
    state = state_of(world, COUNT, **given)
    return state, after(world, state, act, reply)[0]


def luck(state: State, use: str) -> np.ndarray:
    return draws_of(state.person.now["key"], use)


@pytest.mark.parametrize("reply", list(Reply))
def test_without_noise_replies_are_recognised(reply: Reply) -> None:
    _, new = heard("explore", reply)
    assert (new.talk.now["last_reply"] == reply).all()
    assert not new.person.now["unrecognised"].any()


@pytest.mark.parametrize("reply", CONFUSED)
def test_replies_are_mistaken_at_the_noise_for_any_other(reply: Reply) -> None:
    state, new = heard("explore", reply, noise=0.2)
    place = CONFUSED.index(reply)
    others = np.array(CONFUSED[place + 1 :] + CONFUSED[:place])  # a ninth for each
    mistaken = luck(state, "MISHEARD") < 0.2
    expected = np.where(mistaken, others[np.floor(luck(state, "MISHEARD_FOR") * 9).astype(int)], reply)
    np.testing.assert_array_equal(new.talk.now["last_reply"], expected)
    if reply not in (Reply.SUGGEST, Reply.ANSWER):  # which may say something that is misheard as well
        np.testing.assert_array_equal(new.person.now["unrecognised"], mistaken)


@pytest.mark.parametrize("noise", [0.05, 0.5])
@pytest.mark.parametrize("reply", [Reply.ANSWER, Reply.DRIFT, Reply.SILENT])
def test_replies_are_mistaken_evenly(reply: Reply, noise: float) -> None:
    _, new = heard("explore", reply, noise)
    shares = np.bincount(new.talk.now["last_reply"], minlength=12) / COUNT
    expected = np.full(12, noise / 9)
    expected[[Reply.ACCEPT, Reply.LEAVE, reply]] = 0.0, 0.0, 1.0 - noise
    assert (np.abs(shares - expected) <= 4 * np.sqrt(expected * (1 - expected) / COUNT)).all()


@pytest.mark.parametrize("reply", [Reply.ACCEPT, Reply.LEAVE])
def test_a_yes_and_a_goodbye_are_never_mistaken(reply: Reply) -> None:
    assert (heard("propose", reply, noise=0.5)[1].talk.now["last_reply"] == reply).all()


def test_values_are_mistaken_at_the_noise() -> None:
    state, new = heard("clarify:colour", Reply.ANSWER, 0.1, traits=FRANK, talk={"topic": FOOD}, wish=[RED, BIG])
    talk, mistaken = new.talk.now, luck(state, "MISHEARD_VALUE") < 0.1
    values = talk["heard_kind"] == Report.VALUE
    taken = np.where(luck(state, "MISHEARD_VALUE_FOR") < 0.5, BLUE, GREEN)
    np.testing.assert_array_equal(talk["heard_first"][values], np.where(mistaken, taken, RED)[values])
    lost = ~np.isin(talk["last_reply"], (Reply.ANSWER, Reply.FOLLOW, Reply.SUGGEST, Reply.RESIST))  # with a reply that tells nothing
    assert (talk["heard_kind"][lost] == Report.NOTHING).all()
    assert lost.sum() > 100
    assert (talk["heard_first"][~values & ~lost] == RED).all()
    np.testing.assert_array_equal(talk["heard_slot"], 0)
    np.testing.assert_array_equal(talk["heard_second"][values], talk["heard_first"][values])
    unrecognised = (luck(state, "MISHEARD") < 0.1) | (values & mistaken)  # one exchange, whatever was misheard in it
    np.testing.assert_array_equal(new.person.now["unrecognised"], unrecognised)
    assert (values & mistaken).sum() > 250


def test_what_a_value_is_taken_for_says_nothing_about_it() -> None:
    # Red is wished for, blue or green is named, and is then taken for the one or the other of the rest, evenly.
    state, new = heard("clarify:colour", Reply.ANSWER, 0.5, traits=FRANK | {"error": 1.0}, talk={"topic": FOOD}, wish=[RED, BIG])
    wrong = (new.talk.now["heard_kind"] == Report.VALUE) & (luck(state, "MISHEARD_VALUE") < 0.5)
    named = np.where(luck(state, "OTHER_VALUE") < 0.5, BLUE, GREEN)
    pairs = np.bincount(named[wrong] * 3 + new.talk.now["heard_first"][wrong], minlength=9)
    assert pairs.tolist()[BLUE * 3 + BLUE] == pairs.tolist()[GREEN * 3 + GREEN] == 0
    four = pairs[[BLUE * 3 + GREEN, BLUE * 3 + RED, GREEN * 3 + RED, GREEN * 3 + BLUE]] / wrong.sum()
    assert (np.abs(four - 0.25) < 4 * np.sqrt(0.1875 / wrong.sum())).all()


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
        (1.0, 0.9999, 0.7),  # there is no sixth step
        (0.0, 0.0, 0.3),
    ],
)
def test_rating_is_coarse_and_smoothed(satisfaction: float, draw: float, mood: float) -> None:
    world, limits = tiny_of(), (draw - 1e-4, draw + 1e-4)
    for use, name, hidden in (("RATING", "mood", "satisfaction"), ("UPSET", "upset", "distress")):
        state = state_of(world, person={hidden: satisfaction, "key": keys_where(**{use: limits})})
        assert after(world, state, "explore", Reply.EMOTE)[0].talk.now[name].item() == pytest.approx(mood, abs=1e-12)


def test_ratings_come_by_their_noise() -> None:
    state, new = heard("explore", Reply.EMOTE, person={"satisfaction": 0.35, "distress": 0.8})
    for use, name, steps in (("RATING", "mood", 1 + 4 * 0.35), ("UPSET", "upset", 1 + 4 * 0.8)):
        inside = np.clip(luck(state, use), 1e-6, 1 - 1e-6)
        rated = np.clip(np.rint(steps + 0.9 * np.log(inside / (1 - inside)) * np.sqrt(3) / np.pi), 1, 5)
        np.testing.assert_allclose(new.talk.now[name], 0.6 * 0.5 + 0.4 * (rated - 1) / 4, atol=1e-12)
        assert len(np.unique(rated)) == 5


def test_satisfaction_is_rated_as_it_was_before_the_exchange_sank_in() -> None:
    # Waiting takes a satisfaction of .5 to .4575: 1 + 4 * .4575 = 2.83 and 1 + 4 * .5 = 3; noise of -.4 of a step parts the two.
    keys = keys_where(RATING=(0.299, 0.301))  # log(.3 / .7) sqrt 3 / pi = -.467, times .9 = -.42: 2.58 is the third step, 2.41 the second
    world = tiny_of()
    assert after(world, state_of(world, person={"key": keys}), "hold", Reply.EMOTE)[0].talk.now["mood"].item() == pytest.approx(0.5)


def test_hesitation_is_a_noisy_cue_of_being_stuck() -> None:
    state, new = heard("explore", Reply.SILENT)
    inside = np.clip(luck(state, "HESITATION"), 1e-6, 1 - 1e-6)
    # 1/2 + (1.8 / 2 + noise) / 6 of the stuck, .4 of the silent; 1/2 - (1.8 / 2 + noise) / 6 of the others.
    middle = np.where(luck(state, "STUCK") < 0.4, 0.65, 0.35)
    np.testing.assert_allclose(new.talk.now["hesitation"], np.clip(middle + np.log(inside / (1 - inside)) * np.sqrt(3) / np.pi / 6, 0.0, 1.0), atol=1e-12)


@pytest.mark.parametrize("reply", [reply for reply in Reply if reply != Reply.SILENT])
def test_nobody_hesitates_but_the_silent(reply: Reply) -> None:
    assert not heard("explore", reply)[1].talk.now["hesitation"].any()


def test_who_is_misheard_to_be_silent_seems_to_think() -> None:
    state, new = heard("explore", Reply.FOLLOW, noise=0.5)
    silent = new.talk.now["last_reply"] == Reply.SILENT
    assert silent.sum() > 400
    cue = np.log(luck(state, "HESITATION") / (1 - luck(state, "HESITATION"))) * np.sqrt(3) / np.pi / 6
    np.testing.assert_allclose(new.talk.now["hesitation"][silent], np.clip(0.35 + cue, 0.0, 1.0)[silent], atol=1e-4)
    assert not new.talk.now["hesitation"][~silent].any()
    assert not (new.person.now["last_reply"] == Reply.SILENT).any()


def test_topic_goes_with_the_reply_as_heard() -> None:
    state, new = heard("explore", Reply.DRIFT, 0.5, person={"favourites": [WEATHER, FOOD, TRAVEL]})
    raising = np.isin(new.talk.now["last_reply"], RAISING)
    np.testing.assert_array_equal(new.talk.now["raised"], np.where(raising, new.person.now["raised"], NOWHERE))
    np.testing.assert_array_equal(new.person.now["raised"], np.where(luck(state, "RAISED_TOPIC") < 0.5, FOOD, TRAVEL))
    assert (~raising).sum() > 3000


def test_any_topic_is_caught_where_none_was_raised() -> None:
    state, new = heard("explore", Reply.EMOTE, noise=0.5)
    raising = np.isin(new.talk.now["last_reply"], RAISING)
    assert raising.sum() > 800
    np.testing.assert_array_equal(new.talk.now["raised"], np.where(raising, np.floor(luck(state, "MISHEARD_TOPIC") * 4), NOWHERE))
    assert (new.person.now["raised"] == NOWHERE).all()


@pytest.mark.parametrize("domain", domain_names())
def test_the_agent_goes_by_what_it_hears(domain: str) -> None:
    world, seen = world_of(domain, "everyone", noise=0.3), np.zeros(len(Reply), int)
    simulator, chance = Simulator(world), np.random.default_rng(3)
    acts, count = len(world.acts.names), 600
    truth = chance.choice([Reply.SILENT, Reply.RESIST, Reply.SUGGEST, Reply.FOLLOW, Reply.ASK], (8, count))
    played = exchanges(
        simulator,
        simulator.reset(Stream.TRAINING, 4, np.arange(count)),
        lambda _, rows, __: chance.integers(acts, size=len(rows)),
        lambda number, _: truth[number],
        lambda exchange: np.full(count, exchange.number < 7),
    )
    for exchange in played:
        before, talk, true = exchange.before.talk, exchange.after.talk.now, truth[exchange.number]
        reply = talk["last_reply"]
        wrong = reply != true
        family = world.acts.family[talk["last_act"]]
        led = np.where(family == Family.YIELD, before.now["raised"], before.now["topic"])
        candidate = world.acts.records["candidate"][talk["last_act"]]
        led = np.where(candidate >= 0, before.slate[np.arange(count), candidate], led)
        assert not talk["hesitation"][reply != Reply.SILENT].any()
        assert (talk["hesitation"][reply == Reply.SILENT] > 0).mean() > 0.95
        np.testing.assert_array_equal(talk["topic"], np.where(np.isin(reply, REFUSING), before.now["topic"], led))
        np.testing.assert_array_equal(talk["agreed"], (reply == Reply.ACCEPT) | (before.now["agreed"] & (reply != Reply.RESIST)))
        np.testing.assert_array_equal(talk["raised"] >= 0, np.isin(reply, RAISING) & ~((true == reply) & (exchange.after.person.now["raised"] < 0)))
        np.testing.assert_array_equal(talk["refusals"] - before.now["refusals"], reply == Reply.RESIST)
        grown = talk["cooperation"] - before.now["cooperation"]
        np.testing.assert_allclose(grown, 0.25 * (np.isin(reply, COOPERATIVE) - before.now["cooperation"]), atol=1e-12)
        seen += np.bincount(true[wrong], minlength=len(Reply))
    for reply in (Reply.SILENT, Reply.RESIST, Reply.SUGGEST):
        assert seen[reply] >= 200, reply
