"""The survey questions of a study as results: from microdata and from published changes, in one shape."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from evaluation.evaluate.survey_outcome import Missing, SurveyOutcome
from evaluation.results import Refusal
from evaluation.series import Floats
from evaluation.study.model import Agreement, SurveyQuestion
from evaluation.survey import (
    GroupSeries,
    SurveyBreak,
    SurveyChange,
    SurveyDesign,
    Wave,
    WaveSeries,
    age_bands,
    breaks_with,
    crossed_breaks,
    group_series,
    pooled_waves,
    published_change,
    question_of,
    wave_series,
    waves_around,
)

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy

# The police survey is drawn by municipality with unequal weights; its design effect is not published (METHODS, 3.5).
DESIGN_EFFECT = 1.5

# Column of the respondents behind each grouping.
COLUMNS = {"sex": "sex", "age": "age", "area": "area_common"}


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """The microdata of one question: design, answers (1, 0, NaN), waves, and the respondents behind them."""

    question: SurveyQuestion
    design: SurveyDesign
    answers: Floats
    waves: np.ndarray[tuple[int], np.dtype[np.object_]]
    calendar: dict[str, Wave]
    respondents: pd.DataFrame
    smallest_base: int

    def series(self) -> WaveSeries:
        """Return the share in every wave."""
        return wave_series(
            self.design,
            self.answers,
            self.waves,
            self.calendar,
            question=self.question.id,
            counts=self.question.counts,
            smallest_base=self.smallest_base,
        )

    def by(self, grouping: str) -> GroupSeries:
        """Return the share in every wave by "sex", "age" or "area" (areas that are the same in every wave)."""
        column = self.respondents[COLUMNS[grouping]]
        known = column.astype(object).where(column.notna() & (column != ""), None)
        groups = age_bands(pd.to_numeric(known, errors="coerce")) if grouping == "age" else known
        return group_series(
            self.design,
            self.answers,
            self.waves,
            self.calendar,
            grouping=grouping,
            groups=groups,
            question=self.question.id,
            counts=self.question.counts,
            smallest_base=self.smallest_base,
        )

    def areas_as_reported(self) -> dict[str, frozenset[str]]:
        """Return by area every code that respondents in it were reported under, in any wave."""
        rows = self.respondents[["area_common", "area"]]
        return {str(area): frozenset(codes) for area, codes in rows.groupby("area_common")["area"] if area}

    def areas_by_wave(self) -> dict[str, frozenset[str]]:
        """Return by wave the areas that anybody in it lives in."""
        rows = self.respondents[["wave", "area_common"]]
        return {str(wave): frozenset(areas) - {""} for wave, areas in rows.groupby("wave")["area_common"]}


def breaks_of(session: OpenedStudy) -> tuple[SurveyBreak, ...]:
    """Return the registered breaks and those of the study."""
    return breaks_with(session.study.context_events)


def asked(session: OpenedStudy, question: SurveyQuestion) -> Asked | None:
    """Return the microdata of a question, or nothing where the study has published figures only."""
    if session.study.source(question.source).kind != "survey_microdata":
        return None
    respondents = session.data.frame(question.source)
    waves = respondents["wave"].to_numpy(dtype=object)
    people = _people_asked(session, question)
    strata = respondents.get("stratum")
    return Asked(
        question=question,
        design=pooled_waves(waves, respondents["weight"], strata=strata),
        answers=question_of(question).coded(respondents[f"{question.item}_value"].replace("", None)),
        waves=waves,
        calendar={wave: Wave.of_year(question.survey, int(wave), people.get(wave)) for wave in sorted(set(waves))},
        respondents=respondents,
        smallest_base=session.study.thresholds.survey_base,
    )


def _people_asked(session: OpenedStudy, question: SurveyQuestion) -> dict[str, int]:
    """Return wave → people asked, for the waves of which the study says it."""
    waves = session.data.frame(f"{question.source}.waves")[["wave", "asked"]].dropna().drop_duplicates("wave")
    return {str(wave): int(asked) for wave, asked in zip(waves["wave"], waves["asked"], strict=True)}


def survey_outcomes(session: OpenedStudy) -> tuple[SurveyOutcome, ...]:
    """Return one outcome per agreement × survey question, agreement by agreement."""
    found = {question.id: asked(session, question) for question in session.study.survey_questions}
    return tuple(
        _outcome(session, agreement, question, found[question.id])
        for agreement in session.study.agreements
        for question in session.study.survey_questions
    )


def _outcome(
    session: OpenedStudy, agreement: Agreement, question: SurveyQuestion, microdata: Asked | None
) -> SurveyOutcome:
    if microdata is None:
        return _published_outcome(session, agreement, question)
    around = waves_around(microdata.series(), agreement.start, agreement.end, breaks_of(session))
    if isinstance(around.change, Refusal):
        reason: Missing = "broken" if around.change.rule == "series_broken" else "no_waves"
        return SurveyOutcome(agreement, question, None, reason)
    return SurveyOutcome(agreement, question, around.change, "")


def published_rows(session: OpenedStudy, question: SurveyQuestion) -> pd.DataFrame:
    """Return the published changes of one question in the target area: one row per pair of waves."""
    source = session.study.source(question.source)
    if source.kind != "survey_published_changes":
        return pd.DataFrame()
    rows = session.data.frame(source.id)
    chosen = rows[(rows["area_code"] == session.study.target.code) & (rows["survey"] == question.survey)]
    return chosen.sort_values(["year_from", "year_to"], ignore_index=True)


def change_of(session: OpenedStudy, question: SurveyQuestion, row: pd.Series) -> SurveyChange | Missing:
    """Return a published change with its worst-case interval, or why there is none."""
    earlier, later = (Wave.of_year(question.survey, int(row[name])) for name in ("year_from", "year_to"))
    if crossed_breaks(earlier, later, question.id, breaks_of(session)):
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


def _published_outcome(session: OpenedStudy, agreement: Agreement, question: SurveyQuestion) -> SurveyOutcome:
    """Take the published change whose later wave lies in the agreement and whose earlier wave lies before it.

    Of a published wave only the year is known, so it belongs to the period that holds the middle of that year.
    """
    reason: Missing = "no_waves"
    for _, row in published_rows(session, question).iterrows():
        earlier, later = _middle(int(row["year_from"])), _middle(int(row["year_to"]))
        if earlier < agreement.start <= later <= agreement.end:
            found = change_of(session, question, row)
            if isinstance(found, SurveyChange):
                straddles = found.wave_to.first_day is not None and found.wave_to.first_day < agreement.start
                return SurveyOutcome(agreement, question, found, "", straddles)
            reason = found
    return SurveyOutcome(agreement, question, None, reason)


def _middle(year: int) -> date:
    return date(year, 1, 1) + timedelta(days=182)
