"""Brå SOL, *Textfil*: the cross table, with stacked header rows and regions as rows of their own.

`/100&nbsp;000&nbsp;inv` contains the separator: the entity is written out before the rows are cut.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from evaluation.errors import InputError
from evaluation.sources.bra_labels import area_codes_of, offence_types_of
from evaluation.sources.counts import CountColumns, counts_reading
from evaluation.sources.decoding import decode
from evaluation.sources.delimited import records
from evaluation.sources.header import normal
from evaluation.sources.intake import take_in
from evaluation.sources.labels import clean_text
from evaluation.sources.numbers import decide_signs, parse_numbers
from evaluation.sources.points import MONTH_NUMBER, Point, make_point, parse_point
from evaluation.sources.reading import Guess, Origin, Reading, SetAside
from evaluation.sources.table import Cells, RawTable, is_empty, row_text

QUARTER = re.compile(r"(?:kvartal|kv\.?|k)\s?([1-4])", re.IGNORECASE)
CAPTION = frozenset({"anmälda brott", "år", ""})


@dataclass(frozen=True, slots=True)
class _Pair:
    """One period of the header: the columns of its count and rate."""

    point: Point
    count: int
    rate: int | None


def read(
    path: Path, *, area_codes: Mapping[str, str] | None = None, offence_types: Mapping[str, str] | None = None
) -> Reading:
    """Return the counts of a Textfil; one row is one offence × period (a pair of cells, count and rate).

    Parameters
    ----------
    area_codes, offence_types
        As for the Databasfil.

    Raises
    ------
    InputError
        If the header cannot be read, a row has another length, or a figure stands twice with different values.
    """
    intake = take_in(path, "text")
    decoded = decode(intake)
    text = decoded.text.replace("&nbsp;", "\u00a0").replace("&amp;", "&")
    place = f"file {intake.file}"
    rows = records(place, text, ";")
    measures = _measure_row(place, rows)
    pairs = _pairs(place, rows, measures)
    table = _long(place, rows, measures, pairs)
    origin = Origin(intake.file, len(intake.data), intake.sha256, None, decoded.encoding, decoded.how, "semicolon")
    origin = replace(origin, header_rows=tuple(range(1, measures + 2)), footer_rows=table.origin.footer_rows)
    return _reading(replace(table, origin=origin), area_codes, offence_types)


def _reading(table: RawTable, area_codes: Mapping[str, str] | None, offence_types: Mapping[str, str] | None) -> Reading:
    signs = decide_signs([table.column("count"), table.column("rate")])
    count = parse_numbers(table.column("count"), signs, whole=True, low=0)
    rate = parse_numbers(table.column("rate"), signs, low=0)
    areas = [clean_text(row[0]) for row in table.rows]
    points = [row[2] for row in table.rows]
    codes = area_codes_of(areas, area_codes)
    types = offence_types_of([clean_text(row[1]) for row in table.rows], offence_types)
    parsed = [point for text in points if (point := _parsed(str(text)))]
    columns = CountColumns(
        area_code=codes.values,
        area=areas,
        points=parsed,
        offence_type=types.values,
        count=count.values,
        rate=rate.values,
        preliminary=[point.preliminary for point in parsed],
        codes={"count": count.codes, "rate": rate.codes},
    )
    entity = Guess("html_entities", "&nbsp; read as a space", "it contains the separator of the file")
    return counts_reading("bra_sol_textfil", table, columns, signs, entity, *codes.guesses, *types.guesses)


def _measure_row(place: str, rows: tuple[Cells, ...]) -> int:
    for at, row in enumerate(rows[:12]):
        if len(row) > 1 and normal(row[1]) == "antal":
            return at
    raise InputError(
        f"{place}, rows 1-12",
        found="no row with 'Antal' in its second cell",
        expected="the cross table that SOL gives as Textfil",
        todo="choose the reader that fits the file (bra_sol_databasfil for the long export)",
    )


def _pairs(place: str, rows: tuple[Cells, ...], measures: int) -> list[_Pair]:
    names = [normal(cell) for cell in rows[measures]]
    labels = _labels(rows[:measures], len(names))
    pairs = []
    for at in (at for at, name in enumerate(names) if name == "antal"):
        point = _parsed(labels[at])
        if point is None:
            raise InputError(
                f"{place}, rows 1-{measures}, column {at + 1}",
                found=f"the heading {labels[at]!r}",
                expected="a year, or a year with a quarter or month below it",
                todo="export the table again with one period per column",
            )
        rate = at + 1 if at + 1 < len(names) and names[at + 1].startswith("/100") else None
        pairs.append(_Pair(point, at, rate))
    return pairs


def _labels(head: tuple[Cells, ...], width: int) -> list[str]:
    """Return the heading of each column: the cells above it, an empty one filled from its left."""
    labels = [""] * width
    for row in head:
        reach = ""
        for at in range(1, width):
            text = clean_text(row[at]) if at < len(row) else ""
            reach = text or reach
            if reach.casefold() not in CAPTION:
                labels[at] = f"{labels[at]} {reach}".strip()
    return labels


def _parsed(label: str) -> Point | None:
    """Return the point of a heading such as `2025`, `2026 prel. Kvartal 2` or `2024 Jan`."""
    whole = parse_point(label)
    if whole:
        return whole
    head, _, tail = label.partition(" ")
    tail, preliminary = _without_preliminary(tail)
    year = parse_point(head)
    if year is None or year.grain != "year":
        return None
    quarter = QUARTER.fullmatch(tail)
    if quarter:
        return make_point(year.start.year, "quarter", int(quarter[1]), preliminary)
    month = MONTH_NUMBER.get(tail.casefold())
    return make_point(year.start.year, "month", month, preliminary) if month else None


def _without_preliminary(text: str) -> tuple[str, bool]:
    bare = re.sub(r"\(?prel\.?\)?", "", text, flags=re.IGNORECASE).strip()
    return bare, bare != text.strip()


def _long(place: str, rows: tuple[Cells, ...], measures: int, pairs: list[_Pair]) -> RawTable:
    """Return the cross table as a long one: area, offence, point, count, rate."""
    width = max(pair.rate or pair.count for pair in pairs) + 1
    long: list[Cells] = []
    numbers: list[int] = []
    aside: list[SetAside] = []
    region = ""
    last = max((at for at, row in enumerate(rows) if any(not is_empty(cell) for cell in row[1:])), default=measures)
    for at, row in enumerate(rows[measures + 1 :], start=measures + 1):
        if all(is_empty(cell) for cell in row[1:]):
            rule = "blank_row" if all(is_empty(cell) for cell in row) else "footer" if at > last else "region_row"
            aside.append(SetAside(at + 1, rule, "", row_text(row)))
            region = clean_text(row[0]) if rule == "region_row" and row else region
            continue
        if len(row) < width or any(is_empty(cell) == (column < width) for column, cell in enumerate(row)) or not region:
            raise _bad_row(place, at, row, width, region)
        for pair in pairs:
            cell = row[pair.rate] if pair.rate is not None else None
            long.append((region, clean_text(row[0]), _label(pair.point), row[pair.count], cell))
            numbers.append(at + 1)
    origin = Origin("", 0, "", footer_rows=tuple(row.row_number for row in aside if row.rule == "footer"))
    columns = {"area": 0, "offence": 1, "point": 2, "count": 3, "rate": 4}
    headers = ("region", "offence", "period", "Antal", "/100 000 inv")
    return RawTable(place, origin, headers, columns, tuple(long), tuple(numbers), tuple(aside))


def _label(point: Point) -> str:
    mark = {"year": "", "quarter": f"K{(point.start.month + 2) // 3}", "month": f"M{point.start.month}"}[point.grain]
    return f"{point.start.year}{mark}{' prel.' if point.preliminary else ''}"


def _bad_row(place: str, at: int, row: Cells, width: int, region: str) -> InputError:
    return InputError(
        f"{place}, row {at + 1}",
        found=f"{len(row)} cells ({row_text(row)[:80]!r})" + ("" if region else " before any region"),
        expected=f"an offence and {width - 1} figures ('..' where there is none), below the row of a region",
        todo="export the table again; the row may have been cut or edited",
    )
