"""What a fitted series would be expected to show at any point of time, and how far a single point may stray."""

from __future__ import annotations

import numpy as np

from evaluation.models.ar1 import Integers
from evaluation.models.reml import RemlFit
from evaluation.series import Floats


def correlation(left: Integers, right: Integers, rho: float) -> Floats:
    """AR(1) correlation between two sets of points of time: (a,), (b,) → (a, b)."""
    matrix: Floats = rho ** np.abs(left[:, None] - right[None, :]).astype(np.float64)
    return matrix


def deviation_spread(fit: RemlFit, X: Floats, time: Integers) -> Floats:
    """Compute the standard deviation of (observed point − X β̂) when X is the truth for that point.

    The errors of a point, of its neighbours and hence of β̂ are correlated, so that the variance is
    σ² (1 + x′Ux − 2 x′U X′R⁻¹r) with U = (X′R⁻¹X)⁻¹ and r the correlations of the point with the fitted ones. For a
    fitted point with the same x this is the variance of its residual; for a point of the period with the step taken out
    it is the variance of its distance from the counterfactual when there is no effect.

    Parameters
    ----------
    fit
        A fit of one response.
    X, time
        Rows to be predicted, shapes (k, p) and (k,).
    """
    design, unscaled, rho = fit.design, fit.unscaled[0], float(fit.rho[0])
    inside = np.linalg.solve(correlation(design.time, design.time, rho), correlation(design.time, time, rho))
    own = np.einsum("ki,ij,kj->k", X, unscaled, X)
    shared = np.einsum("ki,ij,jk->k", X, unscaled, design.X.T @ inside)
    spread: Floats = fit.sigma[0] * np.sqrt(np.maximum(1.0 + own - 2.0 * shared, 0.0))
    return spread
