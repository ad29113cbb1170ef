"""The raw table between a file and its frame: cells as found, each knowing the row and column it came from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from evaluation.errors import InputError
from evaluation.sources.reading import Guess, Origin, SetAside

Cell: TypeAlias = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | None
Cells: TypeAlias = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Every row of a text file or sheet, before anyone knows which is the header.

    Attributes
    ----------
    place
        "file NAME" or "file NAME, sheet SHEET", the beginning of every message.
    rows
        Cells per row, as found; rows of a text file may differ in length.
    origin, guesses
        What is known of the file so far.
    text
        The text that was cut into cells; empty for a workbook.
    """

    place: str
    rows: tuple[Cells, ...]
    origin: Origin
    guesses: tuple[Guess, ...] = ()
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a raw table."""

    place: str
    name: str
    rows: Sequence[int]
    values: Sequence[Cell]

    def where(self, index: int) -> str:
        """Return file, sheet, row and column of the cell at `index`."""
        return f"{self.place}, row {self.rows[index]}, column {self.name!r}"

    def refuse(self, index: int, expected: str, todo: str, found: str | None = None) -> InputError:
        """Return the error that names the cell at `index` and its value."""
        return InputError(self.where(index), found=found or repr(self.values[index]), expected=expected, todo=todo)


@dataclass(frozen=True, slots=True)
class RawTable:
    """Data rows under a known header, and the rows that turned out to be none.

    Attributes
    ----------
    columns
        Our name → position of the column; `headers` are the names that stand in the file.
    rows, numbers
        Cells and row number (as a spreadsheet program shows it) of every row kept so far.
    aside
        Rows that were set aside so far. `rows_read` = `len(rows) + len(aside)` at any time.
    """

    place: str
    origin: Origin
    headers: tuple[str, ...]
    columns: dict[str, int]
    rows: tuple[Cells, ...]
    numbers: tuple[int, ...]
    aside: tuple[SetAside, ...] = ()
    guesses: tuple[Guess, ...] = field(default=())

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    def column(self, name: str) -> Column:
        """Return a column by our name for it."""
        at = self.columns[name]
        return Column(self.place, self.headers[at], self.numbers, [row[at] for row in self.rows])

    def set_aside(self, rule: str, detail: str, chosen: Callable[[Cells], bool]) -> RawTable:
        """Return the table without the rows that `chosen` picks, which go to the set-aside list under `rule`."""
        return self.without([chosen(row) for row in self.rows], rule, detail)

    def without(self, chosen: Sequence[bool], rule: str, detail: str) -> RawTable:
        """Return the table without the rows that are True in `chosen`."""
        if not any(chosen):
            return self
        gone = [
            SetAside(number, rule, detail, row_text(row))
            for row, number, out in zip(self.rows, self.numbers, chosen, strict=True)
            if out
        ]
        return replace(
            self,
            rows=tuple(row for row, out in zip(self.rows, chosen, strict=True) if not out),
            numbers=tuple(number for number, out in zip(self.numbers, chosen, strict=True) if not out),
            aside=self.aside + tuple(gone),
        )

    def noting(self, *guesses: Guess) -> RawTable:
        """Return the table with further guesses on record."""
        return replace(self, guesses=self.guesses + guesses)


def row_text(row: Cells) -> str:
    """Return a row as one line of text, for the set-aside list."""
    return " | ".join("" if cell is None else str(cell) for cell in row)


def is_empty(cell: Cell) -> bool:
    """Whether nothing stands in a cell."""
    return cell is None or (isinstance(cell, str) and not cell.strip(" \t\r\n\u00a0\u202f\u2007\u2009\ufeff\u200b"))
