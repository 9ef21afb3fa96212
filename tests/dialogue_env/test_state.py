from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from dialogue_env import Simulator, domain_names
from dialogue_env.columns import Columns
from dialogue_env.rng import Draw
from dialogue_env.state import HIDDEN, PUBLIC, Mind, Signal, State, Talk
from dialogue_env.traits import Trait
from dialogue_env.world import World

Make = Callable[..., Any]


def shapes(world: World, count: int) -> dict[str, tuple[type, tuple[int, ...]]]:
    """Return the kind and shape that every array of the state is documented to have."""
    acts, (slots, values), topics = len(world.acts.names), world.marginals.shape, len(world.domain.topics)
    rows = {
        "talk": (np.int64, 13),
        "signals": (np.float32, 6),
        "slate": (np.int64, world.domain.slate_size),
        "open": (np.bool_, acts),
        "uses": (np.float32, acts),
        "asked": (np.float32, slots),
        "novelty": (np.float32, topics),
        "liking": (np.float32, topics),
        "evidence": (np.float32, slots, values + 1),
        "items": (np.float32, len(world.codes)),
        "slot_belief": (np.float32, 2, slots),
        "fit": (np.float32, acts),
        "key": (np.uint64,),
        "user_type": (np.int64,),
        "traits": (np.float32, 17),
        "leaning": (np.float32, 11),
        "need": (np.int64,),
        "wish": (np.int64, slots),
        "first_wish": (np.int64, slots),
        "favourites": (np.int64, 3),
        "interest": (np.float32, topics),
        "mind": (np.float32, 14),
    }
    return {name: (kind, (count, *shape)) for name, (kind, *shape) in rows.items()}


@pytest.mark.parametrize("domain", [*domain_names(), "tiny"])
def test_arrays_keep_their_kind_and_shape(domain: str, world_of: Make, tiny: World) -> None:
    world = tiny if domain == "tiny" else world_of(domain)
    simulator = Simulator(world)
    state = simulator.reset(0, np.arange(12))
    expected = shapes(world, 12)
    for act in range(-1, len(world.acts.names)):
        if act >= 0:
            state, _ = simulator.step(state, np.full(12, act))
        assert {name: (array.dtype.type, array.shape) for name, array in state.arrays()} == expected


def test_every_array_is_public_or_hidden() -> None:
    assert tuple(field.name for field in fields(State)) == PUBLIC + HIDDEN


def test_take_and_put(tiny: World) -> None:
    simulator = Simulator(tiny)
    five, two = simulator.reset(0, np.arange(5)), simulator.reset(1, np.arange(2))
    rows = np.array([3, 1])
    merged = five.put(rows, two)
    assert len(merged) == 5
    for name, array in merged.arrays():
        np.testing.assert_array_equal(array[[3, 1]], getattr(two, name), err_msg=name)
        np.testing.assert_array_equal(array[[0, 2, 4]], getattr(five, name)[[0, 2, 4]], err_msg=name)
    for name, array in merged.take(rows).arrays():
        np.testing.assert_array_equal(array, getattr(two, name), err_msg=name)
    mask = np.array([False, True, False, True, False])
    for name, array in five.take(mask).arrays():
        np.testing.assert_array_equal(array, getattr(five, name)[[1, 3]], err_msg=name)


def test_put_leaves_both_states_alone(tiny: World) -> None:
    simulator = Simulator(tiny)
    five, two = simulator.reset(0, np.arange(5)), simulator.reset(1, np.arange(2))
    merged = five.put(np.array([3, 1]), two)
    for name, array in merged.arrays():
        assert not np.shares_memory(array, getattr(five, name)), name
        assert not np.shares_memory(array, getattr(two, name)), name
    assert five.key[3] == simulator.reset(0, np.array([3])).key[0]


def test_put_after_a_step_spares_the_state_before(tiny: World) -> None:
    simulator = Simulator(tiny)
    before = simulator.reset(0, np.arange(40))
    kept = {name: array.copy() for name, array in before.arrays()}
    after, _ = simulator.step(before, np.full(40, 5))
    rows, opened = np.array([7, 30]), simulator.reset(1, np.arange(2))
    expected = after.put(rows, opened)
    merged = after.put(rows, opened, before)
    for name, array in merged.arrays():
        np.testing.assert_array_equal(array, getattr(expected, name), err_msg=name)
        np.testing.assert_array_equal(getattr(before, name), kept[name], err_msg=name)


def test_state_cannot_be_changed(tiny: World) -> None:
    state = Simulator(tiny).reset(0, np.arange(2))
    with pytest.raises(AttributeError):
        state.need = np.zeros(2, np.int64)  # type: ignore[misc]


@pytest.mark.parametrize(("columns", "count"), [(Talk, 13), (Signal, 6), (Mind, 14), (Trait, 17), (Draw, 18)])
def test_columns_are_numbered_from_0(columns: Columns, count: int) -> None:
    assert [getattr(columns, name) for name in columns] == list(range(count))
    assert len(columns) == count
