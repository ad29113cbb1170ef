"""When the suite refuses: the conditions of METHODS section 5, each with the numbers that made it fire."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from evaluation.results import Refusal
from evaluation.series import POINTS_PER_YEAR, TimeSeries, Window
from evaluation.study.model import ContextEvent, Thresholds

# A start is called high when the last year before it lies this share above the earlier points (METHODS, section 5:
# regression to the mean alone gives falls of 15 to 30 per cent).
HIGH_START = 1.10
ROUNDING = 1e-6  # stand-ins for hidden counts keep a printed sum to the last bits only
GRAVITY = {"no_estimate": 0, "description_only": 1, "no_verdict": 2, "warning": 3}


def refusals_before(
    series: TimeSeries, window: Window, thresholds: Thresholds, breaks: Iterable[ContextEvent] = ()
) -> tuple[Refusal, ...]:
    """Return the refusals that can be known before any model is fitted, gravest first."""
    found = (
        _no_data(window),
        *(_broken(event) for event in breaks),
        _short_baseline(series, window, thresholds),
        _too_few_points(window, thresholds),
        _too_few_cases(series, window, thresholds),
        _high_start(series, window),
    )
    refused = (refusal for refusal in found if refusal is not None)
    return tuple(sorted(refused, key=lambda refusal: GRAVITY[refusal.severity]))


def insensitive(detectable: float, thresholds: Thresholds) -> Refusal | None:
    """Refuse a verdict where not even a large change could have been seen; `detectable` in per cent."""
    limit = thresholds.largest_detectable_change
    if np.isfinite(detectable) and detectable <= limit:
        return None
    return Refusal("insensitive", "no_verdict", {"detectable": detectable, "limit": limit})


def not_estimable(reason: str) -> Refusal:
    """Refuse after a model that has no answer (boundary, no convergence, missing standard error)."""
    return Refusal("not_estimable", "description_only", {reason: 1.0})


def allows_estimate(refusals: Iterable[Refusal]) -> bool:
    """Tell whether a model may be fitted at all."""
    return not any(refusal.severity in ("no_estimate", "description_only") for refusal in refusals)


def allows_verdict(refusals: Iterable[Refusal]) -> bool:
    """Tell whether the estimate may carry a verdict."""
    return all(refusal.severity == "warning" for refusal in refusals)


def _no_data(window: Window) -> Refusal | None:
    baseline, period = int(window.baseline.sum()), int(window.period.sum())
    if baseline and period:
        return None
    return Refusal("no_data", "no_estimate", {"baseline": baseline, "period": period})


def _broken(event: ContextEvent) -> Refusal:
    return Refusal("series_broken", "no_estimate", {"year": event.date.year, "month": event.date.month})


def _short_baseline(series: TimeSeries, window: Window, thresholds: Thresholds) -> Refusal | None:
    months = int(window.baseline.sum()) * 12 // POINTS_PER_YEAR[series.grain]
    if months == 0 or months >= thresholds.minimum_baseline_months:
        return None
    return Refusal(
        "short_baseline", "description_only", {"months": months, "limit": thresholds.minimum_baseline_months}
    )


def _too_few_points(window: Window, thresholds: Thresholds) -> Refusal | None:
    baseline, period = int(window.baseline.sum()), int(window.period.sum())
    limit = thresholds.minimum_points
    if baseline * period == 0 or min(baseline, period) >= limit:
        return None
    return Refusal("too_few_points", "description_only", {"baseline": baseline, "period": period, "limit": limit})


def _too_few_cases(series: TimeSeries, window: Window, thresholds: Thresholds) -> Refusal | None:
    if series.scale == "value" or not window.used.any():
        return None
    mean, limit = float(series.count[window.used].mean()), thresholds.minimum_cases_per_point
    return None if mean >= limit - ROUNDING else Refusal("too_few_cases", "no_estimate", {"mean": mean, "limit": limit})


def _high_start(series: TimeSeries, window: Window) -> Refusal | None:
    """Warn where the year before the start lies high and the baseline holds little else."""
    points = POINTS_PER_YEAR[series.grain]
    rates = series.rate[window.baseline]
    if points == 1 or rates.size <= points or rates.size >= 4 * points:
        return None
    last, earlier = float(rates[-points:].mean()), float(rates[:-points].mean())
    if earlier <= 0 or last / earlier < HIGH_START:
        return None
    return Refusal("high_start", "warning", {"per_cent": 100 * (last / earlier - 1)})
