"""How alike each candidate area is to the treated one before the agreement: the comparison dossier's table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from evaluation.models.panel.panel import Panel, design_points
from evaluation.series import POINTS_PER_YEAR, Floats, Window


@dataclass(frozen=True, slots=True)
class Similarity:
    """One candidate area beside the treated area, over the baseline points.

    Attributes
    ----------
    area
        Candidate.
    in_pool, reason
        Whether the plan has it in the comparison pool, and the plan's reason when not ("" otherwise).
    neighbour
        The plan says that effects may spill over to it.
    level
        Mean outcome relative to the treated area: ratio of rates (scale "ratio") or difference (scale "additive").
    trend
        Slope of its outcome minus the treated area's, per year: log points (ratio) or units (additive).
    population
        Its exposure / the treated area's; NaN without exposure.
    season
        Correlation of the seasonal means of both, trend taken out; NaN with less than two years or yearly points.
    distance
        Root mean squared difference of both outcomes, each centred on its mean: the course, not the level.
    rank
        1 for the smallest distance.
    """

    area: str
    in_pool: bool
    reason: str
    neighbour: bool
    level: float
    trend: float
    population: float
    season: float
    distance: float
    rank: int


def similarity_table(
    panel: Panel,
    treated: str,
    window: Window,
    excluded: Mapping[str, str] | None = None,
    neighbours: frozenset[str] = frozenset(),
) -> tuple[Similarity, ...]:
    """Describe every other area of the panel, most similar course first; the pool itself stays the plan's choice.

    Parameters
    ----------
    excluded
        Areas outside the pool with the plan's reason.
    neighbours
        Areas with possible spill-over.
    """
    row, points = panel.row(treated), design_points(panel, window)
    baseline = panel.outcome[:, points.baseline]
    centred = baseline - baseline.mean(axis=1, keepdims=True)
    slopes, season = _trend_parts(panel, points.baseline)
    distance = np.sqrt(np.mean((centred - centred[row]) ** 2, axis=1))
    difference = baseline.mean(axis=1) - baseline[row].mean()
    level = np.exp(difference) if panel.scale == "ratio" else difference
    population = _population(panel, row, points.baseline)
    order = [area for area in np.lexsort((np.asarray(panel.areas), distance)) if area != row]
    reasons = excluded or {}
    return tuple(
        Similarity(
            panel.areas[area],
            panel.areas[area] not in reasons,
            reasons.get(panel.areas[area], ""),
            panel.areas[area] in neighbours,
            float(level[area]),
            float(slopes[area] - slopes[row]),
            float(population[area]),
            _correlation(season[area], season[row]),
            float(distance[area]),
            rank,
        )
        for rank, area in enumerate(order, start=1)
    )


def _trend_parts(panel: Panel, baseline: np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[Floats, Floats]:
    """Slopes per year, shape (areas,), and seasonal means of what is left, shape (areas, seasons) or empty."""
    per_year = POINTS_PER_YEAR[panel.grain]
    years = baseline / per_year
    design = np.column_stack([np.ones(years.size), years - years.mean()])
    coefficients = np.linalg.lstsq(design, panel.outcome[:, baseline].T, rcond=None)[0]
    rest = panel.outcome[:, baseline] - (design @ coefficients).T
    months = panel.start[baseline].astype("datetime64[M]").astype(np.int64) % 12
    place = months // (12 // per_year)
    if per_year == 1 or baseline.size < 2 * per_year:
        return coefficients[1], np.empty((len(panel.areas), 0))
    return coefficients[1], np.column_stack([rest[:, place == one].mean(axis=1) for one in np.unique(place)])


def _population(panel: Panel, row: int, baseline: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
    if panel.exposure is None:
        return np.full(len(panel.areas), np.nan)
    mean = panel.exposure[:, baseline].mean(axis=1)
    return np.asarray(mean / mean[row])


def _correlation(one: Floats, other: Floats) -> float:
    if one.size < 2 or one.std() == 0 or other.std() == 0:
        return float("nan")
    return float(np.corrcoef(one, other)[0, 1])
