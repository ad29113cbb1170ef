"""Values that stand in for hidden counts wherever something is computed: drawn from what is printed, from nothing else.

Whoever knows every other point, and the open method, can refit the model with each value that a hidden point may have;
one ratio to two decimals then tells which is the true one. No number computed from the true hidden counts is therefore
safe. Numbers computed from stand-ins are: they are a function of what is printed already (docs/disclosure.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from evaluation.disclosure.limits import Limit
from evaluation.disclosure.series_protection import Protected, Total
from evaluation.series import Floats, TimeSeries

TIGHT = 1e6  # weight of a printed sum against the distance to the draw


def with_stand_ins(
    series: TimeSeries, protected: Protected, totals: Sequence[Total], limit: Limit, seed: int
) -> TimeSeries:
    """Replace the hidden points of a series by a draw that agrees with every printed sum.

    The hidden points are first spread as evenly as the printed sums allow, then drawn around that with the variance of
    counts (gamma, mean = variance) up to the limit, and brought back to the sums by the smallest weighted change. The
    result is a partially synthetic series (Reiter 2003, *Survey Methodology* 29:181–188): sums of agreements and
    baselines stay, and so the ratios of rates; spread and order among hidden points are made up.

    Parameters
    ----------
    protected
        What is hidden and which totals are withheld.
    totals
        Every sum that pages print of the series; those withheld are left out of the draw.
    limit
        Its floor bounds the values from below, its size is where points begin that no printed sum holds.
    seed
        Same printed numbers and same seed, same values.

    Returns
    -------
    TimeSeries
        The series itself where nothing is hidden.
    """
    at = np.flatnonzero(protected.hidden & ~np.isnan(series.count))
    if at.size == 0:
        return series
    sums, values = _printed_sums(series, protected, totals)
    floor = float(limit.floor)
    even = _nearest(np.full(at.size, limit.smallest / 2), sums, values, (floor, np.inf))
    ceiling = np.maximum(even, limit.smallest - 1.0)  # what is hidden is mostly small, and a reader knows it
    drawn = floor + np.random.default_rng(seed).gamma(np.maximum(even - floor, 1e-6))
    count = series.count.copy()
    count[at] = _nearest(np.minimum(drawn, ceiling), sums, values, (floor, ceiling))
    return replace(series, count=count)


def _printed_sums(series: TimeSeries, protected: Protected, totals: Sequence[Total]) -> tuple[Floats, Floats]:
    """Give what a reader can subtract: sums over hidden points, shape (sums, hidden), and their values."""
    published = ~np.isnan(series.count)
    hidden = protected.hidden & published
    known = [total for total in totals if total.name not in protected.withheld and (total.points & hidden).any()]
    sums = np.array([total.points[hidden] for total in known], dtype=np.float64).reshape(len(known), int(hidden.sum()))
    values = np.array([series.count[total.points & hidden].sum() for total in known], dtype=np.float64)
    return sums, values


def _nearest(start: Floats, sums: Floats, values: Floats, bounds: tuple[float, Floats | float]) -> Floats:
    """Find the values nearest to `start`, in units of their own spread, that have the given sums within the bounds."""
    from scipy.optimize import lsq_linear

    if not values.size:
        return start
    spread = np.sqrt(np.maximum(start, 1.0))
    matrix = np.vstack([TIGHT * sums * spread, np.eye(start.size)])
    target = np.concatenate([TIGHT * (values - sums @ start), np.zeros(start.size)])
    low, high = ((bound - start) / spread for bound in bounds)
    found = start + spread * lsq_linear(matrix, target, bounds=(low - 1e-9, high + 1e-9)).x
    return np.asarray(found + np.linalg.pinv(sums) @ (values - sums @ found))
