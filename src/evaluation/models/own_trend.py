"""The own-trend designs: one series, one agreement, against the continuation of its own baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from evaluation.errors import ParameterError
from evaluation.models.bootstrap import DRAWS, SEED
from evaluation.models.count_trend import hac_estimate, negative_binomial_estimate, quasi_poisson_estimate
from evaluation.models.refusal import NotEstimableError
from evaluation.models.reml_trend import own_trend_fit, reml_estimate
from evaluation.results import Estimate
from evaluation.series import TimeSeries, Window

OwnTrendDesign = Literal["own_trend_reml", "own_trend_quasi_poisson", "own_trend_negative_binomial", "own_trend_hac"]
DESIGNS: tuple[OwnTrendDesign, ...] = (
    "own_trend_reml",
    "own_trend_quasi_poisson",
    "own_trend_negative_binomial",
    "own_trend_hac",
)
SENSITIVITY = {
    "own_trend_quasi_poisson": quasi_poisson_estimate,
    "own_trend_negative_binomial": negative_binomial_estimate,
    "own_trend_hac": hac_estimate,
}


@dataclass(frozen=True, slots=True, eq=False)
class OwnTrends:
    """All own-trend designs of one series.

    Attributes
    ----------
    estimates
        Those that are estimable, the REML design first.
    refused
        Why the others are not, by design name.
    """

    estimates: tuple[Estimate, ...]
    refused: Mapping[str, NotEstimableError]


def own_trends(
    series: TimeSeries,
    window: Window,
    *,
    harmonics: int | None = None,
    slope_change: bool = False,
    draws: int = DRAWS,
    seed: int = SEED,
) -> OwnTrends:
    """Estimate the effect by every own-trend design that fits the scale of the series, REML first."""
    estimates: list[Estimate] = []
    refused: dict[str, NotEstimableError] = {}
    for design in DESIGNS if series.scale == "count" else (DESIGNS[0], DESIGNS[3]):
        try:
            estimates.append(
                own_trend(
                    series,
                    window,
                    harmonics=harmonics,
                    slope_change=slope_change,
                    design=design,
                    draws=draws,
                    seed=seed,
                )
            )
        except NotEstimableError as error:
            refused[design] = error
    return OwnTrends(tuple(estimates), MappingProxyType(refused))


def own_trend(
    series: TimeSeries,
    window: Window,
    *,
    harmonics: int | None = None,
    slope_change: bool = False,
    design: OwnTrendDesign = "own_trend_reml",
    draws: int = DRAWS,
    seed: int = SEED,
) -> Estimate:
    """Estimate what changed in the period compared with the continuation of the baseline.

    Interrupted time series with trend, Fourier season and a step at the start; with `slope_change` also a change of
    trend, and the effect is then the average over the period. `own_trend_reml`: log rate (or value) with AR(1) errors
    by REML and parametric bootstrap-t. The others are sensitivity: quasi-Poisson and negative binomial with offset, and
    Newey–West, all with normal intervals.

    Parameters
    ----------
    harmonics
        Seasonal frequencies; None follows `season_frequencies`.
    draws, seed
        Of the bootstrap (REML only).

    Raises
    ------
    NotEstimableError
        When the model has no estimate for this series; `reason` says why.
    """
    if design == "own_trend_reml":
        fit = own_trend_fit(series, window, harmonics=harmonics, slope_change=slope_change)
        return reml_estimate(series, window, fit, draws=draws, seed=seed)
    if design in SENSITIVITY:
        return SENSITIVITY[design](series, window, harmonics=harmonics, slope_change=slope_change)
    raise ParameterError(
        "design", found=repr(design), expected=f"one of {', '.join(DESIGNS)}", todo="correct the design name"
    )
