"""Synthetic control with every one of 290 units as placebo: the weights of the simplex that fit each unit best.

A peer's objective may lie above ours, never below by more than 1e-8 of the target's sum of squares. Slow peers do some
of the units and are scaled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.row import Contender, Given, Goal, Row

POINTS = 96
FEW, SOME = 2, 20  # units that very slow peers and quadprog do

Solve = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Fitted:
    """Sum of squared gaps of each unit that was done, divided by the unit's own sum of squares."""

    objectives: np.ndarray


def demeaned_panel(units: int, points: int = POINTS, seed: int = 1) -> np.ndarray:
    """Log rates of units that share three slow movements and have noise of their own, shape (units, points)."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=(units, 3)) @ (rng.normal(size=(3, points)).cumsum(axis=1) * 0.1)
    rows = shared + 0.15 * rng.normal(size=(units, points))
    return rows - rows.mean(axis=1, keepdims=True)


def panel(given: Given) -> np.ndarray:
    return demeaned_panel(given.size)


def ours(rows: np.ndarray) -> np.ndarray:
    from evaluation.models.panel import simplex_weights_of_all

    return simplex_weights_of_all(rows, np.arange(len(rows)), ~np.eye(len(rows), dtype=bool)).weights


def each_of(solve: Solve, count: int) -> Callable[[np.ndarray], np.ndarray]:
    """Solve for the first units one after the other, each against all others."""

    def work(rows: np.ndarray) -> np.ndarray:
        weights = np.zeros((min(count, len(rows)), len(rows)))
        for unit in range(len(weights)):
            others = np.delete(np.arange(len(rows)), unit)
            weights[unit, others] = solve(rows[unit], rows[others])
        return weights

    return work


def with_quadprog(target: np.ndarray, donors: np.ndarray) -> np.ndarray:
    import quadprog

    n = len(donors)
    gram = donors @ donors.T
    gram += 1e-10 * np.trace(gram) / n * np.eye(n)  # quadprog needs a positive definite matrix
    constraints = np.column_stack([np.ones(n), np.eye(n)])
    return quadprog.solve_qp(gram, donors @ target, constraints, np.append(1.0, np.zeros(n)), 1)[0]


def with_slsqp(target: np.ndarray, donors: np.ndarray) -> np.ndarray:
    from scipy.optimize import minimize

    n = len(donors)
    return minimize(
        lambda w: float(np.sum((target - w @ donors) ** 2)),
        np.full(n, 1 / n),
        jac=lambda w: 2 * donors @ (w @ donors - target),
        method="SLSQP",
        bounds=[(0, 1)] * n,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1, "jac": lambda _: np.ones(n)},
        options={"maxiter": 1000, "ftol": 1e-12},
    ).x


def with_pysyncon(target: np.ndarray, donors: np.ndarray) -> np.ndarray:
    import pandas as pd
    from pysyncon import Synth

    synth = Synth()
    treated, pool = pd.Series(target, name="treated"), pd.DataFrame(donors.T)
    variance = np.vstack([target, donors]).var(axis=0, ddof=1)  # undoes its scaling, so that all solve one problem
    synth.fit(X0=pool, X1=treated, Z0=pool, Z1=treated, custom_V=variance)
    return np.asarray(synth.W)


def fitted(rows: np.ndarray, weights: np.ndarray) -> Fitted:
    done = rows[: len(weights)]
    return Fitted(np.sum((done - weights @ rows) ** 2, axis=1) / np.sum(done**2, axis=1))


def below(mine: Fitted, theirs: Fitted) -> float:
    """How far a peer's objective lies below ours at most: what we have missed."""
    return float(max(0.0, np.max(mine.objectives[: len(theirs.objectives)] - theirs.objectives)))


ROWS = (
    Row(
        name="synthetic-control",
        work=f"Synthetic control of 290 units × {POINTS} months, every unit as placebo",
        unit="one unit",
        size=290,
        quick=60,
        ours=Contender("this project", ours, panel, float, compared=fitted),
        peers=(
            Contender(
                "quadprog",
                each_of(with_quadprog, SOME),
                panel,
                lambda size: min(SOME, size),
                ("quadprog",),
                compared=fitted,
            ),
            Contender("scipy SLSQP", each_of(with_slsqp, FEW), panel, lambda _: FEW, compared=fitted),
            Contender(
                "pysyncon, fixed V", each_of(with_pysyncon, FEW), panel, lambda _: FEW, ("pysyncon",), compared=fitted
            ),
        ),
        goals=(Goal("quadprog", 90), Goal("scipy SLSQP", 700)),
        difference=below,
        tolerance=1e-8,
        compared="how far a peer's objective lies below ours, as a share of the target's sum of squares",
        notes=f"quadprog does {SOME} of the units, SLSQP and pysyncon {FEW}: seconds are of one unit. R's Synth is no "
        "package of Debian and is not measured.",
    ),
)
