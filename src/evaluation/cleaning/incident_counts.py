"""From incidents to counts: one row for every area, offence type and point, zeros written out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.cleaning.arrow_text import encode
from evaluation.cleaning.ledger import Mask
from evaluation.cleaning.times import intervals
from evaluation.errors import ParameterError
from evaluation.series import Grain

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MONTHS: dict[Grain, int] = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class CountFrame:
    """Over what incidents are counted; what is left open is taken from the incidents.

    Attributes
    ----------
    first, last
        First and last day to count, inclusive; only points that lie wholly between them are counted. Open: the points
        of the first and the last incident.
    areas, offence_types
        Every one gets a row at every point, also without a single incident.
    names
        Area code → name; the code where there is none.
    whole
        Code and name of the whole municipality: one more area, in which incidents without an area count as well.
    preliminary_from
        First day from which points are marked preliminary (late registration); open: all final.
    """

    first: date | None = None
    last: date | None = None
    areas: Sequence[str] | None = None
    offence_types: Sequence[str] | None = None
    names: Mapping[str, str] | None = None
    whole: tuple[str, str] | None = None
    preliminary_from: date | None = None


def incident_counts(
    incidents: pd.DataFrame, grain: Grain, over: CountFrame | None = None, *, aoristic: bool = False
) -> pd.DataFrame:
    """Count incidents by area, offence type and point of their occurrence.

    An interval counts wholly in the point where it begins. With `aoristic` it counts in every point it touches, in
    proportion to its time there; counts are then fractions, and add up to the same total inside the span counted.

    Parameters
    ----------
    incidents
        Cleaned incidents with offence_type and area_code (or area).

    Returns
    -------
    counts
        area_code, area, start, grain, offence_type, count (Int64, or Float64 if aoristic), rate (missing), status; all
        combinations present, sorted by area, offence type and start.
    """
    over = over or CountFrame()
    area, kind = encode(_area(incidents)), encode(incidents["offence_type"])
    areas = sorted({*area.values} - {""}) if over.areas is None else list(over.areas)
    kinds = sorted({*kind.values} - {""}) if over.offence_types is None else list(over.offence_types)
    points = _points(incidents, grain, over)
    rows, point, weight = _spread(incidents, points, grain, aoristic=aoristic)
    area_at, kind_at = _places(area.values, areas)[area.codes][rows], _places(kind.values, kinds)[kind.codes][rows]
    table = _tally((len(areas), len(kinds), points.size - 1), (area_at, kind_at, point), weight)
    codes, names = [str(code) for code in areas], [(over.names or {}).get(code, code) for code in areas]
    if over.whole is not None:
        everywhere = _tally((1, len(kinds), points.size - 1), (np.zeros_like(area_at), kind_at, point), weight)
        table, codes, names = np.concatenate([table, everywhere]), [*codes, over.whole[0]], [*names, over.whole[1]]
    return _long(table, codes, names, kinds, points, grain, over, aoristic=aoristic)


def _area(incidents: pd.DataFrame) -> pd.Series:
    return incidents["area_code" if "area_code" in incidents.columns else "area"]


def _points(incidents: pd.DataFrame, grain: Grain, over: CountFrame) -> NDArray[np.datetime64]:
    """First days of the points counted, and the first day after the last, datetime64[D]."""
    known = incidents["occurred_from"].dropna()
    if known.empty and (over.first is None or over.last is None):
        raise ParameterError(
            "counting incidents",
            found="no incident with a time of occurrence",
            expected="incidents, or a first and a last day to count",
            todo="give first and last",
        )
    step = MONTHS[grain]
    first = known.min().to_datetime64() if over.first is None else np.datetime64(over.first)
    last = known.max().to_datetime64() if over.last is None else np.datetime64(over.last)
    month = np.array([first, last]).astype("datetime64[M]").astype(np.int64) // step * step
    begin, end = int(month[0]), int(month[1])
    if over.first is not None and _first_day(begin) < over.first:
        begin += step
    if over.last is not None and _first_day(end + step) > over.last + timedelta(days=1):
        end -= step
    return np.arange(begin, end + step + 1, step).astype("datetime64[M]").astype("datetime64[D]")


def _first_day(month: int) -> date:
    return date(1970 + month // 12, month % 12 + 1, 1)


def _spread(
    incidents: pd.DataFrame, points: NDArray[np.datetime64], grain: Grain, *, aoristic: bool
) -> tuple[Ints, Ints, Floats]:
    """Row, point and weight of every part of an incident; parts outside the points counted are left out."""
    start, end = intervals(incidents)
    first = _point_of(start, points, grain)
    rows = np.arange(first.size)
    if not aoristic:
        counted = (first >= 0) & (first < points.size - 1)
        return rows[counted], first[counted], np.ones(int(counted.sum()))
    touched = _point_of(np.maximum(start, end - np.timedelta64(1, "m")), points, grain) - first + 1
    rows = np.repeat(rows, np.where(np.isnat(start), 0, touched))
    offset = (
        np.arange(rows.size)
        - np.repeat(np.cumsum(np.bincount(rows, minlength=first.size)), np.bincount(rows, minlength=first.size))
        + touched[rows]
    )
    point = first[rows] + offset
    weight = _overlap(start[rows], end[rows], point, points, grain)
    counted = (point >= 0) & (point < points.size - 1)
    return rows[counted], point[counted], weight[counted]


def _point_of(moment: NDArray[np.datetime64], points: NDArray[np.datetime64], grain: Grain) -> Ints:
    """Place of the point in which a moment lies, 0 for the first one counted; negative before it and for no moment."""
    begin = points[0].astype("datetime64[M]").astype(np.int64)
    place = (moment.astype("datetime64[M]").astype(np.int64) - begin) // MONTHS[grain]
    return np.asarray(np.where(np.isnat(moment), -1, place), dtype=np.int64)


def _overlap(
    start: NDArray[np.datetime64],
    end: NDArray[np.datetime64],
    point: Ints,
    points: NDArray[np.datetime64],
    grain: Grain,
) -> Floats:
    """Share of each interval that lies in the given point; 1 for a moment."""
    month = points[0].astype("datetime64[M]").astype(np.int64) + point * MONTHS[grain]
    opens = month.astype("datetime64[M]").astype(start.dtype)
    closes = (month + MONTHS[grain]).astype("datetime64[M]").astype(start.dtype)
    inside = (np.minimum(end, closes) - np.maximum(start, opens)).astype(np.float64)
    length = (end - start).astype(np.float64)
    return np.asarray(np.divide(inside, length, out=np.ones_like(length), where=length > 0))


def _places(values: Sequence[str], wanted: Sequence[str]) -> Ints:
    """Place of each value among the wanted ones, −1 for others."""
    place = {name: at for at, name in enumerate(wanted)}
    return np.array([place.get(value, -1) for value in values], dtype=np.int64)


def _tally(shape: tuple[int, int, int], at: tuple[Ints, Ints, Ints], weight: Floats) -> Floats:
    counted: Mask = (at[0] >= 0) & (at[1] >= 0)
    if not counted.any():
        return np.zeros(shape)
    flat = np.ravel_multi_index(tuple(axis[counted] for axis in at), shape)
    tally = np.bincount(flat, weights=weight[counted], minlength=int(np.prod(shape)))
    return tally.astype(np.float64).reshape(shape)


def _long(
    table: Floats,
    codes: list[str],
    names: list[str],
    kinds: list[str],
    points: NDArray[np.datetime64],
    grain: Grain,
    over: CountFrame,
    *,
    aoristic: bool,
) -> pd.DataFrame:
    area_at, kind_at, point_at = (axis.ravel() for axis in np.indices(table.shape))
    start = points[:-1][point_at]
    late = (
        np.zeros(start.size, dtype=bool)
        if over.preliminary_from is None
        else _reaches(start, grain, over.preliminary_from)
    )
    count = table.ravel()
    return pd.DataFrame(
        {
            "area_code": pd.Series(np.array(codes, dtype=object)[area_at], dtype="str"),
            "area": pd.Series(np.array(names, dtype=object)[area_at], dtype="str"),
            "start": start.astype("datetime64[us]"),
            "grain": pd.Series([grain] * start.size, dtype="str"),
            "offence_type": pd.Series(np.array(kinds, dtype=object)[kind_at], dtype="str"),
            "count": pd.array(count, dtype="Float64") if aoristic else pd.array(count.astype(np.int64), dtype="Int64"),
            "rate": pd.array([pd.NA] * start.size, dtype="Float64"),
            "status": pd.Series(np.where(late, "preliminary", "final"), dtype="str"),
        }
    )


def _reaches(start: NDArray[np.datetime64], grain: Grain, day: date) -> Mask:
    """Say which points end on or after the day."""
    after = (
        (start.astype("datetime64[M]").astype(np.int64) + MONTHS[grain]).astype("datetime64[M]").astype("datetime64[D]")
    )
    return np.asarray(after > np.datetime64(day))


def uncounted_incidents(incidents: pd.DataFrame, counts: pd.DataFrame) -> dict[str, int]:
    """Say how many incidents `counts` leaves out, by the first reason that applies.

    "no_time", "outside_span" (before the first or after the last point), "no_offence_type", "no_area" (empty, or none
    of the areas counted), "counted".
    """
    start = incidents["occurred_from"]
    opens, closes = counts["start"].min(), counts["start"].max()
    months = MONTHS[counts["grain"].iloc[0]]
    inside = (start >= opens) & (start < closes + pd.DateOffset(months=months))
    reasons = np.select(
        [
            start.isna(),
            ~inside,
            ~incidents["offence_type"].isin(counts["offence_type"].unique()),
            ~_area(incidents).isin(counts["area_code"].unique()),
        ],
        ["no_time", "outside_span", "no_offence_type", "no_area"],
        default="counted",
    )
    names, numbers = np.unique(reasons, return_counts=True)
    return {str(name): int(number) for name, number in zip(names, numbers, strict=True)}
