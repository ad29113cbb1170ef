"""Synthetic control: a weighted mean of areas that followed the treated area through the baseline."""

from __future__ import annotations

from evaluation.errors import ParameterError
from evaluation.models.panel.comparison import PanelResult, compare
from evaluation.models.panel.panel import Panel
from evaluation.models.panel.weighting import synthetic_weights
from evaluation.series import Floats, Window


def synthetic_control(
    panel: Panel,
    treated: str,
    window: Window,
    covariates: Floats | None = None,
    *,
    intercept: bool = True,
    ridge: float = 1.0,
    level: float = 0.95,
) -> PanelResult:
    """Effect against the weighted mean of areas that followed the treated one (Abadie, Diamond and Hainmueller 2010).

    The default is demeaned (Doudchenko and Imbens 2016; Ferman and Pinto 2021) and lightly penalised. Demeaned,
    because levels of municipalities differ for good and an area at the edge of the pool has no classical control:
    with levels in the fit its misfit looks like an effect. Penalised, because eight quarters against twenty donors
    can be fitted exactly by chance: the weights are then not unique, the baseline gap is zero and says nothing about
    precision. `ridge=0, intercept=False` is the classical design; the gate tells when it must not be trusted.
    Inference as in `placebo_test`: every area gets its own control and is ranked.

    Parameters
    ----------
    covariates
        Shape (areas, k), in the panel's row order: matched beside the outcome path, each as one more baseline point.
    intercept
        Let the level differ from the treated area's.
    ridge
        Penalty ζ on squared weights in units of the standard deviation of the pool's first differences.

    Raises
    ------
    ParameterError
        Covariates of another shape or with missing values, or a negative ridge.
    EstimationError
        The weights are not the optimum (KKT residual above 1e-8), or too few points or areas.
    """
    _require_usable(panel, covariates, ridge)
    weigh = synthetic_weights(ridge, intercept, covariates)
    method = (
        f"synthetic control, {'demeaned' if intercept else 'levels'}, simplex weights, ridge {ridge:g}, "
        f"{0 if covariates is None else covariates.shape[1]} covariates, every area enumerated as placebo, "
        "studentised by its baseline gap"
    )
    return compare(panel, treated, window, weigh, "synthetic_control", method, level)


def _require_usable(panel: Panel, covariates: Floats | None, ridge: float) -> None:
    fits = covariates is None or (
        covariates.ndim == 2 and len(covariates) == len(panel.areas) and bool((covariates == covariates).all())
    )
    if not fits or ridge < 0:
        raise ParameterError(
            f"synthetic control of panel {panel.indicator}",
            found=f"ridge {ridge:g}, covariates of shape {None if covariates is None else covariates.shape}",
            expected=f"ridge ≥ 0 and covariates of shape ({len(panel.areas)}, k) without missing values",
            todo="give one row of covariates per area, in the order of panel.areas",
        )
