"""The verdict on one indicator in one agreement, and its evidence grade: chosen by rule, never typed.

Evidence grades follow the Maryland Scientific Methods Scale (Sherman et al. 1998; Farrington et al. 2002): before/after
1, own trend 2, comparison areas 3. Multiplicity: Holm 1979 across the primary outcomes of one agreement, Benjamini and
Hochberg 1995 across the exploratory ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from evaluation.results import Estimate, Verdict

Direction = Literal["decrease", "increase", "none"]
Rule = Literal[
    "nothing_usable",
    "own_trend_alone",
    "own_trend_and_comparison",
    "comparison_contradicts",
    "not_more_than_comparison",
    "only_comparison_sees_it",
    "nothing_seen",
    "comparison_alone",
    "comparison_alone_in_part",
    "comparison_too_blunt",
    "lost_to_multiplicity",
]

ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Judgement:
    """What may be said about one indicator in one agreement.

    Attributes
    ----------
    verdict
        One of the fixed vocabulary.
    direction
        Direction of the change that is claimed or indicated; "none" where nothing is.
    grade
        Evidence grade 0–3: 0 nothing, 1 before/after, 2 own trend, 3 comparison areas that passed their gates.
    rule
        Which rule decided.
    p_adjusted
        p of the own trend after multiplicity adjustment (Holm or Benjamini–Hochberg); NaN without own trend.
    detectable
        Per cent change that would have been seen with 80 % power by the design that decides; NaN where none does.
    """

    verdict: Verdict
    direction: Direction
    grade: int
    rule: Rule
    p_adjusted: float
    detectable: float


def judge(
    own: Estimate | None,
    p_adjusted: float,
    detectable: float,
    comparisons: Sequence[Estimate],
    *,
    described: bool,
    family: int = 1,
    largest_detectable: float = 50.0,
) -> Judgement:
    """Combine the designs into one verdict.

    Parameters
    ----------
    own
        Own-trend estimate of the registered primary design, or none if it was refused.
    p_adjusted
        Its p after multiplicity adjustment.
    detectable
        Its smallest detectable change in per cent.
    comparisons
        Estimates against comparison areas that passed their gates and whose pool can reach p < .05.
    described
        Whether a before/after description exists (grade 1 instead of 0).
    family
        Number of outcomes tested together; the p of comparison designs is multiplied by it (Bonferroni).
    largest_detectable
        Per cent above which a design is too blunt for any verdict.

    Notes
    -----
    A clear change needs the own trend (adjusted p < .05), no comparison design that clearly shows the opposite, and,
    where comparison areas are usable, more than half of their point estimates on the same side. Where only comparison
    areas are usable, all of them must show it. Otherwise the verdict is weaker: direction only, no clear change, or
    cannot be assessed. A change that is clear on its own but not after the adjustment is a direction: to call it "no
    clear change" would contradict the interval beside it. An own trend that could not have shown a change as large as
    the limit does not count.
    """
    if own is None or not detectable <= largest_detectable:
        return _comparison_alone(comparisons, family, largest_detectable, described=described)
    grade = 3 if comparisons else 2
    side, alone = direction_of(own), own.p < 1 - own.level
    seen = alone and p_adjusted < ALPHA
    clearly = {direction_of(estimate) for estimate in comparisons if estimate.p * family < ALPHA}
    if seen:
        verdict, rule = _own_trend_seen(side, clearly, comparisons)
        return Judgement(verdict, side, grade, rule, p_adjusted, detectable)
    if alone and clearly - {side}:
        return Judgement("cannot_be_assessed", "none", grade, "comparison_contradicts", p_adjusted, detectable)
    if alone:
        return Judgement("direction_only", side, grade, "lost_to_multiplicity", p_adjusted, detectable)
    if len(clearly) == 1:
        return Judgement("direction_only", min(clearly), grade, "only_comparison_sees_it", p_adjusted, detectable)
    return Judgement("no_clear_change", "none", grade, "nothing_seen", p_adjusted, detectable)


def _own_trend_seen(side: Direction, clearly: set[Direction], comparisons: Sequence[Estimate]) -> tuple[Verdict, Rule]:
    clear: Verdict = "clear_decrease" if side == "decrease" else "clear_increase"
    if not comparisons:
        return clear, "own_trend_alone"
    if clearly - {side}:
        return "direction_only", "comparison_contradicts"
    agreeing = sum(direction_of(estimate) == side for estimate in comparisons)
    if 2 * agreeing > len(comparisons):
        return clear, "own_trend_and_comparison"
    return "direction_only", "not_more_than_comparison"


def _comparison_alone(
    comparisons: Sequence[Estimate], family: int, largest_detectable: float, *, described: bool
) -> Judgement:
    none = float("nan")
    if not comparisons:
        return Judgement("cannot_be_assessed", "none", int(described), "nothing_usable", none, none)
    sides = {direction_of(estimate) for estimate in comparisons}
    clearly = [estimate for estimate in comparisons if estimate.p * family < ALPHA]
    detectable = max(detectable_by_comparison(estimate) for estimate in comparisons)
    if len(clearly) == len(comparisons) and len(sides) == 1:
        side = min(sides)
        verdict: Verdict = "clear_decrease" if side == "decrease" else "clear_increase"
        return Judgement(verdict, side, 3, "comparison_alone", none, detectable)
    if clearly and len(sides) == 1:
        return Judgement("direction_only", min(sides), 3, "comparison_alone_in_part", none, detectable)
    if detectable <= largest_detectable:
        return Judgement("no_clear_change", "none", 3, "nothing_seen", none, detectable)
    return Judgement("cannot_be_assessed", "none", int(described), "comparison_too_blunt", none, detectable)


def direction_of(estimate: Estimate) -> Direction:
    """Return the side of "no change" on which a point estimate lies."""
    if estimate.estimate == estimate.neutral:
        return "none"
    return "decrease" if estimate.estimate < estimate.neutral else "increase"


def detectable_by_comparison(estimate: Estimate) -> float:
    """Return the fall in per cent that a comparison design would have seen with 80 % power; infinite if none."""
    ratio = estimate.details.get("detectable_decrease", 0.0)
    return 100 * (1 - ratio) if estimate.scale == "ratio" and ratio > 0 else float("inf")


def holm(p: Mapping[str, float]) -> dict[str, float]:
    """Return Holm's step-down adjusted p by name (family-wise error rate); NaN stay NaN and do not count."""
    ordered = sorted((value, name) for name, value in p.items() if not np.isnan(value))
    adjusted = {name: float("nan") for name in p}
    highest = 0.0
    for place, (value, name) in enumerate(ordered):
        highest = max(highest, min(1.0, (len(ordered) - place) * value))
        adjusted[name] = highest
    return adjusted


def benjamini_hochberg(p: Mapping[str, float]) -> dict[str, float]:
    """Return Benjamini–Hochberg adjusted p by name (false discovery rate); NaN stay NaN and do not count."""
    ordered = sorted(((value, name) for name, value in p.items() if not np.isnan(value)), reverse=True)
    adjusted = {name: float("nan") for name in p}
    lowest = 1.0
    for place, (value, name) in enumerate(ordered):
        lowest = min(lowest, value * (len(ordered) / (len(ordered) - place)))
        adjusted[name] = lowest
    return adjusted
