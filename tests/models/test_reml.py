"""REML with AR(1) errors: the likelihood is the dense one, and its maximum is found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.models import NotEstimableError, fit_reml
from evaluation.models.ar1 import ar1_design, correlated, whitened
from evaluation.models.bootstrap import moments_of, statistics
from evaluation.models.reml import grid_of, restricted_loglik


def dense_loglik(X, time, y, rho):
    """The formula of the module docstring with whole matrices, as a textbook has it."""
    n, p = X.shape
    R = rho ** np.abs(time[:, None] - time[None, :]).astype(float)
    inverse = np.linalg.inv(R)
    information = X.T @ inverse @ X
    beta = np.linalg.solve(information, X.T @ inverse @ y)
    residual = y - X @ beta
    variance = residual @ inverse @ residual / (n - p)
    logs = np.linalg.slogdet(R)[1] + np.linalg.slogdet(information)[1]
    return -0.5 * ((n - p) * (np.log(2 * np.pi * variance) + 1) + logs), beta, variance, information


def step_matrix(time, start):
    return np.column_stack([np.ones(time.size), time / 12.0, time >= start, np.sin(time / 2.0)]).astype(float)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.floats(-0.9, 0.9))
def test_moments_give_the_dense_likelihood_and_estimates_also_with_gaps(seed, rho):
    random = np.random.default_rng(seed)
    time = np.cumsum(random.choice([1, 1, 1, 2, 3, 5], size=20))
    X = step_matrix(time, time[11])
    y = random.standard_normal(20)
    design = ar1_design(X, time)
    expected, *_ = dense_loglik(X, time, y, rho)
    assert restricted_loglik(design, y[:, None], np.array([rho]))[0] == pytest.approx(expected, abs=1e-8)
    fit = fit_reml(design, y[:, None])
    if not fit.on_boundary[0]:
        best, beta, variance, information = dense_loglik(X, time, y, fit.rho[0])
        assert fit.loglik[0] == pytest.approx(best, abs=1e-8)
        assert fit.beta[0] == pytest.approx(beta, rel=1e-6, abs=1e-8)
        assert fit.sigma[0] ** 2 == pytest.approx(variance, rel=1e-7)
        assert fit.unscaled[0] == pytest.approx(np.linalg.inv(information), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(
    ("n", "start", "season"), [(24, 12, False), (36, 24, True), (48, 36, True), (60, 30, True), (100, 50, False)]
)
def test_no_point_of_a_fine_grid_beats_the_optimiser_in_five_thousand_series(n, start, season):
    random = np.random.default_rng(n)
    time = np.arange(n) if n != 60 else np.delete(np.arange(63), [7, 30, 31])  # one design with gaps
    waves = [f(2 * np.pi * k * time / 12) for k in (1, 2) for f in (np.sin, np.cos)] if season else []
    X = np.column_stack([np.ones(n), time / 12, time >= start, *waves]).astype(float)
    design = ar1_design(X, time)
    series = correlated(random.standard_normal((n, 1000)), time, random.uniform(-0.6, 0.97, 1000))
    fit = fit_reml(design, series)
    fine = np.linspace(-0.989, 0.989, 2001)
    grid = grid_of(design, fine)
    parts = np.split(series, 10, axis=1)
    best = np.concatenate([grid.loglik(*moments_of(grid, part)).max(axis=0) for part in parts])
    assert np.max(best - fit.loglik) < 1e-6


def test_many_responses_are_fitted_as_each_alone():
    random = np.random.default_rng(4)
    time = np.arange(40)
    design = ar1_design(step_matrix(time, 20), time)
    series = random.standard_normal((40, 25))
    together = fit_reml(design, series)
    for column in range(25):
        alone = fit_reml(design, series[:, [column]])
        assert alone.rho[0] == pytest.approx(together.rho[column], abs=1e-9)
        assert alone.beta[0] == pytest.approx(together.beta[column], abs=1e-9)


def test_the_bootstrap_statistics_are_those_of_the_exact_fits():
    random = np.random.default_rng(5)
    time = np.arange(48)
    design = ar1_design(step_matrix(time, 36), time)
    series = correlated(random.standard_normal((48, 500)), time, np.array(0.4))
    contrast = np.array([0.0, 0.0, 1.0, 0.0])
    quick = statistics(grid_of(design), contrast[None, :], series)
    exact = fit_reml(design, series)
    t = exact.effect(contrast) / exact.standard_error(contrast)
    assert np.quantile(np.abs(quick.t[0] - t), 0.99) < 0.01
    assert np.quantile(np.abs(quick.rho - exact.rho), 0.99) < 0.002


def test_whitening_undoes_correlation_also_over_gaps():
    normals = np.random.default_rng(6).standard_normal((30, 4))
    time = np.cumsum(np.tile([1, 2, 1, 4, 1], 6))
    assert whitened(correlated(normals, time, np.array(0.7)), time, 0.7) == pytest.approx(normals, abs=1e-12)


def test_a_gap_costs_nothing_but_information():
    # ρ to the power of the distance: with points 0, 1, 4 and ρ = 0.5 the correlations are 0.5, 0.0625 and 0.125
    identity = np.eye(3)
    root = correlated(identity, np.array([0, 1, 4]), np.array(0.5))
    assert root @ root.T == pytest.approx(np.array([[1, 0.5, 0.0625], [0.5, 1, 0.125], [0.0625, 0.125, 1]]))


@pytest.mark.parametrize(
    ("X", "reason"),
    [
        (
            np.column_stack([np.ones(6), np.arange(6), np.arange(6) > 2, np.arange(6) % 2]).astype(float),
            "too_few_points",
        ),
        (np.column_stack([np.ones(9), np.arange(9), 2 + 3 * np.arange(9)]).astype(float), "collinear"),
    ],
)
def test_a_design_without_an_answer_is_refused_with_its_reason(X, reason):
    with pytest.raises(NotEstimableError) as caught:
        ar1_design(X, np.arange(X.shape[0]))
    assert caught.value.reason == reason


def test_a_series_without_variation_has_no_standard_error():
    time = np.arange(20)
    X = step_matrix(time, 10)
    with pytest.raises(NotEstimableError) as caught:
        fit_reml(ar1_design(X, time), X @ np.array([[1.0], [0.1], [2.0], [0.5]]))
    assert caught.value.reason == "missing_standard_error"
