"""Survey waves before, during and after an agreement, and recorded offences held against survey victimisation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from scipy import special

from evaluation.results import CheckResult, Estimate, Refusal
from evaluation.survey.breaks import SurveyBreak
from evaluation.survey.change import SurveyChange, change_within
from evaluation.survey.wave import NAN, Wave, WaveResult, WaveSeries

Place = Literal["before", "during", "after", "straddling"]
_NO_WAVES = Refusal("no_data", "no_estimate", MappingProxyType({"waves": 0.0}))


@dataclass(frozen=True, slots=True)
class AgreementWaves:
    """The waves around one agreement and the changes they show.

    Attributes
    ----------
    before, during, after
        Waves whose whole fieldwork lies on that side; days inclusive.
    straddling
        Waves that lie on two sides, and belong to none.
    change
        Last wave before → last wave during the agreement; a refusal when either is missing or a break lies between.
    afterwards
        Last wave during → last wave after; None without a wave after.
    """

    before: tuple[WaveResult, ...]
    during: tuple[WaveResult, ...]
    after: tuple[WaveResult, ...]
    straddling: tuple[WaveResult, ...]
    change: SurveyChange | Refusal
    afterwards: SurveyChange | Refusal | None


def place_of(wave: Wave, start: dt.date, end: dt.date) -> Place:
    """Say where the fieldwork of a wave lies against an agreement (start and end inclusive).

    A wave without dates cannot be placed and counts as straddling.
    """
    if wave.first_day is None:
        return "straddling"
    last = wave.last_day or wave.first_day
    if last < start:
        return "before"
    if wave.first_day > end:
        return "after"
    return "during" if start <= wave.first_day and last <= end else "straddling"


def waves_around(series: WaveSeries, start: dt.date, end: dt.date, breaks: Sequence[SurveyBreak]) -> AgreementWaves:
    """Place every wave of a series against an agreement and compare the last wave on each side.

    Parameters
    ----------
    start, end
        First and last day of the agreement, inclusive.
    """
    places = [place_of(result.wave, start, end) for result in series.results]
    usable = [at for at, result in enumerate(series.results) if not result.suppressed]
    last = {place: max((at for at in usable if places[at] == place), default=None) for place in places}
    before, during, after = last.get("before"), last.get("during"), last.get("after")
    return AgreementWaves(
        before=_at(series, places, "before"),
        during=_at(series, places, "during"),
        after=_at(series, places, "after"),
        straddling=_at(series, places, "straddling"),
        change=_NO_WAVES if before is None or during is None else change_within(series, before, during, breaks),
        afterwards=None if during is None or after is None else change_within(series, during, after, breaks),
    )


def changes_in(
    changes: Sequence[SurveyChange], start: dt.date, end: dt.date
) -> tuple[tuple[SurveyChange, Place, Place], ...]:
    """Say on which sides of an agreement the two waves of published changes lie; levels need not be known."""
    return tuple(
        (change, place_of(change.wave_from, start, end), place_of(change.wave_to, start, end)) for change in changes
    )


def reported_versus_victimised(recorded: Estimate, victimised: SurveyChange, tolerance: float = 1.5) -> CheckResult:
    """Ask whether reporting moved: the change in recorded offences against that in survey victimisation.

    Recorded offences are victimisation times reporting, so recorded ratio / victimisation ratio is the change in
    reporting and recording, on the log scale with independent errors. *Failed*: its interval excludes 1, so recorded
    offences do not show how crime moved. *Passed*: it includes 1 and lies within 1/tolerance to tolerance. Otherwise
    *too little data*. When only the change in victimisation is published, levels are unknown and there is no ratio: the
    check then fails only if the two clearly move in opposite directions, and passes if both clearly move alike.

    Parameters
    ----------
    recorded
        Ratio estimate for the offences that the survey also asks about.
    victimised
        Change in the share of victims (counts "victims"), percentage points.
    tolerance
        Width of interval, as a factor either way, up to which "no change in reporting" is a finding.
    """
    if not (victimised.share_from > 0 and victimised.share_to > 0):
        return _by_direction(recorded, victimised)
    moved = _reporting(recorded, victimised)
    precise = 1 / tolerance <= moved.low and moved.high <= tolerance
    verdict = "failed" if moved.low > 1 or moved.high < 1 else "passed" if precise else "too_little_data"
    values = {
        "reporting_ratio": float(np.exp(moved.log_ratio)),
        "low": moved.low,
        "high": moved.high,
        "recorded_ratio": recorded.estimate,
        "victimisation_ratio": float(np.exp(_log_change(victimised))),
        "victimisation_change": victimised.change,
    }
    statistic = moved.log_ratio / moved.standard_error
    return CheckResult(
        "reported_versus_victimised",
        verdict,  # type: ignore[arg-type]
        statistic=statistic,
        p=float(2 * special.ndtr(-abs(statistic))),
        threshold=tolerance,
        values=MappingProxyType(values),
    )


@dataclass(frozen=True, slots=True)
class _Reporting:
    """Change in reporting: log of recorded ratio / victimisation ratio, its error, and the limits of the ratio."""

    log_ratio: float
    standard_error: float
    low: float
    high: float


def _reporting(recorded: Estimate, victimised: SurveyChange) -> _Reporting:
    """Divide the two ratios; the level of the interval is that of the recorded one."""
    quantile = float(special.ndtri(0.5 + recorded.level / 2))
    of_recorded = float(np.log(recorded.high / recorded.low)) / (2 * quantile)
    log_ratio = float(np.log(recorded.estimate)) - _log_change(victimised)
    error = float(np.hypot(of_recorded, _relative_error(victimised)))
    low, high = (float(np.exp(log_ratio + sign * quantile * error)) for sign in (-1, 1))
    return _Reporting(log_ratio, error, low, high)


def _log_change(change: SurveyChange) -> float:
    return float(np.log(change.share_to / change.share_from))


def _relative_error(change: SurveyChange) -> float:
    """Return the standard error of the log of a ratio of independent shares, by the delta method."""
    earlier, later = change.errors
    return float(np.hypot(earlier / change.share_from, later / change.share_to))


def _by_direction(recorded: Estimate, victimised: SurveyChange) -> CheckResult:
    reported = _direction(recorded.low, recorded.high, 1.0)
    lived = _direction(victimised.low, victimised.high, 0.0)
    verdict = "too_little_data" if 0 in (reported, lived) else "passed" if reported == lived else "failed"
    values = {"recorded_ratio": recorded.estimate, "victimisation_change": victimised.change, "reporting_ratio": NAN}
    return CheckResult(
        "reported_versus_victimised",
        verdict,  # type: ignore[arg-type]
        statistic=NAN,
        p=NAN,
        threshold=NAN,
        values=MappingProxyType(values),
    )


def _direction(low: float, high: float, neutral: float) -> int:
    return int(low > neutral) - int(high < neutral)


def _at(series: WaveSeries, places: Sequence[Place], wanted: Place) -> tuple[WaveResult, ...]:
    return tuple(result for result, place in zip(series.results, places, strict=True) if place == wanted)
