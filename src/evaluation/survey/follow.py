"""One question followed over all waves of a microdata survey: everything that its page shows, from one frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.errors import EstimationError
from evaluation.results import Refusal
from evaluation.series import Floats
from evaluation.study.model import SurveyQuestion
from evaluation.survey.breaks import SurveyBreak, segments
from evaluation.survey.change import SurveyChange, consecutive_changes
from evaluation.survey.contrast import Contrast, in_points, standardise
from evaluation.survey.design import SingleCluster, SurveyDesign, crossed, pooled_waves
from evaluation.survey.estimates import share
from evaluation.survey.groups import GroupChange, GroupSeries, age_bands, gap, group_changes, group_series
from evaluation.survey.nonresponse import Composition, ResponseShift, compositions, response_shift
from evaluation.survey.question import Question, question_of
from evaluation.survey.trend import SurveyTrend, trend_over_waves
from evaluation.survey.wave import Wave, WaveResult, WaveSeries, wave_series

WOMAN, MAN = "woman", "man"


@dataclass(frozen=True, slots=True, eq=False)
class FollowedQuestion:
    """One question in all waves.

    Attributes
    ----------
    question
        Wording, options and direction.
    series, changes
        Everybody, and each wave against the one before (a refusal across a break).
    pieces
        The series cut at its breaks: each piece is one line in a figure.
    standardised
        Share by wave label, per cent, had every wave had one age and sex composition; a refusal with empty cells.
    trend
        Over the waves since the last break; None with fewer than three, a refusal where it does not converge.
    groups, group_changes
        By sex, age and area, and the change of every group between the last two comparable waves.
    gaps
        Women minus men by wave label, percentage points.
    compositions
        Respondents of each wave by age and sex (unweighted) against the population.
    shifts
        Response of consecutive waves, in the order of `changes`; None where people asked or the change are unknown.
    """

    question: Question
    series: WaveSeries
    changes: tuple[SurveyChange | Refusal, ...]
    pieces: tuple[tuple[WaveResult, ...], ...]
    standardised: Mapping[str, Contrast | Refusal]
    trend: SurveyTrend | Refusal | None
    groups: tuple[GroupSeries, ...]
    group_changes: tuple[GroupChange, ...]
    gaps: Mapping[str, Contrast | Refusal]
    compositions: tuple[Composition, ...]
    shifts: tuple[ResponseShift | None, ...]


def follow_question(
    respondents: pd.DataFrame,
    asked: SurveyQuestion,
    meaning: str,
    waves: Sequence[Wave],
    breaks: Sequence[SurveyBreak],
    *,
    population: Mapping[str, float] | None = None,
    overlapping: bool = False,
    single_cluster: SingleCluster = "adjust",
    smallest_base: int = 20,
) -> FollowedQuestion:
    """Estimate everything that the waves of a survey say about one question.

    Parameters
    ----------
    respondents
        One row per respondent of any wave: `wave` (label), `weight`, `sex` ("woman", "man"), `age` (years), `area`;
        `stratum` and `cluster` where the survey has them.
    meaning
        Column with the meaning of the answer, as `question_of` lists them.
    waves
        Every wave that occurs, with fieldwork dates and people asked.
    population
        People by "sex | age band" that all waves are standardised to; None: as weighted in the last wave.
    """
    one = _Asked(
        question := question_of(asked),
        _design(respondents, overlapping=overlapping, single_cluster=single_cluster),
        question.coded(respondents[meaning]),
        _labels(respondents),
        {wave.label: wave for wave in waves},
        smallest_base,
    )
    bands = age_bands(pd.to_numeric(respondents["age"], errors="coerce"))
    sex, area = _known(respondents["sex"]), _known(respondents["area"])
    cells, series = crossed(sex, bands), one.series()
    groups = tuple(one.by(name, values) for name, values in (("sex", sex), ("age", bands), ("area", area)))
    changes, pieces = consecutive_changes(series, breaks), segments(series.results, breaks)
    names = [result.wave.label for result in series.results]
    people = population if population is not None else _people(one, cells, names[-1])
    return FollowedQuestion(
        question=question,
        series=series,
        changes=changes,
        pieces=pieces,
        standardised=_standardised(one, cells, names, people),
        trend=_trend(one, pieces[-1]),
        groups=groups,
        group_changes=_last_changes(groups, pieces[-1], breaks),
        gaps=MappingProxyType({name: one.gap(sex, name) for name in names}),
        compositions=compositions(one.labels, cells, people),
        shifts=tuple(map(_shift, series.results[:-1], series.results[1:], changes)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """A question as it was put: what every estimate of it starts from.

    Attributes
    ----------
    answers
        Coded meaning of each answer, NaN outside the base, shape (n,).
    labels
        Wave of each respondent, shape (n,); `calendar` knows each.
    smallest_base
        Answers under which no number is given.
    """

    question: Question
    design: SurveyDesign
    answers: Floats
    labels: NDArray[Any]
    calendar: Mapping[str, Wave]
    smallest_base: int

    def series(self) -> WaveSeries:
        return wave_series(
            self.design,
            self.answers,
            self.labels,
            self.calendar,
            question=self.question.id,
            counts=self.question.counts,
            smallest_base=self.smallest_base,
        )

    def by(self, grouping: str, groups: NDArray[Any]) -> GroupSeries:
        return group_series(
            self.design,
            self.answers,
            self.labels,
            self.calendar,
            grouping=grouping,
            groups=groups,
            question=self.question.id,
            counts=self.question.counts,
            smallest_base=self.smallest_base,
        )

    def gap(self, sex: NDArray[Any], wave: str) -> Contrast | Refusal:
        return gap(
            self.design, self.answers, sex, WOMAN, MAN, waves=self.labels, wave=wave, smallest_base=self.smallest_base
        )


def _labels(respondents: pd.DataFrame) -> NDArray[Any]:
    return respondents["wave"].astype(str).to_numpy(dtype=object)


def _last_changes(
    groups: Sequence[GroupSeries], piece: Sequence[WaveResult], breaks: Sequence[SurveyBreak]
) -> tuple[GroupChange, ...]:
    """Change of every group between the last two waves of a piece; nothing where it has one wave."""
    last_two = [result.wave.label for result in piece][-2:]
    return group_changes(groups, last_two[0], last_two[1], breaks) if len(last_two) == 2 else ()


def _design(respondents: pd.DataFrame, *, overlapping: bool, single_cluster: SingleCluster) -> SurveyDesign:
    strata, clusters = (respondents.get(name) for name in ("stratum", "cluster"))
    return pooled_waves(
        _labels(respondents),
        respondents["weight"].to_numpy(dtype=np.float64),
        strata=strata,
        clusters=clusters,
        single_cluster=single_cluster,
        overlapping=overlapping,
    )


def _known(labels: pd.Series[Any]) -> NDArray[Any]:
    """Labels with None where the file has nothing, so that the empty text is no group."""
    return labels.astype(object).where(labels.notna() & (labels != ""), None).to_numpy()


def _people(one: _Asked, cells: NDArray[Any], wave: str) -> dict[str, float]:
    """People by cell as a wave is weighted."""
    inside = pd.Series(cells).where(one.labels == wave)
    return {str(cell): float(people) for cell, people in pd.Series(one.design.weights).groupby(inside).sum().items()}


def _standardised(
    one: _Asked, cells: NDArray[Any], waves: Sequence[str], population: Mapping[str, float]
) -> Mapping[str, Contrast | Refusal]:
    estimates = share(one.design, one.answers, crossed(one.labels, cells))
    answered = dict(zip(estimates.labels, estimates.answers, strict=True))
    found: dict[str, Contrast | Refusal] = {}
    for wave in waves:
        empty = sum(not answered.get(f"{wave} | {cell}", 0) for cell in population)
        if empty:
            found[wave] = Refusal("no_data", "no_estimate", MappingProxyType({"empty_cells": float(empty)}))
        else:
            found[wave] = in_points(standardise(estimates, population, within=wave))
    return MappingProxyType(found)


def _trend(one: _Asked, piece: Sequence[WaveResult]) -> SurveyTrend | Refusal | None:
    years = {result.wave.label: _year(result.wave) for result in piece if not result.suppressed}
    if len(years) < 3 or None in years.values():
        return None
    time = np.array([years.get(str(label), np.nan) for label in one.labels], dtype=np.float64)
    try:
        return trend_over_waves(one.design, one.answers, time)
    except EstimationError:
        return Refusal("not_estimable", "no_estimate")


def _year(wave: Wave) -> float | None:
    """Middle of the fieldwork in years."""
    if wave.first_day is None:
        return None
    middle = wave.first_day + ((wave.last_day or wave.first_day) - wave.first_day) / 2
    return middle.year + (middle.timetuple().tm_yday - 1) / 365.25


def _shift(earlier: WaveResult, later: WaveResult, change: SurveyChange | Refusal) -> ResponseShift | None:
    known = all(result.wave.asked and result.answers is not None for result in (earlier, later))
    return response_shift(earlier, later, change) if known and isinstance(change, SurveyChange) else None
