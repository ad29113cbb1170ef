"""Against other areas: the event study before and after, and the gap beside every placebo gap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from evaluation.figures.alt import extremes_text
from evaluation.figures.axes import date_axis, head_room, key, left_margin, middles, value_axis, years
from evaluation.figures.figure import Figure
from evaluation.figures.finish import caption_of, finish
from evaluation.figures.palette import CONTEXT, FOCUS, OBSERVED, WHITE
from evaluation.figures.picture import WIDTH, blank, house_style, text_room
from evaluation.series import Dates, Floats, Grain
from evaluation.tables import Column, Table, table
from evaluation.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT = 300
MOST_LINES = 40
PLACEBO = "#878e99"


def event_study_figure(
    steps: Sequence[str],
    change: Floats,
    low: Floats,
    high: Floats,
    first_after: int,
    wording: Wording,
    *,
    title: str,
    quantity: str,
    where: str,
    note: str = "",
    source: str = "",
    digits: int = 0,
) -> Figure:
    """Draw the difference to the comparison areas step by step.

    Parameters
    ----------
    steps
        Label of each step (`2019`, `kvartal 1 2021`), in time order.
    change, low, high
        Difference in per cent with its interval, shape (steps,); the reference step has 0 and no interval (NaN).
    first_after
        Index of the first step of the period; a line is drawn before it.
    """
    by_step = pd.DataFrame({"step": steps, "estimate": change, "low": low, "high": high})
    extra = head_room(quantity)
    with house_style():
        canvas, ax = blank(HEIGHT + extra, left=left_margin(-100, wording), top=34 + extra)
        _draw_steps(ax, by_step, first_after)
        value_axis(ax, quantity, wording, from_zero=False)
        _name_steps(ax, steps)
        return finish(
            canvas,
            "event_study",
            wording,
            title=title,
            what=wording.say("figures.what_where", quantity=quantity, where=where),
            period=f"{steps[0]}–{steps[-1]}",
            extremes=extremes_text(change, list(steps), wording, digits),
            numbers=_step_table(by_step, caption_of(title, quantity, where), wording, digits, source),
            notes=(wording.say("figures.event_study_note"), note),
            source=source,
        )


def placebo_gaps_figure(
    start: Dates,
    grain: Grain,
    gap: Floats,
    placebo_gaps: Floats,
    period_start: np.datetime64,
    wording: Wording,
    *,
    title: str,
    quantity: str,
    where: str,
    note: str = "",
    source: str = "",
    digits: int = 0,
) -> Figure:
    """Draw the treated area's gap to its synthetic control among the gaps of all placebo areas.

    Parameters
    ----------
    start
        First day of each point, shape (n,).
    gap, placebo_gaps
        Observed less synthetic: shape (n,) for the treated, (areas, n) for the placebos, in the drawn unit.
    """
    at, labels = middles(start, grain), [wording.point(day, grain) for day in start]
    by_point = _placebo_rows(labels, gap, placebo_gaps)
    extra, left = head_room(quantity), left_margin(-_widest(gap, placebo_gaps), wording)
    with house_style():
        canvas, ax = blank(HEIGHT + extra, left=left, top=56 + extra)
        _draw_placebos(ax, at, placebo_gaps, wording)
        _draw_gap(ax, at, gap, float(years(period_start)), where)
        key(ax, quantity)
        value_axis(ax, quantity, wording, from_zero=False)
        date_axis(ax, at[0], at[-1], wording)
        return finish(
            canvas,
            "placebo",
            wording,
            title=title,
            what=wording.say("figures.what_where", quantity=quantity, where=where),
            period=f"{labels[0]}–{labels[-1]}",
            extremes=extremes_text(gap, labels, wording, digits),
            numbers=_placebo_table(by_point, grain, caption_of(title, quantity, where), where, wording, digits, source),
            notes=(note,),
            source=source,
        )


def _draw_steps(ax: Axes, by_step: pd.DataFrame, first_after: int) -> None:
    at = np.arange(len(by_step))
    change, low, high = (by_step[name].to_numpy() for name in ("estimate", "low", "high"))
    ax.axhline(0, color=CONTEXT.colour, linewidth=1.4)
    ax.axvline(first_after - 0.5, color=FOCUS.colour, linestyle=FOCUS.dash, linewidth=1.6)
    for chosen, role in ((at < first_after, OBSERVED), (at >= first_after, FOCUS)):
        ax.vlines(at[chosen], low[chosen], high[chosen], color=role.colour, linewidth=2)
        ax.plot(at[chosen], change[chosen], role.marker, color=role.colour, markersize=7, markerfacecolor=WHITE)


def _name_steps(ax: Axes, steps: Sequence[str]) -> None:
    """Write as many labels as fit beside each other, none over the right edge."""
    widest = max(text_room(step) for step in steps) + 8
    every = max(1, int(np.ceil(widest * len(steps) / (WIDTH * ax.get_position().width))))
    low, high = ax.get_xlim()
    room = widest / 2 * (high - low) / (WIDTH * ax.get_position().width)
    at = [index for index in range(0, len(steps), every) if index + room <= high or index == 0]
    ax.set_xticks(at, [steps[index] for index in at])


def _step_table(by_step: pd.DataFrame, caption: str, wording: Wording, digits: int, source: str) -> Table:
    columns = [Column("step", wording.say("figures.step"))]
    columns += [
        Column(name, wording.say(f"figures.forest.{name}"), "per_cent", digits, signed=True)
        for name in ("estimate", "low", "high")
    ]
    return table(by_step, caption, columns, wording, source=source)


def _widest(gap: Floats, placebo_gaps: Floats) -> float:
    return float(np.nanmax(np.abs([*gap, *placebo_gaps.ravel()]), initial=1.0))


def _draw_placebos(ax: Axes, at: Floats, gaps: Floats, wording: Wording) -> None:
    from matplotlib.collections import LineCollection

    lines = [np.column_stack([at, line]) for line in gaps]
    dense = len(gaps) > MOST_LINES
    label = wording.say("figures.placebos", number=len(gaps))
    ax.add_collection(LineCollection(lines, colors=PLACEBO, linewidths=0.8, rasterized=dense), autolim=True)
    ax.plot([], [], color=PLACEBO, linewidth=1.0, label=label)
    ax.autoscale_view()


def _draw_gap(ax: Axes, at: Floats, gap: Floats, start: float, where: str) -> None:
    ax.axhline(0, color=CONTEXT.colour, linewidth=1.2)
    ax.axvline(start, color=FOCUS.colour, linewidth=1.4)
    ax.plot(at, gap, color=OBSERVED.colour, linewidth=2.4, label=where)


def _placebo_rows(labels: Sequence[str], gap: Floats, placebo_gaps: Floats) -> pd.DataFrame:
    nothing = np.full(gap.shape, np.nan)
    lowest = placebo_gaps.min(axis=0) if len(placebo_gaps) else nothing
    highest = placebo_gaps.max(axis=0) if len(placebo_gaps) else nothing
    return pd.DataFrame({"point": labels, "gap": gap, "lowest": lowest, "highest": highest})


def _placebo_table(
    by_point: pd.DataFrame, grain: Grain, caption: str, where: str, wording: Wording, digits: int, source: str
) -> Table:
    names = {"gap": where, **{name: wording.say(f"figures.{name}_placebo") for name in ("lowest", "highest")}}
    columns = [Column("point", wording.say(f"figures.grain.{grain}"))]
    columns += [Column(name, label, "number", digits, signed=True) for name, label in names.items()]
    return table(by_point, caption, columns, wording, source=source)
