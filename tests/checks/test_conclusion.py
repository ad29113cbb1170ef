"""The rule shared by every with-and-without check, case by case and as properties."""

from __future__ import annotations

from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.checks import conclusion, stands
from evaluation.results import Estimate


def ratio(estimate: float, low: float, high: float) -> Estimate:
    p = 0.01 if low > 1 or high < 1 else 0.5
    return Estimate("own_trend_reml", "ratio", estimate, low, high, p, 0.1, 100, 100 / estimate, 24, 24, "m")


CLEAR = ratio(0.80, 0.70, 0.92)
OPEN = ratio(0.95, 0.80, 1.13)


@pytest.mark.parametrize(
    ("primary", "variant", "expected"),
    [
        (CLEAR, ratio(0.78, 0.65, 0.94), True),  # clear on the same side
        (CLEAR, ratio(0.85, 0.70, 1.03), True),  # not clear, but log .85 / log .80 = 0.73 of it is left
        (CLEAR, ratio(0.92, 0.78, 1.08), False),  # log .92 / log .80 = 0.37: more than half has gone
        (CLEAR, ratio(1.25, 1.10, 1.42), False),  # clear on the other side
        (OPEN, ratio(1.02, 0.90, 1.16), True),  # neither is clear
        (OPEN, ratio(0.93, 0.88, 0.98), True),  # clear, and the planned one holds log .95 / log .93 = 0.71 of it
        (OPEN, ratio(0.88, 0.80, 0.97), False),  # clear, and the planned one holds 0.40 of it
        (CLEAR, ratio(0.50, 0.45, 0.56), False),  # same side, but each outside the other's interval
    ],
)
def test_an_answer_stands_or_falls(primary, variant, expected):
    assert stands(primary, variant) is expected


def test_conclusions_follow_p_and_side():
    assert [conclusion(e) for e in (CLEAR, OPEN, ratio(1.3, 1.1, 1.5))] == ["decrease", "none", "increase"]


@given(st.floats(-0.8, 0.8), st.floats(0.02, 0.6))
def test_every_answer_stands_against_itself_and_its_mirror_image(effect, reach):
    one = ratio(exp(effect), exp(effect - reach), exp(effect + reach))
    mirrored = ratio(exp(-effect), exp(-effect - reach), exp(-effect + reach))
    assert stands(one, one)
    assert stands(one, mirrored) == stands(mirrored, one)
    assert stands(OPEN, one) == stands(one, OPEN)


@given(st.floats(-0.8, 0.8), st.floats(-0.8, 0.8), st.floats(0.02, 0.6))
def test_a_clear_change_never_stands_on_the_other_side(first, second, reach):
    one, other = (ratio(exp(e), exp(e - reach), exp(e + reach)) for e in (first, second))
    if conclusion(one) != "none" and log(one.estimate) * log(other.estimate) < 0:
        assert not stands(one, other)
