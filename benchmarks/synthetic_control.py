"""Synthetic control with every one of 290 units as placebo: this project's solver beside quadprog, SLSQP and pysyncon.

Run with the peers to compare against installed beside the project (`pip install quadprog pysyncon`):

    python benchmarks/synthetic_control.py [sample of units for the slow peers, default 12]

Results are compared before times: a peer's objective may lie above ours, never below by more than 1e-8 of the target's
sum of squares. CPU seconds of slow peers are measured on the sample and scaled to all units; the row says so.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from evaluation.models.panel import simplex_weights_of_all

UNITS, POINTS = 290, 96
GAP = 1e-8

Solve = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Row:
    """One line of the table: CPU seconds for all units, how many were measured, worst objective minus ours."""

    name: str
    cpu_seconds: float
    measured: int
    ratio: float
    worst_gap: float


def demeaned_panel(units: int = UNITS, points: int = POINTS, seed: int = 1) -> np.ndarray:
    """Log rates of units that share three slow movements and have noise of their own, shape (units, points)."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=(units, 3)) @ (rng.normal(size=(3, points)).cumsum(axis=1) * 0.1)
    rows = shared + 0.15 * rng.normal(size=(units, points))
    return rows - rows.mean(axis=1, keepdims=True)


def ours(rows: np.ndarray) -> np.ndarray:
    everyone = np.arange(len(rows))
    return simplex_weights_of_all(rows, everyone, ~np.eye(len(rows), dtype=bool)).weights


def with_quadprog(target: np.ndarray, donors: np.ndarray) -> np.ndarray:
    import quadprog

    n = len(donors)
    gram = donors @ donors.T
    gram += 1e-10 * np.trace(gram) / n * np.eye(n)  # quadprog needs a positive definite matrix
    constraints = np.column_stack([np.ones(n), np.eye(n)])
    return quadprog.solve_qp(gram, donors @ target, constraints, np.append(1.0, np.zeros(n)), 1)[0]


def with_slsqp(target: np.ndarray, donors: np.ndarray) -> np.ndarray:
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


PEERS: dict[str, tuple[Solve, bool]] = {
    "quadprog": (with_quadprog, False),
    "scipy SLSQP": (with_slsqp, True),
    "pysyncon, fixed V": (with_pysyncon, True),
}


def objectives(rows: np.ndarray, weights: np.ndarray, units: np.ndarray) -> np.ndarray:
    return np.sum((rows[units] - weights @ rows) ** 2, axis=1)


def weights_of_peer(solve: Solve, rows: np.ndarray, units: np.ndarray) -> np.ndarray:
    weights = np.zeros((units.size, len(rows)))
    for place, unit in enumerate(units):
        donors = np.delete(np.arange(len(rows)), unit)
        weights[place, donors] = solve(rows[unit], rows[donors])
    return weights


def installed(name: str) -> bool:
    return name.startswith("scipy") or importlib.util.find_spec(name.split(",")[0]) is not None


def run(units: int = UNITS, points: int = POINTS, sample: int = 12) -> list[Row]:
    """Solve, compare, and only then report: one row for this project, one per installed peer."""
    rows = demeaned_panel(units, points)
    ours(rows[:20])  # imports and caches are not what is measured
    began = time.process_time()
    own_weights = ours(rows)
    own_seconds = time.process_time() - began
    own = objectives(rows, own_weights, np.arange(units))
    size = np.sum(rows**2, axis=1)
    table = [Row("this project", own_seconds, units, 1.0, 0.0)]
    for name, (solve, slow) in PEERS.items():
        if not installed(name):
            continue
        measured = np.arange(units)[: sample if slow else units]
        began = time.process_time()
        weights = weights_of_peer(solve, rows, measured)
        seconds = (time.process_time() - began) * units / measured.size
        gap = (objectives(rows, weights, measured) - own[measured]) / size[measured]
        if gap.min() < -GAP:
            raise SystemExit(f"{name} found an objective {-gap.min():.1e} better: no times until that is explained")
        table.append(Row(name, seconds, measured.size, seconds / own_seconds, float(gap.max())))
    return table


def main() -> None:
    print(f"{UNITS} units × {POINTS} points, every unit as placebo")
    print(f"{'':20}{'CPU s':>9}{'measured':>10}{'ratio':>8}{'objective above ours':>22}")
    for row in run(sample=int(sys.argv[1]) if len(sys.argv) > 1 else 12):
        print(f"{row.name:20}{row.cpu_seconds:9.3f}{row.measured:10d}{row.ratio:8.0f}{row.worst_gap:22.1e}")


if __name__ == "__main__":
    main()
