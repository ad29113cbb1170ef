"""Weighted displacement difference: whether offences fell at the target, or moved next door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from evaluation.errors import ParameterError
from evaluation.models.panel.exact import e_test
from evaluation.results import Estimate
from evaluation.series import Floats

DESIGN = "weighted_displacement_difference"
POWER = 0.80


@dataclass(frozen=True, slots=True)
class PlaceCounts:
    """Offences in one place before and after the start.

    Attributes
    ----------
    before, after
        Counts.
    area_weight
        Size of the place in any common unit (km², addresses): counts are divided by it.
    """

    before: float
    after: float
    area_weight: float = 1.0


NOTHING = PlaceCounts(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class DisplacementDifference:
    """Weighted displacement difference of one kind of offence, or of several weighted by harm.

    Attributes
    ----------
    estimate
        Offences fewer (−) or more (+) over the whole period (scale "additive", one period point), with the interval
        and p from the variance times `dispersion`.
    poisson
        The same with the Poisson variance alone, as in the paper.
    total, standard_error, z
        The difference, its Poisson standard error (offences) and their ratio.
    target_change, displacement_change
        Change of the target minus its control, and of the displacement area minus its own; they add up to `total`.
    dispersion
        Variance over mean used to widen the interval, ≥ 1.
    detectable
        Smallest change (offences, ≥ 0) that would be found with 80 % power, from the widened interval.
    exact_p
        E-test p (`e_test`) for small counts, Poisson; NaN when weights make the counts incomparable.
    """

    estimate: Estimate
    poisson: Estimate
    total: float
    standard_error: float
    z: float
    target_change: float
    displacement_change: float
    dispersion: float
    detectable: float
    exact_p: float


def weighted_displacement_difference(
    target: PlaceCounts,
    control: PlaceCounts,
    displacement: PlaceCounts = NOTHING,
    displacement_control: PlaceCounts = NOTHING,
    *,
    period_weights: tuple[float, float] = (1.0, 1.0),
    dispersion: float = 1.0,
    level: float = 0.95,
) -> DisplacementDifference:
    """Change at the target and next to it, minus the change at their controls (Wheeler and Ratcliffe 2018).

    *Crime Science* 7:11: total = (target change − control change) + (displacement change − its control's change), and
    the variance is the sum of all counts, each divided by its squared weight. With weights of one the total is a
    difference of two Poisson sums with equal means when nothing happened, so the E-test of these sums is its exact
    test for small counts.

    Parameters
    ----------
    period_weights
        Length of the periods before and after, in any common unit: counts are divided by them.
    dispersion
        Measured variance / mean of counts per point (`count_dispersion`); values below 1 count as 1.

    Raises
    ------
    ParameterError
        A negative count, a weight that is not positive, or no offences at all.
    """
    places = (target, control, displacement, displacement_control)
    _require_usable(places, period_weights)
    before, after = (np.array([getattr(place, when) for place in places]) for when in ("before", "after"))
    area = np.array([place.area_weight for place in places])
    change = after / (period_weights[1] * area) - before / (period_weights[0] * area)
    variance = after / (period_weights[1] * area) ** 2 + before / (period_weights[0] * area) ** 2
    observed = float((after / (period_weights[1] * area))[[0, 2]].sum())
    unweighted = bool((area == 1).all()) and period_weights == (1.0, 1.0)
    return _difference(
        float(change[0] - change[1]),
        float(change[2] - change[3]),
        float(np.sqrt(variance.sum())),
        observed,
        max(1.0, dispersion),
        _exact_p(before, after) if unweighted else float("nan"),
        level,
    )


def weighted_by_harm(
    differences: Sequence[DisplacementDifference], harm: Sequence[float], level: float = 0.95
) -> DisplacementDifference:
    """Sum the differences of several kinds of offences, each times the harm of one offence.

    Total = Σ w·difference and variance = Σ w²·variance, kinds taken as independent (Wheeler and Ratcliffe 2018). The
    dispersion is the variance-weighted mean of the parts.
    """
    weights = np.asarray(harm, dtype=np.float64)
    variances = np.array([difference.standard_error**2 for difference in differences]) * weights**2
    dispersion = float(variances @ np.array([difference.dispersion for difference in differences]) / variances.sum())
    return _difference(
        float(weights @ np.array([difference.target_change for difference in differences])),
        float(weights @ np.array([difference.displacement_change for difference in differences])),
        float(np.sqrt(variances.sum())),
        float(weights @ np.array([difference.estimate.observed for difference in differences])),
        dispersion,
        float("nan"),
        level,
    )


def count_dispersion(counts: Floats, segment: Sequence[int] | Floats | None = None) -> float:
    """Variance over mean of counts per point, pooled over places: Pearson chi-square / degrees of freedom.

    Each place and segment (before, after) has its own mean; season inflates the figure, which errs on the safe side.

    Parameters
    ----------
    counts
        Shape (places, points).
    segment
        Label per point, shape (points,); None is one segment.

    Returns
    -------
    float
        1 for Poisson counts; NaN when no place with offences has two points in a segment.
    """
    labels = np.zeros(counts.shape[1]) if segment is None else np.asarray(segment)
    chi_square, freedom = 0.0, 0
    for label in np.unique(labels):
        part = counts[:, labels == label]
        mean = part.mean(axis=1, keepdims=True)
        filled = mean[:, 0] > 0
        chi_square += float(((part[filled] - mean[filled]) ** 2 / mean[filled]).sum())
        freedom += int(filled.sum()) * (part.shape[1] - 1)
    return chi_square / freedom if freedom else float("nan")


def _difference(
    target_change: float,
    displacement_change: float,
    standard_error: float,
    observed: float,
    dispersion: float,
    exact_p: float,
    level: float,
) -> DisplacementDifference:
    total = target_change + displacement_change
    normal = NormalDist()
    widened = standard_error * dispersion**0.5
    return DisplacementDifference(
        estimate=_estimate(total, widened, observed, f"variance x dispersion {dispersion:.3g}", level),
        poisson=_estimate(total, standard_error, observed, "Poisson variance", level),
        total=total,
        standard_error=standard_error,
        z=total / standard_error,
        target_change=target_change,
        displacement_change=displacement_change,
        dispersion=dispersion,
        detectable=(normal.inv_cdf((1 + level) / 2) + normal.inv_cdf(POWER)) * widened,
        exact_p=exact_p,
    )


def _estimate(total: float, standard_error: float, observed: float, variance: str, level: float) -> Estimate:
    normal = NormalDist()
    half = normal.inv_cdf((1 + level) / 2) * standard_error
    return Estimate(
        design=DESIGN,
        scale="additive",
        estimate=total,
        low=total - half,
        high=total + half,
        p=2 * normal.cdf(-abs(total / standard_error)),
        standard_error=standard_error,
        observed=observed,
        expected=observed - total,
        n_baseline=1,
        n_period=1,
        method=f"weighted displacement difference (Wheeler and Ratcliffe 2018), normal interval, {variance}",
        level=level,
    )


def _exact_p(before: Floats, after: Floats) -> float:
    """Test counts that enter with plus against counts that enter with minus (target and displacement: places 0, 2)."""
    plus = after[0] + after[2] + before[1] + before[3]
    minus = before[0] + before[2] + after[1] + after[3]
    return e_test(int(plus), int(minus))


def _require_usable(places: Sequence[PlaceCounts], period_weights: tuple[float, float]) -> None:
    counts = [count for place in places for count in (place.before, place.after)]
    weights = [*period_weights, *(place.area_weight for place in places)]
    if not (all(count >= 0 for count in counts) and sum(counts) > 0 and all(weight > 0 for weight in weights)):
        raise ParameterError(
            "weighted displacement difference",
            found=f"counts {counts}, weights {weights}",
            expected="counts of at least 0, at least one offence, weights above 0",
            todo="give counts before and after for target and control, and period lengths and areas as weights",
        )
