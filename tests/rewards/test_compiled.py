"""Functions that are compiled, and functions that only compiled code calls compiled."""

import numpy as np
import pytest

from rewards.compiled import compiled, compiled_apart, entry


@compiled
def half(x: float) -> float:
    """Return half of x."""
    return x / 2.0


@compiled_apart
def _quarter(x: float) -> float:
    return half(half(x))


@entry
def _write(x: float, out: np.ndarray) -> None:
    out[0], out[1] = half(x), _quarter(x)


def test_python_calls_what_has_no_door_to_it() -> None:
    assert half(3.0) == 1.5
    assert _quarter(3.0) == 0.75
    assert half.__doc__ == "Return half of x."


def test_compiled_code_calls_it_compiled() -> None:
    out = np.zeros(2)
    _write(3.0, out)
    assert out.tolist() == [1.5, 0.75]
    assert half(3.0) == 1.5  # and still


def test_division_by_nothing_is_infinite_as_in_numpy() -> None:
    @entry
    def divide(x: float, out: np.ndarray) -> None:
        out[0] = x / out[0]

    out = np.zeros(1)
    divide(1.0, out)
    assert out[0] == np.inf
    with pytest.raises(TypeError):
        divide(1.0)
