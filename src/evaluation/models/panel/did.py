"""Difference-in-differences on the panel of areas, and its event study."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.models.panel.comparison import PanelResult, compare
from evaluation.models.panel.panel import Panel
from evaluation.models.panel.placebo import TIE
from evaluation.models.panel.weighting import equal_weights
from evaluation.series import POINTS_PER_YEAR, Dates, Floats, Window


@dataclass(frozen=True, slots=True, eq=False)
class EventStudy:
    """Gap to the control at every point used, relative to the baseline mean, and the pre-trend of the baseline.

    Attributes
    ----------
    start
        First day of each point, shape (k,), baseline and period points in time order.
    lead
        Points until the period starts (negative: baseline; 0: first period point), int64, shape (k,).
    gap, band
        Gap on the analysis scale and half-width of what placebo areas show at that point (pointwise), shape (k,).
    pretrend
        Slope of the baseline gap, per year, on the analysis scale.
    pretrend_p
        Rank of |slope| / scale among all areas / number of areas.
    outside_band
        Share of baseline points whose gap lies outside the band, 0–1.
    """

    start: Dates
    lead: np.ndarray[tuple[int], np.dtype[np.int64]]
    gap: Floats
    band: Floats
    pretrend: float
    pretrend_p: float
    outside_band: float


def difference_in_differences(panel: Panel, treated: str, window: Window, level: float = 0.95) -> PanelResult:
    """Change of the treated area minus the mean change of all comparison areas, ranked among placebo areas.

    Every comparison area counts the same and levels may differ; without the agreement the areas are assumed to have
    changed alike. Inference enumerates every comparison area as if it were the treated one (`placebo_test`), so it
    needs no model of noise, season or autocorrelation, only areas that could have changed places.
    """
    method = "difference-in-differences of log rates" if panel.scale == "ratio" else "difference-in-differences"
    method += ", equal weights, every area enumerated as placebo, studentised by its baseline gap"
    return compare(panel, treated, window, equal_weights, "difference_in_differences", method, level)


def event_study(panel: Panel, treated: str, window: Window, level: float = 0.95) -> EventStudy:
    """Gap of the treated area to the mean of the others, point by point, with the placebo band and the pre-trend.

    A slope before the agreement that is large among the placebo areas' slopes says that the areas were already
    drifting apart (Freyaldenhoven, Hansen and Shapiro 2019 on why its absence proves little).
    """
    result = difference_in_differences(panel, treated, window, level)
    path, test = result.path, result.placebos
    used = np.sort(np.concatenate([path.baseline, path.period]))
    slopes = _slopes(result.placebo_gaps[:, path.baseline], path.baseline / POINTS_PER_YEAR[panel.grain])
    statistics = np.abs(slopes) / test.scales
    outside = np.abs(path.gap[path.baseline]) > path.band[path.baseline]
    return EventStudy(
        start=panel.start[used],
        lead=used - path.period[0],
        gap=path.gap[used],
        band=path.band[used],
        pretrend=float(slopes[test.treated]),
        pretrend_p=float((statistics >= statistics[test.treated] * (1 - TIE)).mean()),
        outside_band=float(outside.mean()),
    )


def _slopes(gap: Floats, years: Floats) -> Floats:
    centred = years - years.mean()
    return np.asarray(gap @ centred / (centred @ centred))
