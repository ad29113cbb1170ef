"""Any table with a date and a count or value per row, read through the gate as series on an unbroken grid."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd
from pathlib import Path

import numpy as np

from evaluation.errors import InputError, ParameterError
from evaluation.series import POINTS_PER_YEAR, Dates, Floats, Grain, TimeSeries
from evaluation.sources.dates import parse_dates
from evaluation.sources.gate import read_table
from evaluation.sources.header import Wanted, normal
from evaluation.sources.labels import clean_text, parse_texts
from evaluation.sources.numbers import DecimalSign, decide_signs, parse_numbers
from evaluation.sources.points import MONTH_NUMBER, make_point, parse_numbered, parse_point
from evaluation.sources.table import Column, RawTable

# Without a column for exposure a point counts as this many person-years a year, so that rates read as cases per year.
NO_EXPOSURE = 100_000.0
DECIMAL_YEAR = re.compile(r"(?P<year>1[5-9][0-9]{2}|2[01][0-9]{2})(?:[.,](?P<part>[0-9]+))?")
MONTH_IN_WORDS = re.compile(r"(?P<name>[a-zå]{3,9})\.?[ -](?P<year>[0-9]{4})", re.IGNORECASE)
PART_TOLERANCE = 0.02
QUARTER_NAMES = frozenset({"quarter", "kvartal", "kv", "q", "qtr"})


@dataclass(frozen=True, slots=True)
class SeriesColumns:
    """Which columns hold what.

    Attributes
    ----------
    date
        One column with dates, months, quarters or years, or two joined by `+` (`year+month`, `year+quarter`).
    count, value
        Cases, or any continuous quantity; one of the two.
    exposure
        Person-years or whatever the cases are counted against, in any unit; none for cases alone.
    area
        Areas; none for one series.
    decimal
        Decimal sign, where the file leaves it open.
    """

    date: str
    count: str | None = None
    value: str | None = None
    exposure: str | None = None
    area: str | None = None
    decimal: DecimalSign | None = None


def read_series(file: Path, columns: SeriesColumns) -> dict[str, TimeSeries]:
    """Read one series per area ("all" without areas), all of one grain.

    Raises
    ------
    ParameterError
        The columns asked for cannot go together.
    InputError
        A cell cannot be read in one way, a point stands twice, or cases lack their exposure.
    """
    table = _table(file, columns)
    points, quarterly = _months_of(table)
    outcome, exposure = _numbers(table, columns)
    areas = parse_texts(table.column("area")).values if columns.area else ["all"] * len(points)
    grain = grain_of(points, quarterly=quarterly, place=table.place)
    rows = _rows_by_area(table, areas, points, grain)
    return {area: _series(table, columns, grain, chosen, outcome, exposure, area) for area, chosen in rows.items()}


def grain_of(months: Sequence[int], *, quarterly: bool, place: str) -> Grain:
    """Tell months, quarters and years apart by the distance of the dates (in months since 1970).

    Raises
    ------
    InputError
        All rows have the same date.
    """
    different = sorted(set(months))
    distance = gcd(*np.diff(different).tolist()) if len(different) > 1 else 0
    if distance == 0:
        raise InputError(
            place,
            found="one date only",
            expected="a series of months, quarters or years",
            todo="check the date column; points finer than a month must be added together first",
        )
    if quarterly:
        return "quarter"
    return "year" if distance % 12 == 0 else "quarter" if distance % 3 == 0 else "month"


def day_of(text: str, parameter: str, *, last: bool = False) -> dt.date:
    """Read a day of the command line: a date, or the first (last) day of a month, quarter or year.

    Raises
    ------
    ParameterError
        The text is no date.
    """
    bare = clean_text(text)
    point = parse_point(bare)
    if point is None and DECIMAL_YEAR.fullmatch(bare) and bare.isdigit():
        point = make_point(int(bare), "year", 1)
    if point is not None:
        months = {"month": 1, "quarter": 3, "year": 12}[point.grain] if last else 1
        end = point.start.month + months - 1
        return dt.date(point.start.year, end, calendar.monthrange(point.start.year, end)[1] if last else 1)
    try:
        return dt.date.fromisoformat(bare)
    except ValueError:
        raise ParameterError(
            parameter, found=repr(text), expected="2005-01-01, 2005-01, 2005K1 or 2005", todo="write the date like that"
        ) from None


def _table(file: Path, columns: SeriesColumns) -> RawTable:
    if (columns.count is None) == (columns.value is None):
        raise ParameterError(
            "--count, --value", found="both or neither", expected="one of them", todo="name the column to evaluate"
        )
    if columns.exposure and columns.value:
        raise ParameterError(
            "--exposure", found="an exposure beside --value", expected="an exposure for --count", todo="leave one out"
        )
    dates = [part.strip() for part in columns.date.split("+")] if "+" in columns.date else [columns.date]
    if len(dates) > 2:
        raise ParameterError(
            "--date", found=columns.date, expected="one column, or YEAR+MONTH", todo="name one or two columns"
        )
    named = dict(zip(("date", "part"), dates, strict=False))
    others = {"outcome": columns.count or columns.value, "exposure": columns.exposure, "area": columns.area}
    named |= {role: name for role, name in others.items() if name is not None}
    return read_table(file, Wanted({role: (name,) for role, name in named.items()}, frozenset(named)))


def _months_of(table: RawTable) -> tuple[list[int], bool]:
    """Return each row's month since 1970, and whether the dates say that they are quarters."""
    column = table.column("date")
    if "part" in table:
        grain: Grain = "quarter" if _is_quarter(table.column("part")) else "month"
        points = parse_numbered(_plain_years(column), table.column("part"), grain)
        return [_month(point.start) for point in points], grain == "quarter"
    texts = [clean_text(cell) for cell in column.values]
    readings = [[reading(text) for text in texts] for reading in (_point, _decimal_year, _month_in_words)]
    months = max(readings, key=lambda found: sum(month is not None for month in found))
    if all(month is None for month in months):
        return [_month(day) for day in parse_dates(column) if day is not None], False
    if None in months:
        raise column.refuse(
            months.index(None), "a date written as in the other rows", "write all dates of the column in one way"
        )
    return [month for month in months if month is not None], any(_is_quarter_point(text) for text in texts)


def _point(text: str) -> int | None:
    point = parse_point(text)
    return None if point is None else _month(point.start)


def _is_quarter_point(text: str) -> bool:
    point = parse_point(text)
    return point is not None and point.grain == "quarter"


def _plain_years(column: Column) -> Column:
    """Take the decimal part off years such as 1955.0."""
    values = [re.sub(r"[.,]0+$", "", cell) if isinstance(cell, str) else cell for cell in column.values]
    return Column(column.place, column.name, column.rows, values)


def _is_quarter(column: Column) -> bool:
    texts = [clean_text(cell).casefold() for cell in column.values]
    return normal(column.name) in QUARTER_NAMES or any(text[:1] in ("k", "q") for text in texts)


def _decimal_year(text: str) -> int | None:
    match = DECIMAL_YEAR.fullmatch(text)
    if not match:
        return None
    part = 12 * float(f"0.{match['part'] or 0}")
    month = round(part)
    return (int(match["year"]) - 1970) * 12 + month if abs(part - month) <= PART_TOLERANCE else None


def _month_in_words(text: str) -> int | None:
    match = MONTH_IN_WORDS.fullmatch(text)
    number = MONTH_NUMBER.get(match["name"].casefold()[:3]) if match else None
    return (int(match["year"]) - 1970) * 12 + number - 1 if match and number else None


def _month(day: dt.date) -> int:
    return (day.year - 1970) * 12 + day.month - 1


def _numbers(table: RawTable, columns: SeriesColumns) -> tuple[Floats, Floats | None]:
    roles = [role for role in ("outcome", "exposure") if role in table]
    signs = decide_signs([table.column(role) for role in roles], columns.decimal)
    whole = columns.count is not None
    low = 0.0 if whole else -np.inf
    outcome = parse_numbers(table.column("outcome"), signs, whole=whole, low=low)
    exposure = parse_numbers(table.column("exposure"), signs, low=0.0).values if "exposure" in table else None
    return _floats(outcome.values), None if exposure is None else _floats(exposure)


def _floats(values: Sequence[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _rows_by_area(
    table: RawTable, areas: Sequence[str], months: Sequence[int], grain: Grain
) -> dict[str, dict[int, int]]:
    """Return area → point (counted in its grain since 1970) → place of its row; no point may stand twice."""
    size = 12 // POINTS_PER_YEAR[grain]
    rows: dict[str, dict[int, int]] = {}
    for place, (area, month) in enumerate(zip(areas, months, strict=True)):
        points = rows.setdefault(area, {})
        if month // size in points:
            raise table.column("date").refuse(
                place,
                f"one row per {grain}" + (f" and area (area {area!r} has two)" if "area" in table else ""),
                "name the column of the areas with --area, or add the rows of a point together first",
            )
        points[month // size] = place
    return rows


def _series(
    table: RawTable,
    columns: SeriesColumns,
    grain: Grain,
    rows: dict[int, int],
    outcome: Floats,
    exposure: Floats | None,
    area: str,
) -> TimeSeries:
    grid = np.arange(min(rows), max(rows) + 1)
    places = np.array([rows.get(int(point), -1) for point in grid])
    count = np.where(places >= 0, outcome[places], np.nan)
    share = 1.0 / POINTS_PER_YEAR[grain]
    if columns.value is not None:
        at_risk = np.ones(grid.size)
    elif exposure is None:
        at_risk = np.full(grid.size, NO_EXPOSURE * share)
    else:
        at_risk = np.where(places >= 0, exposure[places], np.nan)
        _require_exposure(table, places, count, at_risk)
    return TimeSeries(
        indicator=columns.count or columns.value or "",
        area=area,
        grain=grain,
        start=_starts(grid, grain),
        count=count,
        exposure=at_risk,
        preliminary=np.zeros(grid.size, dtype=bool),
        scale="value" if columns.value is not None else "count",
    )


def _require_exposure(table: RawTable, places: np.ndarray, count: Floats, exposure: Floats) -> None:
    lacking = np.flatnonzero(np.isfinite(count) & ~(exposure > 0))
    if lacking.size:
        raise table.column("exposure").refuse(
            int(places[lacking[0]]), "an exposure above 0 for every count", "fill it in, or leave the count empty"
        )


def _starts(grid: np.ndarray, grain: Grain) -> Dates:
    months = grid * (12 // POINTS_PER_YEAR[grain])
    starts: Dates = months.astype("datetime64[M]").astype("datetime64[D]")
    return starts
