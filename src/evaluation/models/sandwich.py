"""Standard errors that do not trust the variance model: Newey–West over true time, and HC3."""

from __future__ import annotations

import numpy as np

from evaluation.models.ar1 import Integers
from evaluation.series import Floats

AT_ONCE = 64
"""Series whose scores are held at the same time: some megabytes for a series of months, so that memory is not what
many series cost."""


def newey_west_lag(n: int) -> int:
    """Choose the lag ⌊4 (n/100)^(2/9)⌋ of Newey and West 1994."""
    return int(4.0 * (n / 100.0) ** (2.0 / 9.0))


def newey_west(
    X: Floats, errors: Floats, bread: Floats, time: Integers, lag: int, *, small_sample: bool = True
) -> Floats:
    """Compute the Newey–West (Bartlett) covariance of m fits of one design, without prewhitening.

    The same as `sandwich::NeweyWest(lag, prewhite = FALSE, adjust = small_sample)`; points that are missing between
    others count as zero scores, so that a lag is a distance in time and not in rows.

    Parameters
    ----------
    X
        Design matrix, shape (n, p).
    errors
        Response residuals (least squares, or counts minus fitted counts under a log link), shape (n, m).
    bread
        (X′X)⁻¹, or the inverse information of the count model at dispersion 1; shape (m, p, p).
    time
        Whole-numbered time of each row, shape (n,).
    small_sample
        Multiply by n / (n − p).
    """
    n, p = X.shape
    factor = n / (n - p) if small_sample else 1.0
    covariance: Floats = np.empty((errors.shape[1], p, p))
    for first in range(0, errors.shape[1], AT_ONCE):
        block = slice(first, first + AT_ONCE)
        part = bread[block]
        covariance[block] = factor * (part @ _meat(X, errors[:, block], time, lag) @ part)
    return covariance


def _meat(X: Floats, errors: Floats, time: Integers, lag: int) -> Floats:
    """Add up the products of scores up to `lag` apart, with Bartlett weights, shape (m, p, p)."""
    scores = np.zeros((errors.shape[1], int(time[-1] - time[0]) + 1, X.shape[1]))
    scores[:, time - time[0]] = errors.T[:, :, None] * X
    # Σ w (Γ + Γ′) in one product: the scores against their own weighted past
    past = np.zeros_like(scores)
    for distance in range(1, lag + 1):
        past[:, distance:] += (1.0 - distance / (lag + 1.0)) * scores[:, :-distance]
    turned = scores.transpose(0, 2, 1)
    lagged = turned @ past
    meat: Floats = turned @ scores + lagged + lagged.transpose(0, 2, 1)
    return meat


def hc3(X: Floats, errors: Floats) -> Floats:
    """Compute the HC3 covariance of MacKinnon and White 1985 for one least-squares fit: (n, p), (n,) → (p, p)."""
    bread = np.linalg.inv(X.T @ X)
    leverage = np.einsum("ni,ij,nj->n", X, bread, X)
    scores = X * (errors / (1.0 - leverage))[:, None]
    covariance: Floats = bread @ scores.T @ scores @ bread
    return covariance
