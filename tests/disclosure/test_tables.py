"""Protected tables against two attacks: the solver's, and enumeration of every table on small ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchmarks.disclosure import attacks
from evaluation.disclosure import (
    CellTable,
    Dimension,
    Limit,
    cell_ranges,
    merged,
    merged_until_safe,
    needed_widths,
    safe_step,
    suppress,
    too_narrow,
)
from evaluation.disclosure.merging import whole_spans
from evaluation.errors import ParameterError

ORDINARY, SENSITIVE = Limit(5, zeros_are_small=False), Limit(10, zeros_are_small=True)


def side(name: str, *parts: str) -> Dimension:
    return Dimension(name, parts, {"total": parts})


def table(counts: list[list[int]], limit: Limit = ORDINARY) -> CellTable:
    rows, columns = len(counts), len(counts[0])
    return CellTable(
        (side("area", *"abcdefgh"[:rows]), side("type", *"stuvwxyz"[:columns])), np.array(counts, dtype=np.int64), limit
    )


def test_totals_are_the_sums_of_their_parts() -> None:
    # 1 + 2 = 3, 3 + 4 = 7; columns 4 and 6; 10 altogether
    assert table([[1, 2], [3, 4]]).values().tolist() == [[1, 2, 3], [3, 4, 7], [4, 6, 10]]


def test_a_small_cell_takes_a_rectangle_with_it() -> None:
    # 3 is small. Rows and columns are printed, so one more cell of its row, of its column and their crossing are hidden
    protected = suppress(table([[3, 20, 30], [25, 40, 50], [35, 60, 70]]))
    assert protected.small.sum() == 1
    assert protected.hidden[:3, :3].sum() == 4
    assert not protected.hidden[3].any()
    assert not protected.hidden[:, 3].any()
    assert protected.loss == pytest.approx(4 / 16)


def test_nothing_small_nothing_hidden() -> None:
    assert not suppress(table([[0, 5], [6, 7]])).hidden.any()


def test_zeros_of_sensitive_categories_are_hidden() -> None:
    protected = suppress(table([[0, 40], [50, 60], [70, 80]], SENSITIVE))
    assert protected.small[0, 0]
    assert np.isnan(protected.shown[0, 0])


def test_cells_that_were_never_meant_to_be_printed_cost_nothing() -> None:
    counts = table([[3, 20], [30, 40]])
    only_totals = np.zeros((3, 3), dtype=bool)
    only_totals[2], only_totals[:, 2] = True, True
    protected = suppress(CellTable(counts.dimensions, counts.counts, ORDINARY, only_totals))
    assert not protected.hidden.any()
    assert np.isnan(protected.shown[0, 0])


def test_negative_counts_and_wrong_shapes_are_refused() -> None:
    with pytest.raises(ParameterError, match="smallest count -1"):
        table([[-1, 2]])
    with pytest.raises(ParameterError, match="shape"):
        CellTable((side("area", "a", "b"),), np.zeros(3, dtype=np.int64), ORDINARY)


def test_the_attack_finds_what_hiding_small_cells_alone_leaves() -> None:
    # row total 53 − 20 − 30 = 3
    counts = table([[3, 20, 30], [25, 40, 50]])
    shown = np.where(counts.limit.small(counts.values()), np.nan, counts.values())
    ranges = cell_ranges(shown, counts)
    assert (ranges.low.tolist(), ranges.high.tolist(), ranges.exact.tolist()) == ([3], [3], [True])
    assert too_narrow(ranges, counts.values(), ORDINARY).tolist() == [0]


def test_random_tables_withstand_the_attack() -> None:
    found = list(attacks(40, seed=7))  # all of it: python -m benchmarks.disclosure --tables 10000
    assert sum(a.small for a in found) > 50
    assert sum(a.unprotected or 0 for a in found) > 0  # the attack finds something where only small cells are hidden
    assert [a for a in found if a.exact or a.narrow] == []


@settings(max_examples=25, deadline=None)
@given(
    counts=st.lists(st.lists(st.integers(0, 7), min_size=3, max_size=3), min_size=2, max_size=2),
    sensitive=st.booleans(),
)
def test_enumeration_agrees_with_the_solver(counts: list[list[int]], sensitive: bool) -> None:
    """Every table of whole numbers with the shown cells is tried: ranges and verdicts are those of the solver."""
    whole = table(counts, Limit(6, zeros_are_small=True) if sensitive else ORDINARY)
    protected = suppress(whole)
    shown = protected.shown
    assume(not np.isnan(shown[-1, -1]) and np.isnan(shown).any())  # the grand total ends the enumeration
    ranges = cell_ranges(shown, whole)
    low, high = _enumerated(whole, shown)
    assert ranges.low.tolist() == [low.ravel()[cell] for cell in ranges.cell]
    assert ranges.high.tolist() == [high.ravel()[cell] for cell in ranges.cell]
    needed = needed_widths(whole.values(), whole.limit)
    assert np.all((high - low >= needed)[protected.hidden])


def _enumerated(whole: CellTable, shown: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    inside = shown[:-1, :-1].ravel()
    free, floor = np.flatnonzero(np.isnan(inside)), whole.limit.floor
    left = int(shown[-1, -1] - np.nansum(inside))  # what the hidden cells sum to: the grand total is printed
    assume((left + 1) ** (free.size - 1) < 200_000)
    others = np.indices((left + 1,) * (free.size - 1)).reshape(free.size - 1, -1)
    trials = np.vstack([others, left - others.sum(axis=0)])
    trials = trials[:, (trials >= floor).all(axis=0)]
    filled = np.repeat(np.nan_to_num(inside)[:, None], trials.shape[1], axis=1)
    filled[free] = trials
    cells = whole.members() @ filled
    printed = ~np.isnan(shown.ravel())
    possible = cells[:, (cells[printed] == shown.ravel()[printed][:, None]).all(axis=0)]
    return possible.min(axis=1).reshape(shown.shape), possible.max(axis=1).reshape(shown.shape)


MONTHS = tuple(str(month) for month in np.arange("2024-01", "2025-01", dtype="datetime64[M]"))


def monthly(counts: list[int], limit: Limit = ORDINARY) -> CellTable:
    year = Dimension("month", MONTHS, {"first half": MONTHS[:6], "2024": MONTHS})
    return CellTable((side("area", "a", "b"), year), np.array([counts, [40] * 12], dtype=np.int64), limit)


def test_months_are_merged_until_nothing_is_small() -> None:
    # months of 2: small; quarters 6: not small
    found = merged_until_safe(monthly([2] * 12), "month")
    assert found.step == "quarter"
    assert not found.protected.hidden.any()
    assert found.protected.table.counts[0].tolist() == [6, 6, 6, 6]


def test_half_years_and_years_come_next() -> None:
    # sensitive, limit 10: a month 2, a quarter 6, a half-year 12
    assert merged_until_safe(monthly([2] * 12, SENSITIVE), "month").step == "half-year"
    # a month 1, a half-year 6, a year 12
    assert merged_until_safe(monthly([1] * 12, SENSITIVE), "month").step == "year"


def test_what_is_small_even_by_year_is_suppressed() -> None:
    found = merged_until_safe(monthly([1] + [0] * 11), "month")
    assert found.step == "year"
    assert found.protected.hidden.any()


def test_groups_of_a_merged_table_are_sums_of_its_new_parts() -> None:
    halves = merged(monthly([2] * 12), "month", whole_spans(MONTHS, 6))
    assert halves.dimensions[1].groups == {"2024": ("2024-01–2024-06", "2024-07–2024-12")}
    assert halves.values()[0].tolist() == [12, 12, 24]


def test_incomplete_spans_are_left_out() -> None:
    assert list(whole_spans(MONTHS[1:8], 3)) == ["2024-04–2024-06"]


def test_the_finest_safe_step_of_a_series() -> None:
    assert safe_step(np.full(12, 5), MONTHS, ORDINARY) == "month"
    assert safe_step(np.full(12, 2), MONTHS, ORDINARY) == "quarter"
    assert safe_step(np.zeros(12), MONTHS, SENSITIVE) is None
