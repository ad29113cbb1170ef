"""Tables as CSV and XLSX with their notes, in which no formula can start."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime

from evaluation.sources.export import safe_text
from evaluation.tables.cells import Cell
from evaluation.tables.table import Table
from evaluation.wording import Wording

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_FIXED_TIME = datetime(2000, 1, 1)


def inert(text: str) -> str:
    """Make a text that no spreadsheet reads as a formula, without characters that a workbook cannot hold."""
    return safe_text(_CONTROL.sub("", text))


def tables_csv(table: Table, wording: Wording) -> str:
    """Write one table as CSV: caption, headings, rows, notes; numbers with the language's decimal sign."""
    out = io.StringIO()
    writer = csv.writer(
        out, delimiter=wording.say("format.list_separator"), lineterminator="\r\n", quoting=csv.QUOTE_ALL
    )
    writer.writerow([inert(table.caption)])
    writer.writerow([inert(column.label) for column in table.columns])
    writer.writerows([_csv_cell(cell, wording) for cell in row] for row in table.rows)
    writer.writerows([inert(note)] for note in table.notes)
    return out.getvalue()


def tables_xlsx(tables: Sequence[Table]) -> bytes:
    """Write tables as one workbook, a sheet each; the bytes depend on nothing but the tables."""
    from openpyxl import Workbook

    book = Workbook()
    if tables:  # a workbook without any sheet cannot be opened
        book.remove(book.worksheets[0])
    for number, table in enumerate(tables, 1):
        sheet = book.create_sheet(str(number))
        for at, line in enumerate(_sheet_lines(table), 1):
            for across, value in enumerate(line, 1):
                cell = sheet.cell(at, across, value)
                cell.data_type = "n" if isinstance(value, float) else "s"  # a text stays a text, whatever it looks like
    book.properties.created = book.properties.modified = _FIXED_TIME
    out = io.BytesIO()
    book.save(out)
    return _with_fixed_times(out.getvalue())


def _sheet_lines(table: Table) -> Iterator[Sequence[str | float]]:
    yield [inert(table.caption)]
    yield [inert(column.label) for column in table.columns]
    for row in table.rows:
        yield [inert(cell.text) if isinstance(cell.value, str | None) else cell.value for cell in row]
    yield from ([inert(note)] for note in table.notes)


def _csv_cell(cell: Cell, wording: Wording) -> str:
    if isinstance(cell.value, str | None):
        return inert(cell.text)
    return f"{cell.value:.10g}".replace(".", wording.style.decimal)


def _with_fixed_times(workbook: bytes) -> bytes:
    # openpyxl stamps each part, and the core properties, with the clock; two equal runs must give equal bytes
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"2000-01-01T00:00:00Z", data)
            new.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()
