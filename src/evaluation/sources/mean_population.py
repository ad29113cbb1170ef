"""Mean population per area and year: the denominator of every rate."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from evaluation.sources.counts import real_array, whole_array
from evaluation.sources.gate import read_table
from evaluation.sources.header import Wanted
from evaluation.sources.labels import parse_codes, parse_texts
from evaluation.sources.numbers import decide_signs, parse_numbers
from evaluation.sources.points import parse_years
from evaluation.sources.reading import Reading, check_schema, missing_by_column
from evaluation.sources.record import record_of
from evaluation.sources.rows import keep_first, refuse_conflicts, refuse_two_names
from evaluation.sources.schemas import POPULATION

DEFAULT_FIELDS = {"area_code": "area_code", "area": "area", "year": "year", "mean_population": "mean_population"}


def read(path: Path, *, fields: Mapping[str, str] | None = None, sheet: str | None = None) -> Reading:
    """Return mean population, one row per area and year (and line of the file).

    Parameters
    ----------
    fields
        Our field → their header, for those that differ: area_code, area, year, mean_population. `area` is optional.

    Raises
    ------
    InputError
        If a value cannot be read in exactly one way, or an area has two figures for one year.
    """
    names = {ours: (theirs,) for ours, theirs in {**DEFAULT_FIELDS, **(fields or {})}.items()}
    table = read_table(path, Wanted(names, frozenset({"area_code", "year", "mean_population"})), sheet=sheet)
    signs = decide_signs([table.column("mean_population")])
    people = parse_numbers(table.column("mean_population"), signs, low=1)
    codes = parse_codes(table.column("area_code"))
    areas = parse_texts(table.column("area"), footnotes=True).values if "area" in table else codes.values
    refuse_two_names(table, codes.values, areas)
    years = [point.start.year for point in parse_years(table.column("year"))]
    frame = pd.DataFrame(
        {
            "area_code": pd.array(codes.values, dtype="str"),
            "area": pd.array(areas, dtype="str"),
            "year": whole_array(years),
            "mean_population": real_array(people.values),
        }
    )
    refuse_conflicts(table, frame, ["area_code", "year"])
    table, frame = keep_first(table, frame)
    record = record_of(
        "mean_population",
        table,
        signs,
        *codes.guesses,
        *people.guesses,
        missing=missing_by_column(mean_population=people.codes),
    )
    return Reading(check_schema(frame, POPULATION, table.origin.file), record)
