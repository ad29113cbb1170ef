"""The panel: one outcome per area and point of time, on the scale on which areas are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.errors import ParameterError
from evaluation.models.refusal import NotEstimableError
from evaluation.results import Scale
from evaluation.series import Bools, Dates, Floats, Grain, TimeSeries, Window

MOST_MISSING = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One outcome per area and point, areas in rows, points in columns, on the points of the first area's series.

    Attributes
    ----------
    indicator
        Id as in the study file.
    areas
        Codes or names, one per row, unique.
    grain
        Length of a point: month, quarter or year.
    start
        First day of each point, datetime64[D], shape (t,). The same points as the series of the first area, so that
        its `Window` fits; a point that some area lacks stays as NaN and is used by no design.
    outcome
        Shape (areas, t). "ratio": log(count + 0.5) − log(exposure); "additive": the value itself.
    count
        Cases, or the value itself when "additive"; shape (areas, t).
    exposure
        Person-years at risk, shape (areas, t); None when "additive".
    scale
        "ratio" (effects are exp of differences of log rates) or "additive" (differences of values).
    dropped_areas
        Areas left out because they lack too many of the first area's points.
    dropped_points
        First days of points left out because a remaining area lacks them although the first area has them.
    """

    indicator: str
    areas: tuple[str, ...]
    grain: Grain
    start: Dates
    outcome: Floats
    count: Floats
    exposure: Floats | None
    scale: Scale
    dropped_areas: tuple[str, ...] = ()
    dropped_points: tuple[np.datetime64, ...] = ()

    def __post_init__(self) -> None:
        shape = (len(self.areas), self.start.size)
        if self.outcome.shape != shape or self.count.shape != shape or len(set(self.areas)) != shape[0]:
            raise ParameterError(
                f"panel {self.indicator}",
                found=f"{len(set(self.areas))} different areas, outcome {self.outcome.shape}, count {self.count.shape}",
                expected=f"unique areas and arrays of shape {shape}",
                todo="build the panel with panel_from_series",
            )
        for values in (self.start, self.outcome, self.count):
            values.setflags(write=False)

    @property
    def complete(self) -> Bools:
        """Points published for every area, shape (t,)."""
        return np.asarray(np.isfinite(self.outcome).all(axis=0))

    def row(self, area: str) -> int:
        """Row of an area.

        Raises
        ------
        ParameterError
            The area is not in the panel.
        """
        if area not in self.areas:
            raise ParameterError(
                f"panel {self.indicator}, treated area",
                found=repr(area),
                expected="one of " + ", ".join(self.areas),
                todo="name an area of the panel, or add its series to the comparison pool",
            )
        return self.areas.index(area)

    def without(self, areas: Sequence[str]) -> Panel:
        """Leave some areas out (neighbours with spill-over, own treatment); which ones is the caller's plan."""
        keep = [row for row, area in enumerate(self.areas) if area not in set(areas)]
        return Panel(
            self.indicator,
            tuple(self.areas[row] for row in keep),
            self.grain,
            self.start,
            self.outcome[keep],
            self.count[keep],
            None if self.exposure is None else self.exposure[keep],
            self.scale,
            self.dropped_areas,
            self.dropped_points,
        )


@dataclass(frozen=True, slots=True, eq=False)
class DesignPoints:
    """The columns of a panel that a design uses: baseline and period positions, int64, in time order, disjoint."""

    baseline: np.ndarray[tuple[int], np.dtype[np.int64]]
    period: np.ndarray[tuple[int], np.dtype[np.int64]]

    @property
    def held_out(self) -> DesignPoints:
        """The baseline cut in two: its last quarter (at least two points) plays the period."""
        last = max(2, self.baseline.size // 4)
        return DesignPoints(self.baseline[:-last], self.baseline[-last:])


def panel_from_series(series: Sequence[TimeSeries], most_missing: float = MOST_MISSING) -> Panel:
    """Lay the series of one indicator on the points of the first (treated) area's series.

    An area that lacks more than `most_missing` of the points published for the first area leaves the panel; a point
    that a remaining area lacks is used by no design. Both are named in the panel: nothing is dropped silently.

    Parameters
    ----------
    series
        Treated area first, then the comparison pool; one indicator, grain and scale.
    most_missing
        Share of the first area's published points that an area may lack, 0–1.

    Raises
    ------
    ParameterError
        Fewer than three areas, mixed indicators, grains or scales, or an area twice.
    """
    _require_one_kind(series)
    first = series[0]
    count, exposure = _aligned(series, first.start)
    published = np.isfinite(count) & np.isfinite(exposure) & (exposure > 0)
    lacking = (~published & published[0]).sum(axis=1) / max(1, published[0].sum())
    kept = lacking <= most_missing
    complete = published[kept].all(axis=0)
    outcome = _outcome(count, exposure, first.scale)[kept]
    outcome[:, ~complete] = np.nan
    ratio = first.scale == "count"
    return Panel(
        first.indicator,
        tuple(one.area for one, keep in zip(series, kept, strict=True) if keep),
        first.grain,
        first.start,
        outcome,
        count[kept],
        exposure[kept] if ratio else None,
        "ratio" if ratio else "additive",
        tuple(one.area for one, keep in zip(series, kept, strict=True) if not keep),
        tuple(first.start[published[0] & ~complete]),
    )


def design_points(panel: Panel, window: Window) -> DesignPoints:
    """Cut the panel's complete points into baseline and period.

    Raises
    ------
    ParameterError
        The window belongs to a series of another length.
    NotEstimableError
        Fewer than four baseline points, no period point, or fewer than three areas: nothing can be compared.
    """
    if window.baseline.size != panel.start.size:
        raise ParameterError(
            f"window of agreement {window.agreement}",
            found=f"{window.baseline.size} points",
            expected=f"{panel.start.size}, one per point of panel {panel.indicator}",
            todo="make the window from the series that stands first in the panel",
        )
    points = DesignPoints(
        np.flatnonzero(window.baseline & panel.complete), np.flatnonzero(window.period & panel.complete)
    )
    if points.baseline.size < 4 or points.period.size < 1 or len(panel.areas) < 3:
        raise NotEstimableError(
            "too_few_points",
            where=f"panel {panel.indicator}, agreement {window.agreement}",
            found=f"{points.baseline.size} baseline points, {points.period.size} period points, "
            f"{len(panel.areas)} areas",
            expected="at least 4 baseline points, 1 period point and 3 areas",
        )
    return points


def _aligned(series: Sequence[TimeSeries], start: Dates) -> tuple[Floats, Floats]:
    count = np.full((len(series), start.size), np.nan)
    exposure = np.full_like(count, np.nan)
    for row, one in enumerate(series):
        _, here, there = np.intersect1d(start, one.start, assume_unique=True, return_indices=True)
        count[row, here] = one.count[there]
        exposure[row, here] = one.exposure[there]
    return count, exposure


def _outcome(count: Floats, exposure: Floats, scale: str) -> Floats:
    if scale == "value":
        return count.copy()
    with np.errstate(divide="ignore", invalid="ignore"):  # unpublished points become NaN below
        outcome: Floats = np.log(count + 0.5) - np.log(exposure)
    return np.where(np.isfinite(outcome), outcome, np.nan)


def _require_one_kind(series: Sequence[TimeSeries]) -> None:
    kinds = {(one.indicator, one.grain, one.scale) for one in series}
    areas = [one.area for one in series]
    if len(kinds) != 1 or len(set(areas)) != len(areas) or len(areas) < 3:
        raise ParameterError(
            "panel_from_series",
            found=f"{len(areas)} series, {len(set(areas))} different areas, kinds {sorted(kinds)}",
            expected="at least three different areas of one indicator, grain and scale",
            todo="give the treated area's series first and one series per area of the comparison pool",
        )
