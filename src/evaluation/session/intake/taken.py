"""What taking in one source leaves: clean frames, the records of its files, and the ledger; every row accounted for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from evaluation.errors import InputError
from evaluation.sources import Reading
from evaluation.sources.reading import SHOWN_ROWS

LEDGER_COLUMNS = ("source_file", "row_number", "rule", "column", "before", "after", "action")
Records = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """One source, taken in.

    Attributes
    ----------
    frame
        The clean frame that indicators and surveys read under the source's id.
    records
        Source id of each file → reading record (JSON values); rows_read = rows_kept + set_aside after all cleaning.
    ledger
        One row per changed, flagged or set-aside cell or row.
    beside
        Further frames of the source, by suffix (`incidents`: the clean log behind the counts).
    """

    frame: pd.DataFrame
    records: Mapping[str, Mapping[str, Any]]
    ledger: pd.DataFrame
    beside: Mapping[str, pd.DataFrame] = field(default_factory=dict)


def set_aside_ledger(reading: Reading) -> pd.DataFrame:
    """Return the rows that the reader set aside as ledger rows; their text stays out (it may hold personal data)."""
    rows = reading.record.set_aside
    ledger = pd.DataFrame(
        {
            "source_file": reading.record.origin.file,
            "row_number": rows["row_number"].astype("Int64"),
            "rule": rows["rule"].astype("str"),
            "column": "",
            "before": rows["detail"].astype("str"),
            "after": "",
            "action": "set_aside",
        }
    )
    return ledger[list(LEDGER_COLUMNS)]


def joined_ledger(*ledgers: pd.DataFrame) -> pd.DataFrame:
    """Put ledgers one after the other, with the columns that every ledger has."""
    parts = [ledger[list(LEDGER_COLUMNS)].astype({"row_number": "Int64"}) for ledger in ledgers if len(ledger)]
    empty = pd.DataFrame({name: pd.Series(dtype="str") for name in LEDGER_COLUMNS}).astype({"row_number": "Int64"})
    return pd.concat(parts, ignore_index=True) if parts else empty


def accounted(readings: Mapping[str, Reading], ledger: pd.DataFrame, kept: Mapping[str, int]) -> Records:
    """Return the records of the files with the rows that are left after cleaning, all rows set aside named by rule.

    Parameters
    ----------
    ledger
        The whole ledger of the source, of reading and cleaning.
    kept
        File → rows in the clean frame; a file that is not named keeps none.

    Raises
    ------
    InputError
        The rows read of a file are not rows kept + rows set aside.
    """
    gone = ledger[ledger["action"].eq("set_aside")]
    return {name: _accounted(reading, gone, kept) for name, reading in readings.items()}


def rows_by_file(frame: pd.DataFrame) -> dict[str, int]:
    """Count the rows of a frame by source_file."""
    return {str(file): int(rows) for file, rows in frame["source_file"].value_counts().items()}


def _accounted(reading: Reading, gone: pd.DataFrame, kept: Mapping[str, int]) -> dict[str, Any]:
    record = reading.record.to_dict()
    own = gone[gone["source_file"].eq(record["file"])]
    left = kept.get(record["file"], 0)
    if record["rows_read"] != left + len(own):
        raise InputError(
            f"file {record['file']}",
            found=f"{record['rows_read']} rows read, but {left} kept and {len(own)} set aside",
            expected="rows read = rows kept + rows set aside",
            todo="report this file: a row was lost while cleaning, which must never happen",
        )
    by_rule = {
        str(rule): {"rows": len(rows), "first_row_numbers": [int(n) for n in rows["row_number"].head(SHOWN_ROWS)]}
        for rule, rows in own.groupby("rule", sort=True)
    }
    return record | {"rows_kept": left, "set_aside": by_rule}
