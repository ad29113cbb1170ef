"""Poisson and negative binomial regressions with a log link, for many count series of one design at once.

Fisher scoring as in McCullagh and Nelder 1989, so coefficients and standard errors are those of R's `glm` and
`MASS::glm.nb` (dispersion held at its estimate). Variance: μ + αμ², with α = 0 for Poisson and α = 1/θ otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, polygamma, psi, xlogy

from evaluation.models.refusal import NotEstimableError
from evaluation.series import Bools, Floats

STEPS = 60
ROUNDS = 200
LARGEST_LOG_THETA = np.log(1e7)


@dataclass(frozen=True, slots=True, eq=False)
class GlmFit:
    """Fits of m count series to one design matrix.

    Attributes
    ----------
    X, counts
        Design matrix (n, p) and responses (n, m).
    beta
        Coefficients on the log scale, shape (m, p).
    unscaled
        Inverse Fisher information at dispersion 1, shape (m, p, p).
    fitted
        Expected counts, shape (n, m).
    alpha
        Overdispersion α = 1/θ of the variance μ + αμ²; zeros for Poisson, shape (m,).
    converged
        Shape (m,).
    """

    X: Floats
    counts: Floats
    beta: Floats
    unscaled: Floats
    fitted: Floats
    alpha: Floats
    converged: Bools

    @property
    def df(self) -> int:
        """Residual degrees of freedom n − p."""
        return int(self.X.shape[0] - self.X.shape[1])

    @property
    def dispersion(self) -> Floats:
        """Pearson chi-square over residual degrees of freedom, shape (m,)."""
        variance = self.fitted + self.alpha * self.fitted**2
        pearson: Floats = np.sum((self.counts - self.fitted) ** 2 / variance, axis=0)
        return pearson / self.df

    @property
    def deviance_residuals(self) -> Floats:
        """Signed square roots of the contributions to the deviance, shape (n, m)."""
        y, mu, alpha = self.counts, self.fitted, self.alpha
        shrink = np.where(alpha > 0, alpha, 1.0)
        poisson = xlogy(y, y / mu) - (y - mu)
        negative = xlogy(y, y / mu) - (y + 1.0 / shrink) * np.log((1.0 + shrink * y) / (1.0 + shrink * mu))
        parts = np.where(alpha > 0, negative, poisson)
        signed: Floats = np.sign(y - mu) * np.sqrt(2.0 * np.maximum(parts, 0.0))
        return signed

    @property
    def deviance(self) -> Floats:
        """Shape (m,)."""
        deviance: Floats = np.sum(self.deviance_residuals**2, axis=0)
        return deviance

    @property
    def loglik(self) -> Floats:
        """Log likelihood with all its constants, shape (m,)."""
        y, mu = self.counts, self.fitted
        poisson = xlogy(y, mu) - mu - gammaln(y + 1.0)
        theta = 1.0 / np.where(self.alpha > 0, self.alpha, 1.0)
        negative = _negative_binomial_loglik(y, mu, theta)
        loglik: Floats = np.sum(np.where(self.alpha > 0, negative, poisson), axis=0)
        return loglik

    @property
    def theta_error(self) -> Floats:
        """Standard error of θ from the observed information, NaN where α = 0; shape (m,)."""
        theta = np.where(self.alpha > 0, 1.0 / np.where(self.alpha > 0, self.alpha, 1.0), np.nan)
        error: Floats = 1.0 / np.sqrt(-_theta_curvature(self.counts, self.fitted, theta))
        return error

    def effect(self, contrast: Floats) -> Floats:
        """Linear combination of the coefficients, shape (m,)."""
        return self.beta @ contrast

    def standard_error(self, contrast: Floats, dispersion: Floats | float = 1.0) -> Floats:
        """Its standard error at a dispersion (quasi-Poisson: `self.dispersion`), shape (m,)."""
        standard_error: Floats = np.sqrt(dispersion * np.einsum("i,mij,j->m", contrast, self.unscaled, contrast))
        return standard_error


def fit_poisson(X: Floats, counts: Floats, offset: Floats) -> GlmFit:
    """Fit Poisson regressions: X (n, p), counts (n, m), offset (n, m) or (n, 1) on the log scale."""
    return _score_steps(X, counts, offset, np.zeros(counts.shape[1]), _start(X, counts, offset))


def fit_negative_binomial(X: Floats, counts: Floats, offset: Floats) -> GlmFit:
    """Fit negative binomial regressions by maximum likelihood, alternating coefficients and θ as `MASS::glm.nb` does.

    Where the likelihood grows all the way to the Poisson model (no overdispersion), α is 0 and the fit is that model.
    """
    fit = fit_poisson(X, counts, offset)
    offsets = np.broadcast_to(offset, counts.shape)
    alpha, beta, converged = fit.alpha.copy(), fit.beta.copy(), fit.converged.copy()
    fitted, unscaled, unsettled = fit.fitted.copy(), fit.unscaled.copy(), np.arange(counts.shape[1])
    for _ in range(ROUNDS):
        at = unsettled
        better = best_alpha(counts[:, at], fitted[:, at], alpha[at])
        settled = np.abs(better - alpha[at]) <= 1e-9 * better
        step = _score_steps(X, counts[:, at], offsets[:, at], better, beta[at])
        alpha[at], beta[at], fitted[:, at], unscaled[at] = better, step.beta, step.fitted, step.unscaled
        converged[at] = step.converged & settled
        unsettled = at[~settled]
        if not unsettled.size:
            break
    return GlmFit(X, counts, beta, unscaled, fitted, alpha, converged)


def require_convergence(fit: GlmFit) -> GlmFit:
    """Give the fit back, or refuse it when any series did not converge or has no standard error.

    Raises
    ------
    NotEstimableError
        With reason no_convergence or missing_standard_error.
    """
    if not fit.converged.all():
        raise NotEstimableError("no_convergence", found="Fisher scoring without convergence", expected="a settled fit")
    if not np.isfinite(fit.unscaled).all():
        raise NotEstimableError(
            "missing_standard_error", found="a singular information matrix", expected="standard errors"
        )
    return fit


def _start(X: Floats, counts: Floats, offset: Floats) -> Floats:
    return np.asarray(np.linalg.lstsq(X, np.log(counts + 0.5) - offset, rcond=None)[0].T, dtype=np.float64)


def _score_steps(X: Floats, counts: Floats, offset: Floats, alpha: Floats, beta: Floats) -> GlmFit:
    """Fisher scoring from `beta` at fixed α until no linear predictor moves by more than 1e-11."""
    n, p = X.shape
    products = np.einsum("ni,nj->nij", X, X).reshape(n, p * p)
    moved = np.full(counts.shape[1], np.inf)
    for _ in range(STEPS):
        mu = np.exp(np.clip(X @ beta.T + offset, -40.0, 40.0))
        shrink = 1.0 / (1.0 + alpha * mu)
        information = ((mu * shrink).T @ products).reshape(-1, p, p)
        if (moved < 1e-11).all():
            break
        step = _solve(information, ((counts - mu) * shrink).T @ X)
        reach = np.abs(step @ X.T).max(axis=1)
        step *= np.minimum(1.0, 4.0 / np.maximum(reach, 1e-300))[:, None]
        beta, moved = beta + step, reach
    # A coefficient that runs away (a step onto zeros only) moves one unit per round and never settles.
    converged = (moved < 1e-8) & np.isfinite(beta).all(axis=1)
    unscaled = _solve(information, np.broadcast_to(np.eye(p), information.shape))
    return GlmFit(X, counts, beta, unscaled, mu, alpha, converged)


def _solve(information: Floats, right: Floats) -> Floats:
    column = right[..., None] if right.ndim == 2 else right
    try:
        solved: Floats = np.asarray(np.linalg.solve(information, column), dtype=np.float64)
    except np.linalg.LinAlgError as error:
        raise NotEstimableError(
            "no_convergence", found="a count model whose coefficients run away", expected="cases on either side"
        ) from error
    return solved[..., 0] if right.ndim == 2 else solved


def best_alpha(counts: Floats, mu: Floats, start: Floats) -> Floats:
    """Find the α = 1/θ that maximises the negative binomial likelihood at fixed μ, 0 without overdispersion.

    Newton steps in log θ kept inside a shrinking bracket; α = 0 when the score there does not point inwards.
    """
    alpha = np.zeros(mu.shape[1])
    over = np.sum((counts - mu) ** 2 - counts, axis=0) > 0
    if over.any():
        alpha[over] = _inner_alpha(counts[:, over], mu[:, over], start[over])
    return alpha


def _inner_alpha(counts: Floats, mu: Floats, start: Floats) -> Floats:
    low, high = np.full(mu.shape[1], -12.0), np.full(mu.shape[1], LARGEST_LOG_THETA)
    guess = np.where(start > 0, -np.log(np.where(start > 0, start, 1.0)), _moment_log_theta(counts, mu))
    guess = np.clip(guess, low, high)
    for _ in range(STEPS):
        theta = np.exp(guess)
        slope = _theta_score(counts, mu, theta) * theta
        low, high = np.where(slope > 0, guess, low), np.where(slope > 0, high, guess)
        bend = _theta_curvature(counts, mu, theta) * theta**2 + slope
        newton = guess - slope / np.where(bend < 0, bend, -np.inf)
        inside = (newton > low) & (newton < high) & (bend < 0)
        moved = np.where(inside, newton, 0.5 * (low + high)) - guess
        guess = guess + moved
        if (np.abs(moved) < 1e-10).all():
            break
    return np.where(guess < LARGEST_LOG_THETA - 1e-6, np.exp(-guess), 0.0)


def _moment_log_theta(counts: Floats, mu: Floats) -> Floats:
    excess = np.sum((counts - mu) ** 2 - mu, axis=0)
    moment_log_theta: Floats = np.log(np.sum(mu**2, axis=0) / np.maximum(excess, 1e-8))
    return moment_log_theta


def _theta_score(y: Floats, mu: Floats, theta: Floats) -> Floats:
    # log1p keeps the digits that log θ − log(θ + μ) + 1 − (y + θ)/(θ + μ) loses for large θ.
    parts = psi(y + theta) - psi(theta) - np.log1p(mu / theta) + (mu - y) / (mu + theta)
    total: Floats = parts.sum(axis=0)
    return total


def _theta_curvature(y: Floats, mu: Floats, theta: Floats) -> Floats:
    parts = polygamma(1, y + theta) - polygamma(1, theta) + 1.0 / theta - 2.0 / (mu + theta)
    total: Floats = np.sum(parts + (y + theta) / (mu + theta) ** 2, axis=0)
    return total


def _negative_binomial_loglik(y: Floats, mu: Floats, theta: Floats) -> Floats:
    shared = gammaln(y + theta) - gammaln(theta) - gammaln(y + 1.0)
    parts: Floats = shared + xlogy(y, mu / (mu + theta)) - theta * np.log1p(mu / theta)
    return parts
