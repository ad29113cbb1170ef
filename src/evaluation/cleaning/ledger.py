"""The ledger of cleaning: what was changed, set aside or flagged, row by row, and the proof that nothing was lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.errors import InputError

Action = Literal["changed", "set_aside", "flagged"]
Mask: TypeAlias = NDArray[np.bool_]

LEDGER_SCHEMA: Mapping[str, str] = {
    "source_file": "str",
    "row_number": "int64",
    "rule": "str",
    "column": "str",
    "before": "str",
    "after": "str",
    "action": "str",
}
ROW_KEY = ["source_file", "row_number"]
WHOLE_FILE = 0
"""Row number of a ledger row that stands for every row of its file."""
WITHHELD_COLUMNS = frozenset({"free_text"})
WITHHELD = "(withheld)"


@dataclass(frozen=True, slots=True, eq=False)
class Cleaned:
    """A frame after cleaning, with the ledger of everything that was done to it.

    Attributes
    ----------
    frame
        The rows kept, with `source_file` and `row_number` as they arrived and a fresh 0-based index.
    issues
        One row per row, rule and column: source_file, row_number, rule, column, before, after (text; missing where a
        value was missing), action: "changed" (the value stands differently in `frame`), "set_aside" (the row is not in
        `frame`) or "flagged" (kept as it is, but a reader should know). A value of a free-text column is never copied.
    """

    frame: pd.DataFrame
    issues: pd.DataFrame


Step: TypeAlias = Callable[[pd.DataFrame], Cleaned]


def no_issues() -> pd.DataFrame:
    """Return a ledger without rows."""
    return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in LEDGER_SCHEMA.items()})


def issues_at(
    frame: pd.DataFrame,
    at: Mask,
    *,
    rule: str,
    action: Action,
    column: str = "",
    before: pd.Series | str | None = None,
    after: pd.Series | str | None = None,
) -> pd.DataFrame:
    """Write one ledger row for every row of `frame` where `at` is true.

    Parameters
    ----------
    at
        Which rows, shape (n,).
    before, after
        Values over all rows of `frame`, or one text for all of them. Without `before` the column's own value is taken.
    """
    rows = np.flatnonzero(at)
    if not rows.size:
        return no_issues()
    if before is None and column:
        before = frame[column]
    hidden = column in WITHHELD_COLUMNS
    picked = frame[ROW_KEY].take(rows).reset_index(drop=True)
    return picked.assign(
        rule=_text(rule, rows),
        column=_text(column, rows),
        before=_text(WITHHELD if hidden else before, rows),
        after=_text(WITHHELD if hidden and after is not None else after, rows),
        action=_text(action, rows),
    ).astype({"source_file": "str", "row_number": "int64"})


def _text(value: pd.Series | str | None, rows: NDArray[np.intp]) -> pd.Series:
    if isinstance(value, pd.Series):
        return value.take(rows).reset_index(drop=True).astype("str")
    return pd.Series(value, index=range(rows.size), dtype="str")


def join_issues(*ledgers: pd.DataFrame) -> pd.DataFrame:
    """Put ledgers one after the other."""
    filled = [ledger for ledger in ledgers if len(ledger)]
    return pd.concat(filled, ignore_index=True) if filled else no_issues()


def unchanged(frame: pd.DataFrame) -> Cleaned:
    """Return the frame with an empty ledger."""
    return Cleaned(frame, no_issues())


def set_aside(frame: pd.DataFrame, at: Mask, *, rule: str, column: str = "") -> Cleaned:
    """Take the rows where `at` is true out of the frame and into the ledger."""
    return set_aside_each(frame, [(rule, column, at)])


def set_aside_each(frame: pd.DataFrame, reasons: Sequence[tuple[str, str, Mask]]) -> Cleaned:
    """Take rows out for several reasons at once; each row goes by the first reason that applies to it.

    Parameters
    ----------
    reasons
        Rule, column whose value the ledger shows ("" for none), and the rows concerned, shape (n,).
    """
    gone = np.zeros(len(frame), dtype=bool)
    issues = []
    for rule, column, at in reasons:
        issues.append(issues_at(frame, at & ~gone, rule=rule, action="set_aside", column=column))
        gone |= at
    kept = frame[~gone].reset_index(drop=True) if gone.any() else frame
    return Cleaned(kept, join_issues(*issues))


def flag(
    frame: pd.DataFrame, at: Mask, *, rule: str, column: str = "", after: pd.Series | str | None = None
) -> Cleaned:
    """Keep the rows where `at` is true as they are and note them in the ledger."""
    return Cleaned(frame, issues_at(frame, at, rule=rule, action="flagged", column=column, after=after))


def change(frame: pd.DataFrame, at: Mask, *, rule: str, column: str, after: pd.Series) -> Cleaned:
    """Replace the column's values where `at` is true and note old and new in the ledger.

    Parameters
    ----------
    after
        New values over all rows of the frame; only those where `at` is true are used.
    """
    if not at.any():
        return unchanged(frame)
    issues = issues_at(frame, at, rule=rule, action="changed", column=column, after=after)
    return Cleaned(frame.assign(**{column: frame[column].where(~at, after)}), issues)


def withhold_columns(frame: pd.DataFrame, columns: Iterable[str]) -> Cleaned:
    """Leave columns out of the frame; the ledger has one row per file and column, row number 0 for all its rows."""
    present = [column for column in columns if column in frame.columns]
    files = pd.DataFrame(
        {"source_file": frame["source_file"].drop_duplicates().astype("str"), "row_number": WHOLE_FILE}
    )
    every = np.ones(len(files), dtype=bool)
    issues = [
        issues_at(files, every, rule="column_withheld", action="changed", column=column, before=WITHHELD)
        for column in present
    ]
    return Cleaned(frame.drop(columns=present), join_issues(*issues))


def pipe(frame: pd.DataFrame, *steps: Step) -> Cleaned:
    """Run the steps one after the other and prove the row accounting of every file.

    Raises
    ------
    InputError
        When the rows of a file do not balance: in ≠ kept + set aside.
    """
    current = frame
    ledgers = []
    for step in steps:
        result = step(current)
        ledgers.append(result.issues)
        current = result.frame
    issues = join_issues(*ledgers)
    check_balance(frame, Cleaned(current, issues))
    return Cleaned(current, issues)


def check_balance(before: pd.DataFrame, cleaned: Cleaned) -> None:
    """Refuse a cleaning whose kept rows and rows set aside are not exactly the rows that went in, file by file.

    Raises
    ------
    InputError
        When a file's rows in differ from rows kept + rows set aside.
    """
    balance = row_balance(before, cleaned)
    off = balance[balance["rows_in"] != balance["kept"] + balance["set_aside"]]
    if off.empty:
        return
    worst = off.iloc[0]
    raise InputError(
        f"cleaning of {off.index[0]}",
        found=f"{worst['rows_in']} rows in, {worst['kept']} kept, {worst['set_aside']} set aside",
        expected="rows in = rows kept + rows set aside",
        todo="mend the cleaning step that drops, doubles or sets aside rows without one ledger row each",
    )


def row_balance(before: pd.DataFrame, cleaned: Cleaned) -> pd.DataFrame:
    """Count rows in, kept and set aside for every source file (index: source_file)."""
    gone = cleaned.issues["action"].eq("set_aside").to_numpy()
    counts = {
        "rows_in": _by_file(before["source_file"]),
        "kept": _by_file(cleaned.frame["source_file"]),
        "set_aside": _by_file(cleaned.issues.loc[gone, "source_file"]),
    }
    return pd.DataFrame(counts).fillna(0).astype("int64")


def _by_file(files: pd.Series) -> pd.Series:
    counted = files.value_counts()
    return counted.set_axis(counted.index.astype("str"))


def ledger_summary(issues: pd.DataFrame) -> pd.DataFrame:
    """Count ledger rows by file, rule and action (columns source_file, rule, action, rows)."""
    keys = ["source_file", "rule", "action"]
    return issues.groupby(keys, sort=True).size().rename("rows").reset_index()


def unrecorded_changes(before: pd.DataFrame, cleaned: Cleaned) -> pd.DataFrame:
    """List every difference between two states of the rows that the ledger does not account for; empty when honest.

    Columns that cleaning added are no change; a column that it removed is one for every row that had a value there.

    Returns
    -------
    frame
        source_file, row_number, column ("" for a row that vanished or appeared).
    """
    old, new = _by_row(before), _by_row(cleaned.frame)
    issues = cleaned.issues
    gone = pd.MultiIndex.from_frame(issues.loc[issues["action"] == "set_aside", ROW_KEY])
    lost = old.index.difference(new.index).difference(gone).union(new.index.difference(old.index))
    shared = old.index.intersection(new.index)
    was, now = old.loc[shared], new.loc[shared]
    changed = [_changed_silently(column, was, now, issues) for column in old.columns]
    return pd.concat([lost.to_frame(index=False).assign(column=""), *changed], ignore_index=True)


def _by_row(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype({"source_file": "str"}).set_index(ROW_KEY)


def _changed_silently(column: str, old: pd.DataFrame, new: pd.DataFrame, issues: pd.DataFrame) -> pd.DataFrame:
    was = old[column]
    now = new[column] if column in new.columns else pd.Series(None, index=old.index, dtype=was.dtype)
    differs = ~((was == now).fillna(False).to_numpy(dtype=bool) | (was.isna() & now.isna()).to_numpy())
    noted = issues[(issues["action"] == "changed") & (issues["column"] == column)]
    known = pd.MultiIndex.from_frame(noted[ROW_KEY])
    whole_files = set(noted.loc[noted["row_number"] == WHOLE_FILE, "source_file"])
    silent = old.index[differs].difference(known)
    silent = silent[[file not in whole_files for file in silent.get_level_values("source_file")]]
    return silent.to_frame(index=False).assign(column=column)
