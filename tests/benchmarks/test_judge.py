"""Ratios and verdicts by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.judge import Spread, Verdict, ratios, verdict
from benchmarks.measure import Measured
from benchmarks.row import Goal


def verdict_of(measured: Measured, number: int) -> Verdict:
    return verdict(measured, measured.row.goals[number])


def test_a_ratio_is_that_of_one_round_and_its_middle_the_median(measured: Measured) -> None:
    assert ratios(measured, "peer", "ours") == Spread(3.0, 4.0, 5.0)  # 4 / 1, 6 / 2, 5 / 1


def test_a_goal_against_a_peer_is_met_by_the_median(measured: Measured) -> None:
    assert verdict_of(measured, 0).is_met
    assert verdict(measured, Goal("peer", 4.0)).is_met  # the median is 4 exactly
    assert not verdict(measured, Goal("peer", 4.1)).is_met


def test_a_goal_against_the_floor_is_ours_divided_by_it_and_its_reason_stands_there(measured: Measured) -> None:
    found = verdict_of(measured, 2)
    assert found.reached == Spread(1.0, 2.0, 2.0)  # 1 / 0.5, 2 / 1, 1 / 1
    assert not found.is_met
    assert found.why == "It also checks."


def test_a_goal_without_a_peer_is_about_our_own_quantity(measured: Measured) -> None:
    found = verdict_of(measured, 3)
    assert found.reached == Spread(1.0, 1.0, 2.0)
    assert not found.is_met  # the median of one CPU second is above the half allowed


def test_other_quantities_count_too(measured: Measured) -> None:
    assert verdict(measured, Goal("peer", 2, "peak")).is_met  # 100 MB against 50
    assert verdict(measured, Goal("", 1.9, "wall")).reached == Spread(2.0, 2.0, 4.0)


def test_a_missing_peer_is_said_and_judged_neither_way(measured: Measured) -> None:
    found = verdict_of(measured, 1)
    assert found.is_met is None
    assert found.why == "not measured: no_such_module is not installed"


def test_a_row_with_a_fault_judges_nothing(measured: Measured) -> None:
    broken = replace(measured, readings={}, fault="peer differs by 0.5")
    assert verdict_of(broken, 0) == Verdict(
        verdict_of(measured, 0).goal, None, None, "not measured: peer differs by 0.5"
    )


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "≥ 3× less CPU than peer"),
        (2, "≤ 1.5× the floor (the loop alone)"),
        (3, "≤ 0.5 CPU s"),
    ],
)
def test_goals_stand_in_words(measured: Measured, number: int, words: str) -> None:
    assert verdict_of(measured, number).goal == words
