"""Weighted sums of domain estimates: differences between groups and waves, and standardised shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from evaluation.errors import InputError
from evaluation.survey.design import Codes
from evaluation.survey.estimates import DomainEstimates
from evaluation.survey.intervals import linear_limits


@dataclass(frozen=True, slots=True)
class Contrast:
    """A weighted sum of domain estimates, in their unit.

    Attributes
    ----------
    estimate, standard_error, low, high
        Linear t interval at `level`.
    p
        Two-sided p of "the sum is zero", from the same t: p < 1 − level exactly when the interval excludes zero.
    degrees_of_freedom
        Clusters minus strata that have members in any domain of the contrast.
    """

    estimate: float
    standard_error: float
    low: float
    high: float
    p: float
    degrees_of_freedom: float
    level: float


def difference(estimates: DomainEstimates, later: str, earlier: str, level: float = 0.95) -> Contrast:
    """Later minus earlier (or any two domains), with their covariance.

    In a design made by `pooled_waves` this is the change between independent waves (covariance zero), overlapping waves
    or a panel (covariance from the people or areas in both).
    """
    return contrast(estimates, {later: 1.0, earlier: -1.0}, level)


def standardise(
    estimates: DomainEstimates, population: Mapping[str, float], level: float = 0.95, within: str = ""
) -> Contrast:
    """Directly standardised estimate: what the population would have answered with one fixed age and sex composition.

    Σ π_g p_g with the population's shares π_g; the variance uses the covariance between groups (Fleiss 1981,
    *Statistical Methods for Rates and Proportions*, chapter 14). Same result as R `svycontrast` on `svyby`.

    Parameters
    ----------
    estimates
        By group, for example over `crossed(wave, sex, age)`.
    population
        People by group, keys as in the labels of the estimates (after `within`).
    within
        Label of the wave when the domains cross waves with groups: groups are then "wave | group".

    Raises
    ------
    InputError
        A group of the population has no answers.
    """
    whole = float(sum(population.values()))
    prefix = f"{within} | " if within else ""
    weights = {prefix + group: people / whole for group, people in population.items()}
    empty = [group for group in weights if group not in estimates.labels]
    if empty:
        raise InputError(
            "standard population",
            found=f"groups without answers: {', '.join(empty)}",
            expected="answers in every group of the population",
            todo="merge thin groups in the population and in the survey alike",
        )
    return contrast(estimates, weights, level)


def contrast(estimates: DomainEstimates, weights: Mapping[str, float], level: float = 0.95) -> Contrast:
    """Weighted sum of the named domains' estimates."""
    vector = np.zeros(len(estimates.labels))
    for label, weight in weights.items():
        vector[estimates.position(label)] += weight
    used = np.flatnonzero(vector)
    variance = float(vector @ np.nan_to_num(estimates.covariance()) @ vector)
    return t_contrast(
        float(vector[used] @ estimates.estimate[used]),
        float(np.sqrt(max(variance, 0.0))) if np.isfinite(estimates.standard_error[used]).all() else np.nan,
        _degrees_of_freedom(estimates, used),
        level,
    )


def t_contrast(estimate: float, standard_error: float, degrees_of_freedom: float, level: float = 0.95) -> Contrast:
    """Interval and p of an estimate from one and the same t distribution; NaN where it has no degrees of freedom."""
    low, high = linear_limits(estimate, standard_error, degrees_of_freedom, level)
    return Contrast(
        estimate,
        standard_error,
        float(low),
        float(high),
        two_sided_p(estimate, standard_error, degrees_of_freedom),
        degrees_of_freedom,
        level,
    )


def in_points(shares: Contrast) -> Contrast:
    """Turn a contrast of shares (0–1) into per cent or percentage points; p and degrees of freedom stay."""
    return replace(
        shares,
        estimate=100 * shares.estimate,
        standard_error=100 * shares.standard_error,
        low=100 * shares.low,
        high=100 * shares.high,
    )


def two_sided_p(estimate: float, standard_error: float, degrees_of_freedom: float) -> float:
    """P of |t| at least as large; NaN without standard error or degrees of freedom."""
    if not (standard_error > 0 and degrees_of_freedom > 0):
        return float("nan")
    return float(2 * special.stdtr(degrees_of_freedom, -abs(estimate) / standard_error))


def _degrees_of_freedom(estimates: DomainEstimates, used: Codes) -> float:
    """As the domains of the contrast together would have: a cluster in two of them counts once."""
    parts = estimates.parts
    cells = np.isin(parts.cell_domain(), used)
    if estimates.answered is not None:
        cells &= estimates.answered
    clusters = np.unique(parts.cell_cluster[cells])
    return float(clusters.size - np.unique(estimates.design.cluster_stratum[clusters]).size)
