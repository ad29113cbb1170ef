"""What is checked: one estimated series, its window, and the choices that every re-estimate keeps."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from evaluation.models import OwnTrendFit, own_trend_fit
from evaluation.models.bootstrap import bootstrap_t
from evaluation.models.design import average_contrast
from evaluation.models.effects import scaled_estimate
from evaluation.results import Estimate
from evaluation.series import POINTS_PER_YEAR, TimeSeries, Window

SHARE_KEPT = 0.75


@dataclass(frozen=True, slots=True)
class Settings:
    """What a re-estimate keeps, so that only the checked choice differs.

    Attributes
    ----------
    harmonics
        Seasonal frequencies of the primary estimate.
    slope_change
        Whether the trend may change at the start.
    draws, seed
        Of the bootstrap.
    minimum_points
        Points needed in either segment.
    minimum_baseline_months
        Baseline needed for any estimate.
    largest_detectable
        Per cent; a control outcome that could not show a change of this size says nothing.
    alpha
        Level of every test, 0.05.
    """

    harmonics: int
    slope_change: bool
    draws: int
    seed: int
    minimum_points: int
    minimum_baseline_months: int
    largest_detectable: float
    alpha: float = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """One estimated series under scrutiny.

    Attributes
    ----------
    series, window
        What was estimated.
    fit
        The REML fit behind it.
    estimate
        The primary effect with its bootstrap-t interval.
    settings
        Kept by every re-estimate.
    """

    series: TimeSeries
    window: Window
    fit: OwnTrendFit
    estimate: Estimate
    settings: Settings

    def again(self, window: Window) -> Estimate | None:
        """Estimate the same effect from another choice of points; none where too few are left.

        Raises
        ------
        NotEstimableError
            As `own_trend`.
        """
        return reestimate(self.series, window, self.settings) if self.enough(window) else None

    def enough(self, window: Window) -> bool:
        """Tell whether a window keeps enough points on both sides.

        A window that only lacks some of the planned points may fall below the smallest number for a claim, down to
        three quarters of the planned segment: it carries no claim, it only tests one.
        """
        planned = min(int(self.window.baseline.sum()), int(self.window.period.sum()))
        least = min(self.settings.minimum_points, int(np.ceil(SHARE_KEPT * planned)))
        return enough_points(self.series, window, replace(self.settings, minimum_points=least))


def enough_points(series: TimeSeries, window: Window, settings: Settings) -> bool:
    """Tell whether both segments keep the points that METHODS section 5 asks for."""
    baseline = settings.minimum_baseline_months * POINTS_PER_YEAR[series.grain] / 12
    least = settings.minimum_points
    return bool(window.baseline.sum() >= max(least, baseline) and window.period.sum() >= least)


def reestimate(series: TimeSeries, window: Window, settings: Settings) -> Estimate:
    """Estimate the effect by the primary design (REML-AR(1), bootstrap-t), without the details of `own_trend`."""
    fit = own_trend_fit(series, window, harmonics=settings.harmonics, slope_change=settings.slope_change)
    return estimate_of(series, window, fit, settings)


def estimate_of(series: TimeSeries, window: Window, fit: OwnTrendFit, settings: Settings) -> Estimate:
    """Turn a fit into the estimate of its effect, with p and interval from one bootstrap."""
    contrast = average_contrast(series, window, fit.design)
    inference = bootstrap_t(fit.reml, contrast[None, :], draws=settings.draws, seed=settings.seed)
    effect, low, high = (float(part[0]) for part in (inference.effect, inference.low, inference.high))
    return scaled_estimate(
        series,
        window,
        "own_trend_reml",
        effect,
        low,
        high,
        p=float(inference.p[0]),
        error=float(inference.error[0]),
        method=f"REML-AR(1), {fit.design.harmonics} seasonal frequencies, bootstrap-t of {settings.draws} draws",
        details={"rho": float(fit.reml.rho[0]), "critical": float(inference.critical[0])},
    )
