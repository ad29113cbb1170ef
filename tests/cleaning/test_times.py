"""Intervals in order, doubtful times flagged, and weights of hours that add up."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.cleaning import (
    TimeLimits,
    flag_doubtful_times,
    hour_weights,
    order_intervals,
    set_aside_unplaced,
    unrecorded_changes,
)


def test_only_incidents_without_any_time_are_set_aside(incidents):
    frame = incidents(
        [{"occurred_from": "okänt"}, {"occurred_to": "2024-03-04 10:00"}, {"occurred_from": "2024-03-04"}, {}]
    )
    cleaned = set_aside_unplaced(frame)
    assert cleaned.frame["row_number"].tolist() == [3, 4]
    assert cleaned.issues["before"].tolist() == ["okänt", ""]


def test_intervals_run_forwards_and_every_change_is_in_the_ledger(incidents):
    frame = incidents(
        [
            {"occurred_from": "2024-03-05 10:00", "occurred_to": "2024-03-04 22:00"},
            {"occurred_to": "2024-03-04 22:00"},
            {"occurred_from": "2024-03-04 22:00", "occurred_to": "2024-03-04"},  # some time that day: in order
            {"occurred_from": "2024-03-04 22:00", "occurred_to": "2024-03-03"},  # the day before: reversed
            {"occurred_from": "2024-03-04 22:00", "occurred_to": "2024-03-04 22:00"},
            {"occurred_from": "2024-03-04 22:00"},
        ]
    )
    cleaned = order_intervals(frame)
    after = cleaned.frame
    assert after["occurred_from"].dt.strftime("%d %H:%M").tolist() == [
        "04 22:00",
        "04 22:00",
        "04 22:00",
        "03 00:00",
        "04 22:00",
        "04 22:00",
    ]
    assert after["occurred_to"][0] == pd.Timestamp("2024-03-05 10:00")
    assert after["occurred_from_time"].tolist()[3] == "no_time_of_day"
    assert after["occurred_to_time"].tolist()[3] == "known"
    changed = cleaned.issues.groupby(["row_number", "rule"]).size().to_dict()
    assert changed == {
        (2, "interval_reversed"): 2, (3, "start_taken_from_end"): 1, (3, "flag_moved_with_time"): 1,
        (5, "interval_reversed"): 2, (5, "flag_moved_with_time"): 2,
    }  # fmt: skip
    assert unrecorded_changes(frame, cleaned).empty
    assert order_intervals(after).issues.empty


def test_doubtful_times_are_flagged_and_kept(incidents):
    frame = incidents(
        [
            {"occurred_from": "2024-03-01 10:00", "occurred_to": "2024-04-02 10:00"},  # 32 days
            {"occurred_from": "2024-03-01 10:00", "occurred_to": "2024-04-01 10:00"},  # 31 days
            {"occurred_from": "2014-12-31 23:59"},
            {"occurred_from": "2024-12-31 23:59"},
            {"occurred_from": "2025-01-01 00:00"},
            {"occurred_from": "2024-03-04 10:00", "reported": "2024-03-03 12:00"},
            {"occurred_from": "2024-03-04 10:00", "reported": "2024-03-04 09:00"},  # clocks differ within the day
            {"occurred_from": "2024-10-27 02:30", "occurred_from_time": "ambiguous_hour"},
        ]
    )
    cleaned = flag_doubtful_times(frame, TimeLimits(earliest="2015-01-01", latest="2024-12-31"))
    assert cleaned.issues[["row_number", "rule"]].values.tolist() == [
        [2, "long_interval"],
        [4, "outside_data_window"],
        [6, "outside_data_window"],
        [7, "reported_before_event"],
        [9, "hour_of_clock_change"],
    ]
    assert cleaned.frame is frame


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2024-03-04 22:15", "", {22: 1}),
        ("2024-03-04 22:00", "2024-03-05 00:00", {22: 1 / 2, 23: 1 / 2}),
        ("2024-03-04 22:30", "2024-03-05 00:30", {22: 30 / 120, 23: 60 / 120, 0: 30 / 120}),
        ("2024-03-04 10:00", "2024-03-06 12:00", {**dict.fromkeys(range(24), 2 / 50), 10: 3 / 50, 11: 3 / 50}),
        ("2024-03-04", "", {"unknown": 1}),
        ("", "", {"unknown": 1}),
        ("2024-10-27 02:30", "", {2: 1}),
    ],
)  # fmt: skip
def test_aoristic_weights_by_hand(incidents, start, end, expected):
    weights = hour_weights(incidents([{"occurred_from": start, "occurred_to": end}])).iloc[0]
    np.testing.assert_allclose(weights, [expected.get(hour, 0.0) for hour in [*range(24), "unknown"]], atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10_000)), min_size=1, max_size=20))
def test_weights_of_every_incident_add_up_to_one(intervals):
    start = pd.Series(pd.Timestamp("2019-12-30") + pd.to_timedelta([first for first, _ in intervals], unit="min"))
    end = start + pd.to_timedelta([length for _, length in intervals], unit="min")
    flags = pd.Series(["known"] * len(start))
    frame = pd.DataFrame(
        {"occurred_from": start, "occurred_to": end, "occurred_from_time": flags, "occurred_to_time": flags}
    )
    weights = hour_weights(frame)
    np.testing.assert_allclose(weights.sum(axis=1), 1.0, atol=1e-9)
    assert (weights.to_numpy() >= -1e-12).all()
    later = hour_weights(
        frame.assign(occurred_from=start + pd.Timedelta(days=7), occurred_to=end + pd.Timedelta(days=7))
    )
    np.testing.assert_allclose(weights, later, atol=1e-9)  # a week later nothing is different


def test_no_minute_of_the_days_of_clock_change_is_lost_or_doubled(incidents):
    for day in (
        "2022-03-27",
        "2022-10-30",
        "2023-03-26",
        "2023-10-29",
        "2024-03-31",
        "2024-10-27",
        "2025-03-30",
        "2025-10-26",
    ):
        minutes = pd.date_range(day, periods=1440, freq="min")
        frame = incidents([{"occurred_from": day + " 12:00"}]).take(np.zeros(1440, dtype=int)).reset_index(drop=True)
        weights = hour_weights(frame.assign(occurred_from=minutes.astype("datetime64[us]")))
        assert weights.sum().tolist() == [60.0] * 24 + [0.0]
