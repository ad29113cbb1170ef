"""Series with planted truth, their windows and what is checked of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from evaluation.checks import Subject, subject_of
from evaluation.models.ar1 import correlated
from evaluation.series import POINTS_PER_YEAR, TimeSeries, Window
from evaluation.study.model import AnalysisPlan

PLAN = AnalysisPlan(draws=399)


@pytest.fixture(scope="session")
def series_of() -> Callable[..., TimeSeries]:
    def build(count, *, grain="month", first="2012-01", scale="count", exposure=1000.0) -> TimeSeries:
        count = np.asarray(count, dtype=float)
        step = 12 // POINTS_PER_YEAR[grain]
        start = (np.datetime64(first) + step * np.arange(count.size)).astype("datetime64[D]")
        at_risk = np.full(count.size, 1.0 if scale == "value" else exposure)
        return TimeSeries("i", "0114", grain, start, count, at_risk, np.zeros(count.size, bool), scale)

    return build


@pytest.fixture(scope="session")
def window_of() -> Callable[..., Window]:
    """Baseline from `first` to the start (both places), period from the start on."""

    def build(series: TimeSeries, start: int, first: int = 0) -> Window:
        place, known = np.arange(series.n), np.isfinite(series.count)
        nothing = np.zeros(series.n, dtype=bool)
        baseline, period = (place >= first) & (place < start) & known, (place >= start) & known
        return Window("1", "fixed", baseline, period, nothing, series.start[start], 1.0)

    return build


@pytest.fixture(scope="session")
def counts_of() -> Callable[..., np.ndarray]:
    """Poisson counts around a rate with season, trend and AR(1) noise; `factor` multiplies the rate point by point."""

    def draw(seed, n=72, *, mean=120.0, sd=0.06, rho=0.3, points=12, factor=1.0) -> np.ndarray:
        random, t = np.random.default_rng(seed), np.arange(n)
        noise = sd * correlated(random.standard_normal((n, 1)), t, np.array(rho))[:, 0]
        season = 0.12 * np.sin(2 * np.pi * t / points)
        return random.poisson(mean * np.exp(noise + season + 0.02 * t / points) * factor).astype(float)

    return draw


@pytest.fixture(scope="session")
def subject_from(series_of, window_of) -> Callable[..., Subject]:
    def build(counts, start, *, first=0, grain="month", **more) -> Subject:
        series = series_of(counts, grain=grain, **more)
        return subject_of(series, window_of(series, start, first), plan=PLAN)

    return build
