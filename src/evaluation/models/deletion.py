"""Restricted maximum likelihood without each point in turn, for all points at once.

Leaving a point out is the same as giving it a coefficient of its own: the contrasts that the restricted likelihood is
made of are then the same, so ρ, σ, coefficients and standard errors are those of a fit without the point (Cook and
Weisberg 1982, section 2.2, for ordinary regression; for AR(1) errors |R| and |X′R⁻¹X| change by factors that cancel).
With Q = R⁻¹ − R⁻¹X(X′R⁻¹X)⁻¹X′R⁻¹, the point i takes (Qy)ᵢ²/Qᵢᵢ out of the residual sum of squares and log Qᵢᵢ into the
determinant. All of it is moments of the fixed matrices Sₖ (`ar1.py`), so n fits cost little more than one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.models.ar1 import (
    Ar1Design,
    cross_moments,
    log_determinant_slope,
    require_error,
    require_points,
    square_moments,
    times_each,
    weight_slopes,
    weights,
)
from evaluation.models.reml import RhoGrid, grid_of, score_root
from evaluation.series import Bools, Floats

_ALL = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Deletion:
    """Moments of one response with which every fit without a point is computed.

    Attributes
    ----------
    design
        The design with all points, n rows and p columns.
    ordinary
        basis′y, shape (p,).
    squares, cross
        e′Sₖe and basis′Sₖe of the ordinary residuals e, shapes (K, 1) and (K, p).
    rows, errors, own
        Row i of Sₖ basis, of Sₖ e, and the i-th diagonal element of Sₖ: shapes (K, n, p), (K, n), (K, n).
    needed
        Points without which the coefficients cannot be told apart, shape (n,): they are taken for far from all others.
    """

    design: Ar1Design
    ordinary: Floats
    squares: Floats
    cross: Floats
    rows: Floats
    errors: Floats
    own: Floats
    needed: Bools

    @property
    def df(self) -> int:
        """Residual degrees of freedom without a point."""
        return self.design.df - 1


@dataclass(frozen=True, slots=True, eq=False)
class _Solved:
    """Generalised least squares without point i at ρᵢ, in the coordinates of the basis.

    `shift` is (X′R⁻¹X)⁻¹ times row i of R⁻¹X, `pull` is (Qy)ᵢ, `own` is Qᵢᵢ.
    """

    inverse: Floats
    correction: Floats
    row: Floats
    shift: Floats
    pull: Floats
    own: Floats
    rss: Floats


def deletion_of(design: Ar1Design, response: Floats) -> Deletion:
    """Compute the moments of a response, shape (n,).

    Raises
    ------
    NotEstimableError
        When fewer than three residual degrees of freedom remain without a point, or the other points fit exactly.
    """
    require_points(design.n - 1, design.p)
    ordinary = design.basis.T @ response
    errors = response - design.basis @ ordinary
    leverage = np.sum(design.basis**2, axis=1)
    needed = leverage >= 1.0 - _ALL
    rest = np.sum(errors**2) - errors[~needed] ** 2 / (1.0 - leverage[~needed])
    require_error(rest, np.full(rest.size, np.sum(response**2)))
    rows = np.where(needed[:, None], 0.0, design.applied.transpose(0, 2, 1))
    own = _diagonals(design)
    own[:, needed] = np.eye(own.shape[0], 1)
    return Deletion(
        design,
        ordinary,
        square_moments(design.neighbours, errors[:, None]),
        cross_moments(design, errors[:, None])[:, :, 0],
        rows,
        np.where(needed, 0.0, times_each(design.neighbours, errors[:, None])[:, :, 0]),
        own,
        needed,
    )


def effects_without(design: Ar1Design, response: Floats, contrast: Floats) -> tuple[Floats, Floats]:
    """Estimate a contrast of the coefficients without each point: effect and standard error, shape (n,) each.

    NaN where the coefficients cannot be told apart without the point.

    Raises
    ------
    NotEstimableError
        As `deletion_of`.
    """
    moments = deletion_of(design, response)
    grid = grid_of(design)
    low, high = grid.around(_loglik_on(grid, moments).argmax(axis=0))
    solved = _solve(moments, score_root(lambda rho: _score(moments, rho), low, high))
    turned = np.linalg.solve(design.triangle.T, contrast)
    effect = (moments.ordinary + solved.correction - solved.shift * (solved.pull / solved.own)[:, None]) @ turned
    unscaled = np.einsum("i,mij,j->m", turned, solved.inverse, turned) + (solved.shift @ turned) ** 2 / solved.own
    error = np.sqrt(solved.rss / moments.df * unscaled)
    return np.where(moments.needed, np.nan, effect), np.where(moments.needed, np.nan, error)


def _diagonals(design: Ar1Design) -> Floats:
    """Give the diagonal of every Sₖ, shape (K, n): the products of neighbours have none."""
    ones = times_each(design.neighbours, np.ones((design.n, 1)))[:, :, 0]
    ones[2::3] = 0.0
    return ones


def _solve(moments: Deletion, rho: Floats) -> _Solved:
    w = weights(moments.design.neighbours, rho)
    inverse = np.linalg.inv(np.einsum("mk,kij->mij", w, moments.design.moments))
    right = w @ moments.cross
    correction = np.einsum("mij,mj->mi", inverse, right)
    row = np.einsum("mk,kmi->mi", w, moments.rows)
    shift = np.einsum("mij,mj->mi", inverse, row)
    pull = np.einsum("mk,km->m", w, moments.errors) - np.einsum("mi,mi->m", row, correction)
    own = np.einsum("mk,km->m", w, moments.own) - np.einsum("mi,mi->m", row, shift)
    rss = w @ moments.squares[:, 0] - np.einsum("mi,mi->m", correction, right) - pull**2 / own
    return _Solved(inverse, correction, row, shift, pull, own, rss)


def _score(moments: Deletion, rho: Floats) -> Floats:
    """Compute the derivative of the restricted log likelihood without point i at ρᵢ, shape (n,)."""
    design, solved = moments.design, _solve(moments, rho)
    slopes = weight_slopes(design.neighbours, rho)
    turned = np.einsum("mk,kij->mij", slopes, design.moments)
    right = slopes @ moments.cross
    row = np.einsum("mk,kmi->mi", slopes, moments.rows)
    correction = np.einsum("mij,mj->mi", solved.inverse, right - np.einsum("mij,mj->mi", turned, solved.correction))
    pull = (
        np.einsum("mk,km->m", slopes, moments.errors)
        - np.einsum("mi,mi->m", row, solved.correction)
        - np.einsum("mi,mi->m", solved.row, correction)
    )
    own = (
        np.einsum("mk,km->m", slopes, moments.own)
        - 2.0 * np.einsum("mi,mi->m", row, solved.shift)
        + np.einsum("mi,mij,mj->m", solved.shift, turned, solved.shift)
    )
    rss = (
        slopes @ moments.squares[:, 0]
        - 2.0 * np.einsum("mi,mi->m", solved.correction, right)
        + np.einsum("mi,mij,mj->m", solved.correction, turned, solved.correction)
        - 2.0 * solved.pull * pull / solved.own
        + solved.pull**2 * own / solved.own**2
    )
    trace = np.einsum("mij,mji->m", solved.inverse, turned) + own / solved.own
    score: Floats = -0.5 * (moments.df * rss / solved.rss + log_determinant_slope(design.neighbours, rho) + trace)
    return score


def _loglik_on(grid: RhoGrid, moments: Deletion) -> Floats:
    """Compute the restricted log likelihood without each point at every ρ of a grid, up to a constant, shape (G, n)."""
    scores = grid.scores(moments.cross[:, :, None])[:, :, 0]
    rows = np.einsum("gij,gnj->gni", grid.half, np.tensordot(grid.weights, moments.rows, axes=1))
    pull = grid.weights @ moments.errors - np.einsum("gni,gi->gn", rows, scores)
    own = grid.weights @ moments.own - np.sum(rows**2, axis=2)
    rss = grid.rss(moments.squares, scores[:, :, None]) - pull**2 / own
    loglik: Floats = -0.5 * (moments.df * np.log(rss) + grid.penalty[:, None] + np.log(own))
    return loglik
