from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dialogue_env import Simulator, Stream, World, build_world, load_domain, load_population, population_names
from dialogue_env.acts import Reply
from dialogue_env.draws import Opening, uniforms
from dialogue_env.files import read_toml
from dialogue_env.person.model import FITTED, load_person
from dialogue_env.person.population import FILE, population_of
from dialogue_env.person.traits import TRAITS
from rewards import InputError

TRAIT = {name: column for column, name in enumerate(TRAITS)}
OWN = """
[types.keen]
willingness = [0.9, 1.0]
patience = { beta = [2.0, 1.0] }

[populations.mine]
keen = 0.75
passive = 0.25
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(OWN)
    return path


def test_every_trait_says_what_it_means() -> None:
    assert len(TRAITS) == 17
    assert all(meaning.strip() for meaning in TRAITS.values())


def test_shipped_populations() -> None:
    names = population_names()
    assert names[:3] == ("people", "everyone", "held_out")
    assert len(set(names)) == len(names)
    for name in names:
        population = load_population(name)
        assert population.name == name
        assert population.shares.sum() == pytest.approx(1.0)
        assert population.quantiles.shape == (len(population.types), 17, 33)
        assert population.quantiles.min() >= 0.0
        assert population.quantiles.max() <= 1.0
        assert (np.diff(population.quantiles, axis=2) >= 0).all()


def test_held_out_types_are_met_nowhere_else() -> None:
    tables = read_toml(FILE)["populations"]
    assert not set(tables["everyone"]) & set(tables["held_out"])


def test_type_is_a_population_of_its_own() -> None:
    population = load_population("resistant")
    assert (population.types, population.shares.tolist()) == (("resistant",), [1.0])


def test_own_file(own: Path) -> None:
    population = load_population(own)
    assert (population.name, population.types, population.shares.tolist()) == ("mine", ("keen", "passive"), [0.75, 0.25])
    np.testing.assert_allclose(population.quantiles[0, TRAIT["willingness"], [0, 16, 32]], [0.9, 0.95, 1.0], rtol=1e-6)
    np.testing.assert_allclose(population.quantiles[0, TRAIT["patience"]], np.sqrt(np.linspace(0, 1, 33)), atol=1e-6)  # P(x < q) = q^2 for Beta(2, 1)
    shipped = load_population("passive").quantiles[0]
    np.testing.assert_array_equal(population.quantiles[1], shipped)
    np.testing.assert_array_equal(population.quantiles[0, TRAIT["drift"]], load_population("vague").quantiles[0, TRAIT["drift"]])  # both from [base]


def test_own_file_by_name(own: Path) -> None:
    assert load_population(f"{own}:keen").types == ("keen",)
    assert load_population(f"{own}:passive").types == ("passive",)
    assert load_population(f"{own}:mine").types == ("keen", "passive")


def test_own_base_is_used_by_own_and_shipped_types(own: Path) -> None:
    own.write_text("[base]\nerror = [0.5, 0.5]\n" + OWN)
    assert (load_population(own).quantiles[:, TRAIT["error"]] == 0.5).all()


def test_own_file_with_one_population_of_several(own: Path) -> None:
    own.write_text(OWN + "[populations.other]\nkeen = 1\n")
    assert load_population(f"{own}:other").types == ("keen",)
    with pytest.raises(InputError) as caught:
        load_population(own)
    assert str(caught.value) == f"{own}: has 2 populations, choose one as {own}:NAME; valid: mine, other"


TYPES = ", ".join([*read_toml(FITTED)["types"], *read_toml(FILE)["types"]])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[types.keen]", "[kinds.keen]", "unknown key in {path}: 'kinds'; valid: base, types, populations, person, command, evidence"),
        ("[populations.mine]\nkeen = 0.75\npassive = 0.25\n", "", "{path}: has 0 populations, choose one as {path}:NAME; valid: none"),
        ("passive = 0.25", "lazy = 0.25", "unknown key in {path}: populations.mine: 'lazy'; valid: " + TYPES + ", keen"),
        ("patience", "calm", "unknown key in {path}: types.keen: 'calm'; valid: " + ", ".join(TRAITS)),
        ("[0.9, 1.0]", "[1.0, 0.9]", "{path}: types.keen.willingness: low end 1 is above high end 0.9"),
        ("[0.9, 1.0]", "[0.9, 1.1]", "{path}: types.keen.willingness: must be a number in [0, 1], not 1.1"),
        ("[0.9, 1.0]", "0.9", "{path}: types.keen.willingness: must be a pair [low, high], not 0.9"),
        ("beta = ", "gamma = ", "unknown key in {path}: types.keen.patience: 'gamma'; valid: beta, normal, between"),
        ("[2.0, 1.0]", "[0.0, 1.0]", "{path}: types.keen.patience.beta: must be a number in [0.01, 1000], not 0.0"),
        ("passive = 0.25", "passive = 0.35", "{path}: populations.mine: the shares must sum to 1, not 1.1"),
        ("keen = 0.75\npassive = 0.25", "", "{path}: populations.mine: the shares must sum to 1, not 0"),
        ("[types.keen]\n", "[types]\nkeen = 3\n[types.keener]\n", "{path}: types.keen: must be a table, not 3"),
        ("keen = 0.75", "keen = -1", "{path}: populations.mine.keen: must be a number in [0, 1], not -1"),
    ],
)
def test_bad_file(own: Path, old: str, new: str, message: str) -> None:
    assert old in OWN
    own.write_text(OWN.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        load_population(own)
    assert str(caught.value) == message.format(path=own)


BETA = "[populations.p]\na = 1\n[types.a.patience]\nbeta = "


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("populations = 3", "{path}: populations: must be a table, not 3"),
        ("types = 3", "{path}: types: must be a table, not 3"),
        ("base = 3", "{path}: base: must be a table, not 3"),
        ("[base]\ncolour = [0, 1]\n" + OWN, "unknown key in {path}: base: 'colour'; valid: " + ", ".join(TRAITS)),
        *((BETA + bad, "{path}: types.a.patience.beta: must be a pair of numbers [a, b], not " + bad) for bad in ("3", "[1]", "[1, 2, 3]")),
    ],
)
def test_tables_of_the_wrong_kind(own: Path, content: str, message: str) -> None:
    own.write_text(content)
    with pytest.raises(InputError) as caught:
        load_population(own)
    assert str(caught.value) == message.format(path=own)


def quantiles_of(**specs: Any) -> np.ndarray:
    """Return the quantiles [C, 33] of a type with these traits."""
    return population_of("here", {"types": {"a": specs}, "populations": {"p": {"a": 1}}}).quantiles[0]


@pytest.mark.parametrize(
    ("spec", "quantiles"),  # at 0, 1/4, 1/2, 3/4 and 1
    [
        # The quartiles of the standard normal are -.674490 and .674490; the ends are cut to 0 and 1.
        ({"normal": [0.5, 0.2]}, [0.0, 0.365102, 0.5, 0.634898, 1.0]),
        ({"normal": [0.9, 0.4]}, [0.0, 0.630204, 0.9, 1.0, 1.0]),  # .9 + .4 * .674490 = 1.17 is cut as well
        ({"normal": [0.5, 0.2], "between": [0.0, 1.0]}, [0.0, 0.365102, 0.5, 0.634898, 1.0]),
        # The upper half: at 1/2, 5/8 (.318639), 3/4 (.674490) and 7/8 (1.150349) of all people.
        ({"normal": [0.5, 0.2], "between": [0.5, 1.0]}, [0.5, 0.563728, 0.634898, 0.730070, 1.0]),
        # The upper tenth: from 1.281552 over .925 (1.439531), .95 (1.644854) and .975 (1.959964).
        ({"normal": [0.5, 0.1], "between": [0.9, 1.0]}, [0.628155, 0.643953, 0.664485, 0.695996, 1.0]),
        ({"normal": [0.5, 0.1], "between": [0.0, 0.1]}, [0.0, 0.304004, 0.335515, 0.356047, 0.371845]),  # the lower tenth mirrors it
        ({"normal": [0.5, 0.1], "between": [0.75, 0.75]}, [0.567449] * 5),
        # P(x < q) = q^2 for Beta(2, 1): the roots of 0, 1/4, ..., and of 1/2, 5/8, ... in the upper half.
        ({"beta": [2.0, 1.0]}, [0.0, 0.5, 0.707107, 0.866025, 1.0]),
        ({"beta": [2, 1], "between": [0.5, 1]}, [0.707107, 0.790569, 0.866025, 0.935414, 1.0]),
    ],
)
def test_shapes_of_traits(spec: dict[str, Any], quantiles: list[float]) -> None:
    found = quantiles_of(patience=spec)[TRAIT["patience"]]
    assert found.dtype == np.float64
    np.testing.assert_allclose(found[[0, 8, 16, 24, 32]], quantiles, atol=2e-6)
    assert (np.diff(found) >= 0).all()


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({}, "here: types.a.patience: needs one of beta = [a, b] and normal = [mean, sd]"),
        ({"between": [0, 1]}, "here: types.a.patience: needs one of beta = [a, b] and normal = [mean, sd]"),
        ({"beta": [1, 1], "normal": [0, 1]}, "here: types.a.patience: needs one of beta = [a, b] and normal = [mean, sd]"),
        ({"normal": 0.5}, "here: types.a.patience.normal: must be a pair of numbers [mean, sd], not 0.5"),
        ({"normal": [0.5]}, "here: types.a.patience.normal: must be a pair of numbers [mean, sd], not [0.5]"),
        ({"normal": [1.1, 0.1]}, "here: types.a.patience.normal: must be a number in [0, 1], not 1.1"),
        ({"normal": [-0.1, 0.1]}, "here: types.a.patience.normal: must be a number in [0, 1], not -0.1"),
        ({"normal": [0.5, 0.0]}, "here: types.a.patience.normal: must be a number in [0.001, 1], not 0.0"),
        ({"normal": [0.5, 2]}, "here: types.a.patience.normal: must be a number in [0.001, 1], not 2"),
        ({"normal": ["half", 0.1]}, "here: types.a.patience.normal: must be a number in [0, 1], not 'half'"),
        ({"normal": [0.5, 0.1], "between": 0.9}, "here: types.a.patience.between: must be a pair [low, high], not 0.9"),
        ({"normal": [0.5, 0.1], "between": [0.9, 0.1]}, "here: types.a.patience.between: low end 0.9 is above high end 0.1"),
        ({"normal": [0.5, 0.1], "between": [0.9, 1.1]}, "here: types.a.patience.between: must be a number in [0, 1], not 1.1"),
        ({"mean": 0.5}, "unknown key in here: types.a.patience: 'mean'; valid: beta, normal, between"),
    ],
)
def test_bad_shapes_of_traits(spec: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        quantiles_of(patience=spec)
    assert str(caught.value) == message


def test_population_of_tables() -> None:
    tables = {"types": {"keen": {"error": [0.5, 0.5]}}, "populations": {"mine": {"keen": 0.75, "passive": 0.25}}, "command": "none", "evidence": []}
    population = population_of("here", tables)
    assert (population.name, population.types, population.shares.tolist()) == ("mine", ("keen", "passive"), [0.75, 0.25])
    assert (population.quantiles[0, TRAIT["error"]] == 0.5).all()
    assert population.person is load_person()
    assert population_of("here", tables, "keen").types == ("keen",)
    assert population_of("here", tables, "resistant").types == ("resistant",)
    for chosen, message in (
        ("nobody", "unknown population in here: 'nobody'; valid: mine, people_open, "),
        ("everyone", "unknown population in here: 'everyone'; valid: mine, people_open, "),
    ):
        with pytest.raises(InputError) as caught:
            population_of("here", tables, chosen)
        assert str(caught.value).startswith(message)
        assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match=r"^here: has 0 populations, choose one as here:NAME; valid: none$"):
        population_of("here", {"types": tables["types"]})


def test_own_person_goes_over_the_shipped_one(own: Path) -> None:
    own.write_text(OWN + "[person.leaving]\nbase = -3.5\n[person.response.ASK]\ntalkativeness = 1.5\n")
    population, shipped = load_population(own), load_person()
    assert population.person.constants["leaving"] == {**shipped.constants["leaving"], "base": -3.5}
    changed = np.argwhere(population.person.character != shipped.character).tolist()
    assert changed == [[Reply.ASK, TRAIT["talkativeness"]]]
    assert population.person.character[Reply.ASK, TRAIT["talkativeness"]] == 1.5
    np.testing.assert_array_equal(population.person.response, shipped.response)
    assert load_population(f"{own}:passive").person.constants["leaving"]["base"] == -3.5  # the whole file's people, shipped types too
    assert load_population("passive").person is shipped
    world = build_world(load_domain("donation"), population, 0.0)
    assert world.person is population.person


@pytest.mark.parametrize(
    ("person", "message"),
    [
        ("person = 3", "{path}: person: must be a table, not 3"),
        ("[person.wishes]", "unknown key in {path}: person: 'wishes'; valid: bias, response, again, acts, answers, "),
        ("[person.leaving]\nboredom = 1", "unknown key in {path}: person: leaving: 'boredom'; valid: annoyance, satisfaction, patience, "),
        ("[person.leaving]\nbase = 'low'", "{path}: person: leaving.base: must be a number in [-100, 100], not 'low'"),
        ("[person.response.ASK]\ncharm = 1", "unknown key in {path}: person: response.ASK: 'charm'; valid: interest, "),
        ("[person.bias.HOLD]\nLEAVE = 1", "unknown key in {path}: person: bias.HOLD: 'LEAVE'; valid: ANSWER, "),
    ],
)
def test_bad_person(own: Path, person: str, message: str) -> None:
    own.write_text(f"{person}\n{OWN}")
    with pytest.raises(InputError) as caught:
        load_population(own)
    assert str(caught.value).startswith(message.format(path=own))
    assert "\n" not in str(caught.value)


def test_unknown_names(own: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_population("nobody")
    assert str(caught.value) == f"unknown population 'nobody'; valid: {', '.join(population_names())}, or the path of a .toml file"
    with pytest.raises(InputError, match=r"^unknown population in [^\n]+own\.toml: 'nobody'; valid: mine, people_open, [^\n]+$"):
        load_population(f"{own}:nobody")
    with pytest.raises(InputError) as caught:
        load_population(tmp_path / "none.toml")
    assert str(caught.value) == f"{tmp_path}/none.toml: no such file"


def test_people_are_drawn_by_shares_and_quantiles(tiny: World) -> None:
    knots = np.linspace(0.0, 1.0, 33)
    quantiles = np.stack([np.tile(knots, (17, 1)), np.tile(knots**2, (17, 1))])
    population = replace(tiny.population, types=("a", "b"), shares=np.array([0.25, 0.75]), quantiles=quantiles)
    people = Simulator(build_world(tiny.domain, population, 0.0)).reset(Stream.TRAINING, 0, np.arange(5000)).person.now
    np.testing.assert_array_equal(people["type"], uniforms(people["key"], 0, 1, int(Opening.TYPE))[:, 0] >= 0.25)
    level = uniforms(people["key"], 0, 17, int(Opening.REST) + 2)  # two slots come first
    whole, part = np.divmod(level * 32, 1)
    squared = (whole**2 + part * (2 * whole + 1)) / 32**2  # the knots on both sides are the squares of n and n + 1 in 32
    np.testing.assert_allclose(people["trait"], np.where(people["type"][:, None] == 0, level, squared), rtol=1e-12)


def test_traits_keep_to_the_types_ranges() -> None:
    world = build_world(load_domain("support"), load_population("everyone"), 0.05)
    people = Simulator(world).reset(Stream.TRAINING, 1, np.arange(2000)).person.now
    assert set(people["type"].tolist()) == set(range(len(world.population.types)))
    ends = world.population.quantiles[people["type"]]
    assert (people["trait"] >= ends[:, :, 0]).all()
    assert (people["trait"] <= ends[:, :, -1]).all()
