import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogue_env.draws import LARGEST_SEED, WANTED, Draw, Opening, Stream, dialogue_keys, uniforms
from dialogue_env.person.traits import TRAITS
from rewards import InputError

SEEDS = st.integers(0, LARGEST_SEED)
TRAINING = Stream.TRAINING
ONE = np.zeros(1, np.int64)


@pytest.mark.parametrize(
    ("stream", "seed", "number", "key"),  # by a separate program of whole numbers
    [
        (Stream.TRAINING, 0, 0, 0xA706DD2F4D197E6F),
        (Stream.TRAINING, 0, 1, 0xB382A305F4414F5E),
        (Stream.TRAINING, 1, 0, 0x5E41AB087439611E),
        (Stream.SELECTION, 2**64 - 1, 0, 0x8E7E625328442C0D),
        (Stream.EVALUATION, 0, 0, 0x2CF513F280E1D759),
        (Stream.EVALUATION, 12345, 7, 0x86EB0955974619C9),
    ],
)
def test_keys(stream: Stream, seed: int, number: int, key: int) -> None:
    assert dialogue_keys(stream, seed, np.array([number])).tolist() == [key]


def test_draws() -> None:
    first = uniforms(dialogue_keys(TRAINING, 0, ONE), 0, 5)
    assert (first * 2**24).tolist() == [[0x38FCBE, 0x238275, 0xB5822C, 0xF89A25, 0x9780FA]]
    key = dialogue_keys(Stream.EVALUATION, 12345, np.array([7]))
    assert (uniforms(key, 3, 4) * 2**24).tolist() == [[0x468CC5, 0x8E1817, 0x18B2E8, 0xA28082]]
    assert (uniforms(key, 3, 2, first=1) * 2**24).tolist() == [[0x8E1817, 0x18B2E8]]
    assert (uniforms(key, WANTED, 2) * 2**24).tolist() == [[0xCA0CB9, 0xE1BD6E]]


@pytest.mark.parametrize("kind", [int, np.int32, np.uint32, np.int64, np.uint64])
def test_seeds_of_any_whole_kind(kind: type) -> None:
    numbers = np.array([3, 4])
    expected = dialogue_keys(TRAINING, 5, numbers).tolist()
    for seeds in (kind(5), [kind(5), kind(5)], (kind(5), kind(5))):
        assert dialogue_keys(TRAINING, seeds, numbers).tolist() == expected
    if kind is not int:
        assert dialogue_keys(TRAINING, np.array([5, 5], kind), numbers).tolist() == expected


def test_one_seed_or_one_each() -> None:
    numbers = np.array([3, 4])
    assert dialogue_keys(TRAINING, [5, LARGEST_SEED], numbers).tolist() == [
        dialogue_keys(TRAINING, seed, numbers[i : i + 1]).item() for i, seed in enumerate((5, LARGEST_SEED))
    ]
    large = [2**63, LARGEST_SEED]
    assert dialogue_keys(TRAINING, np.array(large, np.uint64), numbers).tolist() == dialogue_keys(TRAINING, large, numbers).tolist()


@pytest.mark.parametrize(
    ("seeds", "shown"),
    [
        (-1, "-1"),
        (2**64, "18446744073709551616"),
        (10**30, "1" + "0" * 30),
        (1.0, "1.0"),
        (0.5, "0.5"),
        (float("nan"), "nan"),
        (True, "True"),
        (np.bool_(True), "True"),
        (np.float32(2.0), "2.0"),
        ("7", "'7'"),
        (None, "None"),
        ([3, -1], "-1"),
        ([3, True], "True"),
        ([3, 2**64], "18446744073709551616"),
        (np.array([1.0, 2.0]), "1.0"),
        (np.array([-5, 2]), "-5"),
    ],
)
def test_what_is_no_seed_ends_in_one_line(seeds: object, shown: str) -> None:
    with pytest.raises(InputError) as caught:
        dialogue_keys(TRAINING, seeds, np.arange(2))
    assert str(caught.value) == f"seed must be a whole number from 0 to 2**64 - 1, not {shown}"


def test_keys_leave_their_arguments_alone() -> None:
    seeds, numbers = np.array([1, 2]), np.array([3, 4])
    keys = dialogue_keys(TRAINING, seeds, numbers)
    copy = keys.copy()
    uniforms(keys, numbers, 4)
    assert (seeds.tolist(), numbers.tolist(), keys.tolist()) == ([1, 2], [3, 4], copy.tolist())


@given(SEEDS, st.integers(0, 10**6), st.integers(0, 1000), st.integers(1, 40))
def test_draws_lie_in_the_unit_interval(seed: int, number: int, exchange: int, count: int) -> None:
    draws = uniforms(dialogue_keys(TRAINING, seed, np.array([number, number + 1])), exchange, count)
    assert draws.shape == (2, count)
    assert draws.dtype == np.float64
    assert draws.min() >= 0.0
    assert draws.max() < 1.0


@given(st.lists(SEEDS, min_size=2, max_size=6), st.integers(1, 17))
def test_row_of_a_batch_is_the_single_dialogue(seeds: list[int], count: int) -> None:
    numbers, exchange = np.arange(len(seeds)), np.arange(len(seeds)) * 3
    keys = dialogue_keys(TRAINING, seeds, numbers)
    batch = uniforms(keys, exchange, count)
    for i, seed in enumerate(seeds):
        assert dialogue_keys(TRAINING, seed, numbers[i : i + 1])[0] == keys[i]
        np.testing.assert_array_equal(uniforms(keys[i : i + 1], exchange[i : i + 1], count)[0], batch[i])


@given(st.integers(1, 30), st.integers(1, 30))
def test_some_draws_are_as_in_all(few: int, more: int) -> None:
    keys, exchange = dialogue_keys(TRAINING, 3, np.arange(2)), np.array([1, 2])
    every = uniforms(keys, exchange, few + more)
    np.testing.assert_array_equal(uniforms(keys, exchange, few), every[:, :few])
    np.testing.assert_array_equal(uniforms(keys, exchange, more, first=few), every[:, few:])


def test_streams_share_no_dialogue() -> None:
    numbers = np.arange(2001)
    keys = {stream: np.concatenate([dialogue_keys(stream, seed, numbers) for seed in range(51)]) for stream in Stream}
    everyone = np.concatenate(list(keys.values()))
    assert len(np.unique(everyone)) == len(everyone) == 4 * 51 * 2001
    draws = [uniforms(keys[stream][:4096], 1, 4).ravel() for stream in Stream]
    correlation = np.corrcoef(draws) - np.eye(len(Stream))
    assert np.abs(correlation).max() < 4.5 / np.sqrt(4 * 4096)


def test_streams_share_no_dialogue_under_seeds_far_apart() -> None:
    increment = 0x9E3779B97F4A7C15  # of the generator: sums of seeds and multiples of it must not coincide
    keys = [dialogue_keys(stream, seed * increment % 2**64, ONE).item() for stream in Stream for seed in range(8)]
    assert len(set(keys)) == len(keys)


@given(st.integers(0, LARGEST_SEED - 8))
def test_neighbours_share_no_draws(seed: int) -> None:
    keys = np.concatenate([dialogue_keys(TRAINING, seed + i, np.arange(8)) for i in range(8)])
    draws = np.stack([uniforms(keys, exchange, len(Draw)) for exchange in range(8)])  # [exchanges, dialogues, draws]
    pairs = draws[..., :-1] + draws[..., 1:] * 2.0**24  # two draws in a row, whatever their place
    assert len(np.unique(keys)) == 64
    assert len(np.unique(pairs)) == pairs.size


def test_large_multiples_of_the_increment_share_no_draws() -> None:
    seeds = [seed * 0x9E3779B97F4A7C15 % 2**64 for seed in range(3)]  # seeds that far apart shared all draws, shifted, if the seed were only added
    draws = uniforms(dialogue_keys(TRAINING, seeds, np.zeros(3, np.int64)), 0, 64)
    assert len(np.unique(draws)) > 0.999 * draws.size


def test_draws_are_even_and_independent() -> None:
    keys = dialogue_keys(TRAINING, 7, np.arange(4096))
    draws = np.stack([uniforms(keys, exchange, 16) for exchange in range(4)])  # 2^18 of them
    four_errors = 4 / np.sqrt(draws.size)
    assert abs(draws.mean() - 0.5) < four_errors * np.sqrt(1 / 12)
    assert abs(draws.var() - 1 / 12) < four_errors * np.sqrt(1 / 180)  # variance of (u - 1/2)^2
    counts = np.histogram(draws, 64, (0, 1))[0]
    assert ((counts - 4096) ** 2 / 4096).sum() < 63 + 4 * np.sqrt(2 * 63)  # chi-squared of 63 degrees
    for axis in range(3):  # with the next exchange, dialogue and draw
        here, there = np.moveaxis(draws, axis, 0)[:-1], np.moveaxis(draws, axis, 0)[1:]
        correlation = ((here - 0.5) * (there - 0.5)).mean() * 12
        assert abs(correlation) < 4 / np.sqrt(here.size)


def test_every_use_has_a_slot_of_its_own() -> None:
    assert sorted(Draw) == list(range(len(Draw)))
    assert max(Draw) == Draw.WORDING  # two more follow it
    places = [int(place) for place in Opening if place != Opening.FAVOURITES] + [int(Opening.FAVOURITES) + i for i in range(3)]
    assert len(set(places)) == len(places)
    assert max(places) == Opening.REST  # slots and the traits follow
    assert Opening.REST + 100 + len(TRAITS) < 2**20  # which are far fewer than an exchange has room for
