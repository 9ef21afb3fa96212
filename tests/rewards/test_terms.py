import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rewards import FACTS, TERM_NAMES, TERMS, Facts, reward_vector
from rewards.compiled import records

LEVELS = st.floats(0.0, 1.0, width=32)


def facts(count: int = 2, **changes: object) -> Facts:
    """Return exchanges; unless changed, nothing happens in the first, everything in the second."""
    values = {
        "progress_before": [0.25, 0.5],
        "progress_after": [0.25, 0.875],
        "satisfaction_before": [0.5, 0.75],
        "satisfaction_after": [0.5, 0.5],
        "success": [False, True],
        "ended": [False, True],
        "left": [False, True],
        "question_effort": [0.0, 0.125],
        "intruded": [False, True],
        "missed": [False, True],
        "utility_lost": [0.0, 0.25],
        "topic_jump": [0.0, 0.625],
    } | changes
    made = np.zeros(count, FACTS)
    for name in FACTS.names or ():
        made[name] = values[name]
    return made


def value(term: str, of: Facts) -> np.ndarray:
    """Return a term of exchanges: its function takes an array as it takes one record."""
    return np.asarray(TERMS[term].function(of.view(np.recarray)))


@pytest.mark.parametrize(
    ("term", "values"),
    [
        ("goal", [0.0, 1.0]),
        ("progress", [0.0, 0.375]),  # .875 - .5
        ("satisfaction", [0.0, -0.25]),  # .5 - .75
        ("final_satisfaction", [0.0, 0.5]),
        ("turn_cost", [-1.0, -1.0]),
        ("question_burden", [0.0, -0.125]),
        ("false_intervention", [0.0, -1.0]),
        ("missed_need", [0.0, -1.0]),
        ("leaving", [0.0, -1.0]),
        ("relaxation", [0.0, -0.25]),
        ("smoothness", [0.0, -0.625]),
    ],
)
def test_value(term: str, values: list[float]) -> None:
    assert value(term, facts()).tolist() == values
    assert [TERMS[term].function(record) for record in records(facts())] == values
    assert reward_vector(facts())[:, TERM_NAMES.index(term)].tolist() == values


def test_vector_has_a_column_for_every_term() -> None:
    vector = reward_vector(facts())
    assert vector.shape == (2, 11)
    assert vector.dtype == np.float32
    assert tuple(TERMS) == TERM_NAMES


def test_only_the_end_counts_as_final() -> None:
    going_on = facts(ended=[False, False], satisfaction_after=[0.5, 0.75])
    assert value("final_satisfaction", going_on).tolist() == [0.0, 0.0]


def test_saying_yes_is_not_the_goal() -> None:
    assert value("goal", facts(success=[False, False])).tolist() == [0.0, 0.0]


@given(st.tuples(*[arrays(np.float32, 3, elements=LEVELS)] * 7), arrays(bool, (5, 3)))
def test_every_term_keeps_to_its_range(levels: tuple[np.ndarray, ...], flags: np.ndarray) -> None:
    names = ("progress_before", "progress_after", "satisfaction_before", "satisfaction_after", "question_effort", "utility_lost", "topic_jump")
    drawn = dict(zip(names, levels, strict=True)) | dict(zip(("success", "ended", "left", "intruded", "missed"), flags, strict=True))
    vector = reward_vector(facts(3, **drawn))
    for column, term in enumerate(TERMS.values()):
        assert vector[:, column].min() >= term.low
        assert vector[:, column].max() <= term.high


@pytest.mark.parametrize("term", ["progress", "satisfaction"])
@given(levels=st.lists(LEVELS, min_size=2, max_size=12))
def test_changes_sum_to_last_minus_first(term: str, levels: list[float]) -> None:
    pairs = np.array(list(itertools.pairwise(levels)))
    exchanges = np.zeros(len(pairs), FACTS)
    exchanges[f"{term}_before"], exchanges[f"{term}_after"] = pairs.T
    assert reward_vector(exchanges)[:, TERM_NAMES.index(term)].sum() == pytest.approx(levels[-1] - levels[0], abs=1e-5)


def test_every_term_says_what_it_is() -> None:
    for name, term in TERMS.items():
        assert term.function.__name__ == name
        assert term.function.__doc__
        assert term.unit
        assert term.source
        assert term.low < term.high
