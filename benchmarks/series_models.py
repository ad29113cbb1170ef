"""Models of one series: this project's room beside statsmodels and a loop of fits.

    python benchmarks/series_models.py

Results are compared before times: coefficients and standard errors of the count models may differ by 1e-6, the t of
every bootstrap draw by 0.02 in 99 % of draws (the grid's parabola against a full optimisation), or there are no times.
CPU seconds of one process, median of the repetitions; run with OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar

from evaluation.models import fit_reml
from evaluation.models.ar1 import ar1_design, correlated, whitened
from evaluation.models.bootstrap import DRAWS, bootstrap_t, statistics
from evaluation.models.glm import fit_poisson
from evaluation.models.reml import grid_of
from evaluation.models.sandwich import newey_west

MONTHS, SERIES, LAG = 120, 1000, 4
LOOPED = 50


def cpu_seconds(work: Callable[[], object], repetitions: int = 5) -> float:
    times = []
    for _ in range(repetitions):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return float(np.median(times))


def count_design() -> np.ndarray:
    """120 months × 16 columns: level, trend, step, slope change, pandemic, and eleven months of the year."""
    t = np.arange(MONTHS)
    step = (t >= 84).astype(float)
    months = [(t % 12 == k).astype(float) for k in range(1, 12)]
    return np.column_stack([np.ones(MONTHS), t / 12, step, step * (t - 84) / 12, (t >= 40) & (t < 60), *months]).astype(
        float
    )


def batched_count_models(X: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    fit = fit_poisson(X, counts, np.zeros((MONTHS, 1)))
    robust = newey_west(X, fit.counts - fit.fitted, fit.unscaled, np.arange(MONTHS), LAG, small_sample=False)
    return fit.beta, np.sqrt(np.diagonal(robust, axis1=1, axis2=2))


def formula_count_models(X: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    import statsmodels.api as sm
    import statsmodels.formula.api as smf

    names = [f"x{k}" for k in range(1, X.shape[1])]
    found = []
    for column in counts.T:
        frame = pd.DataFrame(X[:, 1:], columns=names).assign(y=column)
        model = smf.glm("y ~ " + " + ".join(names), frame, family=sm.families.Poisson())
        found.append(model.fit(tol=1e-12, cov_type="HAC", cov_kwds={"maxlags": LAG, "use_correction": False}))
    return np.array([one.params for one in found]), np.array([one.bse for one in found])


def array_count_models(X: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    import statsmodels.api as sm

    found = [
        sm.GLM(column, X, family=sm.families.Poisson()).fit(
            tol=1e-12, cov_type="HAC", cov_kwds={"maxlags": LAG, "use_correction": False}
        )
        for column in counts.T
    ]
    return np.array([one.params for one in found]), np.array([one.bse for one in found])


def looped_t(X: np.ndarray, time_of: np.ndarray, contrast: np.ndarray, series: np.ndarray) -> np.ndarray:
    """Fit every draw by itself: one-dimensional optimisation of the whitened least-squares likelihood."""
    return np.array([one_t(X, time_of, contrast, column) for column in series.T])


def one_t(X: np.ndarray, time_of: np.ndarray, contrast: np.ndarray, y: np.ndarray) -> float:
    n, p = X.shape
    gaps = np.diff(time_of)

    def solved(rho: float) -> tuple[float, np.ndarray, float, np.ndarray]:
        basis, triangle = np.linalg.qr(whitened(X, time_of, rho))
        target = whitened(y, time_of, rho)
        scores = basis.T @ target
        rss = float(target @ target - scores @ scores)
        logs = np.log1p(-(rho ** (2 * gaps))).sum() + 2 * np.log(np.abs(np.diag(triangle))).sum()
        return 0.5 * ((n - p) * np.log(rss) + logs), scores, rss, triangle

    starts = np.linspace(-0.9, 0.95, 12)
    near = starts[np.argmin([solved(rho)[0] for rho in starts])]
    best = minimize_scalar(lambda rho: solved(rho)[0], bounds=(near - 0.2, min(near + 0.2, 0.989)), method="bounded")
    _, scores, rss, triangle = solved(float(best.x))
    turned = np.linalg.solve(triangle.T, contrast)
    return float(turned @ scores / (np.sqrt(turned @ turned) * np.sqrt(rss / (n - p))))


def count_rows() -> list[tuple[str, float]]:
    X = count_design()
    counts = np.random.default_rng(1).negative_binomial(20, 0.4, size=(MONTHS, SERIES)).astype(float)
    ours = batched_count_models(X, counts)
    few = counts[:, :LOOPED]
    for peer in (formula_count_models, array_count_models):
        for mine, theirs in zip(ours, peer(X, few), strict=True):
            if np.abs(mine[:LOOPED] / theirs - 1).max() > 1e-6:
                raise SystemExit(f"{peer.__name__} disagrees: no times")
    return [
        ("Poisson + HAC, 120 × 16, batched", cpu_seconds(lambda: batched_count_models(X, counts)) / SERIES),
        ("  statsmodels arrays", cpu_seconds(lambda: array_count_models(X, few), 3) / LOOPED),
        ("  statsmodels formula", cpu_seconds(lambda: formula_count_models(X, few), 3) / LOOPED),
    ]


def bootstrap_rows() -> list[tuple[str, float]]:
    t = np.arange(60)
    waves = [wave(2 * np.pi * k * t / 12) for k in (1, 2) for wave in (np.sin, np.cos)]
    X = np.column_stack([np.ones(60), t / 12, t >= 40, *waves]).astype(float)
    contrast = np.eye(7)[2]
    design = ar1_design(X, t)
    random = np.random.default_rng(2)
    series = correlated(random.standard_normal((60, LOOPED)), t, np.array(0.4))
    quick = statistics(grid_of(design), contrast[None, :], series).t[0]
    if np.quantile(np.abs(quick - looped_t(X, t, contrast, series)), 0.99) > 0.02:
        raise SystemExit("the loop of fits disagrees: no times")
    fit = fit_reml(design, series[:, :1])
    return [
        (f"REML-AR(1), {DRAWS} draws, 60 months", cpu_seconds(lambda: bootstrap_t(fit, contrast[None, :]), 15)),
        ("  loop of fits", cpu_seconds(lambda: looped_t(X, t, contrast, series), 3) / LOOPED * DRAWS),
    ]


def main() -> None:
    for rows in (count_rows(), bootstrap_rows()):
        for name, seconds in rows:
            print(f"{name:40s} {1000 * seconds:10.3f} ms a series {seconds / rows[0][1]:8.1f} ×")


if __name__ == "__main__":
    main()
