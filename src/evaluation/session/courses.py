"""What one chosen design says about one agreement: its estimate, whether it counts, and its course point by point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.evaluate import AgainstBaseline
from evaluation.figures import Expectation
from evaluation.models.panel import PanelResult
from evaluation.results import Estimate
from evaluation.series import Floats, TimeSeries
from evaluation.session.pages.results import counted
from evaluation.wording import Wording

DESIGNS = (
    *("own_trend_reml", "own_trend_quasi_poisson", "own_trend_negative_binomial", "own_trend_hac"),
    *("difference_in_differences", "synthetic_control", "synthetic_did"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """One design against one baseline.

    Attributes
    ----------
    estimate
        What it says; none where the design could not be used.
    counts
        Whether it may carry a verdict.
    expectation
        Its course on the drawn scale; none where the design gives totals only.
    """

    estimate: Estimate | None
    counts: bool
    expectation: Expectation | None


def course_of(against: AgainstBaseline, design: str, series: TimeSeries, words: Wording) -> Course:
    """Look up a design among those that were run against one baseline."""
    found = next(((one, counts) for one, counts in counted(against) if one.design == design), None)
    if found is None:
        return Course(None, False, None)
    return Course(*found, _expectation(against, design, series, words))


def _expectation(against: AgainstBaseline, design: str, series: TimeSeries, words: Wording) -> Expectation | None:
    for result in against.comparisons:
        if result.estimate.design == design:
            return _of_comparison(result, series, words)
    line = against.expectation
    if line is None or design != against.estimates[0].design:
        return None
    return Expectation(line.fitted_rate, line.expected_rate, line.low_rate, line.high_rate)


def _of_comparison(result: PanelResult, series: TimeSeries, words: Wording) -> Expectation | None:
    """Draw the control beside the series: fitted in the baseline, expected with the placebo band in the period."""
    path, rate = result.path, result.path.synthetic_rate
    if not np.array_equal(path.start, series.start):
        return None
    low, high = (rate * np.exp(s * path.band) if path.scale == "ratio" else rate + s * path.band for s in (-1.0, 1.0))
    names = (words.say("page.comparison.path.before"), words.say("page.comparison.path.after"))
    expected, low, high = (_only(values, path.period) for values in (rate, low, high))
    return Expectation(_only(rate, path.baseline), expected, low, high, *names)


def _only(values: Floats, at: NDArray[np.int64]) -> Floats:
    kept = np.full(values.shape, np.nan)
    kept[at] = values[at]
    return kept
