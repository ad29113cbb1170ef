"""What should not move: the areas before the agreement (pre-trend), and an outcome it cannot affect."""

from __future__ import annotations

from evaluation.checks.conclusion import conclusion, shown_with_limits
from evaluation.checks.subject import Subject, enough_points, estimate_of
from evaluation.checks.windows import same_dates
from evaluation.models import NotEstimableError, own_trend_fit, smallest_detectable_change
from evaluation.models.panel import Panel, event_study
from evaluation.results import CheckResult, CheckVerdict
from evaluation.series import TimeSeries

NAN = float("nan")
COLUMNS = ("start", "lead", "gap", "band")


def pre_trend_check(subject: Subject, panel: Panel, treated: str) -> CheckResult:
    """Ask whether the area drifted away from the comparison areas before the agreement (event study).

    *Failed*: the slope of its baseline gap ranks among the most extreme 5 % of all areas' slopes. *Too little data*:
    fewer than 20 areas, so that no slope could rank so high, or too few points. Passing proves little (Freyaldenhoven,
    Hansen and Shapiro 2019).
    """
    alpha, areas = subject.settings.alpha, len(panel.areas)
    values = {"areas": float(areas)}
    try:
        study = event_study(panel, treated, subject.window)
    except NotEstimableError:
        return CheckResult("pre_trend", "too_little_data", NAN, NAN, alpha, values)
    values |= {"slope": study.pretrend, "outside_band": study.outside_band}
    rows = tuple(
        (str(start), int(lead), float(gap), float(band))
        for start, lead, gap, band in zip(study.start, study.lead, study.gap, study.band, strict=True)
    )
    if 1 / areas > alpha:
        return CheckResult(
            "pre_trend", "too_little_data", study.pretrend, study.pretrend_p, alpha, values, COLUMNS, rows
        )
    verdict: CheckVerdict = "failed" if study.pretrend_p <= alpha else "passed"
    return CheckResult("pre_trend", verdict, study.pretrend, study.pretrend_p, alpha, values, COLUMNS, rows)


def negative_control_check(subject: Subject, control: TimeSeries) -> CheckResult:
    """Estimate the "effect" on an outcome that the agreement cannot affect, over the same dates.

    *Failed*: it shows a clear change, so something else moved both. *Passed*: it shows none, and would have shown one
    as large as the limit for a verdict. *Too little data*: it shows none, but could not have.
    """
    settings = subject.settings
    window = same_dates(subject.series, subject.window, control)
    if not enough_points(control, window, settings):
        return CheckResult("negative_control", "too_little_data", NAN, NAN, settings.alpha)
    try:
        fit = own_trend_fit(control, window, slope_change=settings.slope_change)
        estimate = estimate_of(control, window, fit, settings)
        detectable = smallest_detectable_change(
            control, window, slope_change=settings.slope_change, seed=settings.seed, fit=fit
        )
    except NotEstimableError:
        return CheckResult("negative_control", "too_little_data", NAN, NAN, settings.alpha)
    visible = abs(detectable.decrease) <= settings.largest_detectable or control.scale == "value"
    verdict: CheckVerdict = "failed" if conclusion(estimate) != "none" else "passed" if visible else "too_little_data"
    values = dict(shown_with_limits(estimate)) | {"detectable": abs(detectable.decrease)}
    return CheckResult("negative_control", verdict, estimate.estimate, estimate.p, settings.alpha, values)
