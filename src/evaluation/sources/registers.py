"""Registers kept by hand: agreements and context events."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from pandera.pandas import DataFrameSchema

from evaluation.sources.dates import parse_dates
from evaluation.sources.gate import read_table
from evaluation.sources.header import Wanted
from evaluation.sources.labels import parse_texts
from evaluation.sources.reading import Reading, check_schema
from evaluation.sources.record import record_of
from evaluation.sources.rows import keep_first, refuse_conflicts
from evaluation.sources.schemas import AGREEMENTS, CONTEXT_EVENTS
from evaluation.sources.table import RawTable


def read_agreements(path: Path, *, fields: Mapping[str, str] | None = None, sheet: str | None = None) -> Reading:
    """Return the register of agreements: one row per agreement, first and last day, both inclusive.

    Parameters
    ----------
    fields
        Our column (`schemas.AGREEMENTS`) → their header, for those that differ.

    Raises
    ------
    InputError
        If a date cannot be read in one way only, or an agreement ends before it starts or stands there twice.
    """
    reading, table = _read(path, "agreement_register", AGREEMENTS, fields, sheet, {"agreement", "start", "end"})
    ends = reading.frame["end"] < reading.frame["start"]
    if ends.any():
        at = int(np.flatnonzero(ends.to_numpy())[0])
        raise table.column("end").refuse(at, "a last day that is not before the first day", "correct one of the dates")
    refuse_conflicts(table, reading.frame, ["agreement"])
    return reading


def read_context_events(path: Path, *, fields: Mapping[str, str] | None = None, sheet: str | None = None) -> Reading:
    """Return events that may explain a change: one row per event, with date, kind, description and source.

    Raises
    ------
    InputError
        If a date cannot be read in one way only, or a kind or description is empty.
    """
    return _read(path, "context_events", CONTEXT_EVENTS, fields, sheet, {"date", "kind", "description"})[0]


def _read(
    path: Path,
    source: str,
    schema: DataFrameSchema,
    fields: Mapping[str, str] | None,
    sheet: str | None,
    required: set[str],
) -> tuple[Reading, RawTable]:
    names = {name: ((fields or {}).get(name, name),) for name in schema.columns}
    table = read_table(path, Wanted(names, frozenset(required)), sheet=sheet)
    data: dict[str, object] = {}
    for name, column in schema.columns.items():
        if str(column.dtype).startswith("datetime64"):
            days = parse_dates(table.column(name), required=not column.nullable)
            data[name] = np.array(days, dtype="datetime64[us]")
        else:
            texts = parse_texts(table.column(name), required=name in required).values if name in table else None
            data[name] = pd.array(texts or [""] * len(table.rows), dtype="str")
    table, frame = keep_first(table, pd.DataFrame(data))
    return Reading(check_schema(frame, schema, table.origin.file), record_of(source, table, None)), table
