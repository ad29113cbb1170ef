"""Single points: a planted outlier is found, its consequence judged, and deletion is what it says it is."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.checks.points import _Shifts, leave_one_out_check, single_point_check
from evaluation.models.design import average_contrast


def test_an_answer_that_one_point_hides_or_makes_falls_with_it(subject_from, counts_of):
    counts = counts_of(11, 60, sd=0.02)
    counts[59] *= 6.0  # the last month alone
    subject = subject_from(counts, 48)
    single, each = single_point_check(subject), leave_one_out_check(subject)
    assert single.verdict == "failed"
    assert (single.values["year"], single.values["month"]) == (2016, 12)  # place 59 counted from January 2012
    assert single.p < 0.01
    assert single.values["low"] < 0 < single.values["without_low"]  # the outlier drowned a clear rise in noise
    assert each.values["smallest_effect"] < single.values["effect"] / 2


def test_an_outlier_without_consequence_is_information(subject_from, counts_of):
    counts = counts_of(12, 84, sd=0.02, factor=np.where(np.arange(84) >= 60, 0.6, 1.0))
    counts[70] *= 1.6
    single = single_point_check(subject_from(counts, 60))
    assert single.verdict == "informational"
    assert (single.values["year"], single.values["month"]) == (2017, 11)
    assert leave_one_out_check(subject_from(counts, 60)).verdict == "passed"


def test_correct_models_rarely_rest_on_a_point(subject_from, counts_of):
    found = [single_point_check(subject_from(counts_of(s, 28, points=4), 14, grain="quarter")) for s in range(40)]
    assert sum(check.p < 0.05 for check in found) <= 7  # binomial(40, .05): more than 7 has probability 0.1 %
    assert sum(check.verdict == "failed" for check in found) <= 4


def test_deleting_a_point_is_refitting_without_it(subject_from, counts_of):
    subject = subject_from(counts_of(13, 40), 24)
    dfbetas = _Shifts.of(subject).dfbetas(subject.fit.reml.responses)[:, 0]
    contrast = average_contrast(subject.series, subject.window, subject.fit.design)
    rho, time = float(subject.fit.reml.rho[0]), subject.fit.reml.design.time
    for left_out in (0, 17, 39):
        keep = np.delete(np.arange(40), left_out)
        before, _, _ = least_squares(subject, contrast, rho, time, np.arange(40))
        after, variance, _ = least_squares(subject, contrast, rho, time, keep)
        _, _, error = least_squares(subject, contrast, rho, time, np.arange(40))
        assert dfbetas[left_out] == pytest.approx((before - after) / (np.sqrt(variance) * error), rel=1e-8)


def least_squares(subject, contrast, rho, time, rows):
    """Generalised least squares written out: effect, σ², and unit standard error of the effect."""
    X, y = subject.fit.reml.design.X[rows], subject.fit.reml.responses[rows, 0]
    inverse = np.linalg.inv(rho ** np.abs(time[rows][:, None] - time[rows][None, :]).astype(float))
    covariance = np.linalg.inv(X.T @ inverse @ X)
    beta = covariance @ X.T @ inverse @ y
    rest = y - X @ beta
    return contrast @ beta, rest @ inverse @ rest / (rows.size - X.shape[1]), np.sqrt(contrast @ covariance @ contrast)


def test_the_range_of_the_effect_holds_the_refits(subject_from, counts_of):
    subject = subject_from(counts_of(14, 40), 24)
    found = leave_one_out_check(subject)
    effects = [row[1] for row in found.rows]
    assert len(effects) == 40
    assert (min(effects), max(effects)) == (found.values["smallest_effect"], found.values["largest_effect"])
    assert found.values["smallest_effect"] < found.values["effect"] < found.values["largest_effect"]
    without = subject.again(type(subject.window)(**{**fields_of(subject.window), "baseline": not_first(subject)}))
    assert effects[0] == pytest.approx(without.per_cent[0], abs=1e-6)


def fields_of(window):
    return {name: getattr(window, name) for name in type(window).__slots__}


def not_first(subject):
    baseline = subject.window.baseline.copy()
    baseline[0] = False
    return baseline
