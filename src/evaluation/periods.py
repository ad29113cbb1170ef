"""Cutting a series into baseline and agreement: whole points only, both ends inclusive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from evaluation.indicators import point_end
from evaluation.series import Bools, TimeSeries, Window
from evaluation.study.model import Agreement, ContextEvent, Study

BaselineKind = Literal["previous", "fixed"]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of days, both inclusive."""

    start: date
    end: date


def baseline_span(study: Study, agreement: Agreement, kind: BaselineKind, series: TimeSeries) -> Span:
    """Return the days of an agreement's baseline: the preceding period, or the time before the first agreement."""
    if kind == "previous" and agreement.previous_baseline != "fixed":
        previous = study.agreement(agreement.previous_baseline)
        return Span(previous.start, previous.end)
    fixed = study.fixed_baseline(series.grain)
    return Span(fixed.start, fixed.end)


def baseline_kinds(agreement: Agreement) -> tuple[BaselineKind, ...]:
    """Return the baselines that differ for this agreement; the first agreement has only the fixed one."""
    return ("fixed",) if agreement.previous_baseline == "fixed" else ("previous", "fixed")


def window_of(study: Study, agreement: Agreement, kind: BaselineKind, series: TimeSeries) -> Window:
    """Return which points of a series are baseline and which belong to the agreement.

    A point counts only if it lies wholly inside its period; points without a published figure count nowhere. The first
    `plan.transition_points` points of the agreement are left out.
    """
    inside = points_inside(series, Span(agreement.start, agreement.end))
    transition = _first(inside, study.plan.transition_points)
    published = ~np.isnan(series.count)
    baseline = points_inside(series, baseline_span(study, agreement, kind, series))
    return Window(
        agreement=agreement.id,
        baseline_kind=kind,
        baseline=baseline & published & ~inside,
        period=inside & published & ~transition,
        transition=transition,
        period_start=np.datetime64(agreement.start, "D"),
        share_observed=share_observed(series, agreement),
    )


def points_inside(series: TimeSeries, span: Span) -> Bools:
    """Return which points lie wholly inside a span (first and last day inclusive), shape (n,)."""
    first, last = np.datetime64(span.start, "D"), np.datetime64(span.end, "D")
    inside: Bools = (series.start >= first) & (point_end(series.start, series.grain) <= last)
    return inside


def share_observed(series: TimeSeries, agreement: Agreement) -> float:
    """Return the share of the agreement's days that published points cover up to its end, 0–1."""
    published = ~np.isnan(series.count)
    if not published.any():
        return 0.0
    last = point_end(series.start, series.grain)[published].max().astype(date)
    days = (min(last, agreement.end) - agreement.start).days + 1
    return float(np.clip(days / ((agreement.end - agreement.start).days + 1), 0.0, 1.0))


def agreement_masks(study: Study, series: TimeSeries) -> dict[str, Bools]:
    """Return the published points inside each agreement, by agreement id, in order of start."""
    published = ~np.isnan(series.count)
    ordered = sorted(study.agreements, key=lambda agreement: agreement.start)
    return {a.id: points_inside(series, Span(a.start, a.end)) & published for a in ordered}


def events_in(study: Study, offence_type: str, first: date, last: date) -> tuple[ContextEvent, ...]:
    """Return the context events of a series between two days (inclusive), survey events left out."""
    return tuple(
        event
        for event in study.context_events
        if not event.surveys
        and (not event.offence_types or offence_type in event.offence_types)
        and event.date <= last
        and (event.end or event.date) >= first
    )


def crossed_breaks(study: Study, offence_type: str, series: TimeSeries, window: Window) -> tuple[ContextEvent, ...]:
    """Return the registered breaks (series broken) that lie between the first and the last point used."""
    used = series.start[window.used]
    if used.size == 0:
        return ()
    first, last = used.min().astype(date), point_end(used.max(keepdims=True), series.grain)[0].astype(date)
    inside = events_in(study, offence_type, first, last)
    return tuple(event for event in inside if event.effect == "series_broken" and event.date > first)


def _first(mask: Bools, points: int) -> Bools:
    chosen = np.zeros_like(mask)
    chosen[np.flatnonzero(mask)[:points]] = True
    return chosen
