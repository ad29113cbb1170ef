"""Alt text by rule: kind, axes, period, message, extremes – in at most 250 characters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evaluation.series import Floats
from evaluation.wording import Wording

LONGEST = 250


def alt_text(kind: str, what: str, message: str, wording: Wording, *, period: str = "", extremes: str = "") -> str:
    """Build the alt text of a figure: what can be left out is left out before anything is cut short.

    Parameters
    ----------
    kind
        Key under `figures.kind` (line, forest, map, …).
    what
        The axes in words: quantity and what it is compared over.
    message
        The figure's title, which is its finding.
    period, extremes
        Time covered; largest and smallest (`figures.extremes`), both optional.
    """
    opening = f"{wording.say(f'figures.kind.{kind}')}: {what}"
    opening = f"{opening}, {period}." if period else f"{opening}."
    sentences = [opening, message.rstrip(".") + ".", *([extremes] if extremes else [])]
    return _fitted(sentences)


def extremes_text(values: Floats, labels: Sequence[str], wording: Wording, digits: int = 0) -> str:
    """Say the largest and smallest value with their places; nothing for fewer than two values."""
    finite = np.flatnonzero(np.isfinite(values))
    if finite.size < 2:
        return ""
    top, bottom = finite[np.argmax(values[finite])], finite[np.argmin(values[finite])]
    return wording.say(
        "figures.extremes",
        most=wording.number(values[top], digits),
        most_at=labels[top],
        least=wording.number(values[bottom], digits),
        least_at=labels[bottom],
    )


def _fitted(sentences: Sequence[str]) -> str:
    text = " ".join(sentences)
    if len(text) <= LONGEST:
        return text
    if len(sentences) > 2:
        return _fitted(sentences[:2])
    half = (LONGEST - 1) // 2
    return " ".join(_cut(sentence, half) for sentence in sentences)


def _cut(sentence: str, room: int) -> str:
    return sentence if len(sentence) <= room else sentence[: room - 1].rstrip() + "…"
