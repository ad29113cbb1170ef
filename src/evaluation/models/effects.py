"""From the analysis scale to an estimate: logs become ratios, and observed, expected, interval and p stay together."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from scipy.special import ndtr, ndtri

from evaluation.models.bootstrap import BootstrapT
from evaluation.models.design import published
from evaluation.models.refusal import NotEstimableError
from evaluation.results import Estimate
from evaluation.series import TimeSeries, Window

LEVEL = 0.95


def with_limits(series: TimeSeries, name: str, inference: BootstrapT, place: int) -> dict[str, float]:
    """Name one contrast's estimate and limits on the scale of the estimate."""
    return {
        name: on_scale(series, float(inference.effect[place])),
        f"{name}_low": on_scale(series, float(inference.low[place])),
        f"{name}_high": on_scale(series, float(inference.high[place])),
    }


def on_scale(series: TimeSeries, value: float) -> float:
    """Bring a number from the analysis scale to the scale of the estimate: a ratio for counts."""
    return float(np.exp(value)) if series.scale == "count" else value


def scaled_estimate(
    series: TimeSeries,
    window: Window,
    design: str,
    effect: float,
    low: float,
    high: float,
    *,
    p: float,
    error: float,
    method: str,
    details: Mapping[str, float],
) -> Estimate:
    """Build the estimate from an effect on the analysis scale; observed and expected follow from it.

    Raises
    ------
    NotEstimableError
        When effect, limits or standard error are not finite.
    """
    if not (np.isfinite([effect, low, high, error]).all() and error > 0):
        raise NotEstimableError("missing_standard_error", found=f"standard error {error}", expected="a finite one")
    baseline, period = window.baseline & published(series), window.period & published(series)
    estimate = on_scale(series, effect)
    count = series.scale == "count"
    observed = float(series.count[period].sum() if count else series.count[period].mean())
    return Estimate(
        design=design,
        scale="ratio" if count else "additive",
        estimate=estimate,
        low=on_scale(series, low),
        high=on_scale(series, high),
        p=p,
        standard_error=error,
        observed=observed,
        expected=observed / estimate if count else observed - estimate,
        n_baseline=int(baseline.sum()),
        n_period=int(period.sum()),
        method=method,
        details=MappingProxyType(dict(details)),
        level=LEVEL,
    )


def normal_estimate(
    series: TimeSeries,
    window: Window,
    name: str,
    effect: float,
    error: float,
    method: str,
    details: Mapping[str, float],
) -> Estimate:
    """Build an estimate with a normal interval and the p that belongs to it."""
    reach = float(ndtri(0.5 + LEVEL / 2)) * error
    p = float(2.0 * ndtr(-abs(effect) / error)) if error > 0 else float("nan")
    return scaled_estimate(
        series, window, name, effect, effect - reach, effect + reach, p=p, error=error, method=method, details=details
    )
