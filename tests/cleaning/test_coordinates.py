"""Every fault of a coordinate stands in the ledger, and no point is moved by guesswork."""

from __future__ import annotations

import math

import numpy as np
import pytest

from evaluation.cleaning import CoordinateRule, locate, unrecorded_changes
from evaluation.cleaning.projections import PROJECTIONS, to_plane

BOX = {"south": 59.45, "north": 59.58, "west": 17.80, "east": 18.05}
STATION = (59.52, 17.90)


def plane(system: str) -> tuple[float, float]:
    northing, easting = to_plane(np.array([STATION[0]]), np.array([STATION[1]]), PROJECTIONS[system])
    return float(northing[0]), float(easting[0])


def written(system: str) -> tuple[str, str]:
    """x and y of the station as text."""
    if system == "wgs84":
        return "17.90", "59.52"
    northing, easting = plane(system)
    return f"{easting:.3f}", f"{northing:.3f}"


@pytest.mark.parametrize("system", ["wgs84", "sweref99tm", "sweref991800"])
def test_every_system_and_every_fault(incidents, system):
    x, y = written(system)
    with_comma = (x.replace(".", ","), y.replace(".", ","))
    grouped = y if system == "wgs84" else f"{y[0]}\u00a0{y[1:4]} {y[4:]}"
    cases = [
        (x, y, []),
        (*with_comma, ["comma_decimal"]),
        (x, grouped, [] if system == "wgs84" else ["grouped_digits"]),
        (y, x, ["swapped_axes"]),
        (with_comma[1], with_comma[0], ["comma_decimal", "swapped_axes"]),
        ("", "", []),
        (x, "", ["half_coordinate"]),
        (x, "nära torget", ["unreadable_coordinate"]),
        ("0", "0", ["outside_box"]),
        (x, "9" + y[1:], ["outside_box"]),
    ]
    frame = incidents([{"x": case[0], "y": case[1]} for case in cases])
    located = locate(frame, CoordinateRule(system, **BOX))
    northing, easting = plane("sweref99tm")
    for at, (_, _, rules) in enumerate(cases):
        noted = located.issues.loc[located.issues["row_number"] == at + 2, "rule"].tolist()
        assert sorted(noted) == sorted(rules), cases[at]
        known = at < 5
        assert math.isfinite(located.frame["northing"][at]) is known
        if known:
            assert located.frame["northing"][at] == pytest.approx(northing, abs=0.01)
            assert located.frame["easting"][at] == pytest.approx(easting, abs=0.01)
    assert unrecorded_changes(frame, located).empty
    assert set(located.issues["action"]) == {"flagged"}


@pytest.mark.parametrize("system", ["sweref99tm", "sweref991800"])
def test_the_box_is_the_same_in_every_system(incidents, system):
    # Points on both sides of each limit: the fast inner rectangle must not change the answer.
    rng = np.random.default_rng(3)
    latitude, longitude = rng.uniform(59.40, 59.63, 3000), rng.uniform(17.70, 18.15, 3000)
    northing, easting = to_plane(latitude, longitude, PROJECTIONS[system])
    frame = incidents([{}]).take(np.zeros(3000, dtype=int)).reset_index(drop=True)
    frame = frame.assign(x=[f"{value:.4f}" for value in easting], y=[f"{value:.4f}" for value in northing])
    located = locate(frame, CoordinateRule(system, **BOX)).frame
    inside = (latitude >= 59.45) & (latitude <= 59.58) & (longitude >= 17.80) & (longitude <= 18.05)
    assert 300 < inside.sum() < 2700
    assert (located["northing"].notna().to_numpy() == inside).all()


def test_a_missing_sign_is_no_number(incidents):
    frame = incidents([{"x": "17.9.0", "y": "59.52"}, {"x": "17.9e0", "y": "59.52"}, {"x": "--17.9", "y": "59.52"}])
    issues = locate(frame, CoordinateRule("wgs84", **BOX)).issues
    assert issues["rule"].tolist() == ["unreadable_coordinate"] * 3
    assert issues["before"][0] == "x 17.9.0; y 59.52"
