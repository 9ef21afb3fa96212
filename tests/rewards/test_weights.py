import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rewards import PRESETS, TERM_NAMES, InputError, RewardWeights

WEIGHTS = arrays(np.float64, len(TERM_NAMES), elements=st.floats(0.0, 100.0))


def test_parse_reads_pairs() -> None:
    weights = RewardWeights.parse(" goal = 2 ,leaving=0.5")
    assert weights.as_dict() == dict.fromkeys(TERM_NAMES, 0.0) | {"goal": 2.0, "leaving": 0.5}
    assert weights.values[TERM_NAMES.index("leaving")] == 0.5
    assert weights.as_array().dtype == np.float32
    assert weights.as_array().shape == (11,)


@pytest.mark.parametrize("name", list(PRESETS))
def test_parse_reads_presets(name: str) -> None:
    assert RewardWeights.parse(name) == RewardWeights.of(PRESETS[name])
    assert {term: value for term, value in RewardWeights.parse(name).as_dict().items() if value} == PRESETS[name]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("goal=x", "weight of 'goal' must be a number, not 'x' (write term=number,term=number)"),
        ("goal=", "weight of 'goal' must be a number, not '' (write term=number,term=number)"),
        ("goal=1,leaving", "weight of 'leaving' must be a number, not '' (write term=number,term=number)"),
        ("goal=1=2", "weight of 'goal' must be a number, not '1=2' (write term=number,term=number)"),
        ("goal=nan", "weight of 'goal' must be a number, not nan"),
        ("goal=inf", "weight of 'goal' must be a number, not inf"),
        ("goal=-1", "weight of 'goal' must lie in [0, 100], not -1 (costs are negative terms already)"),
        ("goal=101", "weight of 'goal' must lie in [0, 100], not 101 (costs are negative terms already)"),
        ("joy=1", f"unknown reward term 'joy'; valid: {', '.join(TERM_NAMES)}"),
        ("best", f"unknown weights preset 'best'; valid: {', '.join(PRESETS)}, or term=number,term=number"),
        ("", f"unknown weights preset ''; valid: {', '.join(PRESETS)}, or term=number,term=number"),
    ],
)
def test_parse_refuses(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        RewardWeights.parse(text)
    assert str(caught.value) == message


@pytest.mark.parametrize("value", [True, "1", None, float("nan")])
def test_of_refuses_what_is_no_number(value: object) -> None:
    with pytest.raises(InputError, match=r"^weight of 'goal' must be a number, not .*$"):
        RewardWeights.of({"goal": value})  # type: ignore[dict-item]


def test_of_takes_the_ends_of_the_range() -> None:
    assert RewardWeights.of({"goal": 100, "leaving": 0}).as_dict()["goal"] == 100.0


def test_score_by_hand() -> None:
    weights = RewardWeights.of({"goal": 2.0, "satisfaction": 0.5, "turn_cost": 0.25})
    vector = np.zeros((2, 11), np.float32)
    vector[0, [TERM_NAMES.index(name) for name in ("goal", "satisfaction", "turn_cost", "leaving")]] = [1.0, -0.5, -1.0, -1.0]
    assert weights.score(vector).tolist() == [1.5, 0.0]  # 2 - .25 - .25; leaving weighs nothing


@given(WEIGHTS, arrays(np.float32, (4, len(TERM_NAMES)), elements=st.floats(-1.0, 1.0, width=32)))
def test_score_is_the_weighted_sum(values: np.ndarray, vector: np.ndarray) -> None:
    weights = RewardWeights(tuple(values.tolist()))
    score = weights.score(vector)
    assert score.dtype == np.float32
    np.testing.assert_allclose(score, vector.astype(np.float64) @ values, rtol=1e-6, atol=1e-5)
    assert score[2] == weights.score(vector[2:3])[0]  # a row alone scores the same to the last bit


@given(st.dictionaries(st.sampled_from(TERM_NAMES), st.floats(0.0, 100.0), min_size=1))
def test_parse_undoes_printing(weights: dict[str, float]) -> None:
    text = ",".join(f"{name}={value!r}" for name, value in weights.items())
    assert RewardWeights.parse(text) == RewardWeights.of(weights)
