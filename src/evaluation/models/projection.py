"""Where a series is heading: a projection to the end of an unfinished agreement, with its prediction interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.errors import ParameterError
from evaluation.models.ar1 import Integers
from evaluation.models.bootstrap import SEED, likely_rho
from evaluation.models.design import SeriesDesign, points_spanned, published, response, season_frequencies, stack
from evaluation.models.effects import LEVEL
from evaluation.models.prediction import correlation
from evaluation.models.reml import grid_of
from evaluation.models.reml_trend import OwnTrendFit, fitted
from evaluation.series import POINTS_PER_YEAR, Bools, Dates, Floats, TimeSeries

RHO_VALUES = 100
PATHS = 40


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """Future points of a series if its trend, season and noise go on as they were.

    Attributes
    ----------
    start
        First day of each projected point, shape (k,).
    expected, low, high
        Median and 95 % prediction limits in cases (value series: in its unit), shape (k,).
    expected_rate, low_rate, high_rate
        The same per 100 000 inhabitants and year.
    total, total_low, total_high
        Sum over the projected points, median and limits of the sum (value series: mean).
    observed, n_observed
        Sum (value series: mean) and number of the points observed so far within `counted`; NaN and 0 without it.
    rho, n_fitted
        Autocorrelation, and points the projection learned from.
    """

    start: Dates
    expected: Floats
    low: Floats
    high: Floats
    expected_rate: Floats
    low_rate: Floats
    high_rate: Floats
    total: float
    total_low: float
    total_high: float
    observed: float
    n_observed: int
    rho: float
    n_fitted: int
    level: float = LEVEL


def project(
    series: TimeSeries,
    until: np.datetime64,
    *,
    fit_on: Bools | None = None,
    counted: Bools | None = None,
    exposure: Floats | None = None,
    harmonics: int | None = None,
    seed: int = SEED,
) -> Projection:
    """Project a series beyond its last published point by its REML-AR(1) trend and season.

    The prediction carries all four uncertainties: of the line, of σ (t distribution), of ρ (drawn from its restricted
    likelihood over 0.2–0.98), and of the AR(1) errors to come given those already seen.

    Parameters
    ----------
    until
        Last day to be projected; points that end after it are left out.
    fit_on
        Points to learn from, shape (n,); None takes all that are published.
    counted
        Points of the unfinished agreement, shape (n,), whose observed sum is wanted beside the projection.
    exposure
        Person-years of each projected point, shape (k,); None repeats those of the last year of the series.

    Raises
    ------
    ParameterError
        When nothing lies between the last published point and `until`.
    NotEstimableError
        When trend and season cannot be estimated.
    """
    used = published(series) if fit_on is None else fit_on & published(series)
    longer = extended(series, future_starts(series, until), exposure)
    mask = np.concatenate([used, np.zeros(longer.n - series.n, dtype=bool)])
    design = stack(longer, mask, {}, season_frequencies(series.grain, points_spanned(used), harmonics))
    fit = fitted(longer, design)
    last = int(np.flatnonzero(published(series))[-1])
    future = np.flatnonzero((np.arange(longer.n) > last) & (longer.start <= until))
    paths = simulate(longer, fit, future, seed)
    if series.scale == "count":
        paths = np.maximum(np.exp(paths) * longer.exposure[future][:, None] - 0.5, 0.0)
    low, middle, high = np.quantile(paths, [0.5 - LEVEL / 2, 0.5, 0.5 + LEVEL / 2], axis=1)
    together = paths.sum(axis=0) if series.scale == "count" else paths.mean(axis=0)
    total_low, total, total_high = np.quantile(together, [0.5 - LEVEL / 2, 0.5, 0.5 + LEVEL / 2])
    per_rate = 1.0 if series.scale == "value" else 100_000.0 / longer.exposure[future]
    observed = series.count[counted & published(series)] if counted is not None else np.array([])
    return Projection(
        start=longer.start[future],
        expected=middle,
        low=low,
        high=high,
        expected_rate=middle * per_rate,
        low_rate=low * per_rate,
        high_rate=high * per_rate,
        total=float(total),
        total_low=float(total_low),
        total_high=float(total_high),
        observed=_observed(series, observed),
        n_observed=int(observed.size),
        rho=float(fit.reml.rho[0]),
        n_fitted=int(used.sum()),
    )


def _observed(series: TimeSeries, counts: Floats) -> float:
    if not counts.size:
        return float("nan")
    return float(counts.sum() if series.scale == "count" else counts.mean())


def future_starts(series: TimeSeries, until: np.datetime64) -> Dates:
    """Give the first days of the points after the last of the series that end on or before `until`.

    Raises
    ------
    ParameterError
        When there is none and the series is published to its end.
    """
    months = 12 // POINTS_PER_YEAR[series.grain]
    first = series.start[-1].astype("datetime64[M]") + months
    starts = np.arange(first, until.astype("datetime64[M]") + 1, months)
    ends = (starts + months).astype("datetime64[D]") - np.timedelta64(1, "D")
    starts = starts[ends <= until].astype("datetime64[D]")
    if not starts.size and published(series)[-1]:
        raise ParameterError(
            "until",
            found=str(until),
            expected=f"the end of a {series.grain} after {series.start[-1]}",
            todo="project only agreements that go on beyond the last published point",
        )
    return np.asarray(starts)


def extended(series: TimeSeries, starts: Dates, exposure: Floats | None) -> TimeSeries:
    """Append unpublished points to a series; their exposure is given or that of a year before."""
    points = POINTS_PER_YEAR[series.grain]
    last_year = series.exposure[-points:]
    ahead = last_year[np.arange(starts.size) % last_year.size] if exposure is None else exposure
    return TimeSeries(
        series.indicator,
        series.area,
        series.grain,
        np.concatenate([series.start, starts]),
        np.concatenate([series.count, np.full(starts.size, np.nan)]),
        np.concatenate([series.exposure, ahead]),
        np.concatenate([series.preliminary, np.ones(starts.size, dtype=bool)]),
        series.scale,
    )


def simulate(series: TimeSeries, fit: OwnTrendFit, future: Integers, seed: int = SEED) -> Floats:
    """Draw future paths on the analysis scale, shape (k, paths)."""
    random = np.random.default_rng(seed)
    rho = likely_rho(grid_of(fit.reml.design), fit.reml.responses, RHO_VALUES)
    values = response(series)[fit.design.rows]
    return np.concatenate([_paths(fit.design, values, future, float(r), random) for r in rho], axis=1)


def _paths(design: SeriesDesign, values: Floats, future: Integers, rho: float, random: np.random.Generator) -> Floats:
    """Draw paths at one ρ: universal kriging with the t scale of an estimated σ."""
    X, ahead = design.X, design.matrix[future]
    inverse = np.linalg.inv(correlation(design.rows, design.rows, rho))
    reach = correlation(future, design.rows, rho) @ inverse
    unscaled = np.linalg.inv(X.T @ inverse @ X)
    beta = unscaled @ X.T @ inverse @ values
    residual = values - X @ beta
    df = design.rows.size - X.shape[1]
    variance = float(residual @ inverse @ residual) / df
    line = ahead - reach @ X
    spread = correlation(future, future, rho) - reach @ correlation(design.rows, future, rho) + line @ unscaled @ line.T
    root = np.linalg.cholesky(spread + 1e-12 * np.eye(future.size))
    scale = np.sqrt(variance * df / random.chisquare(df, PATHS))
    mean = ahead @ beta + reach @ residual
    paths: Floats = mean[:, None] + (root @ random.standard_normal((future.size, PATHS))) * scale
    return paths
