"""Where a survey stops being comparable with its own past: other options, other wording, another way of asking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from evaluation.cleaning.survey_answers import Codebook

ANSWER = "answer"


def wording_breaks(codebook: Codebook, waves: Sequence[str]) -> pd.DataFrame:
    """List where a question cannot be compared with the wave before (question, wave, reason).

    reason "options": other values can be answered, or more or fewer options lead to them; "wording": the question is
    asked in other words (only where the codebook gives them); "first_asked" and "not_asked": the question has no
    options in one of the two waves.

    Parameters
    ----------
    waves
        In order of time.
    """
    rows = [found for question in codebook.questions for found in _breaks_of(codebook, question, waves)]
    return pd.DataFrame(rows, columns=["question", "wave", "reason"])


def _breaks_of(codebook: Codebook, question: str, waves: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    asked = [codebook.of(question, wave) for wave in waves]
    for wave, before, now in zip(waves[1:], asked[:-1], asked[1:], strict=True):
        if not _answers(before) or not _answers(now):
            if _answers(before) or _answers(now):
                yield question, wave, "not_asked" if _answers(before) else "first_asked"
            continue
        if _answers(before) != _answers(now):
            yield question, wave, "options"
        if _wordings(before) != _wordings(now):
            yield question, wave, "wording"


def _answers(options: pd.DataFrame) -> dict[str, int]:
    """Values that can be answered, with the number of options that lead to each."""
    values = options.loc[options["kind"].eq(ANSWER), "value"].value_counts()
    return {str(value): int(number) for value, number in values.items()}


def _wordings(options: pd.DataFrame) -> frozenset[str]:
    return frozenset(options["wording"])


def mode_breaks(
    frame: pd.DataFrame, mode_column: str = "mode", wave_column: str = "wave", largest_shift: float = 0.2
) -> pd.DataFrame:
    """List waves that were asked in another way than the wave before (wave, shift).

    `shift` is the share of respondents that would have to change mode to make the two waves alike (total variation
    distance, 0–1). Waves are taken in sorted order; an empty mode counts as a mode of its own.
    """
    shares = pd.crosstab(
        frame[wave_column].astype("str"), frame[mode_column].fillna("").astype("str"), normalize="index"
    )
    shift = shares.diff().abs().sum(axis=1) / 2
    found = shift[shift > largest_shift]
    return found.rename_axis("wave").rename("shift").reset_index()
