"""The made-up people look real to a detector and are nobody."""

from __future__ import annotations

import re

import numpy as np

from evaluation.synthetic.persons import check_digit, contact_lines, identity_numbers, phone_numbers


def test_check_digit_of_skatteverkets_example() -> None:
    # 811218-9876: 8*2=16, 1, 1*2=2, 2, 1*2=2, 8, 9*2=18, 8, 7*2=14 -> 1+6+1+2+2+2+8+1+8+8+1+4 = 44 -> 50 - 44 = 6
    assert check_digit(np.array([[8, 1, 1, 2, 1, 8, 9, 8, 7]])).tolist() == [6]


def test_a_digit_sum_that_ends_in_zero_gives_zero() -> None:
    assert check_digit(np.zeros((1, 9), dtype=np.int64)).tolist() == [0]


def test_identity_numbers_are_well_formed_and_from_the_series_for_tests() -> None:
    for text in identity_numbers(np.random.default_rng(1), 400):
        digits = re.sub(r"\D", "", text)[-10:]
        day = int(digits[4:6])
        assert 1 <= day <= 31 or 61 <= day <= 91
        assert 980 <= int(digits[6:9]) <= 999
        assert check_digit(np.array([[int(digit) for digit in digits[:9]]]))[0] == int(digits[9])


def test_one_in_ten_is_a_coordination_number() -> None:
    numbers = identity_numbers(np.random.default_rng(2), 2000)
    coordination = sum(int(re.sub(r"\D", "", text)[-6:-4]) > 60 for text in numbers)
    assert 140 < coordination < 260  # 200 expected, standard deviation 13


def test_telephone_numbers_are_those_set_aside_for_fiction() -> None:
    for text in phone_numbers(np.random.default_rng(3), 200):
        digits = re.sub(r"\D", "", text).replace("4670", "070", 1)
        assert 701740605 <= int(digits) <= 701740699


def test_contact_lines_fill_every_place() -> None:
    lines = contact_lines(np.random.default_rng(4), ["Bo Testman"], ["{name} {phone}", "{identity}", "{mail}"], 60)
    assert not [line for line in lines if "{" in line]
    assert "bo.testman@example.com" in lines
