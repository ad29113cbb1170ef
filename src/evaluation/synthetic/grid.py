"""SWEREF 99 plane coordinates: Gauss conformal projection (transverse Mercator) on GRS 80, both directions.

Formulas: Lantmäteriet, *Gauss Conformal Projection (Transverse Mercator), Krüger's formulas* (2008). Exempelköping is
kept in SWEREF 99 TM; other reporters write local SWEREF 99 or WGS 84 (equal to SWEREF 99 within a metre).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.synthetic.world import Floats

AXIS, FLATTENING = 6378137.0, 1 / 298.257222101
E2 = FLATTENING * (2 - FLATTENING)
N = FLATTENING / (2 - FLATTENING)
ROOF = AXIS / (1 + N) * (1 + N**2 / 4 + N**4 / 64)
FORWARD = (
    N / 2 - 2 * N**2 / 3 + 5 * N**3 / 16 + 41 * N**4 / 180,
    13 * N**2 / 48 - 3 * N**3 / 5 + 557 * N**4 / 1440,
    61 * N**3 / 240 - 103 * N**4 / 140,
    49561 * N**4 / 161280,
)
INVERSE = (
    N / 2 - 2 * N**2 / 3 + 37 * N**3 / 96 - N**4 / 360,
    N**2 / 48 + N**3 / 15 - 437 * N**4 / 1440,
    17 * N**3 / 480 - 37 * N**4 / 840,
    4397 * N**4 / 161280,
)


@dataclass(frozen=True, slots=True)
class Projection:
    """Central meridian in degrees, scale on it, false northing and easting in metres."""

    meridian: float
    scale: float
    false_northing: float
    false_easting: float


SWEREF_99_TM = Projection(15.0, 0.9996, 0.0, 500_000.0)
SWEREF_99_18_00 = Projection(18.0, 1.0, 0.0, 150_000.0)


def to_plane(projection: Projection, lat: Floats, lon: Floats) -> tuple[Floats, Floats]:
    """Return northing and easting in metres of latitudes and longitudes in degrees."""
    phi, dlon = np.radians(lat), np.radians(lon - projection.meridian)
    sine2 = np.sin(phi) ** 2
    b = (5 * E2**2 - E2**3) / 6
    c = (104 * E2**3 - 45 * E2**4) / 120
    d = 1237 * E2**4 / 1260
    conformal = phi - np.sin(phi) * np.cos(phi) * (E2 + b * sine2 + c * sine2**2 + d * sine2**3)
    xi = np.arctan2(np.tan(conformal), np.cos(dlon))
    eta = np.arctanh(np.cos(conformal) * np.sin(dlon))
    north = xi + sum(f * np.sin(2 * k * xi) * np.cosh(2 * k * eta) for k, f in enumerate(FORWARD, 1))
    east = eta + sum(f * np.cos(2 * k * xi) * np.sinh(2 * k * eta) for k, f in enumerate(FORWARD, 1))
    unit = projection.scale * ROOF
    return np.asarray(unit * north + projection.false_northing), np.asarray(unit * east + projection.false_easting)


def to_degrees(projection: Projection, north: Floats, east: Floats) -> tuple[Floats, Floats]:
    """Return latitude and longitude in degrees of northings and eastings in metres."""
    unit = projection.scale * ROOF
    xi, eta = (north - projection.false_northing) / unit, (east - projection.false_easting) / unit
    xi0 = xi - sum(f * np.sin(2 * k * xi) * np.cosh(2 * k * eta) for k, f in enumerate(INVERSE, 1))
    eta0 = eta - sum(f * np.cos(2 * k * xi) * np.sinh(2 * k * eta) for k, f in enumerate(INVERSE, 1))
    conformal = np.arcsin(np.sin(xi0) / np.cosh(eta0))
    lon = projection.meridian + np.degrees(np.arctan2(np.sinh(eta0), np.cos(xi0)))
    sine2 = np.sin(conformal) ** 2
    a = E2 + E2**2 + E2**3 + E2**4
    b = -(7 * E2**2 + 17 * E2**3 + 30 * E2**4) / 6
    c = (224 * E2**3 + 889 * E2**4) / 120
    d = -4279 * E2**4 / 1260
    lat = conformal + np.sin(conformal) * np.cos(conformal) * (a + b * sine2 + c * sine2**2 + d * sine2**3)
    return np.degrees(lat), np.asarray(lon)
