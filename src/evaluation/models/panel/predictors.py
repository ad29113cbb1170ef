"""Classical synthetic control from predictors, with predictor weights chosen by the fit of the outcome."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.models.panel.simplex import simplex_weights
from evaluation.series import Floats

ITERATIONS = 1000
SEED, SPREAD = 20110613, 2.0


@dataclass(frozen=True, slots=True, eq=False)
class PredictorFit:
    """Weights of a synthetic control that matches predictors.

    Attributes
    ----------
    weights
        Weight of each donor, ≥ 0, sum 1, shape (donors,).
    predictor_weights
        Weight of each predictor (the diagonal of V), ≥ 0, sum 1, shape (k,).
    mean_squared_gap
        Of the outcome over the points it was fitted on, in squared units of the outcome.
    kkt
        Residual of the inner programme.
    """

    weights: Floats
    predictor_weights: Floats
    mean_squared_gap: float
    kkt: float


def match_predictors(predictors: Floats, outcome: Floats, treated: int, starts: int = 24) -> PredictorFit:
    """Choose predictor weights V so that the control matching the predictors also follows the outcome.

    Abadie, Diamond and Hainmueller (2011, *J. Stat. Softw.* 42:13): inner problem the simplex programme on predictors
    divided by their standard deviation over all areas; outer problem the mean squared gap of the outcome. The outer
    problem has local minima (on the Basque data the published optimum is one), so Nelder–Mead starts from equal
    weights and from fixed points spread over several powers of ten, and the best is kept.

    Parameters
    ----------
    predictors
        Shape (areas, k), no missing values.
    outcome
        Shape (areas, b): the points whose fit decides V.
    treated
        Row of the treated area; all other rows are donors.
    starts
        Number of starting points: the first is equal weights.
    """
    from scipy.optimize import minimize

    scaled = predictors / predictors.std(axis=0, ddof=1)
    donors = np.delete(np.arange(len(predictors)), treated)

    def fit_of(roots: Floats) -> PredictorFit:
        importance = roots**2 / np.sum(roots**2)
        weighted = scaled * np.sqrt(importance)
        solution = simplex_weights(weighted[treated], weighted[donors])
        gap = outcome[treated] - solution.weights[0] @ outcome[donors]
        return PredictorFit(solution.weights[0], importance, float(np.mean(gap**2)), float(solution.kkt[0]))

    def loss(roots: Floats) -> float:
        return fit_of(roots).mean_squared_gap

    begins = _starting_points(scaled.shape[1], starts)
    fits = [fit_of(minimize(loss, begin, method="Nelder-Mead", options={"maxiter": ITERATIONS}).x) for begin in begins]
    return min(fits, key=lambda fit: fit.mean_squared_gap)


def _starting_points(number: int, starts: int) -> list[Floats]:
    """Equal weights, then weights spread over several powers of ten: the same ones every time."""
    spread = np.random.default_rng(SEED).normal(0.0, SPREAD, size=(max(0, starts - 1), number))
    return [np.full(number, number**-0.5), *np.exp(spread)]
