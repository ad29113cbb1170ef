"""Rate ratios by hand, and what a series could have shown."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t as student

from evaluation.models import (
    NotEstimableError,
    detectable_table,
    own_trend_fit,
    rate_ratio,
    smallest_detectable_change,
)


def test_a_rate_ratio_of_few_points_by_hand(series_of, window_of):
    # before: 12 + 8 + 10 = 30 cases in 3 000 person-years; after: 6 + 4 = 10 in 2 000: ratio 0.5
    series = series_of([12, 8, 10, 6, 4], 1000.0)
    found = rate_ratio(series, window_of(series, 3))
    assert found.design == "rate_ratio"
    assert found.estimate == pytest.approx(0.5)
    # Pearson around 10 and 5: (4 + 4 + 0)/10 + (1 + 1)/5 = 1.2 on 3 degrees of freedom = 0.4, counted as 1
    assert found.details["dispersion"] == pytest.approx(0.4)
    error = np.sqrt(1 / 30 + 1 / 10)
    assert found.standard_error == pytest.approx(error)
    reach = student.ppf(0.975, 3) * error
    assert (found.low, found.high) == pytest.approx((0.5 * np.exp(-reach), 0.5 * np.exp(reach)))
    assert found.p == pytest.approx(2 * student.sf(np.log(2) / error, 3))
    assert found.expected == pytest.approx(20)


def test_overdispersion_widens_the_interval(series_of, window_of, counts_of):
    calm = series_of(counts_of(1, n=60, start=40, mean=50, sd=0.0))
    rough = series_of(counts_of(1, n=60, start=40, mean=50, sd=0.5))
    widths = []
    for series in (calm, rough):
        found = rate_ratio(series, window_of(series, 40))
        assert "around trend and season" in found.method
        widths.append(np.log(found.high / found.low))
    assert widths[1] > 1.8 * widths[0]


def test_the_difference_of_means_of_a_value_series_by_hand(series_of, window_of):
    # means 4 and 7; squares around them 2 + 2 = 4 on 3 degrees of freedom
    series = series_of([3, 4, 5, 6, 8], scale="value")
    found = rate_ratio(series, window_of(series, 3))
    assert found.scale == "additive"
    assert found.estimate == pytest.approx(3)
    assert found.standard_error == pytest.approx(np.sqrt(4 / 3) * np.sqrt(1 / 3 + 1 / 2))
    assert (found.observed, found.expected) == pytest.approx((7, 4))


def test_one_point_before_and_one_after_have_no_spread(series_of, window_of):
    series = series_of([5, 8.0])
    with pytest.raises(NotEstimableError) as caught:
        rate_ratio(series, window_of(series, 1))
    assert caught.value.reason == "too_few_points"


def test_the_detectable_change_follows_the_noise_and_comes_from_the_same_fit(series_of, window_of, counts_of):
    series = series_of(counts_of(2, n=60, start=36, mean=100))
    window = window_of(series, 36)
    fit = own_trend_fit(series, window)
    found = smallest_detectable_change(series, window, fit=fit)
    assert (found.rho, found.sigma) == (max(float(fit.reml.rho[0]), 0.0), float(fit.reml.sigma[0]))
    assert -100 < found.decrease < 0 < found.increase
    # the same distance on the log scale: a fall by a third weighs as much as a rise by a half
    assert (1 + found.decrease / 100) * (1 + found.increase / 100) == pytest.approx(1)
    assert found.largest == found.increase
    more = smallest_detectable_change(series, window, fit=fit, power=0.9)
    assert more.effect > found.effect


def test_a_value_series_states_it_in_its_own_unit(series_of, window_of):
    random = np.random.default_rng(3)
    once = 50 + random.standard_normal(48)
    small, large = (
        smallest_detectable_change(series, window_of(series, 24))
        for series in (series_of(once, scale="value"), series_of(10 * once, scale="value"))
    )
    assert large.increase == pytest.approx(10 * small.increase, rel=1e-6)
    assert small.decrease == -small.increase


def test_series_of_one_design_share_the_table_and_others_are_not_misled_by_it(series_of, window_of, counts_of):
    first, second = (series_of(counts_of(seed, n=60, start=36)) for seed in (4, 5))
    window = window_of(first, 36)
    table = detectable_table(first, window, own_trend_fit(first, window))
    assert smallest_detectable_change(second, window, table=table) == smallest_detectable_change(second, window)
    later = window_of(first, 40)
    assert smallest_detectable_change(first, later, table=table) == smallest_detectable_change(first, later)
