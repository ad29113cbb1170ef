"""Other choices of points: a longer or shorter baseline, a transition, points left out, the same dates elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import numpy as np

from evaluation.indicators import point_end
from evaluation.models import published
from evaluation.series import POINTS_PER_YEAR, Bools, TimeSeries, Window


def without_points(window: Window, left_out: Bools) -> Window:
    """Leave some points out of baseline and period, shape (n,)."""
    return replace(window, baseline=window.baseline & ~left_out, period=window.period & ~left_out)


def shifted_baseline(series: TimeSeries, window: Window, years: int, earliest: date | None = None) -> Window | None:
    """Let the baseline begin `years` years earlier (positive) or later (negative).

    Parameters
    ----------
    earliest
        No point before this day may enter (a registered break of the series).

    Returns
    -------
    Window or None
        None where the series has no figures for the whole of the added years, or nothing of the baseline would be left.
    """
    places = np.flatnonzero(window.baseline)
    if not places.size:
        return None
    first = int(places[0]) - years * POINTS_PER_YEAR[series.grain]
    place = np.arange(series.n)
    added = (place >= first) & (place < places[0])
    if first < 0 or not published(series)[added].all() or _too_early(series, added, earliest):
        return None
    baseline = (window.baseline & (place >= first)) | added
    return replace(window, baseline=baseline) if baseline.any() else None


def with_transition(series: TimeSeries, window: Window, points: int) -> Window:
    """Leave out exactly the first `points` points of the agreement, whatever the window left out so far."""
    whole = np.flatnonzero((window.period | window.transition) & published(series))
    transition, period = np.zeros(series.n, dtype=bool), np.zeros(series.n, dtype=bool)
    transition[whole[:points]] = True
    period[whole[points:]] = True
    return replace(window, transition=transition, period=period)


def overlapping(series: TimeSeries, spans: Iterable[tuple[date, date]]) -> Bools:
    """Mark the points that share at least a day with one of the spans (days inclusive), shape (n,)."""
    ends = point_end(series.start, series.grain)
    marked = np.zeros(series.n, dtype=bool)
    for first, last in spans:
        marked |= (series.start <= np.datetime64(last, "D")) & (ends >= np.datetime64(first, "D"))
    return marked


def same_dates(series: TimeSeries, window: Window, other: TimeSeries) -> Window:
    """Lay a window on another series: its points that lie wholly between the first and last day of each segment."""
    return replace(
        window,
        baseline=_inside(series, window.baseline, other),
        period=_inside(series, window.period, other),
        transition=np.zeros(other.n, dtype=bool),
    )


def _inside(series: TimeSeries, mask: Bools, other: TimeSeries) -> Bools:
    if not mask.any():
        return np.zeros(other.n, dtype=bool)
    first = series.start[mask].min()
    last = point_end(series.start[mask], series.grain).max()
    inside: Bools = (other.start >= first) & (point_end(other.start, other.grain) <= last) & published(other)
    return inside


def _too_early(series: TimeSeries, added: Bools, earliest: date | None) -> bool:
    return earliest is not None and bool(np.any(series.start[added] < np.datetime64(earliest, "D")))
