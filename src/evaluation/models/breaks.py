"""The break date that the series itself points to, searched for without knowing the agreement."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from evaluation.models.ar1 import Ar1Design, Integers, correlated, standard_normals, whitened
from evaluation.models.bootstrap import DRAWS, SEED, likely_rho, statistics
from evaluation.models.reml import RemlFit, grid_of
from evaluation.series import Floats

TRIM = 0.15
BAI_975 = 11.0333  # 97.5 % point of the argmax of a two-sided Brownian motion with drift −|v|/2 (Bai 1997)


@dataclass(frozen=True, slots=True, eq=False)
class BreakSearch:
    """The step that fits best, over all admissible dates.

    Attributes
    ----------
    last_before
        Row number of the last point before the break.
    sup_f
        Largest F over the dates.
    low, high
        95 % interval of `last_before` (Bai 1997, doi 10.1162/003465397557132: δ²/ω² with one long-run variance ω² on
        both sides; an approximation when the design holds more than a level), cut at the ends of the series.
    candidates
        Row numbers tried as last point before a break, shape (k,).
    f
        F of a step after each of them, shape (k,).
    p
        Parametric bootstrap p of `sup_f` under the model without a break; NaN when not asked for.
    """

    last_before: int
    sup_f: float
    low: int
    high: int
    candidates: Integers
    f: Floats
    p: float = float("nan")


def step_f(X: Floats, time: Integers, responses: Floats, rho: float, *, trim: float = TRIM) -> tuple[Integers, Floats]:
    """Compute F of a step after each admissible row, at a known ρ: candidates (k,) and F (k, m).

    F = (RSS₀ − RSS₁) / (RSS₁ / (n − p − 1)) of the whitened regression, as `strucchange::Fstats` with X = 1 and ρ = 0.
    At least a share `trim` of the points lies on either side.
    """
    n = X.shape[0]
    least = int(np.floor(trim * n))
    candidates = np.arange(least - 1, n - least)
    basis, _ = np.linalg.qr(whitened(X, time, rho))
    steps = whitened((np.arange(n)[:, None] > candidates[None, :]).astype(np.float64), time, rho)
    steps = steps - basis @ (basis.T @ steps)
    length = np.sqrt(np.sum(steps**2, axis=0))
    told = length > 1e-8 * np.sqrt(n)
    y = whitened(responses, time, rho)
    y = y - basis @ (basis.T @ y)
    explained = ((steps[:, told] / length[told]).T @ y) ** 2
    rss = np.sum(y**2, axis=0) - explained
    return candidates[told], explained / (rss / (n - X.shape[1] - 1))


def search_break(X: Floats, time: Integers, values: Floats, *, rho: float = 0.0, trim: float = TRIM) -> BreakSearch:
    """Search the date of one step in a regression with known ρ (Andrews 1993; strucchange).

    Parameters
    ----------
    X, time, values
        Design without any step (n, p), points of time (n,), response (n,).
    """
    candidates, f = step_f(X, time, values[:, None], rho, trim=trim)
    best = int(f[:, 0].argmax())
    at = int(candidates[best])
    reach = int(BAI_975 / _strength(X, time, values, rho, at)) + 1
    low, high = max(at - reach, 0), min(at + reach, values.size - 1)
    return BreakSearch(at, float(f[best, 0]), low, high, candidates, f[:, 0])


def _strength(X: Floats, time: Integers, values: Floats, rho: float, at: int) -> float:
    """Squared step over long-run variance, (δ/ω)² with ω² = σ² (1 + ρ) / (1 − ρ)."""
    n = values.size
    wide = np.column_stack([X, (np.arange(n) > at).astype(np.float64)])
    turned, y = whitened(wide, time, rho), whitened(values, time, rho)
    beta, *_ = np.linalg.lstsq(turned, y, rcond=None)
    variance = float(np.sum((y - turned @ beta) ** 2)) / n
    return float(beta[-1] ** 2 / variance * (1.0 - rho) / (1.0 + rho))


def searched_break(fit: RemlFit, *, trim: float = TRIM, draws: int = DRAWS, seed: int = SEED) -> BreakSearch:
    """Search the break of one REML-AR(1) fit without a step; p by parametric bootstrap over the whole search.

    As in `bootstrap_t` the draws take ρ from its restricted likelihood, and each is whitened at its own estimate, as
    the series was: a fixed ρ would let the search profit from the ρ that was fitted to the break.
    """
    design = fit.design
    rho = float(nearest_knot(fit.rho)[0])
    found = search_break(design.X, design.time, fit.responses[:, 0], rho=rho, trim=trim)
    grid = grid_of(design)
    normals = standard_normals(design.n, draws, seed)
    series = correlated(normals, design.time, likely_rho(grid, fit.responses, draws))
    null = largest_f(design, series, nearest_knot(statistics(grid, np.eye(design.p)[:1], series).rho), trim=trim)
    p = (1.0 + np.sum(null >= found.sup_f)) / (draws + 1.0)
    return replace(found, p=float(p))


def nearest_knot(rho: Floats) -> Floats:
    """Round each ρ to the nearest of 0, 0.05, … 0.95, so that series can share their whitening; below 0 is 0."""
    rounded: Floats = np.clip(np.round(rho * 20.0) / 20.0, 0.0, 0.95)
    return rounded


def largest_f(design: Ar1Design, series: Floats, rho: Floats, *, trim: float = TRIM) -> Floats:
    """Compute the largest F of each series (n, m), whitened at its own ρ (m,): shape (m,)."""
    largest = np.empty(series.shape[1])
    for value in np.unique(rho):
        columns = rho == value
        largest[columns] = step_f(design.X, design.time, series[:, columns], float(value), trim=trim)[1].max(axis=0)
    return largest
