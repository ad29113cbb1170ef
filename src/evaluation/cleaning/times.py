"""When an incident happened: intervals put in order, doubtful times flagged, hours spread by aoristic weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.cleaning.ledger import ROW_KEY, Cleaned, Mask, flag, issues_at, join_issues, set_aside

Floats = NDArray[np.float64]
DAY, HOUR, MINUTE = np.timedelta64(1, "D"), np.timedelta64(1, "h"), np.timedelta64(1, "m")


def unplaced(frame: pd.DataFrame) -> Mask:
    """Say which incidents have no readable start or end of occurrence, so that no point can count them, shape (n,)."""
    return (frame["occurred_from"].isna() & frame["occurred_to"].isna()).to_numpy()


def set_aside_unplaced(frame: pd.DataFrame) -> Cleaned:
    """Set aside the incidents that are `unplaced` ("no_time_of_occurrence")."""
    return set_aside(frame, unplaced(frame), rule="no_time_of_occurrence", column="occurred_from_text")


def order_intervals(frame: pd.DataFrame) -> Cleaned:
    """Make every interval run forwards from a known start.

    A missing start takes the end ("start_taken_from_end"); an end before the start changes places with it
    ("interval_reversed"). A date without a time of day ends at midnight of the next day and is not reversed by 00:00.
    """
    started = frame["occurred_from"].isna().to_numpy() & frame["occurred_to"].notna().to_numpy()
    reversed_ = ~started & (_end(frame) < frame["occurred_from"].to_numpy())
    if not (started | reversed_).any():
        return Cleaned(frame, join_issues())
    issues = [
        _moved(frame, started, "start_taken_from_end", "occurred_from", "occurred_to"),
        _moved(frame, reversed_, "interval_reversed", "occurred_from", "occurred_to"),
        _moved(frame, reversed_, "interval_reversed", "occurred_to", "occurred_from"),
        _moved(frame, started | reversed_, "flag_moved_with_time", "occurred_from_time", "occurred_to_time"),
        _moved(frame, reversed_, "flag_moved_with_time", "occurred_to_time", "occurred_from_time"),
    ]
    after = {
        "occurred_from": frame["occurred_from"].where(~(started | reversed_), frame["occurred_to"]),
        "occurred_to": frame["occurred_to"].where(~reversed_, frame["occurred_from"]),
        "occurred_from_time": frame["occurred_from_time"].where(~(started | reversed_), frame["occurred_to_time"]),
        "occurred_to_time": frame["occurred_to_time"].where(~reversed_, frame["occurred_from_time"]),
    }
    return Cleaned(frame.assign(**after), join_issues(*issues))


def _moved(frame: pd.DataFrame, at: Mask, rule: str, column: str, source: str) -> pd.DataFrame:
    rows = frame.loc[at, list({*ROW_KEY, column, source})]
    differs = rows[column].astype("str").ne(rows[source].astype("str")).to_numpy()
    return issues_at(rows, differs, rule=rule, action="changed", column=column, after=rows[source])


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """When a time is doubtful.

    Attributes
    ----------
    longest_days
        An interval longer than this says too little ("long_interval").
    earliest, latest
        ISO dates; occurrences outside are doubtful ("outside_data_window"). Empty: no limit.
    """

    longest_days: float = 31.0
    earliest: str = ""
    latest: str = ""


def flag_doubtful_times(frame: pd.DataFrame, limits: TimeLimits) -> Cleaned:
    """Flag long intervals, occurrences outside the window, reports before the event, and hours of a clock change."""
    start, end, reported = frame["occurred_from"].to_numpy(), _end(frame), frame["reported"].to_numpy()
    long = (end - start) > np.timedelta64(round(limits.longest_days * 24), "h")
    outside = np.zeros(len(frame), dtype=bool)
    if limits.earliest:
        outside |= start < np.datetime64(limits.earliest)
    if limits.latest:
        outside |= start >= np.datetime64(limits.latest) + DAY
    early = reported.astype("datetime64[D]") < start.astype("datetime64[D]")
    dst = frame["occurred_from_time"].isin(["ambiguous_hour", "nonexistent_hour"]).to_numpy()
    return Cleaned(
        frame,
        join_issues(
            flag(frame, long, rule="long_interval", column="occurred_to").issues,
            flag(frame, outside, rule="outside_data_window", column="occurred_from").issues,
            flag(frame, early, rule="reported_before_event", column="reported").issues,
            flag(frame, dst, rule="hour_of_clock_change", column="occurred_from").issues,
        ),
    )


def _end(frame: pd.DataFrame) -> NDArray[np.datetime64]:
    """End of occurrence: midnight after a date without time of day; the start where there is no end."""
    end = frame["occurred_to"].fillna(frame["occurred_from"])
    to_date_only = frame["occurred_to_time"].eq("no_time_of_day").to_numpy()
    from_date_only = (
        frame["occurred_to"].isna().to_numpy() & frame["occurred_from_time"].eq("no_time_of_day").to_numpy()
    )
    return np.where(to_date_only | from_date_only, end.to_numpy() + DAY, end.to_numpy())


def intervals(frame: pd.DataFrame) -> tuple[NDArray[np.datetime64], NDArray[np.datetime64]]:
    """Return start and end of occurrence, shape (n,) each; equal where the moment is known."""
    return frame["occurred_from"].to_numpy(), np.maximum(frame["occurred_from"].to_numpy(), _end(frame))


def hour_weights(frame: pd.DataFrame) -> pd.DataFrame:
    """Aoristic weights: the share of each incident that falls in each hour of the day.

    An incident that happened some time in an interval counts in every hour of it in proportion to the minutes the
    interval spends there (Ratcliffe 2000, *Int J Geogr Inf Sci* 14:669–679). Where no time of day is known, nothing is
    spread: the whole incident stands in `unknown`.

    Returns
    -------
    weights
        One row per incident, columns 0–23 and "unknown"; every row adds up to 1.
    """
    start, end = intervals(frame)
    minutes, later = _minutes(start), _minutes(end)
    weights = np.zeros((len(frame), 25))
    for hour in range(24):
        weights[:, hour] = _minutes_in_hour(later, hour) - _minutes_in_hour(minutes, hour)
    length = later - minutes
    moment = length == 0
    weights[~moment, :24] /= length[~moment, None]
    weights[moment, :24] = 0.0
    weights[np.flatnonzero(moment), (minutes[moment] % 1440 // 60).astype(int)] = 1.0
    unknown = frame["occurred_from_time"].isin(["no_time_of_day", "missing", "unreadable"]).to_numpy() | np.isnat(start)
    weights[unknown] = 0.0
    weights[unknown, 24] = 1.0
    return pd.DataFrame(weights, columns=[*range(24), "unknown"], index=frame.index)


def _minutes(moments: NDArray[np.datetime64]) -> Floats:
    whole = moments.astype("datetime64[m]").astype(np.float64)
    return np.where(np.isnat(moments), 0.0, whole)


def _minutes_in_hour(until: Floats, hour: int) -> Floats:
    """Minutes that all hours `hour` have had from the epoch to `until`."""
    days, rest = np.divmod(until, 1440.0)
    return days * 60.0 + np.clip(rest - 60.0 * hour, 0.0, 60.0)
