"""Sensitivity designs of the own trend: quasi-Poisson, negative binomial, and Newey–West standard errors."""

from __future__ import annotations

import numpy as np

from evaluation.models.ar1 import ar1_design
from evaluation.models.design import SeriesDesign, average_contrast, own_trend_design
from evaluation.models.effects import normal_estimate
from evaluation.models.glm import GlmFit, fit_negative_binomial, fit_poisson, require_convergence
from evaluation.models.refusal import NotEstimableError
from evaluation.models.sandwich import newey_west, newey_west_lag
from evaluation.results import Estimate
from evaluation.series import Floats, TimeSeries, Window


def quasi_poisson_estimate(
    series: TimeSeries, window: Window, *, harmonics: int | None = None, slope_change: bool = False
) -> Estimate:
    """Estimate by quasi-Poisson with offset: dispersion is Pearson chi-square over residual degrees of freedom."""
    design, fit = count_fit(series, window, harmonics=harmonics, slope_change=slope_change)
    contrast = average_contrast(series, window, design)
    dispersion = float(fit.dispersion[0])
    return normal_estimate(
        series,
        window,
        "own_trend_quasi_poisson",
        float(fit.effect(contrast)[0]),
        float(fit.standard_error(contrast, dispersion)[0]),
        f"quasi-Poisson with offset: {_terms(design)}; normal interval on the log scale",
        {"dispersion": dispersion, "harmonics": float(design.harmonics), "deviance": float(fit.deviance[0])},
    )


def negative_binomial_estimate(
    series: TimeSeries, window: Window, *, harmonics: int | None = None, slope_change: bool = False
) -> Estimate:
    """Estimate by negative binomial with offset; standard errors hold θ at its maximum likelihood estimate.

    Without overdispersion the model is Poisson: `alpha` is 0 and `theta` NaN in the details.
    """
    design, fit = count_fit(series, window, harmonics=harmonics, slope_change=slope_change, negative_binomial=True)
    contrast = average_contrast(series, window, design)
    alpha = float(fit.alpha[0])
    details = {
        "dispersion": float(fit.dispersion[0]),
        "harmonics": float(design.harmonics),
        "deviance": float(fit.deviance[0]),
        "alpha": alpha,
        "theta": 1.0 / alpha if alpha > 0 else float("nan"),
        "loglik": float(fit.loglik[0]),
    }
    return normal_estimate(
        series,
        window,
        "own_trend_negative_binomial",
        float(fit.effect(contrast)[0]),
        float(fit.standard_error(contrast)[0]),
        f"negative binomial with offset, θ held at its estimate: {_terms(design)}; normal interval on the log scale",
        details,
    )


def _terms(design: SeriesDesign) -> str:
    change = "level and slope change" if "slope" in design.names else "level change"
    return f"trend, {design.harmonics} seasonal frequencies, {change}"


def count_fit(
    series: TimeSeries,
    window: Window,
    *,
    harmonics: int | None = None,
    slope_change: bool = False,
    negative_binomial: bool = False,
) -> tuple[SeriesDesign, GlmFit]:
    """Fit the own-trend count model: the design and its converged fit.

    Raises
    ------
    NotEstimableError
        For a value series, and when the fit does not converge.
    """
    if series.scale != "count":
        raise NotEstimableError("wrong_scale", found="a value series", expected="counts for a count model")
    design = own_trend_design(series, window, harmonics=harmonics, slope_change=slope_change)
    ar1_design(design.X, design.rows)  # refuses what no model of this matrix can estimate
    counts = series.count[design.rows][:, None]
    offset = np.log(series.exposure[design.rows])[:, None]
    fit = fit_negative_binomial if negative_binomial else fit_poisson
    return design, require_convergence(fit(design.X, counts, offset))


def hac_estimate(
    series: TimeSeries, window: Window, *, harmonics: int | None = None, slope_change: bool = False
) -> Estimate:
    """Estimate by Poisson with offset (values: least squares) with Newey–West standard errors over true time."""
    design = own_trend_design(series, window, harmonics=harmonics, slope_change=slope_change)
    lag = newey_west_lag(design.rows.size)
    if series.scale == "count":
        _, fit = count_fit(series, window, harmonics=harmonics, slope_change=slope_change)
        beta, errors, bread, words = fit.beta[0], fit.counts - fit.fitted, fit.unscaled, "Poisson with offset"
    else:
        beta, errors, bread = _least_squares(design, series.count[design.rows])
        words = "least squares"
    covariance = newey_west(design.X, errors, bread, design.rows, lag)[0]
    contrast = average_contrast(series, window, design)
    return normal_estimate(
        series,
        window,
        "own_trend_hac",
        float(contrast @ beta),
        float(np.sqrt(contrast @ covariance @ contrast)),
        f"{words}: {_terms(design)}; Newey–West standard errors, Bartlett kernel, lag {lag}, no prewhitening, "
        "factor n/(n−p); normal interval",
        {"lag": float(lag), "harmonics": float(design.harmonics)},
    )


def _least_squares(design: SeriesDesign, values: Floats) -> tuple[Floats, Floats, Floats]:
    ar1_design(design.X, design.rows)  # refuses what no model of this matrix can estimate
    bread: Floats = np.asarray(np.linalg.inv(design.X.T @ design.X), dtype=np.float64)
    beta = bread @ (design.X.T @ values)
    return beta, (values - design.X @ beta)[:, None], bread[None]
