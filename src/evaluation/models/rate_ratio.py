"""Before and after as a description: the rate ratio, with an interval that respects overdispersion."""

from __future__ import annotations

import numpy as np
from scipy.special import stdtr, stdtrit

from evaluation.models.ar1 import ar1_design
from evaluation.models.count_trend import count_fit
from evaluation.models.design import own_trend_design, published, response, segments
from evaluation.models.effects import LEVEL, scaled_estimate
from evaluation.models.refusal import NotEstimableError
from evaluation.results import Estimate
from evaluation.series import TimeSeries, Window


def rate_ratio(series: TimeSeries, window: Window) -> Estimate:
    """Compare the rate of the period with that of the baseline: a description, never an effect.

    log ratio of the rates with variance φ(1/O₁ + 1/O₀). φ is the dispersion around trend and season where they can be
    fitted, otherwise around the two rates, and never below 1; limits and p use t with the degrees of freedom that φ was
    measured on. It leaves out trend, season and autocorrelation, and so "finds" changes in 29–69 % of realistic series
    where there are none: hence `design="rate_ratio"`, and no verdict. For a value series it is the difference of the
    means.

    Raises
    ------
    NotEstimableError
        When a segment has no published point, no case, or there is nothing to measure a spread on.
    """
    baseline, period = segments(series, window)
    if series.scale == "value":
        before, after = series.count[baseline], series.count[period]
        spread, df, source = _value_spread(series, window)
        effect = float(after.mean() - before.mean())
        error = spread * float(np.sqrt(1.0 / before.size + 1.0 / after.size))
        details = {"residual_sd": spread, "df": float(df)}
    else:
        cases = np.array([series.count[period].sum(), series.count[baseline].sum()])
        years = np.array([series.exposure[period].sum(), series.exposure[baseline].sum()])
        dispersion, df, source = _dispersion(series, window)
        effect = float(np.log(cases[0] / years[0]) - np.log(cases[1] / years[1]))
        error = float(np.sqrt(max(dispersion, 1.0) * np.sum(1.0 / cases)))
        details = {"dispersion": dispersion, "df": float(df)}
    reach = float(stdtrit(df, 0.5 + LEVEL / 2)) * error
    return scaled_estimate(
        series,
        window,
        "rate_ratio",
        effect,
        effect - reach,
        effect + reach,
        p=float(2.0 * stdtr(df, -abs(effect) / error)),
        error=error,
        method=f"rate of the period over rate of the baseline; spread {source}; t interval; description only",
        details=details,
    )


def _dispersion(series: TimeSeries, window: Window) -> tuple[float, int, str]:
    try:
        _, fit = count_fit(series, window)
        return float(fit.dispersion[0]), fit.df, "around trend and season"
    except NotEstimableError:
        return _two_rates_dispersion(series, window)


def _two_rates_dispersion(series: TimeSeries, window: Window) -> tuple[float, int, str]:
    baseline, period = segments(series, window)
    df = int(baseline.sum() + period.sum()) - 2
    _require_spread(df)
    pearson = 0.0
    for mask in (baseline, period):
        count, exposure = series.count[mask], series.exposure[mask]
        expected = exposure * count.sum() / exposure.sum()
        pearson += float(np.sum((count - expected) ** 2 / expected))
    return pearson / df, df, "around the two rates"


def _value_spread(series: TimeSeries, window: Window) -> tuple[float, int, str]:
    try:
        design = own_trend_design(series, window)
        prepared = ar1_design(design.X, design.rows)
        values = response(series)[design.rows]
        residual = values - prepared.basis @ (prepared.basis.T @ values)
        return float(np.sqrt(residual @ residual / prepared.df)), prepared.df, "around trend and season"
    except NotEstimableError:
        masks = [window.baseline & published(series), window.period & published(series)]
        df = int(sum(mask.sum() for mask in masks)) - 2
        _require_spread(df)
        squares = sum(float(np.sum((series.count[m] - series.count[m].mean()) ** 2)) for m in masks)
        return float(np.sqrt(squares / df)), df, "around the two means"


def _require_spread(df: int) -> None:
    if df < 1:
        raise NotEstimableError("too_few_points", found="one point before and one after", expected="at least three")
