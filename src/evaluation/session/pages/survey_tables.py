"""Rows of the survey tables: outcomes by agreement, waves, groups, published changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from evaluation.evaluate.survey_outcome import SurveyOutcome, survey_comment
from evaluation.session.pages.verdicts import points_with_interval, verdict_word
from evaluation.session.pages.words import in_language
from evaluation.session.survey_data import change_of
from evaluation.session.survey_follow import Followed
from evaluation.study.model import SurveyQuestion
from evaluation.survey import SurveyChange, WaveResult, WaveSeries

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy

Row = dict[str, object]


def outcome_row(session: OpenedStudy, outcome: SurveyOutcome) -> Row:
    """Return one agreement × question: verdict, change with its interval, comment."""
    words, change = session.words, outcome.change
    nothing = words.say("page.no_figures")
    return {
        "agreement": in_language(outcome.agreement.name, words),
        "indicator": in_language(outcome.question.name, words),
        "verdict": verdict_word(outcome.verdict, words),
        "change": points_with_interval(change, words) if change else nothing,
        "why": survey_comment(outcome, words),
    }


def wave_rows(session: OpenedStudy, series: WaveSeries) -> list[Row]:
    """Return one row per wave: share, interval, answers, and what the design makes of them."""
    return [
        {"year": result.wave.label, **share_cells(session, result), **_design(session, result)}
        for result in series.results
    ]


def group_rows(session: OpenedStudy, followed: Followed) -> list[Row]:
    """Return one row per group with a column per wave: sex first, then age, young people always among them."""
    return [
        Row(group=group_name(session, grouping.grouping, group))
        | {result.wave.label: share_cell(session, result) for result in series.results}
        for grouping in followed.people
        for group, series in grouping.series.items()
    ]


def change_row(session: OpenedStudy, question: SurveyQuestion, row: pd.Series) -> Row:
    """Return one published change, or why none is computed."""
    words, change = session.words, change_of(session, question, row)
    answers = [words.number(float(row[name])) for name in ("answers_from", "answers_to")]
    nothing = words.say("page.no_figures")
    shown: Row = {
        "indicator": in_language(question.name, words),
        "from": str(int(row["year_from"])),
        "to": str(int(row["year_to"])),
        "answers": words.join(answers),
    }
    if not isinstance(change, SurveyChange):
        return shown | {"change": nothing, "interval": nothing, "why": words.say(f"survey.comment.{change}")}
    detectable = words.points(change.smallest_detectable, 1, signed=False)
    return shown | {
        "change": words.points(change.change),
        "interval": words.interval(change.low, change.high, 1, unit="points"),
        "why": words.say("page.safety.detectable", change=detectable),
    }


def share_cell(session: OpenedStudy, result: WaveResult) -> str:
    """Write share, interval and answers of one wave as one cell, or in words that there are too few answers."""
    # Lines break between share, interval and answers, and nowhere else.
    cells = {name: str(text).replace(" ", "\u00a0") for name, text in share_cells(session, result).items()}
    if result.suppressed:
        return session.words.say("page.safety.too_few")
    return session.words.say("page.safety.share_cell", **cells)


def share_cells(session: OpenedStudy, result: WaveResult) -> Row:
    """Return share, interval and answers of one wave, or in words that there are too few answers to show them."""
    words = session.words
    if result.suppressed:
        return dict.fromkeys(("share", "interval", "answers"), words.say("page.safety.too_few"))
    return {
        "share": words.per_cent(result.share, 1, signed=False),
        "interval": words.interval(result.low, result.high, 1, unit="per_cent", signed=False),
        "answers": words.number(float(result.answers or 0)),
    }


def _design(session: OpenedStudy, result: WaveResult) -> Row:
    words = session.words
    if result.suppressed:
        return dict.fromkeys(("design_effect", "effective_base", "degrees"), words.say("page.safety.too_few"))
    return {
        "design_effect": words.number(result.design_effect, 2),
        "effective_base": words.number(result.effective_base),
        "degrees": words.number(result.degrees_of_freedom),
    }


def group_name(session: OpenedStudy, grouping: str, group: str) -> str:
    """Name a group of the survey: women, men, 16–24 years, an area or areas shown together."""
    words = session.words
    if grouping == "area":
        names = {area.code: area.name for area in session.study.areas}
        return words.join([names.get(code, code) for code in group.split("+")])
    key = f"page.group.{group}"
    name = words.say(key) if words.has(key) else group.replace("-", "–")
    return words.say(f"page.group.{grouping}", group=name)
