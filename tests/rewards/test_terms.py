import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rewards import TERM_NAMES, TERMS, Turn, reward_vector

LEVELS = st.floats(0.0, 1.0, width=32)


def turn(**changes: list[float] | list[bool]) -> Turn:
    """Return two exchanges: nothing happens in the first, everything in the second."""
    facts = {
        "progress_before": [0.25, 0.5],
        "progress_after": [0.25, 0.875],
        "satisfaction_before": [0.5, 0.75],
        "satisfaction_after": [0.5, 0.5],
        "reached": [False, True],
        "ended": [False, True],
        "left": [False, True],
        "question_effort": [0.0, 0.125],
        "intruded": [False, True],
        "missed": [False, True],
        "utility_lost": [0.0, 0.25],
        "topic_jump": [0.0, 0.625],
    } | changes
    return Turn(**{name: np.array(values, bool if isinstance(values[0], bool) else np.float32) for name, values in facts.items()})


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
    assert TERMS[term].function(turn()).tolist() == values
    assert reward_vector(turn())[:, TERM_NAMES.index(term)].tolist() == values


def test_vector_has_a_column_for_every_term() -> None:
    vector = reward_vector(turn())
    assert vector.shape == (2, 11)
    assert vector.dtype == np.float32
    assert tuple(TERMS) == TERM_NAMES


def test_only_the_end_counts_as_final() -> None:
    going_on = turn(ended=[False, False], satisfaction_after=[0.5, 0.75])
    assert TERMS["final_satisfaction"].function(going_on).tolist() == [0.0, 0.0]


def test_saying_yes_is_not_the_goal() -> None:
    assert TERMS["goal"].function(turn(reached=[False, False])).tolist() == [0.0, 0.0]


@given(st.tuples(*[arrays(np.float32, 3, elements=LEVELS)] * 7), arrays(bool, (5, 3)))
def test_every_term_keeps_to_its_range(levels: tuple[np.ndarray, ...], flags: np.ndarray) -> None:
    names = ("progress_before", "progress_after", "satisfaction_before", "satisfaction_after", "question_effort", "utility_lost", "topic_jump")
    facts = dict(zip(names, levels, strict=True)) | dict(zip(("reached", "ended", "left", "intruded", "missed"), flags, strict=True))
    vector = reward_vector(Turn(**facts))
    for column, term in enumerate(TERMS.values()):
        assert vector[:, column].min() >= term.low
        assert vector[:, column].max() <= term.high


@pytest.mark.parametrize("term", ["progress", "satisfaction"])
@given(levels=st.lists(LEVELS, min_size=2, max_size=12))
def test_changes_sum_to_last_minus_first(term: str, levels: list[float]) -> None:
    path = np.array(levels, np.float32)[:, None]
    total = sum(
        TERMS[term].function(replace(turn(), **{f"{term}_before": before, f"{term}_after": after})).item() for before, after in itertools.pairwise(path)
    )
    assert total == pytest.approx(float(path[-1, 0]) - float(path[0, 0]), abs=1e-5)


def test_every_term_says_what_it_is() -> None:
    for name, term in TERMS.items():
        assert term.function.__name__ == name
        assert term.function.__doc__
        assert term.unit
        assert term.source
        assert term.low < term.high
