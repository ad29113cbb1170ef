"""LIX against hand counts."""

from __future__ import annotations

import math

import pytest

from evaluation.wording import lix


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # 5 words, 1 sentence, 0 long: 5/1 + 0
        ("Det gick bra i mars.", 5.0),
        # 8 words, 2 sentences, 3 long (Brotten, minskade, kommunen): 8/2 + 100*3/8 = 41.5
        ("Brotten minskade inte. Det vet vi i kommunen.", 8 / 2 + 100 * 3 / 8),
        # numbers are no words: "Under", "2023", "anmäldes", "1 404", "brott" -> 3 words, 1 long of 8 letters
        ("Under 2023 anmäldes 1 404 brott.", 3 / 1 + 100 * 1 / 3),
        # a decimal point or comma ends no sentence
        ("Det var 1.5 mer.", 3.0),
    ],
)
def test_lix_by_hand(text: str, expected: float) -> None:
    assert lix(text) == pytest.approx(expected)


def test_no_words_no_index() -> None:
    assert math.isnan(lix("12 % 2023"))
