"""The gate of survey tables: no base too small to print is printed or follows from the total and the other groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from evaluation.disclosure import CellTable, Dimension, Limit, cell_ranges

_NOT_STATED = ""


def survey_findings(results: Mapping[str, Any], smallest_base: int) -> Iterator[str]:
    """Attack the groups of every question and wave in a run's results and say what gives a small base away.

    Reads what is printed and nothing else: the total of the wave and the bases that are shown. People who did not say
    which group they belong to are in the total and never printed.
    """
    for question in results.get("survey_questions", ()):
        totals = {wave["wave"]: wave["answers"] for wave in question["waves"]}
        for grouping in sorted({group["grouping"] for group in question["groups"]}):
            for wave, total in totals.items():
                bases = _bases(question, grouping, wave)
                for why in _attacked(bases, total, smallest_base):
                    yield f"{question['question']}, by {grouping}, wave {wave}: {why}"


def _bases(question: Mapping[str, Any], grouping: str, wave: str) -> dict[str, int | None]:
    return {
        group["group"]: one["answers"]
        for group in question["groups"]
        for one in group["waves"]
        if group["grouping"] == grouping and one["wave"] == wave
    }


def _attacked(bases: Mapping[str, int | None], total: int | None, smallest_base: int) -> Iterator[str]:
    small = [group for group, base in bases.items() if base is not None and base < smallest_base]
    if small:
        yield f"{', '.join(small)} printed with fewer than {smallest_base} answers: hide the group"
    if total is None or None not in bases.values():
        return
    table = _table(tuple(bases), smallest_base)
    shown = np.array([np.nan if base is None else base for base in (*bases.values(), None, total)], dtype=np.float64)
    ranges = cell_ranges(shown, table)
    narrow = ranges.cell[ranges.high - ranges.low < smallest_base]
    if narrow.size:
        named = ", ".join(tuple(bases)[at] for at in narrow)
        yield f"the base of {named} follows from the total and the other groups: hide one more group"


def _table(groups: tuple[str, ...], smallest_base: int) -> CellTable:
    parts = (*groups, _NOT_STATED)
    printed = np.array([*(True for _ in groups), False, True])
    dimension = Dimension("group", parts, {"all": parts})
    return CellTable((dimension,), np.zeros(len(parts), dtype=np.int64), Limit(smallest_base, True), printed)
