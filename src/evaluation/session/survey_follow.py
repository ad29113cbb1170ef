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
from evaluation.session.survey_data import Asked, breaks_of
from evaluation.survey import (
    Composition,
    Contrast,
    GroupChange,
    GroupSeries,
    SurveyTrend,
    WaveResult,
    WaveSeries,
    follow_question,
    group_changes,
    segments,
    trend_over_waves,
)

if TYPE_CHECKING:
    from evaluation.session.open import StudySession

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
        By sex and age, small bases and what follows from them hidden.
    gaps
        Women minus men by wave label, percentage points; a refusal with a base too small to print.
    standardised
        Share by wave label, per cent, had every wave had the sex and age of the last one's population; a refusal where
        a wave has nobody in some cell.
    standard_wave
        The wave whose weights give that population.
    compositions
        Respondents of each wave by sex × age, unweighted, against the same population.
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

    def standardised_change(self, earlier: str, later: str) -> float | None:
        """Return the change between two waves had both had one make-up, percentage points."""
        shares = [self.standardised.get(label) for label in (earlier, later)]
        known = [share.estimate for share in shares if isinstance(share, Contrast)]
        return known[1] - known[0] if len(known) == 2 else None


def follow(session: StudySession, one: Asked) -> Followed:
    """Follow one question over all waves; a survey without sex, age or area has shares and trends only."""
    series, breaks = one.series(), breaks_of(session)
    groups = tuple(protected_groups(one, name, series) for name in ("sex", "age") if name in one.respondents)
    gaps: Mapping[str, Contrast | Refusal] = MappingProxyType({})
    standardised: Mapping[str, Contrast | Refusal] = MappingProxyType({})
    compositions: tuple[Composition, ...] = ()
    if {"sex", "age", "area"} <= set(one.respondents):
        meaning = f"{one.question.item}_value"
        respondents = one.respondents.assign(**{meaning: one.respondents[meaning].replace("", None)})
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


def changes_by_group(session: StudySession, followed: Followed, outcome: SurveyOutcome) -> tuple[GroupChange, ...]:
    """Compare in every group the two waves that an agreement compares; nothing where it compares none."""
    if outcome.change is None or outcome.question.id != followed.one.question.id:
        return ()
    waves = outcome.change.wave_from.label, outcome.change.wave_to.label
    return group_changes(followed.groups, *waves, breaks_of(session))
