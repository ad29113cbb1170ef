"""Evaluations of an opened study: its data, its designs and its protection brought together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from evaluation.disclosure import protect_evaluation
from evaluation.evaluate import AgreementEvaluation, evaluate_indicator, judge_together
from evaluation.series import TimeSeries
from evaluation.session.survey_recorded import reporting_check
from evaluation.study import Agreement, Area, Indicator

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy


def shown_series(session: OpenedStudy, indicator: Indicator, area: Area) -> TimeSeries:
    """Return a series in which the points that must not be published are NaN."""
    whole = session.data.series(indicator, area.code)
    hidden = session.data.protected(indicator, area=whole.area).hidden
    return replace(whole, count=np.where(hidden, np.nan, whole.count))


def evaluate_one(
    session: OpenedStudy, agreement: Agreement, indicator: Indicator, area: Area, *, with_checks: bool
) -> AgreementEvaluation:
    """Evaluate one indicator in one agreement and area, alone, and take out what must not be shown."""
    if area.code == session.study.target.code:
        found = _of_target(session, agreement, indicator, with_checks)
    else:
        series, grain = session.data.modelled(indicator, area.code), session.data.grain(indicator, agreement, area.code)
        found = evaluate_indicator(session.study, agreement, indicator, series, None, grain=grain, with_checks=False)
    return protect_evaluation(found, session.protected(found))


def evaluate_all(session: OpenedStudy, agreement: Agreement, *, with_checks: bool) -> tuple[AgreementEvaluation, ...]:
    """Evaluate every indicator in one agreement, judge them together, and take out what must not be shown."""
    every = [_of_target(session, agreement, indicator, with_checks) for indicator in session.study.indicators]
    return tuple(protect_evaluation(e, session.protected(e)) for e in judge_together(session.study, every))


def _of_target(
    session: OpenedStudy, agreement: Agreement, indicator: Indicator, with_checks: bool
) -> AgreementEvaluation:
    return evaluate_indicator(
        session.study,
        agreement,
        indicator,
        session.data.modelled(indicator),
        session.data.panel(indicator),
        negative_control=_negative_control(session, indicator),
        reporting=reporting_check(session, agreement, indicator) if with_checks else None,
        grain=session.data.grain(indicator, agreement),
        with_checks=with_checks,
    )


def _negative_control(session: OpenedStudy, indicator: Indicator) -> TimeSeries | None:
    """Return the outcome that the agreements cannot affect, of the same grain, if the study has one."""
    every = session.study.indicators
    controls = [one for one in every if one.role == "negative_control" and one.grain == indicator.grain]
    return session.data.modelled(controls[0]) if controls and controls[0].id != indicator.id else None
