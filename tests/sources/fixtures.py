"""Hand-made files: each with the table that must come out, or the message, written by hand."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pytest

from evaluation.errors import EvaluationError
from evaluation.sources import reader_for

YEARLY = {"fields": {"area_code": "kod", "area": "namn", "year": "år", "count": "antal", "rate": "tal"}}
HEADER = "kod;namn;år;antal;tal"
LOG = {
    "fields": {"event_id": "Id", "occurred_from": "Tid", "category": "Kategori", "area": "Område", "free_text": "Text"}
}
LOG_HEADER = "Id;Tid;Kategori;Område;Text"


@dataclass(frozen=True)
class Case:
    """One file.

    `rows`: the expected table in `columns`, or None if the file must be refused. `says`: what must stand in the reading
    record (a guess, a rule), or in the error message, all of it.
    """

    name: str
    data: bytes
    rows: list[tuple[object, ...]] | None
    says: tuple[str, ...] = ()
    kind: str = "tidy_counts"
    options: Mapping[str, object] = field(default_factory=lambda: {"columns": YEARLY})
    columns: tuple[str, ...] = ("area_code", "area", "count", "rate")
    file: str = "fil.csv"


def yearly(*lines: str, header: str = HEADER, encoding: str = "utf-8", newline: str = "\n") -> bytes:
    """A small table of yearly counts."""
    return (newline.join([header, *lines]) + newline).encode(encoding)


def log(*lines: str, header: str = LOG_HEADER) -> bytes:
    """A small incident log."""
    return ("\n".join([header, *lines]) + "\n").encode()


def workbook(build: Callable[[openpyxl.Workbook], None]) -> bytes:
    """A workbook as a spreadsheet program saves it."""
    book = openpyxl.Workbook()
    build(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def sheet(*rows: list[object], merged: tuple[str, ...] = ()) -> bytes:
    """A workbook of one sheet; texts stay texts."""

    def build(book: openpyxl.Workbook) -> None:
        for row in rows:
            book.active.append(row)
        for cells in merged:
            book.active.merge_cells(cells)

    return workbook(build)


def check(case: Case, folder: Path) -> None:
    """Read the file of a case and hold it against what was written down."""
    path = folder / case.file
    path.write_bytes(case.data)
    if case.rows is None:
        with pytest.raises(EvaluationError) as caught:
            reader_for(case.kind)(path, **case.options)
        message = str(caught.value)
        assert path.name in caught.value.where
        assert all(part in message for part in case.says), message
        assert caught.value.todo
        return
    reading = reader_for(case.kind)(path, **case.options)
    frame = reading.frame[list(case.columns)].astype("object").where(reading.frame[list(case.columns)].notna(), None)
    assert [tuple(row) for row in frame.itertuples(index=False)] == case.rows
    record = json.dumps(reading.record.to_dict(), ensure_ascii=False)
    assert all(part in record for part in case.says), record
