"""The time series of one indicator in one area, and the window in which an agreement is compared with its baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evaluation.errors import ParameterError

Grain = Literal["month", "quarter", "year"]
POINTS_PER_YEAR: dict[Grain, int] = {"month": 12, "quarter": 4, "year": 1}

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Dates = NDArray[np.datetime64]


@dataclass(frozen=True, slots=True, eq=False)
class TimeSeries:
    """One value per point of time for one indicator in one area, in time order, without gaps in `start`.

    Attributes
    ----------
    indicator, area
        Ids as in the study file; area codes are text (`"0114"`).
    grain
        Length of a point: month, quarter or year.
    start
        First day of each point, datetime64[D], shape (n,). Consecutive; a point that was never published has NaN.
    count
        Cases in the point (or the value itself for `scale="value"`), float64 with NaN for unpublished, shape (n,).
    exposure
        Person-years at risk in the point, float64, shape (n,); ones when `scale="value"`.
    preliminary
        True where the figure may still be revised, shape (n,).
    scale
        "count": cases with exposure, analysed as log rates, effects are ratios.
        "value": any continuous quantity, analysed as it stands, effects are differences.
    """

    indicator: str
    area: str
    grain: Grain
    start: Dates
    count: Floats
    exposure: Floats
    preliminary: Bools
    scale: Literal["count", "value"] = "count"

    def __post_init__(self) -> None:
        lengths = {self.start.size, self.count.size, self.exposure.size, self.preliminary.size}
        if len(lengths) != 1:
            raise ParameterError(
                f"series {self.indicator}/{self.area}",
                found=f"arrays of lengths {sorted(lengths)}",
                expected="start, count, exposure and preliminary of one length",
                todo="build the series with evaluation.indicators.series_of",
            )
        for values in (self.start, self.count, self.exposure, self.preliminary):
            values.setflags(write=False)

    @property
    def n(self) -> int:
        """Number of points, unpublished ones included."""
        return int(self.start.size)

    @property
    def rate(self) -> Floats:
        """Cases per 100 000 inhabitants and year (or the value itself), shape (n,)."""
        return self.count if self.scale == "value" else self.count / self.exposure * 100_000.0

    @property
    def seasonal_index(self) -> NDArray[np.int64]:
        """Place of each point in its year, 0-based: month 0–11, quarter 0–3, year 0; shape (n,)."""
        months = self.start.astype("datetime64[M]").astype(np.int64) % 12
        return months // (12 // POINTS_PER_YEAR[self.grain])


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """Which points of a series are baseline and which are period; every other point is left out.

    Attributes
    ----------
    agreement
        Id of the agreement (`"3"`).
    baseline_kind
        "previous" (the preceding period), "fixed" (before the first agreement) or "long" (coarser, longer source).
    baseline, period
        Boolean masks over the points, shape (n,), disjoint. A point belongs to a period only if it lies wholly
        inside it (first and last day inclusive); unpublished points (NaN) belong to neither.
    transition
        Points left out around the start (transition window), shape (n,).
    period_start
        First day of the agreement, inclusive, datetime64[D].
    share_observed
        Share of the agreement's length that the data cover, 0–1; below 1 means *interim*.
    """

    agreement: str
    baseline_kind: Literal["previous", "fixed", "long"]
    baseline: Bools
    period: Bools
    transition: Bools
    period_start: np.datetime64
    share_observed: float

    @property
    def used(self) -> Bools:
        """Points that enter the estimate: baseline or period, shape (n,)."""
        return self.baseline | self.period
