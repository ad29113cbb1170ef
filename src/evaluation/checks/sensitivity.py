"""The answer with one choice changed: a longer or shorter baseline, without the pandemic, without batches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np

from evaluation.checks.conclusion import shown, shown_with_limits, stands
from evaluation.checks.subject import Subject
from evaluation.checks.windows import shifted_baseline, without_points
from evaluation.models import NotEstimableError
from evaluation.results import CheckResult, CheckVerdict, Estimate
from evaluation.series import Bools, Window

NAN = float("nan")
COLUMNS = ("variant", "effect", "low", "high", "p", "stands")


def baseline_length_check(subject: Subject, earliest: date | None = None) -> CheckResult:
    """Estimate again with a baseline one year longer and one year shorter.

    *Passed*: the answer stands in each of them that has the data. *Failed*: it does not in at least one. *Too little
    data*: neither can be estimated.
    """
    windows = {
        name: shifted_baseline(subject.series, subject.window, years, earliest)
        for name, years in (("longer", 1), ("shorter", -1))
    }
    return with_and_without("baseline_length", subject, {name: w for name, w in windows.items() if w is not None})


def left_out_check(check: str, subject: Subject, marked: Bools) -> CheckResult:
    """Estimate again without the marked points (pandemic, batch registrations).

    *Passed* or *failed*: the answer stands without them, or does not. *Informational*: no marked point is in the
    window. *Too little data*: too few points are left.
    """
    concerned = int(np.sum(marked & subject.window.used))
    if not concerned:
        return CheckResult(check, "informational", NAN, NAN, NAN, {"points": 0.0})
    window = without_points(subject.window, marked)
    return with_and_without(check, subject, {"without": window}, {"points": float(concerned)})


def with_and_without(
    check: str, subject: Subject, windows: Mapping[str, Window], more: Mapping[str, float] | None = None
) -> CheckResult:
    """Estimate from each window, and judge whether the answer stands in all that can be estimated."""
    variants = {name: found for name, window in windows.items() if (found := _tried(subject, window)) is not None}
    values = dict(more or {}) | shown_with_limits(subject.estimate)
    values |= {f"{name}_effect": shown(variant) for name, variant in variants.items()}
    if not variants:
        return CheckResult(check, "too_little_data", NAN, NAN, NAN, values)
    falling = [name for name, variant in variants.items() if not stands(subject.estimate, variant)]
    values |= {"variants": float(len(variants)), "falling": float(len(falling))}
    rows = tuple(_row(subject, name, variant) for name, variant in {"registered": subject.estimate, **variants}.items())
    worst = max(variants.values(), key=lambda variant: abs(np.log(variant.p / subject.estimate.p)))
    verdict: CheckVerdict = "failed" if falling else "passed"
    return CheckResult(check, verdict, float(len(falling)), worst.p, 0.0, values, COLUMNS, rows)


def _tried(subject: Subject, window: Window) -> Estimate | None:
    try:
        return subject.again(window)
    except NotEstimableError:
        return None


def _row(subject: Subject, name: str, estimate: Estimate) -> tuple[str | float | bool, ...]:
    told = shown_with_limits(estimate)
    return name, told["effect"], told["low"], told["high"], estimate.p, stands(subject.estimate, estimate)
