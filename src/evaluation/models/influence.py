"""Influence of single points on the effect: each is left out in turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.models.ar1 import Integers, whitened
from evaluation.models.deletion import effects_without
from evaluation.models.design import average_contrast
from evaluation.models.reml_trend import OwnTrendFit
from evaluation.series import Floats, TimeSeries, Window


@dataclass(frozen=True, slots=True, eq=False)
class Influence:
    """What each fitted point contributes.

    Attributes
    ----------
    rows
        Places of the points in the series, shape (n,).
    effect
        Effect on the analysis scale (log for counts) without each point, everything else refitted; NaN when the model
        cannot be estimated without it. Shape (n,).
    standard_error
        Its standard error with ρ taken as known, shape (n,).
    cook
        Cook's distance of each point in the whitened regression, shape (n,).
    full
        The effect with all points.
    """

    rows: Integers
    effect: Floats
    standard_error: Floats
    cook: Floats
    full: float

    @property
    def most_influential(self) -> int:
        """Place in the series of the point whose absence moves the effect most."""
        return int(self.rows[np.nanargmax(np.abs(self.effect - self.full))])


def influence(series: TimeSeries, window: Window, fit: OwnTrendFit) -> Influence:
    """Leave out each point in turn, refit by REML, and compute Cook's distances."""
    design, reml = fit.design, fit.reml
    contrast = average_contrast(series, window, design)
    effect, error = effects_without(reml.design, reml.responses[:, 0], contrast)
    return Influence(design.rows, effect, error, cook_distances(fit), float(reml.effect(contrast)[0]))


def cook_distances(fit: OwnTrendFit) -> Floats:
    """Compute Cook's distances of the regression whitened at the fitted ρ, shape (n,)."""
    reml, rho = fit.reml, float(fit.reml.rho[0])
    X = whitened(reml.design.X, reml.design.time, rho)
    basis, _ = np.linalg.qr(X)
    leverage = np.sum(basis**2, axis=1)
    residual = reml.whitened_residuals()
    distances: Floats = residual**2 * leverage / (X.shape[1] * (1.0 - leverage) ** 2)
    return distances
