"""Trend over waves by design-based logistic regression."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from evaluation.errors import EstimationError
from evaluation.series import Floats
from evaluation.survey.contrast import t_contrast
from evaluation.survey.design import SurveyDesign
from evaluation.survey.variance import cluster_covariance, cluster_scores


@dataclass(frozen=True, slots=True)
class SurveyTrend:
    """Slope of the log odds of the counted answer.

    Attributes
    ----------
    log_odds_per_unit, standard_error
        Per unit of `time` (per year when time is in years).
    odds_ratio, low, high
        exp of the slope and of its t limits at `level`.
    points_per_unit
        The same slope as mean change of the share, percentage points per unit (average marginal effect).
    p
        Two-sided p of "no trend", from the same t.
    degrees_of_freedom
        Clusters minus strata minus one.
    answers
        Valid answers used.
    """

    log_odds_per_unit: float
    standard_error: float
    odds_ratio: float
    low: float
    high: float
    points_per_unit: float
    p: float
    degrees_of_freedom: float
    answers: int
    level: float


def trend_over_waves(design: SurveyDesign, answers: ArrayLike, time: ArrayLike, level: float = 0.95) -> SurveyTrend:
    """Fit logit p = a + b · time with survey weights; standard error by linearisation over clusters (Binder 1983).

    Equal to R `svyglm(family = quasibinomial)`. A trend must not run across a registered break: leave the waves on the
    other side out.

    Parameters
    ----------
    design
        From `pooled_waves`.
    answers
        1, 0 or NaN, shape (n,).
    time
        Years (or other units) of each answer's wave, shape (n,).

    Raises
    ------
    EstimationError
        Fewer than two points of time, all answers alike, or no convergence (a wave pattern that separates perfectly).
    """
    y, t = np.asarray(answers, dtype=np.float64), np.asarray(time, dtype=np.float64)
    valid = ~(np.isnan(y) | np.isnan(t))
    weights = np.where(valid, design.weights, 0.0)
    y, middle = np.where(valid, y, 0.0), float(np.mean(t[valid])) if valid.any() else 0.0
    X = np.column_stack([np.ones(design.n), np.where(valid, t, middle) - middle])
    _need_variation(y[valid], t[valid])
    beta, information = _newton(X, y, weights)
    p = special.expit(X @ beta)
    bread = np.linalg.inv(information)
    linearised = np.where(valid, y - p, 0.0)[:, None] * X @ bread
    covariance = cluster_covariance(design, cluster_scores(design, linearised))
    clusters = np.unique(design.cluster[valid])
    df = float(clusters.size - np.unique(design.cluster_stratum[clusters]).size - 1)
    slope = t_contrast(float(beta[1]), float(np.sqrt(covariance[1, 1])), df, level)
    marginal = 100 * float(beta[1]) * float(weights @ (p * (1 - p)) / weights.sum())
    return SurveyTrend(
        log_odds_per_unit=slope.estimate,
        standard_error=slope.standard_error,
        odds_ratio=float(np.exp(slope.estimate)),
        low=float(np.exp(slope.low)),
        high=float(np.exp(slope.high)),
        points_per_unit=marginal,
        p=slope.p,
        degrees_of_freedom=df,
        answers=int(valid.sum()),
        level=level,
    )


def _newton(X: Floats, y: Floats, weights: Floats, rounds: int = 50) -> tuple[Floats, Floats]:
    """Maximise the weighted log likelihood; returns coefficients and information."""
    scaled = weights / weights.mean()
    start = float(scaled @ y / scaled.sum())
    beta = np.array([special.logit(start), 0.0])
    for _ in range(rounds):
        p = special.expit(X @ beta)
        information = X.T @ (X * (scaled * p * (1 - p))[:, None])
        step = np.linalg.solve(information, X.T @ (scaled * (y - p)))
        beta = beta + step
        if np.abs(step).max() < 1e-13 * (1 + np.abs(beta).max()):
            return beta, information * weights.mean()
        if np.abs(beta[1]) * np.ptp(X[:, 1]) > 30:
            break
    raise EstimationError(
        "survey trend",
        found=f"no convergence, last slope {beta[1]:.3g}",
        expected="a finite maximum of the likelihood",
        todo="too few answers of one kind in some wave: compare waves two by two instead",
    )


def _need_variation(y: Floats, t: Floats) -> None:
    if np.unique(t).size < 2 or np.unique(y).size < 2:
        raise EstimationError(
            "survey trend",
            found=f"{np.unique(t).size} points of time and {np.unique(y).size} kinds of answers",
            expected="at least two of each",
            todo="a trend needs at least two waves with both kinds of answers",
        )
