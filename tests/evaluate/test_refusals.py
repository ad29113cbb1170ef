"""Every refusal of METHODS section 5 from both sides of its threshold, and their order."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from evaluation.evaluate.against import against_baseline, detectable_per_cent
from evaluation.evaluate.refusals import (
    GRAVITY,
    allows_estimate,
    allows_verdict,
    insensitive,
    not_estimable,
    refusals_before,
)
from evaluation.models import DetectableChange
from evaluation.results import Refusal
from evaluation.study.model import AnalysisPlan, ContextEvent, Thresholds

LIMITS = Thresholds()
PLAN = AnalysisPlan(draws=199)


def rules(series, window, *breaks) -> list[str]:
    return [refusal.rule for refusal in refusals_before(series, window, LIMITS, breaks)]


def broken(day: date) -> ContextEvent:
    return ContextEvent(date=day, kind="survey", effect="series_broken", text={"sv": "x"}, source="here")


def test_nothing_is_refused_that_has_enough(series_of, window_of):
    series = series_of(np.full(60, 50.0))
    assert rules(series, window_of(series, 40)) == []


@pytest.mark.parametrize(("baseline", "period", "refused"), [(12, 8, False), (12, 7, True), (12, 0, False)])
def test_eight_points_in_either_segment(series_of, window_of, baseline, period, refused):
    series = series_of(np.full(baseline + period, 50.0))
    found = rules(series, window_of(series, baseline))
    assert ("too_few_points" in found) is refused
    assert ("no_data" in found) is (period == 0)


@pytest.mark.parametrize(("years", "refused"), [(8, False), (7, True)])
def test_eight_years_of_a_yearly_baseline(series_of, window_of, years, refused):
    series = series_of(np.full(years + 8, 500.0), grain="year")
    assert ("too_few_points" in rules(series, window_of(series, years))) is refused


@pytest.mark.parametrize(("grain", "points", "refused"), [
    ("month", 12, False), ("month", 11, True), ("quarter", 4, False), ("quarter", 3, True),
])  # fmt: skip
def test_twelve_months_of_baseline(series_of, window_of, grain, points, refused):
    series = series_of(np.full(points + 12, 50.0), grain=grain)
    assert ("short_baseline" in rules(series, window_of(series, points))) is refused


@pytest.mark.parametrize(("grain", "points", "harmonics"), [
    ("month", 24, 2.0), ("month", 23, 0.0), ("quarter", 8, 2.0), ("quarter", 7, 0.0),
])  # fmt: skip
def test_two_years_of_baseline_for_a_season(series_of, window_of, grain, points, harmonics):
    series = series_of(np.random.default_rng(1).poisson(90, points + 16) * 1.0, grain=grain)
    limits = Thresholds(minimum_points=7)
    found = against_baseline(series, window_of(series, points), None, plan=PLAN, thresholds=limits)
    assert found.estimates[0].details["harmonics"] == harmonics


@pytest.mark.parametrize(("thin", "refused"), [(0, False), (1e-12, False), (1, True)])
def test_five_cases_per_point_on_average(series_of, window_of, thin, refused):
    counts = np.full(40, 5.0)
    counts[3] -= thin  # 200 cases in 40 points (stand-ins keep a sum to rounding), or 199
    series = series_of(counts)
    assert ("too_few_cases" in rules(series, window_of(series, 24))) is refused


def test_points_outside_the_window_do_not_count_as_cases(series_of, window_of):
    counts = np.concatenate([np.full(12, 900.0), np.full(36, 4.0)])
    series = series_of(counts)
    assert "too_few_cases" in rules(series, window_of(series, 36, first=12))


def test_values_have_no_cases(series_of, window_of):
    series = series_of(np.full(40, 0.3), scale="value")
    assert rules(series, window_of(series, 24)) == []


@pytest.mark.parametrize(("detectable", "refused"), [(50.0, False), (50.01, True), (float("nan"), True)])
def test_a_change_of_half_must_be_visible(detectable, refused):
    assert (insensitive(detectable, LIMITS) is not None) is refused


@pytest.mark.parametrize(("last_year", "warned"), [(109, False), (110, True)])
def test_a_high_last_year_warns_first(series_of, window_of, last_year, warned):
    counts = np.concatenate([np.full(12, 100.0), np.full(12, float(last_year)), np.full(12, 100.0)])
    series = series_of(counts)
    assert ("high_start" in rules(series, window_of(series, 24))) is warned


@pytest.mark.parametrize(("years", "warned"), [(3, True), (4, False)])
def test_four_years_of_baseline_answer_the_high_start(series_of, window_of, years, warned):
    counts = np.concatenate([np.full(12 * (years - 1), 100.0), np.full(12, 150.0), np.full(12, 100.0)])
    series = series_of(counts)
    assert ("high_start" in rules(series, window_of(series, 12 * years))) is warned


def test_a_broken_series_is_refused_with_its_date(series_of, window_of):
    series = series_of(np.full(60, 50.0))
    found = refusals_before(series, window_of(series, 40), LIMITS, [broken(date(2014, 5, 2))])
    assert [(r.rule, r.severity, dict(r.values)) for r in found] == [
        ("series_broken", "no_estimate", {"year": 2014, "month": 5})
    ]


def test_the_gravest_comes_first(series_of, window_of):
    series = series_of(np.full(16, 2.0))
    found = refusals_before(series, window_of(series, 10), LIMITS, [broken(date(2012, 5, 1))])
    grave = [GRAVITY[refusal.severity] for refusal in found]
    assert grave == sorted(grave)
    assert {"series_broken", "too_few_cases", "short_baseline", "too_few_points"} == {r.rule for r in found}


def test_what_each_severity_allows():
    allowed = {
        severity: (allows_estimate([Refusal("r", severity)]), allows_verdict([Refusal("r", severity)]))
        for severity in ("no_estimate", "description_only", "no_verdict", "warning")
    }
    assert allowed == {
        "no_estimate": (False, False),
        "description_only": (False, False),
        "no_verdict": (True, False),
        "warning": (True, True),
    }
    assert allows_verdict([]) is allows_estimate([]) is True


def test_a_model_without_an_answer_leaves_the_description(series_of, window_of):
    smooth = np.cumsum(np.cumsum(np.random.default_rng(2).normal(0, 1, 60)))  # a random walk's walk: ρ on its boundary
    series = series_of(smooth, scale="value")
    found = against_baseline(series, window_of(series, 40), None, plan=PLAN, thresholds=LIMITS)
    assert [r.rule for r in found.refusals] == ["not_estimable"]
    assert found.refusals[0] == not_estimable("boundary_rho")
    assert found.description is not None
    assert (found.estimates, found.primary, found.detectable) == ((), None, None)


def test_short_series_are_described_and_thin_ones_are_not(series_of, window_of):
    short, thin = series_of(np.full(18, 50.0) + np.arange(18) % 3), series_of(np.full(40, 2.0))
    described = against_baseline(short, window_of(short, 12), None, plan=PLAN, thresholds=LIMITS)
    assert described.description.design == "rate_ratio"
    assert described.estimates == ()
    refused = against_baseline(thin, window_of(thin, 24), None, plan=PLAN, thresholds=LIMITS)
    assert refused.description is None


def test_detectable_changes_of_values_are_told_against_the_baseline(series_of, window_of):
    change = DetectableChange(-3.0, 3.0, 0.8, 0.95, 3.0, 0.0, 1.0)
    level = series_of(np.full(40, 12.0), scale="value")
    assert detectable_per_cent(level, window_of(level, 24), change) == pytest.approx(25)  # 3 of 12
    around_zero = series_of(np.full(40, -1.0), scale="value")
    assert detectable_per_cent(around_zero, window_of(around_zero, 24), change) == float("inf")
