"""Designs, or agreements, side by side: one row each, estimate and interval, the label above its own line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from evaluation.errors import ParameterError
from evaluation.figures.alt import extremes_text
from evaluation.figures.axes import head_room, write_head
from evaluation.figures.figure import Figure
from evaluation.figures.finish import caption_of, finish
from evaluation.figures.palette import CONTEXT, FOCUS, OBSERVED, WHITE
from evaluation.figures.picture import WIDTH, blank, house_style, text_room, wrapped
from evaluation.results import Estimate, Scale
from evaluation.tables import Column, Kind, Table, table
from evaluation.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW, LINE = 48, 18  # a row, and the extra line of one whose label and numbers need two
TOP, BOTTOM = 26, 32
WIDEST = (-0.8, 4.0)  # changes beyond −80 % and +400 % are cut, with an arrow
_RATIO_TICKS = (-75, -50, -25, 0, 25, 50, 100, 200, 400)
_FINE_TICKS = (-40, -30, -20, -10, 0, 10, 20, 30, 40)


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One row: its label, and its estimate or why there is none."""

    label: str
    estimate: Estimate | None
    primary: bool = False
    refused: str = ""


def forest_figure(
    rows: Sequence[ForestRow],
    wording: Wording,
    *,
    title: str,
    quantity: str,
    where: str,
    unit: str = "per_cent",
    digits: int = 0,
    note: str = "",
    source: str = "",
) -> Figure:
    """Draw estimates with their intervals against the line of no change.

    Parameters
    ----------
    rows
        All on one scale: ratios are drawn as per cent change on a log axis, differences as they are. The primary one
        is a filled diamond.
    quantity, where
        What is estimated, and for which area or agreement.
    unit
        How differences are written: points or number (ratios are always per cent).
    """
    scale = scale_of(rows)
    shown = "per_cent" if scale == "ratio" else unit
    written = [_written(limits_of(row, scale), row, wording, shown, digits) for row in rows]
    labels = [_label_lines(row, text) for row, text in zip(rows, written, strict=True)]
    heights = [ROW + LINE * (len(lines) - 1) for lines in labels]
    with house_style():
        top = TOP + head_room(quantity)
        canvas, ax = blank(top + BOTTOM + max(ROW, sum(heights)), left=12, right=12, top=top, bottom=BOTTOM)
        write_head(canvas, quantity)
        _draw(ax, rows, scale, wording, digits, written, labels)
        return finish(
            canvas,
            "forest",
            wording,
            title=title,
            what=wording.say("figures.what_where", quantity=quantity, where=where),
            numbers=_numbers(rows, wording, caption_of(title, quantity, where), shown, digits, scale, source),
            extremes=_extremes(rows, scale, wording, digits),
            notes=(note,),
            source=source,
        )


def scale_of(rows: Sequence[ForestRow]) -> Scale:
    """Find the one scale of all rows."""
    scales = {row.estimate.scale for row in rows if row.estimate is not None}
    if len(scales) > 1:
        raise ParameterError(
            "forest plot", found="ratios and differences", expected="one scale", todo="draw one figure per scale"
        )
    return next(iter(scales), "ratio")


def limits_of(row: ForestRow, scale: Scale) -> tuple[float, float, float]:
    """Give estimate, low and high as they are written: per cent change for ratios; NaN where refused."""
    if row.estimate is None:
        return (np.nan, np.nan, np.nan)
    estimate = row.estimate
    return estimate.per_cent if scale == "ratio" else (estimate.estimate, estimate.low, estimate.high)


def _draw(
    ax: Axes,
    rows: Sequence[ForestRow],
    scale: Scale,
    wording: Wording,
    digits: int,
    written: Sequence[str],
    labels: Sequence[list[str]],
) -> None:
    triples = np.array([limits_of(row, scale) for row in rows]).reshape(-1, 3)
    limits = _axis(ax, triples, scale, wording, digits)
    ax.axvline(0, color=CONTEXT.colour, linewidth=1.2)
    heights = [ROW + LINE * (len(lines) - 1) for lines in labels]
    ends = np.cumsum(heights)
    for row, triple, text, lines, height, end in zip(rows, triples, written, labels, heights, ends, strict=True):
        _write_row(ax, row, text, end - height, lines)
        if row.estimate is not None:
            _draw_interval(ax, end - 14, row, _placed(triple, scale), limits)
        ax.axhline(end, color=CONTEXT.fill, linewidth=1, zorder=0)
    ax.set_ylim(max(ROW, sum(heights)), 0)
    ax.set_yticks([])
    ax.grid(False)


def _write_row(ax: Axes, row: ForestRow, text: str, top: float, lines: list[str]) -> None:
    across = ax.get_yaxis_transform()
    weight = "bold" if row.primary else "normal"
    ground = {"facecolor": WHITE, "pad": 1.0}  # keeps the line of no change out of the words
    for number, line in enumerate(lines):
        if line:
            ax.text(-0.02, top + 18 + LINE * number, line, transform=across, weight=weight, bbox=ground)
    last = top + 18 + LINE * (len(lines) - 1)
    ax.text(1.02, last, text, transform=across, ha="right", weight=weight, bbox=ground)


def _draw_interval(ax: Axes, y: float, row: ForestRow, at: tuple[float, ...], limits: tuple[float, float]) -> None:
    role = FOCUS if row.primary else OBSERVED
    start, stop = np.clip(at[1:], *limits)
    ax.plot([start, stop], [y, y], color=role.colour, linewidth=2.4 if row.primary else 1.8)
    for end, mark, cut in ((start, "<", at[1] < limits[0]), (stop, ">", at[2] > limits[1])):
        ax.plot(end, y, marker=mark if cut else "|", color=role.colour, markersize=8, markeredgewidth=1.8)
    if limits[0] <= at[0] <= limits[1]:
        face = role.colour if row.primary else WHITE
        ax.plot(at[0], y, marker=role.marker, color=role.colour, markerfacecolor=face, markersize=8)


def _label_lines(row: ForestRow, text: str) -> list[str]:
    """Break a label that no phone holds; the numbers stand at the end of the last line, or have one of their own."""
    lines = wrapped(row.label)
    return lines if text_room(lines[-1]) + text_room(text) <= WIDTH - 24 else [*lines, ""]


def _axis(ax: Axes, triples: np.ndarray, scale: Scale, wording: Wording, digits: int) -> tuple[float, float]:
    ticks: list[float]
    finite = triples[np.isfinite(triples)]
    low, high = (min(0.0, finite.min()), max(0.0, finite.max())) if finite.size else (-10.0, 10.0)
    if scale == "ratio":
        low, high = max(low, 100 * WIDEST[0]), min(high, 100 * WIDEST[1])
        ticks = [
            tick
            for tick in (_FINE_TICKS if high - low < 60 else _RATIO_TICKS)
            if low * 1.1 - 3 <= tick <= high * 1.1 + 3
        ]
        labels = [wording.per_cent(tick) for tick in ticks]
    else:
        ticks = _plain_ticks(low, high)
        labels = [wording.number(tick, digits, signed=True) for tick in ticks]
    places = [_place(tick, scale) for tick in (*ticks, low, high)]
    span = max(places) - min(places) or 1.0
    ax.set_xlim(min(places) - 0.06 * span, max(places) + 0.06 * span)
    kept = _apart(places[: len(ticks)], 0.15 * span, ticks.index(0))
    ax.set_xticks([places[at] for at in kept], [labels[at] for at in kept])
    return ax.get_xlim()


def _apart(places: Sequence[float], least: float, first: int) -> list[int]:
    """Choose ticks whose labels do not touch, zero first, then outwards."""
    kept = [first]
    for at in sorted(range(len(places)), key=lambda at: abs(at - first)):
        if all(abs(places[at] - places[other]) >= least for other in kept):
            kept.append(at)
    return sorted(kept)


def _plain_ticks(low: float, high: float) -> list[float]:
    from matplotlib.ticker import MaxNLocator

    return [float(tick) for tick in MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)]


def _place(value: float, scale: Scale) -> float:
    return float(np.log1p(value / 100)) if scale == "ratio" else value


def _placed(triple: np.ndarray, scale: Scale) -> tuple[float, ...]:
    return tuple(_place(max(value, -99.9) if scale == "ratio" else value, scale) for value in triple)


def _written(triple: tuple[float, float, float], row: ForestRow, wording: Wording, unit: str, digits: int) -> str:
    if row.estimate is None:
        return row.refused or wording.say("verdict.cannot_be_assessed")
    limits = wording.interval(triple[1], triple[2], digits, signed=True)
    return f"{_in_unit(triple[0], wording, unit, digits)} ({limits})"


def _in_unit(value: float, wording: Wording, unit: str, digits: int) -> str:
    return wording.per_cent(value, digits) if unit == "per_cent" else wording.number(value, digits, signed=True)


def _extremes(rows: Sequence[ForestRow], scale: Scale, wording: Wording, digits: int) -> str:
    values = np.array([limits_of(row, scale)[0] for row in rows])
    return extremes_text(values, [row.label for row in rows], wording, digits)


def _numbers(
    rows: Sequence[ForestRow], wording: Wording, caption: str, unit: str, digits: int, scale: Scale, source: str
) -> Table:
    estimates = pd.DataFrame([limits_of(row, scale) for row in rows], columns=["estimate", "low", "high"])
    estimates.insert(0, "label", [row.label for row in rows])
    estimates["p"] = [row.estimate.p if row.estimate else np.nan for row in rows]
    kind: Kind = "per_cent" if unit == "per_cent" else "points" if unit == "points" else "number"
    columns = [Column("label", wording.say("figures.design"))]
    columns += [
        Column(key, wording.say(f"figures.forest.{key}"), kind, digits, signed=True)
        for key in ("estimate", "low", "high")
    ]
    return table(estimates, caption, [*columns, Column("p", "p", "p")], wording, source=source)
