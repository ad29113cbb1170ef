"""Totals, means, shares and ratios over domains, with standard errors by Taylor linearisation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from evaluation.errors import InputError, ParameterError
from evaluation.series import Bools, Floats
from evaluation.survey.design import Labels, SurveyDesign
from evaluation.survey.domains import Domains, domains_of
from evaluation.survey.linearise import Outcome, Scored, member_scores, outcome_of, ratio_scores, total_scores
from evaluation.survey.variance import block_variance, calibrated_scores, covariance_of

Quantity = Literal["share", "mean", "ratio", "total"]


@dataclass(frozen=True, slots=True, eq=False)
class DomainEstimates:
    """One quantity in every domain, with what is needed for intervals and for differences between domains.

    Attributes
    ----------
    quantity
        "share" (proportion 0–1), "mean" and "total" (unit of the outcome), "ratio" (outcome per unit of denominator).
    labels
        Domains, sorted, length k; one empty label for the whole population.
    estimate, standard_error
        Shape (k,); NaN for a domain without answers.
    degrees_of_freedom
        Clusters minus strata that have answers in the domain, shape (k,).
    answers
        Respondents with an answer, shape (k,).
    population
        Sum of their weights, shape (k,).
    design_effect
        Variance over that of a simple random sample of as many answers, drawn with replacement, shape (k,).
    effective_base
        Answers of a simple random sample with the same variance; where the variance is zero, Kish's (Σw)²/Σw².
    design, parts
        What the estimates were made from.
    scores
        Linearised sums, per cell of `parts`, or per cluster and domain where the weights are calibrated.
    answered
        Which cells have valid answers; None: all.
    """

    quantity: Quantity
    labels: tuple[str, ...]
    estimate: Floats
    standard_error: Floats
    degrees_of_freedom: Floats
    answers: Floats
    population: Floats
    design_effect: Floats
    effective_base: Floats
    design: SurveyDesign = field(repr=False)
    parts: Domains = field(repr=False)
    scores: Floats = field(repr=False)
    answered: Bools | None = field(repr=False)

    def covariance(self) -> Floats:
        """Covariance matrix of the estimates, shape (k, k); shared clusters make domains dependent."""
        return covariance_of(self.design, self.parts, self.scores)

    def position(self, label: str) -> int:
        """Place of a domain in the arrays."""
        if label not in self.labels:
            raise ParameterError(
                "domain",
                found=repr(label),
                expected=f"one of {', '.join(self.labels)}",
                todo="use a label that occurs among the answers",
            )
        return self.labels.index(label)


def share(design: SurveyDesign, answers: ArrayLike, domains: Domains | Labels | None = None) -> DomainEstimates:
    """Share of people who answer yes, 0–1, per domain.

    Parameters
    ----------
    answers
        True/False or 1/0, NaN where there is no valid answer (left out of the base), shape (n,).
    domains
        Prepared by `domains_of`, or labels, shape (n,); None: the whole population.
    """
    values = np.asarray(answers)
    if values.dtype != np.bool_:
        values = values.astype(np.float64)
        _only_yes_no(values)
    return _estimated("share", design, values, None, domains)


def mean(design: SurveyDesign, values: ArrayLike, domains: Domains | Labels | None = None) -> DomainEstimates:
    """Mean of a quantity per domain; NaN values are left out of the base. Parameters as for `share`."""
    return _estimated("mean", design, np.asarray(values, dtype=np.float64), None, domains)


def total(design: SurveyDesign, values: ArrayLike, domains: Domains | Labels | None = None) -> DomainEstimates:
    """Sum of a quantity over the population, per domain; weights must add up to people. Parameters as for `share`."""
    return _estimated("total", design, np.asarray(values, dtype=np.float64), None, domains)


def ratio(
    design: SurveyDesign, numerator: ArrayLike, denominator: ArrayLike, domains: Domains | Labels | None = None
) -> DomainEstimates:
    """Ratio of two population totals per domain; respondents with either missing are left out."""
    below = np.asarray(denominator, dtype=np.float64)
    return _estimated("ratio", design, np.asarray(numerator, dtype=np.float64), below, domains)


def _only_yes_no(values: Floats) -> None:
    wrong = values[~(np.isnan(values) | (values == 0) | (values == 1))]
    if wrong.size:
        raise InputError(
            "survey answers",
            found=f"{wrong[0]:g} ({wrong.size} such answers)",
            expected="1 for yes, 0 for no, missing for no valid answer",
            todo="code the answers with the question's list of options first",
        )


def _estimated(
    quantity: Quantity, design: SurveyDesign, above: ArrayLike, below: Floats | None, domains: Domains | Labels | None
) -> DomainEstimates:
    parts = _parts(design, domains)
    outcome = outcome_of(design, parts, above, below)
    scored = total_scores(parts, outcome) if quantity == "total" else ratio_scores(parts, outcome)
    if design.calibration is None:
        scores, variance = scored.cells, block_variance(design, parts, scored.cells, scored.blocks)
    else:
        scores = calibrated_scores(design, parts, member_scores(parts, outcome, scored, total=quantity == "total"))
        variance = np.diag(covariance_of(design, parts, scores)).copy()
    answers, population = outcome.answers(parts), parts.by_domain(outcome.weight_in_blocks(parts))
    with np.errstate(divide="ignore", invalid="ignore"):
        effect = variance / _simple_random_variance(quantity, parts, outcome, scored, answers, population)
        kish = population**2 / parts.by_domain(outcome.square_in_blocks(parts))
    answered = None if outcome.valid is None else parts.by_cell(outcome.valid.astype(np.float64)) > 0
    return DomainEstimates(
        quantity=quantity,
        labels=parts.labels,
        estimate=np.where(answers > 0, scored.estimate, np.nan),
        standard_error=np.where(answers > 0, np.sqrt(variance), np.nan),
        degrees_of_freedom=_degrees_of_freedom(parts, answered),
        answers=answers,
        population=population,
        design_effect=effect,
        effective_base=np.divide(answers, effect, out=kish, where=effect > 0),
        design=design,
        parts=parts,
        scores=scores,
        answered=answered,
    )


def _parts(design: SurveyDesign, domains: Domains | Labels | None) -> Domains:
    if not isinstance(domains, Domains):
        return domains_of(design, domains)
    if domains.design is not design:
        raise ParameterError(
            "survey domains",
            found="domains prepared for another design",
            expected="domains of the design that is estimated with",
            todo="prepare them again: new weights need new domains",
        )
    return domains


def _simple_random_variance(
    quantity: Quantity, parts: Domains, outcome: Outcome, scored: Scored, answers: Floats, population: Floats
) -> Floats:
    """Give the variance under simple random sampling with replacement of as many answers, shape (k,).

    S²/n in the unit of the estimate, S² as R `svyvar` has it; for ratios that of the residual y − R x.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = scored.estimate / population if quantity == "total" else scored.estimate
        if quantity == "share":
            spread = rate * (1 - rate)
        else:
            spread = parts.member_sum(outcome.weights * outcome.residual(parts, rate) ** 2) / population
        unit = {"total": population, "ratio": population / scored.size}.get(quantity, np.ones(1))
        return spread * unit**2 / (answers - 1)


def _degrees_of_freedom(parts: Domains, answered: Bools | None) -> Floats:
    if answered is None:
        return parts.by_domain(parts.block_cells - 1)
    cells = parts.by_block(answered.astype(np.float64))
    return parts.by_domain(cells - (cells > 0))
