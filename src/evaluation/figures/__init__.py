"""Figures over the contracts: picture, message, alt text and numbers in one frozen object."""

from evaluation.figures.activities import Activity
from evaluation.figures.alt import alt_text
from evaluation.figures.axes import Band, Event
from evaluation.figures.figure import Figure, figure_from_output
from evaluation.figures.forest import ForestRow, forest_figure
from evaluation.figures.gaps import event_study_figure, placebo_gaps_figure
from evaluation.figures.heat import calendar_figure, hour_of_week_figure
from evaluation.figures.multiples import multiples_figure
from evaluation.figures.palette import ROLES, contrast
from evaluation.figures.places import Place, map_figure
from evaluation.figures.series import Expectation, series_figure
from evaluation.figures.specification import specification_figure
from evaluation.figures.timeline import TimelineRow, timeline_figure
from evaluation.figures.waves import WavePoint, waves_figure

__all__ = [
    "ROLES",
    "Activity",
    "Band",
    "Event",
    "Expectation",
    "Figure",
    "ForestRow",
    "Place",
    "TimelineRow",
    "WavePoint",
    "alt_text",
    "calendar_figure",
    "contrast",
    "event_study_figure",
    "figure_from_output",
    "forest_figure",
    "hour_of_week_figure",
    "map_figure",
    "multiples_figure",
    "placebo_gaps_figure",
    "series_figure",
    "specification_figure",
    "timeline_figure",
    "waves_figure",
]
