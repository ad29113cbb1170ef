"""What RESULTS.md says of a row, a missing peer, a disagreement and growth."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.growth import Grown, Point, exponents
from benchmarks.measure import Measured
from benchmarks.page import Run, number, page, row_part

POINTS = tuple(Point(size, 2 * size**1.5, 100.0) for size in (10, 100, 1000, 10_000))


def run_of(measured: Measured, *, quick: bool = False) -> Run:
    grown = Grown("growth-sums", "Numbers", "numbers", POINTS, 1.5, 0.0)
    return Run("Made by hand.", quick, (measured,), (grown,), {"cores": "2"}, {"sums": "Measured on a quiet day."})


def test_every_goal_stands_in_the_table_with_what_was_reached(measured: Measured) -> None:
    text = page(run_of(measured))
    assert "| [sums](#sums) | ≥ 3× less CPU than peer | 3.00 / **4.00** / 5.00 | met |" in text
    assert "| [sums](#sums) | ≤ 1.5× the floor (the loop alone) | 1.00 / **2.00** / 2.00 | **not met** |" in text


def test_a_missing_peer_is_said_in_the_goals_and_in_its_row(measured: Measured) -> None:
    text = page(run_of(measured))
    assert "| not measured: no_such_module is not installed | not measured |" in text
    assert "| absent peer | not installed: no_such_module |" in text


def test_a_row_shows_medians_the_difference_and_the_reason(measured: Measured) -> None:
    text = row_part(measured)
    assert "| ours | 1.00 | 2.00 | 50 |  | 1 |  |" in text
    assert "| peer | 5.00 | 10.0 | 100 | 300 | 3.00 / **4.00** / 5.00 | 2e-09 |" in text
    assert "≤ 1.5× the floor (the loop alone): It also checks." in text
    assert "`python -m benchmarks sums`" in text


def test_a_disagreement_is_printed_in_place_of_times(measured: Measured) -> None:
    text = row_part(replace(measured, readings={}, fault="peer differs by 0.5"))
    assert "**No times: peer differs by 0.5**" in text
    assert "CPU s |" not in text


def test_small_sizes_are_marked(measured: Measured) -> None:
    assert "goals are not judged by such a run" in page(run_of(measured, quick=True))
    assert "| 3.00 / **4.00** / 5.00 | small size |" in page(run_of(measured, quick=True))
    assert "Size 10 in place of 1000." in row_part(replace(measured, size=10))


def test_what_was_left_out_or_not_reached_is_named(measured: Measured) -> None:
    text = page(run_of(measured))
    assert "**Not measured:** `command-start`" in text
    assert "`growth-jobs`." in text
    done = replace(measured, row=replace(measured.row, name="command-start"))
    assert "**Not measured:** `spreadsheet`" in page(run_of(done))


def test_growth_has_its_exponents_figure_and_sizes(measured: Measured) -> None:
    text = page(run_of(measured))
    assert "Exponent of time 1.50, of memory 0.00." in text
    assert "(growth/growth-sums.svg)" in text
    assert "| 10 000 |" in text


def test_the_exponent_is_the_slope_of_the_upper_half() -> None:
    flat_below = (Point(10, 500.0, 1.0), *POINTS[1:])  # the start counts at small sizes only
    assert exponents(flat_below) == pytest.approx((1.5, 0.0), abs=1e-12)


@pytest.mark.parametrize(("value", "words"), [(0.01234, "0.0123"), (1.0, "1.00"), (12.34, "12.3"), (1234.5, "1234")])
def test_three_digits_count(value: float, words: str) -> None:
    assert number(value) == words
