"""The break date that the series itself points to, searched for without knowing the agreement."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.models.ar1 import Ar1Design, Integers, correlated, whitened
from evaluation.models.bootstrap import DRAWS, SEED, likely_rho
from evaluation.models.reml import RemlFit, grid_of
from evaluation.series import Floats

TRIM = 0.15


@dataclass(frozen=True, slots=True, eq=False)
class BreakSearch:
    """The step that fits best, over all admissible dates.

    Attributes
    ----------
    last_before
        Row number of the last point before the break.
    sup_f
        Largest F over the dates.
    candidates
        Row numbers tried as last point before a break, shape (k,).
    f
        F of a step after each of them, shape (k,).
    p
        Parametric bootstrap p of `sup_f` under the model without a break; NaN when not asked for.
    """

    last_before: int
    sup_f: float
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
    return BreakSearch(int(candidates[best]), float(f[best, 0]), candidates, f[:, 0])


def searched_break(fit: RemlFit, *, trim: float = TRIM, draws: int = DRAWS, seed: int = SEED) -> BreakSearch:
    """Search the break of one REML-AR(1) fit without a step; p by parametric bootstrap over the whole search.

    The draws take ρ from its restricted likelihood like `bootstrap_t`, but the whitening keeps the ρ of the fit in the
    series and in the draws alike, so that one factorisation serves all of them.
    """
    design: Ar1Design = fit.design
    rho = float(np.clip(fit.rho[0], 0.0, None))
    found = search_break(design.X, design.time, fit.responses[:, 0], rho=rho, trim=trim)
    normals = np.random.default_rng(seed).standard_normal((design.n, draws))
    likely = likely_rho(grid_of(design), fit.responses, draws)
    _, f = step_f(design.X, design.time, correlated(normals, design.time, likely), rho, trim=trim)
    p = (1.0 + np.sum(f.max(axis=0) >= found.sup_f)) / (draws + 1.0)
    return BreakSearch(found.last_before, found.sup_f, found.candidates, found.f, float(p))
