"""What was done under an agreement: planned, done and not done, over time and in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from evaluation.evaluate import AgreementEvaluation
from evaluation.evaluate.measures import (
    STATUSES,
    Measure,
    dose_per_quarter,
    summary_of,
)
from evaluation.evaluate.sentences import agreement_in_text
from evaluation.figures import Activity, Band, Figure, TimelineRow, timeline_figure
from evaluation.figures.timeline import period_in_words
from evaluation.report.blocks import Heading, Prose, prose
from evaluation.session.pages.costs import cost_blocks
from evaluation.session.pages.earliest import early_blocks
from evaluation.session.pages.words import in_language
from evaluation.session.process import hidden_dose
from evaluation.session.show import Blocks, blocks
from evaluation.study.model import Agreement
from evaluation.tables import Column, Table, table

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy


_MANY = 10  # doses from here on are written without decimals


def process_blocks(session: OpenedStudy, agreement: Agreement, evaluations: tuple[AgreementEvaluation, ...]) -> Blocks:
    """Show the measures of an agreement, when an effect could have begun at the earliest, and what it cost."""
    words, measures = session.words, session.process.of(agreement.id)
    heading = blocks(Heading(words.say("measures.heading")))
    shown = _recorded(session, agreement, measures) if measures else blocks(*_nothing_recorded(session))
    early = early_blocks(session, agreement, evaluations)
    return heading + shown + early + cost_blocks(session, agreement, evaluations)


def activities_of(session: OpenedStudy, evaluation: AgreementEvaluation) -> tuple[Activity, ...]:
    """Mark the measures aimed at an indicator's priority area, as far as its series reaches."""
    first, last = evaluation.series.start[[0, -1]]
    aimed = (
        Activity(_name(measure, session), np.datetime64(measure.start), _end(measure))
        for measure in session.process.of(evaluation.agreement.id)
        if measure.begun and measure.priority_area == evaluation.indicator.priority_area
    )
    return tuple(one for one in aimed if one.start <= last and (one.end is None or one.end >= first))


def _nothing_recorded(session: OpenedStudy) -> tuple[Prose, ...]:
    words = session.words
    return prose(words.say("measures.none")), _needed(session, "measures.none_needed")


def _needed(session: OpenedStudy, key: str) -> Prose:
    """Say what the municipality could supply."""
    return Prose((session.words.say(key),), session.words.lists["measures.none_items"])


def _recorded(session: OpenedStudy, agreement: Agreement, measures: tuple[Measure, ...]) -> Blocks:
    words = session.words
    said = prose(_state(session, measures), _share(session, measures), words.say("measures.no_cause"))
    silent = all(np.isnan([m.dose, m.planned_dose]).all() and not _timeline_row(m, session).days for m in measures)
    return blocks(
        said,
        _timeline(session, agreement, measures),
        _table(session, agreement, measures),
        _needed(session, "measures.no_days") if silent else None,
    )


def _state(session: OpenedStudy, measures: tuple[Measure, ...]) -> str:
    words, summary = session.words, summary_of(measures)
    counts = [
        words.say(f"measures.count.{status}", number=summary.counts[status])
        for status in STATUSES
        if summary.counts[status]
    ]
    return words.say("measures.state", date=words.date(session.process.as_of), counts=words.join(counts))


def _share(session: OpenedStudy, measures: tuple[Measure, ...]) -> str:
    words, summary = session.words, summary_of(measures)
    if not summary.due:
        return words.say("measures.share_none")
    unknown = summary.counts["not_reported"]
    if unknown == summary.due:
        return words.say("measures.share_unknown")
    low, high = (words.per_cent(x, signed=False) for x in (summary.share_carried_out, summary.share_at_most))
    said = words.say("measures.share", due=summary.due, done=summary.counts["done"], share=low)
    return f"{said} {words.say('measures.share_range', number=unknown, low=low, high=high)}" if unknown else said


def _timeline(session: OpenedStudy, agreement: Agreement, measures: tuple[Measure, ...]) -> Figure | None:
    words, day = session.words, session.process.as_of
    rows = [_timeline_row(measure, session) for measure in measures]
    drawn = [row for row in rows if row.days]
    if not drawn or day is None:
        return None
    return timeline_figure(
        drawn,
        words,
        title=words.say("measures.timeline.title", agreement=agreement_in_text(agreement, words.language)),
        where=session.study.target.name,
        band=Band("", np.datetime64(agreement.start), np.datetime64(agreement.end), focus=True),
        as_of=day,
        source=_citation(session),
    )


def _timeline_row(measure: Measure, session: OpenedStudy) -> TimelineRow:
    status = session.words.say(f"measures.status.{measure.status}")
    return TimelineRow(
        _name(measure, session), measure.planned_start, measure.planned_end, measure.start, measure.end, status
    )


def _table(session: OpenedStudy, agreement: Agreement, measures: tuple[Measure, ...]) -> Table:
    words = session.words
    frame = pd.DataFrame([_cells(measure, session) for measure in measures])
    hidden = pd.Series([hidden_dose(measure, session.study.thresholds) for measure in measures])
    shown = [name for name in frame.columns if frame[name].notna().any()]
    notes = [key for key, there in (("quarter", "dose" in shown), ("persons", hidden.any())) if there]
    return table(
        frame,
        words.say("measures.caption", agreement=agreement_in_text(agreement, words.language)),
        [Column(name, words.say(f"measures.column.{name}")) for name in shown],
        words,
        hidden=pd.DataFrame({"dose": hidden}),
        note=" ".join(words.say(f"measures.note_{key}") for key in notes),
        source="; ".join(dict.fromkeys(measure.source for measure in measures)),
    )


def _cells(measure: Measure, session: OpenedStudy) -> dict[str, str | None]:
    words = session.words
    aim = next(area.name for area in session.study.priority_areas if area.id == measure.priority_area)
    planned = period_in_words(measure.planned_start, measure.planned_end, words)
    meant = _dose(measure.planned_dose, measure, session)
    both = words.say("measures.planned_dose", period=planned, dose=meant) if planned and meant else planned or meant
    return {
        "measure": _name(measure, session),
        "aim": in_language(aim, words),
        "planned": both,
        "carried_out": period_in_words(measure.start, measure.end, words),
        "dose": _carried_out(measure, session),
        "status": words.say(f"measures.status.{measure.status}"),
    }


def _carried_out(measure: Measure, session: OpenedStudy) -> str | None:
    """Write the dose with its share of the plan and the mean per quarter, as far as they are known."""
    dose, words, day = _dose(measure.dose, measure, session), session.words, session.process.as_of
    if dose is None:
        return None
    share, quarter = measure.share_carried_out, dose_per_quarter(measure, day) if day else float("nan")
    if not np.isnan(share):
        dose = words.say("measures.dose_share", dose=dose, share=words.per_cent(share, signed=False))
    if np.isnan(quarter):
        return dose
    return words.say("measures.dose_quarter", dose=dose, quarter=words.number(quarter, 0 if quarter >= _MANY else 1))


def _dose(dose: float, measure: Measure, session: OpenedStudy) -> str | None:
    words = session.words
    if np.isnan(dose):
        return None
    unit = measure.in_language(measure.unit, words.language)
    digits = 0 if dose == round(dose) or dose >= _MANY else 1
    return words.say("measures.dose", number=words.number(dose, digits), unit=unit)


def _citation(session: OpenedStudy) -> str:
    source = next(source.id for source in session.study.sources if source.kind == "measures")
    return session.citations.get(source, "")


def _name(measure: Measure, session: OpenedStudy) -> str:
    return measure.in_language(measure.name, session.words.language)


def _end(measure: Measure) -> np.datetime64 | None:
    return None if measure.end is None else np.datetime64(measure.end)
