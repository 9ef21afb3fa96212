"""The mixed logit: it recovers what choices were made with, and refuses what they do not tell."""

from dataclasses import replace

import numpy as np
import pytest

from calibration.fits import mixed_logit
from calibration.fits.mixed_logit import Choices, fit_mixed_logit
from rewards.errors import InputError

X, BIAS, MEAN, SPREAD = 0.8, 0.3, -0.5, 1.2
PEOPLE, EACH = 200, 10


def choices(random: tuple[str, ...] = ("own",), spread: float = SPREAD) -> Choices:
    """Return choices of three by ``X * x``, ``BIAS`` on the second and a personal taste for the third, plus Gumbel noise."""
    rng, count = np.random.default_rng(5), PEOPLE * EACH
    person, blank = np.repeat(np.arange(PEOPLE), EACH), np.zeros((count, 3))
    x, bias, own, offset = blank.copy(), blank.copy(), blank.copy(), blank.copy()
    x[:, 1], bias[:, 1], own[:, 2], offset[:, 0] = rng.normal(size=count), 1.0, 1.0, 0.4
    available = np.ones((count, 3), bool)
    available[::7, 2] = False
    taste = (MEAN + spread * rng.normal(size=PEOPLE))[person]
    utility = X * x + BIAS * bias + taste[:, None] * own + offset + rng.gumbel(size=(count, 3))
    chosen = np.where(available, utility, -np.inf).argmax(axis=1)
    return Choices({"x": x, "bias": bias, "own": own}, random, chosen, available, person, offset)


@pytest.fixture(scope="module")
def mixed():
    return fit_mixed_logit("made up", choices())


def test_coefficients_are_recovered(mixed):
    for name, true in (("x", X), ("bias", BIAS), ("own", MEAN)):
        assert abs(mixed.value[name] - true) < 3 * mixed.covariance[name, name] ** 0.5, name
    spread, error = mixed.spread["own"]
    assert abs(spread - SPREAD) < 3 * error
    assert 0 < error < 0.3
    assert mixed.covariance["x", "own"] == pytest.approx(mixed.covariance["own", "x"], rel=1e-6)


def test_the_same_choices_give_the_same_estimates(mixed):
    again = fit_mixed_logit("made up", choices())
    assert again == mixed


def test_without_random_columns_it_is_the_plain_logit():
    found = fit_mixed_logit("made up", choices((), spread=0.0))
    assert found.spread == {}
    for name, true in (("x", X), ("bias", BIAS), ("own", MEAN)):
        assert abs(found.value[name] - true) < 3 * found.covariance[name, name] ** 0.5, name
    assert found.log_likelihood < 0


def test_personal_tastes_make_choices_likelier(mixed):
    assert mixed.log_likelihood > fit_mixed_logit("made up", choices(())).log_likelihood + 20


@pytest.mark.parametrize("random", [("own",), ()])
@pytest.mark.parametrize("extra", ["a copy", "nothing", "the same for all", "a sum"])
def test_what_choices_cannot_tell_is_refused(random, extra):
    made = choices(random)
    x, bias = made.columns["x"], made.columns["bias"]
    column = {"a copy": x, "nothing": np.zeros_like(x), "the same for all": np.ones_like(x), "a sum": 2 * x - bias}[extra]
    with pytest.raises(InputError, match="made up: the choices do not tell the coefficient of more; merge rare acts"):
        fit_mixed_logit("made up", replace(made, columns={**made.columns, "more": column}))


def test_a_fit_that_stops_early_is_refused():
    class Stopped:
        convergence, coeff_, stderr = False, np.zeros(1), np.ones(1)

    with pytest.raises(InputError, match="made up: the logit does not converge"):
        mixed_logit._result("made up", Stopped(), ["x"], ())


def test_a_standard_error_that_is_no_number_is_refused():
    class Flat:
        convergence, coeff_, stderr = True, np.zeros(1), np.array([np.nan])

    with pytest.raises(InputError, match="does not converge"):
        mixed_logit._result("made up", Flat(), ["x"], ())
