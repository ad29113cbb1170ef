"""Result objects: a number travels with its interval, unit and method; table, figure, sentence and JSON read them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Scale = Literal["ratio", "additive"]
CheckVerdict = Literal["passed", "failed", "too_little_data", "informational"]
Verdict = Literal["clear_decrease", "clear_increase", "no_clear_change", "direction_only", "cannot_be_assessed"]
Wanted = Literal["decrease", "increase", "open"]

_NOTHING: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one design says about one agreement period in one area.

    Attributes
    ----------
    design
        own_trend_reml, own_trend_quasi_poisson, own_trend_negative_binomial, own_trend_hac, difference_in_differences,
        synthetic_control, synthetic_did, weighted_displacement_difference, rate_ratio, survey_change.
    scale
        "ratio": observed / expected, 1 = no change; intervals are made on the log scale unless the design says so;
        "additive": observed − expected in the unit of the series (percentage points for shares), 0 = no change.
    estimate, low, high
        Point estimate and limits of the interval at `level`, on `scale`.
    p
        Two-sided p of "no change", from the same inference as the interval: p < 1 − level exactly when the interval
        excludes no change.
    standard_error
        On the analysis scale (log for ratios); NaN where the design has none (placebo inference).
    observed, expected
        Sum of cases in the period, and the sum expected without the agreement, with expected = observed / estimate for
        ratios, so the three never contradict each other. NaN where cases have no meaning. "additive": means per point.
    n_baseline, n_period
        Points used on either side (placebo designs: of the treated area).
    method
        One English line naming model, inference and software-independent settings.
    details
        Further numbers by name (rho, dispersion, harmonics, draws, donors, rmspe_ratio, …).
    level
        Confidence level, 0.95.
    """

    design: str
    scale: Scale
    estimate: float
    low: float
    high: float
    p: float
    standard_error: float
    observed: float
    expected: float
    n_baseline: int
    n_period: int
    method: str
    details: Mapping[str, float] = field(default_factory=lambda: _NOTHING)
    level: float = 0.95

    @property
    def neutral(self) -> float:
        """The value that means no change: 1 for ratios, 0 for differences."""
        return 1.0 if self.scale == "ratio" else 0.0

    @property
    def per_cent(self) -> tuple[float, float, float]:
        """Estimate, low, high as per cent change (ratios only): −9.2 means 9.2 % below expected."""
        return (100 * (self.estimate - 1), 100 * (self.low - 1), 100 * (self.high - 1))

    @property
    def excess(self) -> tuple[float, float, float]:
        """Cases more (+) or fewer (−) than expected over the whole period, with limits; from the same inference."""
        return self._cases(self.estimate), self._cases(self.low), self._cases(self.high)

    def _cases(self, effect: float) -> float:
        if self.scale == "additive":
            return effect * self.n_period
        return self.observed * (1 - 1 / effect) if effect else -math.inf


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check with the verdict its name promises.

    Attributes
    ----------
    check
        Id, a key of the wording files (`ljung_box`, `placebo_dates`, …).
    verdict
        passed, failed, too_little_data or informational.
    statistic, p, threshold
        What was computed and against what it was held; NaN where the check has none.
    values
        Named numbers for the sentence and the table, all finite or NaN.
    rows
        Table behind the check's figure: column names and rows of plain scalars.
    """

    check: str
    verdict: CheckVerdict
    statistic: float
    p: float
    threshold: float
    values: Mapping[str, float] = field(default_factory=lambda: _NOTHING)
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str | float | int | bool, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why no effect is claimed: the rule of METHODS section 5 that fired, with the numbers that made it fire.

    `rule` is a key of the wording files (`too_few_points`, `short_baseline`, `too_few_cases`, `not_estimable`,
    `insensitive`, `no_data`, `series_broken`); `severity` "no_estimate" (nothing is shown), "description_only" (rate
    ratio marked as such), "no_verdict" (estimate shown, *cannot be assessed*) or "warning" (first in the report).
    """

    rule: str
    severity: Literal["no_estimate", "description_only", "no_verdict", "warning"]
    values: Mapping[str, float] = field(default_factory=lambda: _NOTHING)
