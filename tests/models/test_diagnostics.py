"""Residual tests, influence, and the searched break."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.models import influence, ljung_box, own_trend_fit, searched_break, whiteness
from evaluation.models.ar1 import ar1_design, correlated
from evaluation.models.influence import cook_distances
from evaluation.models.reml import fit_reml

T = np.arange(48)
X = np.column_stack([np.ones(48), T / 12, T >= 30]).astype(float)


def test_ljung_box_by_hand():
    # residuals 1, −1, 1, −1: r₁ = −3/4, r₂ = 2/4; Q = 4·6·(0.5625/3 + 0.25/2)
    found = ljung_box(np.array([1.0, -1, 1, -1]), 2)
    assert found.statistic == pytest.approx(7.5)
    assert found.p == pytest.approx(np.exp(-7.5 / 2))  # chi-square with 2 degrees of freedom
    assert ljung_box(np.array([1.0, -1, 1, -1]), 2, fitted=1).df == 1


def test_whiteness_keeps_its_five_per_cent_where_the_chi_square_does_not():
    waves = [wave(2 * np.pi * k * T / 12) for k in (1, 2) for wave in (np.sin, np.cos)]
    design = ar1_design(np.column_stack([X, *waves]), T)
    fit = fit_reml(design, correlated(np.random.default_rng(1).standard_normal((48, 200)), T, np.array(0.4)))
    chi = np.mean([ljung_box(column, 12, fitted=1).p < 0.05 for column in fit.all_whitened.T])
    own = np.mean([whiteness(fit.alone(k), 12, draws=99).p < 0.05 for k in range(200)])
    assert chi > 0.07
    assert own == pytest.approx(0.05, abs=0.045)  # standard error 0.015


def test_whiteness_sees_what_an_ar1_cannot_hold():
    random = np.random.default_rng(2)
    noise = random.standard_normal((96, 1))
    noise[4:] += 0.9 * noise[:-4].copy()  # a moving average at lag 4
    time = np.arange(96)
    fit = fit_reml(ar1_design(np.ones((96, 1)), time), noise)
    assert whiteness(fit, 12).p < 0.05


def test_the_point_that_carries_the_effect_is_found(series_of, window_of):
    values = np.random.default_rng(3).standard_normal(48)
    values[40] += 12
    series = series_of(values, scale="value")
    window = window_of(series, 30)
    fit = own_trend_fit(series, window, harmonics=0)
    found = influence(series, window, fit)
    assert found.most_influential == 40
    assert found.rows[found.cook.argmax()] == 40
    assert abs(found.effect[40] - found.full) > 5 * np.median(np.abs(found.effect - found.full))


def test_leaving_out_a_point_is_fitting_without_it(series_of, window_of, counts_of):
    counts = counts_of(4)
    series = series_of(counts)
    window = window_of(series, 36)
    found = influence(series, window, own_trend_fit(series, window))
    without = counts.copy()
    without[11] = np.nan
    shorter = series_of(without)
    fit = own_trend_fit(shorter, window_of(shorter, 36), harmonics=2)
    assert found.effect[11] == pytest.approx(float(fit.reml.beta[0, 2]), abs=1e-8)


def test_cook_distances_are_those_of_least_squares_when_nothing_is_correlated(series_of, window_of):
    from statsmodels.api import OLS

    values = np.random.default_rng(5).standard_normal(48)
    series = series_of(values, scale="value")
    fit = own_trend_fit(series, window_of(series, 30), harmonics=0)
    rho = float(fit.reml.rho[0])
    keep, root = np.sqrt(1 - rho**2), rho
    turned = np.vstack([X[:1], (X[1:] - root * X[:-1]) / keep])
    y = np.concatenate([values[:1], (values[1:] - root * values[:-1]) / keep])
    peer = OLS(y, turned).fit().get_influence().cooks_distance[0]
    assert cook_distances(fit) == pytest.approx(peer, rel=1e-6)


@pytest.mark.parametrize(("step", "clear"), [(0.0, False), (5.0, True)])
def test_a_break_is_dated_when_there_is_one(step, clear):
    noise = correlated(np.random.default_rng(6).standard_normal((60, 1)), np.arange(60), np.array(0.3))
    noise[37:] += step
    fit = fit_reml(ar1_design(np.ones((60, 1)), np.arange(60)), noise)
    found = searched_break(fit, draws=399)
    assert (found.p < 0.05) == clear
    if clear:
        assert found.low <= 36 <= found.high
        assert abs(found.last_before - 36) <= 1
    assert found.candidates[0] == 8  # fifteen per cent of sixty points are nine
    assert found.candidates[-1] == 50
