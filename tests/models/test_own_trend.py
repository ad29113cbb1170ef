"""The own-trend estimates: what enters, what comes out, and when there is no number."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from evaluation.errors import EstimationError, ParameterError
from evaluation.models import (
    NotEstimableError,
    own_trend,
    own_trend_fit,
    own_trends,
    reml_estimate,
    season_frequencies,
)
from evaluation.models.design import fourier, own_trend_design, points_spanned

ALL = ("own_trend_reml", "own_trend_quasi_poisson", "own_trend_negative_binomial", "own_trend_hac")


def test_an_exact_log_line_with_a_step_gives_exactly_its_ratio(series_of, window_of):
    # log(count + 0.5) = log 50 + 0.03 t/12 + log(0.8) from month 24 on, plus a small disturbance that sums to nothing
    # against every column: the effect is 0.8 to the last digit
    t = np.arange(36)
    X = np.column_stack([np.ones(36), t, t >= 24, *fourier(t % 12, 12, 2)[0].T])
    noise = np.random.default_rng(1).standard_normal(36)
    noise -= X @ np.linalg.lstsq(X, noise, rcond=None)[0]
    series = series_of(50 * np.exp(0.03 * t / 12 + 1e-9 * noise) * np.where(t >= 24, 0.8, 1.0) - 0.5, 1.0)
    found = own_trend(series, window_of(series, 24), draws=199)
    assert found.estimate == pytest.approx(0.8, abs=1e-8)
    assert found.details["trend_per_year"] == pytest.approx(np.exp(0.03), abs=1e-8)
    assert found.expected == pytest.approx(found.observed / 0.8, rel=1e-7)
    assert (found.n_baseline, found.n_period) == (24, 12)


def test_all_designs_recover_a_fall_of_thirty_per_cent(series_of, window_of, counts_of):
    series = series_of(counts_of(2, n=96, start=60, mean=400, sd=0.05, effect=0.7))
    found = own_trends(series, window_of(series, 60))
    assert tuple(one.design for one in found.estimates) == ALL
    assert not found.refused
    for one in found.estimates:
        assert one.low < 0.7 < one.high
        assert one.p < 0.05
        assert one.high < 1
        assert one.observed == series.count[60:].sum()
        assert one.expected == pytest.approx(one.observed / one.estimate)


def test_a_value_series_is_additive_and_has_no_count_model(series_of, window_of):
    values = 40 + np.random.default_rng(3).standard_normal(40) + np.where(np.arange(40) >= 20, -5.0, 0.0)
    series = series_of(values, scale="value")
    found = own_trends(series, window_of(series, 20))
    assert [one.design for one in found.estimates] == ["own_trend_reml", "own_trend_hac"]
    for one in found.estimates:
        assert one.scale == "additive"
        assert one.neutral == 0
        assert one.low < -5 < one.high
        assert one.observed == pytest.approx(values[20:].mean())
        assert one.expected == pytest.approx(one.observed - one.estimate)
    with pytest.raises(NotEstimableError) as caught:
        own_trend(series, window_of(series, 20), design="own_trend_quasi_poisson")
    assert caught.value.reason == "wrong_scale"


def test_with_a_slope_change_the_effect_is_the_average_over_the_period(series_of, window_of, counts_of):
    series = series_of(counts_of(4, n=72, start=48, mean=300))
    window = window_of(series, 48)
    found = own_trend(series, window, slope_change=True, draws=399)
    # 24 monthly points from the start: mean distance 11.5 months; year 1: 5.5, year 2: 17.5 months
    level, slope = np.log(found.details["level_change"]), np.log(found.details["slope_change_per_year"])
    assert np.log(found.estimate) == pytest.approx(level + slope * 11.5 / 12)
    assert np.log(found.details["effect_year_1"]) == pytest.approx(level + slope * 5.5 / 12)
    assert np.log(found.details["effect_year_2"]) == pytest.approx(level + slope * 17.5 / 12)
    assert found.details["slope_change_per_year_low"] < 1 < found.details["slope_change_per_year_high"]


def test_each_year_of_the_period_has_its_own_effect(series_of, window_of, counts_of):
    counts = counts_of(5, n=84, start=60, mean=2000, sd=0.02)
    counts[60:72] *= 0.8  # first year only
    series = series_of(np.round(counts))
    details = own_trend(series, window_of(series, 60)).details
    assert details["effect_year_1_high"] < 1
    assert details["effect_year_1_low"] < 0.8 < details["effect_year_1_high"]
    assert details["effect_year_2_low"] < 1 < details["effect_year_2_high"]
    assert "effect_year_3" not in details


def test_the_years_come_from_a_fit_with_a_trend_of_its_own_and_say_so(series_of, window_of):
    # A step that grows from year to year: one step takes the growth for trend, a step per year does not.
    months = np.arange(84)
    noise = np.random.default_rng(8).standard_normal(84) * 0.03
    log = 7 + np.where(months >= 48, -0.1 * ((months - 48) // 12 + 1), 0.0) + noise
    series = series_of(np.round(np.exp(log)))
    found = own_trend(series, window_of(series, 48), harmonics=0, draws=199)
    assert np.log(found.details["effect_years_trend_per_year"]) == pytest.approx(0.0, abs=0.01)
    assert np.log(found.details["trend_per_year"]) < -0.01
    years = [np.log(found.details[f"effect_year_{k}"]) for k in (1, 2, 3)]
    assert years == pytest.approx([-0.1, -0.2, -0.3], abs=0.03)
    assert np.mean(years) < np.log(found.estimate) - 0.03  # they do not average to the effect
    assert "need not average" in found.method
    with_slope = own_trend(series, window_of(series, 48), harmonics=0, slope_change=True, draws=199)
    assert "effect_years_trend_per_year" not in with_slope.details
    assert "need not average" not in with_slope.method


def test_a_half_observed_year_is_told_and_a_shorter_one_is_not(series_of, window_of, counts_of):
    series = series_of(counts_of(6, n=78, start=48, mean=200))
    assert "effect_year_3" in own_trend(series, window_of(series, 48, 78), draws=199).details  # 30 months
    assert "effect_year_3" not in own_trend(series, window_of(series, 48, 77), draws=199).details  # 29 months


def test_unpublished_points_are_left_out_but_time_keeps_its_distance(series_of, window_of, counts_of):
    counts = counts_of(7, n=60, start=40)
    counts[[10, 11, 50]] = np.nan
    series = series_of(counts)
    design = own_trend_design(series, window_of(series, 40))
    assert design.rows.tolist() == [t for t in range(60) if t not in (10, 11, 50)]
    assert np.diff(design.X[:, 1])[8:11] == pytest.approx([1 / 12, 3 / 12, 1 / 12])  # a gap of three months
    found = own_trend(series, window_of(series, 40), draws=199)
    assert (found.n_baseline, found.n_period) == (38, 19)
    assert found.observed == np.nansum(counts[40:])


def test_points_outside_the_window_do_not_matter(series_of, window_of, counts_of):
    counts = counts_of(8, n=70, start=50)
    changed = counts.copy()
    changed[:10] += 500
    changed[66:] += 500
    first, second = (series_of(values) for values in (counts, changed))
    one = own_trend(first, window_of(first, 50, 66, 10), draws=199)
    other = own_trend(second, window_of(second, 50, 66, 10), draws=199)
    assert one.estimate == other.estimate
    assert (one.low, one.high, one.p) == (other.low, other.high, other.p)


def test_the_same_seed_gives_the_same_interval_and_another_one_nearly(series_of, window_of, counts_of):
    series = series_of(counts_of(9))
    window = window_of(series, 36)
    first, again, other = (own_trend(series, window, seed=seed) for seed in (1, 1, 2))
    assert (first.low, first.high, first.p) == (again.low, again.high, again.p)
    assert first.low != other.low
    assert first.low == pytest.approx(other.low, rel=0.05)


def test_one_fit_serves_the_estimate(series_of, window_of, counts_of):
    series = series_of(counts_of(10))
    window = window_of(series, 36)
    fit = own_trend_fit(series, window)
    assert reml_estimate(series, window, fit) == own_trend(series, window)


@pytest.mark.parametrize(
    ("grain", "points", "asked", "expected"),
    [
        ("month", 24, None, 2),
        ("month", 23, None, 0),
        ("quarter", 8, None, 2),
        ("quarter", 7, None, 0),
        ("year", 30, None, 0),
        ("month", 10, 3, 3),
        ("quarter", 40, 5, 2),
        ("year", 30, 2, 0),
    ],
)
def test_the_season_follows_the_length_of_the_baseline(grain, points, asked, expected):
    assert season_frequencies(grain, points, asked) == expected


@pytest.mark.parametrize(
    ("missing", "points"),
    [
        ([], 24),
        ([6], 24),  # the seventh month of 24: two years from first to last
        ([0], 23),  # the first month: 23 from the second to the last
        ([4, 5, 6, 7, 8, 9], 24),  # 18 of 24 are three quarters
        ([4, 5, 6, 7, 8, 9, 10], 17),  # 17 of 24 are fewer: only those count
    ],
)
def test_a_missing_point_does_not_make_two_years_shorter(missing, points):
    mask = np.ones(24, dtype=bool)
    mask[missing] = False
    assert points_spanned(mask) == points


def test_a_single_missing_month_leaves_the_season_in_the_model(series_of, window_of):
    # level 10, season 3 sin(2πt/12), step +2 from t = 24, small noise; month 19 stands at the trough of the sine
    t = np.arange(42)
    values = 10 + 3 * np.sin(2 * np.pi * t / 12) + 2.0 * (t >= 24) + np.random.default_rng(3).normal(0, 0.05, 42)
    values[19] = np.nan
    series = series_of(values, scale="value")
    found = own_trend(series, window_of(series, 24), draws=199)
    assert found.details["harmonics"] == 2
    assert found.estimate == pytest.approx(2.0, abs=0.15)
    bent = own_trend(series, window_of(series, 24), draws=199, harmonics=0)
    assert abs(bent.estimate - 2.0) > 0.3


def test_quarters_get_one_pair_and_the_alternation():
    columns, names = fourier(np.arange(4), 4, 2)
    assert names == ("sin1", "cos1", "cos2")
    assert columns[:, 0] == pytest.approx([0, 1, 0, -1])
    assert columns[:, 2] == pytest.approx([1, -1, 1, -1])


def test_an_autocorrelation_on_its_boundary_is_refused(series_of, window_of):
    walk = np.cumsum(np.where(np.arange(30) < 15, 1.0, 2.5) * np.linspace(1, 4, 30))
    series = series_of(np.exp(walk / 20) * 100, 1.0)
    with pytest.raises(NotEstimableError) as caught:
        own_trend(series, window_of(series, 15))
    assert caught.value.reason == "boundary_rho"
    assert isinstance(caught.value, EstimationError)
    assert caught.value.kind == "estimation"


@pytest.mark.parametrize("design", ALL)
def test_too_few_points_and_no_cases_are_refused_by_every_design(series_of, window_of, design):
    short = series_of([4, 5, 6, 7, 8.0])  # level, trend, step: two degrees of freedom left
    with pytest.raises(NotEstimableError) as caught:
        own_trend(short, window_of(short, 3), design=design)
    assert caught.value.reason == "too_few_points"
    silent = series_of([4, 5, 6, 7, 8, 4, 5, 6, 0, 0, 0, 0.0])
    with pytest.raises(NotEstimableError) as caught:
        own_trend(silent, window_of(silent, 8), design=design)
    assert caught.value.reason == "no_cases"
    empty = series_of([4, 5, 6, 7, 8, 4, 5, 6, np.nan, np.nan])
    with pytest.raises(NotEstimableError) as caught:
        own_trend(empty, window_of(empty, 8), design=design)
    assert caught.value.reason == "too_few_points"


def test_an_unknown_design_is_named(series_of, window_of):
    series = series_of(np.arange(30.0))
    with pytest.raises(ParameterError, match="own_trend_hac"):
        own_trend(series, window_of(series, 20), design="ols")


def test_a_refusal_crosses_process_borders_with_its_reason():
    error = NotEstimableError("boundary_rho", found="ρ = 0.99", expected="less")
    again = pickle.loads(pickle.dumps(error))
    assert again.reason == "boundary_rho"
    assert str(again) == str(error)


def test_the_sensitivity_designs_say_what_they_did(series_of, window_of, counts_of):
    series = series_of(counts_of(11, n=60, start=40))
    found = {one.design: one for one in own_trends(series, window_of(series, 40)).estimates}
    assert found["own_trend_hac"].details["lag"] == 3  # 4 (60/100)^(2/9) = 3.57
    assert "lag 3" in found["own_trend_hac"].method
    assert found["own_trend_quasi_poisson"].details["dispersion"] > 0
    assert found["own_trend_negative_binomial"].details["alpha"] >= 0
    assert all(0 <= one.p <= 1 and one.low < one.estimate < one.high for one in found.values())


def test_interval_and_p_never_contradict_each_other(series_of, window_of, counts_of):
    below = []
    for seed in range(60):
        series = series_of(counts_of(seed, n=48, start=36, mean=40, effect=0.7 + 0.01 * seed))
        for one in own_trends(series, window_of(series, 36), draws=199).estimates:
            below.append(one.p < 0.05)
            assert below[-1] == (one.low > 1 or one.high < 1)
    assert 0.1 < np.mean(below) < 0.9
