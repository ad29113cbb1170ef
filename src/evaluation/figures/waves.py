"""Survey waves: shares with their intervals, joined only where the waves can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from evaluation.errors import ParameterError
from evaluation.figures.alt import extremes_text
from evaluation.figures.axes import Band, date_axis, draw_bands, head_room, left_margin, value_axis
from evaluation.figures.figure import Figure
from evaluation.figures.finish import caption_of, finish
from evaluation.figures.palette import CONTEXT, OBSERVED, WHITE
from evaluation.figures.picture import blank, house_style
from evaluation.series import Floats
from evaluation.tables import Column, Table, table
from evaluation.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT = 280


@dataclass(frozen=True, slots=True)
class WavePoint:
    """One wave of a survey.

    Attributes
    ----------
    year
        Year of the fieldwork.
    share, low, high
        Share in per cent with its 95 % interval, NaN where unpublished. Not read where `hidden`.
    answers
        Answers behind the share.
    version
        Waves of one version can be compared; a change of question, mode or sample starts a new one.
    hidden
        True where the base is too small to be shown.
    """

    year: int
    share: float
    low: float
    high: float
    answers: float
    version: int = 0
    hidden: bool = False


def waves_figure(
    waves: Sequence[WavePoint],
    wording: Wording,
    *,
    title: str,
    quantity: str,
    where: str,
    bands: Sequence[Band] = (),
    note: str = "",
    source: str = "",
    digits: int = 0,
) -> Figure:
    """Draw the shares of the waves on an axis from 0; a gap and a dotted line mark where the survey was changed.

    Raises
    ------
    ParameterError
        There are no waves.
    """
    if not waves:
        raise ParameterError("waves", found="no waves", expected="one or more", todo="leave the figure out")
    at = np.array([wave.year + 0.5 for wave in waves])
    triples = np.array([_shown(wave) for wave in waves]).reshape(-1, 3)
    extra = head_room(quantity)
    with house_style():
        canvas, ax = blank(HEIGHT + extra, left=left_margin(100, wording), top=34 + extra)
        low, high = at[0] - 0.75, at[-1] + 0.75
        draw_bands(ax, bands, low, high)
        _draw(ax, waves, at, triples)
        breaks = _draw_breaks(ax, waves, at)
        top = np.nanmax(triples) if np.isfinite(triples).any() else 50.0
        ax.set_ylim(0, min(100.0, 1.25 * top))
        value_axis(ax, quantity, wording)
        date_axis(ax, low, high, wording)
        ax.set_xticks(at, [str(wave.year) for wave in waves])
        return finish(
            canvas,
            "waves",
            wording,
            title=title,
            what=wording.say("figures.what_where", quantity=quantity, where=where),
            period=f"{waves[0].year}–{waves[-1].year}",
            extremes=extremes_text(triples[:, 0], [str(wave.year) for wave in waves], wording, digits),
            numbers=_numbers(waves, wording, caption_of(title, quantity, where), digits, source),
            notes=(
                wording.say("figures.waves_break") if breaks else "",
                wording.say("figures.hidden") if any(wave.hidden for wave in waves) else "",
                note,
            ),
            source=source,
        )


def _shown(wave: WavePoint) -> tuple[float, float, float]:
    return (np.nan, np.nan, np.nan) if wave.hidden else (wave.share, wave.low, wave.high)


def _draw(ax: Axes, waves: Sequence[WavePoint], at: Floats, triples: Floats) -> None:
    versions = np.array([wave.version for wave in waves])
    for version in dict.fromkeys(versions.tolist()):
        chosen = versions == version
        ax.plot(at[chosen], triples[chosen, 0], color=OBSERVED.colour, linewidth=1.6)
    ax.vlines(at, triples[:, 1], triples[:, 2], color=OBSERVED.colour, linewidth=2.2)
    ax.plot(at, triples[:, 0], "o", color=OBSERVED.colour, markersize=8, markerfacecolor=WHITE, markeredgewidth=2)


def _draw_breaks(ax: Axes, waves: Sequence[WavePoint], at: Floats) -> int:
    steps = [n for n in range(1, len(waves)) if waves[n].version != waves[n - 1].version]
    for n in steps:
        ax.axvline((at[n - 1] + at[n]) / 2, color=CONTEXT.colour, linestyle=CONTEXT.dash, linewidth=1.4)
    return len(steps)


def _numbers(waves: Sequence[WavePoint], wording: Wording, caption: str, digits: int, source: str) -> Table:
    fields = ["share", "low", "high", "answers"]
    by_wave = pd.DataFrame([[getattr(wave, name) for name in fields] for wave in waves], columns=fields)
    by_wave.insert(0, "year", [str(wave.year) for wave in waves])
    columns = [
        Column("year", wording.say("figures.wave")),
        Column("share", wording.say("figures.share"), "per_cent", digits),
        Column("low", wording.say("figures.forest.low"), "per_cent", digits),
        Column("high", wording.say("figures.forest.high"), "per_cent", digits),
        Column("answers", wording.say("figures.answers"), "count"),
    ]
    hidden = [wave.hidden for wave in waves]
    mask = pd.DataFrame(dict.fromkeys(fields, hidden))
    return table(by_wave, caption, columns, wording, hidden=mask, source=source)
