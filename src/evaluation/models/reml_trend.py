"""The primary own-trend design: log rate or value with AR(1) errors by REML, and the estimate read from its fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.models.ar1 import ar1_design
from evaluation.models.bootstrap import DRAWS, SEED, bootstrap_t
from evaluation.models.design import (
    SeriesDesign,
    average_contrast,
    own_trend_design,
    period_years,
    published,
    response,
    yearly_design,
)
from evaluation.models.effects import on_scale, scaled_estimate, with_limits
from evaluation.models.refusal import NotEstimableError
from evaluation.models.reml import RemlFit, fit_reml
from evaluation.results import Estimate
from evaluation.series import POINTS_PER_YEAR, TimeSeries, Window

TREND_OF_YEARS = "effect_years_trend_per_year"
_YEARS_WORDS = (
    "; effect_year_k from a second fit with a step for each year and a trend of its own, so the years need not average "
    "to the effect"
)


@dataclass(frozen=True, slots=True, eq=False)
class OwnTrendFit:
    """The REML fit behind the estimate, for everything else that is read from it.

    Attributes
    ----------
    design
        Rows and matrix.
    reml
        Fit of one response.
    """

    design: SeriesDesign
    reml: RemlFit

    @property
    def slope_change(self) -> bool:
        """Whether the trend may change at the start."""
        return "slope" in self.design.names


def own_trend_fit(
    series: TimeSeries, window: Window, *, harmonics: int | None = None, slope_change: bool = False
) -> OwnTrendFit:
    """Fit the own-trend model by REML.

    Raises
    ------
    NotEstimableError
        When ρ is on its boundary, or the design cannot be estimated.
    """
    return fitted(series, own_trend_design(series, window, harmonics=harmonics, slope_change=slope_change))


def fitted(series: TimeSeries, design: SeriesDesign) -> OwnTrendFit:
    """Fit any design of one series by REML and refuse a ρ on its boundary.

    Raises
    ------
    NotEstimableError
        With reason boundary_rho when |ρ| ≥ 0.98.
    """
    fit = fit_reml(ar1_design(design.X, design.rows), response(series)[design.rows][:, None])
    require_inner_rho(series, fit)
    return OwnTrendFit(design, fit)


def require_inner_rho(series: TimeSeries, fit: RemlFit) -> None:
    """Refuse a fit whose ρ lies on its boundary.

    Raises
    ------
    NotEstimableError
        With reason boundary_rho when |ρ| ≥ 0.98.
    """
    if fit.on_boundary[0]:
        raise NotEstimableError(
            "boundary_rho",
            where=f"series {series.indicator}/{series.area}",
            found=f"an autocorrelation of {fit.rho[0]:.2f}",
            expected="one between −0.98 and 0.98",
        )


def reml_estimate(
    series: TimeSeries, window: Window, fit: OwnTrendFit, *, draws: int = DRAWS, seed: int = SEED
) -> Estimate:
    """Turn a fit into the primary estimate, with the effect of each year of the period in the details."""
    design = fit.design
    contrasts = {"effect": average_contrast(series, window, design)}
    if fit.slope_change:
        contrasts["level_change"] = design.contrast({"step": 1.0})
        contrasts["slope_change_per_year"] = design.contrast({"slope": 1.0})
    inference = bootstrap_t(fit.reml, np.stack(list(contrasts.values())), draws=draws, seed=seed)
    details = {
        "rho": float(fit.reml.rho[0]),
        "sigma": float(fit.reml.sigma[0]),
        "loglik": float(fit.reml.loglik[0]),
        "harmonics": float(design.harmonics),
        "draws": float(draws),
        "critical": float(inference.critical[0]),
        "trend_per_year": on_scale(series, float(fit.reml.beta[0, 1])),
    }
    for place, name in enumerate(list(contrasts)[1:], start=1):
        details |= with_limits(series, name, inference, place)
    years = effects_by_year(series, window, fit, draws=draws, seed=seed)
    return scaled_estimate(
        series,
        window,
        "own_trend_reml",
        float(inference.effect[0]),
        float(inference.low[0]),
        float(inference.high[0]),
        p=float(inference.p[0]),
        error=float(inference.error[0]),
        method=_reml_words(series, fit, draws) + (_YEARS_WORDS if TREND_OF_YEARS in years else ""),
        details=details | years,
    )


def _reml_words(series: TimeSeries, fit: OwnTrendFit, draws: int) -> str:
    what = "log(count + 0.5) − log(exposure)" if series.scale == "count" else "value"
    change = "level and slope change" if fit.slope_change else "level change"
    return (
        f"{what}: trend, {fit.design.harmonics} seasonal frequencies, {change}; AR(1) errors by REML; "
        f"parametric bootstrap-t, {draws} draws with ρ ≥ 0.2 from its restricted likelihood"
    )


def effects_by_year(
    series: TimeSeries, window: Window, fit: OwnTrendFit, *, draws: int = DRAWS, seed: int = SEED
) -> dict[str, float]:
    """Give the effect of each year of the period that has at least half its points: `effect_year_1`, `_low`, `_high`.

    With a slope change the effect at the middle of the year follows from the fit; otherwise each year gets its own
    step in a second fit. What lies between the years then no longer speaks for the trend, so the second fit has another
    (`effect_years_trend_per_year`, beside `trend_per_year` of the effect itself), and the years need not average to the
    effect. Nothing when the period holds one such year only, or the second fit has no answer.
    """
    place = np.floor(period_years(series, window) + 1e-9).astype(int) + 1
    used = window.period & published(series)
    half = POINTS_PER_YEAR[series.grain] / 2
    full = [int(k) for k in np.unique(place[used]) if np.sum(used & (place == k)) >= half]
    if len(full) < 2:
        return {}
    if fit.slope_change:
        middle = {k: period_years(series, window)[used & (place == k)].mean() for k in full}
        contrasts = [fit.design.contrast({"step": 1.0, "slope": float(middle[k])}) for k in full]
    else:
        try:
            fit = fitted(series, yearly_design(series, window, harmonics=fit.design.harmonics))
        except NotEstimableError:
            return {}
        contrasts = [fit.design.contrast({f"year_{k}": 1.0}) for k in full]
    inference = bootstrap_t(fit.reml, np.stack(contrasts), draws=draws, seed=seed)
    own = {} if "slope" in fit.design.names else {TREND_OF_YEARS: on_scale(series, float(fit.reml.beta[0, 1]))}
    return own | {
        key: value
        for row, k in enumerate(full)
        for key, value in with_limits(series, f"effect_year_{k}", inference, row).items()
    }
