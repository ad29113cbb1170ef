"""Brå SOL, *Databasfil*: the long export of reported offences, monthly, quarterly or yearly, by type or by code.

The export names six columns and fills seven, ends with a lone carriage return, repeats parent categories up to seven
times, writes `..` for what was not selected, and in its yearly form puts the word "År" in the column År.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from evaluation.sources.bra_labels import area_codes_of, offence_types_of
from evaluation.sources.counts import CountColumns, counts_reading
from evaluation.sources.gate import read_table
from evaluation.sources.header import Wanted
from evaluation.sources.labels import clean_text, parse_texts
from evaluation.sources.numbers import decide_signs, parse_numbers
from evaluation.sources.points import MONTH_NUMBER, Point, make_point, parse_point
from evaluation.sources.reading import Reading
from evaluation.sources.table import Column, RawTable, is_empty

WANTED = Wanted(
    {
        "area": ("Region",),
        "offence": ("Brott",),
        "year": ("År",),
        "period": ("Period",),
        "count": ("Antal",),
        "rate": ("/100 000 inv",),
    },
    frozenset({"area", "offence", "year", "period", "count"}),
)
WHOLE_YEAR = frozenset({"år", "helår", "hela året"})
QUARTER = re.compile(r"(?:kvartal|kv\.?|k)\s?([1-4])", re.IGNORECASE)


def read(
    path: Path, *, area_codes: Mapping[str, str] | None = None, offence_types: Mapping[str, str] | None = None
) -> Reading:
    """Return the counts of a Databasfil; one row is one line of the file.

    Rates are whole numbers per 100 000 inhabitants and point, as published. With a crime code in the label
    (`0950 - Befogenhetsbedrägeri`) the code is the offence type, because the label alone is no key.

    Parameters
    ----------
    area_codes
        Region label → area code, for regions that are no municipality; without it their code is empty.
    offence_types
        Offence label → our offence type. Other labels stay as written.

    Raises
    ------
    InputError
        If one region × offence × period has two different figures (one label under two parents), or a cell cannot be
        read.
    """
    table = read_table(path, WANTED)
    table = table.set_aside(
        "no_offence", "the column Brott is empty", lambda row: is_empty(row[table.columns["offence"]])
    )
    numbers = [table.column(name) for name in ("count", "rate") if name in table]
    signs = decide_signs(numbers)
    count = parse_numbers(table.column("count"), signs, whole=True, low=0)
    rate = parse_numbers(table.column("rate"), signs, low=0) if "rate" in table else None
    points = _points(table)
    areas, offences = parse_texts(table.column("area")).values, parse_texts(table.column("offence")).values
    codes, types = area_codes_of(areas, area_codes), offence_types_of(offences, offence_types)
    columns = CountColumns(
        area_code=codes.values,
        area=areas,
        points=points,
        offence_type=types.values,
        count=count.values,
        rate=rate.values if rate else [None] * len(points),
        preliminary=[point.preliminary for point in points],
        codes={"count": count.codes, **({"rate": rate.codes} if rate else {})},
    )
    return counts_reading("bra_sol_databasfil", table, columns, signs, *codes.guesses, *types.guesses, *count.guesses)


def _points(table: RawTable) -> list[Point]:
    years, periods = table.column("year"), table.column("period")
    return [_point(years, periods, at) for at in range(len(table.rows))]


def _point(years: Column, periods: Column, at: int) -> Point:
    year_text, period_text = clean_text(years.values[at]), clean_text(periods.values[at])
    if year_text.casefold() in WHOLE_YEAR:
        year_text, period_text = period_text, year_text
    year = parse_point(year_text)
    if year is None or year.grain != "year":
        raise years.refuse(at, "a year, with or without 'prel.'", "export the file again; columns may have slipped")
    point = _within(year, period_text.casefold())
    if point is None:
        raise periods.refuse(at, "a month (Jan-Dec), a quarter or 'År'", "export the file again")
    return point


def _within(year: Point, period: str) -> Point | None:
    if period in WHOLE_YEAR:
        return year
    if period in MONTH_NUMBER:
        return make_point(year.start.year, "month", MONTH_NUMBER[period], year.preliminary)
    quarter = QUARTER.fullmatch(period)
    return make_point(year.start.year, "quarter", int(quarter[1]), year.preliminary) if quarter else None
