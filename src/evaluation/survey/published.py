"""Published survey results without microdata: intervals from what was printed, worst cases where it was not."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from scipy import special

from evaluation.errors import ParameterError
from evaluation.survey.change import SurveyChange, change_from
from evaluation.survey.intervals import beta_limits, logit_limits
from evaluation.survey.wave import Counts, Wave, WaveResult

INFINITE = float("inf")


def published_share(
    share: float,
    answers: int,
    design_effect: float = 1.0,
    *,
    wave: Wave,
    question: str,
    counts: Counts,
    area: str = "",
    group: str = "",
    rounded_to: float = 0.0,
    level: float = 0.95,
) -> WaveResult:
    """Build a result from a published share and its number of answers.

    Variance: p(1 − p) · design effect / answers, plus `rounded_to`²/12 for the rounding of the printed figure (an error
    taken as uniform). Logit interval; a share of 0 or 100 gets exact binomial limits at answers / design effect.

    Parameters
    ----------
    share
        Per cent, 0–100, as printed.
    answers
        Valid answers behind it.
    design_effect
        Stated by the caller, 1 = simple random sample. Weighting alone usually makes 1.2–1.6.
    rounded_to
        Step of the printed figure in percentage points (1 for whole per cent); 0: not rounded.

    Raises
    ------
    ParameterError
        A value outside its range.
    """
    _within("share", share, 0, 100)
    _within("answers", answers, 1, INFINITE)
    _within("design effect", design_effect, 0.1, 100)
    p, base = share / 100, answers / design_effect
    se = _binomial_error(p, base, rounded_to)
    inside = 0 < p < 1
    low, high = logit_limits(p, se, INFINITE, level) if inside else beta_limits(p, base, INFINITE, INFINITE, level)
    return WaveResult(
        kind="published_share",
        wave=wave,
        question=question,
        counts=counts,
        area=area,
        group=group,
        share=share,
        low=float(100 * low),
        high=float(100 * high),
        standard_error=100 * se,
        degrees_of_freedom=INFINITE,
        answers=answers,
        effective_base=base,
        design_effect=design_effect,
        interval="logit" if inside else "beta",
        method=f"published share, binomial variance with design effect {design_effect:g}",
        level=level,
        details=MappingProxyType({"rounded_to": rounded_to}),
    )


def published_share_with_uncertainty(
    share: float,
    uncertainty: float,
    *,
    wave: Wave,
    question: str,
    counts: Counts,
    answers: int | None = None,
    area: str = "",
    group: str = "",
    level: float = 0.95,
) -> WaveResult:
    """Build a result from a published share and its published uncertainty figure (*osäkerhetstal*).

    The publisher's interval is asymmetric and the figure is the larger of its two distances: towards 50 per cent. The
    interval is taken as symmetric on the log odds, so the larger distance fixes the smaller one.

    Parameters
    ----------
    share
        Per cent, 0 < share < 100.
    uncertainty
        Larger distance from the share to a limit of the 95 % interval, percentage points, > 0.

    Raises
    ------
    ParameterError
        A value outside its range, or a limit beyond 0–100.
    """
    _within("share", share, 1e-6, 100 - 1e-6)
    _within("uncertainty figure", uncertainty, 1e-9, max(share, 100 - share) - 1e-6)
    p = share / 100
    se = _error_of(p, uncertainty / 100)
    low, high = logit_limits(p, se, INFINITE, level)
    base = p * (1 - p) / se**2
    return WaveResult(
        kind="published_share",
        wave=wave,
        question=question,
        counts=counts,
        area=area,
        group=group,
        share=share,
        low=float(100 * low),
        high=float(100 * high),
        standard_error=100 * se,
        degrees_of_freedom=INFINITE,
        answers=answers,
        effective_base=base,
        design_effect=float("nan") if answers is None else answers / base,
        interval="published",
        method="published share with the publisher's asymmetric uncertainty figure",
        level=level,
        details=MappingProxyType({"uncertainty": uncertainty}),
    )


def published_change(
    change_points: float,
    answers_from: int,
    answers_to: int,
    design_effect: float = 1.0,
    *,
    wave_from: Wave,
    wave_to: Wave,
    question: str,
    counts: Counts,
    area: str = "",
    group: str = "",
    rounded_to: float = 0.0,
    level: float = 0.95,
) -> SurveyChange:
    """Build a change of which only the difference was published, not the levels.

    The variance of a share is largest at 50 per cent, so p = 0.5 in both waves gives an interval that is never too
    narrow: design effect · (0.25 / answers + 0.25 / answers). Waves are taken as independent. Waves on two sides of a
    registered break must be refused first: see `crossed_breaks`.

    Parameters
    ----------
    change_points
        Later minus earlier, percentage points.
    answers_from, answers_to
        Valid answers in the earlier and the later wave.
    rounded_to
        As for `published_share`.

    Raises
    ------
    ParameterError
        A value outside its range.
    """
    _within("change", change_points, -100, 100)
    for answers in (answers_from, answers_to):
        _within("answers", answers, 1, INFINITE)
    _within("design effect", design_effect, 0.1, 100)
    worst = design_effect * (1 / answers_from + 1 / answers_to)
    return change_from(
        change_points,
        100 * _binomial_error(0.5, 1 / worst, rounded_to),
        INFINITE,
        kind="published_change",
        waves=(wave_from, wave_to),
        shares=(float("nan"), float("nan")),
        answers=(answers_from, answers_to),
        about=(question, counts, area, group),
        method=f"published change, levels unknown: worst case p = 0.5, design effect {design_effect:g}",
        level=level,
    )


def _binomial_error(p: float, base: float, rounded_to: float) -> float:
    """Give the standard error of a share on `base` effective answers, with that of rounding (uniform, in points)."""
    return float(np.sqrt(p * (1 - p) / base + (rounded_to / 100) ** 2 / 12))


def _error_of(p: float, uncertainty: float) -> float:
    """Turn the larger distance to a 95 % limit, towards one half, into a standard error by way of the log odds."""
    toward_half = p + uncertainty if p <= 0.5 else p - uncertainty
    _within("share and uncertainty figure together", 100 * toward_half, 0, 100)
    half = abs(float(special.logit(toward_half) - special.logit(p)))
    return half / float(special.ndtri(0.975)) * p * (1 - p)


def _within(what: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise ParameterError(
            f"published survey result, {what}",
            found=f"{value:g}",
            expected=f"a number from {low:g} to {high:g}",
            todo="check the figure and its unit against the publication (per cent, not fractions)",
        )
