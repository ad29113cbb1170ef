"""Placebo dates and the searched break: planted steps are dated, quiet series stay quiet."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.checks.dates import break_date_check, placebo_dates_check


def step(n: int, at: int, size: float) -> np.ndarray:
    return np.where(np.arange(n) >= at, size, 1.0)


def test_a_step_inside_the_baseline_fails_the_placebo_dates(subject_from, counts_of):
    found = placebo_dates_check(subject_from(counts_of(21, 84, factor=step(84, 30, 0.6)), 60))
    assert found.verdict == "failed"
    months = 12 * (found.values["year"] - 2012) + found.values["month"] - 1
    assert abs(months - 30) <= 2
    assert found.values["effect"] == pytest.approx(-40, abs=12)


def test_a_step_at_the_start_does_not_touch_the_placebo_dates(subject_from, counts_of):
    quiet, changed = (counts_of(22, 84), counts_of(22, 84, factor=step(84, 60, 0.5)))
    assert placebo_dates_check(subject_from(quiet, 60)).p == placebo_dates_check(subject_from(changed, 60)).p


def test_placebo_dates_of_quiet_baselines_fail_about_one_time_in_twenty(subject_from, counts_of):
    verdicts = [placebo_dates_check(subject_from(counts_of(seed, 60), 40)).verdict for seed in range(40)]
    assert verdicts.count("failed") <= 7


@pytest.mark.parametrize(("start", "verdict"), [(15, "too_little_data"), (16, "passed")])
def test_eight_points_on_either_side_of_a_placebo_date(subject_from, counts_of, start, verdict):
    found = placebo_dates_check(subject_from(counts_of(6, 30), start))
    assert found.verdict == verdict
    if verdict == "passed":
        assert found.values["dates"] == 1  # 8 points before, 8 after


def test_the_break_at_the_start_is_found(subject_from, counts_of):
    found = break_date_check(subject_from(counts_of(23, 84, factor=step(84, 48, 0.6)), 48))
    assert found.verdict == "passed"
    assert abs(found.values["points_off"]) <= 1


def test_a_break_at_another_date_fails(subject_from, counts_of):
    found = break_date_check(subject_from(counts_of(24, 84, factor=step(84, 30, 0.5)), 60))
    assert found.verdict == "failed"
    assert found.values["points_off"] == pytest.approx(-30, abs=2)


def test_a_series_without_a_break_informs_only(subject_from, counts_of):
    verdicts = [break_date_check(subject_from(counts_of(seed, 60), 40)).verdict for seed in range(20)]
    assert verdicts.count("informational") >= 16
