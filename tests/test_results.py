"""Result objects: per cent, cases more or fewer, and errors that survive a process border."""

from __future__ import annotations

import math
import pickle

import pytest

from evaluation.errors import EvaluationError, InputError
from evaluation.results import Estimate


def estimate(scale: str, value: float, low: float, high: float, observed: float = 90.0) -> Estimate:
    return Estimate("d", scale, value, low, high, 0.2, 0.1, observed, observed / value, 24, 12, "m")  # type: ignore[arg-type]


def test_a_ratio_of_nine_tenths_is_ten_per_cent_fewer() -> None:
    ratio = estimate("ratio", 0.9, 0.75, 1.125)
    assert ratio.neutral == 1.0
    assert ratio.per_cent == pytest.approx((-10, -25, 12.5))
    # observed 90, expected 90 / 0.9 = 100: ten fewer; limits 90 − 90/0.75 = −30 and 90 − 90/1.125 = +10
    assert ratio.expected == pytest.approx(100)
    assert ratio.excess == pytest.approx((-10, -30, 10))


def test_a_difference_counts_every_point() -> None:
    assert estimate("additive", -2.0, -3.0, 1.0).excess == (-24, -36, 12)
    assert estimate("additive", -2.0, -3.0, 1.0).neutral == 0.0


def test_an_interval_without_a_lower_limit_has_no_limit_in_cases() -> None:
    assert estimate("ratio", 0.9, 0.0, math.inf).excess == pytest.approx((-10, -math.inf, 90))


def test_an_error_says_where_what_and_what_to_do_and_survives_pickling() -> None:
    error = InputError("a.csv, row 3", found="'x'", expected="a number", todo="correct it")
    assert str(error) == "a.csv, row 3: found 'x'; expected a number. What to do: correct it"
    again = pickle.loads(pickle.dumps(error))
    assert isinstance(again, InputError)
    assert isinstance(again, EvaluationError)
    assert str(again) == str(error)
