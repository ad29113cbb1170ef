"""The figure's lines agree with the estimate, and the band holds single points as often as it says."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.models import counterfactual, own_trend, own_trend_fit
from evaluation.models.ar1 import ar1_design, correlated
from evaluation.models.prediction import deviation_spread
from evaluation.models.reml import fit_reml


def test_fitted_and_expected_cases_sum_to_those_of_the_estimate(series_of, window_of, counts_of):
    series = series_of(counts_of(1, n=60, start=40, mean=30), np.linspace(900, 1100, 60))
    window = window_of(series, 40)
    line, estimate = counterfactual(series, window), own_trend(series, window, draws=199)
    assert line.fitted[window.baseline].sum() == pytest.approx(series.count[window.baseline].sum())
    assert line.fitted[window.period].sum() == pytest.approx(estimate.observed)
    assert line.expected[window.period].sum() == pytest.approx(estimate.expected)
    assert line.expected[:40] == pytest.approx(line.fitted[:40])
    assert line.fitted[40:] / line.expected[40:] == pytest.approx(np.full(20, estimate.estimate))
    assert line.expected_rate == pytest.approx(line.expected / series.exposure * 100_000)
    assert (line.low < line.expected).all()
    assert (line.expected < line.high).all()


def test_a_value_series_has_its_own_line(series_of, window_of):
    values = 5 + 0.1 * np.arange(40) + np.random.default_rng(2).standard_normal(40) - 3.0 * (np.arange(40) >= 25)
    series = series_of(values, scale="value")
    window = window_of(series, 25)
    line, estimate = counterfactual(series, window), own_trend(series, window, draws=199)
    assert (line.fitted - line.expected)[25:] == pytest.approx(np.full(15, estimate.estimate))
    assert line.fitted_rate == pytest.approx(line.fitted)


def test_gaps_are_bridged_and_points_outside_are_empty(series_of, window_of, counts_of):
    counts = counts_of(3, n=60, start=40)
    counts[[20, 21]] = np.nan
    series = series_of(counts)
    line = counterfactual(series, window_of(series, 40, 55, 5))
    assert np.isnan(line.expected[:5]).all()
    assert np.isnan(line.expected[55:]).all()
    assert np.isfinite(line.expected[5:55]).all()
    assert np.flatnonzero(~line.used[5:55]).tolist() == [15, 16]


def test_the_fit_of_the_estimate_is_reused(series_of, window_of, counts_of):
    series = series_of(counts_of(4))
    window = window_of(series, 36)
    fit = own_trend_fit(series, window)
    line = counterfactual(series, window, fit=fit)
    assert line.fit is fit
    assert line.expected == pytest.approx(counterfactual(series, window).expected)


def test_a_point_strays_as_far_as_the_matrices_of_the_textbook_say():
    # brute force: Var(y₀ − x₀′β̂) from the joint covariance of all points, here with a prediction far from the rest
    time, ahead = np.array([0, 1, 2, 4, 5, 7, 8]), np.array([5, 9])
    X = np.column_stack([np.ones(7), time]).astype(float)
    fit = fit_reml(ar1_design(X, time), np.random.default_rng(5).standard_normal((7, 1)))
    every = np.concatenate([time, ahead])
    joint = float(fit.rho[0]) ** np.abs(every[:, None] - every[None, :])
    inverse = np.linalg.inv(joint[:7, :7])
    hat = np.linalg.solve(X.T @ inverse @ X, X.T @ inverse)
    x0 = np.column_stack([np.ones(2), ahead]).astype(float)
    weights = np.column_stack([-(x0 @ hat), np.eye(2)])
    expected = fit.sigma[0] * np.sqrt(np.diag(weights @ joint @ weights.T))
    assert deviation_spread(fit, x0, ahead) == pytest.approx(expected)


@pytest.mark.parametrize("rho", [0.0, 0.5])
def test_the_band_holds_nineteen_of_twenty_points_when_nothing_happened(series_of, window_of, rho):
    random = np.random.default_rng(6)
    inside = []
    for noise in correlated(random.standard_normal((48, 250)), np.arange(48), np.array(rho)).T:
        series = series_of(20 + noise, scale="value")
        window = window_of(series, 36)
        line = counterfactual(series, window, harmonics=0)
        inside.append(np.mean((series.count >= line.low)[36:] & (series.count <= line.high)[36:]))
    # 250 series of 12 dependent points: standard error about 0.009 at ρ = 0.5
    assert np.mean(inside) == pytest.approx(0.95, abs=0.027)
