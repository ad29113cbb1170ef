"""When incidents happen: hours of the week from the log, known only as intervals, and whether they moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaluation.cleaning.times import intervals
from evaluation.disclosure import CellTable, Dimension, Limit, suppress
from evaluation.models.panel import HourChanges, aoristic_weights, hot_hours
from evaluation.series import Bools, Dates, Floats, TimeSeries, Window

DAYS, HOURS = 7, 24
BLOCK = 4  # hours


@dataclass(frozen=True, slots=True, eq=False)
class WeekHours:
    """Incidents by weekday and hour over the whole log.

    Attributes
    ----------
    counts
        Aoristic weights rounded to whole incidents, Monday first, shape (7, 24).
    hidden
        Cells too small to print, and those hidden for their sake, shape (7, 24).
    """

    counts: Floats
    hidden: Bools


@dataclass(frozen=True, slots=True, eq=False)
class BlockChange:
    """Parts of the day (four hours each, from midnight) in baseline and agreement.

    Attributes
    ----------
    changes
        Shares of each period's incidents, shape (6,) each, and the share that moved.
    hidden
        Cells too small to print, and those hidden for their sake, shape (6, 2).
    """

    changes: HourChanges
    hidden: Bools

    @property
    def labels(self) -> tuple[str, ...]:
        """Name each part by its first and last hour."""
        return tuple(f"{at:02d}–{(at + BLOCK) % HOURS:02d}" for at in range(0, HOURS, BLOCK))


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """Earliest and latest time of each incident, datetime64, shape (n,) each; equal: a known moment."""

    start: Dates
    end: Dates

    def within(self, series: TimeSeries, mask: Bools) -> Intervals:
        """Keep the incidents that begin in the chosen months of a series."""
        chosen = np.isin(self.start.astype("datetime64[M]"), series.start[mask].astype("datetime64[M]"))
        return Intervals(self.start[chosen], self.end[chosen])


def incident_intervals(incidents: pd.DataFrame, offence_type: str, reporters: Sequence[str] | None) -> Intervals:
    """Take the intervals of one offence type from the clean log, reporters that are present throughout only.

    A time without a time of day stands for its whole day.
    """
    chosen = incidents["offence_type"] == offence_type
    if reporters is not None:
        chosen &= incidents["reporter"].isin(reporters)
    start, end = intervals(incidents[chosen & incidents["occurred_from"].notna()])
    return Intervals(start, end)


def week_hours(known: Intervals, limit: Limit) -> WeekHours:
    """Spread incidents over the hours of the week (aoristic weights), and hide what is too small to print."""
    weights = np.rint(aoristic_weights(known.start, known.end, "hour_of_week"))
    return WeekHours(weights.reshape(DAYS, HOURS), _hidden(weights, limit).reshape(DAYS, HOURS))


def block_change(known: Intervals, series: TimeSeries, window: Window, limit: Limit) -> BlockChange:
    """Compare the parts of the day in baseline and agreement, from aoristic weights."""
    before, after = (_blocks(known.within(series, mask)) for mask in (window.baseline, window.period))
    lengths = float(window.baseline.sum()), float(window.period.sum())
    hidden = np.column_stack([_hidden(before, limit), _hidden(after, limit)])
    return BlockChange(hot_hours(before, after, lengths), hidden)


def _blocks(known: Intervals) -> Floats:
    weights = aoristic_weights(known.start, known.end, "hour_of_day")
    return np.asarray(np.rint(weights.reshape(-1, BLOCK).sum(axis=1)))


def _hidden(counts: Floats, limit: Limit) -> Bools:
    """Protect the counts of one period, whose total is known from other tables; shape as `counts`."""
    parts = tuple(str(at) for at in range(counts.size))
    hours = Dimension("hour", parts, {"=all": parts})
    return suppress(CellTable((hours,), counts.astype(np.int64), limit)).hidden[: len(parts)]
