"""Published counts of several files: once, final, complete, and parts that add up."""

from __future__ import annotations

import pandas as pd
import pytest

from evaluation.cleaning import (
    drop_repeated_counts,
    inconsistent_sums,
    keep_final_counts,
    missing_points,
    numbered,
    pipe,
    refuse_conflicting_counts,
)
from evaluation.errors import InputError

COLUMNS = ["area_code", "area", "start", "grain", "offence_type", "count", "rate", "status"]


def counts(*rows: tuple[object, ...]) -> pd.DataFrame:
    """Rows of (start, offence_type, count, status)."""
    made = [
        ("0114", "Upplands Väsby", start, "month", kind, count, pd.NA, status) for start, kind, count, status in rows
    ]
    frame = pd.DataFrame(made, columns=COLUMNS)
    return numbered(frame.astype({"start": "datetime64[us]", "count": "Int64", "rate": "Float64"}), "sol.txt")


def test_repeated_rows_and_superseded_figures_are_set_aside_and_counted():
    frame = counts(
        ("2023-01-01", "person", 78, "preliminary"),
        ("2023-01-01", "person", 78, "preliminary"),
        ("2023-01-01", "person", 80, "final"),
        ("2023-02-01", "person", 90, "preliminary"),
    )
    cleaned = pipe(frame, drop_repeated_counts, keep_final_counts, refuse_conflicting_counts)
    assert cleaned.frame[["count", "status"]].values.tolist() == [[80, "final"], [90, "preliminary"]]
    assert cleaned.issues[["row_number", "rule", "before"]].values.tolist() == [
        [2, "repeated_count", "78"],
        [1, "preliminary_superseded", "78"],
    ]


def test_one_key_with_two_figures_is_refused_with_both_places():
    frame = counts(
        ("2023-01-01", "person", 78, "final"),
        ("2023-02-01", "person", 1, "final"),
        ("2023-01-01", "person", 79, "final"),
    )
    with pytest.raises(
        InputError, match=r"sol\.txt row 1 and sol\.txt row 3: found person, Upplands Väsby, 2023-01-01: 78 and 79"
    ):
        refuse_conflicting_counts(frame)


def test_gaps_and_unpublished_points_are_listed():
    frame = counts(
        ("2023-01-01", "person", 1, "final"),
        ("2023-04-01", "person", 1, "final"),
        ("2023-05-01", "person", pd.NA, "final"),
        ("2023-01-01", "theft", 1, "final"),
    )
    gaps = missing_points(frame)
    assert gaps[["offence_type", "start", "reason"]].values.tolist() == [
        ["person", pd.Timestamp("2023-02-01"), "absent"],
        ["person", pd.Timestamp("2023-03-01"), "absent"],
        ["person", pd.Timestamp("2023-05-01"), "not_published"],
    ]


def test_quarters_and_years_have_their_own_step():
    frame = counts(("2014-04-01", "total", 1, "final"), ("2015-01-01", "total", 1, "final")).assign(grain="quarter")
    assert missing_points(frame)["start"].tolist() == [pd.Timestamp("2014-07-01"), pd.Timestamp("2014-10-01")]
    assert missing_points(frame.assign(grain="year", start=pd.to_datetime(["2014-01-01", "2015-01-01"]))).empty


def test_a_chapter_that_is_not_the_sum_of_its_parts_is_listed():
    # Brå, Upplands Väsby 2022, chapters 3, 4, 5, 6 and 7: 452 + 605 + 17 + 63 + 18 = 1 155.
    parts = [("3", 452), ("4", 605), ("5", 17), ("6", 63), ("7", 18)]
    right = [("2022-01-01", kind, count, "final") for kind, count in [*parts, ("3-7", 1155)]]
    wrong = [("2023-01-01", kind, count, "final") for kind, count in [*parts, ("3-7", 1156)]]
    incomplete = [("2024-01-01", kind, count, "final") for kind, count in [*parts[1:], ("3-7", 9)]]
    faults = inconsistent_sums(counts(*right, *wrong, *incomplete), {"3-7": ["3", "4", "5", "6", "7"]})
    assert faults[["start", "offence_type", "count", "sum_of_parts"]].values.tolist() == [
        [pd.Timestamp("2023-01-01"), "3-7", 1156, 1155]
    ]
