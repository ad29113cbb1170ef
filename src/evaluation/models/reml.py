"""Restricted maximum likelihood for regressions with AR(1) errors, for many responses of one design at once.

The likelihood is the one of `nlme::gls(correlation = corAR1(), method = "REML")`, with ρ as the only free parameter:
−½ [(n−p)(log 2πσ² + 1) + log|R| + log|X′R⁻¹X|], σ² = r′R⁻¹r/(n−p). It can have several maxima, so a grid over the
whole range of ρ finds the best one first, and the root of the score beside it is then found exactly. Standard errors
take ρ as known, as `gls` does; that they are too small for short series is mended by the bootstrap, not here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from evaluation.models.ar1 import (
    BOUNDARY,
    Ar1Design,
    Integers,
    cross_moments,
    log_determinant,
    log_determinant_slope,
    require_error,
    rho_grid,
    square_moments,
    weight_slopes,
    weights,
    whitened,
)
from evaluation.series import Bools, Floats

STEPS = 60
CHUNK = 1_000  # responses at once: what is computed of them stays in the processor's cache
_MANY = 100


@dataclass(frozen=True, slots=True, eq=False)
class RemlFit:
    """REML fits of m responses to one design.

    Attributes
    ----------
    design
        The design all responses share.
    responses
        Shape (n, m).
    rho, sigma, loglik
        AR(1) parameter, marginal standard deviation of the errors, restricted log likelihood; shape (m,).
    beta
        Coefficients, shape (m, p).
    unscaled
        (X′R⁻¹X)⁻¹, shape (m, p, p); the covariance of the coefficients is σ² times it.
    """

    design: Ar1Design
    responses: Floats
    rho: Floats
    sigma: Floats
    loglik: Floats
    beta: Floats
    unscaled: Floats

    @property
    def residuals(self) -> Floats:
        """Responses minus fitted values, shape (n, m)."""
        return self.responses - self.design.X @ self.beta.T

    @property
    def on_boundary(self) -> Bools:
        """Whether |ρ| ≥ 0.98, shape (m,)."""
        return np.abs(self.rho) >= BOUNDARY

    def alone(self, series: int) -> RemlFit:
        """Take out the fit of one response."""
        at = slice(series, series + 1)
        return RemlFit(
            self.design,
            self.responses[:, at],
            self.rho[at],
            self.sigma[at],
            self.loglik[at],
            self.beta[at],
            self.unscaled[at],
        )

    def effect(self, contrast: Floats) -> Floats:
        """Linear combination of the coefficients, shape (m,)."""
        return self.beta @ contrast

    def standard_error(self, contrast: Floats) -> Floats:
        """Its standard error with ρ taken as known, shape (m,)."""
        standard_error: Floats = self.sigma * np.sqrt(np.einsum("i,mij,j->m", contrast, self.unscaled, contrast))
        return standard_error

    @property
    def all_whitened(self) -> Floats:
        """Residuals with the AR(1) correlation removed, in units of σ, shape (n, m)."""
        return whitened(self.residuals, self.design.time, self.rho) / self.sigma

    def whitened_residuals(self, series: int = 0) -> Floats:
        """Residuals of one response with the AR(1) correlation removed, in units of σ, shape (n,)."""
        whitened_residuals: Floats = (
            whitened(self.residuals[:, series], self.design.time, float(self.rho[series])) / self.sigma[series]
        )
        return whitened_residuals


def fit_reml(design: Ar1Design, responses: Floats) -> RemlFit:
    """Fit every column of `responses` (shape (n, m)) to the design by REML with AR(1) errors.

    Raises
    ------
    NotEstimableError
        When a response is fitted without any error, so that no standard error exists.
    """
    ordinary = design.basis.T @ responses
    errors = responses - design.basis @ ordinary
    require_error(np.sum(errors**2, axis=0), np.sum(responses**2, axis=0))
    squares = square_moments(design.neighbours, errors)
    cross = cross_moments(design, errors)
    low, high = best_brackets(design, squares, cross)
    rho = score_root(lambda rho: score(design, rho, squares, cross), low, high)
    return fit_at(design, responses, rho, ordinary, squares, cross)


def fit_at(
    design: Ar1Design, responses: Floats, rho: Floats, ordinary: Floats, squares: Floats, cross: Floats
) -> RemlFit:
    """Compute coefficients, covariance and likelihood at a given ρ per response."""
    solved = _solve(design, rho, squares, cross)
    back = np.linalg.inv(design.triangle)
    beta = (ordinary.T + solved.correction) @ back.T
    unscaled = back @ solved.inverse @ back.T
    sigma = np.sqrt(solved.rss / design.df)
    loglik = _loglik(design, rho, solved.rss, solved.logdet)
    return RemlFit(design, responses, rho, sigma, loglik, beta, unscaled)


@dataclass(frozen=True, slots=True, eq=False)
class _Solved:
    """Generalised least squares at one ρ per response, in the coordinates of the basis."""

    inverse: Floats
    correction: Floats
    rss: Floats
    logdet: Floats


def _solve(design: Ar1Design, rho: Floats, squares: Floats, cross: Floats) -> _Solved:
    w = weights(design.neighbours, rho)
    information = np.einsum("mk,kij->mij", w, design.moments)
    inverse = np.linalg.inv(information)
    right = np.einsum("mk,kim->mi", w, cross)
    correction = np.einsum("mij,mj->mi", inverse, right)
    rss = np.einsum("mk,km->m", w, squares) - np.einsum("mi,mi->m", correction, right)
    return _Solved(inverse, correction, rss, np.linalg.slogdet(information)[1])


def _loglik(design: Ar1Design, rho: Floats, rss: Floats, logdet: Floats) -> Floats:
    constant = 2.0 * np.log(np.abs(np.diag(design.triangle))).sum()
    spread = design.df * (np.log(2.0 * np.pi * rss / design.df) + 1.0)
    loglik: Floats = -0.5 * (spread + log_determinant(design.neighbours, rho) + logdet + constant)
    return loglik


def restricted_loglik(design: Ar1Design, responses: Floats, rho: Floats) -> Floats:
    """Compute the restricted log likelihood of each response at its ρ, shape (m,)."""
    errors = responses - design.basis @ (design.basis.T @ responses)
    squares = square_moments(design.neighbours, errors)
    solved = _solve(design, rho, squares, cross_moments(design, errors))
    return _loglik(design, rho, solved.rss, solved.logdet)


def score(design: Ar1Design, rho: Floats, squares: Floats, cross: Floats) -> Floats:
    """Compute the derivative of the restricted log likelihood with respect to ρ, shape (m,)."""
    solved = _solve(design, rho, squares, cross)
    slopes = weight_slopes(design.neighbours, rho)
    turned = np.einsum("mk,kij->mij", slopes, design.moments)
    pull = np.einsum("mk,kim->mi", slopes, cross)
    rss_slope = (
        np.einsum("mk,km->m", slopes, squares)
        - 2.0 * np.einsum("mi,mi->m", solved.correction, pull)
        + np.einsum("mi,mij,mj->m", solved.correction, turned, solved.correction)
    )
    trace = np.einsum("mij,mji->m", solved.inverse, turned)
    score: Floats = -0.5 * (design.df * rss_slope / solved.rss + log_determinant_slope(design.neighbours, rho) + trace)
    return score


def best_brackets(design: Ar1Design, squares: Floats, cross: Floats) -> tuple[Floats, Floats]:
    """Find the grid interval around the best ρ of each response: lower and upper ends, shape (m,)."""
    grid = grid_of(design)
    best = [
        grid.loglik(squares[:, at : at + CHUNK], cross[:, :, at : at + CHUNK]).argmax(axis=0)
        for at in range(0, squares.shape[1], CHUNK)
    ]
    return grid.around(np.concatenate(best))


def score_root(score: Callable[[Floats], Floats], low: Floats, high: Floats) -> Floats:
    """Find where the score falls through zero between `low` and `high`, or the end the likelihood climbs to.

    Illinois false position: bracketing like bisection, but with superlinear convergence.

    Parameters
    ----------
    score
        Derivative of each response's likelihood at its ρ: shape (m,) → (m,).
    low, high
        Ends of the brackets, shape (m,).
    """
    at_low, at_high = score(low), score(high)
    inside = (at_low > 0) & (at_high < 0)
    a, b, fa, fb = low.copy(), high.copy(), at_low.copy(), at_high.copy()
    middle = np.where(at_high >= 0, high, low)
    for _ in range(STEPS):
        step = np.where(inside, fb * (b - a) / np.where(inside, fb - fa, 1.0), 0.0)
        middle = np.where(inside, b - step, middle)
        f = score(middle)
        crossed = f * fb < 0
        a, fa = np.where(crossed, b, a), np.where(crossed, fb, 0.5 * fa)
        b, fb = middle, f
        if np.all(~inside | (np.abs(b - a) < 1e-13) | (f == 0) | (np.abs(step) < 1e-14)):
            break
    return middle


@dataclass(frozen=True, slots=True, eq=False)
class RhoGrid:
    """Everything about a design at each ρ of a grid: one factorisation per ρ, for any number of responses.

    Attributes
    ----------
    design
        The design.
    rho
        Grid, shape (G,); that of `rho_grid` is evenly spaced in atanh(ρ).
    weights
        wₖ at each ρ, shape (G, K).
    half
        Inverse Cholesky factors L⁻¹ of basis′R⁻¹basis, shape (G, p, p).
    reduce
        L⁻¹ wₖ side by side, shape (G·p, K·p): turns cross moments into orthonormal scores.
    penalty
        log|R| + log|X′R⁻¹X|, shape (G,).
    """

    design: Ar1Design
    rho: Floats
    weights: Floats
    half: Floats
    reduce: Floats
    penalty: Floats

    def around(self, best: Integers) -> tuple[Floats, Floats]:
        """Neighbours of grid points: lower and upper ends of an interval, shape (m,)."""
        return self.rho[np.maximum(best - 1, 0)], self.rho[np.minimum(best + 1, self.rho.size - 1)]

    def scores(self, cross: Floats) -> Floats:
        """Orthonormal scores L⁻¹ basis′R⁻¹y: cross moments (K, p, m) → (G, p, m)."""
        K, p, m = cross.shape
        flat, reduce = cross.reshape(K * p, m), self.reduce
        if m > _MANY:
            directions, reduce = in_few_directions(self)
            flat = directions.T @ flat
        return (reduce @ flat).reshape(self.rho.size, p, m)

    def loglik(self, squares: Floats, cross: Floats) -> Floats:
        """Restricted log likelihood of every response at every ρ: (K, m), (K, p, m) → (G, m)."""
        return self.loglik_of(self.rss(squares, self.scores(cross)))

    def rss(self, squares: Floats, scores: Floats) -> Floats:
        """Generalised residual sum of squares, shape (G, m)."""
        rss: Floats = self.weights @ squares - np.einsum("gpm,gpm->gm", scores, scores)
        return rss

    def loglik_of(self, rss: Floats) -> Floats:
        """Restricted log likelihood from the residual sums of squares, shape (G, m)."""
        df = self.design.df
        return -0.5 * (df * (np.log(2.0 * np.pi * rss / df) + 1.0) + self.penalty[:, None])


@lru_cache(maxsize=16)
def in_few_directions(grid: RhoGrid) -> tuple[Floats, Floats]:
    """Give the directions of a grid's design, and what its `reduce` does to each of them: (K·p, r), (G·p, r)."""
    directions = directions_of(grid.design)
    return directions, grid.reduce @ directions


def directions_of(design: Ar1Design) -> Floats:
    """Find the few directions in which cross moments of ordinary residuals can lie: orthonormal, shape (K·p, r).

    Trend and season shifted by a point are trend and season again, to which the residuals are orthogonal; what is left
    are ends, gaps and steps.
    """
    applied = design.applied.reshape(-1, design.n)
    left, sizes, _ = np.linalg.svd(applied - (applied @ design.basis) @ design.basis.T, full_matrices=False)
    directions: Floats = left[:, sizes > 1e-13 * sizes[0]]
    return directions


def grid_of(design: Ar1Design, rho: Floats | None = None) -> RhoGrid:
    """Factor a design at every ρ of a grid, shape (G,); None takes the search grid, the last of which are kept."""
    return _search_grid(design) if rho is None else factored(design, rho)


@lru_cache(maxsize=16)
def _search_grid(design: Ar1Design) -> RhoGrid:
    return factored(design, rho_grid())


def factored(design: Ar1Design, rho: Floats) -> RhoGrid:
    """Factor a design at every ρ of this grid, shape (G,)."""
    w = weights(design.neighbours, rho)
    factors = np.linalg.cholesky(np.einsum("gk,kij->gij", w, design.moments))
    half = np.linalg.inv(factors)
    reduce = np.einsum("gij,gk->gikj", half, w).reshape(rho.size * design.p, -1)
    logdet = 2.0 * np.log(np.diagonal(factors, axis1=1, axis2=2)).sum(axis=1)
    constant = 2.0 * np.log(np.abs(np.diag(design.triangle))).sum()
    return RhoGrid(design, rho, w, half, reduce, log_determinant(design.neighbours, rho) + logdet + constant)
