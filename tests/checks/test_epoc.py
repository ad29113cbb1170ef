"""EPOC items: each from both sides of its condition."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from evaluation.checks import epoc_items
from evaluation.checks.epoc import incomplete_item, independent_item, points_item, recording_item, season_item
from evaluation.study.model import ContextEvent

START = date(2015, 1, 1)


def event(kind, first, last=None, effect="caution") -> ContextEvent:
    return ContextEvent(date=first, end=last, kind=kind, effect=effect, text={"sv": "x"}, source="here")


@pytest.fixture
def checked(series_of, window_of):
    series = series_of(np.full(60, 50.0), first="2012-01")
    return series, window_of(series, 36)  # January 2015


@pytest.mark.parametrize(("days", "verdict"), [(183, "failed"), (184, "passed"), (-183, "failed"), (-184, "passed")])
def test_other_events_within_half_a_year_of_the_start(checked, days, verdict):
    _, window = checked
    assert independent_item(window, [event("law", START + timedelta(days))]).verdict == verdict


def test_an_event_that_ends_near_the_start_counts_and_a_harmless_one_informs(checked):
    _, window = checked
    assert independent_item(window, [event("shock", date(2012, 1, 1), date(2014, 12, 1))]).verdict == "failed"
    assert independent_item(window, [event("place", START, effect="none")]).verdict == "informational"


def test_shape_needs_a_registered_plan_that_was_followed(checked):
    verdicts = {
        (registered, deviations): epoc_items(*checked, plan_registered=registered, plan_deviations=deviations)[
            1
        ].verdict
        for registered in (True, False)
        for deviations in (0, 1)
    }
    assert verdicts == {
        (True, 0): "passed",
        (True, 1): "failed",
        (False, 0): "failed",
        (False, 1): "failed",
    }


def test_a_change_of_recording_counts_only_between_the_points_used(checked):
    series, window = checked
    for day, verdict in ((date(2012, 1, 1), "passed"), (date(2012, 1, 2), "failed"), (date(2016, 12, 31), "failed")):
        assert recording_item(series, window, [event("recording", day)]).verdict == verdict
    assert recording_item(series, window, [event("recording", date(2017, 1, 1))]).verdict == "passed"
    assert recording_item(series, window, [event("place", date(2014, 1, 1))]).verdict == "passed"


@pytest.mark.parametrize(("missing", "verdict"), [(3, "passed"), (4, "failed")])
def test_one_point_in_twenty_may_be_missing(series_of, window_of, missing, verdict):
    counts = np.full(60, 50.0)
    counts[10 : 10 + missing] = np.nan  # 3 of 60 = 5 %
    series = series_of(counts)
    found = incomplete_item(series, window_of(series, 36))
    assert found.verdict == verdict
    assert found.values["missing"] == pytest.approx(100 * missing / 60)


@pytest.mark.parametrize(("grain", "start", "verdict"), [
    ("month", 24, "passed"), ("month", 23, "failed"), ("quarter", 8, "passed"), ("quarter", 7, "failed"),
    ("year", 3, "passed"),
])  # fmt: skip
def test_two_years_of_baseline_tell_seasons_apart(series_of, window_of, grain, start, verdict):
    series = series_of(np.full(40, 50.0), grain=grain, first="1980-01")
    assert season_item(series, window_of(series, start)).verdict == verdict


@pytest.mark.parametrize(("start", "assumed", "verdict"), [
    (3, False, "passed"), (3, True, "informational"), (2, False, "failed"), (7, False, "passed"), (8, False, "failed"),
])  # fmt: skip
def test_three_points_on_either_side_and_a_known_start(series_of, window_of, start, assumed, verdict):
    series = series_of(np.full(10, 50.0), grain="year")
    assert points_item(window_of(series, start), assumed).verdict == verdict


def test_every_registered_outcome_is_reported(checked):
    verdicts = [
        epoc_items(*checked, plan_registered=True, outcomes_registered=5, outcomes_reported=reported)[4].verdict
        for reported in (4, 5)
    ]
    assert verdicts == ["failed", "passed"]
