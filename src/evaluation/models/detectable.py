"""What the series could have shown: the smallest change that would be seen with 80 % power."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.models.ar1 import BOUNDARY, correlated, standard_normals
from evaluation.models.bootstrap import LEAST_RHO, SEED, statistics
from evaluation.models.design import average_contrast
from evaluation.models.effects import LEVEL
from evaluation.models.null_table import NullTable, null_table
from evaluation.models.reml import grid_of
from evaluation.models.reml_trend import OwnTrendFit, own_trend_fit
from evaluation.series import TimeSeries, Window

DRAWS = 5_999
KNOTS = np.array([LEAST_RHO, 0.4, 0.6, 0.8, BOUNDARY])


@dataclass(frozen=True, slots=True)
class DetectableChange:
    """The smallest change that the primary design would have called clear with probability `power`.

    Attributes
    ----------
    decrease, increase
        Per cent change of the rate, decrease negative (value series: in the unit of the series).
    power, level
        0.8 and 0.95: the interval at `level` excludes no change in `power` of such series.
    effect
        The same on the analysis scale (log for counts): decrease is −effect, increase +effect.
    rho, sigma
        The autocorrelation (a negative estimate counts as 0) and standard deviation it was computed for.
    """

    decrease: float
    increase: float
    power: float
    level: float
    effect: float
    rho: float
    sigma: float

    @property
    def largest(self) -> float:
        """The larger of the two changes, without sign: what the refusal rule compares with its limit."""
        return max(abs(self.decrease), abs(self.increase))


def smallest_detectable_change(
    series: TimeSeries,
    window: Window,
    *,
    harmonics: int | None = None,
    slope_change: bool = False,
    power: float = 0.8,
    draws: int = DRAWS,
    seed: int = SEED,
    fit: OwnTrendFit | None = None,
    table: NullTable | None = None,
) -> DetectableChange:
    """Compute the smallest change that would be seen with the given power, from the same fit as the estimate.

    In draw b of a series with the fitted ρ and σ an effect δ is seen when (e_b + δ) / s_b exceeds the critical value of
    that draw's own ρ; so the δ that is seen in a share `power` of the draws is that quantile of c_b s_b − e_b. It
    takes more draws than the estimate, because the noise of critical value and quantile adds up here.

    Parameters
    ----------
    fit
        The fit of the estimate, so that nothing is fitted twice.
    table
        From `detectable_table` of a series with the same published points in the same window: most of the work, and
        the same for every indicator and area. A table of another design is not used.

    Raises
    ------
    NotEstimableError
        As `own_trend`.
    """
    fit = fit or own_trend_fit(series, window, harmonics=harmonics, slope_change=slope_change)
    contrast = average_contrast(series, window, fit.design)
    rho, sigma = max(float(fit.reml.rho[0]), 0.0), float(fit.reml.sigma[0])
    if table is None or not table.serves(fit.reml.design, contrast):
        table = null_table(fit.reml.design, contrast, knots=KNOTS, draws=draws, seed=seed)
    effect = sigma * unit_effect(table, rho, power=power, draws=draws, seed=seed)
    percent = series.scale == "count"
    return DetectableChange(
        decrease=float(100.0 * np.expm1(-effect)) if percent else -effect,
        increase=float(100.0 * np.expm1(effect)) if percent else effect,
        power=power,
        level=LEVEL,
        effect=effect,
        rho=rho,
        sigma=sigma,
    )


def detectable_table(
    series: TimeSeries, window: Window, fit: OwnTrendFit, *, draws: int = DRAWS, seed: int = SEED
) -> NullTable:
    """Tabulate the critical values of one design, to be shared by all series that have it."""
    contrast = average_contrast(series, window, fit.design)
    return null_table(fit.reml.design, contrast, knots=KNOTS, draws=draws, seed=seed)


def unit_effect(table: NullTable, rho: float, *, power: float, draws: int = DRAWS, seed: int = SEED) -> float:
    """Find the effect, in units of σ, that is seen with the given power when the autocorrelation is ρ."""
    design = table.design
    normals = standard_normals(design.n, draws, seed + 1)
    errors = correlated(normals, design.time, np.array(rho))
    found = statistics(grid_of(design), table.contrast[None, :], errors)
    reach = table.critical(found.rho) * found.error[0]
    needed = np.concatenate([reach - found.effect[0], reach + found.effect[0]])  # −e is as likely as e
    return float(np.quantile(needed, power))
