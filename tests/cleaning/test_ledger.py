"""Nothing changes or disappears without a ledger row, and the accounting is proved at run time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evaluation.cleaning import (
    Cleaned,
    ledger_summary,
    no_issues,
    pipe,
    row_balance,
    unrecorded_changes,
    withhold_columns,
)
from evaluation.cleaning.ledger import LEDGER_SCHEMA, change, flag, issues_at, set_aside
from evaluation.errors import InputError


def rows() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "source_file": pd.Series(["a", "a", "b"], dtype="str"),
            "row_number": [2, 3, 2],
            "area": pd.Series(["x", "y", "y"], dtype="str"),
            "free_text": pd.Series(["secret", "", "secret"], dtype="str"),
        }
    )


def drop_y_of_b(frame: pd.DataFrame) -> Cleaned:
    return set_aside(frame, frame["source_file"].eq("b").to_numpy(), rule="of_b", column="area")


def rename_y(frame: pd.DataFrame) -> Cleaned:
    after = pd.Series("z", index=frame.index, dtype="str")
    return change(frame, frame["area"].eq("y").to_numpy(), rule="renamed", column="area", after=after)


def test_a_pipe_joins_the_ledgers_in_order_and_balances_every_file():
    before = rows()
    cleaned = pipe(before, drop_y_of_b, rename_y)
    assert cleaned.frame["area"].tolist() == ["x", "z"]
    assert cleaned.issues.to_dict("records") == [
        dict(zip(LEDGER_SCHEMA, ("b", 2, "of_b", "area", "y", None, "set_aside"), strict=True))
        | {"after": cleaned.issues["after"][0]},
        dict(zip(LEDGER_SCHEMA, ("a", 3, "renamed", "area", "y", "z", "changed"), strict=True)),
    ]
    assert pd.isna(cleaned.issues["after"][0])
    assert row_balance(before, cleaned).to_dict("index") == {
        "a": {"rows_in": 2, "kept": 2, "set_aside": 0},
        "b": {"rows_in": 1, "kept": 0, "set_aside": 1},
    }
    assert before.equals(rows())  # nothing mutates its argument


def test_a_step_that_loses_a_row_is_stopped_with_the_file_and_the_numbers():
    def lose_one(frame: pd.DataFrame) -> Cleaned:
        return Cleaned(frame.iloc[1:], no_issues())

    with pytest.raises(InputError, match="cleaning of a: found 2 rows in, 1 kept, 0 set aside"):
        pipe(rows(), rename_y, lose_one)


def test_a_step_that_doubles_a_row_or_its_ledger_row_is_stopped():
    def double(frame: pd.DataFrame) -> Cleaned:
        return Cleaned(pd.concat([frame, frame.iloc[:1]]), no_issues())

    def say_it_twice(frame: pd.DataFrame) -> Cleaned:
        once = drop_y_of_b(frame)
        return Cleaned(once.frame, pd.concat([once.issues, once.issues]))

    for step in (double, say_it_twice):
        with pytest.raises(InputError, match="rows in = rows kept"):
            pipe(rows(), step)


def test_a_row_moved_from_one_file_to_another_is_seen_although_the_total_balances():
    def move(frame: pd.DataFrame) -> Cleaned:
        return Cleaned(frame.assign(source_file=pd.Series(["a", "b", "b"], dtype="str")), no_issues())

    with pytest.raises(InputError, match="cleaning of"):
        pipe(rows(), move)


def test_unrecorded_changes_names_silent_changes_and_losses_and_accepts_recorded_ones():
    before = rows()
    assert unrecorded_changes(before, pipe(before, drop_y_of_b, rename_y)).empty
    silent = Cleaned(before.assign(area=["x", "q", "y"]), no_issues())
    assert unrecorded_changes(before, silent).values.tolist() == [["a", 3, "area"]]
    lost = Cleaned(before.iloc[:2], no_issues())
    assert unrecorded_changes(before, lost).values.tolist() == [["b", 2, ""]]
    dropped = Cleaned(before.drop(columns="area"), no_issues())
    assert unrecorded_changes(before, dropped)["column"].tolist() == ["area"] * 3


def test_a_withheld_column_has_one_ledger_row_per_file_and_no_content():
    before = rows()
    cleaned = pipe(before, lambda frame: withhold_columns(frame, ["free_text", "not there"]))
    assert list(cleaned.frame.columns) == ["source_file", "row_number", "area"]
    assert cleaned.issues[["source_file", "row_number", "column", "before"]].values.tolist() == [
        ["a", 0, "free_text", "(withheld)"],
        ["b", 0, "free_text", "(withheld)"],
    ]
    assert unrecorded_changes(before, cleaned).empty


def test_free_text_never_enters_the_ledger():
    frame = rows()
    after = pd.Series("other", index=frame.index, dtype="str")
    changed = change(frame, np.array([True, False, False]), rule="r", column="free_text", after=after)
    assert changed.issues[["before", "after"]].values.tolist() == [["(withheld)", "(withheld)"]]
    assert changed.frame["free_text"].tolist() == ["other", "", "secret"]


def test_the_summary_counts_by_file_rule_and_action():
    frame = rows()
    every = np.ones(3, dtype=bool)
    issues = pd.concat(
        [flag(frame, every, rule="odd").issues, issues_at(frame, every[:3], rule="odd", action="changed")]
    )
    assert ledger_summary(issues).values.tolist() == [
        ["a", "odd", "changed", 2],
        ["a", "odd", "flagged", 2],
        ["b", "odd", "changed", 1],
        ["b", "odd", "flagged", 1],
    ]
    assert ledger_summary(no_issues()).empty
