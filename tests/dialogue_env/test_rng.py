import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogue_env.rng import Draw, dialogue_keys, uniforms

SEEDS = st.integers(-(2**63), 2**63 - 1)


@pytest.mark.parametrize(
    ("seed", "number", "key"),  # by a separate program of whole numbers
    [
        (0, 0, 0xA706DD2F4D197E6F),
        (0, 1, 0xB382A305F4414F5E),
        (1, 0, 0x5E41AB087439611E),
        (-1, 0, 0x5DC20AA7B2A27137),
        (12345, 7, 0xC7495AC17046F211),
    ],
)
def test_keys(seed: int, number: int, key: int) -> None:
    assert dialogue_keys(seed, np.array([number])).tolist() == [key]


def test_draws() -> None:
    first = uniforms(dialogue_keys(0, np.array([0])), np.array([0]), 5)
    assert (first * 2**24).astype(np.int64).tolist() == [[0x38FCBE, 0x238275, 0xB5822C, 0xF89A25, 0x9780FA]]
    later = uniforms(dialogue_keys(12345, np.array([7])), np.array([3]), 4)
    assert (later * 2**24).astype(np.int64).tolist() == [[0xFE780C, 0x87F261, 0x33AAFC, 0xB2850B]]


def test_one_seed_or_one_each() -> None:
    numbers = np.array([3, 4])
    assert dialogue_keys(5, numbers).tolist() == dialogue_keys(np.array([5, 5]), numbers).tolist()


def test_keys_leave_their_arguments_alone() -> None:
    seeds, numbers = np.array([1, 2]), np.array([3, 4])
    keys = dialogue_keys(seeds, numbers)
    copy = keys.copy()
    uniforms(keys, numbers, 4)
    assert (seeds.tolist(), numbers.tolist(), keys.tolist()) == ([1, 2], [3, 4], copy.tolist())


@given(SEEDS, st.integers(0, 10**6), st.integers(0, 1000), st.integers(1, 40))
def test_draws_lie_in_the_unit_interval(seed: int, number: int, turn: int, count: int) -> None:
    draws = uniforms(dialogue_keys(seed, np.array([number, number + 1])), np.array([turn, turn]), count)
    assert draws.shape == (2, count)
    assert draws.dtype == np.float32
    assert draws.min() >= 0.0
    assert draws.max() < 1.0


@given(st.lists(SEEDS, min_size=2, max_size=6), st.integers(1, 17))
def test_row_of_a_batch_is_the_single_dialogue(seeds: list[int], count: int) -> None:
    numbers, turns = np.arange(len(seeds)), np.arange(len(seeds)) * 3
    keys = dialogue_keys(np.array(seeds), numbers)
    batch = uniforms(keys, turns, count)
    for i, seed in enumerate(seeds):
        assert dialogue_keys(seed, numbers[i : i + 1])[0] == keys[i]
        np.testing.assert_array_equal(uniforms(keys[i : i + 1], turns[i : i + 1], count)[0], batch[i])


@given(st.integers(1, 30), st.integers(1, 30))
def test_fewer_draws_are_the_first_of_more(few: int, more: int) -> None:
    keys, turn = dialogue_keys(3, np.arange(2)), np.array([1, 2])
    np.testing.assert_array_equal(uniforms(keys, turn, few), uniforms(keys, turn, few + more)[:, :few])


@given(st.integers(-(2**62), 2**62))
def test_neighbours_share_no_draws(seed: int) -> None:
    keys = np.concatenate([dialogue_keys(seed + i, np.arange(8)) for i in range(8)])
    draws = np.stack([uniforms(keys, np.full(64, turn), len(Draw)) for turn in range(8)])  # [turns, dialogues, draws]
    pairs = draws[..., :-1].astype(np.float64) + draws[..., 1:] * 2.0**24  # two draws in a row, whatever their place
    assert len(np.unique(keys)) == 64
    assert len(np.unique(pairs)) == pairs.size


def test_large_multiples_of_the_increment_share_no_draws() -> None:
    step = np.uint64(0x9E3779B97F4A7C15)  # seeds that far apart shared all draws, shifted, if the seed were only added
    keys = dialogue_keys((np.arange(3, dtype=np.uint64) * step).astype(np.int64), np.zeros(3, np.int64))
    draws = uniforms(keys, np.zeros(3, np.int64), 64)
    assert len(np.unique(draws)) > 0.999 * draws.size


def test_draws_are_even_and_independent() -> None:
    keys = dialogue_keys(7, np.arange(4096))
    draws = np.stack([uniforms(keys, np.full(4096, turn), 16) for turn in range(4)]).astype(np.float64)  # 2^18 of them
    four_errors = 4 / np.sqrt(draws.size)
    assert abs(draws.mean() - 0.5) < four_errors * np.sqrt(1 / 12)
    assert abs(draws.var() - 1 / 12) < four_errors * np.sqrt(1 / 180)  # variance of (u - 1/2)^2
    counts = np.histogram(draws, 64, (0, 1))[0]
    assert ((counts - 4096) ** 2 / 4096).sum() < 63 + 4 * np.sqrt(2 * 63)  # chi-squared of 63 degrees
    for axis in range(3):  # with the next turn, dialogue and draw
        here, there = np.moveaxis(draws, axis, 0)[:-1], np.moveaxis(draws, axis, 0)[1:]
        correlation = ((here - 0.5) * (there - 0.5)).mean() * 12
        assert abs(correlation) < 4 / np.sqrt(here.size)


def test_every_use_has_a_slot_of_its_own() -> None:
    slots = [getattr(Draw, name) for name in dir(Draw) if name.isupper()]
    assert sorted(slots) == list(range(len(Draw)))
