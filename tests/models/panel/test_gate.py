"""The pre-fit gate refuses planted misfits and lets ordinary controls through."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.models.panel import difference_in_differences, synthetic_control, synthetic_did
from evaluation.models.panel.gate import fit_gate

QUARTERS = np.arange(24)
MISFITS = {
    "own trend of −20 % a year": -0.2 * QUARTERS / 4,
    "step of −40 % inside the baseline": np.where(QUARTERS >= 8, np.log(0.6), 0.0),
    "opposite season": 0.3 * np.cos(np.pi * QUARTERS),
    "a series as ragged as twenty cases a quarter": 0.3 * np.random.default_rng(2).normal(size=24),
}


def quiet_county(seed: int) -> np.ndarray:
    """Log rates of 20 areas over 16 + 8 quarters: shared movement and noise, no effect."""
    rng = np.random.default_rng(seed)
    shared = (1 + 0.3 * rng.normal(size=(20, 1))) * rng.normal(size=24).cumsum() * 0.04
    return rng.normal(size=(20, 1)) * 0.2 + shared + 0.05 * rng.normal(size=(20, 24))


@pytest.mark.parametrize("design", [difference_in_differences, synthetic_control, synthetic_did])
@pytest.mark.parametrize("misfit", MISFITS.values(), ids=MISFITS.keys())
def test_planted_misfits_are_refused(design, misfit, value_panel, cut) -> None:
    refused = 0
    for seed in range(10):
        values = quiet_county(seed)
        values[0] += misfit
        refused += not design(value_panel(values), "area 00", cut(24, 16)).gate.passed
    assert refused >= 9


def test_a_level_that_no_donor_has_is_refused_as_levels_and_harmless_when_demeaned(value_panel, cut) -> None:
    values = quiet_county(1)
    values[0] += 1.5
    levels = synthetic_control(value_panel(values), "area 00", cut(24, 16), intercept=False, ridge=0.0)
    demeaned = synthetic_control(value_panel(values), "area 00", cut(24, 16))
    assert levels.gate.reasons == ("poor_fit",)
    assert levels.estimate.estimate > 0.8  # the misfit looks like an effect of e^0.8
    assert demeaned.gate.passed
    assert abs(demeaned.estimate.estimate) < 0.1


def test_ordinary_controls_pass(value_panel, cut) -> None:
    passed = [
        synthetic_control(value_panel(quiet_county(seed)), "area 00", cut(24, 16)).gate.passed for seed in range(60)
    ]
    assert np.mean(passed) >= 0.8  # about nine of ten


def test_controls_that_learnt_the_baseline_by_heart_are_refused(value_panel, cut) -> None:
    values = np.random.default_rng(5).normal(size=(250, 12))  # 248 donors for 8 points: paths can be copied
    copied = synthetic_control(value_panel(values), "area 00", cut(12, 8), ridge=0.0)
    assert "memorised" in copied.gate.reasons
    assert "memorised" not in synthetic_control(value_panel(values), "area 00", cut(12, 8), ridge=1.0).gate.reasons


def test_few_points_are_refused(value_panel, cut) -> None:
    result = difference_in_differences(value_panel(quiet_county(3)[:, :15]), "area 00", cut(15, 7))
    assert "few_points" in result.gate.reasons
    assert (result.gate.points, result.gate.points_needed) == (7, 8)


def test_numbers_of_the_gate_by_hand() -> None:
    # Treated gap −3, −1, 1, 3 (RMSPE √5, drift 2·3 = 6); placebos ±1 (RMSPE 1): slope of 1, −1, −1, 1 is 0, of
    # −1, −1, 1, 1 it is (1.5 + 0.5 + 0.5 + 1.5)/5 = 0.8, drift 2.4; medians 1 and 2.4 of (0, 2.4, 2.4).
    baseline = np.array([[-3.0, -1, 1, 3], [1, -1, -1, 1], [-1, -1, 1, 1], [1, 1, -1, -1]])
    gate = fit_gate(baseline, np.ones((4, 2)), 0)
    assert (gate.rmspe, gate.pool_rmspe, gate.fit_ratio) == pytest.approx((5**0.5, 1.0, 5**0.5))
    assert (gate.drift, gate.pool_drift, gate.drift_ratio) == pytest.approx((6.0, 2.4, 2.5))
    assert gate.reasons == ("few_points", "poor_fit")


def test_a_drift_is_refused_although_the_fit_is_as_good_as_the_pools() -> None:
    # Every gap has RMSPE √5.25 or near it; the treated area's is a straight line −3.5 … 3.5 (drift 7), the placebos'
    # zigzags hardly drift.
    line = np.arange(8) - 3.5
    zigzag = 5.25**0.5 * np.array([1, -1, 1, -1, 1, -1, 1, -1])
    gate = fit_gate(np.vstack([line, zigzag, -zigzag, zigzag]), np.ones((4, 2)), 0)
    assert gate.fit_ratio == pytest.approx(1.0)
    assert gate.drift == pytest.approx(7.0)
    assert gate.reasons == ("drifting",)


def test_a_control_without_any_miss_is_judged_against_a_pool_without_any() -> None:
    assert fit_gate(np.zeros((4, 8)), np.zeros((4, 2)), 0).passed
    assert fit_gate(np.vstack([np.ones(8), np.zeros((3, 8))]), np.zeros((4, 2)), 0).reasons == ("poor_fit",)
