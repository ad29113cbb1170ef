"""A protected series: nothing small is shown, nothing hidden can be computed, official figures stay."""

from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from evaluation.disclosure import Total, coarse_protection, coarse_totals, protect_series
from evaluation.evaluate import coarser
from evaluation.series import TimeSeries
from evaluation.study.model import Thresholds

THRESHOLDS = Thresholds()


def months(*counts: float) -> TimeSeries:
    n = len(counts)
    start = np.datetime64("2024-01") + np.arange(n)
    return TimeSeries(
        "theft", "9999", "month", start.astype("datetime64[D]"), np.array(counts, float), np.ones(n), np.zeros(n, bool)
    )


def total(series: TimeSeries, first: int, last: int, name: str = "period", *, earlier: bool = False) -> Total:
    at = np.arange(series.n)
    return Total(name, (at >= first) & (at <= last), earlier)


def test_ordinary_counts_under_five_are_hidden_and_zeros_are_shown() -> None:
    assert protect_series(months(0, 4, 5, 12), THRESHOLDS).hidden.tolist() == [False, True, False, False]


def test_sensitive_counts_under_ten_are_hidden_zeros_too() -> None:
    found = protect_series(months(0, 4, 9, 10), THRESHOLDS, sensitive=True)
    assert found.hidden.tolist() == [True, True, True, False]


def test_unpublished_points_are_no_counts() -> None:
    assert not protect_series(months(np.nan, 12), THRESHOLDS, sensitive=True).hidden.any()


def test_official_figures_are_exempt() -> None:
    assert not protect_series(months(0, 1, 2), THRESHOLDS, sensitive=True, official=True).hidden.any()


def test_a_single_hidden_month_takes_the_cheapest_sufficient_month_with_it() -> None:
    # printed total 3 + 20 + 8 + 30 = 61. The range of the hidden month must be 5 wide; both are at least 1, so the
    # partner must be at least 5: 8 is the smallest (then 3 + 8 = 11, each 1 … 10)
    series = months(3, 20, 8, 30)
    found = protect_series(series, THRESHOLDS, totals=[total(series, 0, 3)])
    assert found.hidden.tolist() == [True, False, True, False]
    assert found.small.tolist() == [True, False, False, False]
    assert not found.withheld


def test_a_month_outside_every_total_needs_no_partner() -> None:
    series = months(20, 20, 3)
    assert protect_series(series, THRESHOLDS, totals=[total(series, 0, 1)]).hidden.tolist() == [False, False, True]


def test_a_total_of_one_small_month_is_withheld() -> None:
    series = months(3, 20, 20)
    found = protect_series(series, THRESHOLDS, totals=[total(series, 0, 0)])
    assert found.withheld == {"period"}
    assert not found.allows("period")
    assert found.allows("another")


def test_a_small_sum_is_withheld() -> None:
    series = months(1, 2, 1, 20)
    assert protect_series(series, THRESHOLDS, totals=[total(series, 0, 2)]).withheld == {"period"}


def test_two_totals_that_differ_by_the_hidden_month() -> None:
    # totals over months 1–4 and 1–3 give away month 4: it is alone in its difference, so the shorter of its totals
    # (the one that holds it) cannot be printed beside the other
    series = months(20, 20, 20, 3)
    found = protect_series(series, THRESHOLDS, totals=[total(series, 0, 3, "four"), total(series, 0, 2, "three")])
    assert found.withheld == {"four"}
    assert found.hidden.tolist() == [False, False, False, True]


def test_an_earlier_edition_cannot_be_withdrawn_so_the_new_total_is() -> None:
    series = months(20, 20, 20, 3)
    totals = [total(series, 0, 2, "May", earlier=True), total(series, 0, 3, "June")]
    assert protect_series(series, THRESHOLDS, totals=totals).withheld == {"June"}


def test_a_month_that_an_earlier_edition_printed_hides_nothing() -> None:
    # 8 is out already; so the partner of 3 must be 20, not 8
    series = months(3, 20, 8, 30)
    known = np.array([False, False, True, False])
    found = protect_series(series, THRESHOLDS, totals=[total(series, 0, 3)], known=known)
    assert found.hidden.tolist() == [True, True, False, False]


def test_what_is_out_already_is_said() -> None:
    series = months(3, 20, 20)
    found = protect_series(series, THRESHOLDS, known=np.array([True, False, False]))
    assert found.exposed.tolist() == [True, False, False]


def test_the_smallest_study_limits_hold() -> None:
    assert not protect_series(months(1, 2, 3), Thresholds(small_count=0)).hidden.any()


@settings(max_examples=40, deadline=None)
@given(
    counts=st.lists(st.integers(0, 9), min_size=4, max_size=6),
    spans=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=3),
    sensitive=st.booleans(),
)
def test_no_enumeration_finds_a_hidden_count(counts: list[int], spans: list[tuple[int, int]], sensitive: bool) -> None:
    series = months(*counts)
    totals = [
        total(series, min(s), min(max(s), series.n - 1), str(i)) for i, s in enumerate(spans) if min(s) < series.n
    ]
    found = protect_series(series, THRESHOLDS, sensitive=sensitive, totals=totals)
    shown = [t.points for t in totals if t.name not in found.withheld]
    limit, floor = (10, 0) if sensitive else (5, 1)
    hidden = np.flatnonzero(found.hidden)
    most = int(sum(counts)) + limit  # beyond any printed sum
    possible = _possible(np.array(counts), hidden, shown, floor, min(most, 18))
    for at in hidden:
        values = possible[int(at)]
        wide = max(limit, counts[at] / 2) if found.small[at] else 1
        bound = any(points[at] for points in shown)
        assert not bound or max(values) - min(values) >= min(wide, 18 - floor)


def _possible(
    counts: np.ndarray, hidden: np.ndarray, shown: list[np.ndarray], floor: int, most: int
) -> dict[int, set[int]]:
    """Try whole numbers for the hidden counts, at most three at once: those in no shown total stay as they are."""
    free = [int(at) for at in hidden if any(points[at] for points in shown)]
    assume(len(free) <= 3)
    found: dict[int, set[int]] = {int(at): set() for at in hidden}
    for values in product(range(floor, most + 1), repeat=len(free)):
        trial = counts.copy()
        trial[free] = values
        if all(trial[points].sum() == counts[points].sum() for points in shown):
            for at, value in zip(free, values, strict=True):
                found[at].add(value)
    return found


def quarters(series: TimeSeries) -> TimeSeries:
    found = coarser(series)
    assert found is not None
    return found


def test_a_quarter_on_another_page_counts_as_a_total() -> None:
    # quarter 1: 3 + 20 + 8 = 31 printed: a month of it must go with the 3, though no other total is printed
    series = months(3, 20, 8, 30, 30, 30)
    sums = coarse_totals(series, quarters(series))
    assert [total.points.tolist() for total in sums] == [[True] * 3 + [False] * 3, [False] * 3 + [True] * 3]
    found = protect_series(series, THRESHOLDS, totals=sums)
    assert found.hidden.tolist() == [True, False, True, False, False, False]
    assert not coarse_protection(found, quarters(series)).hidden.any()


def test_a_small_quarter_is_hidden_on_its_own_grid() -> None:
    series = months(1, 2, 1, 30, 30, 30)  # 1 + 2 + 1 = 4 < 5
    found = protect_series(series, THRESHOLDS, totals=coarse_totals(series, quarters(series)))
    assert coarse_protection(found, quarters(series)).hidden.tolist() == [True, False]
