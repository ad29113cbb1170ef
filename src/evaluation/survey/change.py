"""Change between two waves: estimate, interval, p and the smallest change that could have been seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy import special

from evaluation.errors import ParameterError
from evaluation.results import Estimate, Refusal
from evaluation.survey.breaks import SurveyBreak, crossed_breaks, refusal_for
from evaluation.survey.contrast import t_contrast
from evaluation.survey.intervals import t_quantile
from evaluation.survey.wave import NAN, Counts, Kind, Wave, WaveResult, WaveSeries


@dataclass(frozen=True, slots=True)
class SurveyChange:
    """Later wave minus earlier wave, in percentage points.

    Attributes
    ----------
    kind
        "microdata", "published_share" (both levels known) or "published_change" (only the change known).
    wave_from, wave_to
        Earlier and later wave; no registered break lies between them.
    question, counts, area, group
        As in `WaveResult`.
    share_from, share_to
        Per cent; NaN where levels are unknown.
    change, low, high
        Percentage points; interval at `level`.
    p
        Two-sided, from the same t as the interval: p < 1 − level exactly when the interval excludes 0.
    standard_error, degrees_of_freedom
        Percentage points; Welch–Satterthwaite for independent waves, the smaller of the two for overlapping ones.
    smallest_detectable
        Change, percentage points, that these two waves would have shown with 80 % power.
    answers_from, answers_to
        Valid answers; None where unknown.
    errors
        Standard errors of the two shares, percentage points; NaN where levels are unknown.
    """

    kind: Kind
    wave_from: Wave
    wave_to: Wave
    question: str
    counts: Counts
    area: str
    group: str
    share_from: float
    share_to: float
    change: float
    low: float
    high: float
    p: float
    standard_error: float
    degrees_of_freedom: float
    smallest_detectable: float
    answers_from: int | None
    answers_to: int | None
    method: str
    errors: tuple[float, float] = (NAN, NAN)
    flipped: bool = False
    level: float = 0.95

    def to_estimate(self) -> Estimate:
        """Hand the change to the evaluation: design "survey_change", additive, percentage points, one wave a side."""
        details = {
            "degrees_of_freedom": self.degrees_of_freedom,
            "smallest_detectable": self.smallest_detectable,
            "answers_from": NAN if self.answers_from is None else float(self.answers_from),
            "answers_to": NAN if self.answers_to is None else float(self.answers_to),
        }
        return Estimate(
            design="survey_change",
            scale="additive",
            estimate=self.change,
            low=self.low,
            high=self.high,
            p=self.p,
            standard_error=self.standard_error,
            observed=self.share_to,
            expected=self.share_from,
            n_baseline=1,
            n_period=1,
            method=self.method,
            details=MappingProxyType(details),
            level=self.level,
        )


def change(
    earlier: WaveResult,
    later: WaveResult,
    *,
    breaks: Sequence[SurveyBreak],
    covariance: float = 0.0,
) -> SurveyChange | Refusal:
    """Compare two waves of the same question, area and group; across a registered break there is no number.

    Linear t interval on later − earlier with variance V₁ + V₂ − 2 C. A wave with a share of 0 or 100 has no estimated
    variance; it enters with that of (x + 1)/(n + 2) at its effective base (Agresti, Caffo 2000, *Am Stat* 54:280–288).

    Parameters
    ----------
    breaks
        `registered_breaks()` and the study's own.
    covariance
        Between the two shares, percentage points squared: from `WaveSeries` for overlapping waves and panels.

    Raises
    ------
    ParameterError
        The results are not about the same thing or count different sides.
    """
    _same_subject(earlier, later)
    crossed = crossed_breaks(earlier.wave, later.wave, earlier.question, breaks)
    if crossed:
        return refusal_for(crossed)
    if earlier.suppressed or later.suppressed:
        return Refusal("no_data", "no_estimate", MappingProxyType({"suppressed": 1.0}))
    first, second = _variance(earlier), _variance(later)
    return change_from(
        later.share - earlier.share,
        float(np.sqrt(max(first + second - 2 * covariance, 0.0))),
        _degrees_of_freedom(earlier, later, (first, second), covariance),
        kind=earlier.kind if earlier.kind == later.kind else "published_share",
        waves=(earlier.wave, later.wave),
        shares=(earlier.share, later.share),
        answers=(earlier.answers, later.answers),
        about=(earlier.question, earlier.counts, earlier.area, earlier.group),
        errors=(float(np.sqrt(first)), float(np.sqrt(second))),
        method="difference of two shares, t interval" + (" with covariance between waves" if covariance else ""),
        level=later.level,
        flipped=earlier.flipped or later.flipped,
    )


def consecutive_changes(series: WaveSeries, breaks: Sequence[SurveyBreak]) -> tuple[SurveyChange | Refusal, ...]:
    """Compare every wave with the one before it."""
    return tuple(change_within(series, at, at + 1, breaks) for at in range(len(series.results) - 1))


def change_within(
    series: WaveSeries, earlier: int, later: int, breaks: Sequence[SurveyBreak]
) -> SurveyChange | Refusal:
    """Compare two waves of a series by their places in it, with their covariance."""
    covariance = float(np.nan_to_num(series.covariance[earlier, later]))
    return change(series.results[earlier], series.results[later], breaks=breaks, covariance=covariance)


def smallest_detectable_change(
    standard_error: float, degrees_of_freedom: float, level: float = 0.95, power: float = 0.8
) -> float:
    """Give the true change that a two-sided test would see with the given power: (t₁₋α⁄₂ + t_power) · SE."""
    if not degrees_of_freedom > 0:
        return NAN
    return float((t_quantile(degrees_of_freedom, level) + special.stdtrit(degrees_of_freedom, power)) * standard_error)


def satterthwaite(variances: Sequence[float], degrees_of_freedom: Sequence[float]) -> float:
    """Combine degrees of freedom of a sum of independent variances (Satterthwaite 1946, *Biometrics* 2:110–114)."""
    whole = float(sum(variances))
    used = [
        variance**2 / df if df > 0 else float("inf") for variance, df in zip(variances, degrees_of_freedom, strict=True)
    ]
    if not whole > 0:
        return float(min(degrees_of_freedom))
    below = sum(used)
    return float("inf") if below == 0 else whole**2 / below


def change_from(
    points: float,
    standard_error: float,
    degrees_of_freedom: float,
    *,
    kind: Kind,
    waves: tuple[Wave, Wave],
    shares: tuple[float, float],
    answers: tuple[int | None, int | None],
    about: tuple[str, Counts, str, str],
    method: str,
    level: float,
    errors: tuple[float, float] = (NAN, NAN),
    flipped: bool = False,
) -> SurveyChange:
    """Assemble a change from its estimate and standard error; `about` is question, counts, area, group."""
    inference = t_contrast(points, standard_error, degrees_of_freedom, level)
    return SurveyChange(
        kind=kind,
        wave_from=waves[0],
        wave_to=waves[1],
        question=about[0],
        counts=about[1],
        area=about[2],
        group=about[3],
        share_from=shares[0],
        share_to=shares[1],
        change=points,
        low=inference.low,
        high=inference.high,
        p=inference.p,
        standard_error=standard_error,
        degrees_of_freedom=degrees_of_freedom,
        smallest_detectable=smallest_detectable_change(standard_error, degrees_of_freedom, level),
        answers_from=answers[0],
        answers_to=answers[1],
        method=method,
        errors=errors,
        flipped=flipped,
        level=level,
    )


def _degrees_of_freedom(
    earlier: WaveResult, later: WaveResult, variances: tuple[float, float], covariance: float
) -> float:
    """Waves that share clusters do not have both waves' degrees of freedom: the smaller of the two is safe."""
    both = (earlier.degrees_of_freedom, later.degrees_of_freedom)
    return satterthwaite(variances, both) if covariance == 0 else min(both)


def _variance(result: WaveResult) -> float:
    if result.standard_error > 0:
        return result.standard_error**2
    base = result.effective_base
    p = (result.share / 100 * base + 1) / (base + 2)
    return 1e4 * p * (1 - p) / base


def _same_subject(earlier: WaveResult, later: WaveResult) -> None:
    subjects = [(r.wave.survey, r.question, r.counts, r.area, r.group) for r in (earlier, later)]
    if subjects[0] != subjects[1] or earlier.wave.order > later.wave.order:
        raise ParameterError(
            "change between waves",
            found=f"{subjects[0]} ({earlier.wave.label}) and {subjects[1]} ({later.wave.label})",
            expected="the same survey, question, counted side, area and group, the earlier wave first",
            todo="bring both to one side with `aligned`, and compare surveys only side by side, not by subtraction",
        )
