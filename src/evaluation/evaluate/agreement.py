"""One indicator in one agreement: every design that applies, against every baseline, judged together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from evaluation.checks.windows import same_dates
from evaluation.evaluate.against import (
    AgainstBaseline,
    CheckInputs,
    against_baseline,
    detectable_per_cent,
)
from evaluation.evaluate.coarser import coarsened, coarser_panel, coarsest_needed
from evaluation.evaluate.verdict import Judgement, benjamini_hochberg, holm, judge
from evaluation.indicators import point_end
from evaluation.models.panel import Panel
from evaluation.periods import baseline_kinds, crossed_breaks, events_in, window_of
from evaluation.results import CheckResult
from evaluation.series import Grain, TimeSeries, Window
from evaluation.study.model import Agreement, ContextEvent, Indicator, Study


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
    aggregated_to
        Grain to which the points were added together because they held too few cases; none where they were not.
        `series` and every window are then on that grain.
    """

    agreement: Agreement
    indicator: Indicator
    series: TimeSeries
    against: tuple[AgainstBaseline, ...]
    judgement: Judgement
    aggregated_to: Grain | None = None

    @property
    def main(self) -> AgainstBaseline:
        """The comparison that decides: the registered primary baseline."""
        return self.against[0]

    @property
    def interim(self) -> bool:
        """Whether the agreement has not ended within the data."""
        return self.main.window.share_observed < 1


def evaluate_indicator(
    study: Study,
    agreement: Agreement,
    indicator: Indicator,
    series: TimeSeries,
    panel: Panel | None,
    *,
    negative_control: TimeSeries | None = None,
    reporting: CheckResult | None = None,
    grain: Grain | None = None,
    with_checks: bool = True,
) -> AgreementEvaluation:
    """Evaluate one indicator in one agreement; its verdict stands alone until `judge_together` has seen the others.

    Thin counts are added together to a coarser grid first (METHODS, section 5). The registered baseline of a primary
    indicator is checked too.

    Parameters
    ----------
    negative_control, reporting
        For the checks: an outcome that the agreement cannot affect, and reported crime against survey victimisation.
    grain
        Grid to evaluate on, as `evaluated_on` takes it.
    with_checks
        Run the checks of a primary indicator; the verdict does not depend on them.
    """
    given, (series, windows) = series, evaluated_on(study, agreement, series, grain)
    if series is not given and panel is not None:
        panel = coarser_panel(panel, series.grain)
    checked = CheckInputs(events_of(study, indicator, series), study.oddities, negative_control, reporting)
    against = tuple(
        against_baseline(
            series,
            window,
            panel,
            plan=study.plan,
            thresholds=study.thresholds,
            breaks=crossed_breaks(study, indicator.offence_type, series, window),
            checked=checked if with_checks and place == 0 and indicator.role == "primary" else None,
        )
        for place, window in enumerate(windows)
    )
    p = against[0].primary.p if against[0].primary else float("nan")
    judgement = _judgement(study, series, against[0], p, 1)
    return AgreementEvaluation(
        agreement, indicator, series, against, judgement, series.grain if series is not given else None
    )


def evaluated_on(
    study: Study, agreement: Agreement, series: TimeSeries, grain: Grain | None = None
) -> tuple[TimeSeries, tuple[Window, ...]]:
    """Return the series and its windows, the registered baseline first, as an agreement is evaluated on them.

    The series itself where its points hold enough cases, else its points added together to a coarser grid.

    Parameters
    ----------
    grain
        Grid that is decided already: stand-ins for hidden counts must not choose another one than the counts did. None
        decides by the series itself.
    """
    kinds = sorted(baseline_kinds(agreement), key=lambda kind: kind != study.plan.primary_baseline)
    windows = tuple(window_of(study, agreement, kind, series) for kind in kinds)
    coarse = coarsened(series, grain or _grain(study, series, windows[0]))
    if coarse is None or coarse is series:
        return series, windows
    return coarse, tuple(same_dates(series, window, coarse) for window in windows)


def judge_together(study: Study, evaluations: Sequence[AgreementEvaluation]) -> tuple[AgreementEvaluation, ...]:
    """Adjust for multiplicity within one agreement: Holm over primary outcomes, Benjamini–Hochberg over the others."""
    primary = {e.indicator.id: _p(e) for e in evaluations if e.indicator.role == "primary"}
    others = {e.indicator.id: _p(e) for e in evaluations if e.indicator.role != "primary"}
    adjusted = {**holm(primary), **benjamini_hochberg(others)}
    family = max(1, sum(_is_tested(e) for e in evaluations if e.indicator.role == "primary"))
    return tuple(
        replace(e, judgement=_judgement(study, e.series, e.main, adjusted[e.indicator.id], family)) for e in evaluations
    )


def events_of(study: Study, indicator: Indicator, series: TimeSeries) -> tuple[ContextEvent, ...]:
    """Return the context events that concern one indicator, from its first point to its last."""
    first = series.start.min().astype(date)
    last = point_end(series.start, series.grain).max().astype(date)
    return events_in(study, indicator.offence_type, first, last)


def _grain(study: Study, series: TimeSeries, main: Window) -> Grain:
    """Choose the grid by the registered baseline: the series' own where points are not thin, or years are thin too."""
    minimum = study.thresholds.minimum_cases_per_point
    if series.scale == "value" or not main.used.any() or series.count[main.used].mean() >= minimum:
        return series.grain
    found = coarsest_needed(series, main, minimum)
    return series.grain if found is None else found[0].grain


def _judgement(study: Study, series: TimeSeries, main: AgainstBaseline, p_adjusted: float, family: int) -> Judgement:
    return judge(
        main.primary,
        p_adjusted,
        detectable_per_cent(series, main.window, main.detectable) if main.detectable else float("nan"),
        main.usable_comparisons,
        described=main.description is not None,
        family=family,
        largest_detectable=study.thresholds.largest_detectable_change,
    )


def _p(evaluation: AgreementEvaluation) -> float:
    return evaluation.main.primary.p if evaluation.main.primary else float("nan")


def _is_tested(evaluation: AgreementEvaluation) -> bool:
    return evaluation.main.primary is not None or bool(evaluation.main.usable_comparisons)
