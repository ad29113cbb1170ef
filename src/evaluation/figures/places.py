"""A map of areas: polygons or points given by the study, protected counts only, areas numbered for the table."""

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
from evaluation.figures.picture import blank, house_style
from evaluation.series import Floats
from evaluation.tables import Column, Table, table
from evaluation.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT = 420


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """An area on the map.

    Attributes
    ----------
    name
        Name of the area.
    value
        Count or rate, NaN where there is no figure. Not read where `hidden`.
    outline
        Closed rings, each of shape (k, 2) as x, y; none for an area that is a point.
    point
        x, y of the number (and of the dot, where there is no outline).
    hidden
        True where the value is protected.
    """

    name: str
    value: float
    point: tuple[float, float]
    outline: tuple[Floats, ...] = ()
    hidden: bool = False


def map_figure(
    places: Sequence[Place],
    wording: Wording,
    *,
    title: str,
    quantity: str,
    where: str,
    period: str,
    digits: int = 0,
    note: str = "",
    source: str = "",
) -> Figure:
    """Draw areas shaded by class; protected ones are hatched. Coordinates are planar or degrees.

    Raises
    ------
    ParameterError
        There are no places.
    """
    if not places:
        raise ParameterError("map", found="no places", expected="one or more", todo="leave the map out")
    values = np.array([np.nan if place.hidden else place.value for place in places])
    classes = classes_of(values)
    with house_style():
        extra = head_room(quantity)
        canvas, ax = blank(HEIGHT + extra, left=4, right=4, top=46 + extra, bottom=6)
        write_head(canvas, quantity)
        draw_scale(canvas, classes, wording, down=36 + extra, digits=digits)
        for number, (place, value) in enumerate(zip(places, values, strict=True), 1):
            _draw(ax, place, value, number, classes)
        _frame(ax, places)
        return finish(
            canvas,
            "map",
            wording,
            title=title,
            what=wording.say("figures.what_where", quantity=quantity, where=where),
            period=period,
            extremes=extremes_text(values, [place.name for place in places], wording, digits),
            numbers=_numbers(places, wording, caption_of(title, quantity, f"{where}, {period}"), digits, source),
            notes=(
                _key(places, wording),
                wording.say("figures.hatched") if any(place.hidden for place in places) else "",
                note,
            ),
            source=source,
        )


def _key(places: Sequence[Place], wording: Wording) -> str:
    named = wording.join([f"{number} {place.name}" for number, place in enumerate(places, 1)])
    return wording.say("figures.map_numbers", places=named)


def _draw(ax: Axes, place: Place, value: float, number: int, classes: Classes) -> None:
    index = int(classes.of(np.array([value]))[0])
    shade = WHITE if index < 0 else classes.shade(index)
    hatch = HIDDEN_HATCH if place.hidden else None
    for ring in place.outline:
        ax.fill(ring[:, 0], ring[:, 1], facecolor=shade, edgecolor=EDGE, linewidth=1, hatch=hatch)
    if not place.outline:
        ax.plot(*place.point, "o", markersize=22, markerfacecolor=shade, markeredgecolor=EDGE)
    ink = WHITE if contrast(shade, WHITE) > 4.5 else "#1b1b1b"
    box = {"facecolor": WHITE, "pad": 1.5} if place.hidden else None
    ax.text(*place.point, str(number), ha="center", va="center_baseline", color=ink, bbox=box)


def _frame(ax: Axes, places: Sequence[Place]) -> None:
    corners = np.vstack(
        [np.atleast_2d(place.point) for place in places] + [r for place in places for r in place.outline]
    )
    low, high = corners.min(axis=0), corners.max(axis=0)
    room = 0.08 * np.maximum(high - low, 1e-9) + (high == low)
    ax.set(xlim=(low[0] - room[0], high[0] + room[0]), ylim=(low[1] - room[1], high[1] + room[1]))
    degrees = np.abs(corners[:, 1]).max() <= 90 and np.abs(corners[:, 0]).max() <= 180
    ax.set_aspect(1 / np.cos(np.deg2rad(corners[:, 1].mean())) if degrees else 1.0)
    ax.axis("off")


def _numbers(places: Sequence[Place], wording: Wording, caption: str, digits: int, source: str) -> Table:
    areas = pd.DataFrame(
        {
            "number": [str(n) for n in range(1, len(places) + 1)],
            "name": [place.name for place in places],
            "value": [place.value for place in places],
        }
    )
    columns = [
        Column("number", wording.say("figures.map_number")),
        Column("name", wording.say("figures.area")),
        Column("value", wording.say("figures.value"), "number", digits),
    ]
    mask = pd.DataFrame({"value": [place.hidden for place in places]})
    return table(areas, caption, columns, wording, hidden=mask, source=source)
