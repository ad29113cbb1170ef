"""All checks of one estimated series, in the order in which a reader asks them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np

from evaluation.checks.comparison import negative_control_check, pre_trend_check
from evaluation.checks.dates import break_date_check, placebo_dates_check
from evaluation.checks.points import leave_one_out_check, single_point_check
from evaluation.checks.residuals import dispersion_check, ljung_box_check
from evaluation.checks.sensitivity import baseline_length_check, left_out_check
from evaluation.checks.subject import Settings, Subject, estimate_of
from evaluation.checks.windows import overlapping
from evaluation.models import OwnTrendFit, own_trend_fit
from evaluation.models.panel import Panel
from evaluation.results import CheckResult, Estimate
from evaluation.series import Bools, TimeSeries, Window
from evaluation.study.model import AnalysisPlan, ContextEvent, Oddity, Thresholds

_PLAN, _THRESHOLDS = AnalysisPlan(), Thresholds()


def run_checks(
    series: TimeSeries,
    window: Window,
    *,
    plan: AnalysisPlan = _PLAN,
    thresholds: Thresholds = _THRESHOLDS,
    harmonics: int | None = None,
    events: Iterable[ContextEvent] = (),
    oddities: Iterable[Oddity] = (),
    flagged: Bools | None = None,
    panel: Panel | None = None,
    negative_control: TimeSeries | None = None,
    reporting: CheckResult | None = None,
    estimate: Estimate | None = None,
    fit: OwnTrendFit | None = None,
) -> tuple[CheckResult, ...]:
    """Run every check of METHODS section 4 that the series allows.

    Parameters
    ----------
    plan, thresholds
        Of the study: slope change, draws, seed; smallest numbers of points, largest detectable change.
    harmonics
        Seasonal frequencies; None follows the rule of the models.
    events
        Context events that concern this series: those of kind *shock* are the pandemic (with none registered, nothing
        is said of it), those of kind *recording* with an end are batch registrations, and a *series_broken* is never
        crossed by a longer baseline.
    oddities
        Registered peculiarities; those of the series' own area count as batch registrations.
    flagged
        Points in which cleaning found batch registrations, shape (n,).
    panel
        Target and comparison areas, for the pre-trend.
    negative_control
        An outcome that the agreement cannot affect.
    reporting
        `survey.reported_versus_victimised`, passed through.
    estimate, fit
        The primary estimate and fit, where the caller has them; otherwise made here.

    Raises
    ------
    NotEstimableError
        When the primary estimate itself has no answer: then there is nothing to check.
    """
    events = tuple(events)
    subject = subject_of(
        series, window, plan=plan, thresholds=thresholds, harmonics=harmonics, estimate=estimate, fit=fit
    )
    checks = [
        ljung_box_check(subject),
        dispersion_check(subject),
        single_point_check(subject),
        leave_one_out_check(subject),
        placebo_dates_check(subject),
        break_date_check(subject),
        baseline_length_check(subject, last_break(events)),
        left_out_check("pandemic", subject, pandemic_points(series, events)) if _knows_shocks(events) else None,
        left_out_check("batches", subject, batch_points(series, events, oddities, flagged)),
        pre_trend_check(subject, panel, series.area) if panel is not None else None,
        negative_control_check(subject, negative_control) if negative_control is not None else None,
        reporting,
    ]
    return tuple(check for check in checks if check is not None)


def subject_of(
    series: TimeSeries,
    window: Window,
    *,
    plan: AnalysisPlan = _PLAN,
    thresholds: Thresholds = _THRESHOLDS,
    harmonics: int | None = None,
    estimate: Estimate | None = None,
    fit: OwnTrendFit | None = None,
) -> Subject:
    """Fit and estimate what is to be checked, unless the caller has it already.

    Raises
    ------
    NotEstimableError
        As `own_trend`.
    """
    fit = fit or own_trend_fit(series, window, harmonics=harmonics, slope_change=plan.slope_change)
    settings = Settings(
        harmonics=fit.design.harmonics,
        slope_change=plan.slope_change,
        draws=plan.draws,
        seed=plan.seed,
        minimum_points=thresholds.minimum_points,
        minimum_baseline_months=thresholds.minimum_baseline_months,
        largest_detectable=thresholds.largest_detectable_change,
    )
    return Subject(series, window, fit, estimate or estimate_of(series, window, fit, settings), settings)


def pandemic_points(series: TimeSeries, events: Iterable[ContextEvent]) -> Bools:
    """Mark the points that overlap a registered shock, shape (n,)."""
    return overlapping(series, ((e.date, e.end or e.date) for e in events if e.kind == "shock"))


def _knows_shocks(events: Iterable[ContextEvent]) -> bool:
    return any(event.kind == "shock" for event in events)


def batch_points(
    series: TimeSeries, events: Iterable[ContextEvent], oddities: Iterable[Oddity], flagged: Bools | None = None
) -> Bools:
    """Mark the points with batch registrations: registered, odd in this area, or found by cleaning; shape (n,)."""
    registered = [(e.date, e.end) for e in events if e.kind == "recording" and e.end is not None]
    odd = [(oddity.start, oddity.end) for oddity in oddities if oddity.area == series.area]
    found = np.zeros(series.n, dtype=bool) if flagged is None else flagged
    marked: Bools = overlapping(series, [*registered, *odd]) | found
    return marked


def last_break(events: Iterable[ContextEvent]) -> date | None:
    """Return the day of the last registered break of the series, or nothing."""
    return max((e.date for e in events if e.effect == "series_broken"), default=None)
