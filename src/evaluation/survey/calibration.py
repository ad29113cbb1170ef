"""Weights that agree with known population tables: post-stratification and raking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.errors import EstimationError, InputError, ParameterError
from evaluation.series import Floats
from evaluation.survey.design import SurveyDesign
from evaluation.survey.margins import Calibration, Codes

Labels = Sequence[Any] | NDArray[Any] | pd.Series


def post_stratify(design: SurveyDesign, cells: Labels, population: Mapping[str, float]) -> SurveyDesign:
    """Scale the weights so that every cell has its population total; the variance follows.

    Parameters
    ----------
    cells
        Post-stratum of each respondent, for example from `crossed(wave, age, sex)`, shape (n,). Pooled waves must be
        part of the cells, so that every wave agrees with the population by itself.
    population
        People by cell; keys as text. Every cell needs respondents, every respondent a cell.

    Raises
    ------
    InputError
        Cells and population do not match.
    """
    codes, targets = _matched(cells, population, design.n, "post-strata")
    weights = design.weights * (targets / np.bincount(codes, design.weights))[codes]
    return _calibrated(design, weights, (codes,))


def rake(
    design: SurveyDesign,
    margins: Mapping[str, Labels],
    population: Mapping[str, Mapping[str, float]],
    *,
    tolerance: float = 1e-12,
    rounds: int = 1_000,
) -> SurveyDesign:
    """Scale the weights by iterative proportional fitting until every margin has its population totals.

    Method: Deming, Stephan 1940, *Ann Math Stat* 11:427–444; variance as for calibrated weights.

    Parameters
    ----------
    margins
        By name of the margin, the category of each respondent, shape (n,).
    population
        By name of the margin, people by category. All margins must have one sum.
    tolerance
        Largest relative deviation of any category total at the end.

    Raises
    ------
    InputError
        Margins and population do not match, or their sums differ.
    EstimationError
        No weights were found that meet all margins.
    """
    matched = [_matched(labels, population.get(name, {}), design.n, name) for name, labels in margins.items()]
    _same_sum({name: float(targets.sum()) for name, (_, targets) in zip(margins, matched, strict=True)})
    weights = design.weights.copy()
    for _ in range(rounds):
        for codes, targets in matched:
            weights = weights * (targets / np.bincount(codes, weights))[codes]
        gap = max(float(np.abs(np.bincount(codes, weights) / targets - 1).max()) for codes, targets in matched)
        if gap <= tolerance:
            return _calibrated(design, weights, tuple(codes for codes, _ in matched))
    raise EstimationError(
        "raking",
        found=f"a margin still off by {gap:.2g} after {rounds} rounds",
        expected=f"every category total within {tolerance:g} of the population",
        todo="merge thin categories, or post-stratify to fewer cells",
    )


def _matched(labels: Labels, population: Mapping[str, float], n: int, where: str) -> tuple[Codes, Floats]:
    found, names = pd.factorize(pd.Series(labels), sort=True)
    text = [str(name) for name in names]
    targets = np.array([float(population.get(name, np.nan)) for name in text])
    absent = sorted(set(population) - set(text))
    unknown = [name for name, target in zip(text, targets, strict=True) if not target > 0]
    if found.size != n or (found < 0).any() or absent or unknown:
        raise InputError(
            f"population table of {where}",
            found=f"{int((found < 0).sum())} respondents without a category; categories without respondents: {absent}; "
            f"categories without population: {unknown}",
            expected="the same categories among the respondents and in the population, none empty",
            todo="merge categories on both sides, or set respondents without a category aside in the cleaning",
        )
    return found.astype(np.intp), targets


def _same_sum(sums: Mapping[str, float]) -> None:
    if sums and max(sums.values()) - min(sums.values()) > 1e-9 * max(sums.values()):
        raise InputError(
            "population margins",
            found=", ".join(f"{name}: {total:.0f}" for name, total in sums.items()),
            expected="one and the same population behind every margin",
            todo="take all margins from one population table",
        )


def _calibrated(design: SurveyDesign, weights: Floats, margins: tuple[Codes, ...]) -> SurveyDesign:
    if design.calibration is not None:
        raise ParameterError(
            "survey design",
            found="weights that are calibrated already",
            expected="one calibration, because the variance remembers one",
            todo="calibrate the original design to all margins at once",
        )
    sizes = [int(codes.max()) + 1 for codes in margins]
    start = np.cumsum([0, *sizes])
    gram = np.zeros((start[-1], start[-1]))
    for i, rows in enumerate(margins):
        for j, columns in enumerate(margins):
            block = np.bincount(rows * sizes[j] + columns, design.weights, minlength=sizes[i] * sizes[j])
            gram[start[i] : start[i + 1], start[j] : start[j + 1]] = block.reshape(sizes[i], sizes[j])
    weights.setflags(write=False)
    calibration = Calibration(margins, design.weights, np.linalg.pinv(gram, hermitian=True))
    return replace(design, weights=weights, calibration=calibration)
