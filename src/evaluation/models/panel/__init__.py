"""The designs that compare an area with other areas, or a place with other places.

panel_from_series                          series of one indicator laid on the points of the treated area
difference_in_differences, event_study     equal donors; the gap point by point and its pre-trend
synthetic_control, synthetic_did           weighted donors; weighted donors and baseline points
similarity_table                           how alike each candidate was before the agreement
match_predictors                           classical synthetic control from predictors
simplex_weights, simplex_weights_of_all    the exact programme behind the weights
weighted_displacement_difference           target, displacement area and controls; `weighted_by_harm` adds kinds up
e_test, count_dispersion                   exact test of two small counts; variance over mean of counts
aoristic_weights, hot_hours, hot_places    hours of interval-censored incidents; hours and places before and after
"""

from evaluation.models.panel.aoristic import aoristic_weights
from evaluation.models.panel.comparison import ComparisonPath, DonorWeights, LeaveOneOut, PanelResult
from evaluation.models.panel.did import EventStudy, difference_in_differences, event_study
from evaluation.models.panel.displacement import (
    DisplacementDifference,
    PlaceCounts,
    count_dispersion,
    weighted_by_harm,
    weighted_displacement_difference,
)
from evaluation.models.panel.exact import e_test
from evaluation.models.panel.gate import FitGate
from evaluation.models.panel.hot_places import HourChanges, PlaceChanges, hot_hours, hot_places
from evaluation.models.panel.panel import Panel, panel_from_series
from evaluation.models.panel.placebo import PlaceboTest
from evaluation.models.panel.predictors import PredictorFit, match_predictors
from evaluation.models.panel.similarity import Similarity, similarity_table
from evaluation.models.panel.simplex import SimplexWeights, simplex_weights, simplex_weights_of_all
from evaluation.models.panel.synthetic_control import synthetic_control
from evaluation.models.panel.synthetic_did import synthetic_did

__all__ = [
    "ComparisonPath",
    "DisplacementDifference",
    "DonorWeights",
    "EventStudy",
    "FitGate",
    "HourChanges",
    "LeaveOneOut",
    "Panel",
    "PanelResult",
    "PlaceChanges",
    "PlaceCounts",
    "PlaceboTest",
    "PredictorFit",
    "Similarity",
    "SimplexWeights",
    "aoristic_weights",
    "count_dispersion",
    "difference_in_differences",
    "e_test",
    "event_study",
    "hot_hours",
    "hot_places",
    "match_predictors",
    "panel_from_series",
    "similarity_table",
    "simplex_weights",
    "simplex_weights_of_all",
    "synthetic_control",
    "synthetic_did",
    "weighted_by_harm",
    "weighted_displacement_difference",
]
