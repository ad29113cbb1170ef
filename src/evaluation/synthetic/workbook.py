"""Workbooks with merged cells over the header and real dates in them; the same bytes every time."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

EPOCH = (1980, 1, 1, 0, 0, 0)
STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
GROUP_ROW, DATE_AND_TIME = 3, 16
Cell = str | int | float | datetime | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on a sheet: title in row 1, groups (name, first and last column) in row 3, header in row 4."""

    name: str
    title: str
    groups: tuple[tuple[str, int, int], ...]
    header: tuple[str, ...]
    footer: str


def workbook_bytes(page: Sheet, rows: Sequence[Sequence[Cell]]) -> bytes:
    """Return an xlsx file with a merged title, merged groups, header, rows, and the source below them."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = page.name
    groups: list[Cell] = [None] * len(page.header)
    for name, first, _ in page.groups:
        groups[first - 1] = name
    above: list[Sequence[Cell]] = [[page.title], [None], groups, page.header]
    for row in [*above, *rows, [page.footer]]:
        sheet.append(list(row))
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(page.header))
    for _, first, last in page.groups:
        if last > first:
            sheet.merge_cells(start_row=GROUP_ROW, start_column=first, end_row=GROUP_ROW, end_column=last)
    stream = io.BytesIO()
    book.save(stream)
    return _without_clock(stream.getvalue())


def typed(text: str) -> Cell:
    """Return a time as a real date and time, whole metres as a number, everything else as text; empty as no cell."""
    if len(text) == DATE_AND_TIME and text[4] == text[7] == "-":
        return datetime.fromisoformat(text)
    if text.isdigit() and text[0] != "0":
        return int(text)
    return text or None


def _without_clock(content: bytes) -> bytes:
    """Return the same workbook without the moment at which it was written."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            part = old.read(name)
            if name == "docProps/core.xml":
                part = STAMP.sub(rb"\g<1>2026-07-02T00:00:00Z", part)
            new.writestr(zipfile.ZipInfo(name, EPOCH), part, zipfile.ZIP_DEFLATED, 9)
    return stream.getvalue()
