"""Brå's yearly table of all reported offences per municipality (table 120), with header or, as in 2021, without."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from evaluation.errors import InputError
from evaluation.sources.bra_labels import area_codes_of
from evaluation.sources.counts import CountColumns, counts_reading
from evaluation.sources.gate import grid_of, table_of
from evaluation.sources.header import Wanted, has_header
from evaluation.sources.intake import take_in
from evaluation.sources.labels import Texts, parse_texts
from evaluation.sources.municipalities import municipality_name
from evaluation.sources.numbers import MISSING, decide_signs, parse_numbers
from evaluation.sources.points import Point
from evaluation.sources.reading import Guess, Reading
from evaluation.sources.table import Grid, RawTable

NAMES = ("Kommun", "Antal", "Per 100 000 inv.")
WANTED = Wanted(
    {"area": (NAMES[0],), "count": (NAMES[1],), "rate": (NAMES[2], "Per 100 000 inv", "/100 000 inv")},
    frozenset({"area", "count"}),
)
YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")


def read(
    path: Path,
    *,
    year: int | None = None,
    offence_type: str = "all_offences",
    area_codes: Mapping[str, str] | None = None,
) -> Reading:
    """Return the counts of one year; one row is one line of the file, named by the official municipality name.

    Parameters
    ----------
    year
        The file does not say its year; without this option the only year in the file's name is taken, on record.
    area_codes
        Further labels (city districts) → area code.

    Raises
    ------
    InputError
        If the year is not known, or a cell cannot be read, or a municipality stands twice with different figures.
    """
    known_year, guesses = (year, ()) if year else _year_of(path.name)
    grid = grid_of(take_in(path, "text", "workbook"), WANTED)
    table = table_of(grid, WANTED) if has_header(grid.rows, WANTED) else _without_header(grid)
    signs = decide_signs([table.column(name) for name in ("count", "rate") if name in table])
    count = parse_numbers(table.column("count"), signs, whole=True, low=0)
    rate = parse_numbers(table.column("rate"), signs, low=0) if "rate" in table else None
    names = _names(table)
    codes = area_codes_of(names.values, area_codes)
    length = len(table.rows)
    columns = CountColumns(
        area_code=codes.values,
        area=names.values,
        points=[Point(dt.date(known_year, 1, 1), "year")] * length,
        offence_type=[offence_type] * length,
        count=count.values,
        rate=rate.values if rate else [None] * length,
        preliminary=[False] * length,
        codes={"count": count.codes, **({"rate": rate.codes} if rate else {})},
    )
    return counts_reading(
        "bra_yearly_municipalities", table, columns, signs, *guesses, *names.guesses, *codes.guesses, *count.guesses
    )


def _year_of(file: str) -> tuple[int, tuple[Guess, ...]]:
    years = sorted(set(YEAR.findall(file)))
    if len(years) != 1:
        raise InputError(
            f"file {file}",
            found=f"{' and '.join(years) or 'no year'} in the file's name, and none in the file",
            expected="the year of the figures",
            todo="give the year in the source's options",
        )
    return int(years[0]), (Guess("year", years[0], "stands in the file's name; the file itself does not say it"),)


def _without_header(grid: Grid) -> RawTable:
    """Return the table of a file that starts with its first municipality (2021): name, count, rate."""
    first = next((row for row in grid.rows if len(row) >= 3), ())
    figures = [str(cell).replace("\u00a0", "").replace(" ", "") for cell in first[1:3]]
    if len(figures) < 2 or not all(figure.isdigit() or figure in MISSING for figure in figures):
        return table_of(grid, WANTED)
    guess = Guess("header", "none: name, count, rate assumed", "the first row already holds figures")
    table = table_of(replace(grid, rows=(NAMES, *grid.rows)), WANTED).noting(guess)
    return replace(
        table,
        origin=replace(table.origin, header_rows=(), footer_rows=tuple(at - 1 for at in table.origin.footer_rows)),
        numbers=tuple(number - 1 for number in table.numbers),
        aside=tuple(replace(row, row_number=row.row_number - 1) for row in table.aside),
    )


def _names(table: RawTable) -> Texts:
    """Return the official name where the label is a municipality in another spelling, else the label."""
    texts = parse_texts(table.column("area"), footnotes=True)
    official = [municipality_name(label) or label for label in texts.values]
    changed = [label for label, name in zip(texts.values, official, strict=True) if label != name]
    why = f"{len(changed)} labels, first {changed[0]!r}" if changed else ""
    return Texts(official, texts.guesses + ((Guess("municipality_names", "official names", why),) if changed else ()))
