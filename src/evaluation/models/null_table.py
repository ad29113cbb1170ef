"""The null distribution of t tabulated over ρ, for when very many series share one design.

The bootstrap-t distribution depends on the design and on ρ only. Tabulated once on a grid of ρ, it gives the p of any
number of series by interpolation: the inference of `bootstrap_t` without its draws, for placebo series, power and the
method certificate.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from evaluation.models.ar1 import BOUNDARY, Ar1Design, ar1_design, correlated, standard_normals
from evaluation.models.bootstrap import DRAWS, LEAST_RHO, SEED, moments_of, statistics
from evaluation.models.reml import CHUNK, RhoGrid, grid_of
from evaluation.series import Floats

KNOTS = np.array([LEAST_RHO, 0.3, 0.4, 0.5, 0.6, 0.75, 0.85, 0.92, BOUNDARY])


@dataclass(frozen=True, slots=True, eq=False)
class NullTable:
    """Sorted |t*| of one contrast of one design, at a few values of ρ.

    Attributes
    ----------
    design, contrast
        What was fitted and which combination was tested, shape (p,).
    knots
        Values of ρ, shape (k,).
    null
        Sorted |t*| at each, shape (k, draws).
    """

    design: Ar1Design
    contrast: Floats
    knots: Floats
    null: Floats

    def serves(self, design: Ar1Design, contrast: Floats) -> bool:
        """Whether the table was made for this very design and contrast."""
        mine, same = self.design, np.array_equal
        return same(mine.X, design.X) and same(mine.time, design.time) and same(self.contrast, contrast)

    def p(self, responses: Floats) -> Floats:
        """Test every response (n, m): p with ρ weighted by its restricted likelihood over 0.2–0.98, shape (m,)."""
        grid = grid_of(self.design)
        parts = [self._p(grid, responses[:, at : at + CHUNK]) for at in range(0, responses.shape[1], CHUNK)]
        return np.concatenate(parts)

    def _p(self, grid: RhoGrid, responses: Floats) -> Floats:
        t = np.abs(statistics(grid, self.contrast[None, :], responses).t[0])
        p: Floats = np.sum(self.likelihood_weights(grid, responses) * self.exceedance(t), axis=0)
        return p

    def exceedance(self, t: Floats) -> Floats:
        """Share of draws with |t*| ≥ |t| at each knot, the observed one counted: (m,) → (k, m)."""
        draws = self.null.shape[1]
        below = np.stack([np.searchsorted(row, t, side="left") for row in self.null])
        share: Floats = (1.0 + draws - below) / (draws + 1.0)
        return share

    def likelihood_weights(self, grid: RhoGrid, responses: Floats) -> Floats:
        """Weight of each knot: restricted likelihood over 0.2–0.98, shared linearly between neighbours; (k, m)."""
        loglik = grid.loglik(*moments_of(grid, responses))
        inside = (grid.rho >= LEAST_RHO) & (grid.rho <= BOUNDARY)
        rho, loglik = grid.rho[inside], loglik[inside]
        density = np.exp(loglik - loglik.max(axis=0)) * (1.0 - rho**2)[:, None]
        likelihood_weights: Floats = self.shares(rho) @ (density / density.sum(axis=0))
        return likelihood_weights

    def shares(self, rho: Floats) -> Floats:
        """Linear interpolation weights of the knots at each ρ, held constant outside: (r,) → (k, r)."""
        return np.stack([np.interp(rho, self.knots, row) for row in np.eye(self.knots.size)])

    def critical(self, rho: Floats, level: float = 0.95) -> Floats:
        """Critical value of |t| at each ρ, values below 0.2 counting as 0.2: (m,) → (m,)."""
        return np.interp(np.maximum(rho, LEAST_RHO), self.knots, np.quantile(self.null, level, axis=1))


def null_table(
    design: Ar1Design, contrast: Floats, *, knots: Floats = KNOTS, draws: int = DRAWS, seed: int = SEED
) -> NullTable:
    """Tabulate the null distribution of t, with the same random numbers at every ρ.

    The indicators of a study share their designs, so the last tables are remembered: same design, same table.
    """
    X, time = np.ascontiguousarray(design.X), np.ascontiguousarray(design.time, dtype=np.int64)
    null = _tabulated(X.tobytes(), X.shape[1], time.tobytes(), contrast.tobytes(), knots.tobytes(), draws, seed)
    return NullTable(design, contrast, knots, null)


@lru_cache(maxsize=32)
def _tabulated(X: bytes, columns: int, time: bytes, contrast: bytes, knots: bytes, draws: int, seed: int) -> Floats:
    """Tabulate from the bytes of the arrays, which are what two equal designs have in common; shape (k, draws)."""
    design = ar1_design(np.frombuffer(X).reshape(-1, columns), np.frombuffer(time, dtype=np.int64))
    grid = grid_of(design)
    normals = standard_normals(design.n, draws, seed)
    weights = np.frombuffer(contrast)[None, :]
    rows = [
        np.sort(np.abs(statistics(grid, weights, correlated(normals, design.time, rho)).t[0]))
        for rho in np.frombuffer(knots)
    ]
    null = np.stack(rows)
    null.setflags(write=False)
    return null
