"""Survey questions: wording, which answers count, and which side a share speaks for."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.errors import InputError, ParameterError
from evaluation.series import Floats
from evaluation.study.model import SurveyQuestion
from evaluation.survey.change import SurveyChange
from evaluation.survey.wave import OPPOSITE, Counts, WaveResult


@dataclass(frozen=True, slots=True)
class Question:
    """One survey question, with the answers that count and those that leave the base.

    Attributes
    ----------
    id, survey
        As in the study file.
    text
        Wording by language.
    counts
        Which side the share of `counted` speaks for.
    counted, others
        Answer options in the numerator, and the rest of the base.
    excluded
        Options that leave the base: don't know, no answer, people who stay in for other reasons than insecurity.
    checked
        False when the options' exact wording is not confirmed by the publisher.
    """

    id: str
    survey: str
    text: Mapping[str, str]
    counts: Counts
    counted: tuple[str, ...]
    others: tuple[str, ...]
    excluded: tuple[str, ...] = ()
    checked: bool = True

    def coded(self, answers: Sequence[Any] | NDArray[Any] | pd.Series) -> Floats:
        """Code answers: 1 counted, 0 other, NaN excluded or missing, shape (n,).

        Raises
        ------
        InputError
            An answer that is none of the question's options: nothing is guessed.
        """
        text = pd.Series(np.asarray(answers, dtype=object))
        missing = text.isna().to_numpy()
        keys = text.where(~missing, "").astype(str).map(_folded)
        codes = {option: value for options, value in self._coding() for option in map(_folded, options)}
        unknown = sorted(set(text[~keys.isin(["", *codes])].astype(str)))
        if unknown:
            raise InputError(
                f"answers to question {self.id!r}",
                found=", ".join(repr(option) for option in unknown[:5]),
                expected="one of " + ", ".join(repr(option) for options, _ in self._coding() for option in options),
                todo="add the option to the question as counted, other or excluded",
            )
        return np.asarray(keys.map(codes), dtype=np.float64)

    def _coding(self) -> tuple[tuple[tuple[str, ...], float], ...]:
        return ((self.counted, 1.0), (self.others, 0.0), (self.excluded, float("nan")))


MEANINGS: Mapping[Counts, tuple[str, str]] = MappingProxyType(
    {"insecure": ("insecure", "secure"), "secure": ("secure", "insecure"), "victims": ("yes", "no")}
)


def question_of(asked: SurveyQuestion) -> Question:
    """Make a study's question ready to code answers whose codes a codebook has turned into meanings.

    Meanings: secure, insecure, yes, no; dont_know, refused and not_applicable (stays in for other reasons) leave the
    base.
    """
    counted, other = MEANINGS[asked.counts]
    return Question(
        id=asked.id,
        survey=asked.survey,
        text=MappingProxyType(dict(asked.question)),
        counts=asked.counts,
        counted=(counted,),
        others=(other,),
        excluded=("dont_know", "refused", "not_applicable"),
    )


@cache
def registered_questions() -> tuple[Question, ...]:
    """Give the questions that ship with the suite."""
    text = resources.files("evaluation.survey").joinpath("questions.toml").read_text(encoding="utf-8")
    return tuple(
        Question(
            id=entry["id"],
            survey=entry["survey"],
            text=MappingProxyType(dict(entry["text"])),
            counts=entry["counts"],
            counted=tuple(entry["counted"]),
            others=tuple(entry["others"]),
            excluded=tuple(entry["excluded"]),
            checked=entry["checked"],
        )
        for entry in tomllib.loads(text)["questions"]
    )


def flip(result: WaveResult) -> WaveResult:
    """Turn a share round: 100 − share counts the opposite side, and the limits change places.

    Only right when the base has exactly two sides; middle answers ("neither") then stand with the other side.

    Raises
    ------
    ParameterError
        The share has no opposite (victims).
    """
    return replace(
        result,
        counts=_opposite(result.counts, result.question),
        share=100 - result.share,
        low=100 - result.high,
        high=100 - result.low,
        flipped=not result.flipped,
    )


def flip_change(change: SurveyChange) -> SurveyChange:
    """Turn a change round: 11 points fewer insecure are 11 points more secure."""
    return replace(
        change,
        counts=_opposite(change.counts, change.question),
        share_from=100 - change.share_from,
        share_to=100 - change.share_to,
        change=-change.change,
        low=-change.high,
        high=-change.low,
        flipped=not change.flipped,
    )


def aligned(results: Sequence[WaveResult], counts: Counts) -> tuple[WaveResult, ...]:
    """Bring all results to one side; those that were turned say so in `flipped`."""
    return tuple(result if result.counts == counts else flip(result) for result in results)


def _opposite(counts: Counts, question: str) -> Counts:
    if counts not in OPPOSITE:
        raise ParameterError(
            f"question {question!r}",
            found=f"a share that counts {counts}",
            expected="a share that counts insecure or secure people",
            todo="show this question in a chart of its own",
        )
    return OPPOSITE[counts]


def _folded(option: str) -> str:
    return " ".join(option.split()).casefold()
