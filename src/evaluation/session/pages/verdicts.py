"""The table of verdicts: one row per agreement × aim × indicator, those without figures included."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from evaluation.evaluate import AgreementEvaluation
from evaluation.evaluate.sentences import deciding_estimate, ratio_interval, refusal_sentence, seen_sentence, why
from evaluation.evaluate.survey_outcome import SurveyOutcome, survey_comment
from evaluation.report.blocks import SHAPES, Prose
from evaluation.results import Estimate, Verdict
from evaluation.session.pages.approximate import hidden_counts
from evaluation.session.pages.words import in_language
from evaluation.study.model import Agreement, MissingIndicator, Study
from evaluation.survey import SurveyChange
from evaluation.tables import Column, Table, table
from evaluation.wording import Wording

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy

Row = AgreementEvaluation | SurveyOutcome | MissingIndicator


def missing_rows(study: Study, agreement: Agreement) -> tuple[MissingIndicator, ...]:
    """Return what an agreement aims at without published figures."""
    return tuple(
        missing
        for missing in study.missing_indicators
        if agreement.id in missing.agreements
        or (not missing.agreements and missing.priority_area in agreement.priority_areas)
    )


def verdict_table(session: OpenedStudy, rows: Sequence[Row], caption: str, *, with_interim: bool = False) -> Table:
    """Table the verdicts of one agreement by word and shape, with change, interval, grade and comment.

    `with_interim` says in the comment that an agreement still runs, for pages that do not say it in a notice.
    """
    words = session.words
    order = {area.id: place for place, area in enumerate(session.study.priority_areas)}
    records = [_record(session, row, with_interim=with_interim) for row in rows]
    records.sort(key=lambda record: (order[str(record["area_id"])], bool(record["is_missing"])))
    columns = [
        Column("indicator", words.say("column.indicator")),
        Column("priority_area", words.say("column.priority_area")),
        Column("verdict", words.say("column.verdict")),
        Column("change", words.say("column.change")),
        Column("grade", words.say("column.grade")),
        Column("why", words.say("column.why")),
    ]
    return table(pd.DataFrame(records), caption, columns, words, note=words.say("page.verdicts_note"))


def several_note(evaluations: Sequence[AgreementEvaluation], words: Wording) -> Prose | None:
    """Say that the primary outcomes are adjusted together, which the changes that would have been seen are not."""
    tested = [e for e in evaluations if e.indicator.role == "primary" and math.isfinite(e.judgement.p_adjusted)]
    if len(tested) < 2:
        return None
    return Prose((words.say("sentence.more_than_one", number=words.number(len(tested))),))


def verdict_word(verdict: Verdict, words: Wording) -> str:
    """Write a verdict by shape and word: never by colour alone."""
    return f"{SHAPES[verdict]} {words.say(f'verdict.{verdict}')}"


def _record(session: OpenedStudy, row: Row, *, with_interim: bool) -> dict[str, object]:
    if isinstance(row, AgreementEvaluation):
        return _evaluated(session, row, with_interim=with_interim)
    if isinstance(row, SurveyOutcome):
        return _asked(session, row)
    words = session.words
    return {
        "is_missing": True,
        "area_id": row.priority_area,
        "priority_area": _priority_area(session, row.priority_area),
        "indicator": in_language(row.name, words),
        "verdict": verdict_word("cannot_be_assessed", words),
        "change": words.say("page.no_figures"),
        "grade": words.say("page.grade", grade=0),
        "why": words.say("sentence.missing_short"),
    }


def _evaluated(session: OpenedStudy, evaluation: AgreementEvaluation, *, with_interim: bool) -> dict[str, object]:
    words, judgement = session.words, evaluation.judgement
    return {
        "is_missing": False,
        "area_id": evaluation.indicator.priority_area,
        "priority_area": _priority_area(session, evaluation.indicator.priority_area),
        "indicator": in_language(evaluation.indicator.name, words),
        "verdict": verdict_word(judgement.verdict, words),
        "change": _change(evaluation, words),
        "grade": words.say("page.grade", grade=judgement.grade),
        "why": _comment(session, evaluation, with_interim=with_interim),
    }


def _asked(session: OpenedStudy, outcome: SurveyOutcome) -> dict[str, object]:
    words, change = session.words, outcome.change
    points = points_with_interval(change, words) if change else ""
    return {
        "is_missing": False,
        "area_id": outcome.question.priority_area,
        "priority_area": _priority_area(session, outcome.question.priority_area),
        "indicator": in_language(outcome.question.name, words),
        "verdict": verdict_word(outcome.verdict, words),
        "change": points or words.say("page.no_figures"),
        "grade": words.say("page.grade", grade=outcome.grade),
        "why": survey_comment(outcome, words),
    }


def points_with_interval(change: SurveyChange, words: Wording) -> str:
    """Write a change between waves with its interval, the unit once: a narrow column must be able to break it."""
    limits = words.interval(change.low, change.high, 1, signed=True)
    return words.say("page.points_change", change=words.number(change.change, 1, signed=True), interval=limits)


def _change(evaluation: AgreementEvaluation, words: Wording) -> str:
    estimate = _shown_estimate(evaluation)
    if estimate is None:
        return words.say("page.no_figures")
    text = words.say(
        "page.change", change=words.per_cent(estimate.per_cent[0]), interval=ratio_interval(estimate, words)
    )
    return words.say("page.described", change=text) if estimate.design == "rate_ratio" else text


def _shown_estimate(evaluation: AgreementEvaluation) -> Estimate | None:
    if evaluation.main.primary is not None or evaluation.main.usable_comparisons:
        return deciding_estimate(evaluation)
    return evaluation.main.description


def _comment(session: OpenedStudy, evaluation: AgreementEvaluation, *, with_interim: bool) -> str:
    words = session.words
    said = [why(evaluation, words)]
    if evaluation.judgement.verdict == "no_clear_change":
        seen = (evaluation.judgement.detectable, evaluation.indicator.wanted, deciding_estimate(evaluation).scale)
        said.append(seen_sentence("page.would_have_been_seen", *seen, words))
    if evaluation.judgement.verdict.startswith("clear"):
        said.append(words.say(f"sentence.wanted_{evaluation.indicator.wanted}"))
    said += [refusal_sentence(r, words) for r in evaluation.main.refusals if r.severity == "warning"]
    rests_on = hidden_counts(session, evaluation, evaluation.main)
    if rests_on != "none" and _shown_estimate(evaluation) is not None:
        said.append(words.say("limits.approximate.short"))
    said += [words.say("page.interim")] if evaluation.interim and with_interim else []
    return " ".join(text for text in said if text)


def _priority_area(session: OpenedStudy, key: str) -> str:
    area = next(area for area in session.study.priority_areas if area.id == key)
    return in_language(area.name, session.words)
