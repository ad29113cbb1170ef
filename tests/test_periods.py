"""Whole points only, both ends inclusive; gaps between agreements belong to no period."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from evaluation.periods import (
    Span,
    agreement_masks,
    baseline_kinds,
    baseline_span,
    crossed_breaks,
    events_in,
    points_inside,
    share_observed,
    window_of,
)
from evaluation.series import TimeSeries
from evaluation.study import Study, load_study

STUDY_FILE = Path(__file__).parents[1] / "studies" / "upplands-vasby.toml"


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(STUDY_FILE)


def quarters(first: str, n: int, unpublished: tuple[int, ...] = ()) -> TimeSeries:
    start = (np.datetime64(first, "M") + 3 * np.arange(n)).astype("datetime64[D]")
    count = np.full(n, 100.0)
    count[list(unpublished)] = np.nan
    return TimeSeries("all", "0114", "quarter", start, count, np.ones(n), np.zeros(n, dtype=bool))


def starts(series: TimeSeries, mask: np.ndarray) -> list[str]:
    return series.start[mask].astype(str).tolist()


def test_a_point_that_begins_before_the_agreement_is_not_in_it(study: Study) -> None:
    series = quarters("2022-10", 5)  # 2022 Q4 … 2023 Q4; the fourth agreement starts 28 March 2023
    inside = points_inside(series, Span(date(2023, 3, 28), date(2027, 3, 27)))
    assert starts(series, inside) == ["2023-04-01", "2023-07-01", "2023-10-01"]


def test_the_last_day_is_inclusive() -> None:
    series = quarters("2018-07", 3)
    assert starts(series, points_inside(series, Span(date(2018, 1, 1), date(2018, 12, 31)))) == [
        "2018-07-01",
        "2018-10-01",
    ]
    assert starts(series, points_inside(series, Span(date(2018, 1, 1), date(2018, 12, 30)))) == ["2018-07-01"]


def test_the_gap_of_early_2023_is_neither_baseline_nor_period(study: Study) -> None:
    series = quarters("2015-01", 46)
    window = window_of(study, study.agreement("4"), "previous", series)
    gap = series.start == np.datetime64("2023-01-01")
    assert not (window.used & gap).any()
    assert starts(series, window.baseline)[0] == "2021-01-01"
    assert window.baseline.sum() == 8
    assert starts(series, window.period)[0] == "2023-04-01"
    assert window.period.sum() == 13  # 2023 Q2 – 2026 Q2


def test_the_first_agreement_has_only_the_fixed_baseline(study: Study) -> None:
    assert baseline_kinds(study.agreement("1")) == ("fixed",)
    assert baseline_kinds(study.agreement("3")) == ("previous", "fixed")
    series = quarters("2015-01", 46)
    assert baseline_span(study, study.agreement("3"), "fixed", series) == Span(date(2015, 1, 1), date(2016, 12, 31))


def test_unpublished_points_enter_nowhere(study: Study) -> None:
    series = quarters("2015-01", 46, unpublished=(2, 9))
    window = window_of(study, study.agreement("1"), "fixed", series)
    assert window.baseline.sum() == 7
    assert window.period.sum() == 7


def test_share_observed_counts_days_inclusive(study: Study) -> None:
    # The fourth agreement: 28 March 2023 – 27 March 2027 = 1 461 days; to 30 June 2026 = 1 191 days.
    assert (date(2027, 3, 27) - date(2023, 3, 28)).days + 1 == 1461
    assert (date(2026, 6, 30) - date(2023, 3, 28)).days + 1 == 1191
    assert share_observed(quarters("2015-01", 46), study.agreement("4")) == pytest.approx(1191 / 1461)
    assert share_observed(quarters("2015-01", 46), study.agreement("1")) == 1.0
    assert share_observed(quarters("2015-01", 4), study.agreement("1")) == 0.0


def test_agreement_masks_are_disjoint_and_in_order(study: Study) -> None:
    masks = agreement_masks(study, quarters("2015-01", 46))
    assert list(masks) == ["1", "2", "3", "4"]
    assert [int(mask.sum()) for mask in masks.values()] == [8, 8, 8, 13]
    assert np.sum(list(masks.values()), axis=0).max() == 1


def test_events_concern_their_own_series(study: Study) -> None:
    kinds = {event.date for event in events_in(study, "theft", date(2015, 1, 1), date(2026, 6, 30))}
    assert date(2020, 3, 1) in kinds  # pandemic: every series
    assert date(2020, 4, 1) not in kinds  # the batch of 2020 Q2: all offences and vandalism only
    assert date(2021, 3, 1) not in kinds  # the survey's break


def test_no_break_is_crossed_in_the_real_series_but_a_planted_one_is(study: Study) -> None:
    series = quarters("2015-01", 46)
    window = window_of(study, study.agreement("3"), "previous", series)
    assert crossed_breaks(study, "all_offences", series, window) == ()
    pandemic = next(event for event in study.context_events if event.kind == "shock")
    broken = study.model_copy(update={"context_events": (pandemic.model_copy(update={"effect": "series_broken"}),)})
    assert [event.date for event in crossed_breaks(broken, "all_offences", series, window)] == [date(2020, 3, 1)]
