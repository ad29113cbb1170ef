"""Published survey results: shares per area and wave, or only the change between two waves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from pandera.pandas import DataFrameSchema

from evaluation.errors import InputError
from evaluation.sources.counts import real_array, whole_array
from evaluation.sources.gate import read_table
from evaluation.sources.header import Wanted
from evaluation.sources.labels import parse_codes, parse_texts
from evaluation.sources.numbers import DecimalSign, Numbers, Signs, decide_signs, parse_numbers
from evaluation.sources.points import parse_years
from evaluation.sources.reading import Guess, Reading, check_schema, missing_by_column
from evaluation.sources.record import record_of
from evaluation.sources.rows import keep_first, refuse_conflicts
from evaluation.sources.schemas import SURVEY_CHANGES, SURVEY_SHARES
from evaluation.sources.table import RawTable


@dataclass(frozen=True, slots=True)
class _Layout:
    source: str
    schema: DataFrameSchema
    key: tuple[str, ...]
    years: tuple[str, ...]
    whole: tuple[str, ...]
    percent: str
    low: float


SHARES = _Layout(
    "survey_published_shares",
    SURVEY_SHARES,
    ("area_code", "area", "survey", "year", "indicator"),
    ("year",),
    ("answers",),
    "share_percent",
    0.0,
)
CHANGES = _Layout(
    "survey_published_changes",
    SURVEY_CHANGES,
    ("area_code", "area", "survey", "year_from", "year_to", "indicator"),
    ("year_from", "year_to"),
    ("answers_from", "answers_to"),
    "change_percentage_points",
    -100.0,
)
OPTIONAL = frozenset({"area_code", "note", "source"})


def read_shares(
    path: Path,
    *,
    fields: Mapping[str, str] | None = None,
    sheet: str | None = None,
    decimal: DecimalSign | None = None,
) -> Reading:
    """Return published shares in per cent (0-100), one row per area × survey × year × indicator.

    Parameters
    ----------
    fields
        Our column (`schemas.SURVEY_SHARES`) → their header, for those that differ.

    Raises
    ------
    InputError
        If a value cannot be read in exactly one way, lies outside 0-100, or every share is at most 1 (fractions?).
    """
    return _read(path, SHARES, fields, sheet, decimal)


def read_changes(
    path: Path,
    *,
    fields: Mapping[str, str] | None = None,
    sheet: str | None = None,
    decimal: DecimalSign | None = None,
) -> Reading:
    """Return published changes in percentage points, one row per area × survey × pair of years × indicator.

    A change of which only the direction was published is NA, its note says so.

    Raises
    ------
    InputError
        If a value cannot be read in exactly one way or lies outside -100 to 100.
    """
    return _read(path, CHANGES, fields, sheet, decimal)


def _read(
    path: Path, layout: _Layout, fields: Mapping[str, str] | None, sheet: str | None, decimal: DecimalSign | None
) -> Reading:
    ours = list(layout.schema.columns)
    names = {name: ((fields or {}).get(name, name),) for name in ours}
    table = read_table(path, Wanted(names, frozenset(set(ours) - OPTIONAL)), sheet=sheet)
    columns = [*layout.whole, layout.percent]
    signs = decide_signs([table.column(name) for name in columns], decimal)
    numbers = {name: _numbers(table, layout, name, signs) for name in columns}
    _refuse_fractions(table, layout, numbers[layout.percent].values)
    frame, guesses = _frame(table, layout, ours, numbers)
    refuse_conflicts(table, frame, list(layout.key))
    table, frame = keep_first(table, frame)
    missing = missing_by_column(**{name: values.codes for name, values in numbers.items()})
    record = record_of(layout.source, table, signs, *guesses, missing=missing)
    return Reading(check_schema(frame, layout.schema, table.origin.file), record)


def _numbers(table: RawTable, layout: _Layout, name: str, signs: Signs) -> Numbers:
    if name == layout.percent:
        return parse_numbers(table.column(name), signs, low=layout.low, high=100)
    return parse_numbers(table.column(name), signs, whole=True, low=1)


def _refuse_fractions(table: RawTable, layout: _Layout, values: Sequence[float | None]) -> None:
    known = [abs(value) for value in values if value]
    if known and max(known) <= 1 and len(known) > 1:
        raise InputError(
            f"{table.place}, column {table.headers[table.columns[layout.percent]]!r}",
            found=f"no value beyond ±1 (largest {max(known):g})",
            expected="per cent: 26 for 26 %",
            todo="a spreadsheet may store percentages as fractions: multiply them by 100 in the file",
        )


def _frame(
    table: RawTable, layout: _Layout, ours: list[str], numbers: Mapping[str, Numbers]
) -> tuple[pd.DataFrame, tuple[Guess, ...]]:
    data: dict[str, object] = {}
    guesses: list[Guess] = [guess for values in numbers.values() for guess in values.guesses]
    for name in ours:
        if name == layout.percent:
            data[name] = real_array(numbers[name].values)
        elif name in layout.whole:
            data[name] = whole_array(numbers[name].values)
        elif name in layout.years:
            data[name] = whole_array([point.start.year for point in parse_years(table.column(name))])
        elif name not in table:
            data[name] = pd.array([""] * len(table.rows), dtype="str")
        else:
            column = table.column(name)
            texts = parse_codes(column) if name == "area_code" else parse_texts(column, required=name not in OPTIONAL)
            data[name] = pd.array(texts.values, dtype="str")
            guesses += texts.guesses
    return pd.DataFrame(data), tuple(guesses)
