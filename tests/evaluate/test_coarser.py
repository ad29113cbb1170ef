"""Thin counts are added together to whole coarser points, and the result says so."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from evaluation.evaluate import coarser, evaluate_indicator
from evaluation.evaluate.coarser import coarser_panel, coarsest_needed
from evaluation.models.panel import panel_from_series
from evaluation.study import load_study
from evaluation.study.model import FixedBaseline

STUDY_FILE = Path(__file__).parents[2] / "studies" / "upplands-vasby.toml"


def test_months_become_whole_quarters(series_of):
    series = series_of(np.arange(1, 12), first="2020-02", exposure=10.0)  # February … December
    found = coarser(series)
    assert found.grain == "quarter"
    assert found.start.astype(str).tolist() == ["2020-04-01", "2020-07-01", "2020-10-01"]
    assert found.count.tolist() == [3 + 4 + 5, 6 + 7 + 8, 9 + 10 + 11]
    assert found.exposure.tolist() == [30.0, 30.0, 30.0]


def test_a_point_that_lacks_a_month_is_unpublished(series_of):
    counts = np.full(12, 2.0)
    counts[4] = np.nan
    assert np.isnan(coarser(series_of(counts, first="2020-01")).count).tolist() == [False, True, False, False]


def test_quarters_become_years_and_years_stay(series_of):
    years = coarser(series_of(np.full(11, 2.0), grain="quarter", first="2019-07"))
    assert (years.grain, years.start.astype(str).tolist(), years.count.tolist()) == (
        "year",
        ["2020-01-01", "2021-01-01"],
        [8.0, 8.0],
    )
    assert coarser(years) is None
    assert coarser(series_of(np.full(12, 2.0), scale="value")) is None
    assert coarser(series_of(np.full(4, 2.0), first="2020-02")) is None  # no whole quarter


@pytest.mark.parametrize(("cases", "grain"), [(1.0, "year"), (2.0, "quarter"), (0.2, None)])
def test_as_coarse_as_needed_and_no_coarser(series_of, window_of, cases, grain):
    series = series_of(np.full(72, cases), first="2012-01")
    found = coarsest_needed(series, window_of(series, 36), 5)
    assert (found[0].grain if found else None) == grain


def test_the_window_keeps_whole_points_on_either_side(series_of, window_of):
    series = series_of(np.full(48, 2.0), first="2012-01")
    coarse, window = coarsest_needed(series, window_of(series, 23, first=1), 5)
    assert coarse.start[window.baseline].astype(str).tolist()[0] == "2012-04-01"  # January 2012 is not in the baseline
    assert coarse.start[window.baseline].astype(str).tolist()[-1] == "2013-07-01"  # October 2013 holds the start
    assert coarse.start[window.period].astype(str).tolist()[0] == "2014-01-01"


def test_panels_follow(series_of):
    areas = [series_of(np.full(24, 2.0 + k), area=f"{k:04d}") for k in range(4)]
    found = coarser_panel(panel_from_series(areas), "year")
    assert (found.grain, found.areas) == ("year", ("0000", "0001", "0002", "0003"))
    assert found.count.tolist() == [[12 * (2.0 + k)] * 2 for k in range(4)]


@pytest.fixture(scope="module")
def study():
    study = load_study(STUDY_FILE)
    baselines = tuple(
        FixedBaseline(grain=b.grain, start=date(2012, 1, 1), end=b.end) if b.grain == "month" else b
        for b in study.fixed_baselines
    )
    plan = study.plan.model_copy(update={"draws": 199})
    return study.model_copy(update={"fixed_baselines": baselines, "plan": plan})


def test_an_evaluation_says_that_it_was_aggregated(study, series_of):
    random = np.random.default_rng(5)
    indicator = study.indicator("assault_month").model_copy(update={"role": "primary"})
    thin, enough = (series_of(random.poisson(mean, 84) * 1.0, first="2012-01") for mean in (3, 60))
    agreement = study.agreement("1").model_copy(update={"end": date(2018, 12, 31)})
    found = evaluate_indicator(study, agreement, indicator, thin, None)
    assert (found.aggregated_to, found.series.grain) == ("quarter", "quarter")
    assert found.main.window.baseline.sum() == 20  # five years before 2017
    assert found.main.estimates
    assert found.main.checks
    plain = evaluate_indicator(study, agreement, indicator, enough, None)
    assert (plain.aggregated_to, plain.series.grain) == (None, "month")


def test_counts_that_years_cannot_save_are_refused(study, series_of):
    indicator = study.indicator("assault_month")
    counts = np.zeros(84)
    counts[::30] = 1.0
    found = evaluate_indicator(study, study.agreement("1"), indicator, series_of(counts, first="2012-01"), None)
    assert (found.aggregated_to, found.judgement.verdict) == (None, "cannot_be_assessed")
    assert found.main.refusals[0].rule == "too_few_cases"
    assert found.main.checks == ()
