"""One indicator in one agreement: every design that applies, against every baseline, judged together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from evaluation.evaluate.refusals import (
    allows_estimate,
    allows_verdict,
    insensitive,
    not_estimable,
    refusals_before,
)
from evaluation.evaluate.verdict import Judgement, benjamini_hochberg, holm, judge
from evaluation.models import (
    Counterfactual,
    DetectableChange,
    NotEstimableError,
    counterfactual,
    own_trends,
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
from evaluation.periods import baseline_kinds, crossed_breaks, window_of
from evaluation.results import Estimate, Refusal
from evaluation.series import TimeSeries, Window
from evaluation.study.model import Agreement, Indicator, Study

COMPARISON_DESIGNS = (difference_in_differences, synthetic_control, synthetic_did)


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
    """

    window: Window
    description: Estimate | None
    estimates: tuple[Estimate, ...]
    detectable: DetectableChange | None
    expectation: Counterfactual | None
    comparisons: tuple[PanelResult, ...]
    refusals: tuple[Refusal, ...]

    @property
    def primary(self) -> Estimate | None:
        """The primary own-trend estimate if it may carry a verdict."""
        return self.estimates[0] if self.estimates and allows_verdict(self.refusals) else None

    @property
    def usable_comparisons(self) -> tuple[Estimate, ...]:
        """Comparison estimates that passed their gates and whose pool is large enough for p < .05."""
        return tuple(
            result.estimate
            for result in self.comparisons
            if result.gate.passed and result.estimate.details["smallest_p"] < 1 - result.estimate.level
        )


@dataclass(frozen=True, slots=True, eq=False)
class AgreementEvaluation:
    """One indicator in one agreement, judged.

    Attributes
    ----------
    agreement, indicator
        Entries of the study file.
    series
        Whole series of the target area.
    against
        The registered primary baseline first, then the other.
    judgement
        Verdict, grade, rule, adjusted p.
    """

    agreement: Agreement
    indicator: Indicator
    series: TimeSeries
    against: tuple[AgainstBaseline, ...]
    judgement: Judgement

    @property
    def main(self) -> AgainstBaseline:
        """The comparison that decides: the registered primary baseline."""
        return self.against[0]

    @property
    def interim(self) -> bool:
        """Whether the agreement has not ended within the data."""
        return self.main.window.share_observed < 1


def evaluate_indicator(
    study: Study, agreement: Agreement, indicator: Indicator, series: TimeSeries, panel: Panel | None
) -> AgreementEvaluation:
    """Evaluate one indicator in one agreement; its verdict stands alone until `judge_together` has seen the others."""
    kinds = sorted(baseline_kinds(agreement), key=lambda kind: kind != study.plan.primary_baseline)
    against = tuple(
        _against(study, indicator, series, window_of(study, agreement, kind, series), panel) for kind in kinds
    )
    p = against[0].primary.p if against[0].primary else float("nan")
    return AgreementEvaluation(agreement, indicator, series, against, _judgement(study, against[0], p, 1))


def judge_together(study: Study, evaluations: Sequence[AgreementEvaluation]) -> tuple[AgreementEvaluation, ...]:
    """Adjust for multiplicity within one agreement: Holm over primary outcomes, Benjamini–Hochberg over the others."""
    primary = {e.indicator.id: _p(e) for e in evaluations if e.indicator.role == "primary"}
    others = {e.indicator.id: _p(e) for e in evaluations if e.indicator.role != "primary"}
    adjusted = {**holm(primary), **benjamini_hochberg(others)}
    family = max(1, sum(_is_tested(e) for e in evaluations if e.indicator.role == "primary"))
    return tuple(replace(e, judgement=_judgement(study, e.main, adjusted[e.indicator.id], family)) for e in evaluations)


def _against(
    study: Study, indicator: Indicator, series: TimeSeries, window: Window, panel: Panel | None
) -> AgainstBaseline:
    breaks = crossed_breaks(study, indicator.offence_type, series, window)
    refusals = refusals_before(series, window, study.thresholds, breaks)
    if any(refusal.severity == "no_estimate" for refusal in refusals):
        return AgainstBaseline(window, None, (), None, None, (), refusals)
    description = rate_ratio(series, window)
    if not allows_estimate(refusals):
        return AgainstBaseline(window, description, (), None, None, (), refusals)
    comparisons = _comparisons(study, series, window, panel)
    try:
        return _with_own_trend(study, series, window, description, comparisons, refusals)
    except NotEstimableError as error:
        return AgainstBaseline(
            window, description, (), None, None, comparisons, (*refusals, not_estimable(error.reason))
        )


def _with_own_trend(
    study: Study,
    series: TimeSeries,
    window: Window,
    description: Estimate,
    comparisons: tuple[PanelResult, ...],
    refusals: tuple[Refusal, ...],
) -> AgainstBaseline:
    plan = study.plan
    trends = own_trends(series, window, slope_change=plan.slope_change, draws=plan.draws, seed=plan.seed)
    if plan.primary_design in trends.refused:
        raise trends.refused[plan.primary_design]
    detectable = smallest_detectable_change(
        series, window, slope_change=plan.slope_change, draws=plan.draws, seed=plan.seed
    )
    blunt = insensitive(abs(detectable.decrease), study.thresholds)
    return AgainstBaseline(
        window=window,
        description=description,
        estimates=trends.estimates,
        detectable=detectable,
        expectation=counterfactual(series, window, slope_change=plan.slope_change),
        comparisons=comparisons,
        refusals=(*refusals, *((blunt,) if blunt else ())),
    )


def _comparisons(study: Study, series: TimeSeries, window: Window, panel: Panel | None) -> tuple[PanelResult, ...]:
    if panel is None or len(panel.areas) - 1 < study.plan.minimum_donors:
        return ()
    return tuple(design(panel, series.area, window) for design in COMPARISON_DESIGNS)


def _judgement(study: Study, main: AgainstBaseline, p_adjusted: float, family: int) -> Judgement:
    return judge(
        main.primary,
        p_adjusted,
        abs(main.detectable.decrease) if main.detectable else float("nan"),
        main.usable_comparisons,
        described=main.description is not None,
        family=family,
        largest_detectable=study.thresholds.largest_detectable_change,
    )


def _p(evaluation: AgreementEvaluation) -> float:
    return evaluation.main.primary.p if evaluation.main.primary else float("nan")


def _is_tested(evaluation: AgreementEvaluation) -> bool:
    return evaluation.main.primary is not None or bool(evaluation.main.usable_comparisons)
