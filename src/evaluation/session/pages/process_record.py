"""Measures, earliest effects and costs of one agreement as JSON values, for results.json."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from evaluation.evaluate import AgreementEvaluation
from evaluation.evaluate.costs import Cost, CostPerCase
from evaluation.evaluate.measures import Measure, dose_per_quarter, summary_of
from evaluation.evaluate.record import number
from evaluation.session.pages.costs import costs_per_case
from evaluation.session.pages.earliest import earliest_by_area, early_of
from evaluation.session.process import hidden_dose
from evaluation.study.model import Agreement

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy

Record = dict[str, Any]


def process_record(session: OpenedStudy, agreement: Agreement, evaluations: Sequence[AgreementEvaluation]) -> Record:
    """Return what was done under an agreement and what it cost; hidden doses are null, with all that follows."""
    process, languages = session.process, session.study.study.languages
    measures = process.of(agreement.id)
    return {
        "as_of": _day(process.as_of),
        "measures": [_measure(measure, session) for measure in measures],
        "summary": _summary(measures),
        "earliest_effects": [
            {"priority_area": area, "day": _day(earliest.day), "measure": earliest.measure and earliest.measure.id}
            for area, earliest in earliest_by_area(session, agreement, evaluations).items()
        ],
        "early_effects": [
            {"indicator": e.indicator.id} | {name: _plain(value) for name, value in asdict(found).items()}
            for e in evaluations
            if (found := early_of(session, e)) is not None
        ],
        "costs": [_cost(cost, languages) for cost in process.costs_of(agreement.id)],
        "costs_per_case": [_cost_per_case(one) for one in costs_per_case(session, evaluations)],
    }


def _measure(measure: Measure, session: OpenedStudy) -> Record:
    hidden, day = hidden_dose(measure, session.study.thresholds), session.process.as_of
    per_quarter = dose_per_quarter(measure, day) if day else math.nan
    derived = {"dose": measure.dose, "share_carried_out": measure.share_carried_out, "dose_per_quarter": per_quarter}
    languages = session.study.study.languages
    return {
        "id": measure.id,
        "priority_area": measure.priority_area,
        "name": _words(measure.name, languages),
        "status": measure.status,
        "status_stated": bool(measure.stated),
        **{name: _day(getattr(measure, name)) for name in ("planned_start", "planned_end", "start", "end")},
        "planned_dose": number(measure.planned_dose),
        **{name: None if hidden else number(value) for name, value in derived.items()},
        "dose_hidden": hidden,
        "unit": _words(measure.unit, languages),
        "counts_persons": measure.counts_persons == "yes",
        "area": measure.area,
        "source": measure.source,
    }


def _summary(measures: Sequence[Measure]) -> Record:
    summary = summary_of(measures)
    shares = {"share_carried_out": summary.share_carried_out, "share_at_most": summary.share_at_most}
    return dict(summary.counts) | {"due": summary.due} | {name: number(value) for name, value in shares.items()}


def _cost(cost: Cost, languages: Sequence[str]) -> Record:
    return {
        "start": _day(cost.start),
        "end": _day(cost.end),
        "amount": number(cost.amount),
        "currency": cost.currency,
        "price_year": cost.price_year,
        "includes": _words(cost.includes, languages),
        "source": cost.source,
    }


def _cost_per_case(result: CostPerCase) -> Record:
    return {name: _plain(value) for name, value in asdict(result).items()} | {"unbounded": math.isinf(result.high)}


def _words(texts: Mapping[str, str], languages: Sequence[str]) -> dict[str, str]:
    return {language: texts.get(language) or texts[""] for language in languages}


def _plain(value: object) -> object:
    if isinstance(value, float):
        return number(value)
    return _day(value) if isinstance(value, date) else value


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
