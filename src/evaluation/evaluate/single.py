"""The whole analysis of one series outside any study: every design, what refuses, checks, variants and the verdict."""

from __future__ import annotations

from dataclasses import dataclass

from evaluation.checks import SpecificationCurve, specification_curve, subject_of
from evaluation.evaluate.against import AgainstBaseline, CheckInputs, against_baseline, detectable_per_cent
from evaluation.evaluate.coarser import coarser_panel, coarsest_needed
from evaluation.evaluate.verdict import Judgement, judge
from evaluation.models import published
from evaluation.models.panel import Panel
from evaluation.series import Grain, TimeSeries, Window
from evaluation.study.model import AnalysisPlan, Thresholds

PLAN = AnalysisPlan(minimum_donors=2)
THRESHOLDS = Thresholds()


@dataclass(frozen=True, slots=True, eq=False)
class SeriesEvaluation:
    """One series, one period, judged by the rules of an agreement's only primary outcome.

    Attributes
    ----------
    series
        What was evaluated, on the grain that was used.
    against
        Designs, smallest detectable change, refusals, checks.
    curve
        Specification curve; none without a primary estimate.
    judgement
        Verdict, grade, rule.
    aggregated_to
        Grain to which thin counts were added together; none where they were not.
    """

    series: TimeSeries
    against: AgainstBaseline
    curve: SpecificationCurve | None
    judgement: Judgement
    aggregated_to: Grain | None


def evaluate_series(
    series: TimeSeries,
    window: Window,
    panel: Panel | None = None,
    *,
    harmonics: int | None = None,
    plan: AnalysisPlan = PLAN,
    thresholds: Thresholds = THRESHOLDS,
) -> SeriesEvaluation:
    """Evaluate any series.

    Parameters
    ----------
    panel
        The series' area first, then its comparison areas; none without.
    harmonics
        Seasonal frequencies of every own-trend design; None follows the rule of the models.
    """
    thin = _thin(series, window, thresholds)
    if thin is not None:
        series, window = thin
        panel = coarser_panel(panel, series.grain) if panel is not None else None
    against = against_baseline(
        series, window, panel, plan=plan, thresholds=thresholds, harmonics=harmonics, checked=CheckInputs()
    )
    curve = None
    if against.estimates and against.expectation is not None:
        primary, fit = against.estimates[0], against.expectation.fit
        curve = specification_curve(
            subject_of(series, window, plan=plan, thresholds=thresholds, estimate=primary, fit=fit)
        )
    return SeriesEvaluation(
        series, against, curve, _judged(series, against, thresholds), series.grain if thin is not None else None
    )


def _thin(series: TimeSeries, window: Window, thresholds: Thresholds) -> tuple[TimeSeries, Window] | None:
    used = window.used & published(series)
    if series.scale == "value" or not used.any():
        return None
    minimum = thresholds.minimum_cases_per_point
    return coarsest_needed(series, window, minimum) if series.count[used].mean() < minimum else None


def _judged(series: TimeSeries, against: AgainstBaseline, thresholds: Thresholds) -> Judgement:
    detectable = float("nan")
    if against.detectable is not None:
        detectable = detectable_per_cent(series, against.window, against.detectable)
    return judge(
        against.primary,
        against.primary.p if against.primary else float("nan"),
        detectable,
        against.usable_comparisons,
        described=against.description is not None,
        largest_detectable=thresholds.largest_detectable_change,
    )
