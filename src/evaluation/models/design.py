"""Design matrices of one series: trend, season, and the steps of agreements, with names and true time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from evaluation.models.ar1 import Integers
from evaluation.models.refusal import NotEstimableError
from evaluation.series import POINTS_PER_YEAR, Bools, Floats, Grain, TimeSeries, Window

HARMONICS: dict[Grain, int] = {"month": 2, "quarter": 2, "year": 0}
YEARS_FOR_SEASON = 2
SHARE_FOR_SEASON = 0.75


@dataclass(frozen=True, slots=True, eq=False)
class SeriesDesign:
    """The rows of a series that enter a model, and its design matrix for every point.

    Attributes
    ----------
    rows
        Places in the series of the points that are fitted, increasing, shape (n,).
    matrix
        Design matrix of every point of the series, fitted or not, shape (series.n, p).
    names
        One name per column.
    harmonics
        Seasonal frequencies in the matrix; 0 = no season.
    """

    rows: Integers
    matrix: Floats
    names: tuple[str, ...]
    harmonics: int

    @property
    def X(self) -> Floats:  # noqa: N802
        """Design matrix of the fitted points, shape (n, p)."""
        return self.matrix[self.rows]

    def contrast(self, weights: Mapping[str, float]) -> Floats:
        """Weights on the coefficients, by column name, shape (p,)."""
        return np.array([weights.get(name, 0.0) for name in self.names])

    def without(self, *prefixes: str) -> Floats:
        """Give the matrix as if the columns whose names begin so had never happened, shape (series.n, p)."""
        kept = np.array([not name.startswith(prefixes) for name in self.names], dtype=float)
        matrix: Floats = self.matrix * kept
        return matrix


def published(series: TimeSeries) -> Bools:
    """Points that have a figure and, for counts, inhabitants; shape (n,)."""
    usable = np.isfinite(series.count)
    return usable if series.scale == "value" else usable & np.isfinite(series.exposure) & (series.exposure > 0)


def response(series: TimeSeries) -> Floats:
    """Compute what is modelled: log(count + 0.5) − log(exposure) for counts, the value itself otherwise; shape (n,)."""
    return series.count if series.scale == "value" else np.log(series.count + 0.5) - np.log(series.exposure)


def season_frequencies(grain: Grain, baseline_points: int, asked: int | None = None) -> int:
    """Choose the number of seasonal frequencies: months 2, quarters 2 (one pair and the alternation), years 0.

    Parameters
    ----------
    baseline_points
        Length of the baseline in points (`points_spanned`); under two years a season cannot be learned, and 0 is given.
    asked
        Overrides the rule; at most half the points of a year have a meaning.
    """
    if asked is not None:
        return max(0, min(asked, POINTS_PER_YEAR[grain] // 2))
    return HARMONICS[grain] if baseline_points >= YEARS_FOR_SEASON * POINTS_PER_YEAR[grain] else 0


def points_spanned(mask: Bools) -> int:
    """Count the points of a stretch from its first to its last, so that a missing one does not make it shorter.

    Where under three quarters of them are there, only those are counted: then a gap is not a single missing figure.
    """
    places = np.flatnonzero(mask)
    spanned = int(places[-1] - places[0]) + 1 if places.size else 0
    return spanned if places.size >= SHARE_FOR_SEASON * spanned else int(places.size)


def season(series: TimeSeries, frequencies: int) -> tuple[Floats, tuple[str, ...]]:
    """Give the Fourier columns of every point, shape (n, ·), with their names.

    Frequency k is a sine and a cosine with k waves a year; at half the points of a year the sine is zero everywhere and
    is left out, so that two frequencies of quarters are one pair and the alternation (−1)ᵗ.
    """
    points = POINTS_PER_YEAR[series.grain]
    return fourier(series.seasonal_index, points, frequencies)


def fourier(place: Integers, points: int, frequencies: int) -> tuple[Floats, tuple[str, ...]]:
    """Give the Fourier columns of places in a year of `points` points, shape (n, ·), with their names."""
    columns, names = [], []
    for k in range(1, frequencies + 1):
        angle = 2.0 * np.pi * k * place / points
        if 2 * k < points:
            columns.append(np.sin(angle))
            names.append(f"sin{k}")
        columns.append(np.cos(angle))
        names.append(f"cos{k}")
    return np.column_stack(columns) if columns else np.empty((place.size, 0)), tuple(names)


def years(series: TimeSeries) -> Floats:
    """Time of every point in years from the first, shape (n,)."""
    return np.arange(series.n, dtype=np.float64) / POINTS_PER_YEAR[series.grain]


def stack(series: TimeSeries, used: Bools, extra: Mapping[str, Floats], frequencies: int) -> SeriesDesign:
    """Put intercept, trend, the extra columns and the season side by side, for the used points."""
    waves, wave_names = season(series, frequencies)
    trend = years(series) - years(series)[used].mean()
    matrix = np.column_stack([np.ones(series.n), trend, *extra.values(), waves])
    return SeriesDesign(np.flatnonzero(used), matrix, ("level", "trend", *extra, *wave_names), frequencies)


def period_years(series: TimeSeries, window: Window) -> Floats:
    """Years since the first point of the period, shape (n,); negative before it."""
    since: Floats = years(series) - years(series)[np.flatnonzero(window.period)[0]]
    return since


def own_trend_design(
    series: TimeSeries, window: Window, *, harmonics: int | None = None, slope_change: bool = False
) -> SeriesDesign:
    """Build the interrupted time series of one agreement: `step`, and with `slope_change` also `slope` (per year).

    The slope counts years from the first point of the period, so that `step` is the change at the start.
    """
    baseline, period = segments(series, window)
    extra = {"step": period.astype(float)}
    if slope_change:
        extra["slope"] = np.where(period, period_years(series, window), 0.0)
    frequencies = season_frequencies(series.grain, points_spanned(baseline), harmonics)
    return stack(series, baseline | period, extra, frequencies)


def yearly_design(series: TimeSeries, window: Window, *, harmonics: int | None = None) -> SeriesDesign:
    """Build the same with one step for each year of the period: `year_1`, `year_2`, …; the last may be shorter."""
    baseline, period = segments(series, window)
    number = np.floor(period_years(series, window) + 1e-9).astype(int) + 1
    extra = {f"year_{k}": (period & (number == k)).astype(float) for k in np.unique(number[period])}
    frequencies = season_frequencies(series.grain, points_spanned(baseline), harmonics)
    return stack(series, baseline | period, extra, frequencies)


def segments(series: TimeSeries, window: Window) -> tuple[Bools, Bools]:
    """Give the published points of baseline and period.

    Raises
    ------
    NotEstimableError
        When either is empty, or (counts) holds nothing but zeros.
    """
    baseline, period = window.baseline & published(series), window.period & published(series)
    for name, mask in (("baseline", baseline), ("period", period)):
        if not mask.any():
            raise NotEstimableError(
                "too_few_points", found=f"no published point in the {name}", expected="at least one"
            )
        if series.scale == "count" and not series.count[mask].any():
            raise NotEstimableError("no_cases", found=f"no case in the {name}", expected="cases in baseline and period")
    return baseline, period


def average_contrast(series: TimeSeries, window: Window, design: SeriesDesign) -> Floats:
    """Weights of the effect: the step, and with a slope change its mean over the published points of the period."""
    slope = period_years(series, window)[window.period & published(series)].mean()
    return design.contrast({"step": 1.0, "slope": float(slope)})
