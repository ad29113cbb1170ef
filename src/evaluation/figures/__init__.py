"""Figures over the contracts: picture, message, alt text and numbers in one frozen object."""

from evaluation.figures.alt import alt_text
from evaluation.figures.axes import Band, Event
from evaluation.figures.figure import Figure, figure_from_output
from evaluation.figures.palette import ROLES, contrast
from evaluation.figures.series import Expectation, series_figure

__all__ = [
    "ROLES",
    "Band",
    "Event",
    "Expectation",
    "Figure",
    "alt_text",
    "contrast",
    "figure_from_output",
    "series_figure",
]
