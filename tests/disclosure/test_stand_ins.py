"""Stand-ins: whatever is computed follows from what is printed, so hidden counts cannot be computed back from it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evaluation.disclosure import Limit, Protected, Total, protect_series, with_stand_ins
from evaluation.models import own_trend
from evaluation.series import TimeSeries, Window
from evaluation.session import StudySession, open_study
from evaluation.study.model import Thresholds

ROOT = Path(__file__).parents[2]
MONTHS, START = 48, 24
LIMIT = Limit(5, zeros_are_small=False)
HIDDEN = np.isin(np.arange(MONTHS), [3, 17])
SUMS = (Total("baseline", np.arange(MONTHS) < START), Total("period", np.arange(MONTHS) >= START))
PROTECTED = Protected(HIDDEN, HIDDEN, frozenset(), np.zeros(MONTHS, dtype=bool))


def series_of(counts: np.ndarray) -> TimeSeries:
    start = (np.datetime64("2019-01") + np.arange(counts.size)).astype("datetime64[D]")
    none = np.zeros(counts.size, dtype=bool)
    return TimeSeries("theft", "9999", "month", start, counts.astype(float), np.full(counts.size, 1500.0), none)


def with_pair(first: int, second: int) -> TimeSeries:
    """Give months of 8 to 16 cases whose months 3 and 17 are small; only their sum, 5, is known from outside."""
    counts = np.random.default_rng(8).poisson(12, MONTHS).clip(8, 16)
    counts[[3, 17]] = first, second
    return series_of(counts)


def ratio(series: TimeSeries) -> str:
    return f"{estimated(series):.2f}"


def estimated(series: TimeSeries) -> float:
    at = np.arange(MONTHS)
    window = Window(
        agreement="1",
        baseline=at < START,
        period=at >= START,
        transition=np.zeros(MONTHS, dtype=bool),
        period_start=series.start[START],
        baseline_kind="previous",
        share_observed=1.0,
    )
    return own_trend(series, window, draws=199, seed=1).estimate


def test_a_ratio_to_two_decimals_would_tell_which_pair_is_true() -> None:
    # 1 + 4, 2 + 3, 3 + 2, 4 + 1 print the same points and sums; the true model's ratio tells them apart
    found = [ratio(with_pair(first, 5 - first)) for first in (1, 2, 3, 4)]
    assert len(set(found)) == len(found)


def test_the_ratio_of_stand_ins_is_the_same_for_all_that_print_the_same() -> None:
    pairs = [with_stand_ins(with_pair(first, 5 - first), PROTECTED, SUMS, LIMIT, seed=7) for first in (1, 2, 3, 4)]
    assert all(np.array_equal(pairs[0].count, other.count) for other in pairs)
    assert len({ratio(one) for one in pairs}) == 1


def test_shown_points_and_printed_sums_stay() -> None:
    true = with_pair(2, 3)
    made = with_stand_ins(true, PROTECTED, SUMS, LIMIT, seed=7)
    assert np.array_equal(made.count[~HIDDEN], true.count[~HIDDEN])
    assert made.count[HIDDEN].sum() == pytest.approx(5, abs=1e-9)
    assert (made.count[HIDDEN] >= 1 - 1e-6).all()  # where zeros are printed, none is hidden
    assert made.count[:START].sum() == pytest.approx(true.count[:START].sum(), abs=1e-9)


def test_a_withheld_sum_does_not_enter() -> None:
    withheld = replace(PROTECTED, withheld=frozenset({"baseline"}))
    low, high = (with_stand_ins(with_pair(*pair), withheld, SUMS, LIMIT, seed=7) for pair in ((1, 1), (4, 4)))
    assert np.array_equal(low.count, high.count)  # their sums differ, 2 and 8, and nobody may see it


def test_overlapping_sums_are_kept_all() -> None:
    rng = np.random.default_rng(3)
    counts = rng.poisson(5, 60).astype(float)
    at = np.arange(60)
    totals = tuple(Total(f"{a}-{b}", (at >= a) & (at < b)) for a, b in ((0, 24), (12, 36), (24, 60), (0, 60)))
    series = replace(series_of(np.ones(60)), count=counts)
    protected = protect_series(series, Thresholds(), totals=totals)
    assert protected.hidden.sum() > 10
    made = with_stand_ins(series, protected, totals, LIMIT, seed=1)
    for one in totals:
        if one.name not in protected.withheld:
            assert made.count[one.points].sum() == pytest.approx(counts[one.points].sum(), abs=1e-8)


def test_nothing_hidden_nothing_changed() -> None:
    series = with_pair(8, 9)
    none = np.zeros(MONTHS, dtype=bool)
    assert with_stand_ins(series, Protected(none, none, frozenset(), none), SUMS, LIMIT, seed=7) is series


def test_estimates_are_not_biased_by_the_stand_ins() -> None:
    # 40 per cent fewer cases, months of 7 and 4.2: about a third is hidden. The log estimate moves by 0.16, to either
    # side: the mean over 30 series has a standard error of 0.16 / sqrt(30) = 0.03.
    moved = []
    for seed in range(30):
        means = np.where(np.arange(MONTHS) < START, 7.0, 7.0 * 0.6)
        series = series_of(np.random.default_rng(seed).poisson(means))
        protected = protect_series(series, Thresholds(), totals=SUMS)
        made = with_stand_ins(series, protected, SUMS, LIMIT, seed)
        moved.append(np.log(estimated(made) / estimated(series)))
    assert abs(np.mean(moved)) < 0.09
    assert np.std(moved) < 0.25  # the estimate's own standard error is about 0.25


@pytest.fixture(scope="module")
def session() -> StudySession:
    return open_study("exempelkoping", root=ROOT)


def test_every_evaluation_of_a_study_is_made_from_stand_ins(session: StudySession) -> None:
    indicator = session.find_indicator("public_violence_month")
    protected, true = session.data.protected(indicator), session.data.series(indicator)
    used = next(e for e in session.evaluations("4", with_checks=False) if e.indicator is indicator).series
    assert protected.hidden.sum() > 0
    assert np.array_equal(used.count[~protected.hidden], true.count[~protected.hidden])
    assert (used.count[protected.hidden] != true.count[protected.hidden]).any()
    assert np.array_equal(used.count, session.data.modelled(indicator).count)
