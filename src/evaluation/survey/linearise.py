"""What each respondent adds to an estimate: the linearised variable, summed over cells of clusters and domains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evaluation.errors import InputError
from evaluation.series import Bools, Floats
from evaluation.survey.design import SurveyDesign
from evaluation.survey.domains import Domains, add_up


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """An outcome in the sorted order of the domains' members.

    Attributes
    ----------
    above, below
        Outcome and denominator, 0 where missing, shape (m,); `below` None stands for ones (a mean or share).
    weights
        Weights, 0 where the answer is missing, shape (m,).
    valid
        Which members have an answer, shape (m,); None: all.
    """

    above: Floats
    below: Floats | None
    weights: Floats
    valid: Bools | None

    def answers(self, parts: Domains) -> Floats:
        """Count the valid answers per domain, shape (k,)."""
        if self.valid is None:
            return parts.by_domain(parts.block_members)
        return parts.member_sum(self.valid.astype(np.float64))

    def weight_in_blocks(self, parts: Domains) -> Floats:
        """Sum the weights of valid answers per block, shape (blocks,)."""
        return parts.block_weight if self.valid is None else add_up(self.weights, parts.block_start)

    def square_in_blocks(self, parts: Domains) -> Floats:
        """Sum the squared weights of valid answers per block, shape (blocks,)."""
        return parts.block_square if self.valid is None else add_up(self.weights**2, parts.block_start)

    def residual(self, parts: Domains, rate: Floats) -> Floats:
        """Subtract what the domain's rate predicts, y − R x, shape (m,)."""
        expected = parts.to_members(rate[parts.block_domain])
        return self.above - (expected if self.below is None else expected * self.below)


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """An estimate per domain, and its linearised sums per cell and per block.

    Attributes
    ----------
    estimate
        Shape (k,).
    size
        Denominator of the ratio, Σ w x; ones for totals, shape (k,).
    cells, blocks
        Sums of w (y − R x) / Σ w x, for totals of w y; shapes (cells,), (blocks,).
    """

    estimate: Floats
    size: Floats
    cells: Floats
    blocks: Floats


def outcome_of(design: SurveyDesign, parts: Domains, above: ArrayLike, below: Floats | None) -> Outcome:
    """Sort an outcome as the domains are sorted and set missing answers to weight zero."""
    values = _sorted(above, parts, design.n)
    base = None if below is None else _sorted(below, parts, design.n)
    valid = _valid(values, base)
    if valid is None:
        return Outcome(values, base, parts.weights, None)
    return Outcome(
        np.where(valid, values, 0.0),
        None if base is None else np.where(valid, base, 0.0),
        parts.weights * valid,
        valid,
    )


def ratio_scores(parts: Domains, outcome: Outcome) -> Scored:
    """Linearise R = Σ w y / Σ w x (Woodruff 1971, *JASA* 66:411–414); shares and means have x = 1."""
    above = parts.by_cell(outcome.weights * outcome.above)
    below = parts.by_cell(outcome.weights if outcome.below is None else outcome.weights * outcome.below)
    block_above = parts.by_block(above)
    block_below = outcome.weight_in_blocks(parts) if outcome.below is None else parts.by_block(below)
    size = parts.by_domain(block_below)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = parts.by_domain(block_above) / size
        block_rate, block_size = rate[parts.block_domain], size[parts.block_domain]
        cells = parts.rates_to_cells(rate) * below
        np.subtract(above, cells, out=cells)  # in place: with many respondents fresh memory costs more than the sums
        cells /= parts.rates_to_cells(size)
        blocks = (block_above - block_rate * block_below) / block_size
    return Scored(rate, size, cells, blocks)


def total_scores(parts: Domains, outcome: Outcome) -> Scored:
    """Sum w y; a total is linear as it stands."""
    cells = parts.by_cell(outcome.weights * outcome.above)
    blocks = parts.by_block(cells)
    return Scored(parts.by_domain(blocks), np.ones(len(parts.labels)), cells, blocks)


def member_scores(parts: Domains, outcome: Outcome, scored: Scored, *, total: bool = False) -> Floats:
    """Give the linearised variable of each member without its weight, 0 where the answer is missing, shape (m,)."""
    if total:
        return outcome.above
    size = parts.to_members(scored.size[parts.block_domain])
    linearised = outcome.residual(parts, scored.estimate) / size
    return linearised if outcome.valid is None else np.where(outcome.valid, linearised, 0.0)


def _sorted(values: ArrayLike, parts: Domains, n: int) -> Floats:
    array = np.asarray(values)
    if array.shape != (n,):
        raise InputError(
            "survey answers",
            found=f"shape {array.shape}",
            expected=f"one value for each of the {n} respondents of the design",
            todo="take answers and design from the same frame",
        )
    return array.take(parts.respondent)


def _valid(values: Floats, base: Floats | None) -> Bools | None:
    if values.dtype == np.bool_ and base is None:
        return None
    valid = ~np.isnan(values) if base is None else ~(np.isnan(values) | np.isnan(base))
    return None if valid.all() else valid
