"""Pre-trend and negative control: a planted drift or a common shock is found, quiet ones pass."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.checks import subject_of
from evaluation.checks.comparison import negative_control_check, pre_trend_check
from evaluation.models.panel import panel_from_series
from evaluation.series import TimeSeries
from evaluation.study.model import AnalysisPlan

PLAN = AnalysisPlan(draws=399)


def renamed(series: TimeSeries, area: str) -> TimeSeries:
    return TimeSeries(
        series.indicator, area, series.grain, series.start, series.count, series.exposure, series.preliminary
    )


@pytest.fixture
def areas(series_of, counts_of):
    def build(number: int, drift: float = 0.0, seed: int = 0):
        years = np.arange(40) / 4
        made = []
        for area in range(number):
            factor = np.exp(drift * years) if area == 0 else 1.0
            counts = counts_of(seed + area, 40, mean=300, sd=0.03, points=4, factor=factor)
            made.append(renamed(series_of(counts, grain="quarter"), f"{area:04d}"))
        return made

    return build


def checked(areas, window_of):
    first = areas[0]
    return subject_of(first, window_of(first, 24), plan=PLAN), panel_from_series(areas)


def test_a_drift_before_the_start_fails(areas, window_of):
    subject, panel = checked(areas(25, drift=-0.12), window_of)
    found = pre_trend_check(subject, panel, "0000")
    assert found.verdict == "failed"
    assert found.values["slope"] == pytest.approx(-0.12, abs=0.03)
    assert found.p == 1 / 25  # the most extreme of 25 slopes
    assert len(found.rows) == 40


def test_areas_that_move_alike_pass_nineteen_times_in_twenty(areas, window_of):
    subject, panel = checked(areas(40), window_of)
    verdicts = [pre_trend_check(subject, panel, area).verdict for area in panel.areas]
    assert verdicts.count("failed") <= 5  # each area in turn: about two of forty ranks are that extreme


@pytest.mark.parametrize(("number", "verdict"), [(19, "too_little_data"), (20, "failed")])
def test_twenty_areas_are_needed(areas, window_of, number, verdict):
    subject, panel = checked(areas(number, drift=-0.3), window_of)
    assert pre_trend_check(subject, panel, "0000").verdict == verdict


def test_a_shock_common_to_both_outcomes_fails_the_control(subject_from, series_of, counts_of):
    factor = np.where(np.arange(72) >= 48, 0.7, 1.0)
    subject = subject_from(counts_of(41, factor=factor), 48)
    shocked, quiet = series_of(counts_of(42, factor=factor)), series_of(counts_of(43))
    assert negative_control_check(subject, shocked).verdict == "failed"
    found = negative_control_check(subject, quiet)
    assert found.verdict == "passed"
    assert found.values["detectable"] < 50


def test_a_control_that_could_not_show_anything_proves_nothing(subject_from, series_of, counts_of):
    subject = subject_from(counts_of(44), 48)
    thin = series_of(np.random.default_rng(45).poisson(1.2, 72) * 1.0)
    found = negative_control_check(subject, thin)
    assert found.verdict == "too_little_data"
    assert found.values["detectable"] > 50


def test_a_control_by_quarter_for_a_series_by_month(subject_from, series_of, counts_of):
    subject = subject_from(counts_of(46), 48)
    control = series_of(counts_of(47, 24, mean=360, points=4), grain="quarter")
    assert negative_control_check(subject, control).verdict in ("passed", "failed")
    yearly = series_of(np.full(6, 1400.0), grain="year")  # four years before, two after: too few
    assert negative_control_check(subject, yearly).verdict == "too_little_data"
