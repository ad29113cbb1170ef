"""Dates and times of day: a whole column decides how `03/04/2024` is meant, unknown times stay unknown.

Times are naive local time in Europe/Stockholm. Nothing is shifted: the hour that summer time skips or repeats is
flagged (the European rule since 1996: the last Sundays of March and October, 02:00-02:59).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from evaluation.sources.labels import clean_text
from evaluation.sources.points import MONTH_NUMBER
from evaluation.sources.reading import Guess
from evaluation.sources.table import Cell, Column, is_empty

DateOrder = Literal["dmy", "mdy"]
STOCKHOLM = ZoneInfo("Europe/Stockholm")

_TIME = (
    r"(?:(?:[T ,]+|\s+kl\.?\s*)(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})"
    r"(?:[:.](?P<second>[0-9]{2})(?:[.,][0-9]+)?)?)?"
)
_ZONE = r"\s?(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?"
YEAR_FIRST = re.compile(
    r"(?P<year>[0-9]{4})(?P<sign>[-/.])(?P<month>[0-9]{1,2})(?P=sign)(?P<day>[0-9]{1,2})" + _TIME + _ZONE
)
COMPACT = re.compile(r"(?P<year>(?:19|20)[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})" + _TIME)
YEAR_LAST = re.compile(
    r"(?P<first>[0-9]{1,2})(?P<sign>[-/.])(?P<second_part>[0-9]{1,2})(?P=sign)(?P<year>[0-9]{4}|[0-9]{2})" + _TIME
)
IN_WORDS = re.compile(
    r"(?:den\s+)?(?P<day>[0-9]{1,2})[.\s-]*(?P<name>[a-zå]+)\.?[\s-]*(?P<year>[0-9]{4})" + _TIME, re.IGNORECASE
)
CLOCK = re.compile(r"(?:kl\.?\s*)?(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})(?:[:.](?P<second>[0-9]{2}))?")
UNKNOWN_CLOCK = frozenset({"", "okänd", "okänt", "okänd tid", "-", "..", "?", "na"})


@dataclass(frozen=True, slots=True)
class Moment:
    """A time and how much of it is known: a flag of `incident_schema.TIME_FLAGS`."""

    value: dt.datetime | None
    flag: str


@dataclass(frozen=True, slots=True)
class Moments:
    """The times of one column in row order, and what had to be decided to read them."""

    values: list[Moment]
    guesses: tuple[Guess, ...]


MISSING_MOMENT = Moment(None, "missing")
UNREADABLE = Moment(None, "unreadable")


def parse_moments(column: Column, order: DateOrder | None = None, clocks: Column | None = None) -> Moments:
    """Return a column of dates, with or without time of day.

    Parameters
    ----------
    column
        Cells as found; true dates of a workbook are taken as they are.
    order
        Decides day and month where the year stands last; without it the column decides.
    clocks
        A second column with the time of day (`07:30`, `730`), where the file has one.

    Raises
    ------
    InputError
        If the order of day and month cannot be settled from the column, or two rows contradict each other.
    """
    cells = [cell if isinstance(cell, dt.date) else clean_text(cell) for cell in column.values]
    settled = settle_order(column, [cell for cell in cells if isinstance(cell, str)], order)
    moments = [moment_of(cell, settled.order) for cell in cells]
    if clocks is not None:
        moments = [flagged_at_clock(moment, cell) for moment, cell in zip(moments, clocks.values, strict=True)]
    return Moments(moments, settled.guesses)


def parse_dates(column: Column, order: DateOrder | None = None, *, required: bool = True) -> list[dt.date | None]:
    """Return a column of dates.

    Raises
    ------
    InputError
        At the first cell that is no date, or has a time of day, or is empty where a date is required.
    """
    result: list[dt.date | None] = []
    for at, moment in enumerate(parse_moments(column, order).values):
        if moment.flag == "missing" and not required:
            result.append(None)
        elif moment.value is None or moment.flag != "no_time_of_day":
            raise column.refuse(at, "a date, e.g. 2024-04-03", "write the date as year-month-day")
        else:
            result.append(moment.value.date())
    return result


@dataclass(frozen=True, slots=True)
class SettledOrder:
    """How dates with the year last are read in one column, None where there are none."""

    order: DateOrder | None
    guesses: tuple[Guess, ...]


def settle_order(column: Column, texts: list[str], order: DateOrder | None) -> SettledOrder:
    """Return the order of day and month that every date of the column allows.

    Raises
    ------
    InputError
        If both orders are possible and give different dates, or if neither fits all rows.
    """
    matches = [match for text in set(texts) if (match := YEAR_LAST.fullmatch(text))]
    parts = {match.group("first", "second_part", "sign", "year") for match in matches}
    if not parts:
        return SettledOrder(None, ())
    if order:
        return SettledOrder(order, (Guess("date_order", order, f"named by the caller for column {column.name!r}"),))
    if any(len(year) == 2 for *_, year in parts):
        raise _open_order(column, "years with two digits")
    numbers = {(int(first), int(second)) for first, second, *_ in parts}
    orders: dict[DateOrder, bool] = {
        "dmy": all(1 <= month <= 12 for _, month in numbers),
        "mdy": all(1 <= month <= 12 for month, _ in numbers),
    }
    if orders["dmy"] and all(sign == "." for _, _, sign, _ in parts):
        return SettledOrder("dmy", (Guess("date_order", "dmy", "dots stand between day, month and year"),))
    possible = [name for name, fits in orders.items() if fits]
    if len(possible) == 1 or all(first == second for first, second in numbers):
        return SettledOrder(possible[0], (Guess("date_order", possible[0], "the only order that fits every row"),))
    raise _open_order(column, "dates that can be read in two ways" if possible else "dates in two different orders")


def _open_order(column: Column, what: str) -> Exception:
    at = next(
        at for at, cell in enumerate(column.values) if isinstance(cell, str) and YEAR_LAST.fullmatch(clean_text(cell))
    )
    return column.refuse(
        at,
        "dates as year-month-day, or a column with one possible order",
        "name the order (dmy or mdy) in the source's options",
        found=f"{what}, first {column.values[at]!r}",
    )


def moment_of(cell: Cell, order: DateOrder | None) -> Moment:
    """Return what one cell says: a moment, a date without time of day, nothing, or nothing readable."""
    if isinstance(cell, dt.datetime):
        return flagged(cell) if cell.time() != dt.time() else Moment(cell, "no_time_of_day")
    if isinstance(cell, dt.date):
        return Moment(dt.datetime(cell.year, cell.month, cell.day), "no_time_of_day")
    if is_empty(cell) or str(cell).casefold() in UNKNOWN_CLOCK:
        return MISSING_MOMENT
    return _from_text(str(cell), order)


@lru_cache(maxsize=65536)
def _from_text(text: str, order: DateOrder | None) -> Moment:
    for pattern in (YEAR_FIRST, COMPACT, YEAR_LAST, IN_WORDS):
        match = pattern.fullmatch(text)
        if match:
            parts = match.groupdict()
            return _built(parts, _date_of(parts, order))
    return UNREADABLE


def _date_of(parts: dict[str, str], order: DateOrder | None) -> tuple[int, int, int] | None:
    if parts.get("name"):
        month = MONTH_NUMBER.get(parts["name"].casefold())
        return (int(parts["year"]), month, int(parts["day"])) if month else None
    if "first" not in parts:
        return int(parts["year"]), int(parts["month"]), int(parts["day"])
    if order is None:
        return None
    year = int(parts["year"]) + (2000 if len(parts["year"]) == 2 else 0)
    first, second = int(parts["first"]), int(parts["second_part"])
    return (year, second, first) if order == "dmy" else (year, first, second)


def _built(parts: dict[str, str], date: tuple[int, int, int] | None) -> Moment:
    if date is None or not 1900 <= date[0] <= 2100:
        return UNREADABLE
    try:
        hour, minute, second = (int(parts.get(name) or 0) for name in ("hour", "minute", "second"))
        value = dt.datetime(*date, hour, minute, second)
    except ValueError:
        return UNREADABLE
    if not parts.get("hour"):
        return Moment(value, "no_time_of_day")
    return _local(value, parts["zone"]) if parts.get("zone") else flagged(value)


def _local(value: dt.datetime, zone: str) -> Moment:
    """Return a time with an offset as local time: the offset makes the repeated hour unambiguous."""
    offset = "+00:00" if zone == "Z" else zone
    aware = dt.datetime.fromisoformat(f"{value.isoformat()}{offset}")
    return Moment(aware.astimezone(STOCKHOLM).replace(tzinfo=None), "known")


def flagged(value: dt.datetime) -> Moment:
    """Return a local time with the flag for the hour that summer time repeats or skips."""
    if value.hour == 2 and value.day >= 25 and value.weekday() == 6 and value.month in {3, 10}:
        return Moment(value, "ambiguous_hour" if value.month == 10 else "nonexistent_hour")
    return Moment(value, "known")


def flagged_at_clock(moment: Moment, cell: Cell) -> Moment:
    """Return a date joined with its time of day from another cell; unreadable if the two contradict each other."""
    if moment.value is None or moment.flag != "no_time_of_day":
        return moment if is_empty(cell) or moment.value is None else UNREADABLE
    clock = clock_of(cell)
    if clock is None:
        return UNREADABLE
    return moment if clock == "unknown" else flagged(dt.datetime.combine(moment.value.date(), clock))


def clock_of(cell: Cell) -> dt.time | Literal["unknown"] | None:
    """Return a time of day, "unknown" where the cell says so, or None if it cannot be read.

    Four digits are hour and minute; fewer have lost their leading zeros in a spreadsheet (`730` is 07:30).
    """
    if isinstance(cell, dt.time):
        return cell
    text = clean_text(cell).casefold()
    if text in UNKNOWN_CLOCK:
        return "unknown"
    bare = re.fullmatch(r"[0-9]{1,4}", text)
    match = CLOCK.fullmatch(f"{text.zfill(4)[:2]}:{text.zfill(4)[2:]}" if bare else text)
    hour, minute, second = (int(part or 0) for part in match.groups()) if match else (99, 0, 0)
    try:
        return dt.time(hour, minute, second)
    except ValueError:
        return None
