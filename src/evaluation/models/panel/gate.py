"""The pre-fit gate: a control that does not follow the treated area before the agreement is no headline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.series import Floats

POINTS_NEEDED = 8
FIT_LIMIT = 2.0
FORECAST_LIMIT = 3.0
MEMORY_LIMIT = 0.1


@dataclass(frozen=True, slots=True)
class FitGate:
    """Whether the control may be a headline, with the numbers that decided.

    All RMSPE (root mean squared prediction errors) are on the analysis scale: 0.05 is about 5 % for log rates.

    Attributes
    ----------
    passed
        No reason stands against a headline.
    reasons
        Keys of what stands against it: `few_points`, `poor_fit`, `poor_forecast`, `memorised`.
    points, points_needed
        Baseline points, and the least number (8).
    rmspe, pool_rmspe, fit_ratio, fit_limit
        RMSPE of the baseline, its median over the placebo areas, their ratio and the most it may be (2).
    forecast, pool_forecast, forecast_ratio, forecast_limit
        The last quarter of the baseline predicted with weights and level from the first three quarters: |mean gap|,
        its median over the placebo areas, their ratio and the most it may be (3).
    memory_ratio, memory_limit
        Median over all areas of baseline RMSPE / RMSPE of the predicted last quarter; below 0.1 the controls have
        learnt the baseline by heart (more donors than points, no penalty) and their fit shows nothing.
    """

    passed: bool
    reasons: tuple[str, ...]
    points: int
    points_needed: int
    rmspe: float
    pool_rmspe: float
    fit_ratio: float
    fit_limit: float
    forecast: float
    pool_forecast: float
    forecast_ratio: float
    forecast_limit: float
    memory_ratio: float
    memory_limit: float


def fit_gate(baseline: Floats, held_out: Floats, treated: int) -> FitGate:
    """Judge the treated area's control by what the controls of the placebo areas manage on the same points.

    Parameters
    ----------
    baseline
        Gaps of the baseline per area, from weights that saw the whole baseline, shape (areas, b).
    held_out
        Gaps of the last quarter of the baseline per area, from weights that saw only the rest, shape (areas, h).
    treated
        Row of the treated area.
    """
    rmspe = np.sqrt(np.mean(baseline**2, axis=1))
    forecast = np.abs(held_out.mean(axis=1))
    pool_rmspe, pool_forecast = (float(np.median(np.delete(values, treated))) for values in (rmspe, forecast))
    fit_ratio = _ratio(float(rmspe[treated]), pool_rmspe)
    forecast_ratio = _ratio(float(forecast[treated]), pool_forecast)
    memory = _ratio(float(np.median(rmspe)), float(np.median(np.sqrt(np.mean(held_out**2, axis=1)))))
    against = {
        "few_points": baseline.shape[1] < POINTS_NEEDED,
        "poor_fit": fit_ratio > FIT_LIMIT,
        "poor_forecast": forecast_ratio > FORECAST_LIMIT,
        "memorised": memory < MEMORY_LIMIT,
    }
    reasons = tuple(key for key, stands in against.items() if stands)
    return FitGate(
        not reasons,
        reasons,
        int(baseline.shape[1]),
        POINTS_NEEDED,
        float(rmspe[treated]),
        pool_rmspe,
        fit_ratio,
        FIT_LIMIT,
        float(forecast[treated]),
        pool_forecast,
        forecast_ratio,
        FORECAST_LIMIT,
        memory,
        MEMORY_LIMIT,
    )


def _ratio(value: float, reference: float) -> float:
    """Value over reference; two zeros are alike, and something over nothing is infinitely much."""
    if reference > 0:
        return value / reference
    return 1.0 if value == 0 else float("inf")
