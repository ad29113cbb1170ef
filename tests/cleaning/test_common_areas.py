"""Areas of several divisions: what hangs together through the bridge is one area in every wave."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.cleaning import AreaBridge, common_areas, join_areas, read_area_bridge


def bridge(*entries: tuple[str, str, str, str]) -> AreaBridge:
    return read_area_bridge(pd.DataFrame(entries, columns=["old_area", "new_area", "share", "valid_from"]))


SPLIT = (("0310", "0311", "0.6", "2020-01-01"), ("0310", "0312", "0.4", "2020-01-01"))
MERGED = (("0420", "0425", "1", "2020-01-01"), ("0430", "0425", "1", "2020-01-01"))
RENAMED = (("0205", "0210", "1", "2020-01-01"),)


def test_parts_of_a_split_area_are_joined_again() -> None:
    found = common_areas(["0310", "0311", "0312", "0500"], bridge(*SPLIT))
    assert found == {"0310": "0311+0312", "0311": "0311+0312", "0312": "0311+0312", "0500": "0500"}


def test_merged_and_renamed_areas_have_their_newest_code() -> None:
    found = common_areas(["0420", "0430", "0425", "0205", "0210"], bridge(*MERGED, *RENAMED))
    assert found == {"0420": "0425", "0430": "0425", "0425": "0425", "0205": "0210", "0210": "0210"}


def test_answers_in_the_newest_division_only_are_left_alone() -> None:
    assert common_areas(["0311", "0312"], bridge(*SPLIT)) == {"0311": "0311", "0312": "0312"}


def test_one_old_code_brings_its_whole_reorganisation() -> None:
    """Nobody answered from 0430, and yet today's 0425 holds it: 0420 alone is less than 0425."""
    assert common_areas(["0420", "0425"], bridge(*MERGED)) == {"0420": "0425", "0425": "0425"}
    later = bridge(*SPLIT, ("0500", "0510", "1", "2023-01-01"))
    assert common_areas(["0311", "0500", "0510"], later) == {"0311": "0311", "0500": "0510", "0510": "0510"}


def test_reorganisations_follow_each_other() -> None:
    # A was split into B and C, and C merged with D into E: A, B, C, D and E cover one ground.
    chain = bridge(
        ("A", "B", "0.5", "2018-01-01"),
        ("A", "C", "0.5", "2018-01-01"),
        ("C", "E", "1", "2021-01-01"),
        ("D", "E", "1", "2021-01-01"),
    )
    assert set(common_areas(["A", "B", "C", "D", "E"], chain).values()) == {"B+E"}


def test_a_code_kept_for_a_part_of_its_area_is_not_taken_for_the_whole() -> None:
    kept = bridge(("A", "A", "0.7", "2020-01-01"), ("A", "B", "0.3", "2020-01-01"))
    assert common_areas(["A", "B"], kept) == {"A": "A+B", "B": "A+B"}


def test_a_code_that_comes_back_is_not_retired() -> None:
    back = bridge(("A", "B", "1", "2018-01-01"), ("B", "A", "1", "2021-01-01"))
    assert common_areas(["A", "B"], back) == {"A": "A", "B": "A"}


@given(st.permutations([*SPLIT, *MERGED, *RENAMED]), st.permutations(["0310", "0311", "0420", "0425", "0205", "0500"]))
def test_the_order_of_table_and_answers_does_not_matter(entries: list[tuple[str, ...]], codes: list[str]) -> None:
    found = common_areas(codes, bridge(*entries))  # type: ignore[arg-type]
    assert found == {
        "0310": "0311+0312",
        "0311": "0311+0312",
        "0420": "0425",
        "0425": "0425",
        "0205": "0210",
        "0500": "0500",
    }


@pytest.mark.parametrize("known", [None, bridge(*SPLIT)])
def test_every_moved_respondent_has_a_ledger_row(known: AreaBridge | None) -> None:
    frame = pd.DataFrame(
        {"source_file": "waves.csv", "row_number": [2, 3, 4, 5], "area": ["0310", "0312", "0500", ""]}
    ).astype({"area": "str"})
    cleaned = join_areas(frame, known)
    joined = known is not None
    assert cleaned.frame["area"].tolist() == ["0310", "0312", "0500", ""]
    assert cleaned.frame["area_common"].tolist() == (
        ["0311+0312", "0311+0312", "0500", ""] if joined else ["0310", "0312", "0500", ""]
    )
    assert cleaned.issues["row_number"].tolist() == ([2, 3] if joined else [])
    assert set(cleaned.issues["rule"]) <= {"area_joined"}
    assert "area_common" not in frame.columns
