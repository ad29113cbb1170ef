"""Inference by enumeration: the treated area's effect among the effects that every placebo area shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.series import Floats

TIE = 1e-9
SMALLEST_SCALE = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class PlaceboTest:
    """Effects of all areas, each taken as treated in turn, and what follows for the treated one.

    All numbers are on the analysis scale (differences of log rates, or of values).

    Attributes
    ----------
    effects
        Mean gap of the period per area, shape (areas,); the treated area's own stands at row `treated`.
    scales
        Size of a usual gap of each area: root mean squared gap of its baseline, but at least the pool's median, so
        that a control which fits few points perfectly does not count as precise; shape (areas,).
    statistics
        |effect| / scale, shape (areas,).
    limits_low, limits_high
        For each placebo area the effects of the treated area that are no more extreme than the placebo's statistic,
        shape (areas − 1,).
    low, high
        Interval at `level`; infinite when the pool is too small for that level.
    p
        Rank of the treated area's statistic among all areas (ties count as more extreme) / number of areas.
    smallest_p
        1 / number of areas: no effect, however large, could have given less.
    attainable_level, attainable_low, attainable_high
        Highest level at which this pool gives finite limits (1 − smallest p), and those limits.
    rmspe_ratios, rmspe_ratio_p
        Root mean squared gap of the period over that of the baseline per area, and the treated area's rank / areas
        (Abadie, Diamond and Hainmueller 2010): shown beside the effect, not used for it.
    detectable
        Effect that this pool would have found with 80 % power, ≥ 0; infinite when the interval is.
    """

    treated: int
    effects: Floats
    scales: Floats
    statistics: Floats
    limits_low: Floats
    limits_high: Floats
    low: float
    high: float
    p: float
    smallest_p: float
    attainable_level: float
    attainable_low: float
    attainable_high: float
    rmspe_ratios: Floats
    rmspe_ratio_p: float
    detectable: float


def placebo_test(baseline: Floats, period: Floats, treated: int, level: float = 0.95) -> PlaceboTest:
    """Rank the treated area among all areas and invert that test into an interval.

    The statistic is |mean period gap| / scale, the studentised statistic of Firpo and Possebom (2018, *J. Causal
    Inference* 6:2) for an effect that is constant in time: an effect θ is inside the interval when the treated area
    with θ taken out ranks no higher than a share 1 − `level` of all areas allows. Placebo controls never contain the
    treated area, so the placebo statistics do not depend on θ, the interval is effect ± scale × (k-th largest
    placebo statistic) with k = ⌊(1 − level)·areas⌋, and "p ≤ 1 − level" and "the interval excludes 0" are the same
    comparison. With fewer than 1/(1 − level) areas k is 0 and the limits are infinite.

    Parameters
    ----------
    baseline, period
        Gaps per area, shapes (areas, b) and (areas, q).
    treated
        Row of the treated area.
    """
    effects = period.mean(axis=1)
    usual = _root_mean_square(baseline)
    scales = np.maximum(usual, max(float(np.median(np.delete(usual, treated))), SMALLEST_SCALE))
    statistics = np.abs(effects) / scales
    placebos = np.sort(np.delete(statistics, treated))[::-1]
    half_widths = scales[treated] * placebos * (1 + TIE)
    low, high = effects[treated] - half_widths, effects[treated] + half_widths
    allowed = int(np.floor((1 - level) * len(effects) + TIE))
    half = float(half_widths[allowed - 1]) if allowed else np.inf
    ratios = _root_mean_square(period) / np.maximum(usual, SMALLEST_SCALE)
    return PlaceboTest(
        treated=treated,
        effects=effects,
        scales=scales,
        statistics=statistics,
        limits_low=low,
        limits_high=high,
        low=float(effects[treated] - half),
        high=float(effects[treated] + half),
        p=rank_p(low, high, 0.0),
        smallest_p=1 / len(effects),
        attainable_level=1 - 1 / len(effects),
        attainable_low=float(low[0]),
        attainable_high=float(high[0]),
        rmspe_ratios=ratios,
        rmspe_ratio_p=float((ratios >= ratios[treated] * (1 - TIE)).mean()),
        detectable=half + float(scales[treated] * np.quantile(placebos, 0.6)),
    )


def rank_p(limits_low: Floats, limits_high: Floats, effect: float) -> float:
    """P of "the effect is `effect`": placebos whose limits contain it, plus the treated area, over all areas."""
    at_least_as_extreme = int(((limits_low <= effect) & (effect <= limits_high)).sum())
    return (1 + at_least_as_extreme) / (1 + len(limits_low))


def placebo_band(gaps: Floats, test: PlaceboTest, level: float = 0.95) -> Floats:
    """Half-width per point within which a gap of the treated area is what placebo areas show too, shape (t,).

    Pointwise: the k-th largest |gap| of the placebo areas at each point, rescaled to the treated area's usual gap;
    the largest when the pool is too small for `level`.
    """
    standardised = np.delete(np.abs(gaps) / test.scales[:, None], test.treated, axis=0)
    position = max(1, int(np.floor((1 - level) * len(test.effects) + TIE)))
    return np.asarray(test.scales[test.treated] * np.sort(standardised, axis=0)[-position])


def _root_mean_square(values: Floats) -> Floats:
    return np.asarray(np.sqrt(np.mean(values**2, axis=1)))
