"""What taking in one source leaves: clean frames, the records of its files, and the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from evaluation.sources import Reading

LEDGER_COLUMNS = ("source_file", "row_number", "rule", "column", "before", "after", "action")


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """One source, taken in.

    Attributes
    ----------
    frame
        The clean frame that indicators and surveys read under the source's id.
    records
        Source id of each file → reading record (JSON values).
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
