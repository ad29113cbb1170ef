"""Regression with AR(1) errors in true time: all that can be computed before a response is seen.

The correlation of two points is ρ to the power of their distance, so a gap in the series costs information but bends
nothing. The inverse correlation matrix of such a series is a sum of fixed sparse matrices Sₖ with weights wₖ(ρ): one
for the first point, and for each distinct distance d between neighbours the squares of the later points, the products
of neighbours, and the squares of the earlier points. Every quadratic form is therefore a handful of moments, computed
once for any number of responses and any number of ρ; that is what makes thousands of bootstrap fits matrix work.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from evaluation.models.refusal import NotEstimableError
from evaluation.series import Floats

Integers = NDArray[np.int64]

RHO_LIMIT = 0.99
BOUNDARY = 0.98
_ROWS = 64


def rho_grid(points: int = 121) -> Floats:
    """Give the search grid of ρ: ±0.99, evenly spaced in atanh(ρ), shape (points,)."""
    edge = np.arctanh(RHO_LIMIT)
    return np.tanh(np.linspace(-edge, edge, points))


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """Pairs of neighbouring points that lie the same distance apart.

    Attributes
    ----------
    distance
        Distance in points of the grain (1 = no gap).
    earlier, later
        Row numbers of the two points of each pair, shape (pairs,).
    """

    distance: int
    earlier: Integers
    later: Integers


@dataclass(frozen=True, slots=True, eq=False)
class Ar1Design:
    """A design matrix with its points of time, prepared for AR(1) errors.

    Attributes
    ----------
    X
        Design matrix, shape (n, p), full column rank.
    time
        Whole-numbered point of time of each row, strictly increasing, shape (n,).
    basis, triangle
        Thin QR of X: X = basis @ triangle; shapes (n, p) and (p, p).
    neighbours
        Neighbouring points by distance.
    applied
        basis′ Sₖ for each k, shape (K, p, n).
    moments
        basis′ Sₖ basis for each k, shape (K, p, p).
    """

    X: Floats
    time: Integers
    basis: Floats
    triangle: Floats
    neighbours: tuple[Neighbours, ...]
    applied: Floats
    moments: Floats

    @property
    def n(self) -> int:
        """Number of rows."""
        return int(self.X.shape[0])

    @property
    def p(self) -> int:
        """Number of coefficients."""
        return int(self.X.shape[1])

    @property
    def df(self) -> int:
        """Residual degrees of freedom n − p."""
        return self.n - self.p


def ar1_design(X: Floats, time: Integers) -> Ar1Design:
    """Prepare a design for AR(1) errors.

    The last designs are remembered: every model, check and variant of a page asks for one of a few dozen.

    Parameters
    ----------
    X
        Design matrix, shape (n, p).
    time
        Whole-numbered points of time, strictly increasing, shape (n,).

    Raises
    ------
    NotEstimableError
        When fewer than three residual degrees of freedom remain, or the columns are linearly dependent.
    """
    return _prepared(X.astype(np.float64).tobytes(), X.shape[1], time.astype(np.int64).tobytes())


@lru_cache(maxsize=64)
def _prepared(rows_of_X: bytes, p: int, points: bytes) -> Ar1Design:
    """Prepare from the bytes of the arrays, which are what two equal designs have in common."""
    X, time = np.frombuffer(rows_of_X).reshape(-1, p), np.frombuffer(points, dtype=np.int64)
    require_points(*X.shape)
    basis, triangle = np.linalg.qr(X)
    diagonal = np.abs(np.diag(triangle))
    if diagonal.min() <= 1e-9 * diagonal.max():
        raise NotEstimableError(
            "collinear", found="linearly dependent columns in the model", expected="effects that can be told apart"
        )
    neighbours = neighbours_by_distance(time)
    applied = np.ascontiguousarray(times_each(neighbours, basis).transpose(0, 2, 1))
    return Ar1Design(X, time, basis, triangle, neighbours, applied, applied @ basis)


def require_points(n: int, p: int) -> None:
    """Refuse fewer than three residual degrees of freedom.

    Raises
    ------
    NotEstimableError
        With reason too_few_points.
    """
    if n - p < 3:
        raise NotEstimableError(
            "too_few_points", found=f"{n} points for {p} coefficients", expected="at least three more"
        )


def require_error(squares: Floats, total: Floats) -> None:
    """Refuse responses that are fitted without any error; residual and total sums of squares, shape (m,) each.

    Raises
    ------
    NotEstimableError
        With reason missing_standard_error.
    """
    if np.any(squares <= 1e-20 * np.maximum(total, 1e-300)):
        raise NotEstimableError(
            "missing_standard_error", found="a series without any variation", expected="some variation"
        )


def neighbours_by_distance(time: Integers) -> tuple[Neighbours, ...]:
    """Sort the pairs of neighbouring points by their distance."""
    gaps = np.diff(time)
    return tuple(
        Neighbours(int(distance), np.flatnonzero(gaps == distance), np.flatnonzero(gaps == distance) + 1)
        for distance in np.unique(gaps)
    )


def times_each(neighbours: tuple[Neighbours, ...], columns: Floats) -> Floats:
    """Compute Sₖ times columns for every k: shape (n, c) → (K, n, c)."""
    first = np.zeros_like(columns)
    first[0] = columns[0]
    parts = [first]
    for pair in neighbours:
        later, between, earlier = (np.zeros_like(columns) for _ in range(3))
        later[pair.later] = columns[pair.later]
        between[pair.later] += columns[pair.earlier]
        between[pair.earlier] += columns[pair.later]
        earlier[pair.earlier] = columns[pair.earlier]
        parts += [later, between, earlier]
    return np.stack(parts)


def cross_moments(design: Ar1Design, errors: Floats) -> Floats:
    """Compute basis′ Sₖ e for every k and every column e of `errors`: shape (n, m) → (K, p, m)."""
    together = design.applied.reshape(-1, design.n) @ errors
    return together.reshape(-1, design.p, errors.shape[1])


def square_moments(neighbours: tuple[Neighbours, ...], errors: Floats) -> Floats:
    """Compute e′ Sₖ e for every k and every column e of `errors`: shape (n, m) → (K, m)."""
    parts = [errors[0] ** 2]
    for pair in neighbours:
        later, earlier = errors[pair.later], errors[pair.earlier]
        pairs = ((later, later), (later, earlier), (earlier, earlier))
        squares, products, others = (np.einsum("im,im->m", one, other) for one, other in pairs)
        parts += [squares, 2.0 * products, others]
    return np.stack(parts)


def weights(neighbours: tuple[Neighbours, ...], rho: Floats) -> Floats:
    """Compute wₖ(ρ), so that the inverse correlation matrix is Σ wₖ Sₖ: shape (g,) → (g, K)."""
    parts = [np.ones_like(rho)]
    for pair in neighbours:
        r = rho**pair.distance
        precision = 1.0 / (1.0 - r * r)
        parts += [precision, -r * precision, r * r * precision]
    return np.stack(parts, axis=-1)


def weight_slopes(neighbours: tuple[Neighbours, ...], rho: Floats) -> Floats:
    """Compute the derivatives of wₖ(ρ) with respect to ρ: shape (g,) → (g, K)."""
    parts = [np.zeros_like(rho)]
    for pair in neighbours:
        r = rho**pair.distance
        dr = pair.distance * rho ** (pair.distance - 1)
        square = (1.0 - r * r) ** 2
        parts += [2.0 * r * dr / square, -(1.0 + r * r) * dr / square, 2.0 * r * dr / square]
    return np.stack(parts, axis=-1)


def log_determinant(neighbours: tuple[Neighbours, ...], rho: Floats) -> Floats:
    """Compute log |R(ρ)| of the correlation matrix: shape (g,) → (g,)."""
    return sum(
        (pair.later.size * np.log1p(-(rho ** (2 * pair.distance))) for pair in neighbours), start=np.zeros_like(rho)
    )


def log_determinant_slope(neighbours: tuple[Neighbours, ...], rho: Floats) -> Floats:
    """Compute the derivative of log |R(ρ)|: shape (g,) → (g,)."""
    slopes = (
        -2.0 * pair.distance * pair.later.size * rho ** (2 * pair.distance - 1) / (1.0 - rho ** (2 * pair.distance))
        for pair in neighbours
    )
    return sum(slopes, start=np.zeros_like(rho))


def standard_normals(n: int, draws: int, seed: int) -> Floats:
    """Draw independent standard normals, shape (n, draws), read-only; the same numbers for the same seed.

    They are drawn row by row, so a shorter series gets the first rows of a longer one: the last few are remembered,
    because a page asks for the same ones dozens of times.
    """
    return _remembered(-(-n // _ROWS) * _ROWS, draws, seed)[:n]


@lru_cache(maxsize=8)
def _remembered(rows: int, draws: int, seed: int) -> Floats:
    normals = np.random.default_rng(seed).standard_normal((rows, draws))
    normals.setflags(write=False)
    return normals


def correlated(normals: Floats, time: Integers, rho: Floats) -> Floats:
    """Turn independent standard normals into AR(1) errors of unit variance.

    Parameters
    ----------
    normals
        Shape (n, m).
    time
        Points of time, shape (n,).
    rho
        One ρ per column, shape (m,), or one for all, shape ().
    """
    errors = np.empty_like(normals)
    errors[0] = normals[0]
    gaps = np.diff(time)
    shrink = {int(gap): (rho**gap, np.sqrt(1.0 - rho ** (2 * gap))) for gap in np.unique(gaps)}
    for row, gap in enumerate(gaps, start=1):
        memory, novelty = shrink[int(gap)]
        errors[row] = memory * errors[row - 1] + novelty * normals[row]
    return errors


def whitened(errors: Floats, time: Integers, rho: float | Floats) -> Floats:
    """Undo AR(1) correlation: independent errors of the same variance, shape (n,) or (n, m).

    `rho` is one value for all, or one per column, shape (m,).
    """
    gaps = np.diff(time)
    memory = np.asarray(rho) ** (gaps if errors.ndim == 1 else gaps[:, None])
    later = (errors[1:] - memory * errors[:-1]) / np.sqrt(1.0 - memory**2)
    return np.concatenate([errors[:1], later])
