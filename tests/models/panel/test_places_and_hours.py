"""Aoristic hours, hot places and hours, and the similarity table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.errors import ParameterError
from evaluation.models.panel import aoristic_weights, hot_hours, hot_places, similarity_table


def times(*texts: str) -> np.ndarray:
    return np.array(texts, dtype="datetime64[s]")


def test_aoristic_by_hand() -> None:
    # 22:30–01:30 is three hours: half an hour each at the ends, whole hours between.
    weights = aoristic_weights(times("2024-05-01T22:30"), times("2024-05-02T01:30"), "hour_of_day")
    assert {hour: weights[hour] for hour in np.flatnonzero(weights)} == pytest.approx(
        {22: 0.5 / 3, 23: 1 / 3, 0: 1 / 3, 1: 0.5 / 3}
    )


def test_the_week_begins_on_monday() -> None:
    # 2024-05-01 was a Wednesday: hour 2·24 + 8; 2024-05-05 a Sunday: hour 6·24 + 23.
    weights = aoristic_weights(
        times("2024-05-01T08:15", "2024-05-05T23:00"), times("2024-05-01T08:15", "2024-05-06T00:00")
    )
    assert {hour: weights[hour] for hour in np.flatnonzero(weights)} == {56: 1.0, 167: 1.0}


def test_a_known_moment_lies_in_its_hour_also_on_the_stroke() -> None:
    moments = times("2024-05-01T00:00", "2024-05-01T23:59:59")
    assert np.flatnonzero(aoristic_weights(moments, moments, "hour_of_day")).tolist() == [0, 23]


def test_incidents_without_a_time_have_no_weight() -> None:
    start = np.array(["2024-05-01T08:00", "NaT", "2024-05-01T08:00"], dtype="datetime64[m]")
    end = np.array(["2024-05-01T09:00", "2024-05-01T09:00", "NaT"], dtype="datetime64[m]")
    assert aoristic_weights(start, end).sum() == 1.0


def test_intervals_that_run_backwards_are_refused() -> None:
    with pytest.raises(ParameterError, match="1 intervals that end before they start"):
        aoristic_weights(times("2024-05-02"), times("2024-05-01"))


intervals = st.lists(st.tuples(st.integers(0, 2 * 10**9), st.integers(0, 3_000_000)), min_size=1, max_size=8)


@settings(max_examples=150, deadline=None)
@given(intervals, st.sampled_from(["hour_of_day", "hour_of_week"]))
def test_mass_is_conserved_and_equals_minute_by_minute_counting(drawn: list[tuple[int, int]], cycle: str) -> None:
    """Oracle: cut each interval at every full hour and add up the pieces one by one."""
    start = np.array([begin for begin, _ in drawn])
    end = start + np.array([length for _, length in drawn])
    weights = aoristic_weights(start.astype("datetime64[s]"), end.astype("datetime64[s]"), cycle)
    assert weights.sum() == pytest.approx(len(drawn))
    hours, shift = (24, 0) if cycle == "hour_of_day" else (168, 72)
    counted = np.zeros(hours)
    for begin, last in zip(start, end, strict=True):
        last = max(last, begin + 1)
        cuts = np.unique(np.clip(np.arange(begin // 3600, last // 3600 + 2) * 3600, begin, last))
        np.add.at(counted, (cuts[:-1] // 3600 + shift) % hours, np.diff(cuts) / (last - begin))
    assert weights == pytest.approx(counted, abs=1e-9)


def test_hot_places_by_hand() -> None:
    result = hot_places(
        ["a", "b", "c", "d"], np.array([2.0, 10, 8, 0]), np.array([9.0, 4, 7, 0]), (1.0, 1.0), hottest=2
    )
    assert result.places == ("b", "c", "a", "d")
    assert result.rank_after.tolist() == [3, 2, 1, 4]
    assert (result.share_before, result.share_after) == pytest.approx((18 / 20, 16 / 20))
    assert result.followed_share == pytest.approx(11 / 20)
    assert result.still_hot == 1
    assert result.p[3] == 1.0


def test_places_are_compared_per_unit_of_time() -> None:
    result = hot_places(["a"], np.array([5.0]), np.array([10.0]), (1.0, 2.0))
    assert (result.before[0], result.after[0]) == (5.0, 5.0)
    assert result.p[0] == pytest.approx(1.0)


def test_regression_to_the_mean_shows_in_the_followed_share_and_not_in_concentration() -> None:
    rng = np.random.default_rng(4)
    results = [
        hot_places([f"{place:02d}" for place in range(40)], *rng.poisson(5.0, (2, 40)).astype(float), hottest=5)
        for _ in range(200)
    ]
    assert np.mean([one.share_before - one.share_after for one in results]) == pytest.approx(0, abs=0.01)
    assert np.mean([one.share_before - one.followed_share for one in results]) > 0.08


def test_hours_by_hand() -> None:
    result = hot_hours(np.array([3.0, 1.0]), np.array([2.0, 6.0]), (1.0, 2.0))
    assert result.after.tolist() == [1.0, 3.0]
    assert result.share_before.tolist() == [0.75, 0.25]
    assert result.moved == pytest.approx(0.5)  # half of |0.25 − 0.75| + |0.75 − 0.25|


def test_a_period_without_incidents_has_no_shares() -> None:
    assert np.isnan(hot_hours(np.zeros(24), np.ones(24)).moved)


def test_counts_over_other_places_are_refused() -> None:
    with pytest.raises(ParameterError, match="one count per name and period"):
        hot_places(["a", "b"], np.ones(2), np.ones(3))


def test_similarity_by_hand(count_panel, cut) -> None:
    # Over 8 quarters: a twin at twice the level and half the people; one that grows; one with the opposite season.
    quarter = np.arange(10)
    wave = 0.2 * np.cos(np.pi * quarter)
    rates = np.exp(np.array([wave, wave + np.log(2), wave + 0.1 * quarter / 4, -wave]))
    exposure = np.full((4, 10), 1e6) * np.array([[1.0], [0.5], [1.0], [3.0]])
    panel = count_panel(rates * exposure, exposure)
    twin, growing, opposite = similarity_table(
        panel, "area 00", cut(10, 8), excluded={"area 03": "own project"}, neighbours=frozenset({"area 02"})
    )
    assert (twin.area, growing.area, opposite.area) == ("area 01", "area 02", "area 03")
    assert (twin.level, twin.trend, twin.population) == pytest.approx((2.0, 0.0, 0.5), abs=1e-5)
    assert growing.trend == pytest.approx(0.1, abs=1e-5)
    assert (twin.season, opposite.season) == pytest.approx((1.0, -1.0), abs=1e-6)
    assert opposite.distance == pytest.approx(0.4, abs=1e-5)
    assert [(one.in_pool, one.reason, one.neighbour, one.rank) for one in (twin, growing, opposite)] == [
        (True, "", False, 1),
        (True, "", True, 2),
        (False, "own project", False, 3),
    ]


def test_yearly_values_have_neither_season_nor_population(value_panel, cut) -> None:
    values = np.random.default_rng(1).normal(size=(4, 12))
    table = similarity_table(value_panel(values, "year"), "area 00", cut(12, 8))
    assert all(np.isnan(one.season) and np.isnan(one.population) for one in table)
    assert table[0].level == pytest.approx(values[int(table[0].area[-2:]), :8].mean() - values[0, :8].mean())
