"""Points of time in published tables: years, quarters and months in the forms that Brå, SCB and Kolada use."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from evaluation.series import Grain
from evaluation.sources.labels import clean_text
from evaluation.sources.table import Cell, Column

SHORT = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
LONG = ("januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november")
MONTHS = {name: at for at, name in enumerate(SHORT, start=1)}
LONG_MONTHS = {name: at for at, name in enumerate((*LONG, "december"), start=1)}
ENGLISH_MONTHS = {"may": 5, "oct": 10}
MONTH_NUMBER = MONTHS | LONG_MONTHS | ENGLISH_MONTHS
POINT = re.compile(
    r"(?P<year>(?:19|20)[0-9]{2})(?:\s*[-:]?\s*(?P<kind>[KkQqMm])\s?(?P<number>[0-9]{1,2})|-(?P<month>[0-9]{2}))?"
)
PRELIMINARY = re.compile(r"\s*\(?prel\.?(?:iminär[at]?)?\)?\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Point:
    """One point of time: first day, grain, and whether the label says that the figure is preliminary."""

    start: dt.date
    grain: Grain
    preliminary: bool = False


def parse_point(text: str) -> Point | None:
    """Return the point that `2023`, `2023 prel.`, `2014K1`, `2014Q1`, `2014 K1`, `2014M01` or `2014-01` stands for."""
    bare = PRELIMINARY.sub("", text)
    match = POINT.fullmatch(bare)
    if not match:
        return None
    number = match["number"] or match["month"]
    if number is None:
        return make_point(int(match["year"]), "year", 1, bare != text)
    return make_point(
        int(match["year"]), "quarter" if (match["kind"] or "M") in "KkQq" else "month", int(number), bare != text
    )


def make_point(year: int, grain: Grain, number: int, preliminary: bool = False) -> Point | None:
    """Return the `number`-th point (from 1) of its grain in a year, or None if the year has no such point."""
    step = {"year": 12, "quarter": 3, "month": 1}[grain]
    if not 1 <= number <= 12 // step:
        return None
    return Point(dt.date(year, (number - 1) * step + 1, 1), grain, preliminary)


def parse_points(column: Column) -> list[Point]:
    """Return a column of points.

    Raises
    ------
    InputError
        At the first cell that is no year, quarter or month.
    """
    return [_known(column, at, parse_point(clean_text(cell))) for at, cell in enumerate(column.values)]


def parse_years(column: Column) -> list[Point]:
    """Return a column of years (`2023`, `2023 prel.`).

    Raises
    ------
    InputError
        At the first cell that is no year from 1900 on.
    """
    points = parse_points(column)
    for at, point in enumerate(points):
        if point.grain != "year":
            raise column.refuse(at, "a year", "give the year alone; months and quarters have their own column")
    return points


def parse_numbered(years: Column, numbers: Column, grain: Grain) -> list[Point]:
    """Return points from a column of years and a column of month or quarter numbers (`1`, `K1`, `Kvartal 1`, `Jan`).

    Raises
    ------
    InputError
        At the first cell that names no point of its year.
    """
    return [
        _known(numbers, at, make_point(year.start.year, grain, _number(cell), year.preliminary))
        for at, (year, cell) in enumerate(zip(parse_years(years), numbers.values, strict=True))
    ]


def _number(cell: Cell) -> int:
    text = clean_text(cell).casefold().rstrip(".")
    if text in MONTH_NUMBER:
        return MONTH_NUMBER[text]
    match = re.fullmatch(r"(?:k|q|m|kv|kvartal|quarter|kv\.)?\s?([0-9]{1,2})", text)
    return int(match[1]) if match else 0


def _known(column: Column, at: int, point: Point | None) -> Point:
    if point is None:
        raise column.refuse(
            at, "a year, quarter or month, e.g. 2023, 2023K1, 2023-01", "correct the period, or check the column map"
        )
    return point
