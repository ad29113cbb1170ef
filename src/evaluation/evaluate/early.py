"""An effect that seems to begin before anything was done: pointed out, never explained away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from evaluation.evaluate.agreement import AgreementEvaluation
from evaluation.evaluate.measures import EarliestEffect
from evaluation.indicators import point_end
from evaluation.series import Bools

CLEARLY_BEYOND = 0.5  # share of the points before the first measure that must lie beyond the limits


@dataclass(frozen=True, slots=True)
class EarlyEffect:
    """What speaks for a change that began before the first measure.

    Attributes
    ----------
    first_measure
        First day of the first measure aimed at the indicator's priority area, inclusive; perhaps before the agreement.
    points
        Whole points of the period before that day; 0 where they do not speak for it.
    beyond
        How many of them lie beyond the limits of what was expected, on the side of the effect.
    break_from
        First day of the point from which the series itself seems to change, where that is before the first measure.
    """

    first_measure: date
    points: int
    beyond: int
    break_from: date | None


def early_effect(evaluation: AgreementEvaluation, earliest: EarliestEffect, *, hidden: Bools) -> EarlyEffect | None:
    """Say whether a clear effect begins before the first measure; nothing where it does not, or nothing is recorded.

    It does if at least half of the whole points between the agreement's start and the first measure already lie beyond
    the 95 % limits of what was expected, on the side of the effect; or if the break that the series itself shows
    (check `break_date`, p < 0.05) lies before the first measure. The verdict stays: this is a caution to the reader.

    Parameters
    ----------
    hidden
        Protected points, shape (n,): where one of the points asked about is hidden, they are not counted.
    """
    begun = None if earliest.measure is None else earliest.measure.start
    if begun is None or not evaluation.judgement.verdict.startswith("clear"):
        return None
    before = _before(evaluation, begun)
    beyond = _beyond(evaluation) & before
    points, outside = (0, 0) if (before & hidden).any() else (int(before.sum()), int(beyond.sum()))
    if outside < CLEARLY_BEYOND * points:
        points, outside = 0, 0
    found = _break_from(evaluation)
    break_from = found if found is not None and found < begun else None
    return EarlyEffect(begun, points, outside, break_from) if points or break_from else None


def _before(evaluation: AgreementEvaluation, day: date) -> Bools:
    series, window = evaluation.series, evaluation.main.window
    before: Bools = window.period & (point_end(series.start, series.grain) < np.datetime64(day))
    return before


def _beyond(evaluation: AgreementEvaluation) -> Bools:
    """Say which points lie beyond the limits of the expectation, on the side of the effect."""
    expected, rate = evaluation.main.expectation, evaluation.series.rate
    if expected is None:
        return np.zeros(rate.shape, dtype=np.bool_)
    if evaluation.judgement.direction == "decrease":
        return np.asarray(rate < expected.low_rate, dtype=np.bool_)
    return np.asarray(rate > expected.high_rate, dtype=np.bool_)


def _break_from(evaluation: AgreementEvaluation) -> date | None:
    found = next((check for check in evaluation.main.checks if check.check == "break_date"), None)
    if found is None or found.verdict not in ("passed", "failed"):
        return None
    return date(int(found.values["year"]), int(found.values["month"]), 1)
