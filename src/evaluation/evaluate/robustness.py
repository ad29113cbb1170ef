"""How robust one evaluation is: its specification curve and its risk-of-bias items, for the page that shows them."""

from __future__ import annotations

from evaluation.checks import (
    SpecificationCurve,
    batch_points,
    epoc_items,
    last_break,
    pandemic_points,
    specification_curve,
    subject_of,
)
from evaluation.evaluate.agreement import AgreementEvaluation, events_of
from evaluation.results import CheckResult
from evaluation.study.model import Study


def curve_of_evaluation(study: Study, evaluation: AgreementEvaluation) -> SpecificationCurve | None:
    """Return every stated variant of the estimate against the registered baseline; none without an estimate."""
    main, series = evaluation.main, evaluation.series
    if not main.estimates or main.expectation is None:
        return None
    events = events_of(study, evaluation.indicator, series)
    subject = subject_of(
        series,
        main.window,
        plan=study.plan,
        thresholds=study.thresholds,
        estimate=main.estimates[0],
        fit=main.expectation.fit,
    )
    return specification_curve(
        subject,
        pandemic=pandemic_points(series, events),
        batches=batch_points(series, events, study.oddities),
        earliest=last_break(events),
    )


def epoc_of_evaluation(
    study: Study,
    evaluation: AgreementEvaluation,
    *,
    plan_registered: bool,
    plan_deviations: int,
    outcomes_reported: int,
) -> tuple[CheckResult, ...]:
    """Return the EPOC items of one evaluation.

    Parameters
    ----------
    plan_registered, plan_deviations
        Whether a plan is registered, and in how many ways the study now differs from it.
    outcomes_reported
        Indicators of the study that have a row in the report, refused ones included.
    """
    return epoc_items(
        evaluation.series,
        evaluation.main.window,
        events=events_of(study, evaluation.indicator, evaluation.series),
        plan_registered=plan_registered,
        plan_deviations=plan_deviations,
        outcomes_registered=len(study.indicators),
        outcomes_reported=outcomes_reported,
        start_assumed=evaluation.agreement.start_assumed,
    )
