"""One source of a study, taken in: read by its reader, cleaned by its rules, with record and ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from evaluation.sources import Reading, reader_for, resolve_inside
from evaluation.study.model import Source, Study

LEDGER_COLUMNS = ("source_file", "row_number", "rule", "column", "before", "after", "action")


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """A clean frame, the record of how it was read, and the ledger of what was changed or set aside."""

    frame: pd.DataFrame
    record: Mapping[str, Any]
    ledger: pd.DataFrame


def take_in(source: Source, raw: Path, study: Study) -> Taken:
    """Read one source of a study."""
    reading = reader_for(source.kind)(resolve_inside(raw, source.file), **_options(source))
    del study
    return Taken(reading.frame, reading.record.to_dict(), set_aside_ledger(reading))


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


def _options(source: Source) -> dict[str, Any]:
    if not source.options:
        return {}
    if source.kind == "tidy_counts":
        from evaluation.sources.tidy_counts import TidyColumns

        return {"columns": TidyColumns(**source.options)}  # type: ignore[arg-type]
    return dict(source.options)
