"""Rows that say the same thing twice: repetitions are set aside, contradictions stop the reading."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from evaluation.errors import InputError
from evaluation.sources.table import RawTable


def keep_first(table: RawTable, frame: pd.DataFrame) -> tuple[RawTable, pd.DataFrame]:
    """Return table and frame without exact repetitions of a row; both have one row per line of the file."""
    repeated = frame.duplicated(keep="first")
    kept = table.without(repeated.tolist(), "exact_duplicate", "every field as in an earlier row")
    return kept, frame.loc[~repeated].reset_index(drop=True)


def refuse_two_names(table: RawTable, codes: Sequence[str], names: Sequence[str]) -> None:
    """Refuse a table in which one area code has two names.

    Raises
    ------
    InputError
        With the row, the code and both names.
    """
    known: dict[str, str] = {}
    for at, (code, name) in enumerate(zip(codes, names, strict=True)):
        if code and known.setdefault(code, name) != name:
            raise InputError(
                f"{table.place}, row {table.numbers[at]}",
                found=f"area code {code!r} with the name {name!r}, earlier {known[code]!r}",
                expected="one name per area code",
                todo="correct the name or the code: columns may have slipped in this row",
            )


def refuse_conflicts(table: RawTable, frame: pd.DataFrame, key: list[str]) -> None:
    """Refuse a frame in which one key has two different rows.

    Raises
    ------
    InputError
        With both row numbers and the key.
    """
    distinct = frame.drop_duplicates()
    clash = distinct.loc[distinct.duplicated(key, keep=False)]
    if clash.empty:
        return
    first, second = clash.index[0], clash.loc[(clash[key] == clash.iloc[0][key]).all(axis=1)].index[1]
    raise InputError(
        f"{table.place}, row {table.numbers[second]}",
        found=f"a second row for {dict(frame.loc[second, key])}, different from row {table.numbers[first]}",
        expected=f"one row per {', '.join(key)}",
        todo="keep the row that is right, remove the other",
    )
