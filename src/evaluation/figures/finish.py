"""The last step of every figure: alt text, notes and numbers are put beside the picture by one rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluation.figures.alt import alt_text
from evaluation.figures.figure import Figure
from evaluation.figures.picture import WIDTH, drawn
from evaluation.tables import Table
from evaluation.wording import Wording

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas


def caption_of(title: str, quantity: str, where: str) -> str:
    """Name the table behind a figure; the message tells it from tables of the same quantity."""
    return f"{quantity}, {where} – {title}"


def finish(
    canvas: Canvas,
    kind: str,
    wording: Wording,
    *,
    title: str,
    what: str,
    numbers: Table,
    period: str = "",
    extremes: str = "",
    notes: tuple[str, ...] = (),
    source: str = "",
    dense: bool = False,
) -> Figure:
    """Write the picture and build the figure around it.

    Parameters
    ----------
    kind
        Key under `figures.kind`, opens the alt text.
    title
        The message.
    what, period, extremes
        Axes, time and extremes in words, for the alt text.
    numbers
        What is drawn, as a table.
    notes, source
        Lines under the figure; empty ones are left out.
    dense
        True where marks are so many that pixels are lighter than text.
    """
    picture, media_type = drawn(canvas, dense=dense)
    origin = wording.say("tables.source", source=source) if source else ""
    return Figure(
        picture=picture,
        media_type=media_type,
        width=WIDTH,
        height=round(canvas.get_figheight() * 72),
        title=title,
        alt=alt_text(kind, what, title, wording, period=period, extremes=extremes),
        table=numbers,
        notes=tuple(note for note in (*notes, origin) if note),
        numbers_label=wording.say("figures.numbers", title=title),
    )
