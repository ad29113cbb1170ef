"""A Poisson model with HAC standard errors, 120 months × 16 columns: many series in one batch, or a fit each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.row import Contender, Given, Goal, Row, Used
from benchmarks.rows.r import run_r

MONTHS, LAG, LOOPED = 120, 4, 20
DESIGN, COUNTS = "design.csv", "counts.csv"
HAC = {"cov_type": "HAC", "cov_kwds": {"maxlags": LAG, "use_correction": False}}

Found = np.ndarray
"""Coefficients and standard errors by series, shape (series, 2 × columns)."""


@dataclass(frozen=True)
class Problem:
    """The design, shape (months, columns), and the counts, shape (months, series)."""

    X: np.ndarray
    counts: np.ndarray


def design() -> np.ndarray:
    """Level, trend, step, slope change, pandemic, and eleven months of the year."""
    t = np.arange(MONTHS)
    step = (t >= 84).astype(float)
    months = [(t % 12 == k).astype(float) for k in range(1, 12)]
    columns = [np.ones(MONTHS), t / 12, step, step * (t - 84) / 12, (t >= 40) & (t < 60), *months]
    return np.column_stack(columns).astype(float)


def problem(given: Given) -> Problem:
    random = np.random.default_rng(1)
    return Problem(design(), random.negative_binomial(20, 0.4, size=(MONTHS, given.size)).astype(float))


def few(given: Given) -> Problem:
    made = problem(given)
    return Problem(made.X, made.counts[:, :LOOPED])


def write_problem(given: Given) -> None:
    made = few(given)
    np.savetxt(given.folder / DESIGN, made.X, delimiter=",")
    np.savetxt(given.folder / COUNTS, made.counts, delimiter=",")


def ours(given: Problem) -> Found:
    from evaluation.models.glm import fit_poisson
    from evaluation.models.sandwich import newey_west

    fit = fit_poisson(given.X, given.counts, np.zeros((MONTHS, 1)))
    errors = fit.counts - fit.fitted
    robust = newey_west(given.X, errors, fit.unscaled, np.arange(MONTHS), LAG, small_sample=False)
    return np.hstack([fit.beta, np.sqrt(np.diagonal(robust, axis1=1, axis2=2))])


def formulas(given: Problem) -> Found:
    import pandas as pd
    import statsmodels.api as sm
    import statsmodels.formula.api as smf

    names = [f"x{k}" for k in range(1, given.X.shape[1])]
    formula, columns = "y ~ " + " + ".join(names), pd.DataFrame(given.X[:, 1:], columns=names)
    poisson = sm.families.Poisson()
    models = (smf.glm(formula, columns.assign(y=column), family=poisson) for column in given.counts.T)
    return np.array([np.append(fit.params, fit.bse) for fit in (model.fit(tol=1e-12, **HAC) for model in models)])


def arrays(given: Problem) -> Found:
    import statsmodels.api as sm

    models = (sm.GLM(column, given.X, family=sm.families.Poisson()) for column in given.counts.T)
    return np.array([np.append(fit.params, fit.bse) for fit in (model.fit(tol=1e-12, **HAC) for model in models)])


def in_r(given: Given) -> Used:
    return run_r("counts.R", given.folder / DESIGN, given.folder / COUNTS, LAG)


def apart(mine: Found, theirs: Found) -> float:
    """Largest relative difference of a coefficient or standard error, over the series that the peer did."""
    return float(np.abs(mine[: len(theirs)] / theirs - 1).max())


def looped(_: int) -> float:
    return LOOPED


ROWS = (
    Row(
        name="count-models",
        work=f"Poisson model with HAC (lag {LAG}), {MONTHS} months × 16 columns, 1 000 series of one design",
        unit="one series",
        size=1000,
        quick=200,
        ours=Contender("this project, batched", ours, problem, float),
        peers=(
            Contender("statsmodels formula", formulas, few, looped),
            Contender("statsmodels arrays", arrays, few, looped),
            Contender("R glm + sandwich", in_r, amount=looped, needs=("program:Rscript", "R:sandwich")),
        ),
        goals=(Goal("statsmodels formula", 200),),
        difference=apart,
        tolerance=1e-6,
        compared="largest relative difference of a coefficient or standard error",
        inputs=write_problem,
        notes=f"Peers fit {LOOPED} of the series; seconds are of one.",
    ),
)
