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
from evaluation.survey.design import Labels, SingleCluster, SurveyDesign, crossed, pooled_waves
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
    question = question_of(asked)
    answers = question.coded(respondents[meaning])
    labels = respondents["wave"].astype(str).to_numpy(dtype=object)
    design = _design(respondents, labels, overlapping=overlapping, single_cluster=single_cluster)
    calendar = {wave.label: wave for wave in waves}
    bands = age_bands(pd.to_numeric(respondents["age"], errors="coerce"))
    sex, area = _known(respondents["sex"]), _known(respondents["area"])
    cells = crossed(sex, bands)
    series = wave_series(
        design, answers, labels, calendar, question=question.id, counts=question.counts, smallest_base=smallest_base
    )
    groupings = tuple(
        group_series(
            design,
            answers,
            labels,
            calendar,
            grouping=name,
            groups=values,
            question=question.id,
            counts=question.counts,
            smallest_base=smallest_base,
        )
        for name, values in (("sex", sex), ("age", bands), ("area", area))
    )
    changes, pieces = consecutive_changes(series, breaks), segments(series.results, breaks)
    last_two = [result.wave.label for result in pieces[-1]][-2:]
    people = population if population is not None else _people(design, labels, cells, series.results[-1].wave.label)
    names = [result.wave.label for result in series.results]
    gaps = {
        name: gap(design, answers, sex, WOMAN, MAN, waves=labels, wave=name, smallest_base=smallest_base)
        for name in names
    }
    return FollowedQuestion(
        question=question,
        series=series,
        changes=changes,
        pieces=pieces,
        standardised=_standardised(design, answers, crossed(labels, cells), names, people),
        trend=_trend(design, answers, labels, pieces[-1]),
        groups=groupings,
        group_changes=group_changes(groupings, last_two[0], last_two[1], breaks) if len(last_two) == 2 else (),
        gaps=MappingProxyType(gaps),
        compositions=compositions(labels, cells, people),
        shifts=tuple(map(_shift, series.results[:-1], series.results[1:], changes)),
    )


def _design(
    respondents: pd.DataFrame, labels: Labels, *, overlapping: bool, single_cluster: SingleCluster
) -> SurveyDesign:
    strata, clusters = (respondents.get(name) for name in ("stratum", "cluster"))
    return pooled_waves(
        labels,
        respondents["weight"].to_numpy(dtype=np.float64),
        strata=strata,
        clusters=clusters,
        single_cluster=single_cluster,
        overlapping=overlapping,
    )


def _known(labels: pd.Series[Any]) -> NDArray[Any]:
    """Labels with None where the file has nothing, so that the empty text is no group."""
    return labels.astype(object).where(labels.notna() & (labels != ""), None).to_numpy()


def _people(design: SurveyDesign, labels: Labels, cells: NDArray[Any], wave: str) -> dict[str, float]:
    inside = pd.Series(cells).where(np.asarray(labels) == wave)
    return {str(cell): float(people) for cell, people in pd.Series(design.weights).groupby(inside).sum().items()}


def _standardised(
    design: SurveyDesign, answers: Floats, groups: Labels, waves: Sequence[str], population: Mapping[str, float]
) -> Mapping[str, Contrast | Refusal]:
    estimates = share(design, answers, groups)
    answered = dict(zip(estimates.labels, estimates.answers, strict=True))
    found: dict[str, Contrast | Refusal] = {}
    for wave in waves:
        empty = sum(not answered.get(f"{wave} | {cell}", 0) for cell in population)
        if empty:
            found[wave] = Refusal("no_data", "no_estimate", MappingProxyType({"empty_cells": float(empty)}))
        else:
            found[wave] = in_points(standardise(estimates, population, within=wave))
    return MappingProxyType(found)


def _trend(
    design: SurveyDesign, answers: Floats, labels: Labels, piece: Sequence[WaveResult]
) -> SurveyTrend | Refusal | None:
    years = {result.wave.label: _year(result.wave) for result in piece if not result.suppressed}
    if len(years) < 3 or None in years.values():
        return None
    time = np.array([years.get(str(label), np.nan) for label in labels], dtype=np.float64)
    try:
        return trend_over_waves(design, answers, time)
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
