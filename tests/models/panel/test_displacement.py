"""Weighted displacement difference beyond the published cases: signs, dispersion, exact test, power."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.errors import ParameterError
from evaluation.models.panel import (
    PlaceCounts,
    count_dispersion,
    e_test,
    weighted_by_harm,
    weighted_displacement_difference,
)

counts = st.integers(0, 300)
places = st.builds(PlaceCounts, counts, counts, st.floats(0.2, 5.0))


def test_offences_that_move_next_door_cancel() -> None:
    # target −40, displacement area +40, controls still: nothing was gained
    result = weighted_displacement_difference(
        PlaceCounts(100, 60), PlaceCounts(80, 80), PlaceCounts(50, 90), PlaceCounts(70, 70)
    )
    assert (result.target_change, result.displacement_change, result.total) == (-40.0, 40.0, 0.0)
    assert result.estimate.p == pytest.approx(1.0)
    assert (result.estimate.observed, result.estimate.expected) == (150.0, 150.0)


def test_dispersion_widens_by_its_root_and_never_narrows() -> None:
    place = (PlaceCounts(100, 60), PlaceCounts(80, 80))
    plain, wide, narrow = (weighted_displacement_difference(*place, dispersion=d) for d in (1.0, 4.0, 0.5))
    assert wide.estimate.standard_error == pytest.approx(2 * plain.estimate.standard_error)
    assert wide.poisson == plain.poisson
    assert narrow.estimate == plain.estimate
    assert wide.detectable == pytest.approx(2 * plain.detectable)


def test_smallest_detectable_change_is_found_four_times_out_of_five() -> None:
    # SE = √(100 + 60 + 80 + 80) = √320; (1.959964 + 0.841621)·√320 = 50.116
    result = weighted_displacement_difference(PlaceCounts(100, 60), PlaceCounts(80, 80))
    assert result.detectable == pytest.approx(50.1163, abs=1e-3)


def test_small_counts_get_the_exact_p_of_the_two_sums() -> None:
    # plus: 1 (target after) + 4 (control before) = 5; minus: 7 + 3 = 10
    result = weighted_displacement_difference(PlaceCounts(7, 1), PlaceCounts(4, 3))
    assert result.total == -5
    assert result.exact_p == pytest.approx(0.20616441, abs=5e-9)  # the E-test of 10 against 5


def test_weighted_counts_have_no_exact_p() -> None:
    place = (PlaceCounts(7, 1), PlaceCounts(4, 3))
    assert np.isnan(weighted_displacement_difference(*place, period_weights=(2.0, 1.0)).exact_p)
    assert np.isnan(weighted_displacement_difference(PlaceCounts(7, 1, 2.0), place[1]).exact_p)


def test_dispersion_by_hand() -> None:
    # Place 1: (2, 4): mean 3, (1 + 1)/3 = 2/3. Place 2: (0, 8): mean 4, (16 + 16)/4 = 8. 2 degrees of freedom.
    assert count_dispersion(np.array([[2.0, 4.0], [0.0, 8.0]])) == pytest.approx((2 / 3 + 8) / 2)


def test_dispersion_does_not_take_the_change_itself_for_noise() -> None:
    jumping = np.array([[10.0, 10, 10, 90, 90, 90]])
    assert count_dispersion(jumping, [0, 0, 0, 1, 1, 1]) == 0.0
    assert count_dispersion(jumping) > 30


def test_dispersion_of_poisson_counts_is_one_and_of_nothing_unknown() -> None:
    assert count_dispersion(np.random.default_rng(1).poisson(20.0, (40, 60)).astype(float)) == pytest.approx(1, abs=0.1)
    assert np.isnan(count_dispersion(np.zeros((3, 5))))


@pytest.mark.parametrize(
    ("target", "control", "lengths"),
    [
        (PlaceCounts(-1, 2), PlaceCounts(1, 1), (1, 1)),
        (PlaceCounts(0, 0), PlaceCounts(0, 0), (1, 1)),
        (PlaceCounts(1, 2, 0.0), PlaceCounts(1, 1), (1, 1)),
        (PlaceCounts(1, 2), PlaceCounts(1, 1), (1, 0)),
    ],
)
def test_impossible_counts_and_weights_are_refused(target, control, lengths) -> None:
    with pytest.raises(ParameterError, match="weights above 0"):
        weighted_displacement_difference(target, control, period_weights=lengths)


@settings(max_examples=100, deadline=None)
@given(places, places, places, places, st.floats(1.0, 10.0))
def test_swapping_before_and_after_turns_the_sign_and_p_agrees_with_the_interval(
    target: PlaceCounts, control: PlaceCounts, near: PlaceCounts, near_control: PlaceCounts, dispersion: float
) -> None:
    four = (target, control, near, near_control)
    if sum(place.before + place.after for place in four) == 0:
        return
    turned = tuple(PlaceCounts(place.after, place.before, place.area_weight) for place in four)
    one, other = (weighted_displacement_difference(*each, dispersion=dispersion) for each in (four, turned))
    assert other.total == pytest.approx(-one.total)
    assert (one.estimate.p < 0.05) == (one.estimate.low > 0 or one.estimate.high < 0)


def test_one_kind_with_harm_one_is_the_difference_itself() -> None:
    one = weighted_displacement_difference(PlaceCounts(100, 60), PlaceCounts(80, 80), dispersion=2.0)
    assert weighted_by_harm([one], [1.0]).estimate == one.estimate


def test_false_alarms_of_the_widened_interval_stay_near_five_per_cent() -> None:
    """Overdispersed counts (variance 3 × mean), nothing happened, dispersion measured from the same 24 points."""
    rng = np.random.default_rng(7)
    alarms = {"poisson": 0, "estimate": 0}
    for _ in range(600):
        points = rng.negative_binomial(10.0, 1 / 3, size=(2, 24)).astype(float)  # mean 20, variance 60
        dispersion = count_dispersion(points, np.repeat([0, 1], 12))
        target, control = (PlaceCounts(row[:12].sum(), row[12:].sum()) for row in points)
        result = weighted_displacement_difference(target, control, dispersion=dispersion)
        alarms["poisson"] += result.poisson.p < 0.05
        alarms["estimate"] += result.estimate.p < 0.05
    assert alarms["poisson"] / 600 > 0.18  # the published interval takes every third cluster for an effect
    assert 0.03 < alarms["estimate"] / 600 < 0.09


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 60), st.integers(0, 60), st.floats(0.2, 5.0))
def test_the_exact_test_is_symmetric_and_a_probability(first: int, second: int, exposure: float) -> None:
    p = e_test(first, second, 1.0, exposure)
    assert 0 < p <= 1
    assert e_test(second, first, exposure, 1.0) == pytest.approx(p, rel=1e-6)


def test_the_exact_test_holds_its_level_and_meets_the_normal_one_at_large_counts() -> None:
    rng = np.random.default_rng(3)
    pairs = rng.poisson(3.0, (2000, 2))
    p = {pair: e_test(*pair) for pair in {(int(x), int(y)) for x, y in pairs}}
    assert np.mean([p[int(x), int(y)] <= 0.05 for x, y in pairs]) < 0.06
    assert e_test(1000, 1100) == pytest.approx(0.0291, abs=0.0005)  # z = 100/√2100 = 2.1822


def test_equal_rates_are_never_surprising() -> None:
    assert e_test(0, 0) == 1.0
    assert e_test(4, 8, 1.0, 2.0) == pytest.approx(1.0)


@pytest.mark.parametrize("wrong", [(-1, 0, 1.0, 1.0), (1, 1, 0.0, 1.0)])
def test_impossible_counts_have_no_test(wrong) -> None:
    with pytest.raises(ParameterError, match="exposures above 0"):
        e_test(*wrong)
