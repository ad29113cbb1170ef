"""Series and windows for the tests of the models."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from evaluation.models.ar1 import correlated
from evaluation.series import TimeSeries, Window


@pytest.fixture(scope="session")
def series_of() -> Callable[..., TimeSeries]:
    """Build a monthly series from counts (or values) and exposure."""

    def build(count, exposure=1000.0, *, scale="count", grain="month", start=None) -> TimeSeries:
        count = np.asarray(count, dtype=float)
        step = {"month": 1, "quarter": 3, "year": 12}[grain]
        starts = np.datetime64(start or "2015-01") + step * np.arange(count.size)
        filled = np.broadcast_to(np.asarray(exposure, dtype=float), count.shape).copy()
        if scale == "value":
            filled = np.ones(count.size)
        return TimeSeries(
            "i", "0114", grain, starts.astype("datetime64[D]"), count, filled, np.zeros(count.size, bool), scale
        )

    return build


@pytest.fixture(scope="session")
def window_of() -> Callable[..., Window]:
    """Build a window: baseline before `start`, period from `start` (place) to `end` (exclusive)."""

    def build(series: TimeSeries, start: int, end: int | None = None, first: int = 0) -> Window:
        place = np.arange(series.n)
        known = np.isfinite(series.count)
        baseline = (place >= first) & (place < start) & known
        period = (place >= start) & (place < (series.n if end is None else end)) & known
        nothing = np.zeros(series.n, dtype=bool)
        return Window("1", "fixed", baseline, period, nothing, series.start[start], 1.0)

    return build


@pytest.fixture(scope="session")
def counts_of() -> Callable[..., np.ndarray]:
    """Draw counts with season, trend and AR(1) overdispersion; `effect` multiplies from `start` on."""

    def draw(seed, n=48, start=36, *, mean=60.0, sd=0.15, rho=0.3, effect=1.0, points=12) -> np.ndarray:
        random = np.random.default_rng(seed)
        t = np.arange(n)
        noise = sd * correlated(random.standard_normal((n, 1)), t, np.array(rho))[:, 0]
        season = 0.15 * np.sin(2 * np.pi * t / points)
        rate = mean * np.exp(noise + season + 0.02 * t / points) * np.where(t >= start, effect, 1.0)
        return random.poisson(rate).astype(float)

    return draw
