"""Measures over time: what was planned and what was done, one row each, the name above its own line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from evaluation.errors import ParameterError
from evaluation.figures.axes import Band, date_axis, years
from evaluation.figures.figure import Figure
from evaluation.figures.finish import caption_of, finish
from evaluation.figures.palette import BAND, CONTEXT, FOCUS, WHITE
from evaluation.figures.picture import WIDTH, blank, house_style, text_room
from evaluation.tables import Column, Table, table
from evaluation.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW, LINE = 44, 18  # a row, and the extra line of one whose name and status need two
TOP, BOTTOM, SIDE = 54, 26, 12
LEFT_ROOM, RIGHT_ROOM = 0.08, 0.03  # free space beside the days, as shares of their span; the first date needs more


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One measure: its days (inclusive, none where unknown) and its status in words."""

    name: str
    planned_start: date | None
    planned_end: date | None
    start: date | None
    end: date | None
    status: str

    @property
    def days(self) -> tuple[date, ...]:
        """Every day that is known."""
        every = (self.planned_start, self.planned_end, self.start, self.end)
        return tuple(day for day in every if day is not None)


def timeline_figure(
    rows: Sequence[TimelineRow],
    wording: Wording,
    *,
    title: str,
    where: str,
    band: Band,
    as_of: date,
    note: str = "",
    source: str = "",
) -> Figure:
    """Draw measures over time: planned time as an open bar, what was done as a filled one, an arrow where it goes on.

    Parameters
    ----------
    rows
        Measures with at least one known day.
    band
        The agreement period behind them.
    as_of
        Day on which the measures were reported, inclusive: an ongoing one is drawn up to it.

    Raises
    ------
    ParameterError
        A measure has no known day.
    """
    if not rows or not all(row.days for row in rows):
        raise ParameterError(
            "timeline", found="no measure with a day", expected="measures with a day", todo="leave the figure out"
        )
    what = wording.say("measures.timeline.what", number=len(rows))
    heights = [ROW + LINE * _needs_two_lines(row) for row in rows]
    first, last = _days(rows, band, as_of)
    with house_style():
        canvas, ax = blank(TOP + BOTTOM + sum(heights), left=SIDE, right=SIDE, top=TOP, bottom=BOTTOM)
        _draw(ax, rows, heights, band, as_of, _span(first, last), wording)
        return finish(
            canvas,
            "timeline",
            wording,
            title=title,
            what=wording.say("figures.what_where", quantity=what, where=where),
            period="–".join(dict.fromkeys(str(day.astype("datetime64[Y]")) for day in (first, last))),
            extremes="; ".join(f"{row.name}: {row.status}" for row in rows) + ".",
            numbers=_table(rows, wording, caption_of(title, what, where), source),
            notes=(wording.say("measures.timeline.note"), note),
            source=source,
        )


def _needs_two_lines(row: TimelineRow) -> bool:
    return text_room(row.name) + text_room(row.status) > WIDTH - 2 * SIDE - 10


def _days(rows: Sequence[TimelineRow], band: Band, as_of: date) -> tuple[np.datetime64, np.datetime64]:
    """Return the first and the last day that are drawn, both inclusive."""
    every = [day for row in rows for day in row.days]
    every += [as_of] if any(row.start and not row.end for row in rows) else []
    days = np.array([*every, band.start, *([] if band.end is None else [band.end])], dtype="datetime64[D]")
    return days.min(), days.max()


def _span(first: np.datetime64, last: np.datetime64) -> tuple[float, float]:
    """Return the limits of the axis in years, with free space on either side."""
    low, high = float(years(first)), float(years(last + np.timedelta64(1)))
    return low - LEFT_ROOM * (high - low), high + RIGHT_ROOM * (high - low)


def _draw(
    ax: Axes,
    rows: Sequence[TimelineRow],
    heights: Sequence[int],
    band: Band,
    as_of: date,
    span: tuple[float, float],
    wording: Wording,
) -> None:
    ax.set_ylim(sum(heights), 0)
    ax.set_yticks([])
    ax.axvspan(float(years(band.start)), _after(band, span[1]), color=BAND.fill, zorder=0)
    for row, height, end in zip(rows, heights, np.cumsum(heights), strict=True):
        _write(ax, row, float(end - height), two_lines=height > ROW)
        _draw_planned(ax, row, float(end) - 13, span[1])
        _draw_actual(ax, row, float(end) - 13, as_of)
        ax.axhline(end, color=CONTEXT.fill, linewidth=1, zorder=0)
    date_axis(ax, *span, wording)
    ax.grid(False)
    _key(ax, wording)


def _after(band: Band, right: float) -> float:
    return right if band.end is None else float(years(band.end + np.timedelta64(1)))


def _write(ax: Axes, row: TimelineRow, top: float, *, two_lines: bool) -> None:
    """Write name and status; a dollar sign in a name is a dollar sign."""
    across = ax.get_yaxis_transform()
    name = row.name if text_room(row.name) <= WIDTH - 2 * SIDE else _cut(row.name)
    ax.text(0.01, top + 17, name, transform=across, weight="bold", parse_math=False)
    ax.text(0.99, top + 17 + LINE * two_lines, row.status, transform=across, ha="right", parse_math=False)


def _cut(name: str) -> str:
    """Cut a name that the picture cannot hold; the table has the whole."""
    kept = name
    while text_room(kept + "…") > WIDTH - 2 * SIDE:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def _draw_planned(ax: Axes, row: TimelineRow, y: float, right: float) -> None:
    if row.planned_start is None:
        return
    start = float(years(np.datetime64(row.planned_start)))
    end = float(years(np.datetime64(row.planned_end) + np.timedelta64(1))) if row.planned_end else right
    ax.barh(y, end - start, left=start, height=14, facecolor=WHITE, edgecolor=CONTEXT.colour, linewidth=1.2)


def _draw_actual(ax: Axes, row: TimelineRow, y: float, as_of: date) -> None:
    if row.start is None:
        return
    start = float(years(np.datetime64(row.start)))
    end = float(years(np.datetime64(row.end or as_of) + np.timedelta64(1)))
    ax.barh(y, end - start, left=start, height=7, color=FOCUS.colour, zorder=3)
    if row.end is None:
        ax.plot(end, y, ">", color=FOCUS.colour, markersize=9, zorder=3)


def _key(ax: Axes, wording: Wording) -> None:
    from matplotlib.patches import Patch

    names = [wording.say(f"measures.timeline.{name}") for name in ("planned", "actual", "agreement")]
    planned = Patch(facecolor=WHITE, edgecolor=CONTEXT.colour, linewidth=1.2, label=names[0])
    actual = Patch(facecolor=FOCUS.colour, label=names[1])
    period = Patch(facecolor=BAND.fill, label=names[2])
    figure = ax.get_figure()
    top = 1 - 6 / (figure.get_figheight() * 72)  # type: ignore[union-attr]
    figure.legend(handles=[planned, period, actual], loc="upper left", bbox_to_anchor=(2 / WIDTH, top), ncols=2)  # type: ignore[union-attr]


def _table(rows: Sequence[TimelineRow], wording: Wording, caption: str, source: str) -> Table:
    frame = pd.DataFrame(
        {
            "measure": [row.name for row in rows],
            "planned": [period_in_words(row.planned_start, row.planned_end, wording) for row in rows],
            "carried_out": [period_in_words(row.start, row.end, wording) for row in rows],
            "status": [row.status for row in rows],
        }
    )
    columns = [Column(name, wording.say(f"measures.column.{name}")) for name in frame.columns]
    return table(frame, caption, columns, wording, source=source)


def period_in_words(start: date | None, end: date | None, wording: Wording) -> str | None:
    """Write a period, or nothing where its first day is not known."""
    return None if start is None else wording.period(start, end)
