"""A number that replays are set by: found where a growing share is what is wanted."""

import pytest

from calibration.fits.dial import HALVINGS, dial


@pytest.mark.parametrize(("wanted", "found"), [(0.25, 0.5), (0.81, 0.9), (2.0, 1.0), (-1.0, 0.0)])
def test_the_share_comes_to_what_is_wanted(wanted, found):
    assert dial(lambda number: number**2, wanted, 0.0, 1.0) == pytest.approx(found, abs=0.5**HALVINGS)
