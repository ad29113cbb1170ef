"""The risk-of-bias items for interrupted time series that a run can answer from what is registered.

Cochrane Effective Practice and Organisation of Care, *Suggested risk of bias criteria for EPOC reviews* (2017), the
seven criteria for interrupted time series, and EPOC's rule that a series has a defined start and at least three points
on either side. What only a reader can judge (whether those who recorded knew of the agreement) is not answered here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np

from evaluation.indicators import point_end
from evaluation.models import points_spanned, published
from evaluation.results import CheckResult, CheckVerdict
from evaluation.series import POINTS_PER_YEAR, TimeSeries, Window
from evaluation.study.model import ContextEvent

NAN = float("nan")
DAYS_AROUND_START = 183
LEAST_POINTS = 3
MOST_MISSING = 0.05
YEARS_FOR_SEASON = 2


def epoc_items(
    series: TimeSeries,
    window: Window,
    *,
    events: Iterable[ContextEvent] = (),
    plan_registered: bool,
    plan_deviations: int = 0,
    outcomes_registered: int = 1,
    outcomes_reported: int = 1,
    start_assumed: bool = False,
) -> tuple[CheckResult, ...]:
    """Answer each item: *passed* is low risk of bias, *failed* high risk, *informational* unclear.

    Parameters
    ----------
    events
        Context events that concern this series.
    plan_registered, plan_deviations
        Whether the analysis plan was registered, and in how many ways this run differs from it.
    outcomes_registered, outcomes_reported
        Outcomes of the agreement in the study file, and those that have a row in the report (refused ones count).
    start_assumed
        Whether the start of the agreement is assumed rather than documented.
    """
    events = tuple(events)
    return (
        independent_item(window, events),
        shape_item(plan_registered, plan_deviations),
        recording_item(series, window, events),
        incomplete_item(series, window),
        selective_item(outcomes_registered, outcomes_reported),
        season_item(series, window),
        points_item(window, start_assumed),
    )


def independent_item(window: Window, events: Iterable[ContextEvent]) -> CheckResult:
    """Ask whether anything else began or ended within half a year of the start; *failed* if it may move the series."""
    start, reach = window.period_start.astype("datetime64[D]").astype(date), timedelta(DAYS_AROUND_START)
    near = [e for e in events if any(abs(day - start) <= reach for day in (e.date, e.end) if day is not None)]
    serious = sum(event.effect != "none" for event in near)
    verdict: CheckVerdict = "failed" if serious else "informational" if near else "passed"
    return _item("independent", verdict, float(serious), events=float(len(near)), serious=float(serious))


def shape_item(plan_registered: bool, plan_deviations: int) -> CheckResult:
    """Ask whether the shape of the effect was specified beforehand: the plan is registered and was followed."""
    verdict: CheckVerdict = "passed" if plan_registered and not plan_deviations else "failed"
    return _item(
        "shape",
        verdict,
        float(plan_deviations),
        registered=float(plan_registered),
        deviations=float(plan_deviations),
    )


def recording_item(series: TimeSeries, window: Window, events: Iterable[ContextEvent]) -> CheckResult:
    """Ask whether the way of recording was the same before and after: no registered change among the points used."""
    used = window.used
    if not used.any():
        return _item("recording", "too_little_data", NAN)
    first = series.start[used].min().astype(date)
    last = point_end(series.start[used], series.grain).max().astype(date)
    changes = sum(
        event.kind in ("recording", "law") and first < event.date <= last and event.effect != "none" for event in events
    )
    return _item("recording", "failed" if changes else "passed", float(changes), changes=float(changes))


def incomplete_item(series: TimeSeries, window: Window) -> CheckResult:
    """Ask whether points are missing between the first and the last used one; *failed* above one in twenty."""
    places = np.flatnonzero(window.used)
    if not places.size:
        return _item("incomplete", "too_little_data", NAN)
    inside = slice(places[0], places[-1] + 1)
    missing = float(np.mean(~published(series)[inside]))
    preliminary = float(np.mean(series.preliminary[window.used]))
    verdict: CheckVerdict = "failed" if missing > MOST_MISSING else "passed"
    return _item("incomplete", verdict, missing, missing=100 * missing, preliminary=100 * preliminary)


def selective_item(registered: int, reported: int) -> CheckResult:
    """Ask whether every registered outcome is reported, those that cannot be assessed included."""
    verdict: CheckVerdict = "passed" if reported >= registered else "failed"
    return _item(
        "selective", verdict, float(registered - reported), registered=float(registered), reported=float(reported)
    )


def season_item(series: TimeSeries, window: Window) -> CheckResult:
    """Ask whether seasons could be taken into account: two years of baseline, or a yearly series."""
    points = points_spanned(window.baseline)
    years = points / POINTS_PER_YEAR[series.grain]
    verdict: CheckVerdict = "passed" if series.grain == "year" or years >= YEARS_FOR_SEASON else "failed"
    return _item("season", verdict, years, years=years, points=float(points))


def points_item(window: Window, start_assumed: bool) -> CheckResult:
    """Ask for a documented start and at least three points on either side (EPOC's condition for inclusion)."""
    before, after = int(window.baseline.sum()), int(window.period.sum())
    verdict: CheckVerdict = (
        "failed" if min(before, after) < LEAST_POINTS else "informational" if start_assumed else "passed"
    )
    return _item("points", verdict, float(min(before, after)), before=float(before), after=float(after))


def _item(name: str, verdict: CheckVerdict, statistic: float, **values: float) -> CheckResult:
    return CheckResult(f"epoc_{name}", verdict, statistic, NAN, NAN, values)
