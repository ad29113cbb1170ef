"""The specification curve: every reasonable way to do it, in order of its result (Simonsohn et al. 2020)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from evaluation.figures.alt import extremes_text
from evaluation.figures.axes import head_room, value_axis
from evaluation.figures.figure import Figure
from evaluation.figures.finish import caption_of, finish
from evaluation.figures.palette import CONTEXT, EXPECTED, FOCUS, OBSERVED, WHITE
from evaluation.figures.picture import TEXT_SIZE, WIDTH, blank, house_style, text_room
from evaluation.results import Estimate
from evaluation.tables import Column, Table, table
from evaluation.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CURVE, ROW = 210, 20
HIGHEST = 300.0  # per cent; a limit above it is cut, as the note says
MOST_AS_LINES = 60  # more variants weigh less as pixels than as lines


def specification_figure(
    estimates: Sequence[Estimate],
    choices: Sequence[Mapping[str, str]],
    wording: Wording,
    *,
    title: str,
    quantity: str,
    where: str,
    primary: int = 0,
    note: str = "",
    source: str = "",
) -> Figure:
    """Draw all variants of one ratio estimate from the lowest to the highest, and below each what it chose.

    Parameters
    ----------
    estimates
        One ratio per variant; filled points have an interval without "no change".
    choices
        Per variant: what was chosen (option label by dimension label), the same dimensions for all.
    primary
        Which variant was planned; it stands out.

    Simonsohn, Simmons and Nelson (2020), *Nature Human Behaviour* 4:1208–1214.
    """
    changes = np.array([estimate.per_cent for estimate in estimates])
    order = np.argsort(changes[:, 0], kind="stable")
    rank = int(np.flatnonzero(order == primary)[0])
    options = options_of(choices)
    with house_style():
        left = min(230.0, max(64.0, 12 + max((text_room(": ".join(pair)) for pair in options), default=0.0)))
        height = CURVE + ROW * len(options) + 12 + head_room(quantity)
        canvas, ax = blank(height, left=left, top=34 + head_room(quantity), bottom=height - CURVE - head_room(quantity))
        _draw_curve(ax, changes[order], rank)
        value_axis(ax, quantity, wording, from_zero=False)
        _percent_ticks(ax, wording)
        below = canvas.add_axes((left / WIDTH, 8 / height, (WIDTH - left - 10) / WIDTH, ROW * len(options) / height))
        _draw_choices(below, [choices[at] for at in order], options, rank)
        return finish(
            canvas,
            "specification",
            wording,
            title=title,
            what=wording.say("figures.what_where", quantity=quantity, where=where),
            extremes=extremes_text(
                changes[:, 0], [wording.say("figures.variant", number=n) for n in _numbers(order)], wording
            ),
            numbers=_table(
                changes[order], [choices[at] for at in order], wording, caption_of(title, quantity, where), source
            ),
            notes=(wording.say("figures.specification_note"), note),
            source=source,
            dense=len(estimates) > MOST_AS_LINES,
        )


def options_of(choices: Sequence[Mapping[str, str]]) -> list[tuple[str, str]]:
    """List every option of every dimension that varies, dimension by dimension."""
    pairs = dict.fromkeys(pair for choice in choices for pair in choice.items())
    varied = {dimension for dimension, _ in pairs if sum(other == dimension for other, _ in pairs) > 1}
    return sorted((pair for pair in pairs if pair[0] in varied), key=lambda pair: list(choices[0]).index(pair[0]))


def _draw_curve(ax: Axes, changes: np.ndarray, rank: int) -> None:
    at = np.arange(len(changes))
    clear = (changes[:, 1] > 0) | (changes[:, 2] < 0)
    ax.vlines(at, changes[:, 1], changes[:, 2], color=OBSERVED.fill, linewidth=1.4)
    ax.axhline(0, color=CONTEXT.colour, linewidth=1.4)
    for chosen, face in ((clear, OBSERVED.colour), (~clear, WHITE)):
        ax.plot(at[chosen], changes[chosen, 0], "o", color=OBSERVED.colour, markerfacecolor=face, markersize=4.5)
    ax.vlines(rank, changes[rank, 1], changes[rank, 2], color=FOCUS.colour, linewidth=2.6)
    ax.plot(rank, changes[rank, 0], FOCUS.marker, color=FOCUS.colour, markersize=8)
    ax.set_xlim(-1, len(changes))
    ax.set_ylim(max(-100.0, float(changes.min()) - 5), min(HIGHEST, float(changes.max()) + 5))
    ax.set_xticks([])


def _draw_choices(
    ax: Axes, choices: Sequence[Mapping[str, str]], options: Sequence[tuple[str, str]], rank: int
) -> None:
    for row, (dimension, option) in enumerate(options):
        at = np.array([n for n, choice in enumerate(choices) if choice.get(dimension) == option])
        ax.plot(at, np.full(at.size, -row), "|", color=OBSERVED.colour, markersize=8, markeredgewidth=1.5)
    ax.axvline(rank, color=EXPECTED.colour, linewidth=1.0, linestyle=EXPECTED.dash, zorder=0)
    ax.set_xlim(-1, len(choices))
    ax.set_ylim(-len(options) + 0.5, 0.5)
    ax.set_xticks([])
    ax.set_yticks(-np.arange(len(options)), [": ".join(pair) for pair in options], fontsize=TEXT_SIZE)
    ax.spines["bottom"].set_visible(False)


def _percent_ticks(ax: Axes, wording: Wording) -> None:
    from matplotlib.ticker import FuncFormatter

    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: wording.per_cent(value)))


def _numbers(order: np.ndarray) -> list[int]:
    ranks = np.empty(order.size, dtype=np.int64)
    ranks[order] = np.arange(1, order.size + 1)
    return [int(rank) for rank in ranks]


def _table(
    changes: np.ndarray, choices: Sequence[Mapping[str, str]], wording: Wording, caption: str, source: str
) -> Table:
    """Sum the curve up by option: how many variants chose it, and their lowest, middle and highest result."""
    every = np.arange(len(choices))
    rows = [(wording.say("figures.all_variants"), every)]
    for dimension, option in options_of(choices):
        chosen = [n for n, choice in enumerate(choices) if choice.get(dimension) == option]
        rows.append((f"{dimension}: {option}", np.array(chosen)))
    results = [changes[at, 0] for _, at in rows]
    summary = pd.DataFrame(
        {
            "option": [label for label, _ in rows],
            "variants": [at.size for _, at in rows],
            "low": [values.min() for values in results],
            "estimate": [np.median(values) for values in results],
            "high": [values.max() for values in results],
        }
    )
    columns = [
        Column("option", wording.say("figures.option")),
        Column("variants", wording.say("figures.variants"), "count"),
    ]
    columns += [
        Column(key, wording.say(f"figures.variant_{key}"), "per_cent", signed=True)
        for key in ("low", "estimate", "high")
    ]
    return table(summary, caption, columns, wording, source=source)
