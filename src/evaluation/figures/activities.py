"""What was done, under the time axis of a series: one thin bar per measure, with a letter that the note explains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import TYPE_CHECKING

import numpy as np

from evaluation.figures.axes import SMALL, years
from evaluation.figures.palette import FOCUS
from evaluation.series import POINTS_PER_YEAR, TimeSeries
from evaluation.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LANE = 17  # height of one bar with its letter, in units of the viewBox
BELOW_DATES = 34  # from the axis to the first bar: the years stand between
MOST = 4  # bars under one figure; the list of measures has all


@dataclass(frozen=True, slots=True)
class Activity:
    """A measure on a time axis: first and last day inclusive (no last day: it still runs)."""

    name: str
    start: np.datetime64
    end: np.datetime64 | None = None


def lettered(activities: Sequence[Activity], among: Sequence[Activity] | None = None) -> list[tuple[str, Activity]]:
    """Choose what is drawn, by first day, each with its letter; `among` has all that share letters in one figure."""
    ordered = sorted(activities if among is None else among, key=lambda one: (one.start, one.name))[:MOST]
    return [(letter, one) for letter, one in zip(ascii_uppercase, ordered, strict=False) if one in activities]


def strip_room(activities: Sequence[Activity], among: Sequence[Activity] | None = None) -> int:
    """Room under the dates, in units of the viewBox."""
    drawn = lettered(activities, among)
    return 8 + LANE * len(drawn) if drawn else 0


def draw_activities(
    ax: Axes, activities: Sequence[Activity], begin: float, end: float, among: Sequence[Activity] | None = None
) -> None:
    """Draw the bars under the dates, from begin to end in years; a bar without an end goes on as an arrow."""
    figure = ax.get_figure()
    height = ax.get_position().height * figure.get_figheight() * 72  # type: ignore[union-attr]
    across = ax.get_xaxis_transform()
    for lane, (letter, activity) in enumerate(lettered(activities, among)):
        at = -(BELOW_DATES + LANE * lane) / height
        start, stop = max(first_day(activity), begin), min(after_last_day(activity, end), end)
        if start >= stop:
            continue
        ax.plot([start, stop], [at, at], transform=across, clip_on=False, color=FOCUS.colour, linewidth=4)
        if activity.end is None:
            ax.plot(stop, at, ">", transform=across, clip_on=False, color=FOCUS.colour, markersize=8)
        ax.annotate(
            letter,
            (start, at),
            xycoords=("data", "axes fraction"),
            xytext=(-5, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=SMALL,
        )


def first_day(activity: Activity) -> float:
    """Place the first day on an axis in years."""
    return float(years(activity.start))


def after_last_day(activity: Activity, end: float) -> float:
    """Place the end of the last day on an axis in years; `end` where it still runs."""
    return end if activity.end is None else float(years(activity.end + np.timedelta64(1)))


def activity_notes(activities: Sequence[Activity], wording: Wording) -> tuple[str, ...]:
    """Explain the letters, and say how many measures are not drawn."""
    drawn = lettered(activities)
    notes = [
        wording.say("measures.on_axis_note", letter=letter, name=one.name, period=wording.period(one.start, one.end))
        for letter, one in drawn
    ]
    more = len(activities) - len(drawn)
    return (*notes, *([wording.say("measures.on_axis_more", number=more)] if more else []))


def letters_in_words(activities: Sequence[Activity], wording: Wording) -> str:
    """Name the letters that are drawn."""
    return wording.join([letter for letter, _ in lettered(activities)])


def under_way(series: TimeSeries, activities: Sequence[Activity]) -> list[str]:
    """Give the letters of the measures under way at some day of each point of a series."""
    months = 12 // POINTS_PER_YEAR[series.grain]
    ends = (series.start.astype("datetime64[M]") + months).astype("datetime64[D]") - np.timedelta64(1, "D")
    drawn = lettered(activities)
    return [
        ", ".join(letter for letter, one in drawn if one.start <= last and (one.end is None or one.end >= first))
        for first, last in zip(series.start, ends, strict=True)
    ]
