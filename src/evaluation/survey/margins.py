"""What the variance needs to know of calibrated weights: the margins that they were calibrated to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.series import Floats

Codes = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """The margins that weights were calibrated to, as the variance needs them.

    The variance of a calibrated estimate is that of the residuals from the regression of the linearised variable on the
    margins, weighted by the design weights, times the calibrated weights (Deville, Särndal 1992, *JASA* 87:376–382).

    Attributes
    ----------
    margins
        For each margin the category code of every respondent, each of shape (n,).
    base_weights
        Weights before the calibration, shape (n,).
    inverse
        Pseudo-inverse of the weighted cross-product of all category indicators, shape (categories, categories).
    """

    margins: tuple[Codes, ...]
    base_weights: Floats
    inverse: Floats

    def residual(self, linearised: Floats) -> Floats:
        """Take away what the margins explain of a linearised variable, shape (n,)."""
        weighted = self.base_weights * linearised
        totals = np.concatenate([np.bincount(codes, weighted, minlength=codes.max() + 1) for codes in self.margins])
        effects = self.inverse @ totals
        start = np.cumsum([0] + [int(codes.max()) + 1 for codes in self.margins])
        fitted = sum((effects[first + codes] for first, codes in zip(start, self.margins, strict=False)), np.zeros(1))
        return np.asarray(linearised - fitted, dtype=np.float64)
