from typing import Any

import numpy as np
import pytest
from hand_made import TRAVEL, WEATHER, codes_of, patchy_of, popularity_of, tiny_of, world_of

from dialogue_env import Simulator, State, Stream, World, domain_names
from dialogue_env.acts import REPLIES, Reply
from dialogue_env.draws import LARGEST_SEED, Opening, uniforms
from dialogue_env.messages import NOWHERE
from dialogue_env.person.traits import TRAITS

COUNT = 20_000


@pytest.fixture(scope="module")
def many(tiny: World) -> State:
    return Simulator(tiny).reset(Stream.TRAINING, 5, np.arange(COUNT))


def within(share: float, expected: float) -> bool:
    """Return whether a share of COUNT draws is within four standard errors."""
    return abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / COUNT)


def test_needs_come_by_popularity(many: State) -> None:
    for item, popularity in enumerate([0.4, 0.2, 0.2, 0.2]):
        assert within((many.person.now["need"] == item).mean(), popularity)


def test_wishes_deviate_from_the_need(tiny: World, many: State) -> None:
    wish = many.person.wish
    for slot, size in enumerate([3, 2]):
        own = codes_of(tiny)[many.person.now["need"], slot]
        assert within((wish[:, slot] == size).mean(), 0.2)  # does not matter
        for value in range(size):
            # Not that value, with .8 * .1 one by popularity; that value, with .8 * .9 it as well.
            others, same = wish[own != value, slot], wish[own == value, slot]
            popular = 0.08 * popularity_of(tiny, slot)[value]
            assert abs((others == value).mean() - popular) < 4 * np.sqrt(popular / len(others))
            assert abs((same == value).mean() - 0.72 - popular) < 4 * np.sqrt(0.25 / len(same))
    np.testing.assert_array_equal(many.person.first_wish, wish)


def test_wish_by_its_draw(tiny: World, many: State) -> None:
    # One draw: below .2 it does not matter; from there to .28 a value by popularity, blue to .216, green to .232, red; then the item's.
    draw = uniforms(many.person.now["key"], 0, 1, int(Opening.REST))[:, 0]
    own = codes_of(tiny)[many.person.now["need"], 0]
    np.testing.assert_array_equal(many.person.wish[:, 0], np.select([draw < 0.2, draw < 0.216, draw < 0.232, draw < 0.28], [3, 0, 1, 2], own))


def test_one_of_several_values_is_wished_and_what_is_missing_does_not_matter() -> None:
    state = Simulator(patchy_of()).reset(Stream.TRAINING, 5, np.arange(COUNT))
    roses = state.person.wish[state.person.now["need"] == 1]  # red or green, of no size, not lucky
    assert (roses[:, 1:] == [2, 1]).all()
    # It does not matter with .2; else a value by popularity (.2, .3, .5) with .1, else red or green.
    for value, share in enumerate([0.016, 0.024 + 0.36, 0.04 + 0.36, 0.2]):
        assert abs((roses[:, 0] == value).mean() - share) < 4 * np.sqrt(share * (1 - share) / len(roses))


def test_profiles_are_wished_as_they_are() -> None:
    world = tiny_of(target="outcome")
    state = Simulator(world).reset(Stream.TRAINING, 5, np.arange(100))
    np.testing.assert_array_equal(state.person.wish, codes_of(world)[state.person.now["need"]])


def test_starts_are_even_over_their_ranges(many: State) -> None:
    # Willingness begins at .2 to .6 by the person's place in it, distress at .1 to .5, satisfaction at .4 to .7.
    person = many.person.now
    np.testing.assert_allclose(person["willingness"], 0.2 + 0.4 * person["traits"]["willingness"], rtol=1e-12)
    for name, low, high in (("distress", 0.1, 0.5), ("satisfaction", 0.4, 0.7)):
        place = (person[name] - low) / (high - low)
        assert place.min() > -1e-12
        assert place.max() < 1.0
        assert abs(place.mean() - 0.5) < 4 * np.sqrt(1 / 12 / COUNT)
    for name in ("annoyance", "misunderstanding", "utility", "stuck", "failures", "unrecognised", "refusals", "rejected"):
        assert not person[name].any(), name
    assert not person["agreed"].any()


def test_progress_at_the_start(many: State) -> None:
    met = (many.person.wish == [2, 0]) | (many.person.wish == [3, 2])  # the ruby, red and big, is the best guess
    person = many.person.now
    expected = 0.5 * (met @ [0.75, 0.25]) + 0.3 * person["willingness"] + 0.2 * (1 - person["distress"])
    np.testing.assert_allclose(person["progress"], expected, rtol=1e-12)


def test_favourites_are_any_topics(many: State) -> None:
    for favourite in range(3):
        for topic in range(4):
            assert within((many.person.now["favourites"][:, favourite] == topic).mean(), 0.25)


def test_talk_begins_at_an_opening_topic(many: State) -> None:
    talk = many.talk.now
    assert within((talk["topic"] == WEATHER).mean(), 0.5)
    assert set(talk["topic"].tolist()) == {WEATHER, TRAVEL}
    np.testing.assert_array_equal(many.person.now["topic"], talk["topic"])
    for name in ("raised", "last_act", "last_reply"):
        assert (talk[name] == NOWHERE).all(), name
    assert (many.person.now["raised"] == NOWHERE).all()
    for name in ("exchanges", "agreed", "offers", "refusals", "best_item", "heard_slot", "heard_kind", "heard_first", "heard_second"):
        assert not talk[name].any(), name
    for side in (talk, many.person.now):
        np.testing.assert_array_equal(side["visits"]["known"], 1)
        np.testing.assert_array_equal(side["visits"]["topic"][:, 0], talk["topic"])
        np.testing.assert_array_equal(side["visits"]["count"][:, 0], 1)


def test_first_estimates(many: State) -> None:
    talk, person = many.talk, many.person.now
    assert (talk.now["cooperation"] == 0.5).all()
    for signal, hidden in (("mood", "satisfaction"), ("upset", "distress")):
        assert set(talk.now[signal].tolist()) <= {0.0, 0.25, 0.5, 0.75, 1.0}  # a first rating in five steps
        rated = [talk.now[signal][person[hidden] > level].mean() for level in (0.0, np.median(person[hidden]))]
        assert rated[0] == pytest.approx(person[hidden].mean(), abs=0.03)
        assert rated[1] > rated[0] + 0.02
    assert not talk.now["surprise"].any()
    assert not talk.now["hesitation"].any()
    np.testing.assert_allclose(talk.now["best_mass"], 0.4, rtol=1e-6)
    assert (talk.liking == 0.5).all()
    assert (talk.evidence == 1.0).all()
    assert not talk.uses.any()
    assert not talk.asked.any()


def test_types_come_by_their_shares(tiny: World, many: State) -> None:
    for kind, share in enumerate(tiny.population.shares):
        assert within((many.person.now["type"] == kind).mean(), share)


def test_traits_are_their_types_quantiles_at_their_draws(tiny: World, many: State) -> None:
    levels = uniforms(many.person.now["key"], 0, len(TRAITS), int(Opening.REST) + 2) * 32  # two slots come first
    quantiles = tiny.population.quantiles[many.person.now["type"]]
    rows, columns, low = np.arange(COUNT)[:, None], np.arange(len(TRAITS)), levels.astype(int)
    below, above = quantiles[rows, columns, low], quantiles[rows, columns, low + 1]
    found = many.person.now["trait"]
    np.testing.assert_allclose(found, below + (above - below) * (levels - low), rtol=1e-12)
    np.testing.assert_array_equal(found, np.stack([many.person.now["traits"][name] for name in TRAITS], axis=1))


def test_leaning_by_hand(many: State) -> None:
    # The tiny person answers more the more cooperative, is less silent the more talkative and drifts by drift, each from 1/2 on.
    expected = np.zeros((COUNT, len(REPLIES)))
    for reply, trait, coefficient in ((Reply.ANSWER, "cooperativeness", 1.0), (Reply.SILENT, "talkativeness", -2.0), (Reply.DRIFT, "drift", 4.0)):
        expected[:, reply] = coefficient * (many.person.now["traits"][trait] - 0.5)
    np.testing.assert_allclose(many.person.now["leaning"], expected, atol=1e-12)


@pytest.mark.parametrize("domain", domain_names())
@pytest.mark.parametrize("population", ["people", "everyone"])
def test_leaning_is_what_the_traits_add(domain: str, population: str) -> None:
    simulator = Simulator(world_of(domain, population))
    state = opened = simulator.reset(Stream.TRAINING, 3, np.arange(70))
    character = simulator.world.person.character
    assert np.abs(character).max() > 1.0
    np.testing.assert_allclose(opened.person.now["leaning"], (opened.person.now["trait"] - 0.5) @ character.T, atol=1e-12)
    for act in (0, 3, 5):
        state, _ = simulator.step(state, np.full(70, act))
    np.testing.assert_array_equal(state.person.now["leaning"], opened.person.now["leaning"])


def test_what_is_drawn_is_independent(many: State) -> None:
    person, talk = many.person.now, many.talk.now
    columns: dict[str, Any] = {name: person[name] for name in ("type", "topic", "need", "satisfaction", "distress")}
    columns |= {
        "rating of satisfaction": talk["mood"] - person["satisfaction"],
        "rating of distress": talk["upset"] - person["distress"],
        "indifferent to colour": many.person.wish[:, 0] == 3,
        "indifferent to size": many.person.wish[:, 1] == 2,
    } | {f"favourite {f}": person["favourites"][:, f] for f in range(3)}
    correlation = np.abs(np.corrcoef(np.array(list(columns.values()), float)))
    np.fill_diagonal(correlation, 0.0)
    names = list(columns)
    for condition in ("satisfaction", "distress"):  # ratings stop at their ends, so they regress a little
        correlation[names.index(condition), names.index(f"rating of {condition}")] = 0.0
        correlation[names.index(f"rating of {condition}"), names.index(condition)] = 0.0
    row, column = np.unravel_index(correlation.argmax(), correlation.shape)
    assert correlation.max() < 4.5 / np.sqrt(COUNT), (names[row], names[column])


@pytest.mark.parametrize("domain", domain_names())
def test_same_seed_and_number_is_the_same_person(domain: str) -> None:
    simulator = Simulator(world_of(domain))
    many, some = simulator.reset(Stream.TRAINING, 3, np.arange(40)), simulator.reset(Stream.TRAINING, [3, 3, LARGEST_SEED], np.array([7, 39, 7]))
    for (name, array), (_, other) in zip(some.take([0, 1]).arrays(), many.take([7, 39]).arrays(), strict=True):
        np.testing.assert_array_equal(array, other, err_msg=name)
    assert some.person.now["key"][2] != some.person.now["key"][0]


def test_another_stream_is_another_person(tiny: World) -> None:
    states = [Simulator(tiny).reset(stream, 3, np.arange(40)) for stream in Stream]
    assert len({state.person.now["satisfaction"].tobytes() for state in states}) == len(Stream)


def test_person_does_not_depend_on_the_noise() -> None:
    quiet, loud = (Simulator(world_of("concierge", noise=noise)).reset(Stream.TRAINING, 3, np.arange(40)) for noise in (0.0, 0.05))
    for (name, array), (_, other) in zip(quiet.arrays(), loud.arrays(), strict=True):
        np.testing.assert_array_equal(array, other, err_msg=name)
