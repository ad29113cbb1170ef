"""The designs that compare an area with other areas, or a place with other places."""

from evaluation.models.panel.comparison import ComparisonPath, DonorWeights, LeaveOneOut, PanelResult
from evaluation.models.panel.did import EventStudy, difference_in_differences, event_study
from evaluation.models.panel.gate import FitGate
from evaluation.models.panel.panel import Panel, panel_from_series
from evaluation.models.panel.placebo import PlaceboTest
from evaluation.models.panel.simplex import SimplexWeights, simplex_weights, simplex_weights_of_all
from evaluation.models.panel.synthetic_control import synthetic_control
from evaluation.models.panel.synthetic_did import synthetic_did

__all__ = [
    "ComparisonPath",
    "DonorWeights",
    "EventStudy",
    "FitGate",
    "LeaveOneOut",
    "Panel",
    "PanelResult",
    "PlaceboTest",
    "SimplexWeights",
    "difference_in_differences",
    "event_study",
    "panel_from_series",
    "simplex_weights",
    "simplex_weights_of_all",
    "synthetic_control",
    "synthetic_did",
]
