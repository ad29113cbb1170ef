"""Incident logs of municipality, police, housing companies and guards: CSV or workbook, with a column map.

Small files and workbooks pass the common gate; a text file of more than 4 MB is streamed through Arrow with the same
rules (`incident_stream`), and the tests hold the two equal.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from evaluation.sources.gate import read_table
from evaluation.sources.incident_frame import IncidentFrame, checked, incident_frame, slipped_rows, wanted_columns
from evaluation.sources.incident_schema import IncidentColumns
from evaluation.sources.incident_stream import stream
from evaluation.sources.labels import clean_text
from evaluation.sources.reading import Reading, ReadingRecord
from evaluation.sources.record import record_of
from evaluation.sources.table import Cell, RawTable

if TYPE_CHECKING:
    from numpy.typing import NDArray

STREAMED_FROM = 4 * 2**20
"""Bytes from which a text file is streamed."""


def read(path: Path, *, columns: IncidentColumns | Mapping[str, Any]) -> Reading:
    """Return all incidents of a log in the canonical columns (`incident_schema`), one row per row of the file.

    A row with too many or too few cells, slipped cells, a blank, a footer, a repeated header or a total is set aside.
    A time that is missing or cannot be read keeps its row, with flag and text: `cleaning` decides what becomes of it.

    Parameters
    ----------
    columns
        The column map, or its fields as a TOML file gives them.

    Raises
    ------
    InputError
        If the file cannot be read without guessing values: encoding, quotes, header, or dates that can be read in two
        ways.
    """
    columns = columns if isinstance(columns, IncidentColumns) else IncidentColumns(**columns)
    if _is_streamed(path):
        return next(stream(path, columns, rows=None))
    return _read_small(path, columns)


def batches(path: Path, columns: IncidentColumns, rows: int = 500_000) -> Iterator[Reading]:
    """Yield the incidents of a log in parts of at most `rows` rows, each with its own record, in file order.

    Row accounting holds per part and over the file. A file below 4 MB and a workbook come as one part.

    Raises
    ------
    InputError
        As `read`, at the part in which the fault stands: until the last part has come, nothing may be published.
    """
    if _is_streamed(path):
        yield from stream(path, columns, rows=rows)
    else:
        yield _read_small(path, columns)


def _is_streamed(path: Path) -> bool:
    """Whether a file is large, and text without a UTF-16 or UTF-32 mark."""
    if not path.is_file() or path.stat().st_size < STREAMED_FROM:
        return False
    with path.open("rb") as file:
        head = file.read(4)
    return not head.startswith((b"PK", b"\xff\xfe", b"\xfe\xff", b"\x00\x00"))


def _read_small(path: Path, columns: IncidentColumns) -> Reading:
    table = read_table(path, wanted_columns(columns), sheet=columns.sheet, strict=False)
    texts = {name: text_array(table.column(name).values) for name in table.columns}
    numbers: NDArray[np.int64] = np.array(table.numbers, dtype=np.int64)
    incidents = incident_frame(table.place, texts, numbers, path.name, columns)
    slipped = slipped_rows(checked(incidents, path.name))
    table = table.without(slipped.tolist(), "slipped_row", "no time stands where the time should be")
    frame = incidents.frame.loc[~slipped].reset_index(drop=True) if slipped.any() else incidents.frame
    return Reading(frame, _record(table, incidents))


def _record(table: RawTable, incidents: IncidentFrame) -> ReadingRecord:
    unknown = {field: dict(sorted(counts.items())) for field, counts in incidents.unknown.items()}
    return record_of("incident_log", table, None, *incidents.guesses, unknown=unknown)


def text_array(cells: Sequence[Cell]) -> pa.Array:
    """Return cells as text; dates and times of a workbook in ISO form."""
    return pa.array([cell if isinstance(cell, str) else _cell_text(cell) for cell in cells], pa.string())


def _cell_text(cell: Cell) -> str:
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return clean_text(cell)
