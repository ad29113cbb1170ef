"""From read columns to the frame of counts: one row per area × point × offence type, each stated once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from evaluation.errors import InputError
from evaluation.sources.numbers import Signs
from evaluation.sources.points import Point
from evaluation.sources.reading import (
    Guess,
    Reading,
    check_schema,
    missing_by_column,
)
from evaluation.sources.record import record_of
from evaluation.sources.rows import refuse_two_names
from evaluation.sources.schemas import COUNTS
from evaluation.sources.table import RawTable


@dataclass(frozen=True, slots=True)
class CountColumns:
    """The columns of the counts frame before duplicates are looked for, all of one length."""

    area_code: Sequence[str]
    area: Sequence[str]
    points: Sequence[Point]
    offence_type: Sequence[str]
    count: Sequence[float | None]
    rate: Sequence[float | None]
    preliminary: Sequence[bool]
    codes: dict[str, Counter[str]] = field(default_factory=dict)

    def keys(self) -> list[tuple[str, str, Point, str]]:
        """Return what may stand once only: area, point and offence type; preliminary or final is no part of it."""
        points = [Point(point.start, point.grain) for point in self.points]
        return list(zip(self.area_code, self.area, points, self.offence_type, strict=True))

    def figures(self) -> list[tuple[float | None, float | None, bool]]:
        """Return what is said about each key."""
        return list(zip(self.count, self.rate, self.preliminary, strict=True))


def counts_reading(source: str, table: RawTable, columns: CountColumns, signs: Signs, *guesses: Guess) -> Reading:
    """Return the counts of one file.

    Exact repetitions of a row are set aside (`exact_duplicate`), the first is kept.

    Raises
    ------
    InputError
        If one area × point × offence type has two different figures, or one area code two names.
    """
    refuse_two_names(table, columns.area_code, columns.area)
    repeated = repeated_rows(table, columns)
    kept = table.without(repeated, "exact_duplicate", "same area, point, offence type and figures as an earlier row")
    frame = counts_frame(columns).loc[~np.array(repeated, dtype=bool)].reset_index(drop=True)
    return Reading(
        check_schema(frame, COUNTS, table.origin.file),
        record_of(source, kept, signs, *guesses, missing=missing_by_column(**columns.codes)),
    )


def counts_frame(columns: CountColumns) -> pd.DataFrame:
    """Return the columns as a frame in the types of the counts schema."""
    return pd.DataFrame(
        {
            "area_code": pd.array(list(columns.area_code), dtype="str"),
            "area": pd.array(list(columns.area), dtype="str"),
            "start": np.array([point.start for point in columns.points], dtype="datetime64[us]"),
            "grain": pd.array([point.grain for point in columns.points], dtype="str"),
            "offence_type": pd.array(list(columns.offence_type), dtype="str"),
            "count": whole_array(columns.count),
            "rate": real_array(columns.rate),
            "status": pd.array(["preliminary" if flag else "final" for flag in columns.preliminary], dtype="str"),
        }
    )


def whole_array(values: Sequence[float | None]) -> pd.api.extensions.ExtensionArray:
    """Return whole numbers with gaps as Int64."""
    return pd.array([None if value is None else int(value) for value in values], dtype="Int64")


def real_array(values: Sequence[float | None]) -> pd.api.extensions.ExtensionArray:
    """Return numbers with gaps as Float64."""
    return pd.array(list(values), dtype="Float64")


def repeated_rows(table: RawTable, columns: CountColumns) -> list[bool]:
    """Return which rows repeat an earlier row in full.

    Raises
    ------
    InputError
        If a row says something else about the same area × point × offence type than an earlier one.
    """
    first: dict[object, tuple[int, object]] = {}
    repeated = []
    for at, (key, figures) in enumerate(zip(columns.keys(), columns.figures(), strict=True)):
        earlier, said = first.setdefault(key, (at, figures))
        if said != figures:
            raise _two_figures(table, columns, earlier, at)
        repeated.append(earlier != at)
    return repeated


def _two_figures(table: RawTable, columns: CountColumns, earlier: int, at: int) -> InputError:
    point = columns.points[at]
    return InputError(
        f"{table.place}, row {table.numbers[at]}",
        found=(
            f"a second figure for {columns.area[at]}, {point.start} ({point.grain}), {columns.offence_type[at]!r}: "
            f"{columns.figures()[at]}, but {columns.figures()[earlier]} in row {table.numbers[earlier]}"
        ),
        expected="one figure per area, point and offence type",
        todo="the same label may stand under two parents, or a revised figure was added: export one of them only",
    )
