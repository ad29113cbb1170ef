"""REML-AR(1) with 1 999 bootstrap draws, 60 months: all draws on one factorisation per ρ, or a fit per draw.

What is compared is the t of the step in the same simulated series: the grid's parabola may differ from a full
optimisation by 0.02 in nine draws of ten (the likelihood is flat, and some peers stop early or at another maximum).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.row import Contender, Given, Goal, Row, Used
from benchmarks.rows.r import run_r

MONTHS, LOOPED, STEP = 60, 40, 2
DESIGN, SERIES = "design.csv", "series.csv"


@dataclass(frozen=True)
class Problem:
    """Design, shape (months, columns); some series, shape (months, draws); fit of the first; draws asked for."""

    X: np.ndarray
    series: np.ndarray
    fit: Any
    draws: int


def design() -> np.ndarray:
    """Level, trend, step, and two pairs of a season."""
    t = np.arange(MONTHS)
    waves = [wave(2 * np.pi * k * t / 12) for k in (1, 2) for wave in (np.sin, np.cos)]
    return np.column_stack([np.ones(MONTHS), t / 12, t >= 40, *waves]).astype(float)


def problem(given: Given) -> Problem:
    from evaluation.models import fit_reml
    from evaluation.models.ar1 import ar1_design, correlated

    X, t = design(), np.arange(MONTHS)
    series = correlated(np.random.default_rng(2).standard_normal((MONTHS, LOOPED)), t, np.array(0.4))
    return Problem(X, series, fit_reml(ar1_design(X, t), series[:, :1]), given.size)


def write_problem(given: Given) -> None:
    made = problem(given)
    np.savetxt(given.folder / DESIGN, made.X, delimiter=",")
    np.savetxt(given.folder / SERIES, made.series, delimiter=",")


def ours(given: Problem) -> object:
    from evaluation.models.bootstrap import bootstrap_t

    return bootstrap_t(given.fit, np.eye(given.X.shape[1])[STEP][None, :], draws=given.draws)


def our_t(given: Problem, _: object) -> np.ndarray:
    """The t of the compared series, by the way in which each draw is fitted."""
    from evaluation.models.bootstrap import statistics
    from evaluation.models.reml import grid_of

    return statistics(grid_of(given.fit.design), np.eye(given.X.shape[1])[STEP][None, :], given.series).t[0]


def looped(given: Problem) -> np.ndarray:
    """Fit every draw by itself: one-dimensional optimisation of the whitened least-squares likelihood."""
    return np.array([one_t(given.X, column) for column in given.series.T])


def one_t(X: np.ndarray, y: np.ndarray) -> float:
    from scipy.optimize import minimize_scalar

    starts = np.linspace(-0.9, 0.95, 12)
    near = starts[np.argmin([solved(X, y, rho)[0] for rho in starts])]
    best = minimize_scalar(lambda rho: solved(X, y, rho)[0], bounds=(near - 0.2, min(near + 0.2, 0.989)))
    _, scores, rss, triangle = solved(X, y, float(best.x))
    turned = np.linalg.solve(triangle.T, np.eye(X.shape[1])[STEP])
    return float(turned @ scores / (np.sqrt(turned @ turned) * np.sqrt(rss / (len(y) - X.shape[1]))))


def solved(X: np.ndarray, y: np.ndarray, rho: float) -> tuple[float, np.ndarray, float, np.ndarray]:
    """Restricted likelihood (negative), scores, residual sum of squares and triangle at one ρ."""
    from evaluation.models.ar1 import whitened

    n, p = X.shape
    t = np.arange(n)
    basis, triangle = np.linalg.qr(whitened(X, t, rho))
    target = whitened(y, t, rho)
    scores = basis.T @ target
    rss = float(target @ target - scores @ scores)
    logs = (n - 1) * np.log1p(-(rho**2)) + 2 * np.log(np.abs(np.diag(triangle))).sum()
    return 0.5 * ((n - p) * np.log(rss) + logs), scores, rss, triangle


def in_r(given: Given) -> Used:
    return run_r("bootstrap.R", given.folder / DESIGN, given.folder / SERIES)


def apart(mine: np.ndarray, theirs: np.ndarray) -> float:
    """The difference of t that nine draws of ten do not exceed."""
    return float(np.quantile(np.abs(mine - np.ravel(theirs)), 0.9))


def part(size: int) -> float:
    return LOOPED / size


ROWS = (
    Row(
        name="bootstrap",
        work=f"REML-AR(1), {MONTHS} months × 7 columns, with bootstrap-t of 1 999 draws",
        unit="one series with all its draws",
        size=1999,
        quick=499,
        ours=Contender("this project", ours, problem, compared=our_t),
        peers=(
            Contender("loop of fits", looped, problem, part),
            Contender("R nlme::gls per draw", in_r, amount=part, needs=("program:Rscript", "R:nlme")),
        ),
        goals=(Goal("loop of fits", 100), Goal("R nlme::gls per draw", 100), Goal("", 0.05)),
        difference=apart,
        tolerance=0.02,
        compared="difference of t that nine draws of ten do not exceed",
        inputs=write_problem,
        notes=f"Peers fit {LOOPED} draws and are scaled. The loop gets the draws ready made; ours draws them too.",
    ),
)
