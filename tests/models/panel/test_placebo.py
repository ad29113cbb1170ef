"""Placebo inference: ranks by hand, and a p and an interval that never contradict each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.models.panel.placebo import placebo_band, placebo_test

# Every area's baseline gap is ±1, so every scale is 1 and statistics are |effects|.
UNIT = np.array([[1.0, -1.0]])


def effects_only(effects: list[float], level: float = 0.95):
    values = np.array(effects)[:, None]
    return placebo_test(np.repeat(UNIT, len(effects), axis=0), values, 0, level)


def test_rank_and_limits_by_hand() -> None:
    # Four areas, level 0.75: k = ⌊0.25·4⌋ = 1. Placebo statistics 1, 2, 3. |5| is the largest of four: p = 1/4.
    # Limits 5 ± (largest placebo statistic) · 1 = 2 … 8.
    test = effects_only([5.0, 1.0, -2.0, 3.0], level=0.75)
    assert (test.p, test.smallest_p) == (0.25, 0.25)
    assert (test.low, test.high) == pytest.approx((2.0, 8.0))


def test_at_half_the_level_the_second_largest_counts() -> None:
    # k = ⌊0.5·4⌋ = 2 → 2.5 ± 2; |2.5| is beaten by 3 only: p = 2/4 ≤ 0.5, and the interval excludes 0.
    test = effects_only([2.5, 1.0, -2.0, 3.0], level=0.5)
    assert test.p == 0.5
    assert (test.low, test.high) == pytest.approx((0.5, 4.5))


def test_ties_count_as_more_extreme() -> None:
    assert effects_only([2.0, 2.0, -2.0, 1.0]).p == 0.75


def test_a_pool_too_small_for_the_level_says_so() -> None:
    test = effects_only([100.0, *np.linspace(0.1, 1.8, 18)])  # 19 areas: 1/19 = 0.0526 > 0.05
    assert (test.low, test.high) == (-np.inf, np.inf)
    assert test.detectable == np.inf
    assert test.p == test.smallest_p == pytest.approx(1 / 19)
    assert test.attainable_level == pytest.approx(18 / 19)
    assert (test.attainable_low, test.attainable_high) == pytest.approx((98.2, 101.8))


def test_twenty_areas_are_enough_for_95_per_cent() -> None:
    test = effects_only([100.0, *np.linspace(0.1, 1.9, 19)])
    assert (test.low, test.high) == pytest.approx((98.1, 101.9))
    assert test.p == 0.05
    assert test.p < 1 - 0.95  # as the contract of Estimate is computed


def test_a_perfect_fit_does_not_count_as_more_precise_than_the_pools_median() -> None:
    # Usual gaps 0 (treated), 1, 2, 3: the median of the placebos is 2; scales 2, 2, 2, 3.
    baseline = np.array([[0.0, 0.0], [1.0, -1.0], [2.0, -2.0], [3.0, -3.0]])
    test = placebo_test(baseline, np.array([[4.0], [2.0], [2.0], [3.0]]), 0)
    assert test.scales == pytest.approx([2.0, 2.0, 2.0, 3.0])
    assert test.statistics == pytest.approx([2.0, 1.0, 1.0, 1.0])


def test_rmspe_ratio_by_hand() -> None:
    # Period gaps (3, 4): √((9+16)/2) = √12.5; baseline 1 → ratio √12.5; placebos 1 and 5 → rank 2 of 3.
    baseline = np.repeat(UNIT, 3, axis=0)
    test = placebo_test(baseline, np.array([[3.0, 4.0], [1.0, -1.0], [5.0, 5.0]]), 0)
    assert test.rmspe_ratios == pytest.approx([12.5**0.5, 1.0, 5.0])
    assert test.rmspe_ratio_p == pytest.approx(2 / 3)


def test_detectable_is_the_half_width_plus_what_noise_takes_away_in_one_case_of_five() -> None:
    # 21 areas, level 0.95: half-width = largest placebo = 20; the 0.6 quantile of 1 … 20 is 12.4.
    assert effects_only([0.0, *range(1, 21)]).detectable == pytest.approx(20 + 12.4)


def test_the_band_is_what_placebo_areas_show_point_by_point() -> None:
    baseline = np.array([[2.0, -2.0], [1.0, -1.0], [1.0, -1.0]])
    gap = np.array([[2.0, -2.0, 9.0], [1.0, -1.0, 3.0], [1.0, -1.0, -5.0]])
    test = placebo_test(baseline, gap[:, 2:], 0)
    assert placebo_band(gap, test) == pytest.approx([2.0, 2.0, 10.0])  # largest |gap| / 1 · 2


panels = st.integers(3, 45).flatmap(
    lambda areas: st.tuples(
        st.lists(st.floats(-1e3, 1e3), min_size=areas * 5, max_size=areas * 5),
        st.just(areas),
        st.integers(0, areas - 1),
        st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99]),
    )
)


@settings(max_examples=300, deadline=None)
@given(panels)
def test_interval_and_p_never_contradict_each_other(drawn: tuple[list[float], int, int, float]) -> None:
    values, areas, treated, level = drawn
    gaps = np.array(values).reshape(areas, 5)
    test = placebo_test(gaps[:, :3], gaps[:, 3:], treated, level)
    excluded = test.low > 0 or test.high < 0
    assert excluded == (test.p <= 1 - level + 1e-12)
    assert test.low <= test.effects[treated] <= test.high
    assert 1 / areas <= test.p <= 1


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10_000), st.integers(20, 40))
def test_the_test_at_a_limit_is_where_the_verdict_turns(seed: int, areas: int) -> None:
    """Duality: an effect just inside the limits is not rejected, one just outside is."""
    gaps = np.random.default_rng(seed).normal(size=(areas, 12))
    test = placebo_test(gaps[:, :8], gaps[:, 8:], 0)
    for limit, outward in ((test.low, -1), (test.high, 1)):
        for step, inside in ((-1e-6, True), (1e-6, False)):
            without = gaps[:, 8:].copy()
            without[0] -= limit + outward * step
            assert (placebo_test(gaps[:, :8], without, 0).p > 0.05) == inside
