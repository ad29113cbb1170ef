"""The error of a model that has no answer, with a reason that refusal rules can act on."""

from __future__ import annotations

from typing import Literal

from evaluation.errors import EstimationError

Reason = Literal[
    "too_few_points",
    "collinear",
    "no_cases",
    "boundary_rho",
    "no_convergence",
    "missing_standard_error",
    "wrong_scale",
]


class NotEstimableError(EstimationError):
    """A model has no estimate for this series: an error, never a number.

    Parameters
    ----------
    reason
        too_few_points (fewer than three residual degrees of freedom, or a segment without points), collinear (effects
        that cannot be told apart), no_cases (nothing but zeros in a segment), boundary_rho (|ρ| ≥ 0.98: the series
        cannot be told from one without a fixed level), no_convergence, missing_standard_error, wrong_scale (a count
        model asked of a value series).
    found, expected
        As in `EvaluationError`.
    """

    def __init__(self, reason: Reason, *, found: str, expected: str, where: str = "model of one series") -> None:
        self.reason: Reason = reason
        super().__init__(
            where,
            found=found,
            expected=expected,
            todo="use a longer baseline, a coarser grain or a larger area, or report that it cannot be assessed",
        )

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (self.reason, self.found, self.expected, self.where))


def _rebuild(reason: Reason, found: str, expected: str, where: str) -> NotEstimableError:
    return NotEstimableError(reason, found=found, expected=expected, where=where)
