"""Numbers, dates and intervals as Swedish and English readers expect them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.errors import ParameterError
from evaluation.wording import wording

SV = wording("sv")
EN = wording("en")


@pytest.mark.parametrize(
    ("value", "digits", "swedish", "english"),
    [
        (1404, 0, "1\u00a0404", "1,404"),
        (-0.25, 2, "−0,25", "−0.25"),
        (-0.001, 1, "0,0", "0.0"),  # rounds to zero: no sign is left
        (0.5, 0, "0", "0"),  # Python rounds halves to even
        (1234567.891, 1, "1\u00a0234\u00a0567,9", "1,234,567.9"),
        (float("nan"), 1, "..", ".."),
        (float("-inf"), 1, "−∞", "−∞"),
    ],
)
def test_numbers_are_written_as_the_language_does(value: float, digits: int, swedish: str, english: str) -> None:
    assert SV.number(value, digits) == swedish
    assert EN.number(value, digits) == english


def test_per_cent_carries_sign_true_minus_and_no_break_space() -> None:
    assert SV.per_cent(-9.2, 1) == "−9,2\u00a0%"
    assert SV.per_cent(4) == "+4\u00a0%"
    assert SV.per_cent(43, signed=False) == "43\u00a0%"
    assert EN.per_cent(-9.2, 1) == "−9.2%"


def test_points_are_words() -> None:
    assert SV.points(-11) == "−11\u00a0procentenheter"


def test_an_interval_never_puts_a_dash_before_a_minus() -> None:
    assert SV.interval(-15.2, -3.1, 1, unit="per_cent") == "−15,2 till −3,1\u00a0%"
    assert EN.interval(-15.2, 3.1, 1, unit="points") == "−15.2 to +3.1\u00a0percentage points"
    assert SV.interval(0.8, 1.2, 1) == "0,8 till 1,2"


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.0342, "p\u00a0=\u00a00,034"),
        (0.4, "p\u00a0=\u00a00,40"),
        (0.0009, "p\u00a0<\u00a00,001"),
        (0.001, "p\u00a0=\u00a00,001"),
    ],
)
def test_p_values(p: float, text: str) -> None:
    assert SV.p_value(p) == text


@pytest.mark.parametrize(
    "when",
    [
        date(2023, 3, 28),
        "2023-03-28",
        np.datetime64("2023-03-28"),
        np.datetime64("2023-03-28T13:00"),
        pd.Timestamp("2023-03-28 10:00"),
    ],
)
def test_every_kind_of_day_reads_alike(when: object) -> None:
    assert SV.date(when) == "28\u00a0mars 2023"
    assert EN.date(when) == "28\u00a0March 2023"


def test_points_of_a_series() -> None:
    assert SV.point("2020-04-01", "month") == "april 2020"
    assert SV.point("2020-04-01", "quarter") == "kvartal\u00a02 2020"
    assert SV.point("2020-04-01", "quarter", short=True) == "2020\u00a0kv\u00a02"
    assert SV.point(np.datetime64("2020", "Y"), "year") == "2020"
    assert SV.month(np.datetime64("2020-12", "M"), short=True) == "dec 2020"


def test_periods_are_inclusive_and_short_within_one_year() -> None:
    assert SV.period("2023-01-01", "2023-03-27") == "1\u00a0januari–27\u00a0mars 2023"
    assert SV.period("2021-01-01", "2022-12-31") == "1\u00a0januari 2021–31\u00a0december 2022"
    assert SV.period("2023-03-28") == "från och med 28\u00a0mars 2023"


def test_what_is_no_date_is_refused() -> None:
    with pytest.raises(ParameterError, match="28 mars"):
        SV.date("28 mars")
    with pytest.raises(ParameterError):
        SV.date(pd.NaT)


def test_lists_of_words() -> None:
    assert [SV.join(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a och b", "a, b och c"]


@given(st.floats(-1e12, 1e12), st.integers(0, 6))
def test_a_written_number_reads_back_to_the_rounded_value(value: float, digits: int) -> None:
    text = SV.number(value, digits)
    back = float(text.replace("\u00a0", "").replace(",", ".").replace("−", "-"))
    assert back == float(f"{value:.{digits}f}")
    assert "-" not in text
