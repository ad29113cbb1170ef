"""The simplex programme against brute force, against a duality bound, and against algebra."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from evaluation.errors import EstimationError
from evaluation.models.panel import simplex_weights, simplex_weights_of_all
from evaluation.models.panel.simplex import kkt_residuals

KINDS = ("plain", "twins", "collinear", "constant", "inside", "few points", "far away", "ridge")


def objective(target: np.ndarray, candidates: np.ndarray, weights: np.ndarray, ridge: float) -> float:
    return float(np.sum((target - weights @ candidates) ** 2) + ridge * np.sum(weights**2))


def best_of_every_support(target: np.ndarray, candidates: np.ndarray, ridge: float) -> float:
    """Brute force: on every support solve the equality-constrained problem; the best feasible one is the optimum."""
    n, best = len(candidates), np.inf
    for size in range(1, n + 1):
        for support in combinations(range(n), size):
            chosen = candidates[list(support)]
            system = np.ones((size + 1, size + 1))
            system[:size, :size] = 2 * (chosen @ chosen.T + ridge * np.eye(size))
            system[size, size] = 0
            right = np.append(2 * chosen @ target, 1.0)
            solved = np.linalg.lstsq(system, right, rcond=None)[0][:size]
            if solved.min() >= -1e-12 and abs(solved.sum() - 1) < 1e-9:
                best = min(best, objective(target, chosen, solved, ridge))
    return best


def problem(kind: str, seed: int, n: int, t: int) -> tuple[np.ndarray, np.ndarray, float]:
    rng = np.random.default_rng([KINDS.index(kind), seed])
    candidates = rng.normal(size=(n, 2 if kind == "few points" else t))
    target = rng.normal(size=candidates.shape[1])
    if kind == "twins":
        candidates[1] = candidates[0]
    if kind == "collinear":
        candidates[2] = 0.3 * candidates[0] + 0.7 * candidates[1]
    if kind == "constant":
        candidates[0] = 1.0
        target[:] = 1.0 + 0.1 * target
    if kind == "inside":
        target = rng.dirichlet(np.ones(n)) @ candidates
    if kind == "far away":
        target += 50.0
    return target, candidates, 0.5 if kind == "ridge" else 0.0


@pytest.mark.parametrize("kind", KINDS)
def test_optimum_equals_brute_force_over_all_supports(kind: str) -> None:
    for seed in range(20):  # 8 kinds × 20 = 160 problems
        target, candidates, ridge = problem(kind, seed, n=6, t=5)
        solution = simplex_weights(target, candidates, ridge)
        gap = objective(target, candidates, solution.weights[0], ridge) - best_of_every_support(
            target, candidates, ridge
        )
        assert abs(gap) <= 1e-8
        assert solution.kkt[0] <= 1e-8


@pytest.mark.parametrize("kind", KINDS)
def test_no_point_of_the_simplex_can_be_better(kind: str) -> None:
    """The objective is convex, so f(w) − min f ≤ max over vertices v of ∇f(w)·(w − v): a bound that needs no solver."""
    for seed in range(10):  # 8 kinds × 10 = 80 problems of realistic size
        target, candidates, ridge = problem(kind, 100 + seed, n=60, t=24)
        weights = simplex_weights(target, candidates, ridge).weights[0]
        gradient = 2 * (candidates @ (weights @ candidates - target) + ridge * weights)
        bound = gradient @ weights - gradient.min()
        assert bound <= 1e-8 * max(1.0, float(target @ target))
        assert weights.min() >= 0
        assert abs(weights.sum() - 1) <= 1e-12


def test_a_general_solver_finds_nothing_better() -> None:
    for seed in range(5):
        target, candidates, ridge = problem("plain", 500 + seed, n=12, t=10)
        ours = objective(target, candidates, simplex_weights(target, candidates, ridge).weights[0], ridge)
        theirs = minimize(
            lambda w, y=target, c=candidates, r=ridge: objective(y, c, w, r),
            np.full(12, 1 / 12),
            method="SLSQP",
            bounds=[(0, 1)] * 12,
            constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
            options={"maxiter": 500, "ftol": 1e-14},
        )
        assert ours <= theirs.fun + 1e-10
        assert ours == pytest.approx(theirs.fun, abs=1e-6)


def test_two_donors_by_hand() -> None:
    # target 1 between donors 0 and 4 on a line: (1 − 4b)² is 0 at b = 1/4
    assert simplex_weights(np.array([1.0]), np.array([[0.0], [4.0]])).weights[0] == pytest.approx([0.75, 0.25])
    # with ridge 8 and b the second weight: (1 − 4b)² + 8(1 − b)² + 8b² → −8 + 32b − 16 + 32b = 0 → b = 3/8
    assert simplex_weights(np.array([1.0]), np.array([[0.0], [4.0]]), 8.0).weights[0] == pytest.approx([0.625, 0.375])


def test_a_target_that_every_donor_equals_is_shared_equally() -> None:
    assert simplex_weights(np.ones(4), np.ones((5, 4))).weights[0] == pytest.approx(np.full(5, 0.2))


def test_all_rows_at_once_equal_one_at_a_time_also_when_points_outnumber_rows() -> None:
    rows = np.random.default_rng(1).normal(size=(9, 40)).cumsum(axis=1)
    allowed = ~np.eye(9, dtype=bool)
    together = simplex_weights_of_all(rows, np.arange(9), allowed)
    for one in range(9):
        alone = simplex_weights(rows[one], np.delete(rows, one, axis=0))
        assert np.delete(together.weights[one], one) == pytest.approx(alone.weights[0], abs=1e-9)
        assert together.weights[one, one] == 0


def test_the_residual_sees_weights_that_are_not_optimal() -> None:
    rows = np.array([[1.0], [0.0], [4.0]])
    allowed = np.array([[False, True, True]])
    for weights, optimal in (([0, 0.75, 0.25], True), ([0, 0.7, 0.3], False), ([0, 0.75, 0.2], False)):
        residual = kkt_residuals(rows @ rows.T, np.array([0]), allowed, np.array([weights]), 0.0)[0]
        assert (residual <= 1e-8) == optimal


def test_the_residual_is_relative_to_the_mean_squared_distance() -> None:
    # 0.3 on donor 4 gives 1.2 for a target of 1: half gradients 0·0.2 and 4·0.2 = 0.8, multiplier 0.3·0.8 = 0.24,
    # largest violation 0.8 − 0.24 = 0.56; mean squared distance (1 + 9)/2 = 5.
    rows = np.array([[1.0], [0.0], [4.0]])
    allowed, weights = np.array([[False, True, True]]), np.array([[0.0, 0.7, 0.3]])
    for factor in (1.0, 1000.0):
        scaled = factor * rows
        residual = kkt_residuals(scaled @ scaled.T, np.array([0]), allowed, weights, 0.0)
        assert residual == pytest.approx([0.56 / 5])


def test_broken_numbers_are_an_error_not_weights() -> None:
    with pytest.raises((EstimationError, ValueError)):
        simplex_weights(np.array([np.nan, 1.0]), np.ones((3, 2)))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.01, 100.0), st.floats(-50.0, 50.0), st.permutations(list(range(7))))
def test_scaling_shifting_and_reordering_do_what_algebra_says(
    seed: int, factor: float, shift: float, order: list[int]
) -> None:
    rng = np.random.default_rng(seed)
    target, candidates = rng.normal(size=9), rng.normal(size=(7, 9))
    weights = simplex_weights(target, candidates).weights[0]
    changed = simplex_weights(factor * target + shift, (factor * candidates + shift)[order]).weights[0]
    assert changed == pytest.approx(weights[order], abs=1e-8)
