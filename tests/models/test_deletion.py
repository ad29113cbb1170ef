"""Every point left out at once is every point left out in turn: the same ρ, effects and errors as fits without it."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.models import NotEstimableError
from evaluation.models.ar1 import ar1_design, correlated
from evaluation.models.deletion import effects_without
from evaluation.models.reml import fit_reml


def regression(seed: int, n: int = 40, rho: float = 0.4) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Design (level, trend, step, wave), points of time with gaps of one and two, response; all by seed."""
    random = np.random.default_rng(seed)
    time = np.cumsum(random.choice([1, 1, 1, 2, 3], n))
    X = np.column_stack([np.ones(n), time / 12, np.arange(n) >= n * 2 // 3, np.sin(time)]).astype(float)
    return X, time, correlated(random.standard_normal((n, 1)), time, np.array(rho))[:, 0] + X[:, 1]


def assert_equal_to_fits_without(X: np.ndarray, time: np.ndarray, y: np.ndarray, contrast: np.ndarray) -> np.ndarray:
    """Hold every point left out at once against one fit after the other; return the ρ of these."""
    effect, error = effects_without(ar1_design(X, time), y, contrast)
    left = [np.delete(np.arange(y.size), row) for row in range(y.size)]
    fits = [fit_reml(ar1_design(X[keep], time[keep]), y[keep][:, None]) for keep in left]
    assert effect == pytest.approx([fit.effect(contrast)[0] for fit in fits], abs=1e-9)
    assert error == pytest.approx([fit.standard_error(contrast)[0] for fit in fits], rel=1e-9)
    return np.array([fit.rho[0] for fit in fits])


@pytest.mark.parametrize(("seed", "rho"), [(1, 0.0), (2, 0.4), (3, 0.8), (4, -0.5), (5, 0.95)])
def test_equals_a_fit_without_each_point(seed: int, rho: float) -> None:
    assert_equal_to_fits_without(*regression(seed, rho=rho), np.array([0.0, 0.3, 1.0, -0.2]))


def test_equals_a_fit_without_each_point_where_rho_is_at_its_limits() -> None:
    time = np.arange(40)
    X, contrast = np.column_stack([np.ones(40), time / 12, time >= 26]).astype(float), np.array([0.0, 0.0, 1.0])
    noise = np.random.default_rng(5).standard_normal(40)
    assert (assert_equal_to_fits_without(X, time, np.cumsum(noise), contrast) == 0.99).all()  # a random walk
    assert (assert_equal_to_fits_without(X, time, (-1.0) ** time * 5 + noise / 10, contrast) == -0.99).all()


@pytest.mark.parametrize("seed", range(5))
def test_equals_a_fit_without_each_point_with_as_few_points_as_may_be(seed: int) -> None:
    """Eight points and four coefficients: without a point three are left over, the least there may be."""
    time = np.arange(8)
    X = np.column_stack([np.ones(8), time / 12, time >= 5, np.sin(time)]).astype(float)
    y = np.random.default_rng(seed).standard_normal(8)
    assert_equal_to_fits_without(X, time, y, np.array([0.0, 0.0, 1.0, 0.0]))


def test_a_point_with_a_coefficient_of_its_own_cannot_be_left_out() -> None:
    X, time, y = regression(6)
    own = np.column_stack([X, np.arange(40) == 7])  # without row 7 the last column is zero
    contrast = np.array([0.0, 0.0, 1.0, 0.0, 0.0])
    effect, error = effects_without(ar1_design(own, time), y, contrast)
    assert np.flatnonzero(np.isnan(effect)).tolist() == np.flatnonzero(np.isnan(error)).tolist() == [7]
    keep = np.delete(np.arange(40), 30)
    fit = fit_reml(ar1_design(own[keep], time[keep]), y[keep][:, None])
    assert effect[30] == pytest.approx(fit.effect(contrast)[0], abs=1e-9)


def test_refuses_what_cannot_be_estimated_without_a_point() -> None:
    X, time, y = regression(7, n=7)  # 7 points, 4 coefficients: three are left over, two without a point
    with pytest.raises(NotEstimableError, match="6 points for 4 coefficients"):
        effects_without(ar1_design(X, time), y, np.eye(4)[2])
    X, time, _ = regression(8)
    line = X @ np.array([1.0, 2.0, 3.0, 0.5])
    line[11] += 5.0  # without it the others lie on the line exactly
    with pytest.raises(NotEstimableError, match="without any variation"):
        effects_without(ar1_design(X, time), line, np.eye(4)[2])
