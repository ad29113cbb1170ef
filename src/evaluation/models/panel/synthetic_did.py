"""Synthetic difference-in-differences: weighted areas and weighted baseline points."""

from __future__ import annotations

from evaluation.models.panel.comparison import PanelResult, compare
from evaluation.models.panel.panel import Panel
from evaluation.models.panel.weighting import synthetic_did_weights
from evaluation.series import Window


def synthetic_did(
    panel: Panel, treated: str, window: Window, *, ridge: float = 1.0, level: float = 0.95
) -> PanelResult:
    """Effect by synthetic difference-in-differences (Arkhangelsky et al. 2021, *Am. Econ. Rev.* 111:4088–4118).

    Donors are weighted so that their mean runs parallel to the treated area, with ζ = (period points)^¼ · σ, and
    baseline points so that they resemble the period in the donors. The treated area is in no placebo's pool
    (their Algorithm 4), but the placebo effects are ranked, not turned into a standard error.

    Parameters
    ----------
    ridge
        Multiplies the ζ of the paper.
    """
    method = (
        f"synthetic difference-in-differences, unit ridge {ridge:g} x paper's zeta, time weights, "
        "every area enumerated as placebo, studentised by its baseline gap"
    )
    return compare(panel, treated, window, synthetic_did_weights(ridge), "synthetic_did", method, level)
