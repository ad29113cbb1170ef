"""What an agreement cost, and the cost per case fewer than expected, with an interval from the same inference."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import pandas as pd

from evaluation.errors import EstimationError
from evaluation.evaluate.agreement import AgreementEvaluation
from evaluation.evaluate.sentences import deciding_estimate
from evaluation.indicators import point_end
from evaluation.results import Estimate
from evaluation.study.model import Agreement, Study

CostReason = Literal["computed", "not_recorded", "incomplete", "other_aim", "no_clear_decrease", "withheld"]


@dataclass(frozen=True, slots=True)
class Cost:
    """One sum that an agreement cost. Days are inclusive.

    Attributes
    ----------
    start, end
        Days that the sum covers: those of the agreement where the table gives none.
    amount
        In `currency` at the prices of `price_year`.
    includes
        Language → what is included ("" for the language of the table).
    """

    row_number: int
    agreement: str
    start: date
    end: date
    amount: float
    currency: str
    price_year: int
    includes: Mapping[str, str]
    source: str

    def included(self, language: str) -> str:
        """Return what is included in a language, or as it stands in the table."""
        return self.includes.get(language) or self.includes.get("", "")


@dataclass(frozen=True, slots=True)
class CostPerCase:
    """Cost per case fewer than expected, or why it cannot be computed.

    Attributes
    ----------
    indicator
        Id of the outcome.
    reason
        "computed"; otherwise why not: no cost recorded; the outcome is not one that should decrease; no clear decrease;
        the sums of cases are withheld; the costs do not cover every day evaluated.
    amount, currency, price_year
        The cost that falls on the days evaluated; NaN, "" and 0 where none is recorded.
    first, last
        Those days, inclusive.
    avoided, avoided_low, avoided_high
        Cases fewer than expected (positive: fewer), with the limits of the effect's interval.
    per_case, low, high
        `amount` / cases, limits turned round: low = amount / avoided_high, high = amount / avoided_low. `high` is
        infinite where the interval of cases touches zero.
    """

    indicator: str
    reason: CostReason
    amount: float = math.nan
    currency: str = ""
    price_year: int = 0
    first: date | None = None
    last: date | None = None
    avoided: float = math.nan
    avoided_low: float = math.nan
    avoided_high: float = math.nan
    per_case: float = math.nan
    low: float = math.nan
    high: float = math.nan


def costs_from(frame: pd.DataFrame, study: Study) -> tuple[Cost, ...]:
    """Type the rows of a table of costs (`schemas.COSTS`)."""
    agreements = {agreement.id: agreement for agreement in study.agreements}
    return tuple(_cost(row, agreements.get(row["agreement"])) for row in frame.to_dict("records"))


def cost_within(costs: Sequence[Cost], first: date, last: date) -> float:
    """Return the part of the costs that falls on the days from first to last, both inclusive, day by day.

    A sum is spread evenly over the days that it covers: amount × days inside / days covered.
    """
    return sum(
        cost.amount * _days(max(cost.start, first), min(cost.end, last)) / _days(cost.start, cost.end) for cost in costs
    )


def covers(costs: Sequence[Cost], first: date, last: date) -> bool:
    """Tell whether every day from first to last, both inclusive, is covered by some sum."""
    day = first
    for cost in sorted(costs, key=lambda cost: cost.start):
        if cost.start <= day:
            day = max(day, cost.end + timedelta(days=1))
    return day > last


def cost_per_case(evaluation: AgreementEvaluation, costs: Sequence[Cost]) -> CostPerCase:
    """Hold what an agreement cost against one outcome.

    Only where the verdict is a clear decrease of something that should decrease, and the interval of the effect
    excludes no change: a ratio with zero inside its denominator's interval has no interval of one piece (Altman 1998 on
    the number needed to treat; METHODS). The whole cost is held against this one outcome. Arithmetic, not a claim that
    the agreement was the cause.
    """
    key = evaluation.indicator.id
    mine = [cost for cost in costs if cost.agreement == evaluation.agreement.id]
    if not mine:
        return CostPerCase(key, "not_recorded")
    if evaluation.indicator.wanted != "decrease":
        return CostPerCase(key, "other_aim")
    if evaluation.judgement.verdict != "clear_decrease":
        return CostPerCase(key, "no_clear_decrease")
    return _computed(evaluation, mine, deciding_estimate(evaluation))


def divided(amount: float, avoided: tuple[float, float, float]) -> tuple[float, float, float]:
    """Return amount per case, low and high, from cases fewer than expected with their limits (low ≤ estimate ≤ high).

    The limits change places; where the lower limit of cases is zero the upper limit of the cost is infinite.

    Raises
    ------
    EstimationError
        The interval of cases reaches below zero, or no case is fewer.
    """
    estimate, low, high = avoided
    if not 0 <= low <= estimate <= high or estimate <= 0:
        raise EstimationError(
            "cost per case",
            found=f"{estimate:g} cases fewer than expected ({low:g} to {high:g})",
            expected="a clear decrease: limits that are not below zero, in order",
            todo="ask for the cost per case only where the decrease is clear",
        )
    return amount / estimate, amount / high, amount / low if low > 0 else math.inf


def _computed(evaluation: AgreementEvaluation, costs: Sequence[Cost], estimate: Estimate) -> CostPerCase:
    key, window, series = evaluation.indicator.id, evaluation.main.window, evaluation.series
    days = series.start[window.period]
    first, last = days.min().astype(date), point_end(days, series.grain).max().astype(date)
    centre, fewest, most = estimate.excess  # negative: fewer cases than expected
    avoided = (-centre, -most, -fewest)
    if not all(map(math.isfinite, avoided)):
        return CostPerCase(key, "withheld")
    if avoided[1] < 0 or avoided[0] <= 0:
        return CostPerCase(key, "no_clear_decrease")
    if not covers(costs, first, last):
        return CostPerCase(key, "incomplete", first=first, last=last)
    amount = cost_within(costs, first, last)
    money = (amount, costs[0].currency, costs[0].price_year)
    return CostPerCase(key, "computed", *money, first, last, *avoided, *divided(amount, avoided))


def _cost(row: Mapping[Any, Any], agreement: Agreement | None) -> Cost:
    default = (agreement.start, agreement.end) if agreement else (date.min, date.max)
    start, end = (
        fallback if pd.isna(row[name]) else pd.Timestamp(row[name]).date()
        for name, fallback in zip(("start", "end"), default, strict=True)
    )
    return Cost(
        row_number=int(row["row_number"]),
        agreement=row["agreement"],
        start=start,
        end=end,
        amount=float("nan") if pd.isna(row["amount"]) else float(row["amount"]),
        currency=row["currency"],
        price_year=0 if pd.isna(row["price_year"]) else int(row["price_year"]),
        includes={"": row["includes"], "sv": row["includes_sv"], "en": row["includes_en"]},
        source=row["source"],
    )


def _days(first: date, last: date) -> int:
    return max(0, (last - first).days + 1)
