"""Other choices of points, by hand: which points enter and which leave."""

from __future__ import annotations

from datetime import date

import numpy as np

from evaluation.checks.windows import overlapping, same_dates, shifted_baseline, with_transition, without_points


def places(mask: np.ndarray) -> list[int]:
    return np.flatnonzero(mask).tolist()


def test_a_baseline_grows_by_the_points_of_whole_years(series_of, window_of):
    series = series_of(np.full(20, 50.0), grain="quarter", first="2012-01")
    window = window_of(series, start=14, first=6)
    assert places(shifted_baseline(series, window, 1).baseline) == list(range(2, 14))  # 4 quarters earlier
    assert places(shifted_baseline(series, window, -1).baseline) == list(range(10, 14))
    assert shifted_baseline(series, window, 2) is None  # 6 quarters are there, 8 are needed


def test_a_baseline_does_not_grow_over_gaps_or_breaks(series_of, window_of):
    counts = np.full(20, 50.0)
    counts[3] = np.nan
    series = series_of(counts, grain="quarter", first="2012-01")
    window = window_of(series, start=14, first=6)
    assert shifted_baseline(series, window, 1) is None
    whole = series_of(np.full(20, 50.0), grain="quarter", first="2012-01")
    assert shifted_baseline(whole, window, 1, earliest=date(2012, 7, 1)) is not None  # place 2 is July 2012
    assert shifted_baseline(whole, window, 1, earliest=date(2012, 7, 2)) is None


def test_a_baseline_of_one_year_cannot_lose_one(series_of, window_of):
    series = series_of(np.full(20, 50.0), grain="quarter")
    assert shifted_baseline(series, window_of(series, start=8, first=4), -1) is None


def test_transition_counts_from_the_first_point_of_the_agreement(series_of, window_of):
    series = series_of(np.full(24, 50.0))
    three = with_transition(series, window_of(series, 12), 3)
    assert places(three.transition) == [12, 13, 14]
    assert places(three.period) == list(range(15, 24))
    assert places(with_transition(series, three, 1).period) == list(range(13, 24))  # absolute, not on top
    assert places(with_transition(series, three, 0).period) == list(range(12, 24))


def test_points_that_share_a_day_with_a_span_are_marked(series_of):
    series = series_of(np.full(6, 9.0), first="2020-01")
    spans = [(date(2020, 2, 29), date(2020, 3, 1)), (date(2020, 6, 30), date(2020, 6, 30))]
    assert places(overlapping(series, spans)) == [1, 2, 5]
    assert places(overlapping(series, [])) == []


def test_points_left_out_leave_both_segments(series_of, window_of):
    series = series_of(np.full(6, 9.0))
    left = without_points(window_of(series, 3), np.array([1, 0, 0, 0, 1, 0], dtype=bool))
    assert (places(left.baseline), places(left.period)) == ([1, 2], [3, 5])


def test_the_same_dates_on_another_grid_keep_whole_points_only(series_of, window_of):
    months = series_of(np.full(24, 9.0), first="2020-01")
    quarters = series_of(np.full(8, 27.0), grain="quarter", first="2020-01")
    laid = same_dates(months, window_of(months, start=13), quarters)  # baseline January 2020 – January 2021
    assert places(laid.baseline) == [0, 1, 2, 3]
    assert places(laid.period) == [5, 6, 7]  # the first quarter of 2021 holds a month of the baseline
