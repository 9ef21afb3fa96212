"""What varies from trial to trial: parameters to weights and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from rewards import InputError, WeightsRange
from tuning.space import distributions, grid, hyper_of, parse_search, weights_of

BOX = WeightsRange.parse("balanced", ["goal=0:2", "satisfaction=0:4"])
SIMPLEX = WeightsRange.parse("balanced", ["goal=0:2", "satisfaction=0:4", "progress=0:1"], "simplex")


def test_parameters_by_hand() -> None:
    weights = weights_of(BOX, {"share of goal": 0.5, "share of satisfaction": 0.25, "gamma": 0.9}).as_dict()
    assert (weights["goal"], weights["satisfaction"], weights["turn_cost"]) == (1.0, 1.0, 0.01)
    # half for the goal, half of the other half for satisfaction, the rest for progress
    weights = weights_of(SIMPLEX, {"share of goal": 0.5, "share of satisfaction": 0.5}).as_dict()
    assert (weights["goal"], weights["satisfaction"], weights["progress"]) == (1.0, 1.0, 0.25)
    assert hyper_of({"share of goal": 0.5, "gamma": 0.9}) == {"gamma": 0.9}


def test_a_grid_has_every_weights_with_every_choice() -> None:
    trials = grid(SIMPLEX, 4, parse_search("ppo", ["gamma=0.9,0.99"]))
    assert len(trials) == 10 * 2
    assert {trial["gamma"] for trial in trials} == {0.9, 0.99}
    assert grid(None, 4, ()) == [{}]


@given(st.integers(2, 9))
def test_a_grid_lies_on_the_lattice(points: int) -> None:
    for known in (BOX, SIMPLEX):
        got = [weights_of(known, trial).values for trial in grid(known, points, ())]
        np.testing.assert_allclose(got, [point.values for point in known.points(points)], atol=2e-5)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_every_share_lies_in_the_range(first: float, second: float) -> None:
    position = SIMPLEX.locate(weights_of(SIMPLEX, {"share of goal": first, "share of satisfaction": second}))  # refuses what lies outside
    assert position[0] == pytest.approx(first, abs=1e-5)


def test_searches_as_distributions() -> None:
    given_ = parse_search("ppo", ["gamma=0.9,0.99", "learning_rate=1e-4:1e-2:log", "n_epochs=1:8", "ent_coef=0.0:0.5"])
    assert distributions(BOX, given_) == {
        "share of goal": FloatDistribution(0, 1),
        "share of satisfaction": FloatDistribution(0, 1),
        "gamma": CategoricalDistribution((0.9, 0.99)),
        "learning_rate": FloatDistribution(1e-4, 1e-2, log=True),
        "n_epochs": IntDistribution(1, 8),
        "ent_coef": FloatDistribution(0.0, 0.5),
    }
    assert list(distributions(SIMPLEX, ())) == ["share of goal", "share of satisfaction"]
    assert distributions(None, ()) == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("momentum=1,2", "unknown --hyper of ppo (write name=value): 'momentum=0'; valid: learning_rate, n_steps"),
        ("gamma=high", "--search gamma: write gamma=value,value or gamma=low:high or gamma=low:high:log, not 'high'"),
        ("gamma=1:0", "--search gamma: write gamma=value,value or gamma=low:high or gamma=low:high:log, with low below high"),
        ("gamma=0:1:log", "--search gamma: write gamma=value,value or gamma=low:high or gamma=low:high:log, with low below high (and above 0 with log)"),
        ("gamma=0:1:exp", "--search gamma: write gamma=value,value or gamma=low:high or gamma=low:high:log, with low below high"),
        ("gamma=1:2:3:4", "--search gamma: write gamma=value,value or gamma=low:high or gamma=low:high:log"),
    ],
)
def test_bad_searches(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_search("ppo", [text])
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
