"""What a reader with a computer can find out: the whole numbers that agree with everything printed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from evaluation.errors import ParameterError
from evaluation.series import Floats

BOUNDLESS = 1e7  # a count that may reach this is not bounded by what is printed
_INFEASIBLE = 2


@dataclass(frozen=True, slots=True, eq=False)
class Knowledge:
    """Linear knowledge about unknown counts x, whole and at least `floor`: low ≤ matrix · x ≤ high.

    Attributes
    ----------
    matrix
        One row per printed number, one column per unknown, shape (m, n).
    low, high
        What each printed number says; they differ where it was rounded, shape (m,).
    floor
        Least possible value of each unknown, shape (n,).
    """

    matrix: Floats
    low: Floats
    high: Floats
    floor: Floats


def possible_range(knowledge: Knowledge, weights: Floats) -> tuple[float, float]:
    """Return the least and greatest value that weights · x can have, infinite where nothing bounds it.

    Solved in whole numbers (HiGHS branch and bound), so the range is never wider than that of the linear programme of
    an ordinary attack (Fischetti & Salazar 2001): whatever is called hidden here is hidden there.

    Raises
    ------
    ParameterError
        The printed numbers contradict each other.
    """
    least, greatest = (bounded(float(weights @ extreme(knowledge, sign * weights))) for sign in (1.0, -1.0))
    return least, greatest


def extreme(knowledge: Knowledge, costs: Floats) -> Floats:
    """Return the whole numbers that agree with everything printed and make costs · x least, shape (n,).

    An unknown that nothing bounds stands at `BOUNDLESS`.
    """
    solved = milp(
        costs,
        constraints=[LinearConstraint(knowledge.matrix, knowledge.low, knowledge.high)] if knowledge.low.size else [],
        integrality=np.ones(costs.size, dtype=np.int64),
        bounds=Bounds(knowledge.floor, np.full(costs.size, BOUNDLESS)),
        options={"mip_rel_gap": 0.0},
    )
    if solved.x is None:
        raise ParameterError(
            "disclosure audit",
            found="printed numbers that no table of counts fits" if solved.status == _INFEASIBLE else solved.message,
            expected="totals that are the sums of their parts",
            todo="look for a total and parts that come from different data",
        )
    numbers: Floats = np.round(solved.x)
    return numbers


def bounded(value: float) -> float:
    """Return a value, or infinity where it stands at the bound that stands for none."""
    return value if abs(value) < BOUNDLESS / 2 else float(np.copysign(np.inf, value))
