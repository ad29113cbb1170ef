"""The fixed sentences of the reports are plain: LIX at most 45 (official texts usually lie over 50)."""

from __future__ import annotations

import re

import pytest

from evaluation.wording import lix, wording

PLAIN = ("measures.", "verdict_means.", "index.", "claims.", "statement.", "summary.", "figures.", "tables.")
HARDEST = 45
SHORTEST = 6  # words: an index over one phrase says nothing


def sentences(language: str) -> list[tuple[str, str]]:
    phrases = wording(language).phrases.items()
    return [(key, text) for key, text in phrases if key.startswith(PLAIN) and text.endswith(".") and "{" not in text]


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("room", PLAIN)
def test_the_words_of_a_room_taken_together_are_plain(room: str, language: str) -> None:
    text = " ".join(text for key, text in sentences(language) if key.startswith(room))
    if len(text.split()) >= SHORTEST:
        assert lix(text) <= HARDEST


SHOWN = ("claims.", "summary.", "landing.", "index.", "verdict_means.", "reason.", "sentence.", "limits.", "survey.")


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_sentence_that_a_board_reads_is_plain_by_itself(language: str) -> None:
    # fields are written as numbers, which are no words: tests/session/test_site.py fills in the names
    said = {
        key: re.sub(r"\{[^}]*\}", "12", text)
        for key, text in wording(language).phrases.items()
        if key.startswith(SHOWN) and text.endswith(".") and len(text.split()) >= SHORTEST
    }
    assert len(said) > 60
    assert {key: text for key, text in said.items() if lix(text) > HARDEST} == {}
