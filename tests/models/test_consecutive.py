"""Several agreements in one model: which points are whose, and what each step says."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.models import NotEstimableError, consecutive_steps, own_trend, steps_of


@pytest.fixture
def agreements():
    t = np.arange(120)
    return {"1": (t >= 48) & (t < 72), "2": (t >= 72) & (t < 84), "3": (t >= 88) & (t < 108)}


def test_steps_are_the_agreements_and_the_stretches_after(series_of, counts_of, agreements):
    series = series_of(counts_of(1, n=120))
    steps = steps_of(series, agreements)
    assert list(steps) == ["1", "2", "3", "after 2", "after 3"]
    assert np.flatnonzero(steps["after 2"]).tolist() == [84, 85, 86, 87]
    assert np.flatnonzero(steps["after 3"]).tolist() == list(range(108, 120))


def test_a_stretch_of_two_points_is_nobodys(series_of, counts_of, agreements):
    t = np.arange(120)
    longer = agreements | {"3": (t >= 86) & (t < 120)}
    assert list(steps_of(series_of(counts_of(1, n=120)), longer)) == ["1", "2", "3"]


def test_each_step_is_found_in_one_model(series_of, agreements):
    t = np.arange(120)
    factor = np.select([agreements["1"], agreements["2"], agreements["3"]], [0.9, 0.8, 1.2], 1.0)
    noise = 0.01 * np.random.default_rng(2).standard_normal(120)
    series = series_of(3000 * 1.02 ** (t / 12) * factor * np.exp(noise))
    steps = steps_of(series, agreements)
    found = dict(zip(steps, consecutive_steps(series, agreements), strict=True))
    for name, truth in {"1": 0.9, "2": 0.8, "3": 1.2, "after 2": 1.0, "after 3": 1.0}.items():
        assert found[name].estimate == pytest.approx(truth, abs=0.02)
        assert found[name].n_period == steps[name].sum()
        assert found[name].n_baseline == 48
        assert found[name].observed == pytest.approx(series.count[steps[name]].sum())
    assert found["1"].p < 0.05 < found["after 3"].p


def test_with_one_agreement_to_the_end_it_is_the_own_trend(series_of, window_of, counts_of):
    series = series_of(counts_of(3, n=60, start=40))
    alone = own_trend(series, window_of(series, 40))
    (joint,) = consecutive_steps(series, {"1": np.arange(60) >= 40})
    assert joint.estimate == pytest.approx(alone.estimate)
    assert (joint.low, joint.high, joint.p) == pytest.approx((alone.low, alone.high, alone.p))


def test_transition_points_and_unpublished_points_are_left_out(series_of, counts_of, agreements):
    counts = counts_of(4, n=120)
    counts[[50, 51]] = np.nan
    left_out = np.isin(np.arange(120), [48, 72, 88])
    series = series_of(counts)
    steps = steps_of(series, agreements, transition=left_out)
    assert steps["1"].sum() == 24 - 2 - 1
    assert steps["after 2"].sum() == 4
    found = consecutive_steps(series, agreements, transition=left_out, draws=199)
    assert [one.n_period for one in found] == [mask.sum() for mask in steps.values()]


def test_an_agreement_without_figures_has_no_step(series_of, counts_of, agreements):
    counts = counts_of(5, n=120)
    counts[72:84] = np.nan
    assert "2" not in steps_of(series_of(counts), agreements)


def test_without_a_point_before_the_first_agreement_there_is_no_baseline(series_of, counts_of):
    series = series_of(counts_of(6, n=40))
    with pytest.raises(NotEstimableError) as caught:
        consecutive_steps(series, {"1": np.arange(40) < 20})
    assert caught.value.reason == "too_few_points"
