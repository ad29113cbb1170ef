"""The audit against enumeration: every table of whole numbers that agrees with what is printed is tried."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.disclosure import HiddenCell, PublishedCell, audit
from evaluation.disclosure.attack import Knowledge, possible_range
from evaluation.errors import ParameterError


def printed(atoms: str, value: float, *, earlier: bool = False, half: float = 0.0) -> PublishedCell:
    return PublishedCell(frozenset((a,) for a in atoms), value - half, value + half, f"sum of {atoms}", earlier)


def secret(atoms: str, width: float = 5) -> HiddenCell:
    return HiddenCell(frozenset((a,) for a in atoms), width, atoms)


def test_a_hidden_month_is_computed_from_its_quarter() -> None:
    # quarter 14 = a + b + c with b = 7 and c = 4 printed: a = 14 − 11 = 3
    found = audit([printed("abc", 14), printed("b", 7), printed("c", 4)], [secret("a")])
    assert [(f.low, f.high) for f in found] == [(3, 3)]
    assert found[0].where == ("sum of abc",)


def test_two_hidden_months_leave_their_sum_as_range() -> None:
    # a + b = 14 − 4 = 10: each is 0 … 10, wide enough for 5 and not for 11
    cells = [printed("abc", 14), printed("c", 4)]
    assert audit(cells, [secret("a"), secret("b")]) == []
    assert [(f.low, f.high) for f in audit(cells, [secret("a", 11)])] == [(0, 10)]


def test_who_knows_that_zeros_are_printed_knows_more() -> None:
    # a + b = 5, neither is zero: each is 1 … 4
    found = audit([printed("ab", 5)], [secret("a")], {("a",): 1, ("b",): 1})
    assert [(f.low, f.high) for f in found] == [(1, 4)]


def test_a_printed_small_count_is_found_where_it_stands() -> None:
    assert audit([printed("a", 3)], [secret("a")])[0].where == ("sum of a",)


def test_rounding_that_leaves_one_whole_number_hides_nothing() -> None:
    # 2.6 … 3.4 holds one whole number: 3
    assert [(f.low, f.high) for f in audit([printed("a", 3.0, half=0.4)], [secret("a", 1)])] == [(3, 3)]


def test_an_area_is_computed_from_the_municipality_in_another_table() -> None:
    table_of_areas = [printed("bcd", 40)]  # the three other areas together
    chart_of_municipality = [printed("abcd", 42)]
    assert audit(table_of_areas, [secret("a")]) == []
    assert audit([*table_of_areas, *chart_of_municipality], [secret("a")])[0].high == 2


def test_the_difference_between_two_editions_is_found_and_named_new() -> None:
    january_to_may = printed("abcde", 60, earlier=True)
    january_to_june = printed("abcdef", 63)
    found = audit([january_to_may, january_to_june], [secret("f")])
    assert [(f.low, f.high, f.new) for f in found] == [(3, 3, True)]


def test_what_earlier_editions_gave_away_is_not_new_unless_it_is_printed_again() -> None:
    earlier = printed("a", 3, earlier=True)
    assert [f.new for f in audit([earlier], [secret("a")])] == [False]
    assert [f.new for f in audit([earlier, printed("a", 3)], [secret("a")])] == [True]


def test_a_sum_that_shares_nothing_does_not_matter() -> None:
    assert audit([printed("xyz", 4)], [secret("a")]) == []


def test_totals_that_contradict_each_other_are_an_error() -> None:
    with pytest.raises(ParameterError, match="no table of counts fits"):
        audit([printed("ab", 5), printed("abc", 3)], [secret("a")])


def test_the_solver_knows_whole_numbers() -> None:
    # x + y = 3 and x − y = 0 holds for 1.5 and 1.5 only: a linear programme sees a solution, whole numbers have none
    knowledge = Knowledge(np.array([[1.0, 1.0], [1.0, -1.0]]), np.array([3.0, 0.0]), np.array([3.0, 0.0]), np.zeros(2))
    with pytest.raises(ParameterError):
        possible_range(knowledge, np.array([1.0, 0.0]))


def enumerated(sums: list[tuple[int, ...]], values: tuple[int, ...], target: int, most: int) -> tuple[int, int]:
    tried = (
        x
        for x in product(range(most + 1), repeat=len(values))
        if all(sum(x[i] for i in s) == sum(values[i] for i in s) for s in sums)
    )
    possible = [x[target] for x in tried]
    return min(possible), max(possible)


@settings(max_examples=40, deadline=None)
@given(
    values=st.tuples(*[st.integers(0, 3)] * 4),
    sums=st.lists(st.sets(st.integers(0, 3), min_size=1), max_size=4),
)
def test_ranges_are_those_of_enumeration(values: tuple[int, ...], sums: list[set[int]]) -> None:
    every = [tuple(sorted(s)) for s in [*sums, {0, 1, 2, 3}]]  # the grand total is printed: enumeration ends
    cells = [PublishedCell(frozenset((str(i),) for i in s), *[float(sum(values[i] for i in s))] * 2, "") for s in every]
    found = audit(cells, [HiddenCell(frozenset([(str(i),)]), 1e6, str(i)) for i in range(4)])
    assert len(found) == 4, "a width of a million cells is never reached: every count is a finding"
    for i, finding in enumerate(found):
        assert (finding.low, finding.high) == enumerated(every, values, i, sum(values))
