from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dialogue_env import load_population, population_names
from dialogue_env.files import read_toml
from dialogue_env.population import FILE, TRAITS, Population
from dialogue_env.traits import Trait
from rewards import InputError

DRAWS = st.floats(0.0, 1.0, width=32, exclude_max=True)
EVERYONE = load_population("everyone")
OWN = """
[types.keen]
willingness = [0.9, 1.0]
patience = { beta = [2.0, 1.0] }

[populations.mine]
keen = 3
passive = 1
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(OWN)
    return path


def test_traits_are_numbered_in_order() -> None:
    assert [getattr(Trait, name.upper()) for name in TRAITS] == list(range(17))


def test_shipped_populations() -> None:
    names = population_names()
    assert names[:2] == ("everyone", "held_out")
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
    np.testing.assert_allclose(population.quantiles[0, Trait.WILLINGNESS, [0, 16, 32]], [0.9, 0.95, 1.0], rtol=1e-6)
    np.testing.assert_allclose(population.quantiles[0, Trait.PATIENCE], np.sqrt(np.linspace(0, 1, 33)), atol=1e-6)  # P(x < q) = q^2 for Beta(2, 1)
    shipped = load_population("passive").quantiles[0]
    np.testing.assert_array_equal(population.quantiles[1], shipped)
    np.testing.assert_array_equal(population.quantiles[0, Trait.DRIFT], load_population("vague").quantiles[0, Trait.DRIFT])  # both from [base]


def test_own_file_by_name(own: Path) -> None:
    assert load_population(f"{own}:keen").types == ("keen",)
    assert load_population(f"{own}:passive").types == ("passive",)
    assert load_population(f"{own}:mine").types == ("keen", "passive")


def test_own_base_is_used_by_own_and_shipped_types(own: Path) -> None:
    own.write_text("[base]\nerror = [0.5, 0.5]\n" + OWN)
    assert (load_population(own).quantiles[:, Trait.ERROR] == 0.5).all()


def test_own_file_with_one_population_of_several(own: Path) -> None:
    own.write_text(OWN + "[populations.other]\nkeen = 1\n")
    assert load_population(f"{own}:other").types == ("keen",)
    with pytest.raises(InputError) as caught:
        load_population(own)
    assert str(caught.value) == f"{own}: has 2 populations, choose one as {own}:NAME; valid: mine, other"


TYPES = ", ".join(read_toml(FILE)["types"])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[types.keen]", "[kinds.keen]", "unknown key in {path}: 'kinds'; valid: base, types, populations"),
        ("[populations.mine]\nkeen = 3\npassive = 1\n", "", "{path}: has 0 populations, choose one as {path}:NAME; valid: none"),
        ("passive = 1", "lazy = 1", "unknown key in {path}: populations.mine: 'lazy'; valid: " + TYPES + ", keen"),
        ("patience", "calm", "unknown key in {path}: types.keen: 'calm'; valid: " + ", ".join(TRAITS)),
        ("[0.9, 1.0]", "[1.0, 0.9]", "{path}: types.keen.willingness: low end 1 is above high end 0.9"),
        ("[0.9, 1.0]", "[0.9, 1.1]", "{path}: types.keen.willingness: must be a number in [0, 1], not 1.1"),
        ("[0.9, 1.0]", "0.9", "{path}: types.keen.willingness: must be a pair [low, high], not 0.9"),
        ("beta = ", "gamma = ", "unknown key in {path}: types.keen.patience: 'gamma'; valid: beta"),
        ("[2.0, 1.0]", "[0.0, 1.0]", "{path}: types.keen.patience.beta: must be a number in [0.01, 1000], not 0.0"),
        ("keen = 3\npassive = 1", "keen = 0\npassive = 0", "{path}: populations.mine: the shares must sum to more than 0"),
        ("keen = 3\npassive = 1", "", "{path}: populations.mine: the shares must sum to more than 0"),
        ("[types.keen]\n", "[types]\nkeen = 3\n[types.keener]\n", "{path}: types.keen: must be a table, not 3"),
        ("keen = 3", "keen = -1", "{path}: populations.mine.keen: must be a number in [0, 1e+06], not -1"),
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


def test_unknown_names(own: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_population("nobody")
    assert str(caught.value) == f"unknown population 'nobody'; valid: {', '.join(population_names())}, or the path of a .toml file"
    with pytest.raises(InputError, match=r"^unknown population in [^\n]+own\.toml: 'nobody'; valid: mine, cooperative, [^\n]+$"):
        load_population(f"{own}:nobody")
    with pytest.raises(InputError) as caught:
        load_population(tmp_path / "none.toml")
    assert str(caught.value) == f"{tmp_path}/none.toml: no such file"


def test_draw_by_hand() -> None:
    knots = np.linspace(0.0, 1.0, 33, dtype=np.float32)
    population = Population("two", ("a", "b"), np.array([0.25, 0.75]), np.stack([np.tile(knots, (17, 1)), np.tile(knots**2, (17, 1))]))
    draws = np.full((4, 17), 0.515625, np.float32)  # half way between knots 16 and 17
    types, traits = population.draw(np.array([0.0, 0.24, 0.25, 0.99], np.float32), draws)
    assert types.tolist() == [0, 0, 1, 1]
    np.testing.assert_allclose(traits[:2], 0.515625, rtol=1e-6)
    np.testing.assert_allclose(traits[2:], (16**2 + 17**2) / 2 / 32**2, rtol=1e-6)


@given(arrays(np.float32, 5, elements=DRAWS), arrays(np.float32, (5, 17), elements=DRAWS))
def test_draws_keep_to_the_types_ranges(type_draw: np.ndarray, trait_draws: np.ndarray) -> None:
    types, traits = EVERYONE.draw(type_draw, trait_draws)
    assert types.shape == (5,)
    assert (traits >= EVERYONE.quantiles[types, :, 0]).all()
    assert (traits <= EVERYONE.quantiles[types, :, -1] + 1e-6).all()


def test_shares_are_met() -> None:
    types, _ = EVERYONE.draw((np.arange(1000, dtype=np.float32) + 0.5) / 1000, np.zeros((1000, 17), np.float32))
    np.testing.assert_allclose(np.bincount(types) / 1000, EVERYONE.shares, atol=0.0011)
