"""Published changes between survey waves as results and sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from evaluation.session.pages.words import in_language
from evaluation.study.model import SurveyQuestion
from evaluation.survey import SurveyChange, Wave, breaks_with, crossed_breaks, published_change

if TYPE_CHECKING:
    from evaluation.session.open import StudySession

# The police survey is drawn by municipality with unequal weights; its design effect is not published (METHODS, 3.5).
DESIGN_EFFECT = 1.5


def published_rows(session: StudySession, question: SurveyQuestion) -> pd.DataFrame:
    """Return the published changes of one question in the target area: one row per pair of waves."""
    source = session.study.source(question.source)
    if source.kind != "survey_published_changes":
        return pd.DataFrame()
    rows = session.data.frame(source.id)
    chosen = rows[(rows["area_code"] == session.study.target.code) & (rows["survey"] == question.survey)]
    return chosen.sort_values(["year_from", "year_to"], ignore_index=True)


def change_of(session: StudySession, question: SurveyQuestion, row: pd.Series) -> SurveyChange | str:
    """Return a published change with its worst-case interval, or why there is none: "broken" or "direction_only"."""
    earlier, later = (Wave.of_year(question.survey, int(row[name])) for name in ("year_from", "year_to"))
    if crossed_breaks(earlier, later, question.id, breaks_with(session.study.context_events)):
        return "broken"
    if pd.isna(row["change_percentage_points"]) or row["indicator"] != question.item:
        return "direction_only"
    return published_change(
        float(row["change_percentage_points"]),
        int(row["answers_from"]),
        int(row["answers_to"]),
        DESIGN_EFFECT,
        wave_from=earlier,
        wave_to=later,
        question=question.id,
        counts=question.counts,
        area=session.study.target.code,
        rounded_to=1.0,
    )


def change_sentences(session: StudySession, key: str) -> tuple[str, ...]:
    """Say every published change of one question; nothing if the key is no survey question."""
    questions = [question for question in session.study.survey_questions if question.id == key]
    return tuple(
        change_sentence(session, question, row)
        for question in questions
        for _, row in published_rows(session, question).iterrows()
    )


def change_sentence(session: StudySession, question: SurveyQuestion, row: pd.Series) -> str:
    """Say one published change with its interval, or why it is not computed."""
    words, change = session.words, change_of(session, question, row)
    waves = {"from_wave": str(int(row["year_from"])), "to_wave": str(int(row["year_to"]))}
    if isinstance(change, str):
        return words.say(f"page.safety.{change}", **waves)
    return words.say(
        "page.safety.changed",
        name=in_language(question.name, words),
        change=words.points(change.change),
        interval=words.interval(change.low, change.high, 1, unit="points"),
        **waves,
    )
