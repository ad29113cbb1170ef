"""Small incident logs made by hand, in the canonical form of `sources.incident_schema`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import pandas as pd
import pytest

from evaluation.sources.incident_schema import INCIDENT_COLUMNS, TIME_FIELDS, TIME_FLAGS

EVENT = {
    "event_id": "",
    "category": "Klotter",
    "subcategory": "",
    "place": "Torget",
    "area": "0100",
    "x": "",
    "y": "",
    "reporter": "Skolan",
    "reported_to_police": "no",
    "free_text": "",
    "source_file": "log.csv",
}


def incidents_of(rows: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """Return canonical incidents; a time is text like `2024-03-04 22:15`, `2024-03-04` (no time of day) or absent."""
    records = []
    for number, row in enumerate(rows, start=2):
        record = {**EVENT, "event_id": f"E{number}", "row_number": number, **row}
        for name in TIME_FIELDS:
            text = str(record.get(name, ""))
            moment = pd.to_datetime(text, errors="coerce") if text else pd.NaT
            known = "missing" if not text else "unreadable" if pd.isna(moment) else "known"
            record[f"{name}_time"] = row.get(f"{name}_time", "no_time_of_day" if len(text) == 10 else known)
            record[f"{name}_text"], record[name] = text, moment
        records.append(record)
    frame = pd.DataFrame(records, columns=list(INCIDENT_COLUMNS))
    times = {f"{name}_time": pd.CategoricalDtype(TIME_FLAGS) for name in TIME_FIELDS}
    return frame.astype({**INCIDENT_COLUMNS, **times})


@pytest.fixture(scope="session")
def incidents() -> Callable[[Iterable[Mapping[str, object]]], pd.DataFrame]:
    return incidents_of
