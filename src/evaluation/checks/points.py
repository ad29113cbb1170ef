"""Whether the answer rests on a single point: the most influential one, and every point left out in turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.checks.conclusion import conclusion, shown_with_limits, stands
from evaluation.checks.subject import Subject
from evaluation.checks.windows import without_points
from evaluation.models import NotEstimableError, influence
from evaluation.models.ar1 import Integers, correlated, standard_normals
from evaluation.models.design import average_contrast
from evaluation.results import CheckResult, CheckVerdict, Estimate
from evaluation.series import Floats

DRAWS = 999


def single_point_check(subject: Subject) -> CheckResult:
    """Ask whether one point pulls the effect more than chance does, and whether the answer stands without it.

    DFBETAS (Belsley, Kuh and Welsch 1980): the shift of the effect without a point, in standard errors, at the fitted
    autocorrelation; p of the largest by parametric bootstrap, because with 16 points one lies beyond the usual limit of
    1 in every third correct model. *Passed*: no point pulls more than chance. *Informational*: one does, but the answer
    stands without it. *Failed*: the answer falls without it.
    """
    shifts = _Shifts.of(subject)
    dfbetas = shifts.dfbetas(subject.fit.reml.responses)[:, 0]
    largest = int(np.argmax(np.abs(dfbetas)))
    p = shifts.p(float(np.abs(dfbetas[largest])), subject.settings.seed)
    place = int(subject.fit.design.rows[largest])
    without = _without(subject, place)
    months = subject.series.start[place].astype("datetime64[M]").astype(int)
    values = {"year": float(months // 12 + 1970), "month": float(months % 12 + 1), "dfbetas": float(dfbetas[largest])}
    values |= shown_with_limits(subject.estimate) | _told_without(without)
    rows = tuple(
        (str(subject.series.start[row]), float(shift))
        for row, shift in zip(subject.fit.design.rows, dfbetas, strict=True)
    )
    return CheckResult(
        "single_point",
        _single_point_verdict(subject, p, without),
        float(abs(dfbetas[largest])),
        p,
        subject.settings.alpha,
        values,
        ("start", "dfbetas"),
        rows,
    )


def leave_one_out_check(subject: Subject) -> CheckResult:
    """Leave out every point in turn, refit, and show the range of the effect.

    *Passed*: the whole range lies inside the interval of the planned estimate (and so, when the change is clear, on one
    side of no change). *Failed*: some point alone moves the effect out of it. Statistic: the number of such points.
    """
    found = influence(subject.series, subject.window, subject.fit)
    known = np.isfinite(found.effect)
    low, high = _limits(subject.estimate)
    outside = int(np.sum((found.effect[known] < low) | (found.effect[known] > high)))
    told = _told(subject, found.effect)
    values = {
        "points": float(known.sum()),
        "outside": float(outside),
        "smallest_effect": float(np.nanmin(told)),
        "largest_effect": float(np.nanmax(told)),
    } | shown_with_limits(subject.estimate)
    rows = tuple((str(subject.series.start[row]), float(effect)) for row, effect in zip(found.rows, told, strict=True))
    verdict: CheckVerdict = "failed" if outside else "passed"
    return CheckResult("leave_one_out", verdict, float(outside), float("nan"), 0.0, values, ("start", "effect"), rows)


def _single_point_verdict(subject: Subject, p: float, without: Estimate | None) -> CheckVerdict:
    if p >= subject.settings.alpha:
        return "passed"
    if without is None:
        return "too_little_data"
    same = conclusion(subject.estimate) == conclusion(without)  # one point less does not change what can be seen
    return "informational" if same and stands(subject.estimate, without) else "failed"


def _without(subject: Subject, place: int) -> Estimate | None:
    left_out = np.zeros(subject.series.n, dtype=bool)
    left_out[place] = True
    try:
        return subject.again(without_points(subject.window, left_out))
    except NotEstimableError:
        return None


def _told_without(without: Estimate | None) -> dict[str, float]:
    if without is None:
        return {"without_effect": float("nan")}
    return shown_with_limits(without, "without_")


def _limits(estimate: Estimate) -> tuple[float, float]:
    if estimate.scale == "additive":
        return estimate.low, estimate.high
    return float(np.log(estimate.low)), float(np.log(estimate.high))


def _told(subject: Subject, effect: Floats) -> Floats:
    return 100.0 * np.expm1(effect) if subject.series.scale == "count" else effect


@dataclass(frozen=True, slots=True, eq=False)
class _Shifts:
    """Deletion of single points from a generalised regression at a known ρ.

    Leaving a point out is the same as giving it a coefficient of its own. With Q = R⁻¹ − R⁻¹X(X′R⁻¹X)⁻¹X′R⁻¹ that
    coefficient is (Qy)ᵢ / Qᵢᵢ, the effect moves by pullᵢ times it, and the residual sum y′Qy falls by (Qy)²ᵢ / Qᵢᵢ.
    """

    residual: Floats
    pull: Floats
    unit_error: float
    df: int
    time: Integers
    rho: float

    @classmethod
    def of(cls, subject: Subject) -> _Shifts:
        design, rho = subject.fit.reml.design, float(subject.fit.reml.rho[0])
        contrast = average_contrast(subject.series, subject.window, subject.fit.design)
        precision = np.linalg.inv(rho ** np.abs(design.time[:, None] - design.time[None, :]).astype(float))
        weighted = precision @ design.X
        covariance = np.linalg.inv(design.X.T @ weighted)
        residual = precision - weighted @ covariance @ weighted.T
        error = float(np.sqrt(contrast @ covariance @ contrast))
        return cls(residual, contrast @ covariance @ weighted.T, error, design.df, design.time, rho)

    def dfbetas(self, responses: Floats) -> Floats:
        """Compute DFBETAS of the effect for every point of every response: (n, m) → (n, m)."""
        turned, own = self.residual @ responses, np.diag(self.residual)[:, None]
        total = np.sum(responses * turned, axis=0)
        left = np.maximum(total - turned**2 / own, 1e-300) / (self.df - 1)
        shifts: Floats = self.pull[:, None] * turned / own / (np.sqrt(left) * self.unit_error)
        return shifts

    def p(self, largest: float, seed: int) -> float:
        """Return how often a correct model has a largest |DFBETAS| of at least this size."""
        normals = standard_normals(self.time.size, DRAWS, seed)
        null = np.abs(self.dfbetas(correlated(normals, self.time, np.array(self.rho)))).max(axis=0)
        return float((1.0 + np.sum(null >= largest)) / (DRAWS + 1.0))
