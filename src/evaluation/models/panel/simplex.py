"""Least squares on the simplex: weights of at least zero that add up to one, exactly, with the proof returned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from evaluation.errors import EstimationError
from evaluation.series import Bools, Floats

Rows = np.ndarray[tuple[int], np.dtype[np.int64]]
KKT_LIMIT = 1e-8
FIRST, MORE, ROUNDS = 48, 24, 30


@dataclass(frozen=True, slots=True, eq=False)
class SimplexWeights:
    """Weights of one or more simplex problems.

    Attributes
    ----------
    weights
        One row per problem, one column per candidate, shape (m, n); each row is ≥ 0 and adds up to 1.
    kkt
        Residual of the Karush–Kuhn–Tucker conditions of each problem, relative to the mean squared distance between
        target and candidates, shape (m,); an exact optimum has 0, and more than 1e-8 is an error.
    """

    weights: Floats
    kkt: Floats


def simplex_weights(target: Floats, candidates: Floats, ridge: float = 0.0) -> SimplexWeights:
    """Weights w ≥ 0 with Σw = 1 that minimise ‖target − wᵀ·candidates‖² + ridge·‖w‖².

    Parameters
    ----------
    target
        Shape (t,).
    candidates
        One row per candidate, shape (n, t).
    ridge
        Penalty on squared weights, in squared units of the target; more than 0 makes the optimum unique.

    Returns
    -------
    SimplexWeights
        With one row.
    """
    stacked = np.vstack([target, candidates])
    allowed = np.ones((1, len(stacked)), dtype=bool)
    allowed[0, 0] = False
    solution = simplex_weights_of_all(stacked, np.zeros(1, dtype=np.int64), allowed, ridge)
    return SimplexWeights(solution.weights[:, 1:], solution.kkt)


def simplex_weights_of_all(rows: Floats, targets: Rows, allowed: Bools, ridge: float = 0.0) -> SimplexWeights:
    """Solve one simplex problem per target, all with candidates from the same rows (every area as placebo).

    On the simplex target − wᵀ·candidates is −wᵀD with D = candidates − target, so each problem asks for the point of
    a convex hull that is nearest to the origin. Minimising ‖uᵀD‖² + c²(Σu − 1)² over u ≥ 0 alone has the solution
    u = s·w with the same w for any c (for u = s·w it is s²f(w) + c²(s − 1)², whose minimum over s grows with f), so
    one call of the active-set algorithm of Lawson and Hanson (1974, *Solving Least Squares Problems*, ch. 23) is
    exact: nothing is penalised. Most donors get no weight, so each problem starts with its nearest candidates and takes
    in those that the gradient asks for until it asks for none; distances, gradients and the final check of all
    candidates come from one Gram matrix that all problems share.

    Parameters
    ----------
    rows
        Shape (n, t).
    targets
        Row that each problem shall resemble, shape (m,).
    allowed
        Rows that may get weight in each problem, shape (m, n).
    ridge
        As in `simplex_weights`.

    Raises
    ------
    EstimationError
        A KKT residual is above 1e-8: the weights are not the optimum and are not shown.
    """
    factor = np.asarray(np.linalg.qr(rows.T, mode="r")).T if rows.shape[1] > rows.shape[0] else rows
    gram, weights = rows @ rows.T, np.zeros(allowed.shape)
    for problem, target in enumerate(targets):
        chosen, found = _weights_of_one(factor, gram, int(target), np.flatnonzero(allowed[problem]), ridge)
        weights[problem, chosen] = found
    kkt = kkt_residuals(gram, targets, allowed, weights, ridge)
    _require_optimum(kkt)
    return SimplexWeights(weights, kkt)


def kkt_residuals(gram: Floats, targets: Rows, allowed: Bools, weights: Floats, ridge: float) -> Floats:
    """How far each row of weights is from the conditions of an optimum, shape (m,); 0 is an optimum.

    With g the half gradient and μ = wᵀg its multiplier: g ≥ μ for all candidates, g = μ where w > 0, w ≥ 0, Σw = 1.
    """
    gradient = weights @ gram - gram[targets] + ridge * weights
    multiplier = (weights * gradient).sum(axis=1, keepdims=True)
    distance = np.diag(gram)[None, :] - 2 * gram[targets] + np.diag(gram)[targets, None]
    scale = (distance * allowed).sum(axis=1) / allowed.sum(axis=1) + ridge
    slack = np.where(allowed, gradient - multiplier, 0.0) / np.where(scale > 0, scale, 1.0)[:, None]
    dual = np.maximum(-slack, np.where(weights > 0, np.abs(slack), 0.0)).max(axis=1)
    primal = np.maximum(np.abs(weights.sum(axis=1) - 1), -weights.min(axis=1))
    return np.asarray(np.maximum(dual, primal))


def _weights_of_one(factor: Floats, gram: Floats, target: int, candidates: Rows, ridge: float) -> tuple[Rows, Floats]:
    """Candidates with their weights; all others have none."""
    distance = np.maximum(gram[candidates, candidates] - 2 * gram[target, candidates] + gram[target, target], 0.0)
    size = float(distance.mean()) + ridge
    if size == 0.0:
        return candidates, np.full(
            candidates.size, 1.0 / candidates.size
        )  # all equal the target, and so are all optima
    chosen = candidates[np.argsort(distance, kind="stable")[:FIRST]]
    for _ in range(ROUNDS):
        weights = _nearest_to_origin(factor[chosen] - factor[target], ridge, size)
        gradient = weights @ gram[chosen] - gram[target]
        multiplier = weights @ (gradient[chosen] + ridge * weights)
        gradient[chosen] = np.inf  # these have been asked
        wanted = candidates[gradient[candidates] < multiplier - 1e-12 * size]
        if wanted.size == 0:
            return chosen, weights
        chosen = np.concatenate([chosen[weights > 0], wanted[np.argsort(gradient[wanted], kind="stable")[:MORE]]])
    return candidates, _nearest_to_origin(factor[candidates] - factor[target], ridge, size)


def _nearest_to_origin(points: Floats, ridge: float, size: float) -> Floats:
    """Weights of the point of the hull nearest to the origin; `size`, a mean square, only scales the numbers."""
    blocks = [points.T / size**0.5, np.ones((1, len(points)))]
    if ridge > 0:
        blocks.append(np.eye(len(points)) * (ridge / size) ** 0.5)
    matrix = np.vstack(blocks)
    wanted = np.zeros(len(matrix))
    wanted[points.shape[1]] = 1.0
    scaled, _ = nnls(matrix, wanted, maxiter=30 * len(points))
    return np.asarray(scaled / scaled.sum())


def _require_optimum(kkt: Floats) -> None:
    worst = float(np.max(kkt))
    if not worst <= KKT_LIMIT:
        raise EstimationError(
            "simplex weights",
            found=f"KKT residual {worst:.2e}",
            expected=f"at most {KKT_LIMIT:g}",
            todo="look for areas with constant, infinite or huge outcomes, or raise the ridge",
        )
