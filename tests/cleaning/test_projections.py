"""Published control points, an independent implementation, and there-and-back."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.cleaning.projections import PROJECTIONS, Projection, to_geodetic, to_plane

# Lantmäteriet, control points for SWEREF 99 TM (latitude, longitude, N, E); given to the millimetre.
CONTROL_POINTS = [
    (55, 12.75, 6097106.672, 356083.438),
    (55, 14.25, 6095048.642, 452024.069),
    (57, 12.75, 6319636.937, 363331.554),
    (57, 19.50, 6326392.707, 773251.054),
    (59, 11.25, 6546096.724, 284626.066),
    (59, 19.50, 6548757.206, 758410.519),
]
# PROJ 9.5.1, EPSG:4619 to EPSG:3011 (SWEREF 99 18 00).
PROJ_18_00 = [
    (59.5196, 17.92834, 6600554.5099, 145943.5432),
    (59.0, 19.0, 6543099.018, 207473.9308),
    (60.5, 16.5, 6710720.2674, 67571.0555),
    (57.6, 18.3, 6386772.6752, 167937.2076),
]


@pytest.mark.parametrize(
    ("system", "points"), [("sweref99tm", CONTROL_POINTS), ("sweref991800", PROJ_18_00)], ids=["TM", "18 00"]
)
def test_control_points_to_the_millimetre(system, points):
    latitude, longitude, north, east = np.array(points, dtype=float).T
    northing, easting = to_plane(latitude, longitude, PROJECTIONS[system])
    np.testing.assert_allclose(northing, north, atol=6e-4)
    np.testing.assert_allclose(easting, east, atol=6e-4)
    back = to_geodetic(north, east, PROJECTIONS[system])
    np.testing.assert_allclose(back[0], latitude, atol=1e-8)  # 1e-8 degrees are about a millimetre
    np.testing.assert_allclose(back[1], longitude, atol=2e-8)


def test_the_worked_example_of_the_formula_sheet():
    # Lantmäteriet, Gauss Conformal Projection: 66° N 24° E with these parameters is x 1135809.413803, y 555304.016555.
    example = Projection(13.58547, 1.000002540000, -6226307.8640, 84182.8790)
    northing, easting = to_plane(np.array([66.0]), np.array([24.0]), example)
    assert northing[0] == pytest.approx(1135809.413803, abs=2e-5)
    assert easting[0] == pytest.approx(555304.016555, abs=2e-5)


def test_there_and_back_over_sweden():
    rng = np.random.default_rng(8)
    latitude, longitude = rng.uniform(55, 69, 2000), rng.uniform(11, 24, 2000)
    for projection in PROJECTIONS.values():
        back = to_geodetic(*to_plane(latitude, longitude, projection), projection)
        np.testing.assert_allclose(back[0], latitude, atol=2e-9)
        np.testing.assert_allclose(back[1], longitude, atol=2e-9)
