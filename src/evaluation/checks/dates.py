"""Dates that should show nothing, and the date that the series itself points to."""

from __future__ import annotations

import numpy as np

from evaluation.checks.conclusion import shown_with_limits
from evaluation.checks.subject import Settings, Subject, reestimate
from evaluation.models import BreakSearch, NotEstimableError, OwnTrendFit, published, searched_break
from evaluation.models.breaks import TRIM
from evaluation.models.design import stack
from evaluation.models.reml_trend import fitted
from evaluation.results import CheckResult, CheckVerdict
from evaluation.series import Bools, TimeSeries, Window

NAN = float("nan")
COLUMNS = ("start", "f")


def placebo_dates_check(subject: Subject) -> CheckResult:
    """Pretend that an agreement began at every date inside the baseline, and ask whether one of them shows a step.

    Only the baseline is used. F of a step at every date with enough points on both sides; p of the largest by
    parametric bootstrap over the whole search, so that trying many dates costs nothing in false alarms. *Failed*:
    p < 0.05: the design finds changes where there was no agreement. *Too little data*: no such date.
    """
    settings, series = subject.settings, subject.series
    baseline = subject.window.baseline & published(series)
    n = int(baseline.sum())
    if n < 2 * settings.minimum_points:
        values = {"points": float(n), "needed": 2.0 * settings.minimum_points}
        return CheckResult("placebo_dates", "too_little_data", NAN, NAN, settings.alpha, values)
    try:
        fit = steady_fit(series, baseline, settings.harmonics)
    except NotEstimableError:
        return CheckResult("placebo_dates", "too_little_data", NAN, NAN, settings.alpha, {"points": float(n)})
    trim = (settings.minimum_points + 1e-9) / n
    found = searched_break(fit.reml, trim=trim, draws=settings.draws, seed=settings.seed)
    verdict: CheckVerdict = "failed" if found.p < settings.alpha else "passed"
    values = _when(series, fit, found) | {"dates": float(found.candidates.size)}
    values |= _placebo_effect(series, subject.window, baseline, _first_after(fit, found), settings)
    return CheckResult(
        "placebo_dates", verdict, found.sup_f, found.p, settings.alpha, values, COLUMNS, _rows(series, fit, found)
    )


def break_date_check(subject: Subject) -> CheckResult:
    """Search the date at which the series breaks without knowing the agreement, and compare it with the start.

    *Passed*: a break is found (bootstrap p < 0.05 over the whole search) and the start lies inside the 95 % interval of
    its date (Bai 1997). *Failed*: a break is found, and its interval does not hold the start: something else happened
    at another time. *Informational*: no break stands out, which says nothing against the start.
    """
    settings, series = subject.settings, subject.series
    used = subject.window.used & published(series)
    try:
        fit = steady_fit(series, used, settings.harmonics)
    except NotEstimableError:
        return CheckResult("break_date", "too_little_data", NAN, NAN, settings.alpha)
    found = searched_break(fit.reml, trim=TRIM, draws=settings.draws, seed=settings.seed)
    last_before = int(np.sum(series.start[fit.design.rows] < subject.window.period_start)) - 1
    inside = found.low <= last_before <= found.high
    verdict: CheckVerdict = "informational" if not found.p < settings.alpha else "passed" if inside else "failed"
    values = _when(series, fit, found) | {"points_off": float(found.last_before - last_before)}
    return CheckResult(
        "break_date", verdict, found.sup_f, found.p, settings.alpha, values, COLUMNS, _rows(series, fit, found)
    )


def steady_fit(series: TimeSeries, used: Bools, harmonics: int) -> OwnTrendFit:
    """Fit trend and season without any step to the used points."""
    return fitted(series, stack(series, used, {}, harmonics))


def _first_after(fit: OwnTrendFit, found: BreakSearch) -> int:
    return int(fit.design.rows[found.last_before + 1])


def _when(series: TimeSeries, fit: OwnTrendFit, found: BreakSearch) -> dict[str, float]:
    months = series.start[_first_after(fit, found)].astype("datetime64[M]").astype(int)
    return {"year": float(months // 12 + 1970), "month": float(months % 12 + 1)}


def _rows(series: TimeSeries, fit: OwnTrendFit, found: BreakSearch) -> tuple[tuple[str, float], ...]:
    places = fit.design.rows[found.candidates + 1]
    return tuple((str(series.start[place]), float(f)) for place, f in zip(places, found.f, strict=True))


def _placebo_effect(
    series: TimeSeries, window: Window, baseline: Bools, start: int, settings: Settings
) -> dict[str, float]:
    """Estimate the step at the strongest placebo date; nothing where it cannot be estimated."""
    place = np.arange(series.n)
    placebo = Window(
        agreement=window.agreement,
        baseline_kind=window.baseline_kind,
        baseline=baseline & (place < start),
        period=baseline & (place >= start),
        transition=np.zeros(series.n, dtype=bool),
        period_start=series.start[start],
        share_observed=1.0,
    )
    try:
        return dict(shown_with_limits(reestimate(series, placebo, settings)))
    except NotEstimableError:
        return dict.fromkeys(("effect", "low", "high"), NAN) | {"ratio": float(series.scale == "count")}
