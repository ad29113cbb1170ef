"""Small multiples: the indicators of a study over the same years, each on its own scale from zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from evaluation.errors import ParameterError
from evaluation.figures.activities import (
    Activity,
    activity_notes,
    draw_activities,
    letters_in_words,
    strip_room,
)
from evaluation.figures.axes import SMALL, Band, date_axis, draw_bands, head_room, middles, write_head, years
from evaluation.figures.figure import Figure
from evaluation.figures.finish import caption_of, finish
from evaluation.figures.palette import CONTEXT, OBSERVED, WHITE
from evaluation.figures.picture import WIDTH, house_style, shortened
from evaluation.figures.series import lone_points
from evaluation.series import POINTS_PER_YEAR, Bools, Floats, TimeSeries
from evaluation.tables import Column, Table, table
from evaluation.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PANEL, TOP, BOTTOM, LEFT, GAP = 150, 30, 30, 58, 14
NAMED = 1.3  # of the highest value: the names of the agreements stand above it
LONGEST_LABEL = 20  # longer names need the whole width


def multiples_figure(
    series: Sequence[TimeSeries],
    labels: Sequence[str],
    wording: Wording,
    *,
    title: str,
    quantity: str,
    where: str,
    bands: Sequence[Band] = (),
    hidden: Sequence[Bools | None] | None = None,
    activities: Sequence[Sequence[Activity]] | None = None,
    note: str = "",
    source: str = "",
    digits: int = 0,
) -> Figure:
    """Draw one small panel per indicator, all of one grain, with the years in common.

    Parameters
    ----------
    series, labels
        Indicators and their names, at least one.
    quantity
        The unit that all panels share.
    bands
        Agreement periods, shaded in every panel and named in the uppermost.
    hidden
        Protected points per series, or None.
    activities
        Measures per series, drawn as lettered bars under its dates; one measure has one letter in the whole figure.
    """
    _refuse_mixture(series, labels)
    done = activities or [()] * len(series)
    every = tuple(dict.fromkeys(one for some in done for one in some))
    shown = [_visible(one, mask) for one, mask in zip(series, hidden or [None] * len(series), strict=True)]
    columns = 1 if max(map(len, labels)) > LONGEST_LABEL else 2
    with house_style():
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure as Canvas

        rooms = _rooms(done, every, columns)
        height = 20 + sum(rooms) + head_room(quantity)
        canvas = Canvas(figsize=(WIDTH / 72, height / 72), dpi=72)
        FigureCanvasAgg(canvas)
        write_head(canvas, quantity)
        low, high = _span(series)
        for at, (one, values, label, measures) in enumerate(zip(series, shown, labels, done, strict=True)):
            ax = canvas.add_axes(_box(at, columns, height - head_room(quantity), height, rooms))
            named = bands if at < columns else [replace(band, label="") for band in bands]
            _draw(ax, one, values, label, named, (low, high), wording)
            draw_activities(ax, measures, low, high, every)
        return finish(
            canvas,
            "multiples",
            wording,
            title=title,
            what=_what(quantity, where, labels, every, wording),
            period=f"{low:.0f}–{np.ceil(high) - 1:.0f}",
            numbers=_numbers(
                series, shown, labels, hidden, wording, caption_of(title, quantity, where), digits, source
            ),
            notes=(
                *activity_notes(every, wording),
                wording.say("figures.multiples_bands") if bands else "",
                *_marks(series, shown, hidden, wording),
                note,
            ),
            source=source,
        )


def _visible(series: TimeSeries, hidden: Bools | None) -> Floats:
    return series.rate if hidden is None else np.where(hidden, np.nan, series.rate)


def _span(series: Sequence[TimeSeries]) -> tuple[float, float]:
    step = 1 / POINTS_PER_YEAR[series[0].grain]
    return min(float(years(one.start[0])) for one in series), max(float(years(one.start[-1])) for one in series) + step


def _what(quantity: str, where: str, labels: Sequence[str], activities: Sequence[Activity], wording: Wording) -> str:
    indicators = wording.join(list(labels))
    what = wording.say("figures.multiples_what", quantity=quantity, where=where, indicators=indicators)
    if not activities:
        return what
    return wording.say("measures.on_axis", what=what, letters=letters_in_words(activities, wording))


def _marks(
    series: Sequence[TimeSeries], shown: Sequence[Floats], hidden: Sequence[Bools | None] | None, wording: Wording
) -> tuple[str, ...]:
    """Explain hollow points and the two kinds of gaps, as far as they are drawn."""
    pairs = list(zip(series, shown, strict=True))
    marks = {
        "figures.preliminary": any((one.preliminary & np.isfinite(values)).any() for one, values in pairs),
        "figures.gap": any(np.isnan(one.rate).any() for one in series),
        "figures.hidden": any(mask is not None and mask.any() for mask in hidden or ()),
    }
    return tuple(wording.say(key) for key, is_there in marks.items() if is_there)


def _rooms(done: Sequence[Sequence[Activity]], every: Sequence[Activity], columns: int) -> list[int]:
    """Give each row of panels the height that its fullest strip of measures needs, in units of the viewBox."""
    strips = [strip_room(measures, every) for measures in done]
    return [PANEL + max(strips[at : at + columns]) for at in range(0, len(strips), columns)]


def _box(at: int, columns: int, top: float, height: float, rooms: Sequence[int]) -> tuple[float, float, float, float]:
    column, row = at % columns, at // columns
    width = (WIDTH - GAP * (columns - 1)) / columns
    left = column * (width + GAP) + LEFT
    bottom = top - 20 - sum(rooms[:row]) - PANEL + BOTTOM
    return (left / WIDTH, bottom / height, (width - LEFT - 4) / WIDTH, (PANEL - TOP - BOTTOM) / height)


def _draw(
    ax: Axes,
    series: TimeSeries,
    values: Floats,
    label: str,
    bands: Sequence[Band],
    span: tuple[float, float],
    wording: Wording,
) -> None:
    at = middles(series.start, series.grain)
    draw_bands(ax, bands, *span)
    ax.plot(at, values, color=OBSERVED.colour, linewidth=1.5)
    lone = lone_points(values)
    ax.plot(at[lone], values[lone], "o", color=OBSERVED.colour, markersize=2)
    early = series.preliminary & np.isfinite(values)
    if early.any():
        ax.plot(
            at[early],
            values[early],
            "o",
            markersize=4,
            markerfacecolor=WHITE,
            markeredgecolor=OBSERVED.colour,
            clip_on=False,
        )
    top = float(np.nanmax(values)) if np.isfinite(values).any() else 1.0
    room = NAMED if any(band.label for band in bands) else 1.08
    ax.set_ylim(0, room * top if top > 0 else 1.0)
    ax.set_yticks([0, top], [wording.number(0), wording.number(top)], fontsize=SMALL)
    date_axis(ax, *span, wording)
    ticks = ax.get_xticks()
    ax.set_xticks([ticks[0], ticks[-1]])
    name = shortened(label, WIDTH * ax.get_position().width + LEFT)
    ax.annotate(
        name, (0, 1), xycoords="axes fraction", xytext=(-LEFT + 2, 8), textcoords="offset points", weight="bold"
    )
    ax.spines["bottom"].set_color(CONTEXT.colour)


def _numbers(
    series: Sequence[TimeSeries],
    shown: Sequence[Floats],
    labels: Sequence[str],
    hidden: Sequence[Bools | None] | None,
    wording: Wording,
    caption: str,
    digits: int,
    source: str,
) -> Table:
    names = [f"indicator {n}" for n in range(len(series))]
    by_point = pd.DataFrame(
        {name: pd.Series(values, index=one.start) for name, one, values in zip(names, series, shown, strict=True)}
    ).sort_index()
    mask = pd.DataFrame(
        {
            name: pd.Series(np.zeros(one.n, np.bool_) if flags is None else flags, index=one.start).reindex(
                by_point.index, fill_value=False
            )
            for name, one, flags in zip(names, series, hidden or [None] * len(series), strict=True)
        }
    )
    by_point.insert(0, "point", [wording.point(day, series[0].grain) for day in by_point.index.to_numpy()])
    heads = [Column("point", wording.say(f"figures.grain.{series[0].grain}"))]
    heads += [Column(f"indicator {n}", label, "number", digits) for n, label in enumerate(labels)]
    return table(
        by_point.reset_index(drop=True), caption, heads, wording, hidden=mask.reset_index(drop=True), source=source
    )


def _refuse_mixture(series: Sequence[TimeSeries], labels: Sequence[str]) -> None:
    if not series or len({one.grain for one in series}) != 1 or len(labels) != len(series):
        raise ParameterError(
            "small multiples",
            found=f"{len(series)} series of grains {sorted({one.grain for one in series})} with {len(labels)} labels",
            expected="one or more series of one grain, each with its label",
            todo="draw one figure per grain",
        )
