"""Coarser points for thin counts: months into quarters, quarters into years, whole points only."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from evaluation.checks.windows import same_dates
from evaluation.models.panel import Panel, panel_from_series
from evaluation.series import POINTS_PER_YEAR, Floats, Grain, TimeSeries, Window

NEXT: dict[Grain, Grain] = {"month": "quarter", "quarter": "year"}


def coarser(series: TimeSeries) -> TimeSeries | None:
    """Add the points of a count series together to the next coarser grid.

    A coarse point exists only where the series has all of its points, and is unpublished (NaN) where one of them is.
    Cases and person-years add up. None for years, for values (which do not add up), and where no whole point fits.
    """
    if series.grain not in NEXT or series.scale == "value":
        return None
    grain = NEXT[series.grain]
    size = POINTS_PER_YEAR[series.grain] // POINTS_PER_YEAR[grain]
    months = series.start.astype("datetime64[M]").astype(np.int64)
    first = int(np.flatnonzero(months % (12 // POINTS_PER_YEAR[grain]) == 0)[:1].sum())
    whole = (series.n - first) // size
    if whole < 1 or months[first] % (12 // POINTS_PER_YEAR[grain]):
        return None
    kept = slice(first, first + whole * size)
    preliminary = np.asarray(series.preliminary[kept].reshape(-1, size).any(axis=1), dtype=np.bool_)
    return TimeSeries(
        series.indicator,
        series.area,
        grain,
        series.start[kept][::size].copy(),
        _sums(series.count[kept], size),
        _sums(series.exposure[kept], size),
        preliminary,
    )


def coarsened(series: TimeSeries, grain: Grain) -> TimeSeries | None:
    """Add the points of a series together to a given grid; the series itself where it has it, none if impossible."""
    coarse: TimeSeries | None = series
    while coarse is not None and coarse.grain != grain:
        coarse = coarser(coarse)
    return coarse


def coarsest_needed(series: TimeSeries, window: Window, minimum: float) -> tuple[TimeSeries, Window] | None:
    """Aggregate until the points used hold `minimum` cases on average; none where not even years do."""
    coarse = coarser(series)
    while coarse is not None:
        laid = same_dates(series, window, coarse)
        if laid.used.any() and float(coarse.count[laid.used].mean()) >= minimum:
            return coarse, laid
        coarse = coarser(coarse)
    return None


def coarser_panel(panel: Panel, grain: Grain) -> Panel | None:
    """Aggregate every area of a panel to the same grid; none where that is not possible."""
    if panel.exposure is None:
        return None
    every: list[TimeSeries] = []
    for row, area in enumerate(panel.areas):
        coarse = coarsened(_row_series(panel, row, area), grain)
        if coarse is None:
            return None
        every.append(coarse)
    return replace(panel_from_series(every), dropped_areas=panel.dropped_areas)


def _row_series(panel: Panel, row: int, area: str) -> TimeSeries:
    exposure = panel.count if panel.exposure is None else panel.exposure
    nothing = np.zeros(panel.start.size, dtype=bool)
    return TimeSeries(
        panel.indicator, area, panel.grain, panel.start, panel.count[row].copy(), exposure[row].copy(), nothing
    )


def _sums(values: Floats, size: int) -> Floats:
    sums: Floats = values.reshape(-1, size).sum(axis=1)
    return sums
