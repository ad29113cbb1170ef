"""What the page of perceived safety found, as JSON values: the same numbers as its tables, hidden ones left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from evaluation.evaluate.record import Record, check_record, estimate_record, number
from evaluation.evaluate.survey_outcome import SurveyOutcome
from evaluation.results import Refusal
from evaluation.session.survey_follow import Followed, SegmentTrend, changes_by_group
from evaluation.session.survey_recorded import Joined
from evaluation.survey import Contrast, GroupChange, SurveyChange, WaveResult

if TYPE_CHECKING:
    from evaluation.session.opened import OpenedStudy

_WAVE = ("share", "low", "high", "standard_error", "degrees_of_freedom", "design_effect", "effective_base")
_CONTRAST = ("estimate", "low", "high", "standard_error", "p", "degrees_of_freedom")
_CHANGE = ("change", "low", "high", "p", "standard_error", "degrees_of_freedom", "smallest_detectable")
_TREND = ("odds_ratio", "low", "high", "points_per_unit", "p", "degrees_of_freedom")


def question_record(session: OpenedStudy, followed: Followed, outcomes: Sequence[SurveyOutcome]) -> Record:
    """Return one question: waves, groups, gaps, standardised shares, trends by segment, changes by group."""
    question = followed.one.question
    return {
        "question": question.id,
        "counts": question.counts,
        "waves": [wave_record(result) for result in followed.series.results],
        "groups": [
            {"grouping": grouping.grouping, "group": group, "waves": [wave_record(result) for result in series.results]}
            for grouping in followed.groups
            for group, series in grouping.series.items()
        ],
        "response": [
            {"wave": wave, "asked": asked, "took_part": followed.took_part[wave]}
            for wave, asked in followed.asked.items()
        ],
        "gaps": [{"wave": wave, **contrast_record(found)} for wave, found in followed.gaps.items()],
        "standard_population": followed.standard_wave,
        "standardised": [{"wave": wave, **contrast_record(found)} for wave, found in followed.standardised.items()],
        "dissimilarity": {wave: number(made.dissimilarity) for wave, made in followed.compositions.items()},
        "trends": [trend_record(found) for found in followed.trends],
        "group_changes": [
            {"agreement": outcome.agreement.id, **group_change_record(found)}
            for outcome in outcomes
            for found in changes_by_group(session, followed, outcome)
        ],
    }


def wave_record(result: WaveResult) -> Record:
    """Return one wave; a suppressed one has nulls."""
    return {
        "wave": result.wave.label,
        "answers": result.answers,
        "suppressed": result.suppressed,
        **{name: number(getattr(result, name)) for name in _WAVE},
    }


def contrast_record(found: Contrast | Refusal) -> Record:
    """Return a contrast in percentage points or per cent, or the rule that refused it."""
    if isinstance(found, Refusal):
        return {"refused": found.rule}
    return {name: number(getattr(found, name)) for name in _CONTRAST}


def trend_record(found: SegmentTrend) -> Record:
    """Return the trend per year over one stretch of waves; null where none is computed."""
    trend = {name: number(getattr(found.trend, name)) for name in _TREND} if found.trend else None
    return {"waves": list(found.waves), "trend": trend}


def group_change_record(found: GroupChange) -> Record:
    """Return the change of one group with its adjusted p, or the rule that refused it."""
    record: Record = {"grouping": found.grouping, "group": found.group}
    if not isinstance(found.change, SurveyChange):
        return record | {"refused": found.change.rule}
    numbers = {name: number(getattr(found.change, name)) for name in _CHANGE}
    return record | numbers | {"p_adjusted": number(found.adjusted_p), "discovery": found.discovery}


def joined_record(joined: Joined) -> Record:
    """Return recorded offences beside victimisation in one agreement, sums of cases left out."""
    recorded = estimate_record(joined.recorded) if joined.recorded else None
    if recorded:
        recorded = {name: recorded[name] for name in ("estimate", "low", "high", "p", "level")}
    return {
        "agreement": joined.outcome.agreement.id,
        "question": joined.outcome.question.id,
        "indicator": joined.indicator.id if joined.indicator else None,
        "recorded_ratio": recorded,
        "check": check_record(joined.check) if joined.check else None,
        "lacking": joined.lacking,
    }
