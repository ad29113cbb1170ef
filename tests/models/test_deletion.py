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


@pytest.mark.parametrize(("seed", "rho"), [(1, 0.0), (2, 0.4), (3, 0.8), (4, -0.5), (5, 0.95)])
def test_equals_a_fit_without_each_point(seed: int, rho: float) -> None:
    X, time, y = regression(seed, rho=rho)
    contrast = np.array([0.0, 0.3, 1.0, -0.2])
    effect, error = effects_without(ar1_design(X, time), y, contrast)
    for row in range(40):
        keep = np.delete(np.arange(40), row)
        fit = fit_reml(ar1_design(X[keep], time[keep]), y[keep][:, None])
        assert effect[row] == pytest.approx(fit.effect(contrast)[0], abs=1e-9)
        assert error[row] == pytest.approx(fit.standard_error(contrast)[0], rel=1e-9)


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
