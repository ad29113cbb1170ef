"""Axes that every chart over time shares: years below, values left, agreement periods and events behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evaluation.figures.palette import BAND, CONTEXT, FOCUS_BAND
from evaluation.figures.picture import WIDTH, text_room, wrapped
from evaluation.series import POINTS_PER_YEAR, Dates, Floats, Grain
from evaluation.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

MOST_TICKS = 7
HEAD_LINE = 17
SMALL = 11.0
NUMBER_ROOM = 22  # units of the viewBox that the number of an event takes


@dataclass(frozen=True, slots=True)
class Band:
    """An agreement period behind a series: first and last day inclusive (no last day: it still runs)."""

    label: str
    start: np.datetime64
    end: np.datetime64 | None = None
    focus: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """A context event: something else that happened, marked by a number that the note explains."""

    label: str
    day: np.datetime64


def years(days: Dates | np.datetime64) -> Floats:
    """Turn days into years with decimals, by month and day of month."""
    days = np.asarray(days, dtype="datetime64[D]")
    months = days.astype("datetime64[M]")
    into_month = (days - months.astype("datetime64[D]")).astype(np.float64) / 31
    return np.asarray(1970 + (months.astype(np.float64) + into_month) / 12)


def middles(start: Dates, grain: Grain) -> Floats:
    """Place each point of a series in the middle of the time that it covers, in years."""
    return years(start) + 0.5 / POINTS_PER_YEAR[grain]


def date_axis(ax: Axes, low: float, high: float, wording: Wording) -> None:
    """Set limits and ticks in years; short spans get quarters with their month."""
    ax.set_xlim(low, high)
    span = high - low
    if span > 2.5:
        ticks = _ticks(low, high, (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000))
        ax.set_xticks(ticks, [f"{tick:.0f}" for tick in ticks])
    else:
        ticks = _ticks(low, high, (0.25, 0.5))
        ax.set_xticks(ticks, [wording.month(_first_of_month(tick), short=True) for tick in ticks])


def value_axis(ax: Axes, quantity: str, wording: Wording, *, from_zero: bool = True, digits: int | None = None) -> None:
    """Start at zero, write few numbers in the language's way, and the quantity level above the axis."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    low, high = ax.get_ylim()
    ax.set_ylim(min(0.0, low) if from_zero else low, high)
    ax.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    ticks = [tick for tick in ax.get_yticks() if low <= tick <= high]
    shown = decimals(ticks) if digits is None else digits
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: wording.number(value, shown)))
    head(ax, quantity)


def head(ax: Axes, quantity: str) -> None:
    """Write the quantity above the picture, from its left edge, level with the page."""
    write_head(ax.get_figure(), quantity)  # type: ignore[arg-type]


def write_head(canvas: Canvas, quantity: str) -> None:
    """Write the quantity at the top of a canvas, in as many lines as a phone needs."""
    height = canvas.get_figheight() * 72
    for line, text in enumerate(wrapped(quantity)):
        canvas.text(2 / WIDTH, 1 - (14 + HEAD_LINE * line) / height, text)


def head_room(quantity: str) -> int:
    """Room that the quantity takes beyond its first line, in units of the viewBox."""
    return HEAD_LINE * (len(wrapped(quantity)) - 1)


def decimals(ticks: Sequence[float]) -> int:
    """Decimals that tell the ticks apart, at most 3."""
    return next((n for n in range(3) if all(abs(tick - round(tick, n)) < 1e-9 for tick in ticks)), 3)


def draw_bands(ax: Axes, bands: Sequence[Band], begin: float, end: float) -> None:
    """Shade the parts of agreement periods between begin and end, with their names at the top."""
    for band in bands:
        role = FOCUS_BAND if band.focus else BAND
        starts, ends = float(years(band.start)), end if band.end is None else float(years(band.end + np.timedelta64(1)))
        start, stop = max(starts, begin), min(ends, end)
        if start >= stop:
            continue
        ax.axvspan(start, stop, color=role.fill, zorder=0)
        if starts >= begin:
            ax.axvline(start, color=role.colour, linewidth=1.6 if band.focus else 1.0, zorder=0.5)
        ax.annotate(
            band.label,
            ((start + stop) / 2, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, -12),
            textcoords="offset points",
            ha="center",
            weight="bold" if band.focus else "normal",
            fontsize=SMALL,
            bbox={"facecolor": role.fill, "pad": 0.5} if band.label else None,
        )


def draw_events(ax: Axes, events: Sequence[Event], begin: float, end: float) -> None:
    """Mark the context events between begin and end by dotted, numbered lines; numbers that would meet are raised."""
    least = NUMBER_ROOM * (end - begin) / WIDTH
    before, raised = -np.inf, False
    for number, event in enumerate(seen(events, begin, end), 1):
        at = float(years(event.day))
        raised = at - before < least and not raised
        before = at
        ax.axvline(at, color=CONTEXT.colour, linestyle=CONTEXT.dash, linewidth=1.2, zorder=1)
        ax.annotate(
            str(number),
            (at, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 14 if raised else 3),
            textcoords="offset points",
            ha="center",
            fontsize=SMALL,
        )


def seen(events: Sequence[Event], begin: float, end: float) -> list[Event]:
    """Choose the events inside the axis, by day, so that their numbers run from left to right."""
    inside = (event for event in events if begin <= float(years(event.day)) <= end)
    return sorted(inside, key=lambda event: event.day)


def event_notes(events: Sequence[Event], wording: Wording) -> tuple[str, ...]:
    """Explain the numbers of the context events that are seen."""
    return tuple(
        wording.say("figures.event", number=number, event=event.label.rstrip("."), month=wording.month(event.day))
        for number, event in enumerate(events, 1)
    )


def key(ax: Axes, quantity: str, columns: int = 2) -> None:
    """Put the key under the quantity, from the picture's left edge; observed comes first."""
    handles, labels = ax.get_legend_handles_labels()
    order = sorted(range(len(labels)), key=lambda at: handles[at].get_zorder(), reverse=True)
    figure = ax.get_figure()
    top = 1 - (22 + head_room(quantity)) / (figure.get_figheight() * 72)  # type: ignore[union-attr]
    figure.legend(  # type: ignore[union-attr]
        [handles[at] for at in order],
        [labels[at] for at in order],
        loc="upper left",
        bbox_to_anchor=(2 / WIDTH, top),
        ncols=columns,
    )


def left_margin(largest: float, wording: Wording, digits: int = 0) -> float:
    """Room for the numbers left of the axis, in units of the viewBox."""
    return 10 + text_room(wording.number(largest, digits))


def _ticks(low: float, high: float, steps: Sequence[float]) -> Floats:
    step = next(step for step in steps if (high - low) / step <= MOST_TICKS)
    return np.arange(np.ceil(low / step - 1e-9) * step, high - 0.03 * (high - low), step)


def _first_of_month(year: float) -> np.datetime64:
    return np.datetime64(round((year - 1970) * 12), "M")
