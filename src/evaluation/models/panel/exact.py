"""Exact comparison of two small Poisson counts."""

from __future__ import annotations

import numpy as np

from evaluation.errors import ParameterError
from evaluation.series import Floats

WIDTH = 9.0  # standard deviations on either side: outside them, and the small addition above, lie less than 1e-15
CELLS_AT_ONCE = 1_000_000


def e_test(first: int, second: int, exposure_first: float = 1.0, exposure_second: float = 1.0) -> float:
    """Two-sided p of "both rates are equal" for two Poisson counts, by the E-test.

    Krishnamoorthy and Thomson (2004, *J. Stat. Plan. Inference* 119:23–35): the probability, at the pooled rate, of
    all pairs of counts whose standardised difference is at least as large as the observed one (ties included). Nearly
    exact already at counts of one or two, where the normal approximation is not. Time grows with the count.

    Parameters
    ----------
    first, second
        Counts, ≥ 0.
    exposure_first, exposure_second
        Time (or time × area) in which each was counted, > 0.

    Raises
    ------
    ParameterError
        A negative count or an exposure that is not positive.
    """
    _require_counts(first, second, exposure_first, exposure_second)
    if first + second == 0:
        return 1.0
    rate = (first + second) / (exposure_first + exposure_second)
    firsts, first_mass = _support(rate * exposure_first)
    seconds, second_mass = _support(rate * exposure_second)
    observed = float(_statistic(np.array([first]), np.array([second]), exposure_first, exposure_second)[0, 0])
    p = 0.0
    for rows in np.array_split(np.arange(firsts.size), 1 + firsts.size * seconds.size // CELLS_AT_ONCE):
        extreme = _statistic(firsts[rows], seconds, exposure_first, exposure_second) >= observed * (1 - 1e-12)
        p += float(first_mass[rows] @ (extreme @ second_mass))
    return min(1.0, p)


def _statistic(first: Floats, second: Floats, exposure_first: float, exposure_second: float) -> Floats:
    """|Difference of rates| / its standard error for every pair, shape (first, second); 0 where both are 0."""
    difference = first[:, None] / exposure_first - second[None, :] / exposure_second
    variance = first[:, None] / exposure_first**2 + second[None, :] / exposure_second**2
    return np.asarray(np.abs(difference) / np.sqrt(np.where(variance > 0, variance, 1.0)))


def _support(mean: float) -> tuple[Floats, Floats]:
    from scipy.stats import poisson

    reach = WIDTH * mean**0.5
    values = np.arange(np.floor(max(0.0, mean - reach)), np.ceil(mean + reach) + WIDTH**2 / 2)
    return values, np.asarray(poisson.pmf(values, mean))


def _require_counts(first: int, second: int, exposure_first: float, exposure_second: float) -> None:
    if first < 0 or second < 0 or not (exposure_first > 0 and exposure_second > 0):
        raise ParameterError(
            "exact test of two counts",
            found=f"counts {first} and {second}, exposures {exposure_first:g} and {exposure_second:g}",
            expected="counts of at least 0 and exposures above 0",
            todo="give raw counts, and the length of each period as exposure",
        )
