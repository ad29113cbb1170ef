"""Who answered: response rates, the composition of those who answered, and what a shift between waves could explain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from evaluation.errors import ParameterError
from evaluation.survey.change import SurveyChange
from evaluation.survey.design import Labels, coded
from evaluation.survey.wave import WaveResult


@dataclass(frozen=True, slots=True)
class ResponseShift:
    """How response moved between two waves, and how different non-respondents must be to explain a change.

    Attributes
    ----------
    rate_from, rate_to
        Valid answers per 100 people asked.
    shift
        Percentage points, later minus earlier.
    gap_needed
        Percentage points by which people who did not answer would have to lie above those who did, the same in both
        waves, for the whole change to be an artefact of the shift: change / (rate_to − rate_from) as shares. Infinite
        when the response did not move.
    could_explain
        True when such people are possible: their share, share + gap_needed, lies within 0–100 in both waves.
    """

    rate_from: float
    rate_to: float
    shift: float
    gap_needed: float
    could_explain: bool


@dataclass(frozen=True, slots=True)
class Composition:
    """Unweighted make-up of the respondents of one wave against the population.

    Attributes
    ----------
    wave
        Label of the wave.
    respondents, population
        Per cent by group.
    dissimilarity
        Per cent of respondents that would have to be in another group to match the population: ½ Σ |r − p|.
    """

    wave: str
    respondents: Mapping[str, float]
    population: Mapping[str, float]
    dissimilarity: float


def response_shift(earlier: WaveResult, later: WaveResult, change: SurveyChange) -> ResponseShift:
    """Compare the response of two waves, with the non-response gap that would explain the change between them.

    If people who do not answer differ by g from those who do, a share is off by (1 − response) · g; between two waves
    with the same g the error moves by g times the shift in response (Groves 2006, *Public Opin Q* 70:646–675).

    Parameters
    ----------
    earlier, later
        Results whose wave says how many were asked and which have a number of answers.

    Raises
    ------
    ParameterError
        People asked or answers are unknown.
    """
    first, second = _rate(earlier), _rate(later)
    shift = second - first
    needed = float("inf") if shift == 0 else 100 * change.change / shift
    possible = all(0 <= result.share + needed <= 100 for result in (earlier, later))
    return ResponseShift(first, second, shift, needed, possible)


def compositions(waves: Labels, groups: Labels, population: Mapping[str, float]) -> tuple[Composition, ...]:
    """Hold the unweighted respondents of every wave against the population, by age and sex for instance.

    Parameters
    ----------
    waves, groups
        Wave and group of each respondent, shape (n,); rows with either missing are left out.
    population
        People by group.
    """
    wave, names = coded(waves)
    group, found = coded(groups)
    whole = float(sum(population.values()))
    target = {name: 100 * people / whole for name, people in population.items()}
    order = [*population, *(name for name in found if name not in population)]
    rows = []
    for at, label in enumerate(names):
        counts = np.bincount(group[(wave == at) & (group >= 0)], minlength=len(found))
        shares = dict(zip(found, (100 * counts / counts.sum()).tolist(), strict=True))
        distance = sum(abs(shares.get(name, 0.0) - target.get(name, 0.0)) for name in order) / 2
        rows.append(Composition(label, MappingProxyType(shares), MappingProxyType(target), distance))
    return tuple(rows)


def _rate(result: WaveResult) -> float:
    asked, answers = result.wave.asked, result.answers
    if not asked or answers is None or answers > asked:
        raise ParameterError(
            f"response in wave {result.wave.label}",
            found=f"{answers} answers of {asked} asked",
            expected="both known, answers at most as many as asked",
            todo="give the number of people asked with the wave, or leave the response shift out",
        )
    return 100 * answers / asked
