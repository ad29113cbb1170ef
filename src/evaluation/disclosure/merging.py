"""Merging instead of hiding: months to quarters, half-years and years until every cell can be printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from evaluation.disclosure.cell_table import CellTable, merged
from evaluation.disclosure.limits import Limit
from evaluation.disclosure.suppression import ProtectedTable, suppress

Step = Literal["month", "quarter", "half-year", "year"]
STEPS: dict[Step, int] = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}


@dataclass(frozen=True, slots=True, eq=False)
class MergedTable:
    """A table whose time is as coarse as its counts demand.

    Attributes
    ----------
    step
        Length of a point of time: month, quarter, half-year or year.
    protected
        The table at that step; nothing is hidden in it unless even whole years are too small.
    """

    step: Step
    protected: ProtectedTable


def merged_until_safe(table: CellTable, time: str) -> MergedTable:
    """Merge the months of a table until no cell is too small; what is small even by year is suppressed.

    Parameters
    ----------
    time
        Name of the dimension whose parts are months, `"2024-01"`; incomplete quarters, half-years and years are left
        out, for they would look like a fall.
    """
    for step, coarser in _steps(table, time):
        if not coarser.limit.small(coarser.values()).any() or step == "year":
            return MergedTable(step, suppress(coarser))
    return MergedTable("month", suppress(table))


def _steps(table: CellTable, time: str) -> Iterator[tuple[Step, CellTable]]:
    months = next(dimension.parts for dimension in table.dimensions if dimension.name == time)
    for step, length in STEPS.items():
        unions = whole_spans(months, length)
        if unions:
            yield step, table if step == "month" else merged(table, time, unions)


def whole_spans(months: Sequence[str], length: int) -> dict[str, tuple[str, ...]]:
    """Group months into spans of `length` months that are complete, named by their first and last month."""
    ordered = np.array(sorted(months), dtype="datetime64[M]")
    spans: dict[int, list[str]] = {}
    for month in ordered:
        spans.setdefault(int(month.astype(np.int64)) // length, []).append(str(month))
    return {
        inside[0] if length == 1 else f"{inside[0]}–{inside[-1]}": tuple(inside)
        for inside in spans.values()
        if len(inside) == length
    }


def safe_step(counts: np.ndarray, months: Sequence[str], limit: Limit) -> Step | None:
    """Return the finest step at which no count of a series of months is too small, or none."""
    at = {month: place for place, month in enumerate(months)}
    for step, length in STEPS.items():
        spans = whole_spans(months, length)
        sums = np.array([counts[[at[month] for month in inside]].sum() for inside in spans.values()])
        if sums.size and not limit.small(sums).any():
            return step
    return None
