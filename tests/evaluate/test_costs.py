"""Cost per case: by hand, turned-round limits, and no number where there is no clear decrease."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from evaluation.errors import EstimationError
from evaluation.evaluate import AgainstBaseline, AgreementEvaluation, Judgement
from evaluation.evaluate.costs import Cost, cost_per_case, cost_within, covers, divided
from evaluation.results import Estimate
from evaluation.series import TimeSeries, Window
from evaluation.study import load_study

STUDY = load_study(Path(__file__).parents[2] / "studies" / "exempelkoping.toml")
THIRD = STUDY.agreement("3")  # 2021-01-01 to 2022-12-31
FIRST, LAST = date(2021, 1, 1), date(2022, 12, 31)


def cost(amount: float = 900_000.0, start: date = FIRST, end: date = LAST, agreement: str = "3") -> Cost:
    return Cost(2, agreement, start, end, amount, "SEK", 2025, {"": "allt"}, "bokslut")


def estimate(ratio: float, low: float, high: float, observed: float = 600.0) -> Estimate:
    return Estimate("own_trend_reml", "ratio", ratio, low, high, 0.01, 0.1, observed, observed / ratio, 36, 24, "made")


@pytest.fixture
def evaluation_of(
    series_of: Callable[..., TimeSeries], window_of: Callable[..., Window]
) -> Callable[..., AgreementEvaluation]:
    """An evaluation with a given estimate and verdict over the 24 months of the third agreement."""

    def build(
        found: Estimate, verdict: str = "clear_decrease", indicator: str = "vandalism_month"
    ) -> AgreementEvaluation:
        series = series_of(np.full(60, 25.0), first="2018-01")
        main = AgainstBaseline(window_of(series, 36), None, (found,), None, None, (), ())
        judgement = Judgement(verdict, "decrease", 2, "own_trend", 0.01, 20.0)  # type: ignore[arg-type]
        return AgreementEvaluation(THIRD, STUDY.indicator(indicator), series, (main,), judgement)

    return build


def test_division_turns_the_limits_round() -> None:
    """150 fewer (100 to 200) for 900 000: 6 000 each, at least 900 000 / 200 = 4 500, at most 900 000 / 100 = 9 000."""
    assert divided(900_000, (150, 100, 200)) == (6_000, 4_500, 9_000)
    assert divided(900_000, (150, 0, 200)) == (6_000, 4_500, math.inf)


@pytest.mark.parametrize("avoided", [(150, -1, 200), (-10, -20, 5), (0, 0, 5), (150, 160, 200)])
def test_no_division_where_the_interval_reaches_below_zero(avoided: tuple[float, float, float]) -> None:
    with pytest.raises(EstimationError, match="clear decrease"):
        divided(900_000, avoided)


def test_a_clear_decrease_by_hand(evaluation_of: Callable[..., AgreementEvaluation]) -> None:
    """600 cases, ratio 0.80 (0.75 to 0.96).

    600 (1/0.80 − 1) = 150 fewer, 600 (1/0.96 − 1) = 25 to 600 (1/0.75 − 1) = 200;
    900 000 / 150 = 6 000; 900 000 / 200 = 4 500 to 900 000 / 25 = 36 000.
    """
    found = cost_per_case(evaluation_of(estimate(0.80, 0.75, 0.96)), [cost()])
    assert found.reason == "computed"
    assert (found.first, found.last, found.amount) == (FIRST, LAST, 900_000.0)
    assert (found.avoided, found.avoided_low, found.avoided_high) == pytest.approx((150, 25, 200))
    assert (found.per_case, found.low, found.high) == pytest.approx((6_000, 4_500, 36_000))
    assert (found.currency, found.price_year) == ("SEK", 2025)


def test_an_interval_that_touches_no_change_has_no_upper_limit(
    evaluation_of: Callable[..., AgreementEvaluation],
) -> None:
    found = cost_per_case(evaluation_of(estimate(0.80, 0.75, 1.0)), [cost()])
    assert (found.reason, found.high) == ("computed", math.inf)


@pytest.mark.parametrize(
    ("ratio", "verdict", "indicator", "reason"),
    [
        (
            (0.80, 0.75, 1.02),
            "clear_decrease",
            "vandalism_month",
            "no_clear_decrease",
        ),  # the interval reaches no change
        ((0.80, 0.75, 0.96), "direction_only", "vandalism_month", "no_clear_decrease"),  # lost among the other outcomes
        ((0.95, 0.75, 1.20), "no_clear_change", "vandalism_month", "no_clear_decrease"),
        ((1.30, 1.10, 1.50), "clear_increase", "vandalism_month", "no_clear_decrease"),
        ((0.80, 0.75, 0.96), "clear_decrease", "close_relationship_violence_month", "other_aim"),  # wanted: open
        ((0.80, 0.75, 0.96), "clear_decrease", "joint_inspections_month", "other_aim"),  # wanted: increase
    ],
)
def test_no_number_without_a_clear_decrease_of_what_should_decrease(
    evaluation_of: Callable[..., AgreementEvaluation],
    ratio: tuple[float, float, float],
    verdict: str,
    indicator: str,
    reason: str,
) -> None:
    found = cost_per_case(evaluation_of(estimate(*ratio), verdict, indicator), [cost()])
    assert found.reason == reason
    assert np.isnan([found.per_case, found.low, found.high]).all()


def test_no_number_without_costs_or_with_costs_of_another_agreement(
    evaluation_of: Callable[..., AgreementEvaluation],
) -> None:
    clear = evaluation_of(estimate(0.80, 0.75, 0.96))
    assert cost_per_case(clear, []).reason == "not_recorded"
    assert cost_per_case(clear, [cost(agreement="2")]).reason == "not_recorded"


def test_withheld_sums_give_no_cost_per_case(evaluation_of: Callable[..., AgreementEvaluation]) -> None:
    """Otherwise cost / cost per case would give the hidden number of cases away."""
    hidden = replace(estimate(0.80, 0.75, 0.96), observed=float("nan"), expected=float("nan"))
    found = cost_per_case(evaluation_of(hidden), [cost()])
    assert found.reason == "withheld"
    assert np.isnan([found.avoided, found.per_case]).all()


def test_costs_that_leave_days_out_give_no_cost_per_case(evaluation_of: Callable[..., AgreementEvaluation]) -> None:
    clear = evaluation_of(estimate(0.80, 0.75, 0.96))
    assert cost_per_case(clear, [cost(end=date(2022, 12, 30))]).reason == "incomplete"
    halves = [cost(300_000, FIRST, date(2021, 12, 31)), cost(600_000, date(2022, 1, 1), LAST)]
    assert cost_per_case(clear, halves).per_case == pytest.approx(6_000)


def test_only_the_days_evaluated_are_paid_for() -> None:
    """730 days for 730 000 is 1 000 a day; January 2021 has 31."""
    assert cost_within([cost(730_000)], date(2021, 1, 1), date(2021, 1, 31)) == pytest.approx(31_000)
    assert cost_within([cost(730_000)], date(2020, 1, 1), date(2020, 12, 31)) == 0
    assert cost_within([cost(730_000), cost(1_000, FIRST, FIRST)], FIRST, FIRST) == pytest.approx(2_000)


def test_days_that_are_covered() -> None:
    parts = [cost(1, date(2021, 7, 1), LAST), cost(1, FIRST, date(2021, 6, 30))]
    assert covers(parts, FIRST, LAST)
    assert not covers(parts[:1], FIRST, LAST)
    assert not covers([cost(1, FIRST, date(2021, 6, 29)), parts[0]], FIRST, LAST)
    assert not covers([], FIRST, LAST)
