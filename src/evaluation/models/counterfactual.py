"""The line of the figure: fitted, expected without the agreement, and where a single point would have lain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from evaluation.models.design import published
from evaluation.models.effects import LEVEL
from evaluation.models.prediction import deviation_spread
from evaluation.models.reml_trend import OwnTrendFit, own_trend_fit
from evaluation.series import Bools, Dates, Floats, TimeSeries, Window


@dataclass(frozen=True, slots=True, eq=False)
class Counterfactual:
    """One series with what was fitted and what was expected, point by point.

    Attributes
    ----------
    start
        First day of each point, shape (n,).
    fitted
        Model with the agreement, in cases (or the unit of a value series), shape (n,). NaN before the first and after
        the last fitted point, here and below.
    expected
        Model without the agreement: the same as `fitted` before the period.
    low, high
        Limits within which a single observed point would lie with probability `level` had the agreement changed
        nothing (uncertainty of the line, AR(1) and residual).
    rate_factor
        What turns all of these into cases per 100 000 inhabitants and year (1 for a value series): see `fitted_rate`,
        `expected_rate`, `low_rate`, `high_rate`.
    whitened
        Residuals freed of AR(1) correlation, in standard deviations; NaN at points that were not fitted.
    fit
        The fit all of it comes from.
    level
        0.95.
    """

    start: Dates
    fitted: Floats
    expected: Floats
    low: Floats
    high: Floats
    rate_factor: Floats
    whitened: Floats
    fit: OwnTrendFit
    level: float = LEVEL

    @property
    def used(self) -> Bools:
        """Points that were fitted, shape (n,)."""
        return np.isfinite(self.whitened)

    @property
    def fitted_rate(self) -> Floats:
        """`fitted` per 100 000 inhabitants and year, shape (n,)."""
        return self.fitted * self.rate_factor

    @property
    def expected_rate(self) -> Floats:
        """`expected` per 100 000 inhabitants and year, shape (n,)."""
        return self.expected * self.rate_factor

    @property
    def low_rate(self) -> Floats:
        """`low` per 100 000 inhabitants and year, shape (n,)."""
        return self.low * self.rate_factor

    @property
    def high_rate(self) -> Floats:
        """`high` per 100 000 inhabitants and year, shape (n,)."""
        return self.high * self.rate_factor


def counterfactual(
    series: TimeSeries,
    window: Window,
    *,
    harmonics: int | None = None,
    slope_change: bool = False,
    fit: OwnTrendFit | None = None,
) -> Counterfactual:
    """Draw the own-trend model through the series, with and without the agreement.

    The lines of a count series are means: over the baseline and over the period the fitted cases sum to the observed
    ones (smearing after Duan 1983, doi 10.1080/01621459.1983.10478017, in each segment), and with a level change the
    expected cases of the period sum to `Estimate.expected`. The limits are quantiles and need no such factor.

    Parameters
    ----------
    fit
        The fit of the estimate (`own_trend_fit`), so that nothing is fitted twice; None fits it here.

    Raises
    ------
    NotEstimableError
        As `own_trend`.
    """
    fit = fit or own_trend_fit(series, window, harmonics=harmonics, slope_change=slope_change)
    design, reml = fit.design, fit.reml
    inside = published_range(series, fit)
    places = np.flatnonzero(inside)
    bare = design.without("step", "slope")
    with_agreement = design.matrix @ reml.beta[0]
    line = bare @ reml.beta[0]
    reach = float(stdtrit(reml.design.df, 0.5 + LEVEL / 2)) * deviation_spread(reml, bare[places], places)
    low, high = np.full(series.n, np.nan), np.full(series.n, np.nan)
    low[places], high[places] = line[places] - reach, line[places] + reach
    whitened = np.full(series.n, np.nan)
    whitened[design.rows] = reml.whitened_residuals()
    smear = smearing(series, window, with_agreement)
    return Counterfactual(
        start=series.start,
        fitted=np.where(inside, unlogged(series, with_agreement) * smear, np.nan),
        expected=np.where(inside, unlogged(series, line) * smear, np.nan),
        low=limit(series, low),
        high=limit(series, high),
        rate_factor=np.where(inside, 1.0 if series.scale == "value" else 100_000.0 / series.exposure, np.nan),
        whitened=whitened,
        fit=fit,
    )


def published_range(series: TimeSeries, fit: OwnTrendFit) -> Bools:
    """Points between the first and the last fitted one, fitted or not, that have inhabitants."""
    place = np.arange(series.n)
    inside: Bools = (place >= fit.design.rows[0]) & (place <= fit.design.rows[-1])
    if series.scale == "count":
        inside = inside & np.isfinite(series.exposure) & (series.exposure > 0)
    return inside


def unlogged(series: TimeSeries, line: Floats) -> Floats:
    """Bring a line from the analysis scale to cases (or leave a value as it is)."""
    return line if series.scale == "value" else np.exp(line) * series.exposure


def limit(series: TimeSeries, line: Floats) -> Floats:
    """Bring a limit from the analysis scale to cases: the half case that was added comes off again, not below 0."""
    return line if series.scale == "value" else np.maximum(unlogged(series, line) - 0.5, 0.0)


def smearing(series: TimeSeries, window: Window, line: Floats) -> Floats:
    """Factor by which the fitted line misses the observed sum, of baseline and of period; shape (n,)."""
    factor = np.ones(series.n)
    if series.scale == "value":
        return factor
    fitted = unlogged(series, line)
    for mask in (window.baseline & published(series), window.period & published(series)):
        factor[mask] = series.count[mask].sum() / fitted[mask].sum()
    before = np.flatnonzero(window.baseline)[-1]
    return np.where(window.baseline | window.period, factor, factor[before])
