"""Ljung–Box and dispersion: planted faults are found, correct models pass at the promised rate."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.checks import subject_of
from evaluation.checks.residuals import dispersion_check, ljung_box_check
from evaluation.models import own_trend


def test_autocorrelation_that_the_model_cannot_hold_fails(subject_from):
    t = np.arange(96)
    swing = np.exp(0.3 * np.sin(2 * np.pi * t / 5))  # a cycle of five months: neither season nor AR(1)
    counts = np.random.default_rng(1).poisson(150 * swing).astype(float)
    found = ljung_box_check(subject_from(counts, 60))
    assert (found.verdict, found.p < 0.01) == ("failed", True)
    assert found.values["lags"] == 12
    assert len(found.rows) == 12


def test_correct_models_fail_about_one_time_in_twenty(subject_from, counts_of):
    verdicts = [ljung_box_check(subject_from(counts_of(seed, 60), 40)).verdict for seed in range(40)]
    assert verdicts.count("failed") <= 7  # binomial(40, .05): more than 7 has probability 0.1 %
    assert set(verdicts) <= {"passed", "failed"}


@pytest.mark.parametrize(("n", "verdict"), [(24, "too_little_data"), (25, "passed")])
def test_two_points_per_lag_are_needed(subject_from, counts_of, n, verdict):
    assert ljung_box_check(subject_from(counts_of(4, n), 14)).verdict == verdict


def test_quarters_are_tested_to_lag_four(subject_from, counts_of):
    found = ljung_box_check(subject_from(counts_of(3, 32, points=4), 20, grain="quarter"))
    assert found.values["lags"] == 4


def test_counts_like_poisson_pass(subject_from, counts_of):
    found = dispersion_check(subject_from(counts_of(5, sd=0.0), 48))
    assert found.verdict == "passed"
    assert found.p > 0.05


def test_more_spread_than_poisson_is_information_and_less_is_a_fault(subject_from, counts_of, window_of):
    wide = subject_from(counts_of(5, sd=0.25), 48)
    found = dispersion_check(wide)
    assert found.verdict == "informational"
    quasi = own_trend(wide.series, wide.window, design="own_trend_quasi_poisson")
    assert found.statistic == pytest.approx(quasi.details["dispersion"], rel=1e-12)
    even = 120 + 12 * np.sin(2 * np.pi * np.arange(72) / 12) + np.random.default_rng(6).normal(0, 2, 72)
    smooth = dispersion_check(subject_from(np.round(even), 48))  # variance 4 where Poisson has 120
    assert smooth.verdict == "failed"
    assert smooth.statistic < 0.1


def test_values_have_no_dispersion(series_of, window_of):
    series = series_of(np.random.default_rng(2).normal(size=60), scale="value")
    assert dispersion_check(subject_of(series, window_of(series, 40))) is None
