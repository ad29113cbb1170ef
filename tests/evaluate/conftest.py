"""Series and windows for the tests of refusals, verdicts and whole evaluations."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from evaluation.series import POINTS_PER_YEAR, TimeSeries, Window


@pytest.fixture(scope="session")
def series_of() -> Callable[..., TimeSeries]:
    def build(count, *, grain="month", first="2012-01", scale="count", exposure=1000.0, area="0114") -> TimeSeries:
        count = np.asarray(count, dtype=float)
        step = 12 // POINTS_PER_YEAR[grain]
        start = (np.datetime64(first) + step * np.arange(count.size)).astype("datetime64[D]")
        at_risk = np.full(count.size, 1.0 if scale == "value" else exposure)
        return TimeSeries("i", area, grain, start, count, at_risk, np.zeros(count.size, bool), scale)

    return build


@pytest.fixture(scope="session")
def window_of() -> Callable[..., Window]:
    def build(series: TimeSeries, start: int, first: int = 0, end: int | None = None) -> Window:
        place, known = np.arange(series.n), np.isfinite(series.count)
        stop = series.n if end is None else end
        baseline = (place >= first) & (place < start) & known
        period = (place >= start) & (place < stop) & known
        when = series.start[min(start, series.n - 1)]
        return Window("1", "fixed", baseline, period, np.zeros(series.n, dtype=bool), when, 1.0)

    return build
