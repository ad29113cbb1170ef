"""Confidence limits for shares and other estimates, with the design's degrees of freedom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from evaluation.errors import ParameterError
from evaluation.series import Floats
from evaluation.survey.estimates import DomainEstimates

IntervalMethod = Literal["logit", "beta", "linear"]


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """Interval limits in the unit of the estimates, shape (k,); NaN where no degrees of freedom are left.

    Attributes
    ----------
    low, high
        Limits at `level`.
    method
        "logit", "beta" or "linear" for each domain; a share of 0 or 1 always has "beta".
    """

    low: Floats
    high: Floats
    method: tuple[str, ...]
    level: float


def limits_of(estimates: DomainEstimates, method: IntervalMethod = "logit", level: float = 0.95) -> Limits:
    """Interval for every domain.

    "logit": t interval for log(p/(1 − p)), standard error SE/(p(1 − p)), carried back (R `svyciprop(method="logit")`).
    "beta": exact binomial limits at the effective base, corrected for degrees of freedom (Korn, Graubard 1998, *Survey
    Methodology* 24:193–201). A share of 0 or 1 has no logit; it gets "beta" at Kish's effective base.
    "linear": estimate ± t · SE, the only one for means, ratios and totals.
    """
    if estimates.quantity != "share" and method != "linear":
        raise ParameterError(
            "interval method",
            found=f"{method!r} for a {estimates.quantity}",
            expected="'linear' for anything that is not a share",
            todo="ask for linear limits",
        )
    if method == "linear":
        low, high = linear_limits(estimates.estimate, estimates.standard_error, estimates.degrees_of_freedom, level)
        return Limits(low, high, ("linear",) * low.size, level)
    p, df = estimates.estimate, estimates.degrees_of_freedom
    low, high = logit_limits(p, estimates.standard_error, df, level)
    exact = (estimates.standard_error == 0) if method == "logit" else np.ones(p.size, dtype=bool)
    if exact.any():
        base = _binomial_base(estimates)[exact]
        low[exact], high[exact] = beta_limits(p[exact], base, df[exact], estimates.answers[exact], level)
    return Limits(low, high, tuple("beta" if beta else "logit" for beta in exact), level)


def _binomial_base(estimates: DomainEstimates) -> Floats:
    """Answers of a binomial with the same variance, p(1 − p)/V; Kish's effective base where the variance is zero."""
    p, variance = estimates.estimate, estimates.standard_error**2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(variance > 0, p * (1 - p) / variance, estimates.effective_base)


def linear_limits(
    estimate: ArrayLike, standard_error: ArrayLike, degrees_of_freedom: ArrayLike, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Estimate ± t · standard error."""
    half = t_quantile(degrees_of_freedom, level) * np.asarray(standard_error, dtype=np.float64)
    middle = np.asarray(estimate, dtype=np.float64)
    return middle - half, middle + half


def logit_limits(
    share: ArrayLike, standard_error: ArrayLike, degrees_of_freedom: ArrayLike, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Limits of a share (0–1) made on the log odds, where they cannot leave 0–1."""
    p = np.asarray(share, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        half = t_quantile(degrees_of_freedom, level) * np.asarray(standard_error) / (p * (1 - p))
        return np.asarray(special.expit(special.logit(p) - half)), np.asarray(special.expit(special.logit(p) + half))


def beta_limits(
    share: ArrayLike,
    effective_base: ArrayLike,
    degrees_of_freedom: ArrayLike,
    answers: ArrayLike,
    level: float = 0.95,
) -> tuple[Floats, Floats]:
    """Clopper–Pearson limits of a share (0–1) at the effective base, shrunk by the ratio of t quantiles, squared."""
    p = np.asarray(share, dtype=np.float64)
    adjustment = t_quantile(np.asarray(answers) - 1, level) / t_quantile(degrees_of_freedom, level)
    n = np.asarray(effective_base) * adjustment**2
    tail = (1 - level) / 2
    with np.errstate(invalid="ignore"):
        low = np.where(p > 0, special.betaincinv(n * p, n * (1 - p) + 1, tail), np.where(p == 0, 0 * n, np.nan))
        high = np.where(
            p < 1, special.betaincinv(n * p + 1, n * (1 - p), 1 - tail), np.where(p == 1, 1 + 0 * n, np.nan)
        )
    return low, high


def t_quantile(degrees_of_freedom: ArrayLike, level: float) -> Floats:
    """Two-sided t quantile; infinite degrees of freedom are the normal, none at all give NaN."""
    df = np.asarray(degrees_of_freedom, dtype=np.float64)
    return np.where(df > 0, special.stdtrit(np.where(df > 0, df, 1.0), 1 - (1 - level) / 2), np.nan)
