"""One series outside any study: a planted change, a quiet series, thin counts, and comparison areas."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.evaluate.single import evaluate_series
from evaluation.models.panel import panel_from_series
from evaluation.study.model import AnalysisPlan

PLAN = AnalysisPlan(draws=399, minimum_donors=2)


def counts(seed: int, n: int = 72, mean: float = 150.0, factor=1.0) -> np.ndarray:
    t = np.arange(n)
    return np.random.default_rng(seed).poisson(mean * np.exp(0.1 * np.sin(2 * np.pi * t / 12)) * factor).astype(float)


def test_a_planted_fall_is_clear_and_a_quiet_series_is_not(series_of, window_of):
    changed = series_of(counts(1, factor=np.where(np.arange(72) >= 48, 0.7, 1.0)))
    found = evaluate_series(changed, window_of(changed, 48), plan=PLAN)
    assert (found.judgement.verdict, found.judgement.grade) == ("clear_decrease", 2)
    assert found.against.estimates[0].low < 0.7 < found.against.estimates[0].high
    assert found.curve.same_direction == 1.0
    assert {c.check for c in found.against.checks} >= {"ljung_box", "placebo_dates", "leave_one_out"}
    quiet = series_of(counts(2))
    assert evaluate_series(quiet, window_of(quiet, 48), plan=PLAN).judgement.verdict == "no_clear_change"


def test_harmonics_reach_every_own_trend_design(series_of, window_of):
    series = series_of(counts(3))
    found = evaluate_series(series, window_of(series, 48), harmonics=1, plan=PLAN)
    assert {e.design: e.details["harmonics"] for e in found.against.estimates} == dict.fromkeys(
        ("own_trend_reml", "own_trend_quasi_poisson", "own_trend_negative_binomial", "own_trend_hac"), 1.0
    )
    assert found.curve.variants[found.curve.primary].choices["season"] == "1"


def test_thin_counts_are_aggregated_and_thinner_ones_refused(series_of, window_of):
    thin = series_of(counts(4, mean=3.0))
    found = evaluate_series(thin, window_of(thin, 48), plan=PLAN)
    assert found.aggregated_to == "quarter"
    rare = series_of((np.arange(72) % 40 == 0) * 1.0)
    found = evaluate_series(rare, window_of(rare, 48), plan=PLAN)
    assert (found.judgement.verdict, found.curve, found.aggregated_to) == ("cannot_be_assessed", None, None)


def test_comparison_areas_raise_the_grade(series_of, window_of):
    factor = np.where(np.arange(72) >= 48, 0.6, 1.0)
    treated = series_of(counts(5, factor=factor), area="t")
    panel = panel_from_series([treated, *(series_of(counts(10 + k), area=f"c{k}") for k in range(22))])
    found = evaluate_series(treated, window_of(treated, 48), panel, plan=PLAN)
    assert [result.estimate.design for result in found.against.comparisons] == [
        "difference_in_differences",
        "synthetic_control",
        "synthetic_did",
    ]
    assert found.judgement.grade == 3
    assert found.judgement.verdict == "clear_decrease"
    assert "pre_trend" in {c.check for c in found.against.checks}


@pytest.mark.parametrize("shift", [0.0, 1000.0])
def test_values_are_differences_that_ignore_the_level(series_of, window_of, shift):
    random = np.random.default_rng(6)
    values = shift + 50 + random.normal(0, 1, 60) + np.where(np.arange(60) >= 40, 4.0, 0.0)
    series = series_of(values, scale="value")
    found = evaluate_series(series, window_of(series, 40), plan=PLAN)
    primary = found.against.estimates[0]
    assert primary.scale == "additive"
    assert primary.low < 4.0 < primary.high
    assert found.judgement.verdict == "clear_increase"
