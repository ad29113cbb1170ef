"""Trends proper: level, season and average annual change of one series, overall and within each agreement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

import numpy as np

from evaluation.models.ar1 import ar1_design
from evaluation.models.bootstrap import DRAWS, SEED, BootstrapT, bootstrap_t
from evaluation.models.design import (
    SeriesDesign,
    fourier,
    points_spanned,
    published,
    response,
    season,
    season_frequencies,
    stack,
    years,
)
from evaluation.models.refusal import NotEstimableError
from evaluation.models.reml import RemlFit, fit_reml
from evaluation.models.reml_trend import fitted, require_inner_rho
from evaluation.series import POINTS_PER_YEAR, Bools, Dates, Floats, TimeSeries

_NO_MASKS: Mapping[str, Bools] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class TrendChange:
    """An average annual change, or how it differs from the one before.

    Attributes
    ----------
    name
        "overall", the id of a mask, or "1 → 2" for the change of trend from mask "1" to mask "2".
    change, low, high
        Per cent a year with 95 % limits (value series: units a year). For a change of trend: by how many per cent the
        yearly factor of the later mask lies above that of the earlier.
    p
        Of no change, from the same bootstrap-t as the limits.
    n
        Points it rests on.
    """

    name: str
    change: float
    low: float
    high: float
    p: float
    n: int


@dataclass(frozen=True, slots=True, eq=False)
class TrendResult:
    """What one series did over time.

    Attributes
    ----------
    start
        First day of each point, shape (n,).
    level, level_low, level_high
        Season-free level in the middle of the series with 95 % limits, per 100 000 inhabitants and year (value series:
        in its unit). The limits are NaN when `overall` is None.
    overall
        Average annual change over the whole series; None when a straight line describes it so badly that ρ lies on its
        boundary (`refused["overall"]`): then only the segments tell.
    segments
        Average annual change within each mask, each with a level and a slope of its own.
    turns
        Change of trend from each mask to the next.
    refused
        Masks without a trend of their own (under a year of points) and possibly "overall", with the reason.
    season
        Factor of each place in the year against the year's geometric mean (value series: difference from the mean);
        January or the first quarter first. Ones (zeros) when no season is fitted.
    adjusted
        Seasonally adjusted rate of each point (value series: value), shape (n,); NaN where unpublished.
    line
        Fitted season-free trend at every point, on the same scale, shape (n,).
    rho
        Autocorrelation of the errors around the overall trend.
    harmonics
        Seasonal frequencies fitted.
    """

    start: Dates
    level: float
    level_low: float
    level_high: float
    overall: TrendChange | None
    segments: tuple[TrendChange, ...]
    turns: tuple[TrendChange, ...]
    refused: Mapping[str, NotEstimableError]
    season: Floats
    adjusted: Floats
    line: Floats
    rho: float
    harmonics: int


def trend(
    series: TimeSeries,
    masks: Mapping[str, Bools] = _NO_MASKS,
    *,
    harmonics: int | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> TrendResult:
    """Describe level, season and trend of one series by REML-AR(1) regression on the log rate (or the value).

    Overall one straight line with season; within masks a second model in which every mask has its own level and slope
    over a shared season. Limits and p by parametric bootstrap-t.

    Parameters
    ----------
    masks
        Points of each agreement in order of time, shape (n,), disjoint.

    Raises
    ------
    NotEstimableError
        When the series is too short for any trend.
    """
    usable = published(series)
    frequencies = season_frequencies(series.grain, points_spanned(usable), harmonics)
    design = stack(series, usable, {}, frequencies)
    fit = fit_reml(ar1_design(design.X, design.rows), response(series)[design.rows][:, None])
    segments, turns, refused = segment_trends(series, masks, frequencies, draws=draws, seed=seed)
    overall, level_low, level_high = None, float("nan"), float("nan")
    try:
        require_inner_rho(series, fit)
        both = np.stack([design.contrast({"trend": 1.0}), design.contrast({"level": 1.0})])
        inference = bootstrap_t(fit, both, draws=draws, seed=seed)
        overall = _change(series, "overall", inference, 0, int(usable.sum()))
        level_low, level_high = (_level(series, float(limit[1])) for limit in (inference.low, inference.high))
    except NotEstimableError as error:
        refused = MappingProxyType({"overall": error} | dict(refused))
    waves = seasonal_part(series, design, fit)
    line = design.matrix[:, :2] @ fit.beta[0, :2]
    return TrendResult(
        start=series.start,
        level=_level(series, float(fit.beta[0, 0])),
        level_low=level_low,
        level_high=level_high,
        overall=overall,
        segments=segments,
        turns=turns,
        refused=refused,
        season=np.exp(waves) if series.scale == "count" else waves,
        adjusted=seasonally_adjusted(series, waves),
        line=100_000.0 * np.exp(line) if series.scale == "count" else line,
        rho=float(fit.rho[0]),
        harmonics=frequencies,
    )


def segment_trends(
    series: TimeSeries, masks: Mapping[str, Bools], frequencies: int, *, draws: int = DRAWS, seed: int = SEED
) -> tuple[tuple[TrendChange, ...], tuple[TrendChange, ...], Mapping[str, NotEstimableError]]:
    """Estimate the trend within each mask and its change from mask to mask; masks without an answer come last."""
    used = {name: mask & published(series) for name, mask in masks.items()}
    least = max(POINTS_PER_YEAR[series.grain], 4)
    refused = {
        name: NotEstimableError(
            "too_few_points", found=f"{mask.sum()} points", expected=f"at least {least} for a trend"
        )
        for name, mask in used.items()
        if mask.sum() < least
    }
    told = {name: mask for name, mask in used.items() if name not in refused}
    if not told:
        return (), (), MappingProxyType(refused)
    try:
        design = segment_design(series, told, frequencies)
        fit = fitted(series, design)
    except NotEstimableError as error:
        return (), (), MappingProxyType(refused | dict.fromkeys(told, error))
    slopes = [design.contrast({f"slope {name}": 1.0}) for name in told]
    contrasts = np.stack(slopes + [later - earlier for earlier, later in pairwise(slopes)])
    inference = bootstrap_t(fit.reml, contrasts, draws=draws, seed=seed)
    names = list(told) + [f"{earlier} → {later}" for earlier, later in pairwise(told)]
    sizes = [int(mask.sum()) for mask in told.values()]
    sizes += [earlier + later for earlier, later in pairwise(sizes)]
    every = [_change(series, name, inference, row, sizes[row]) for row, name in enumerate(names)]
    return tuple(every[: len(told)]), tuple(every[len(told) :]), MappingProxyType(refused)


def segment_design(series: TimeSeries, masks: Mapping[str, Bools], frequencies: int) -> SeriesDesign:
    """Build a model in which each mask has its own level and slope per year, and all share the season."""
    columns: dict[str, Floats] = {}
    for name, mask in masks.items():
        columns[f"level {name}"] = mask.astype(float)
        columns[f"slope {name}"] = np.where(mask, years(series) - years(series)[mask].mean(), 0.0)
    waves, wave_names = season(series, frequencies)
    used = np.logical_or.reduce(list(masks.values()))
    matrix = np.column_stack([*columns.values(), waves])
    return SeriesDesign(np.flatnonzero(used), matrix, (*columns, *wave_names), frequencies)


def seasonal_part(series: TimeSeries, design: SeriesDesign, fit: RemlFit) -> Floats:
    """Give the fitted season of each place in the year on the analysis scale, with mean zero over the year."""
    points = POINTS_PER_YEAR[series.grain]
    columns, _ = fourier(np.arange(points), points, design.harmonics)
    waves = columns @ fit.beta[0, 2:]
    centred: Floats = waves - waves.mean()
    return centred


def seasonally_adjusted(series: TimeSeries, waves: Floats) -> Floats:
    """Take the season out of every point: rate divided by its factor (value: minus its difference), shape (n,)."""
    part = waves[series.seasonal_index]
    adjusted: Floats = series.rate / np.exp(part) if series.scale == "count" else series.rate - part
    return adjusted


def _level(series: TimeSeries, value: float) -> float:
    return float(100_000.0 * np.exp(value)) if series.scale == "count" else value


def _change(series: TimeSeries, name: str, inference: BootstrapT, row: int, n: int) -> TrendChange:
    values = [float(part[row]) for part in (inference.effect, inference.low, inference.high)]
    if series.scale == "count":
        values = [float(100.0 * np.expm1(value)) for value in values]
    change, low, high = values
    return TrendChange(name, change, low, high, float(inference.p[row]), n)
