"""The fixed sentences of the reports are plain: LIX at most 45 (official texts usually lie over 50)."""

from __future__ import annotations

import pytest

from evaluation.wording import lix, wording

PLAIN = ("verdict_means.", "index.", "claims.", "statement.", "summary.", "figures.", "tables.")
HARDEST = 45
SHORTEST = 6  # words: an index over one phrase says nothing


def sentences() -> list[tuple[str, str]]:
    phrases = wording("sv").phrases.items()
    return [(key, text) for key, text in phrases if key.startswith(PLAIN) and text.endswith(".") and "{" not in text]


@pytest.mark.parametrize("room", PLAIN)
def test_the_words_of_a_room_taken_together_are_plain(room: str) -> None:
    text = " ".join(text for key, text in sentences() if key.startswith(room))
    if len(text.split()) >= SHORTEST:
        assert lix(text) <= HARDEST
