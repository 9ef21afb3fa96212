"""The fitted numbers of ``people.toml``: apart from those set by hand, each with its evidence."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from dialogue_env import load_population, population_names
from dialogue_env.files import read_toml
from dialogue_env.person.model import FILE as BY_HAND
from dialogue_env.person.model import FITTED, load_person
from dialogue_env.person.population import FILE as POPULATIONS
from dialogue_env.person.traits import TRAITS

PEOPLE = read_toml(FITTED)
TRAIT = {name: column for column, name in enumerate(TRAITS)}
EVIDENCE = {entry["key"]: entry for entry in PEOPLE["evidence"]}
ALIKE = ("people_open", "people_wary", "people_opposed", "people_tail_90", "people_tail_99", "people_resisting")
RATES = ("mind_change", "refusal")
"""Traits whose mean over people is fitted: types spread them evenly from 0 to twice the mean."""


def leaves(table: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every number of nested tables and lists by its dotted key."""
    entries = table.items() if isinstance(table, dict) else enumerate(table)
    for name, value in entries:
        if isinstance(value, (dict, list)):
            yield from leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def test_no_number_is_both_set_and_fitted() -> None:
    by_hand, fitted = dict(leaves(read_toml(BY_HAND))), dict(leaves(PEOPLE["person"]))
    assert by_hand
    assert fitted
    assert set(by_hand) & set(fitted) == set()
    above = {key.rpartition(".")[0] for key in by_hand | fitted}
    assert above & set(by_hand | fitted) == set()  # nor is a number here a table there


def test_no_type_or_population_stands_in_both_files() -> None:
    by_hand = read_toml(POPULATIONS)
    for kind in ("types", "populations"):
        assert set(PEOPLE[kind]) & set(by_hand[kind]) == set()
    assert "base" not in PEOPLE


def test_every_fitted_number_has_its_evidence() -> None:
    fitted = dict(leaves({"person": PEOPLE["person"]}))
    assert all(isinstance(value, float) for value in fitted.values())
    assert len(EVIDENCE) == len(PEOPLE["evidence"])  # no two for one key
    assert set(fitted) - set(EVIDENCE) == set()
    assert set(EVIDENCE) - set(fitted) == {*(f"types.{trait}" for trait in RATES), "types.people_resisting.resistance"}


@pytest.mark.parametrize("key", list(EVIDENCE))
def test_evidence_is_whole(key: str) -> None:
    entry = EVIDENCE[key]
    assert set(entry) - {"error"} == {"key", "count", "source", "licence", "method"}
    assert all(isinstance(entry[name], str) and entry[name].strip() for name in ("source", "licence", "method"))
    assert isinstance(entry["count"], int)
    assert entry["count"] >= 0
    if "error" in entry:
        assert entry["error"] > 0.0
        assert entry["count"] > 0 or entry["method"] == "half a person beside those seen"
    else:
        assert entry["method"].startswith("the reference") or "by hand" in entry["method"]


def test_shipped_people_reply_as_fitted() -> None:
    person = load_person()
    assert person.constants["leaving"]["turn"] == PEOPLE["person"]["leaving"]["turn"]
    np.testing.assert_allclose(person.indifferent, PEOPLE["person"]["answers"]["indifferent"], rtol=1e-6)
    for name in population_names():
        assert load_population(name).person is person


def test_the_file_is_a_population_file_of_its_own() -> None:
    own, shipped = load_population(FITTED), load_population("people")
    assert (own.name, own.types, own.shares.tolist()) == ("people", shipped.types, shipped.shares.tolist())
    np.testing.assert_array_equal(own.quantiles, shipped.quantiles)


def test_people_together_are_the_fitted_distribution() -> None:
    population = load_population("people")
    assert population.types == ALIKE[:3]
    assert population.shares == pytest.approx([0.5, 0.4, 0.1])
    resistance = population.quantiles[:, TRAIT["resistance"]]
    # The share of people at or below a level, type by type, is that of N(1/2, .167).
    for level, share in ((0.333, 0.158655), (0.5, 0.5), (0.667, 0.841345), (0.714022, 0.9)):  # one deviation down, 0, 1 and 1.281552 up
        below = [np.interp(level, quantiles, np.linspace(0.0, 1.0, 33), left=0.0, right=1.0) for quantiles in resistance]
        assert population.shares @ below == pytest.approx(share, abs=0.005)


@pytest.mark.parametrize(("name", "level"), [("people_tail_90", 1.281552), ("people_tail_99", 2.326348)])
def test_tails_are_the_hardest_people(name: str, level: float) -> None:
    quantiles = load_population(name).quantiles[0]
    ends = {"resistance": 0, "drift": 0, "cooperativeness": -1}
    found = {trait: quantiles[TRAIT[trait], end] for trait, end in ends.items()}
    up, down = 0.5 + 0.167 * level, 0.5 - 0.167 * level
    assert found == pytest.approx({"resistance": up, "drift": up, "cooperativeness": down}, abs=1e-5)
    assert quantiles[[TRAIT["resistance"], TRAIT["drift"]], -1].tolist() == [1.0, 1.0]
    assert quantiles[TRAIT["cooperativeness"], 0] == 0.0


@pytest.mark.parametrize("trait", RATES)
def test_fitted_rates_are_spread_evenly(trait: str) -> None:
    assert set(PEOPLE["types"]) == set(ALIKE)
    [(low, high)] = {tuple(table[trait]) for table in PEOPLE["types"].values()}
    assert low == 0.0
    assert 0.0 < high < 1.0


def test_the_stricter_reading_makes_people_more_resistant_and_nothing_else() -> None:
    strict, plain = (dict(PEOPLE["types"][name]) for name in ("people_resisting", "people_open"))
    mean, deviation = strict.pop("resistance")["normal"]
    del plain["resistance"]
    assert strict == plain
    assert 0.55 < mean < 0.7
    assert deviation == 0.167
    assert EVIDENCE["types.people_resisting.resistance"]["count"] == 3028
