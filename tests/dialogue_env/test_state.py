import numpy as np
import pytest
from hand_made import world_of

from dialogue_env import Simulator, State, Stream, World, domain_names
from dialogue_env.agent.talk import TALK
from dialogue_env.person.person import PERSON
from dialogue_env.person.traits import TRAITS
from dialogue_env.state import blank


def shapes(world: World, count: int) -> dict[str, tuple[type, tuple[int, ...]]]:
    """Return the kind and shape that every array of the state is documented to have."""
    acts, slots, candidates = len(world.acts.names), len(world.tables.slots), world.domain.slate_size
    rows = {
        "open": (np.bool_, acts),
        "slate": (np.int32, candidates),
        "uses": (np.uint8, acts),
        "asked": (np.uint8, slots),
        "liking": (np.float32, len(world.tables.centres)),
        "evidence": (np.float32, len(world.tables.places)),
        "items": (np.float32, len(world.tables.items)),
        "entropy": (np.float32, slots),
        "top_mass": (np.float32, slots),
        "fit": (np.float32, 1 + world.acts.records["fit_row"].max()),
        "wish": (np.int32, slots),
        "first_wish": (np.int32, slots),
    }
    return {name: (kind, (count, *shape)) for name, (kind, *shape) in rows.items()}


@pytest.mark.parametrize("domain", [*domain_names(), "tiny"])
def test_arrays_keep_their_kind_and_shape(domain: str, tiny: World) -> None:
    world = tiny if domain == "tiny" else world_of(domain)
    simulator = Simulator(world)
    state, expected = simulator.reset(Stream.TRAINING, 0, np.arange(12)), shapes(world, 12)
    for act in range(-1, len(world.acts.names)):
        if act >= 0:
            state, _ = simulator.step(state, np.full(12, act))
        plain = {name: array for side in (state.talk, state.person) for name, array in side._asdict().items() if name != "now"}
        assert {name: (array.dtype.type, array.shape) for name, array in plain.items()} == expected
        assert (state.talk.now.dtype, state.person.now.dtype) == (TALK, PERSON)
        assert (state.size, len(state.talk.now), len(state.person.now)) == (12, 12, 12)


def test_every_field_is_told(tiny: World) -> None:
    names = [name for name, _ in Simulator(tiny).reset(Stream.TRAINING, 0, np.arange(2)).arrays()]
    assert len(set(names)) == len(names)
    assert {f"talk.now.{field}" for field in TALK.names if field != "visits"} < set(names)
    assert {f"person.now.{field}" for field in PERSON.names if field not in ("visits", "traits")} < set(names)
    assert {f"person.now.traits.{trait}" for trait in TRAITS} < set(names)
    assert {"talk.now.visits.topic", "person.now.visits.count", "talk.items", "person.wish"} < set(names)


def assert_same(one: State, other: State) -> None:
    for (name, array), (_, expected) in zip(one.arrays(), other.arrays(), strict=True):
        np.testing.assert_array_equal(array, expected, err_msg=name)


def test_take_gives_copies_in_order(tiny: World) -> None:
    five = Simulator(tiny).reset(Stream.TRAINING, 0, np.arange(5))
    for rows in (np.array([3, 1]), np.array([False, True, False, True, False]), [4, 4, 0]):
        some = five.take(rows)
        for (name, array), (_, whole) in zip(some.arrays(), five.arrays(), strict=True):
            np.testing.assert_array_equal(array, whole[rows], err_msg=name)
            assert not np.shares_memory(array, whole), name
    assert_same(five.copy(), five)
    assert not any(np.shares_memory(one, other) for (_, one), (_, other) in zip(five.copy().arrays(), five.arrays(), strict=True))


def test_dialogues_begin_in_the_rows_that_are_given(tiny: World) -> None:
    simulator = Simulator(tiny)
    state, others = simulator.reset(Stream.TRAINING, 0, np.arange(6)), simulator.reset(Stream.TRAINING, 1, np.arange(2))
    for act in range(8):
        state, _ = simulator.step(state, np.full(6, act))
    before = state.copy()
    simulator.open(state, np.array([3, 1]), others.person.now["key"].copy())
    assert_same(state.take([0, 2, 4, 5]), before.take([0, 2, 4, 5]))
    opened = state.take([3, 1])
    for (name, array), (_, expected) in zip(opened.arrays(), others.arrays(), strict=True):
        if ".visits." not in name:  # what is forgotten is not wiped
            np.testing.assert_array_equal(array, expected, err_msg=name)
    assert (opened.talk.now["visits"]["known"] == 1).all()
    (one, facts), (other, expected) = (simulator.step(dialogues, np.array([5, 13])) for dialogues in (opened, others))
    np.testing.assert_array_equal(facts, expected)
    np.testing.assert_array_equal(one.talk.items, other.talk.items)


def test_state_resumes_from_bytes(tiny: World) -> None:
    simulator = Simulator(tiny)
    state, _ = simulator.step(simulator.reset(Stream.TRAINING, 0, np.arange(4)), np.full(4, 5))
    again = blank(tiny.tables, 4)
    for (side, parts), copies in zip((("talk", state.talk), ("person", state.person)), (again.talk, again.person), strict=True):
        for part, copy in zip(parts, copies, strict=True):
            copy[...] = np.frombuffer(part.tobytes(), part.dtype).reshape(part.shape)
        assert side
    assert_same(simulator.step(again, np.full(4, 9))[0], simulator.step(state, np.full(4, 9))[0])


def test_state_cannot_be_changed(tiny: World) -> None:
    state = Simulator(tiny).reset(Stream.TRAINING, 0, np.arange(2))
    with pytest.raises(AttributeError):
        state.person = state.person  # type: ignore[misc]
