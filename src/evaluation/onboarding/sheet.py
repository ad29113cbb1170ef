"""A table that nobody has described: its header row and its columns as text, found without a reader."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from evaluation.errors import InputError
from evaluation.sources.dates import YEAR_LAST, clock_of, moment_of
from evaluation.sources.header import normal
from evaluation.sources.labels import clean_text
from evaluation.sources.numbers import Signs, try_number
from evaluation.sources.points import parse_point
from evaluation.sources.preview import grid_of_file
from evaluation.sources.table import Cell, Cells, is_empty

SEARCHED_ROWS = 30
SAMPLE = 3000
"""Rows from which a column is judged."""
HEAD = 2 * 2**20
"""Bytes of a text file that are looked at: some ten thousand rows."""
FILLED = 0.6
"""Share of the widest row's cells that a header fills at least."""


@dataclass(frozen=True, eq=False)
class SheetColumn:
    """One column under its header; `texts` are the filled cells of the sample, dates of a workbook in ISO form."""

    header: str
    texts: tuple[str, ...]

    @property
    def name(self) -> str:
        """The header for comparison: lower case, single spaces."""
        return normal(self.header)

    @cached_property
    def distinct(self) -> frozenset[str]:
        """Different filled texts."""
        return frozenset(self.texts)

    @cached_property
    def numbers(self) -> tuple[float, ...]:
        """Cells that are numbers, with decimal point or comma."""
        found = (_number(text) for text in self.texts)
        return tuple(number for number in found if number is not None)

    @cached_property
    def dates(self) -> float:
        """Share of the filled cells that are dates, in any order of day and month."""
        return _share(self.texts, lambda text: bool(YEAR_LAST.fullmatch(text)) or moment_of(text, None).flag != BAD)

    @cached_property
    def clocks(self) -> float:
        """Share of the filled cells that are a time of day (07:30, 730)."""
        return _share(self.texts, lambda text: clock_of(text) is not None)

    @property
    def repeats(self) -> float:
        """Rows per different text: 1 where each stands once."""
        return len(self.texts) / max(len(self.distinct), 1)


BAD = "unreadable"


@dataclass(frozen=True, eq=False)
class Sheet:
    """Columns of a table, in the order of the file."""

    file: str
    columns: tuple[SheetColumn, ...]

    def column(self, header: str) -> SheetColumn | None:
        """Return the column with this header, compared without regard to case and spaces."""
        return next((column for column in self.columns if column.name == normal(header)), None)


def sheet_of(path: Path) -> Sheet:
    """Return the table of a text file or workbook under the row that looks like its header.

    Raises
    ------
    InputError
        If the file is refused, or no row looks like a header.
    """
    rows = grid_of_file(path, HEAD).rows
    at = _header_row(rows)
    if at is None:
        raise _without_header(path, rows)
    below = [row for row in rows[at + 1 :] if sum(not is_empty(cell) for cell in row) > 1]
    headers = [(place, clean_text(cell)) for place, cell in enumerate(rows[at]) if not is_empty(cell)]
    columns = tuple(SheetColumn(header, _texts(below[:SAMPLE], place, header)) for place, header in headers)
    return Sheet(path.name, columns)


def _header_row(rows: Sequence[Cells]) -> int | None:
    width = max((sum(not is_empty(cell) for cell in row) for row in rows[:SEARCHED_ROWS]), default=0)
    for at, row in enumerate(rows[:SEARCHED_ROWS]):
        names = [clean_text(cell) for cell in row if not is_empty(cell)]
        if len(names) >= max(2, FILLED * width) and len(set(names)) == len(names) and all(map(_is_name, names)):
            return at
    return None


def _without_header(path: Path, rows: Sequence[Cells]) -> InputError:
    """Say that there is no header, or that periods stand side by side, as in tables made for reading."""
    across = next((periods for row in rows[:SEARCHED_ROWS] if len(periods := _periods(row)) > 1), [])
    if across:
        return turned(path.name, across)
    return InputError(
        f"file {path.name}",
        found="no row that looks like column names",
        expected="one row of different names above the rows of data",
        todo="put a row with column names at the top of the file's table",
    )


def turned(file: str, periods: Sequence[str]) -> InputError:
    """Say that a table has a column for each period, and how to turn it."""
    return InputError(
        f"file {file}",
        found=f"a column for each period ({', '.join(periods[:3])} …)",
        expected="a row for each area and period, with the count in one column",
        todo="turn the table: in pandas `table.melt(id_vars=[…], var_name='Period', value_name='Antal')`, "
        "in Excel *Unpivot columns* of Power Query",
    )


def periods_across(headers: Sequence[str]) -> list[str]:
    """Return the periods among headers that begin with a name and else are hardly anything but periods."""
    found = [header for header in headers[1:] if parse_point(header) is not None]
    return found if headers and _is_name(headers[0]) and len(found) >= FILLED * len(headers) else []


def _periods(row: Cells) -> list[str]:
    return periods_across([clean_text(cell) for cell in row if not is_empty(cell)])


def _is_name(text: str) -> bool:
    return any(map(str.isalpha, text)) and moment_of(text, None).flag == BAD and _number(text) is None


def _texts(rows: Sequence[Cells], place: int, header: str) -> tuple[str, ...]:
    """Return the filled cells of a column; a header that stands once more in the middle of the file is none."""
    cells = [row[place] for row in rows if place < len(row)]
    return tuple(text for cell in cells if (text := _text(cell)) and text != header)


def _text(cell: Cell) -> str:
    return cell.isoformat(sep=" ") if isinstance(cell, dt.datetime) else clean_text(cell)


def _number(text: str) -> float | None:
    bare = text.replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    return try_number(bare.replace(",", ".", 1), Signs(".", None, ()))


def _share(texts: Sequence[str], fits: Callable[[str], bool]) -> float:
    return sum(map(fits, texts)) / len(texts) if texts else 0.0
