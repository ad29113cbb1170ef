"""Readability of plain text by LIX, the Swedish readability index (Björnsson 1968)."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"[.!?:](?=\s|$)")
LONG_WORD = 7


def lix(text: str) -> float:
    """Compute LIX: words per sentence plus the percentage of words longer than six letters.

    Numbers are no words. Under 30 very easy, 30–40 easy (fiction), 40–50 medium (newspapers), 50–60 hard
    (official texts), over 60 very hard. Björnsson, C.-H. (1968), *Läsbarhet*, counts a colon as a sentence end.

    Returns
    -------
    float
        NaN for a text without words.
    """
    words = _WORD.findall(text)
    if not words:
        return float("nan")
    sentences = max(1, len(_SENTENCE_END.findall(text)))
    long_words = sum(len(word) >= LONG_WORD for word in words)
    return len(words) / sentences + 100 * long_words / len(words)
