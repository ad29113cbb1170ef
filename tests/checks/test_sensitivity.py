"""With and without: a change that the pandemic, a batch or an old regime made is found out."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from evaluation.checks import batch_points, last_break, pandemic_points
from evaluation.checks.sensitivity import baseline_length_check, left_out_check
from evaluation.study.model import ContextEvent, Oddity


def event(kind: str, first: date, last: date | None = None, effect: str = "caution") -> ContextEvent:
    return ContextEvent(date=first, end=last, kind=kind, effect=effect, text={"sv": "x"}, source="here")


def test_a_fall_that_the_pandemic_made_does_not_stand_without_it(subject_from, counts_of):
    place = np.arange(84)
    shock = (place >= 60) & (place < 70)
    subject = subject_from(counts_of(31, 84, sd=0.03, factor=np.where(shock, 0.6, 1.0)), 60)
    found = left_out_check("pandemic", subject, shock)
    assert found.verdict == "failed"
    assert found.values["points"] == 10
    assert found.values["effect"] < -10 < found.values["without_effect"]


def test_a_lasting_fall_stands_without_the_pandemic(subject_from, counts_of):
    place = np.arange(84)
    shock = (place >= 60) & (place < 64)
    subject = subject_from(counts_of(32, 84, sd=0.03, factor=np.where(place >= 60, 0.7, 1.0)), 60)
    found = left_out_check("pandemic", subject, shock)
    assert (found.verdict, found.values["falling"]) == ("passed", 0)
    assert [row[0] for row in found.rows] == ["registered", "without"]


def test_no_marked_point_and_too_few_left(subject_from, counts_of):
    subject = subject_from(counts_of(33, 60), 48)
    assert left_out_check("batches", subject, np.zeros(60, dtype=bool)).verdict == "informational"
    nine_of_twelve, eight_of_twelve = np.arange(60) >= 57, np.arange(60) >= 56
    assert left_out_check("batches", subject, nine_of_twelve).verdict != "too_little_data"
    assert left_out_check("batches", subject, eight_of_twelve).verdict != "too_little_data"  # 8 are left
    assert left_out_check("batches", subject, np.arange(60) >= 55).verdict == "too_little_data"


def test_eight_planned_points_may_lose_two_for_a_check(subject_from, counts_of):
    subject = subject_from(counts_of(34, 24, points=4), 16, grain="quarter")
    assert left_out_check("batches", subject, np.arange(24) >= 22).verdict != "too_little_data"  # 6 of 8 = 3/4
    assert left_out_check("batches", subject, np.arange(24) >= 21).verdict == "too_little_data"


def test_an_answer_that_hangs_on_the_length_of_the_baseline_fails(subject_from, counts_of):
    place = np.arange(48)
    # A rise of a tenth against six even years; the year before them lay 40 per cent lower, and tilts the trend.
    factor = np.where(place < 4, 0.6, np.where(place >= 28, 1.12, 1.0))
    counts = counts_of(35, 48, mean=400, sd=0.02, rho=0.0, points=4, factor=factor)
    subject = subject_from(counts, 28, first=4, grain="quarter")
    found = baseline_length_check(subject)
    assert found.verdict == "failed"
    assert {row[0]: row[5] for row in found.rows} == {"registered": True, "longer": False, "shorter": True}


def test_a_steady_answer_stands_and_false_alarms_are_few(subject_from, counts_of):
    verdicts = [baseline_length_check(subject_from(counts_of(s, 72), 48, first=12)).verdict for s in range(24)]
    assert verdicts.count("failed") <= 5  # two variants at 5 % each, nearly the same data
    assert "too_little_data" not in verdicts


def test_a_longer_baseline_never_crosses_a_registered_break(subject_from, counts_of):
    subject = subject_from(counts_of(36, 60), 40, first=12)
    free, bound = baseline_length_check(subject), baseline_length_check(subject, date(2012, 2, 1))
    assert "longer_effect" in free.values
    assert "longer_effect" not in bound.values


def test_registered_events_become_points(series_of):
    series = series_of(np.full(24, 9.0), first="2020-01")
    events = [
        event("shock", date(2020, 3, 1), date(2020, 5, 31)),
        event("recording", date(2020, 8, 1), date(2020, 8, 31)),
        event("recording", date(2021, 1, 1)),  # a change of rules has no end: it is no batch
        event("survey", date(2021, 6, 1), effect="series_broken"),
    ]
    odd = [Oddity(area=area, start=date(2021, 3, 5), end=date(2021, 3, 6), text={"sv": "x"}) for area in ("0114", "9")]
    assert np.flatnonzero(pandemic_points(series, events)).tolist() == [2, 3, 4]
    assert np.flatnonzero(batch_points(series, events, odd[:1])).tolist() == [7, 14]
    assert np.flatnonzero(batch_points(series, events, odd[1:])).tolist() == [7]
    flagged = np.arange(24) == 20
    assert np.flatnonzero(batch_points(series, (), (), flagged)).tolist() == [20]
    assert last_break(events) == date(2021, 6, 1)
    assert last_break(()) is None


@pytest.mark.parametrize("scale", ["count", "value"])
def test_values_are_told_as_differences(series_of, window_of, scale):
    from evaluation.checks import subject_of

    random = np.random.default_rng(37)
    series = series_of(random.poisson(80, 60) * 1.0, scale=scale)
    found = baseline_length_check(subject_of(series, window_of(series, 40)))
    assert found.values["ratio"] == (scale == "count")
