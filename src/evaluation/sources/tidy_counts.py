"""Tidy counts: one row per area × point × offence type, in a text table or workbook, with a column map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evaluation.errors import ParameterError
from evaluation.sources.counts import CountColumns, counts_reading
from evaluation.sources.gate import read_table
from evaluation.sources.header import Wanted
from evaluation.sources.labels import parse_choice, parse_codes, parse_texts
from evaluation.sources.numbers import DecimalSign, decide_signs, parse_numbers
from evaluation.sources.points import Point, parse_numbered, parse_points, parse_years
from evaluation.sources.reading import Guess, Reading
from evaluation.sources.table import RawTable

DEFAULT_FIELDS: Mapping[str, str] = {
    "area_code": "area_code",
    "area": "area",
    "period": "period",
    "year": "year",
    "quarter": "quarter",
    "month": "month",
    "offence_type": "offence_type",
    "count": "count",
    "rate": "per_100k",
    "status": "status",
}
STATUS_WORDS: Mapping[str, str] = {
    "final": "final",
    "preliminary": "preliminary",
    "slutlig": "final",
    "preliminär": "preliminary",
    "prel": "preliminary",
    "prel.": "preliminary",
}


@dataclass(frozen=True, slots=True)
class TidyColumns:
    """How a table of counts maps to our fields.

    Parameters
    ----------
    fields
        Our field → their header, for those that differ from `DEFAULT_FIELDS`. The point is one column `period`
        (2023, 2023K1, 2023-01) or `year` with `quarter` or `month`. Only `count` and the point are required; `area`
        defaults to the code, `offence_type` to `constant_offence_type`.
    status_words
        Their word → "final" or "preliminary"; an empty cell or a table without the column means final.
    constant_offence_type
        Used where the table has no column for it.
    decimal
        Decimal sign, where the file leaves it open.
    sheet
        Sheet of a workbook.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    status_words: Mapping[str, str] = field(default_factory=lambda: STATUS_WORDS)
    constant_offence_type: str = "all_offences"
    decimal: DecimalSign | None = None
    sheet: str | None = None

    def wanted(self) -> Wanted:
        """Return the columns to look for."""
        unknown = set(self.fields) - set(DEFAULT_FIELDS)
        if unknown:
            raise ParameterError(
                f"column map of tidy counts, {sorted(unknown)}",
                found="fields that a table of counts does not have",
                expected=f"some of {sorted(DEFAULT_FIELDS)}",
                todo="correct the name of the field",
            )
        names = {ours: (theirs,) for ours, theirs in {**DEFAULT_FIELDS, **self.fields}.items()}
        return Wanted(names, frozenset({"count", *self.fields}))


def read(path: Path, *, columns: TidyColumns | Mapping[str, Any] | None = None) -> Reading:
    """Return the counts of a tidy table; one row is one line of the file.

    Parameters
    ----------
    columns
        The column map, or its fields as a TOML file gives them.

    Raises
    ------
    InputError
        If a value, a period or a code cannot be read in exactly one way, or a key has two different figures.
    """
    columns = columns if isinstance(columns, TidyColumns) else TidyColumns(**(columns or {}))
    table = read_table(path, columns.wanted(), sheet=columns.sheet)
    names = [name for name in ("count", "rate") if name in table]
    signs = decide_signs([table.column(name) for name in names], columns.decimal)
    parsed = {name: parse_numbers(table.column(name), signs, whole=name == "count", low=0) for name in names}
    points = points_of(table)
    labels, guesses = _labels(table, columns)
    counts = CountColumns(
        points=points,
        count=parsed["count"].values,
        rate=parsed["rate"].values if "rate" in parsed else [None] * len(points),
        preliminary=_preliminary(table, columns, points),
        codes={name: numbers.codes for name, numbers in parsed.items()},
        **labels,
    )
    marks = tuple(guess for numbers in parsed.values() for guess in numbers.guesses)
    return counts_reading("tidy_counts", table, counts, signs, *guesses, *marks)


def points_of(table: RawTable) -> list[Point]:
    """Return the points of a table with `period`, or `year` and perhaps `quarter` or `month`."""
    if "period" in table:
        return parse_points(table.column("period"))
    if "year" not in table:
        raise ParameterError(
            table.place,
            found="neither a column for the period nor one for the year",
            expected="period, or year with quarter or month",
            todo="name the column in the column map of the source",
        )
    if "quarter" in table:
        return parse_numbered(table.column("year"), table.column("quarter"), "quarter")
    if "month" in table:
        return parse_numbered(table.column("year"), table.column("month"), "month")
    return parse_years(table.column("year"))


def _labels(table: RawTable, columns: TidyColumns) -> tuple[dict[str, list[str]], tuple[Guess, ...]]:
    length = len(table.rows)
    codes = parse_codes(table.column("area_code")) if "area_code" in table else None
    names = parse_texts(table.column("area"), footnotes=True) if "area" in table else None
    types = parse_texts(table.column("offence_type"), footnotes=True) if "offence_type" in table else None
    labels = {
        "area_code": codes.values if codes else [""] * length,
        "area": names.values if names else (codes.values if codes else ["all"] * length),
        "offence_type": types.values if types else [columns.constant_offence_type] * length,
    }
    return labels, tuple(guess for texts in (codes, names, types) if texts for guess in texts.guesses)


def _preliminary(table: RawTable, columns: TidyColumns, points: list[Point]) -> list[bool]:
    said = [point.preliminary for point in points]
    if "status" not in table:
        return said
    words = parse_choice(table.column("status"), columns.status_words, default="final")
    return [flag or word == "preliminary" for flag, word in zip(said, words, strict=True)]
