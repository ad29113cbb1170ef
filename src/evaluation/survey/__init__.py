"""Perceived safety from survey waves: design-based shares, changes between waves, and when they may not be compared."""

from evaluation.survey.calibration import post_stratify, rake
from evaluation.survey.contrast import Contrast, contrast, difference, standardise
from evaluation.survey.design import SurveyDesign, crossed, pooled_waves
from evaluation.survey.domains import Domains, domains_of
from evaluation.survey.estimates import DomainEstimates, mean, ratio, share, total
from evaluation.survey.intervals import Limits, limits_of

__all__ = [
    "Contrast",
    "DomainEstimates",
    "Domains",
    "Limits",
    "SurveyDesign",
    "contrast",
    "crossed",
    "difference",
    "domains_of",
    "limits_of",
    "mean",
    "pooled_waves",
    "post_stratify",
    "rake",
    "ratio",
    "share",
    "standardise",
    "total",
]
