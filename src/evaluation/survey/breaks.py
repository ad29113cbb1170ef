"""Breaks between waves: registered places where a survey stopped being comparable with itself."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from evaluation.errors import ParameterError
from evaluation.results import Refusal
from evaluation.study.model import ContextEvent
from evaluation.survey.wave import Wave, WaveResult


@dataclass(frozen=True, slots=True)
class SurveyBreak:
    """Waves before and after this day are not comparable.

    Attributes
    ----------
    survey
        Id of the survey.
    first_day
        Waves whose fieldwork starts on or after this day are on the new side; one that ran across it is on neither.
    why
        Reason for the reader, by language.
    last_wave, first_wave
        Labels of the waves on either side, where known.
    questions
        Ids of the questions concerned; empty: all.
    """

    survey: str
    first_day: dt.date
    why: Mapping[str, str]
    last_wave: str = ""
    first_wave: str = ""
    questions: tuple[str, ...] = ()


@cache
def registered_breaks() -> tuple[SurveyBreak, ...]:
    """Give the breaks that ship with the suite: NTU 2017, police safety survey 2021, Medborgarundersökningen 2021."""
    text = resources.files("evaluation.survey").joinpath("breaks.toml").read_text(encoding="utf-8")
    return tuple(
        SurveyBreak(
            survey=entry["survey"],
            first_day=entry["first_day"],
            why=MappingProxyType(dict(entry["why"])),
            last_wave=entry["last_wave"],
            first_wave=entry["first_wave"],
            questions=tuple(entry["questions"]),
        )
        for entry in tomllib.loads(text)["breaks"]
    )


def breaks_with(events: Iterable[ContextEvent]) -> tuple[SurveyBreak, ...]:
    """Join the registered breaks and a study's own: its context events that broke a survey's series."""
    own = [
        SurveyBreak(survey, event.date, MappingProxyType(dict(event.text)))
        for event in events
        if event.effect == "series_broken"
        for survey in event.surveys
    ]
    known = {(entry.survey, entry.first_day) for entry in registered_breaks()}
    return (*registered_breaks(), *(entry for entry in own if (entry.survey, entry.first_day) not in known))


def crossed_breaks(earlier: Wave, later: Wave, question: str, breaks: Sequence[SurveyBreak]) -> tuple[SurveyBreak, ...]:
    """List the breaks between two waves of one survey.

    Raises
    ------
    ParameterError
        The survey has breaks and a wave has no fieldwork date, so none can be ruled out.
    """
    concerned = [b for b in breaks if b.survey == earlier.survey and (not b.questions or question in b.questions)]
    if concerned and (earlier.first_day is None or later.first_day is None):
        raise ParameterError(
            f"waves {earlier.label} and {later.label} of {earlier.survey}",
            found="a wave without fieldwork date",
            expected="dates, because this survey has registered breaks",
            todo="give the first day of fieldwork of every wave",
        )
    return tuple(b for b in concerned if {_side(earlier, b), _side(later, b)} not in ({"old"}, {"new"}))


def refusal_for(crossed: Sequence[SurveyBreak]) -> Refusal:
    """Say that the series is broken between two waves; the words for it are the breaks' own."""
    year = min(entry.first_day for entry in crossed).year
    return Refusal(
        "series_broken", "no_estimate", MappingProxyType({"year": float(year), "breaks": float(len(crossed))})
    )


def segments(results: Sequence[WaveResult], breaks: Sequence[SurveyBreak]) -> tuple[tuple[WaveResult, ...], ...]:
    """Cut a series of results at its breaks: each piece is drawn as a line of its own, never connected to the next."""
    ordered = sorted(results, key=lambda result: result.wave.order)
    pieces: list[list[WaveResult]] = []
    for result in ordered:
        last = pieces[-1][-1] if pieces else None
        same_survey = last is not None and last.wave.survey == result.wave.survey
        if last is None or not same_survey or crossed_breaks(last.wave, result.wave, result.question, breaks):
            pieces.append([result])
        else:
            pieces[-1].append(result)
    return tuple(tuple(piece) for piece in pieces)


def _side(wave: Wave, entry: SurveyBreak) -> str:
    first, last = wave.first_day or dt.date.min, wave.last_day or wave.first_day or dt.date.min
    if last < entry.first_day:
        return "old"
    return "new" if first >= entry.first_day else "both"
