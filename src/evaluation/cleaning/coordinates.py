"""Where an incident happened: text coordinates of a known system, in SWEREF 99 TM, with every fault in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evaluation.cleaning.arrow_text import as_arrow, flags
from evaluation.cleaning.ledger import ROW_KEY, Action, Cleaned, Mask, issues_at, join_issues
from evaluation.cleaning.projections import PROJECTIONS, to_geodetic, to_plane

Floats = NDArray[np.float64]
System = Literal["wgs84", "sweref99tm", "sweref991800"]

_BLANKS = "[ \u00a0\u202f]"
_NUMBER = r"^[-+]?[0-9]+(?:\.[0-9]+)?$"


@dataclass(frozen=True, slots=True)
class CoordinateRule:
    """Which system the file's coordinates are in, and the box in which the municipality lies.

    Attributes
    ----------
    system
        "wgs84": x is longitude, y latitude, degrees; "sweref99tm", "sweref991800": x is easting, y northing, metres.
    south, north, west, east
        Box in WGS 84 degrees, limits inclusive.
    """

    system: System
    south: float
    north: float
    west: float
    east: float


def locate(frame: pd.DataFrame, rule: CoordinateRule) -> Cleaned:
    """Add `northing` and `easting` (SWEREF 99 TM, metres; NaN where unknown) read from the texts `x` and `y`.

    x and y stay as they arrived. The ledger says what was done to read them: "comma_decimal", "grouped_digits" and
    "swapped_axes" (the place is known), "unreadable_coordinate", "half_coordinate" and "outside_box" (it is unknown).
    Axes count as swapped only where the point lies outside the box as written and inside with x and y exchanged.
    """
    x, y = _numbers(frame["x"]), _numbers(frame["y"])
    inside = _inside(x.value, y.value, rule)
    swapped = np.zeros_like(inside)
    swapped[~inside] = _inside(y.value[~inside], x.value[~inside], rule)
    known = inside | swapped
    half = x.empty ^ y.empty
    unreadable = x.unreadable | y.unreadable
    outside = ~known & ~unreadable & ~half & ~x.empty
    northing, easting = _plane(
        np.where(swapped, y.value, x.value), np.where(swapped, x.value, y.value), known, rule.system
    )
    notes: tuple[tuple[str, Action, Mask], ...] = (
        ("comma_decimal", "flagged", (x.comma | y.comma) & ~unreadable),
        ("grouped_digits", "flagged", (x.grouped | y.grouped) & ~unreadable),
        ("swapped_axes", "flagged", swapped),
        ("unreadable_coordinate", "flagged", unreadable),
        ("half_coordinate", "flagged", half & ~unreadable),
        ("outside_box", "flagged", outside),
    )
    return Cleaned(
        frame.assign(northing=northing, easting=easting),
        join_issues(*(_noted(frame, at, rule_name, action) for rule_name, action, at in notes)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Numbers:
    value: Floats
    empty: Mask
    comma: Mask
    grouped: Mask
    unreadable: Mask


def _numbers(texts: pd.Series) -> _Numbers:
    """Read decimal numbers, with point or comma; NaN where there is none."""
    values = pc.fill_null(as_arrow(texts), "")
    plain = flags(pc.match_substring_regex(values, _NUMBER))
    others = np.flatnonzero(~plain)
    found = _unusual_numbers(values.take(pa.array(others)))
    value = _cast(values, plain)
    value[others] = found.value
    marks = (_spread(mark, others, plain.size) for mark in (found.empty, found.comma, found.grouped, found.unreadable))
    return _Numbers(value, *marks)


def _unusual_numbers(values: pa.LargeStringArray) -> _Numbers:
    """Read the few texts that are not plain digits with a point."""
    empty = flags(pc.equal(pc.binary_length(values), 0))
    grouped = flags(pc.match_substring_regex(values, _BLANKS))
    bare = pc.replace_substring_regex(values, _BLANKS, "")
    comma = flags(pc.match_substring(bare, ","))
    pointed = pc.replace_substring(bare, ",", ".")
    number = flags(pc.match_substring_regex(pointed, _NUMBER))
    return _Numbers(_cast(pointed, number), empty, comma, grouped, ~number & ~empty)


def _cast(texts: pa.LargeStringArray, number: Mask) -> Floats:
    """Return the texts that are numbers as such, NaN for all others."""
    cast = pc.cast(pc.if_else(pa.array(number), texts, None), pa.float64())
    return np.array(pc.fill_null(cast, np.nan).to_numpy(zero_copy_only=False))


def _spread(marks: Mask, rows: NDArray[np.intp], size: int) -> Mask:
    """Return marks of some rows as marks of all `size` rows."""
    spread = np.zeros(size, dtype=bool)
    spread[rows] = marks
    return spread


def _inside(x: Floats, y: Floats, rule: CoordinateRule) -> Mask:
    """Say which points lie in the box."""
    if rule.system == "wgs84":
        return _in_box(y, x, rule)
    west, east, south, north = _inner_rectangle(rule)
    inside = (x > west) & (x < east) & (y > south) & (y < north)
    margin = abs(east - west) + abs(north - south) + 20_000.0
    near = ~inside & (np.abs(x - (west + east) / 2) < margin) & (np.abs(y - (south + north) / 2) < margin)
    latitude, longitude = to_geodetic(y[near], x[near], PROJECTIONS[rule.system])
    inside[near] = _in_box(latitude, longitude, rule)
    return np.asarray(inside)


def _in_box(latitude: Floats, longitude: Floats, rule: CoordinateRule) -> Mask:
    return np.asarray(
        (latitude >= rule.south) & (latitude <= rule.north) & (longitude >= rule.west) & (longitude <= rule.east)
    )


def _inner_rectangle(rule: CoordinateRule) -> tuple[float, float, float, float]:
    """Return west, east, south, north of a plane rectangle inside the box: spares most points the way back."""
    projection = PROJECTIONS[rule.system]
    share = np.linspace(0.0, 1.0, 33)
    latitude, longitude = rule.south + share * (rule.north - rule.south), rule.west + share * (rule.east - rule.west)
    fixed = np.ones_like(share)
    west = to_plane(latitude, rule.west * fixed, projection)[1].max()
    east = to_plane(latitude, rule.east * fixed, projection)[1].min()
    south = to_plane(rule.south * fixed, longitude, projection)[0].max()
    north = to_plane(rule.north * fixed, longitude, projection)[0].min()
    metre = 1.0
    return float(west) + metre, float(east) - metre, float(south) + metre, float(north) - metre


def _plane(x: Floats, y: Floats, known: Mask, system: System) -> tuple[Floats, Floats]:
    """Northing and easting in SWEREF 99 TM of the known points; NaN elsewhere."""
    northing, easting = np.full(x.size, np.nan), np.full(x.size, np.nan)
    if system == "sweref99tm":
        northing[known], easting[known] = y[known], x[known]
        return northing, easting
    latitude, longitude = y[known], x[known]
    if system != "wgs84":
        latitude, longitude = to_geodetic(y[known], x[known], PROJECTIONS[system])
    northing[known], easting[known] = to_plane(latitude, longitude, PROJECTIONS["sweref99tm"])
    return northing, easting


def _noted(frame: pd.DataFrame, at: Mask, rule: str, action: Action) -> pd.DataFrame:
    if not at.any():
        return issues_at(frame, at, rule=rule, action=action)
    rows = frame.loc[at, [*ROW_KEY, "x", "y"]]
    pair = "x " + rows["x"].astype("str") + "; y " + rows["y"].astype("str")
    return issues_at(rows, at[at], rule=rule, action=action, column="x, y", before=pair)
