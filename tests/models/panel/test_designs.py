"""Difference-in-differences, synthetic control and synthetic DiD: by hand, against truth, and against algebra."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest

from evaluation.errors import ParameterError
from evaluation.models.panel import (
    Panel,
    PanelResult,
    difference_in_differences,
    event_study,
    synthetic_control,
    synthetic_did,
)
from evaluation.series import Window

Design = Callable[[Panel, str, Window], PanelResult]
DESIGNS: dict[str, Design] = {
    "difference_in_differences": difference_in_differences,
    "synthetic_control": synthetic_control,
    "synthetic_did": synthetic_did,
}
every_design = pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS.keys())


def county(seed: int, areas: int = 24, baseline: int = 8, period: int = 8, effect: float = 0.0) -> tuple:
    """Counts of areas of very different size: shared and own movement, season, AR(1) noise; the first is treated."""
    rng = np.random.default_rng(seed)
    points = baseline + period
    size = 250 * np.exp(rng.normal(0, 0.7, (areas, 1)))
    shared = (rng.normal(size=(areas, 2)) * 0.5 + 1) @ (rng.normal(size=(2, points)).cumsum(axis=1) * 0.04)
    season = (0.08 + 0.04 * rng.normal(size=(areas, 1))) * np.cos(np.pi / 2 * np.arange(points))
    noise = rng.normal(0, 0.05, (areas, points))
    for point in range(1, points):
        noise[:, point] = 0.3 * noise[:, point - 1] + 0.95 * noise[:, point]
    log_mean = np.log(size) + shared + season + noise
    log_mean[0, baseline:] += np.log1p(effect)
    return rng.poisson(np.exp(log_mean)).astype(float), np.repeat(size * 40, points, axis=1)


def test_difference_in_differences_by_hand(value_panel, cut) -> None:
    # Changes of means: treated 10 → 16 (+6); others +1, +2, +3, mean +2: effect 4.
    # Placebos against the other two (never the treated): 1 − 2.5 = −1.5; 2 − 2 = 0; 3 − 1.5 = 1.5.
    values = np.zeros((4, 6))
    values[:, :4] = [[9, 11, 9, 11], [1, -1, 1, -1], [5, 3, 5, 3], [0, 2, 0, 2]]
    values[:, 4:] = [[16, 16], [1, 1], [6, 6], [4, 4]]
    result = difference_in_differences(value_panel(values), "area 00", cut(6, 4), level=0.75)
    assert result.estimate.estimate == pytest.approx(4.0)
    assert result.placebos.effects == pytest.approx([4.0, -1.5, 0.0, 1.5])
    assert result.estimate.p == 0.25
    assert (result.estimate.observed, result.estimate.expected) == pytest.approx((16.0, 12.0))
    # Leave one out: without the area that rose by 1 the others rose by 2.5, and so on: 3.5, 4, 4.5.
    assert sorted(result.leave_one_out.effects) == pytest.approx([3.5, 4.0, 4.5])
    # Usual gap of the treated: (−1, 1, −1, 1) − mean of (1,−1,…), (1,−1,…), (−1,1,…) = ∓(1 + 1/3): 4/3.
    assert result.gate.rmspe == pytest.approx(4 / 3)


def test_event_study_by_hand(value_panel, cut) -> None:
    # The treated area rises by 1 a quarter, the others stand still: gap slope 4 a year; leads are −3.5 … 3.5.
    values = np.zeros((4, 10))
    values[0] = np.arange(10.0)
    values[1] = [0.1, -0.1] * 5
    study = event_study(value_panel(values), "area 00", cut(10, 8))
    assert study.pretrend == pytest.approx(4.0, abs=0.05)
    assert study.pretrend_p == 0.25
    assert study.lead.tolist() == [-8, -7, -6, -5, -4, -3, -2, -1, 0, 1]
    assert study.gap[:8] == pytest.approx(np.arange(8.0) - 3.5, abs=0.05)


def test_leads_outside_the_band_are_counted(value_panel, cut) -> None:
    # Three areas zigzag: each placebo gap is as large at every point as it usually is, ratio 1. The treated area is
    # their mean but for two jumps of ±6 among eight leads: usual gap √(2·6²/8) = 3, so its band is 3 everywhere.
    zigzag = np.tile([1.0, -1.0], 5)
    values = np.vstack([np.zeros(10), zigzag, -zigzag, zigzag])
    values[0] = values[1:].mean(axis=0)
    values[0, [2, 5]] += [6.0, -6.0]
    study = event_study(value_panel(values), "area 00", cut(10, 8))
    assert study.band[:8] == pytest.approx(np.full(8, 3.0))
    assert study.outside_band == pytest.approx(2 / 8)


def test_the_treated_area_made_of_donors_is_found_again(value_panel, cut) -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(size=(12, 30)).cumsum(axis=1)
    values[0] = 0.5 * values[3] + 0.3 * values[5] + 0.2 * values[8] + 7.0
    values[0, 24:] -= 2.0
    result = synthetic_control(value_panel(values), "area 00", cut(30, 24), ridge=0.0)
    assert dict(zip(result.donors.areas[:3], result.donors.weights[:3], strict=True)) == pytest.approx(
        {"area 03": 0.5, "area 05": 0.3, "area 08": 0.2}, abs=1e-6
    )
    assert result.donors.effective_number == pytest.approx(1 / (0.25 + 0.09 + 0.04))
    assert result.estimate.estimate == pytest.approx(-2.0, abs=1e-6)


@every_design
def test_a_known_effect_is_recovered_within_noise(design: Design, count_panel, cut) -> None:
    results = [design(count_panel(*county(seed, effect=-0.3)), "area 00", cut(16, 8)) for seed in range(40)]
    effects = np.log([result.estimate.estimate for result in results])
    assert effects.mean() == pytest.approx(np.log(0.7), abs=3 * effects.std() / np.sqrt(40))
    covered = [result.estimate.low <= 0.7 <= result.estimate.high for result in results]
    assert np.mean(covered) >= 0.85  # 95.8 % nominal; 34 of 40 is the 1 % point


@every_design
def test_placebo_p_is_uniform_when_nothing_happened(design: Design, count_panel, cut) -> None:
    """150 panels of 20 areas: p is uniform on 1/20 … 20/20, so p minus a uniform share of one step is on (0, 1)."""
    rng = np.random.default_rng(11)
    p = np.array(
        [design(count_panel(*county(1000 + seed, areas=20)), "area 00", cut(16, 8)).estimate.p for seed in range(150)]
    )
    assert kstest(p - rng.uniform(0, 1 / 20, p.size), "uniform").pvalue > 0.01


@every_design
def test_every_area_in_turn_the_share_of_small_p_is_what_p_says(design: Design, count_panel, cut) -> None:
    """Fifteen quiet panels of 20 areas, each area once as the treated one: 300 p-values for little chance."""
    p = np.array(
        [
            design(panel, area, cut(16, 8)).estimate.p
            for panel in (count_panel(*county(seed, areas=20)) for seed in range(15))
            for area in panel.areas
        ]
    )
    shares = [(p <= share + 1e-9).mean() for share in (0.05, 0.25, 0.5, 0.75)]
    assert shares == pytest.approx([0.05, 0.25, 0.5, 0.75], abs=0.035)
    assert shares[0] == pytest.approx(0.05, abs=0.015)


@every_design
def test_relabelling_areas_changes_nothing(design: Design, count_panel, cut) -> None:
    counts, exposure = county(6)
    order = np.random.default_rng(1).permutation(24)
    one = design(count_panel(counts, exposure), "area 00", cut(16, 8))
    other = design(
        count_panel(counts[order], exposure[order]), f"area {int(np.flatnonzero(order == 0)[0]):02d}", cut(16, 8)
    )
    assert other.estimate.estimate == pytest.approx(one.estimate.estimate, rel=1e-9)
    assert (other.estimate.low, other.estimate.high) == pytest.approx((one.estimate.low, one.estimate.high), rel=1e-9)
    assert other.estimate.p == one.estimate.p
    assert other.donors.weights == pytest.approx(one.donors.weights, abs=1e-9)


@every_design
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), factor=st.floats(0.1, 10.0), shift=st.floats(-100.0, 100.0))
def test_units_and_levels_do_what_algebra_says(
    design: Design, value_panel, cut, seed: int, factor: float, shift: float
) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(10, 14)).cumsum(axis=1)
    levels = rng.normal(size=(10, 1)) * 10
    one = design(value_panel(values), "area 00", cut(14, 9)).estimate
    scaled = design(value_panel(factor * values + shift), "area 00", cut(14, 9)).estimate
    moved = design(value_panel(values + levels), "area 00", cut(14, 9)).estimate
    assert scaled.estimate == pytest.approx(factor * one.estimate, abs=1e-7 * factor)
    assert moved.estimate == pytest.approx(one.estimate, abs=1e-7)
    assert scaled.p == moved.p == one.p


@every_design
def test_an_effect_added_to_the_treated_area_adds_to_the_estimate_and_to_nothing_else(
    design: Design, value_panel, cut
) -> None:
    values = np.random.default_rng(8).normal(size=(22, 16)).cumsum(axis=1)
    changed = values.copy()
    changed[0, 8:] += 3.0
    one, other = (design(value_panel(data), "area 00", cut(16, 8)) for data in (values, changed))
    assert other.estimate.estimate - one.estimate.estimate == pytest.approx(3.0)
    assert other.estimate.low - one.estimate.low == pytest.approx(3.0)
    assert other.estimate.high - one.estimate.high == pytest.approx(3.0)
    assert other.placebos.effects[1:] == pytest.approx(one.placebos.effects[1:])


@every_design
def test_one_result_holds_together(design: Design, count_panel, cut) -> None:
    counts, exposure = county(9)
    result = design(count_panel(counts, exposure), "area 00", cut(16, 8))
    estimate, path = result.estimate, result.path
    assert estimate.observed == counts[0, 8:].sum()
    assert estimate.expected == pytest.approx(estimate.observed / estimate.estimate)
    assert np.log(estimate.estimate) == pytest.approx(path.gap[8:].mean())
    assert path.observed_rate / path.synthetic_rate == pytest.approx(np.exp(path.gap))
    assert result.donors.weights.sum() == pytest.approx(1.0)
    assert result.time_weights.sum() == pytest.approx(1.0)
    assert result.leave_one_out.low <= result.leave_one_out.high
    assert "area 00" not in result.donors.areas
    assert estimate.details["smallest_p"] == pytest.approx(1 / 24)
    assert estimate.details["kkt"] <= 1e-8
    assert np.isnan(estimate.standard_error)
    travelled = pickle.loads(pickle.dumps(result))  # results cross process borders
    assert (travelled.donors.areas, travelled.gate) == (result.donors.areas, result.gate)


@every_design
def test_a_small_pool_has_limits_that_promise_nothing(design: Design, count_panel, cut) -> None:
    estimate = design(count_panel(*county(10, areas=8)), "area 00", cut(16, 8)).estimate
    assert (estimate.low, estimate.high) == (0.0, np.inf)
    assert estimate.p >= estimate.details["smallest_p"] == pytest.approx(1 / 8)
    assert estimate.details["attainable_level"] == pytest.approx(7 / 8)
    assert 0 < estimate.details["attainable_low"] < estimate.details["attainable_high"] < np.inf


def test_points_outside_baseline_and_period_are_drawn_but_not_used(count_panel, cut) -> None:
    counts, exposure = county(12, baseline=10)
    window = cut(18, 8, first=2)
    one = synthetic_control(count_panel(counts, exposure), "area 00", window)
    changed = counts * np.where(np.arange(18) < 2, np.random.default_rng(1).uniform(1, 9, (24, 1)), 1.0)
    other = synthetic_control(count_panel(changed, exposure), "area 00", window)
    assert (other.estimate.estimate, other.estimate.low, other.estimate.p) == (
        one.estimate.estimate,
        one.estimate.low,
        one.estimate.p,
    )
    assert other.path.gap.size == 18
    assert (other.path.gap[:2] != one.path.gap[:2]).all()


def test_covariates_pull_the_weights_towards_areas_that_share_them(value_panel, cut) -> None:
    values = np.random.default_rng(4).normal(size=(10, 12))
    covariate = np.zeros((10, 1))
    covariate[[0, 4]] = 5.0
    panel, window = value_panel(values), cut(12, 8)
    without = synthetic_control(panel, "area 00", window)
    with_it = synthetic_control(panel, "area 00", window, np.repeat(covariate, 6, axis=1))
    weight = {
        result: dict(zip(result.donors.areas, result.donors.weights, strict=True)) for result in (without, with_it)
    }
    assert weight[with_it]["area 04"] > weight[without]["area 04"] + 0.1


@pytest.mark.parametrize("covariates", [np.zeros((9, 1)), np.zeros(10), np.full((10, 1), np.nan)])
def test_covariates_that_do_not_fit_are_refused(value_panel, cut, covariates: np.ndarray) -> None:
    with pytest.raises(ParameterError, match=r"covariates of shape \(10, k\)"):
        synthetic_control(
            value_panel(np.random.default_rng(1).normal(size=(10, 12))), "area 00", cut(12, 8), covariates
        )
