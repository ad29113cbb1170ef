"""Recorded offences beside victimisation in the survey: one place per agreement, and whether reporting moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from evaluation.evaluate import evaluate_indicator
from evaluation.evaluate.survey_outcome import SurveyOutcome
from evaluation.results import CheckResult, Estimate
from evaluation.session.survey_data import survey_outcomes
from evaluation.study.model import Agreement, Indicator
from evaluation.survey import SurveyChange, reported_versus_victimised

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy

Lacking = Literal["", "no_series", "no_recorded", "no_victims"]


@dataclass(frozen=True, slots=True)
class Joined:
    """Recorded offences and survey victimisation in one agreement.

    Attributes
    ----------
    outcome
        A question that counts victims.
    indicator, recorded
        A series that the study ties to the question, and its ratio to what its own trend led to expect.
    check
        Whether reporting moved; none where one of the two has no number or no series is there.
    lacking
        Which of the two: the study ties no series to the question, the series has no estimate, the survey no change.
    """

    outcome: SurveyOutcome
    indicator: Indicator | None
    recorded: Estimate | None
    check: CheckResult | None
    lacking: Lacking


def recorded_beside_victims(session: OpenedStudy, outcomes: Sequence[SurveyOutcome]) -> tuple[Joined, ...]:
    """Join every question that counts victims with each series that the study ties to it, by agreement."""
    victims = [outcome for outcome in outcomes if outcome.question.counts == "victims"]
    return tuple(joined for outcome in victims for joined in _beside(session, outcome))


def reporting_check(session: OpenedStudy, agreement: Agreement, indicator: Indicator) -> CheckResult | None:
    """Return the check on reporting for one recorded series in one agreement, where a question asks of its offences."""
    if not any(indicator.id in question.recorded_series for question in session.study.survey_questions):
        return None
    asked = [
        (outcome, outcome.change)
        for outcome in survey_outcomes(session)
        if outcome.agreement.id == agreement.id and indicator.id in outcome.question.recorded_series
    ]
    checks = (_joined(session, outcome, change, indicator).check for outcome, change in asked if change is not None)
    return next((check for check in checks if check is not None), None)


def _beside(session: OpenedStudy, outcome: SurveyOutcome) -> tuple[Joined, ...]:
    series = [session.study.indicator(key) for key in outcome.question.recorded_series]
    if outcome.change is None or not series:
        return (Joined(outcome, None, None, None, "no_series" if outcome.change else "no_victims"),)
    return tuple(_joined(session, outcome, outcome.change, indicator) for indicator in series)


def _joined(session: OpenedStudy, outcome: SurveyOutcome, change: SurveyChange, indicator: Indicator) -> Joined:
    recorded = _recorded(session, outcome.agreement, indicator)
    if recorded is None:
        return Joined(outcome, indicator, None, None, "no_recorded")
    return Joined(outcome, indicator, recorded, reported_versus_victimised(recorded, change), "")


def _recorded(session: OpenedStudy, agreement: Agreement, indicator: Indicator) -> Estimate | None:
    """Return the own trend of the registered baseline: no comparison areas are needed to say how recording moved."""
    series, grain = session.data.modelled(indicator), session.data.grain(indicator, agreement)
    found = evaluate_indicator(session.study, agreement, indicator, series, None, grain=grain, with_checks=False)
    return found.main.primary
