"""How each design weighs donors and baseline points: the only place where the three comparison designs differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from evaluation.models.panel.panel import DesignPoints
from evaluation.models.panel.simplex import simplex_weights, simplex_weights_of_all
from evaluation.series import Bools, Floats

Rows = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True, slots=True, eq=False)
class Weighting:
    """Weights of m comparisons on a panel of n areas with b baseline points.

    Attributes
    ----------
    unit
        Weight of each donor in the control of each target, rows add up to 1, shape (m, n).
    time
        Weight of each baseline point in the level that is subtracted, shape (m, b): rows add up to 1, or are 0 where
        the design compares levels as they stand (no intercept).
    kkt
        Largest KKT residual of the quadratic programmes behind the weights; 0 where there are none.
    """

    unit: Floats
    time: Floats
    kkt: float


Weigh = Callable[[Floats, DesignPoints, Rows, Bools], Weighting]
"""Outcome (areas × points), points, target rows (m,), donors allowed to each target (m, areas) → weights."""


def equal_weights(_outcome: Floats, points: DesignPoints, targets: Rows, allowed: Bools) -> Weighting:
    """Difference-in-differences: every donor and every baseline point counts the same."""
    time = np.full((targets.size, points.baseline.size), 1.0 / points.baseline.size)
    return Weighting(allowed / allowed.sum(axis=1, keepdims=True), time, 0.0)


def synthetic_weights(
    ridge: float, intercept: bool = True, covariates: Floats | None = None, scale_by_period: bool = False
) -> Weigh:
    """Synthetic control: donors on the simplex so that the control follows the target through the baseline.

    Minimises Σ_t (target_t − Σ w_j donor_j,t)² + b·ζ²·Σ w_j² with ζ = ridge·σ, where σ is the standard deviation of
    the first differences of the pool's baseline and b the number of baseline points (Arkhangelsky et al. 2021,
    eq. 2.1–2.2; Doudchenko and Imbens 2016). With an intercept each area is first centred on its baseline mean, so a
    control must share the course but not the level (Ferman and Pinto 2021).

    Parameters
    ----------
    ridge
        ζ in units of σ; 0 is the unpenalised programme.
    intercept
        Centre each area first.
    covariates
        Shape (areas, k): each is standardised over the areas and counts as one more baseline point.
    scale_by_period
        Multiply ζ by (period points)^¼ as synthetic difference-in-differences does.
    """

    def weigh(outcome: Floats, points: DesignPoints, targets: Rows, allowed: Bools) -> Weighting:
        baseline = outcome[:, points.baseline]
        centred = baseline - baseline.mean(axis=1, keepdims=True) if intercept else baseline
        growth = points.period.size**0.25 if scale_by_period else 1.0
        zeta = ridge * growth * _noise(baseline, allowed)
        rows = centred if covariates is None else np.hstack([centred, _standardised(covariates) * centred.std()])
        solution = simplex_weights_of_all(rows, targets, allowed, points.baseline.size * zeta**2)
        level = 1.0 / points.baseline.size if intercept else 0.0
        time = np.full((targets.size, points.baseline.size), level)
        return Weighting(solution.weights, time, float(solution.kkt.max()))

    return weigh


def synthetic_did_weights(ridge: float, time_ridge: float = 1e-6) -> Weigh:
    """Synthetic difference-in-differences: donors as in the synthetic control, and baseline points weighted too.

    Time weights make the donors' weighted baseline resemble their own period mean: simplex with intercept over the
    donors, with the small penalty of the paper (Arkhangelsky et al. 2021, eq. 2.3).
    """
    donors = synthetic_weights(ridge, scale_by_period=True)

    def weigh(outcome: Floats, points: DesignPoints, targets: Rows, allowed: Bools) -> Weighting:
        weighting = donors(outcome, points, targets, allowed)
        baseline, period_mean = outcome[:, points.baseline], outcome[:, points.period].mean(axis=1)
        penalty = (time_ridge * _noise(baseline, allowed)) ** 2
        solved = [_time_weights(baseline[pool], period_mean[pool], penalty) for pool in allowed]
        worst = max([weighting.kkt, *(kkt for _, kkt in solved)])
        return replace(weighting, time=np.vstack([weights for weights, _ in solved]), kkt=worst)

    return weigh


def gaps(outcome: Floats, points: DesignPoints, targets: Rows, weighting: Weighting) -> Floats:
    """Target minus its weighted donors, minus the weighted baseline level of that difference, shape (m, t)."""
    usable = np.where(np.isfinite(outcome), outcome, 0.0)  # a point is finite for all areas or used by no design
    gap: Floats = outcome[targets] - weighting.unit @ usable
    level = (weighting.time * gap[:, points.baseline]).sum(axis=1, keepdims=True)
    return np.asarray(gap - level)


def placebo_pool(areas: int, treated: int) -> Bools:
    """Which donors each area may have when it plays the treated one: all but itself and the treated area."""
    allowed = ~np.eye(areas, dtype=bool)
    allowed[:, treated] = False
    return allowed


def _time_weights(baseline: Floats, period_mean: Floats, penalty: float) -> tuple[Floats, float]:
    centred = baseline - baseline.mean(axis=0)
    target = period_mean - period_mean.mean()
    solution = simplex_weights(target, centred.T, penalty * len(baseline))
    return solution.weights[0], float(solution.kkt[0])


def _noise(baseline: Floats, allowed: Bools) -> float:
    """Take the standard deviation of first differences over the pool, the σ of the paper."""
    pool = baseline[allowed.any(axis=0)]
    return float(np.diff(pool, axis=1).std()) if pool.shape[1] > 1 else 0.0


def _standardised(covariates: Floats) -> Floats:
    spread = covariates.std(axis=0)
    return np.asarray((covariates - covariates.mean(axis=0)) / np.where(spread > 0, spread, 1.0))
