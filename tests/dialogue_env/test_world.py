from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hand_made import codes_of, patchy_of, tiny_of, world_of

from dialogue_env import World, build_world, domain_names, load_domain, load_population, population_names
from dialogue_env.tables import record_of
from rewards import InputError


def test_values_and_their_popularity(tiny: World) -> None:
    assert tiny.tables.slots["size"].tolist() == [3, 2]
    assert codes_of(tiny).tolist() == [[2, 0], [2, 1], [1, 0], [0, 1]]  # blue 0, green 1, red 2; big 0, small 1
    np.testing.assert_allclose(tiny.domain.catalogue.popularity, [0.4, 0.2, 0.2, 0.2])
    np.testing.assert_allclose(tiny.tables.places["popularity"], [0.2, 0.2, 0.6, 0, 0.6, 0.4, 0], rtol=1e-12)


def test_blank_cells_and_several_values() -> None:
    tables = patchy_of().tables
    assert tables.slots["size"].tolist() == [3, 2, 1]
    assert tables.slots["place"].tolist() == [0, 4, 7]
    np.testing.assert_allclose(tables.slots["blank"], [0.0, 0.2, 0.8])  # the rose has no size, none but the moss is lucky
    np.testing.assert_allclose(tables.slots["log_size"], np.log([3, 3, 2]))  # with "none" where there is such a thing
    # Half the rose, .1, is red and half green; of .8 with a size .6 are big; what is lucky at all is so.
    np.testing.assert_allclose(tables.places["popularity"], [0.2, 0.3, 0.5, 0, 0.75, 0.25, 0, 1, 0], rtol=1e-12)
    assert tables.items["slots"].tolist() == [2, 1, 3, 2]
    assert tables.places["slot"].tolist() == [0, 0, 0, 0, 1, 1, 1, 2, 2]
    assert tables.places["value"].tolist() == [0, 1, 2, 3, 0, 1, 2, 0, 1]
    of = [tables.cells["place"][item["first"] : item["end"]].tolist() for item in tables.items]
    assert of == [[2, 4], [1, 2], [1, 4, 7], [0, 5]]
    colour = tables.columns[tables.slots["first"][0] : tables.slots["end"][0]]
    assert colour.tolist() == [(0, 2, 1), (1, 1, 2), (1, 2, 2), (2, 1, 1), (3, 0, 1)]


def test_slot_weights_sum_to_1(tiny: World) -> None:
    np.testing.assert_allclose(tiny.tables.slots["weight"], [0.75, 0.25])  # 3 to 1
    np.testing.assert_allclose(tiny.tables.slots["log_size"], [1.098612, 0.693147], atol=1e-6)


def test_wishes_differ_from_items_only_where_an_item_is_wanted(tiny: World) -> None:
    assert tiny.tables.constants["wish"].item() == (0.1, 0.2)
    assert tiny_of(target="outcome").tables.constants["wish"].item() == (0.0, 0.0)


def test_numbers_of_a_world_by_name(tiny: World) -> None:
    constants = tiny.tables.constants
    assert constants["satisfaction"]["rho"].item() == 0.75
    assert constants["acceptance"]["match"].item() == 4.0
    assert constants["outcome"]["follow_through"].item() == 2.0
    assert [constants["start"][name].item() for name in ("willingness_low", "willingness_high", "distress_low", "distress_high")] == [0.2, 0.6, 0.1, 0.5]
    assert {name: constants["world"][name].item() for name in ("noise", "item", "goal_topic", "max_turns", "hold")} == {
        "noise": 0.0,
        "item": True,
        "goal_topic": 3,
        "max_turns": 10,
        "hold": 0,
    }


def test_record_of_nested_numbers() -> None:
    record = record_of({"a": {"b": 1.5, "c": np.array([1.0, 2.0])}, "d": True, "e": 3})
    assert (record["a"]["b"].item(), record["a"]["c"].tolist(), record["d"].item(), record["e"].item()) == (1.5, [[1.0, 2.0]], True, 3)


def kinds(world: World) -> list[object]:
    """Return what compiled code is compiled for: kinds and shapes of records, but no sizes of arrays."""
    return [(array.dtype, array.ndim, array.flags.c_contiguous, array.flags.writeable) for array in world.tables]


@pytest.mark.parametrize("domain", domain_names())
@pytest.mark.parametrize("population", population_names())
def test_no_domain_or_population_compiles_anything(domain: str, population: str, tiny: World) -> None:
    assert kinds(world_of(domain, population)) == kinds(tiny)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("willingness = [0.2, 0.6]\ndistress = [0.1, 0.5]", "distress = [0.1, 0.5]\nwillingness = [0, 1]"),
        ("match = 0.5\nwillingness = 0.3\ncomfort = 0.2", "comfort = 0\nwillingness = 0\nmatch = 1"),
        ("bias = -1.0\nmatch = 4.0", "match = 4\nbias = -1"),
        ("bias = -1.0\nagreed = 3.0", "agreed = 3\nbias = -1"),
        ("max_turns = 10", "max_turns = 200"),
    ],
)
def test_no_own_domain_compiles_anything(edited: Callable[..., Path], tiny: World, old: str, new: str) -> None:
    assert kinds(build_world(load_domain(edited(old, new)), load_population("people"), 0)) == kinds(tiny)


def test_no_own_population_compiles_anything(tmp_path: Path, tiny: World) -> None:
    path = tmp_path / "own.toml"
    people = "[populations.mine]\npassive = 1\n[person.leaving]\nbase = -2\npatience = 1\n"
    path.write_text(people + "[person.answers]\ndisclosure = 0\n[person.bias.HOLD]\nASK = 1\n")
    assert kinds(build_world(tiny.domain, load_population(path), 0.5)) == kinds(tiny)


@pytest.mark.parametrize("noise", [-0.01, 0.51, float("nan"), "x", True, None])
def test_noise_is_a_share_up_to_one_half(tiny: World, noise: object) -> None:
    with pytest.raises(InputError) as caught:
        build_world(tiny.domain, tiny.population, noise)  # type: ignore[arg-type]
    assert str(caught.value) == f"noise must lie in [0, 0.5], not {noise}"


@pytest.mark.parametrize("noise", [0, 0.5, np.float32(0.25)])
def test_noise_may_be_any_number(tiny: World, noise: float) -> None:
    assert build_world(tiny.domain, tiny.population, noise).noise == float(noise)
