"""Calendar and hour-of-week heat maps of incidents: shade by class, the numbers in the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from evaluation.errors import ParameterError
from evaluation.figures.alt import extremes_text
from evaluation.figures.axes import head_room, write_head
from evaluation.figures.classes import EDGE, HIDDEN_HATCH, Classes, classes_of, draw_scale
from evaluation.figures.figure import Figure
from evaluation.figures.finish import caption_of, finish
from evaluation.figures.palette import WHITE, contrast
from evaluation.figures.picture import TEXT_SIZE, blank, house_style, text_room
from evaluation.series import Bools, Floats
from evaluation.tables import Column, Table, table
from evaluation.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TOP, BOTTOM, ROW = 46, 28, 24
MOST_WRITTEN = 100


@dataclass(frozen=True, slots=True)
class Story:
    """What the words around a heat map say: message, axes, place, time, note and source."""

    title: str
    quantity: str
    where: str
    period: str
    note: str
    source: str


def calendar_figure(
    counts: Floats,
    years: Sequence[int],
    wording: Wording,
    *,
    title: str,
    quantity: str,
    where: str,
    hidden: Bools | None = None,
    note: str = "",
    source: str = "",
) -> Figure:
    """Draw counts by year and month; `counts` has shape (years, 12), NaN where there is no figure."""
    rows = [str(year) for year in years]
    months = list(wording.lists["format.months_short"])
    period = f"{rows[0]}–{rows[-1]}" if rows else ""
    story = Story(title, quantity, where, period, note, source)
    places = [f"{month} {year}" for year in rows for month in wording.lists["format.months"]]
    return _heat("calendar", counts, rows, months, places, hidden, wording, story)


def hour_of_week_figure(
    counts: Floats,
    wording: Wording,
    *,
    title: str,
    quantity: str,
    where: str,
    period: str,
    hidden: Bools | None = None,
    note: str = "",
    source: str = "",
) -> Figure:
    """Draw counts by weekday and hour; `counts` has shape (7, 24), Monday first, hour 0 is 00.00–00.59."""
    days = list(wording.lists["format.weekdays_short"])
    hours = [f"{hour:02d}" for hour in range(24)]
    story = Story(title, quantity, where, period, note, source)
    places = [f"{day} {hour}" for day in days for hour in hours]
    return _heat("hour_of_week", counts, days, hours, places, hidden, wording, story)


def _heat(
    kind: str,
    counts: Floats,
    rows: list[str],
    columns: list[str],
    places: list[str],
    hidden: Bools | None,
    wording: Wording,
    story: Story,
) -> Figure:
    _refuse_shape(kind, counts, rows, columns)
    mask = np.zeros(counts.shape, dtype=np.bool_) if hidden is None else hidden
    shown = np.where(mask, np.nan, counts)
    classes = classes_of(shown)
    with house_style():
        extra = head_room(story.quantity)
        height = TOP + BOTTOM + ROW * len(rows) + extra
        left = 8 + max((text_room(row) for row in rows), default=0.0)
        canvas, ax = blank(height, left=left, right=4, top=TOP + extra, bottom=BOTTOM)
        write_head(canvas, story.quantity)
        draw_scale(canvas, classes, wording, down=36 + extra)
        _draw_cells(ax, shown, mask, classes, wording)
        _label(ax, rows, columns)
        return finish(
            canvas,
            kind,
            wording,
            title=story.title,
            what=wording.say("figures.what_where", quantity=story.quantity, where=story.where),
            period=story.period,
            extremes=extremes_text(shown.ravel(), places, wording),
            numbers=_numbers(kind, counts, mask, rows, columns, wording, story),
            notes=(
                wording.say("figures.hatched") if mask.any() else "",
                wording.say("figures.blank") if (np.isnan(counts) & ~mask).any() else "",
                story.note,
            ),
            source=story.source,
        )


def _draw_cells(ax: Axes, shown: Floats, hidden: Bools, classes: Classes, wording: Wording) -> None:
    from matplotlib.colors import ListedColormap

    shades = ListedColormap([WHITE, *(classes.shade(index) for index in range(classes.count))])
    index = classes.of(shown) + 1
    many = index.size > MOST_WRITTEN
    ax.pcolormesh(
        index, cmap=shades, vmin=-0.5, vmax=classes.count + 0.5, edgecolors=WHITE, linewidth=0.6, rasterized=many
    )
    for row, column in np.argwhere(hidden):
        ax.fill_between(
            [column, column + 1], row, row + 1, facecolor=WHITE, edgecolor=EDGE, hatch=HIDDEN_HATCH, linewidth=0
        )
    if not many:
        for row, column in np.argwhere(np.isfinite(shown)):
            shade = classes.shade(int(classes.of(shown[row, column : column + 1])[0]))
            ink = WHITE if contrast(shade, WHITE) > 4.5 else "#1b1b1b"
            written = wording.number(shown[row, column])
            ax.text(column + 0.5, row + 0.5, written, ha="center", va="center", color=ink)


def _label(ax: Axes, rows: list[str], columns: list[str]) -> None:
    step = 1 if len(columns) <= 12 else 3
    at = np.arange(0, len(columns), step)
    ax.set_xticks(at + 0.5, [columns[index] for index in at])
    ax.set_yticks(np.arange(len(rows)) + 0.5, rows, fontsize=TEXT_SIZE)
    ax.set_ylim(len(rows), 0)
    ax.tick_params(length=0)
    ax.grid(False)
    ax.spines["bottom"].set_visible(False)


def _numbers(
    kind: str,
    counts: Floats,
    hidden: Bools,
    rows: list[str],
    columns: list[str],
    wording: Wording,
    story: Story,
) -> Table:
    by_row = pd.DataFrame(counts, columns=columns).assign(row=rows)
    heads = [Column("row", wording.say(f"figures.rows.{kind}")), *(Column(name, name, "count") for name in columns)]
    mask = pd.DataFrame(hidden, columns=columns)
    return table(
        by_row, caption_of(story.title, story.quantity, story.where), heads, wording, hidden=mask, source=story.source
    )


def _refuse_shape(kind: str, counts: Floats, rows: list[str], columns: list[str]) -> None:
    if counts.shape != (len(rows), len(columns)):
        raise ParameterError(
            f"{kind} figure",
            found=f"counts of shape {counts.shape}",
            expected=f"({len(rows)}, {len(columns)})",
            todo="give one row per label, one column per month or hour",
        )
