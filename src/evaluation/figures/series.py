"""The main figure: what was observed, what the baseline led to expect, and what else happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from evaluation.figures.activities import (
    Activity,
    activity_notes,
    draw_activities,
    letters_in_words,
    strip_room,
    under_way,
)
from evaluation.figures.alt import alt_text, extremes_text
from evaluation.figures.axes import (
    Band,
    Event,
    date_axis,
    draw_bands,
    draw_events,
    event_notes,
    head_room,
    key,
    left_margin,
    middles,
    seen,
    value_axis,
)
from evaluation.figures.figure import Figure, MediaType
from evaluation.figures.finish import caption_of
from evaluation.figures.palette import EXPECTED, INTERVAL, OBSERVED, WHITE
from evaluation.figures.picture import WIDTH, blank, drawn, house_style
from evaluation.series import POINTS_PER_YEAR, Bools, Floats, TimeSeries
from evaluation.tables import Column, Table, table
from evaluation.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT = 320


@dataclass(frozen=True, slots=True, eq=False)
class Expectation:
    """What the baseline led to expect, on the scale that is drawn, NaN where nothing is expected; shape (n,) each.

    Attributes
    ----------
    fitted
        The model inside the baseline.
    expected, low, high
        The continuation into the period without the agreement, with its interval (all NaN: none is drawn).
    fitted_name, expected_name
        What they are called, where the usual words do not fit: a synthetic control, a trend and its projection.
    """

    fitted: Floats
    expected: Floats
    low: Floats
    high: Floats
    fitted_name: str = ""
    expected_name: str = ""

    @property
    def has_interval(self) -> bool:
        """True where there is an interval to draw."""
        return bool(np.isfinite(self.low).any())


def series_figure(
    series: TimeSeries,
    wording: Wording,
    *,
    title: str,
    quantity: str,
    where: str,
    expectation: Expectation | None = None,
    bands: Sequence[Band] = (),
    events: Sequence[Event] = (),
    activities: Sequence[Activity] = (),
    hidden: Bools | None = None,
    note: str = "",
    source: str = "",
    digits: int = 0,
) -> Figure:
    """Draw one indicator over time against its expectation.

    Parameters
    ----------
    series
        The rate is drawn (or the value itself for `scale="value"`); unpublished points leave a gap, preliminary ones
        are hollow.
    title
        The finding, one sentence.
    quantity, where
        Axis in words with its unit (`Anmälda brott per 100 000 invånare och år`) and the area's name.
    expectation
        Fitted, expected and interval on the drawn scale.
    bands, events
        Agreement periods and numbered context events.
    activities
        Measures, drawn as lettered bars under the dates.
    hidden
        Protected points, shape (n,): not drawn, not in the table, not in the alt text.
    note, source
        Reader's note; where the figures come from.
    digits
        Decimals in table and alt text.
    """
    observed = np.where(_none(series) if hidden is None else hidden, np.nan, series.rate)
    with house_style():
        picture, media_type = _picture(series, observed, expectation, bands, events, activities, wording, quantity)
    what = wording.say("figures.what_where", quantity=quantity, where=where)
    if activities:
        what = wording.say("measures.on_axis", what=what, letters=letters_in_words(activities, wording))
    labels = [wording.point(day, series.grain) for day in series.start]
    return Figure(
        picture=picture,
        media_type=media_type,
        width=WIDTH,
        height=round(HEIGHT + head_room(quantity) + strip_room(activities)),
        title=title,
        alt=alt_text(
            "line",
            what,
            title,
            wording,
            period=f"{labels[0]}–{labels[-1]}",
            extremes=extremes_text(observed, labels, wording, digits),
        ),
        table=_numbers(
            series, expectation, activities, hidden, wording, caption_of(title, quantity, where), digits, source
        ),
        notes=(*activity_notes(activities, wording), *_notes(series, events, hidden, wording, note, source)),
        numbers_label=wording.say("figures.numbers", title=title),
    )


def _picture(
    series: TimeSeries,
    observed: Floats,
    expectation: Expectation | None,
    bands: Sequence[Band],
    events: Sequence[Event],
    activities: Sequence[Activity],
    wording: Wording,
    quantity: str,
) -> tuple[str, MediaType]:
    at = middles(series.start, series.grain)
    rows = 1 if expectation is None else 2
    extra = head_room(quantity)
    strip = strip_room(activities)
    canvas, ax = blank(
        HEIGHT + extra + strip,
        left=left_margin(_largest(_drawn(observed, expectation)), wording),
        top=46 + 20 * rows + extra,
        bottom=26 + strip,
    )
    half = 0.5 / POINTS_PER_YEAR[series.grain]
    draw_bands(ax, bands, at[0] - half, at[-1] + half)
    draw_events(ax, events, at[0] - half, at[-1] + half)
    if expectation is not None:
        draw_expectation(ax, at, expectation, wording)
    draw_observed(ax, at, observed, series.preliminary, wording)
    key(ax, quantity)
    _fit_height(ax)
    value_axis(ax, quantity, wording, from_zero=series.scale == "count")
    date_axis(ax, at[0] - half, at[-1] + half, wording)
    draw_activities(ax, activities, at[0] - half, at[-1] + half)
    return drawn(canvas)


def draw_expectation(ax: Axes, at: Floats, expectation: Expectation, wording: Wording) -> None:
    """Draw fit, expectation (dashed) and its interval (shaded, with dotted edges)."""
    fitted_name = expectation.fitted_name or wording.say("figures.fitted")
    expected_name = expectation.expected_name or wording.say("figures.expected")
    colour, edge = EXPECTED.colour, INTERVAL.colour
    if np.isfinite(expectation.fitted).any():
        ax.plot(at, expectation.fitted, color=colour, linewidth=1.3, label=fitted_name, zorder=2)
    if np.isfinite(expectation.expected).any():
        ax.plot(at, expectation.expected, color=colour, linestyle=EXPECTED.dash, label=expected_name, zorder=2)
    if expectation.has_interval:
        label = wording.say("figures.interval")
        area = ax.fill_between(at, expectation.low, expectation.high, linestyle=INTERVAL.dash, zorder=1.5)
        sample = ax.fill_between([], [], label=label, zorder=1.5)
        for shape in (area, sample):
            shape.set(facecolor=INTERVAL.fill, edgecolor=edge, linewidth=1.2)


def draw_observed(ax: Axes, at: Floats, observed: Floats, preliminary: Bools, wording: Wording) -> None:
    """Draw observed points joined by a line with gaps; preliminary points are hollow."""
    marker = OBSERVED.marker if at.size <= 60 else ""
    ax.plot(
        at,
        observed,
        color=OBSERVED.colour,
        linewidth=1.6,
        label=wording.say("figures.observed"),
        zorder=3,
        marker=marker,
    )
    lone = lone_points(observed)
    if lone.any() and not marker:
        ax.plot(
            at[lone], observed[lone], linestyle="none", marker=OBSERVED.marker, color=OBSERVED.colour, markersize=2.5
        )
    if preliminary.any():
        ax.plot(
            at[preliminary],
            observed[preliminary],
            linestyle="none",
            marker=OBSERVED.marker,
            markersize=6,
            markerfacecolor=WHITE,
            markeredgecolor=OBSERVED.colour,
            zorder=4,
            clip_on=False,  # the last point lies at the edge: half a ring is no ring
        )


def lone_points(observed: Floats) -> Bools:
    """Find points without a neighbour: no line reaches them, so they are drawn as dots."""
    shown = np.concatenate([[False], np.isfinite(observed), [False]])
    return np.asarray(shown[1:-1] & ~shown[:-2] & ~shown[2:])


def _numbers(
    series: TimeSeries,
    expectation: Expectation | None,
    activities: Sequence[Activity],
    hidden: Bools | None,
    wording: Wording,
    caption: str,
    digits: int,
    source: str,
) -> Table:
    points = pd.DataFrame(
        {"point": [wording.point(day, series.grain) for day in series.start], "observed": series.rate}
    )
    columns = [Column("point", wording.say(f"figures.grain.{series.grain}"))]
    columns += [Column("observed", wording.say("figures.observed"), "number", digits)]
    if expectation is not None:
        points = points.assign(expected=_either(expectation), low=expectation.low, high=expectation.high)
        columns += [Column("expected", _line_name(expectation, wording), "number", digits)]
        limits = ("low", "high") if expectation.has_interval else ()
        columns += [Column(limit, wording.say(f"figures.{limit}"), "number", digits) for limit in limits]
    if activities:
        points = points.assign(activities=under_way(series, activities))
        columns += [Column("activities", wording.say("measures.on_axis_column"))]
    mask = None if hidden is None else pd.DataFrame({"observed": hidden})
    return table(points, caption, columns, wording, hidden=mask, source=source)


def _line_name(expectation: Expectation, wording: Wording) -> str:
    """Head the column by what is in it: a line without a continuation is no expectation."""
    if np.isfinite(expectation.expected).any():
        return expectation.expected_name or wording.say("figures.expected")
    return expectation.fitted_name or wording.say("figures.fitted")


def _notes(
    series: TimeSeries,
    events: Sequence[Event],
    hidden: Bools | None,
    wording: Wording,
    note: str,
    source: str,
) -> tuple[str, ...]:
    marks = {
        "figures.preliminary": series.preliminary.any(),
        "figures.gap": np.isnan(series.rate).any(),
        "figures.hidden": hidden is not None and hidden.any(),
        "figures.from_zero": series.scale == "value",
    }
    told = tuple(wording.say(key) for key, is_there in marks.items() if is_there)
    last = (wording.say("tables.source", source=source),) if source else ()
    half = 0.5 / POINTS_PER_YEAR[series.grain]
    at = middles(series.start, series.grain)
    visible = seen(events, at[0] - half, at[-1] + half)
    return (*event_notes(visible, wording), *told, *((note,) if note else ()), *last)


def _either(expectation: Expectation) -> Floats:
    return np.where(np.isnan(expectation.expected), expectation.fitted, expectation.expected)


def _none(series: TimeSeries) -> Bools:
    return np.zeros(series.n, dtype=np.bool_)


def _drawn(observed: Floats, expectation: Expectation | None) -> Floats:
    e = expectation
    return observed if e is None else np.concatenate([observed, e.fitted, e.expected, e.high])


def _largest(values: Floats) -> float:
    return float(np.nanmax(values)) if np.isfinite(values).any() else 0.0


def _fit_height(ax: Axes) -> None:
    low, high = ax.get_ylim()
    ax.set_ylim(low, high + 0.12 * (high - low))  # room for the names of the agreements
