"""Trends, their turns, seasonal adjustment, and projections."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.errors import ParameterError
from evaluation.models import project, trend
from evaluation.models.ar1 import correlated


def test_level_season_and_growth_of_a_series_made_by_hand(series_of):
    t = np.arange(72)
    factor = np.exp(0.2 * np.cos(2 * np.pi * t / 12))  # January highest, geometric mean 1
    wobble = 1 + 1e-6 * np.random.default_rng(1).standard_normal(72)
    series = series_of(5_000 * 1.06 ** (t / 12) * factor * wobble - 0.5, 10_000.0)
    found = trend(series, draws=199)
    assert found.overall.change == pytest.approx(6.0, abs=1e-3)
    assert found.overall.p == pytest.approx(1 / 200)
    assert found.season[0] == pytest.approx(np.exp(0.2), rel=1e-5)
    assert np.prod(found.season) == pytest.approx(1.0)
    # middle of the series: month 35.5 of a rate that starts at 50 000 per 100 000 and year
    assert found.level == pytest.approx(50_000 * 1.06 ** (35.5 / 12), rel=1e-4)
    assert found.adjusted == pytest.approx(found.line, rel=1e-3)
    assert found.line[60] / found.line[48] == pytest.approx(1.06, rel=1e-5)


def test_each_agreement_has_its_own_trend_and_each_turn_is_their_difference(series_of):
    t = np.arange(96)
    log_rate = np.where(t < 48, 0.10 * t / 12, 0.4 - 0.05 * (t - 48) / 12)
    noise = 0.01 * np.random.default_rng(2).standard_normal(96)
    series = series_of(1e5 * np.exp(log_rate + noise), 1e6)
    found = trend(series, {"1": t < 48, "2": (t >= 48) & (t < 90), "3": t >= 90})
    first, second = found.segments
    assert first.change == pytest.approx(100 * np.expm1(0.10), abs=0.5)
    assert second.change == pytest.approx(100 * np.expm1(-0.05), abs=0.5)
    assert first.low < first.change < first.high
    (turn,) = found.turns
    assert turn.name == "1 → 2"
    # ratio of the yearly factors: the change of the later over the change of the earlier
    assert 1 + turn.change / 100 == pytest.approx((1 + second.change / 100) / (1 + first.change / 100))
    assert turn.p < 0.05
    assert (first.n, second.n, turn.n) == (48, 42, 90)
    assert found.refused["3"].reason == "too_few_points"
    # one straight line through a roof: its residuals wander so far that no line can be stated
    assert found.overall is None
    assert found.refused["overall"].reason == "boundary_rho"
    assert np.isnan([found.level_low, found.level_high]).all()
    assert np.isfinite(found.adjusted).all()


def test_a_value_series_changes_by_units_a_year(series_of):
    t = np.arange(40)
    values = 70 + 0.5 * t / 4 + 3 * np.where(t % 4 == 2, 1, 0) + 0.01 * np.random.default_rng(3).standard_normal(40)
    found = trend(series_of(values, scale="value", grain="quarter"))
    assert found.overall.change == pytest.approx(0.5, abs=0.01)
    # third quarter 3 above the others: 3 − 3/4 above the mean of the year
    assert found.season == pytest.approx([-0.75, -0.75, 2.25, -0.75], abs=0.02)
    assert found.harmonics == 2


def test_unpublished_points_stay_empty_when_adjusted(series_of, counts_of):
    counts = counts_of(4, n=48)
    counts[[7, 8]] = np.nan
    found = trend(series_of(counts))
    assert np.flatnonzero(np.isnan(found.adjusted)).tolist() == [7, 8]
    assert found.overall.n == 46


def test_a_projection_goes_on_with_the_line_and_says_what_is_counted(series_of):
    t = np.arange(60)
    noise = 1e-5 * np.random.default_rng(5).standard_normal(60)
    series = series_of(1000 * 1.1 ** (t / 12) * np.exp(noise), 1000.0)
    found = project(series, np.datetime64("2020-06-15"), counted=t >= 48)
    assert found.start.astype(str).tolist() == [f"2020-0{month}-01" for month in range(1, 6)]  # June ends after
    assert found.expected == pytest.approx(1000 * 1.1 ** (np.arange(60, 65) / 12), rel=1e-3)
    assert found.total == pytest.approx(found.expected.sum(), rel=1e-4)
    assert found.observed == pytest.approx(series.count[48:].sum())
    assert found.n_observed == 12
    assert found.expected_rate == pytest.approx(found.expected * 100)


def test_a_projection_needs_a_day_beyond_the_series(series_of, counts_of):
    series = series_of(counts_of(6))
    with pytest.raises(ParameterError, match="until"):
        project(series, np.datetime64("2016-12-31"))


def test_prediction_limits_hold_future_points_and_their_sum(series_of):
    random = np.random.default_rng(7)
    points, sums = [], []
    for noise in correlated(random.standard_normal((68, 100)), np.arange(68), np.array(0.4)).T:
        found = project(series_of(30 + noise[:60], scale="value"), np.datetime64("2020-08-31"), harmonics=0)
        future = 30 + noise[60:]
        points.append(np.mean((future >= found.low) & (future <= found.high)))
        sums.append(found.total_low <= future.mean() <= found.total_high)
    assert 0.92 <= np.mean(points) <= 0.99  # 8 dependent points each: standard error 0.012
    assert 0.90 <= np.mean(sums) <= 1.0  # standard error 0.022
