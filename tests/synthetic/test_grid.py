"""Plane coordinates against Lantmäteriet's published example, and there and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.synthetic.grid import SWEREF_99_18_00, SWEREF_99_TM, Projection, to_degrees, to_plane


def test_the_example_in_lantmateriets_formulas() -> None:
    """Gauss Conformal Projection (2008), worked example: 66°0'0" N, 24°0'0" E in a test projection."""
    example = Projection(13 + 35 / 60 + 7.692 / 3600, 1.000002540000, -6226307.8640, 84182.8790)
    north, east = to_plane(example, np.array([66.0]), np.array([24.0]))
    assert north[0] == pytest.approx(1135809.413803, abs=1e-4)
    assert east[0] == pytest.approx(555304.016555, abs=1e-4)


@given(lat=st.floats(55, 69), lon=st.floats(11, 24))
def test_there_and_back_within_a_millimetre(lat: float, lon: float) -> None:
    for projection in (SWEREF_99_TM, SWEREF_99_18_00):
        north, east = to_plane(projection, np.array([lat]), np.array([lon]))
        back = to_degrees(projection, north, east)
        assert back[0][0] == pytest.approx(lat, abs=1e-8)
        assert back[1][0] == pytest.approx(lon, abs=1e-8)


def test_on_the_central_meridian_the_easting_is_the_false_easting() -> None:
    assert to_plane(SWEREF_99_18_00, np.array([61.5]), np.array([18.0]))[1][0] == pytest.approx(150_000)


def test_exempelkoping_lies_in_the_open_sea() -> None:
    lat, lon = to_degrees(SWEREF_99_TM, np.array([6_822_000.0]), np.array([671_000.0]))
    assert (round(lat[0], 2), round(lon[0], 2)) == (61.49, 18.21)  # the coast is at about 17.2
