"""What is still to come, against a hand-made triangle and a simulated truth."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from evaluation.cleaning import late_registration, reporting_delay
from evaluation.errors import ParameterError


def log(occurred: np.ndarray, delay: np.ndarray) -> pd.DataFrame:
    day = np.datetime64("2024-01-01") + occurred.astype("timedelta64[D]")
    return pd.DataFrame(
        {
            "occurred_from": day.astype("datetime64[us]"),
            "reported": (day + delay.astype("timedelta64[D]")).astype("datetime64[us]"),
        }
    )


def test_a_triangle_by_hand():
    # On 3 January. Age 2 days: 6 registered at once, 3 after one day, 1 after two. Age 1: 8 and 4. Age 0: 5.
    occurred = np.repeat([0, 0, 0, 1, 1, 2], [6, 3, 1, 8, 4, 5])
    delay = np.repeat([0, 1, 2, 0, 1, 0], [6, 3, 1, 8, 4, 5])
    got = reporting_delay(log(occurred, delay), date(2024, 1, 3), longest_days=2)
    # g(2) = 1/10 (age 2 only); g(1) = (3 + 4)/(9 + 12) = 1/3 (ages 1 and 2, delay at most 1).
    np.testing.assert_allclose(got.completeness, [(1 - 1 / 3) * (1 - 1 / 10), 1 - 1 / 10, 1.0])
    # Greenwood: 1/(10·9) for j = 2 and 7/(21·14) for j = 1.
    np.testing.assert_allclose(got.log_error, [np.sqrt(1 / 90 + 7 / 294), np.sqrt(1 / 90), 0.0])
    assert got.n == 27
    points = late_registration(log(occurred, delay), date(2024, 1, 3), longest_days=2)
    assert points["observed"].tolist() == [27]
    assert points["expected"][0] == pytest.approx(10 / 1 + 12 / 0.9 + 5 / 0.6)  # chain ladder: 10, 13⅓ and 8⅓


def test_the_shortfall_of_a_simulated_log_is_estimated_without_bias():
    rng = np.random.default_rng(6)
    exported = np.datetime64("2025-12-31")
    relative = []
    for _ in range(40):
        occurred = np.sort(rng.integers(0, 731, 4000))
        delay = np.where(rng.random(4000) < 0.3, rng.geometric(1 / 35, 4000), rng.geometric(1 / 3, 4000) - 1)
        registered = occurred + delay <= (exported - np.datetime64("2024-01-01")).astype(int)
        points = late_registration(log(occurred[registered], delay[registered]), date(2025, 12, 31))
        last_two = points.tail(2)
        true = (occurred >= 670).sum()  # November and December 2025
        relative.append(last_two["expected"].sum() / true - 1)
    assert points["observed"].tail(1).item() < 0.85 * (occurred >= 700).sum()  # without correction: a fall from nowhere
    assert abs(np.mean(relative)) < 0.01
    assert points["incomplete"].tolist()[-2:] == [True, True]
    assert not points["incomplete"].head(9).any()


def test_nine_of_ten_intervals_or_more_hold_the_expected_number():
    # The interval covers what the delays leave unsure, not the chance of the counts themselves: compare with the
    # expectation given the incidents that happened.
    rng = np.random.default_rng(9)
    held = []
    for _ in range(100):
        occurred = np.sort(rng.integers(0, 400, 3000))
        share = np.array([0.5, 0.7, 0.8, 0.9, 1.0])
        delay = np.searchsorted(share, rng.random(3000)) * 10
        registered = occurred + delay <= 399
        got = reporting_delay(log(occurred[registered], delay[registered]), date(2025, 2, 3), longest_days=60)
        low, high = got.completeness[5] * np.exp(np.array([-1.96, 1.96]) * got.log_error[5])
        held.append(low <= 0.5 <= high)
    assert np.mean(held) >= 0.9


def test_prompt_registration_has_no_shortfall():
    occurred = np.arange(365)
    points = late_registration(log(occurred, np.zeros(365, dtype=int)), date(2024, 12, 30))
    np.testing.assert_allclose(points["shortfall"], 0.0, atol=1e-9)
    assert points["incomplete"].tolist() == [False] * 11 + [True]  # December lacks its last day


def test_a_log_without_registration_is_refused():
    frame = log(np.array([1]), np.array([1])).assign(reported=pd.NaT)
    with pytest.raises(ParameterError, match="no incident with time and registration"):
        reporting_delay(frame, date(2024, 1, 5))
