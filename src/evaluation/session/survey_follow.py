"""A question of a microdata survey followed by group, segment and make-up, with small bases taken out first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from evaluation.disclosure import protect_groups
from evaluation.errors import EstimationError
from evaluation.evaluate.survey_outcome import SurveyOutcome
from evaluation.results import Refusal
from evaluation.session.survey_data import COLUMNS, Asked, breaks_of
from evaluation.survey import (
    Composition,
    Contrast,
    GroupChange,
    GroupSeries,
    ResponseShift,
    SurveyTrend,
    WaveResult,
    WaveSeries,
    follow_question,
    group_changes,
    response_shift,
    segments,
    trend_over_waves,
)

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy

# A line through two points is their difference: a trend needs a third.
WAVES_OF_A_TREND = 3


@dataclass(frozen=True, slots=True)
class SegmentTrend:
    """The waves between two breaks, and the trend over them; none with fewer than three waves or no convergence."""

    waves: tuple[str, ...]
    trend: SurveyTrend | None


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """Everything that the waves say about one question beside the shares themselves.

    Attributes
    ----------
    groups
        By sex, age and area as far as the survey has them, small bases and what follows from them hidden.
    gaps
        Women minus men by wave label, percentage points; a refusal with a base too small to print.
    standardised
        Share by wave label, per cent, had every wave had the sex and age of the last one's population; a refusal where
        a wave has nobody in some cell.
    standard_wave
        The wave whose weights give that population.
    compositions
        Respondents of each wave by sex × age, unweighted, against the same population.
    took_part
        Respondents by wave label, with or without an answer to this question; people asked stand with the wave.
    trends
        One per stretch of waves without a break.
    """

    one: Asked
    series: WaveSeries
    groups: tuple[GroupSeries, ...]
    gaps: Mapping[str, Contrast | Refusal]
    standardised: Mapping[str, Contrast | Refusal]
    standard_wave: str
    compositions: Mapping[str, Composition]
    trends: tuple[SegmentTrend, ...]
    took_part: Mapping[str, int]

    @property
    def people(self) -> tuple[GroupSeries, ...]:
        """The groups by sex and age, without those by area."""
        return tuple(groups for groups in self.groups if groups.grouping != "area")

    def grouping(self, name: str) -> GroupSeries | None:
        """Return the groups by "sex", "age" or "area"; nothing where the survey does not say it."""
        return next((groups for groups in self.groups if groups.grouping == name), None)

    @property
    def asked(self) -> dict[str, int | None]:
        """People asked by wave label, in order of time; None where the study does not say it."""
        return {result.wave.label: result.wave.asked for result in self.series.results}

    @property
    def absent_areas(self) -> dict[str, tuple[str, ...]]:
        """Areas that do not occur in every wave, with the waves in which nobody lives in them."""
        areas = self.grouping("area")
        if areas is None:
            return {}
        living = self.one.areas_by_wave()
        absent = {area: tuple(wave for wave in self.asked if area not in living[wave]) for area in areas.series}
        return {area: waves for area, waves in absent.items() if waves}

    def response_shift(self, outcome: SurveyOutcome) -> ResponseShift | None:
        """Compare the response of the two waves that an agreement compares; nothing where people asked are unknown."""
        change = outcome.change
        if change is None or outcome.question.id != self.one.question.id:
            return None
        results = {result.wave.label: result for result in self.series.results}
        earlier, later = (results[wave.label] for wave in (change.wave_from, change.wave_to))
        known = all(result.wave.asked and result.answers is not None for result in (earlier, later))
        return response_shift(earlier, later, change) if known else None

    def standardised_change(self, earlier: str, later: str) -> float | None:
        """Return the change between two waves had both had one make-up, percentage points."""
        shares = [self.standardised.get(label) for label in (earlier, later)]
        known = [share.estimate for share in shares if isinstance(share, Contrast)]
        return known[1] - known[0] if len(known) == 2 else None


def follow(session: OpenedStudy, one: Asked) -> Followed:
    """Follow one question over all waves; a survey without sex or age has shares, areas and trends only."""
    series, breaks = one.series(), breaks_of(session)
    groups = tuple(protected_groups(one, name, series) for name, column in COLUMNS.items() if column in one.respondents)
    gaps: Mapping[str, Contrast | Refusal] = MappingProxyType({})
    standardised: Mapping[str, Contrast | Refusal] = MappingProxyType({})
    compositions: tuple[Composition, ...] = ()
    if {"sex", "age"} <= set(one.respondents):
        meaning = f"{one.question.item}_value"
        answered = one.respondents[meaning].replace("", None)
        respondents = one.respondents.assign(**{meaning: answered}, area=one.respondents.get("area_common"))
        found = follow_question(
            respondents, one.question, meaning, tuple(one.calendar.values()), breaks, smallest_base=one.smallest_base
        )
        gaps, standardised, compositions = found.gaps, found.standardised, found.compositions
    return Followed(
        one,
        series,
        groups,
        gaps,
        standardised,
        series.results[-1].wave.label,
        MappingProxyType({made.wave: made for made in compositions}),
        tuple(segment_trend(one, piece) for piece in segments(series.results, breaks)),
        MappingProxyType({str(wave): int(n) for wave, n in one.respondents["wave"].value_counts(sort=False).items()}),
    )


def protected_groups(one: Asked, grouping: str, total: WaveSeries) -> GroupSeries:
    """Return the series by group without what is too small to print or follows from the total."""
    return protect_groups(one.by(grouping), total, one.smallest_base)


def segment_trend(one: Asked, piece: tuple[WaveResult, ...]) -> SegmentTrend:
    """Fit the trend over the waves between two breaks; years are those of the fieldwork's first day."""
    years = {r.wave.label: r.wave.first_day.year for r in piece if r.wave.first_day and not r.suppressed}
    labels = tuple(result.wave.label for result in piece)
    if len(years) < WAVES_OF_A_TREND:
        return SegmentTrend(labels, None)
    time = np.array([years.get(str(wave), np.nan) for wave in one.waves], dtype=np.float64)
    try:
        return SegmentTrend(labels, trend_over_waves(one.design, one.answers, time))
    except EstimationError:
        return SegmentTrend(labels, None)


def changes_by_group(session: OpenedStudy, followed: Followed, outcome: SurveyOutcome) -> tuple[GroupChange, ...]:
    """Compare in every group the two waves that an agreement compares; nothing where it compares none."""
    if outcome.change is None or outcome.question.id != followed.one.question.id:
        return ()
    waves = outcome.change.wave_from.label, outcome.change.wave_to.label
    return group_changes(followed.groups, *waves, breaks_of(session))
