"""The result of one survey wave, from microdata or from published figures, in one shape."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from evaluation.errors import ParameterError
from evaluation.series import Floats
from evaluation.survey.design import Labels, SurveyDesign
from evaluation.survey.estimates import DomainEstimates, share
from evaluation.survey.intervals import IntervalMethod, limits_of

Kind = Literal["microdata", "published_share", "published_change"]
Counts = Literal["insecure", "secure", "victims"]
OPPOSITE: Mapping[Counts, Counts] = MappingProxyType({"insecure": "secure", "secure": "insecure"})
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Wave:
    """One round of fieldwork of one survey.

    Attributes
    ----------
    survey
        Id of the survey, as in the study file.
    label
        How the wave is named in the data (`"2021"`).
    first_day, last_day
        Fieldwork, both days inclusive; None where unknown, and then no break can be ruled out.
    asked
        People in the sample; None where unknown.
    """

    survey: str
    label: str
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    asked: int | None = None

    @classmethod
    def of_year(cls, survey: str, year: int, asked: int | None = None) -> Wave:
        """Build a wave of which only the year is known: fieldwork may have been any day of it."""
        return cls(survey, str(year), dt.date(year, 1, 1), dt.date(year, 12, 31), asked)

    @property
    def order(self) -> tuple[dt.date, str]:
        """Sort key: fieldwork first, then the label."""
        return (self.first_day or dt.date.min, self.label)


@dataclass(frozen=True, slots=True)
class WaveResult:
    """Share of people giving the counted answer in one wave, in per cent (0–100).

    Attributes
    ----------
    kind
        "microdata": estimated from answers; "published_share": computed from a published share.
    wave, question, counts
        Which wave and question, and which side the share counts.
    area, group
        Area code, and group within it ("" = everybody).
    share, low, high
        Per cent and interval limits at `level`; NaN when suppressed or, for the limits, not known.
    standard_error
        Percentage points.
    degrees_of_freedom
        Of the design; infinite for published shares.
    answers
        Valid answers; None when suppressed or unknown.
    effective_base, design_effect
        Answers of a simple random sample with the same variance, and answers over that.
    interval
        "logit", "beta" or "published".
    method
        One English line.
    flipped
        True when the share is 100 minus the one in the source, so that it counts the same side as its neighbours.
    suppressed
        True when the base is too small to print: no number stands here, but the row does.
    """

    kind: Kind
    wave: Wave
    question: str
    counts: Counts
    area: str
    group: str
    share: float
    low: float
    high: float
    standard_error: float
    degrees_of_freedom: float
    answers: int | None
    effective_base: float
    design_effect: float
    interval: str
    method: str
    flipped: bool = False
    suppressed: bool = False
    level: float = 0.95
    details: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, eq=False)
class WaveSeries:
    """Results of one question in one area and group, in order of time.

    Attributes
    ----------
    results
        One per wave.
    covariance
        Between the waves' shares, percentage points squared, shape (waves, waves); zero off the diagonal for
        independent waves and for published shares, NaN for suppressed ones.
    """

    results: tuple[WaveResult, ...]
    covariance: Floats

    @classmethod
    def independent(cls, results: tuple[WaveResult, ...]) -> WaveSeries:
        """Join waves that share no respondents."""
        ordered = tuple(sorted(results, key=lambda result: result.wave.order))
        return cls(ordered, np.diag([result.standard_error**2 for result in ordered]))


def wave_series(
    design: SurveyDesign,
    answers: ArrayLike,
    waves: Labels,
    calendar: Mapping[str, Wave],
    *,
    question: str,
    counts: Counts,
    area: str = "",
    group: str = "",
    members: ArrayLike | None = None,
    smallest_base: int = 20,
    method: IntervalMethod = "logit",
    level: float = 0.95,
) -> WaveSeries:
    """Estimate the share in every wave of a pooled file, with the covariance between the waves.

    Parameters
    ----------
    design
        From `pooled_waves`, over all respondents of all waves.
    answers
        1 counted answer, 0 other valid answer, NaN none, shape (n,).
    waves
        Wave label of each respondent, shape (n,).
    calendar
        The wave behind each label.
    area, group
        What the result is about; `members` says who belongs to it, shape (n,), None: everybody.
    smallest_base
        Fewer answers than this are not printed.
    """
    values = np.asarray(answers, dtype=np.float64)
    if members is not None:
        values = np.where(np.asarray(members, dtype=bool), values, np.nan)
    estimates = share(design, values, waves)
    named = [_wave_of(label, calendar) for label in estimates.labels]
    results = _results(estimates, named, question, counts, method, level)
    order = sorted(range(len(named)), key=lambda at: named[at].order)
    placed = (replace(results[at], area=area, group=group) for at in order)
    shown = tuple(printable(result, smallest_base) for result in placed)
    hidden = np.array([result.suppressed for result in shown])
    covariance = 1e4 * estimates.covariance()[np.ix_(order, order)]
    return WaveSeries(shown, np.where(hidden | hidden[:, None], np.nan, covariance))


def printable(result: WaveResult, smallest_base: int = 20) -> WaveResult:
    """Empty a result whose base is too small to print; its row stays."""
    if result.suppressed or result.answers is None or result.answers >= smallest_base:
        return result
    return replace(
        result,
        share=NAN,
        low=NAN,
        high=NAN,
        standard_error=NAN,
        answers=None,
        effective_base=NAN,
        design_effect=NAN,
        degrees_of_freedom=NAN,
        suppressed=True,
        details=MappingProxyType({"smallest_base": float(smallest_base)}),
    )


def _wave_of(label: str, calendar: Mapping[str, Wave]) -> Wave:
    if label not in calendar:
        raise ParameterError(
            "survey waves",
            found=f"wave {label!r} among the answers",
            expected=f"one of {', '.join(sorted(calendar))}",
            todo="add the wave with its fieldwork dates to the study, or leave its answers out",
        )
    return calendar[label]


def _results(
    estimates: DomainEstimates,
    waves: list[Wave],
    question: str,
    counts: Counts,
    method: IntervalMethod,
    level: float,
) -> list[WaveResult]:
    limits = limits_of(estimates, method, level)
    return [
        WaveResult(
            kind="microdata",
            wave=wave,
            question=question,
            counts=counts,
            area="",
            group="",
            share=float(100 * estimates.estimate[at]),
            low=float(100 * limits.low[at]),
            high=float(100 * limits.high[at]),
            standard_error=float(100 * estimates.standard_error[at]),
            degrees_of_freedom=float(estimates.degrees_of_freedom[at]),
            answers=int(estimates.answers[at]),
            effective_base=float(estimates.effective_base[at]),
            design_effect=float(estimates.design_effect[at]),
            interval=limits.method[at],
            method=f"weighted share, Taylor linearisation, {limits.method[at]} interval with the design's t",
            level=level,
        )
        for at, wave in enumerate(waves)
    ]
