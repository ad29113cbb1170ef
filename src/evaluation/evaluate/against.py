"""One series held against one baseline: description, every design that applies, what refuses, and the checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from evaluation.checks import run_checks
from evaluation.evaluate.refusals import (
    allows_estimate,
    allows_verdict,
    insensitive,
    not_estimable,
    refusals_before,
)
from evaluation.models import (
    Counterfactual,
    DetectableChange,
    NotEstimableError,
    counterfactual,
    own_trend_fit,
    own_trends,
    published,
    rate_ratio,
    smallest_detectable_change,
)
from evaluation.models.panel import (
    Panel,
    PanelResult,
    difference_in_differences,
    synthetic_control,
    synthetic_did,
)
from evaluation.results import CheckResult, Estimate, Refusal
from evaluation.series import TimeSeries, Window
from evaluation.study.model import AnalysisPlan, ContextEvent, Oddity, Thresholds

Comparison = Callable[[Panel, str, Window], PanelResult]
COMPARISON_DESIGNS: Mapping[str, Comparison] = {
    "difference_in_differences": difference_in_differences,
    "synthetic_control": synthetic_control,
    "synthetic_did": synthetic_did,
}


@dataclass(frozen=True, slots=True, eq=False)
class AgainstBaseline:
    """One agreement held against one baseline.

    Attributes
    ----------
    window
        Points used on either side.
    description
        Before/after ratio of rates, marked as description; none where there are no data.
    estimates
        Own-trend designs, the primary (REML) first; empty where refused.
    detectable
        Smallest detectable change of the primary design; none where refused.
    expectation
        Fitted and expected per point with interval, for the figure; none where refused.
    comparisons
        Designs against comparison areas; empty where the source has none.
    refusals
        What limits the answer, gravest first; empty where nothing does.
    checks
        Checks of the primary estimate; empty where they were not asked for, or there is no estimate.
    """

    window: Window
    description: Estimate | None
    estimates: tuple[Estimate, ...]
    detectable: DetectableChange | None
    expectation: Counterfactual | None
    comparisons: tuple[PanelResult, ...]
    refusals: tuple[Refusal, ...]
    checks: tuple[CheckResult, ...] = ()

    @property
    def primary(self) -> Estimate | None:
        """The primary own-trend estimate if it may carry a verdict."""
        return self.estimates[0] if self.estimates and allows_verdict(self.refusals) else None

    @property
    def usable_comparisons(self) -> tuple[Estimate, ...]:
        """Comparison estimates that passed their gates and whose pool is large enough for p < .05."""
        return tuple(result.estimate for result in self.comparisons if may_count(result))


def may_count(result: PanelResult) -> bool:
    """Tell whether a design passed its gate and its pool can reach p < .05: only then may it carry a verdict."""
    return result.gate.passed and has_limits(result.estimate)


def has_limits(estimate: Estimate) -> bool:
    """Tell whether the pool is large enough for limits at the level of the estimate."""
    return estimate.details["smallest_p"] < 1 - estimate.level


@dataclass(frozen=True, slots=True, eq=False)
class CheckInputs:
    """What the checks of one series need besides the series; see `checks.run_checks`."""

    events: tuple[ContextEvent, ...] = ()
    oddities: tuple[Oddity, ...] = ()
    negative_control: TimeSeries | None = None
    reporting: CheckResult | None = None


def against_baseline(
    series: TimeSeries,
    window: Window,
    panel: Panel | None,
    *,
    plan: AnalysisPlan,
    thresholds: Thresholds,
    breaks: Iterable[ContextEvent] = (),
    harmonics: int | None = None,
    checked: CheckInputs | None = None,
) -> AgainstBaseline:
    """Hold one series against one baseline by every design that applies.

    Parameters
    ----------
    breaks
        Registered breaks between baseline and period: each refuses an estimate.
    harmonics
        Seasonal frequencies; None follows the rule of the models.
    checked
        Inputs of the checks; None runs none.
    """
    refusals = refusals_before(series, window, thresholds, breaks)
    if any(refusal.severity == "no_estimate" for refusal in refusals):
        return AgainstBaseline(window, None, (), None, None, (), refusals)
    description = described(series, window)
    if not allows_estimate(refusals):
        return AgainstBaseline(window, description, (), None, None, (), refusals)
    bare = AgainstBaseline(window, description, (), None, None, comparisons_of(series, window, panel, plan), refusals)
    try:
        estimated = _with_own_trend(bare, series, plan, thresholds, harmonics)
    except NotEstimableError as error:
        return replace(bare, refusals=(*refusals, not_estimable(error.reason)))
    if checked is None:
        return estimated
    return replace(estimated, checks=_checks(estimated, series, panel, plan, thresholds, checked))


def described(series: TimeSeries, window: Window) -> Estimate | None:
    """Give the before/after ratio, or nothing where a segment holds no cases."""
    try:
        return rate_ratio(series, window)
    except NotEstimableError:
        return None


def comparisons_of(
    series: TimeSeries, window: Window, panel: Panel | None, plan: AnalysisPlan
) -> tuple[PanelResult, ...]:
    """Run every comparison design that has enough areas and points."""
    if panel is None or len(panel.areas) - 1 < plan.minimum_donors:
        return ()
    try:
        return tuple(design(panel, series.area, window) for design in COMPARISON_DESIGNS.values())
    except NotEstimableError:
        return ()


def detectable_per_cent(series: TimeSeries, window: Window, detectable: DetectableChange) -> float:
    """Give the smallest detectable fall in per cent; for values, of the baseline's mean (infinite when not positive).

    A quantity without a positive level has no per cent: then nothing says that its figures are sharp enough.
    """
    if series.scale == "count":
        return abs(detectable.decrease)
    level = float(series.count[window.baseline & published(series)].mean())
    return 100 * abs(detectable.decrease) / level if level > 0 else float("inf")


def _with_own_trend(
    bare: AgainstBaseline, series: TimeSeries, plan: AnalysisPlan, thresholds: Thresholds, harmonics: int | None
) -> AgainstBaseline:
    window, slope = bare.window, plan.slope_change
    fit = own_trend_fit(series, window, harmonics=harmonics, slope_change=slope)
    trends = own_trends(series, window, harmonics=harmonics, slope_change=slope, draws=plan.draws, seed=plan.seed)
    if plan.primary_design in trends.refused:
        raise trends.refused[plan.primary_design]
    detectable = smallest_detectable_change(
        series, window, harmonics=harmonics, slope_change=slope, draws=plan.draws, seed=plan.seed, fit=fit
    )
    blunt = insensitive(detectable_per_cent(series, window, detectable), thresholds)
    return replace(
        bare,
        estimates=trends.estimates,
        detectable=detectable,
        expectation=counterfactual(series, window, slope_change=slope, fit=fit),
        refusals=(*bare.refusals, *((blunt,) if blunt else ())),
    )


def _checks(
    estimated: AgainstBaseline,
    series: TimeSeries,
    panel: Panel | None,
    plan: AnalysisPlan,
    thresholds: Thresholds,
    checked: CheckInputs,
) -> tuple[CheckResult, ...]:
    return run_checks(
        series,
        estimated.window,
        plan=plan,
        thresholds=thresholds,
        events=checked.events,
        oddities=checked.oddities,
        panel=panel if estimated.comparisons else None,
        negative_control=checked.negative_control,
        reporting=checked.reporting,
        estimate=estimated.estimates[0],
        fit=estimated.expectation.fit if estimated.expectation else None,
    )
