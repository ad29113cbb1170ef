"""When an effect of an agreement could have begun at the earliest, and a warning where one seems to begin before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from evaluation.evaluate import AgreementEvaluation
from evaluation.evaluate.early import EarlyEffect, early_effect
from evaluation.evaluate.measures import EarliestEffect, earliest_effect
from evaluation.evaluate.sentences import agreement_in_text
from evaluation.report.blocks import Heading, Notice, prose
from evaluation.session.pages.words import in_language
from evaluation.session.show import Blocks, blocks
from evaluation.study.model import Agreement
from evaluation.tables import Column, Table, table

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy


def early_blocks(session: OpenedStudy, agreement: Agreement, evaluations: Sequence[AgreementEvaluation]) -> Blocks:
    """Say from which day an effect on each priority area is possible, and which effects seem to begin before."""
    words = session.words
    found = earliest_by_area(session, agreement, evaluations)
    measured = any(earliest.measure is not None for earliest in found.values())
    none = prose(words.say("measures.early.none", day=words.date(agreement.start)))
    return blocks(
        Heading(words.say("measures.early.heading"), 3),
        prose(words.say("measures.early.window")),
        *(early_notice(session, evaluation) for evaluation in evaluations),
        _table(session, agreement, found) if measured else none,
    )


def earliest_by_area(
    session: OpenedStudy, agreement: Agreement, evaluations: Sequence[AgreementEvaluation]
) -> dict[str, EarliestEffect]:
    """Return the earliest day by priority area of the agreement that has an outcome or a measure."""
    measures = session.process.of(agreement.id)
    asked = {question.priority_area for question in session.study.survey_questions}
    evaluated = {e.indicator.priority_area for e in evaluations if e.indicator.role != "negative_control"}
    concerned = asked | evaluated | {measure.priority_area for measure in measures}
    order = [area.id for area in session.study.priority_areas]
    return {
        area: earliest_effect(agreement, area, measures)
        for area in order
        if area in agreement.priority_areas and area in concerned
    }


def earliest_of(session: OpenedStudy, evaluation: AgreementEvaluation) -> EarliestEffect:
    """Return the day from which an effect on an indicator is possible."""
    return earliest_effect(
        evaluation.agreement, evaluation.indicator.priority_area, session.process.of(evaluation.agreement.id)
    )


def early_of(session: OpenedStudy, evaluation: AgreementEvaluation) -> EarlyEffect | None:
    """Say whether an effect seems to begin before the first measure aimed at it."""
    return early_effect(evaluation, earliest_of(session, evaluation), hidden=session.protected(evaluation).hidden)


def early_notice(session: OpenedStudy, evaluation: AgreementEvaluation) -> Notice | None:
    """Warn where an effect seems to begin before the first measure aimed at it."""
    words, found = session.words, early_of(session, evaluation)
    if found is None:
        return None
    said = []
    if found.points and found.beyond:
        said.append(words.say("measures.early.points", beyond=found.beyond, points=found.points))
    if found.break_from is not None:
        said.append(words.say("measures.early.break", month=words.month(found.break_from)))
    name = in_language(evaluation.indicator.name, words)
    text = words.say("measures.early.text", name=name, day=words.date(found.first_measure), why=" ".join(said))
    return Notice(words.say("measures.early.caution"), text, "warning")


def _table(session: OpenedStudy, agreement: Agreement, found: Mapping[str, EarliestEffect]) -> Table:
    words = session.words
    names = {area.id: in_language(area.name, words) for area in session.study.priority_areas}
    rows = [{"aim": names[area], **_earliest_cells(session, earliest)} for area, earliest in found.items()]
    columns = [Column(name, words.say(f"measures.early.column.{name}")) for name in ("aim", "day", "why")]
    caption = words.say("measures.early.table", agreement=agreement_in_text(agreement, words.language))
    return table(pd.DataFrame(rows), caption, columns, words)


def _earliest_cells(session: OpenedStudy, earliest: EarliestEffect) -> dict[str, str]:
    words, measure = session.words, earliest.measure
    if measure is None or measure.start is None:
        return {"day": words.date(earliest.day), "why": words.say("measures.early.start")}
    name = measure.in_language(measure.name, words.language)
    why = words.say("measures.early.measure", name=name)
    if measure.start < earliest.day:
        why = words.say("measures.early.measure_before", name=name, day=words.date(measure.start))
    return {"day": words.date(earliest.day), "why": why}
