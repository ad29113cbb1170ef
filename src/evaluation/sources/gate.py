"""The reading gate: from a file to data rows under a known header, with every other row set aside by name."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from evaluation.errors import InputError
from evaluation.sources.delimited import grid_of_text
from evaluation.sources.header import (
    Header,
    Wanted,
    find_header,
    has_header,
    missing_header,
    normal,
    refuse_double_names,
)
from evaluation.sources.intake import Intake, take_in
from evaluation.sources.reading import Guess, SetAside
from evaluation.sources.table import Cells, Grid, RawTable, is_empty, row_text

if TYPE_CHECKING:
    from pathlib import Path

FOOTER = re.compile(
    r"\s*(källa|källor|source|not|noter|anm|anmärkning|fotnot|kommentar|uttag|uttaget|senast|uppdaterad|statistik|©"
    r"|copyright|[0-9*]+\)|\*+ )\b",
    re.IGNORECASE,
)
TOTALS = frozenset({"totalt", "summa", "total", "delsumma", "subtotal", "grand total", "totalsumma", "summa totalt"})


def read_table(path: Path, wanted: Wanted, *, sheet: str | None = None, strict: bool = True) -> RawTable:
    """Return the data rows of a text table or workbook.

    Parameters
    ----------
    path
        A text file or a workbook (.xlsx), whatever its name.
    wanted
        The columns to look for.
    sheet
        Which sheet of a workbook; otherwise the only one with the header.
    strict
        True: a row with too many or too few cells stops the reading (official figures). False: it is set aside
        (logs and surveys).

    Raises
    ------
    InputError
        If the file, its encoding, delimiter, quotes, header or rows cannot be read without guessing values.
    """
    return table_of(grid_of(take_in(path, "text", "workbook"), wanted, sheet), wanted, strict=strict)


def grid_of(intake: Intake, wanted: Wanted, sheet: str | None = None) -> Grid:
    """Return all rows of the text table, or of the sheet that has the header."""
    if intake.form == "workbook":
        from evaluation.sources.spreadsheet import grid_of_workbook

        return grid_of_workbook(intake, lambda rows: has_header(rows, wanted), sheet)
    return grid_of_text(intake, lambda rows: has_header(rows, wanted))


def table_of(grid: Grid, wanted: Wanted, *, strict: bool = True) -> RawTable:
    """Return the rows under the header; titles, blanks, footers, repeated headers and totals are set aside."""
    header = find_header(grid.rows, wanted)
    if header is None:
        raise missing_header(grid, wanted)
    refuse_double_names(grid.place, header)
    grid, header = _widen(grid, header)
    return _sorted_rows(grid, header, strict)


def _widen(grid: Grid, header: Header) -> tuple[Grid, Header]:
    """Give header and rows one width where the only surplus is empty cells at the end (trailing delimiters)."""
    width = max((at + 1 for at, name in enumerate(header.names) if name), default=0)
    trimmed = replace(header, names=header.names[:width])
    rows = tuple(row[:width] if len(row) > width and all(map(is_empty, row[width:])) else row for row in grid.rows)
    return replace(grid, rows=rows), trimmed


def _sorted_rows(grid: Grid, header: Header, strict: bool) -> RawTable:
    start = header.first + header.rows
    end = _end_of_data(grid.rows, start, header)
    rows: list[Cells] = []
    numbers: list[int] = []
    aside: list[SetAside] = []
    for number, row in enumerate(grid.rows[start:], start=start + 1):
        rule = "footer" if number > end and not all(map(is_empty, row)) else rule_of(row, header)
        if rule in {"too_many_fields", "too_few_fields"} and strict:
            raise _wrong_length(grid.place, number, row, header)
        if rule:
            aside.append(SetAside(number, rule, "", row_text(row)))
        else:
            rows.append(row)
            numbers.append(number)
    origin = replace(
        grid.origin,
        header_rows=tuple(range(header.first + 1, start + 1)),
        footer_rows=tuple(row.row_number for row in aside if row.rule == "footer"),
    )
    guesses = grid.guesses + _header_guesses(header)
    return RawTable(
        grid.place, origin, header.names, header.columns, tuple(rows), tuple(numbers), tuple(aside), guesses
    )


def rule_of(row: Cells, header: Header) -> str | None:
    """Return why a row under the header is no data row, or None if it is one."""
    filled = [cell for cell in row if not is_empty(cell)]
    if not filled:
        return "blank_row"
    if [normal(cell) for cell in row] == [normal(name) for name in header.names]:
        return "repeated_header"
    if normal(filled[0]) in TOTALS:
        return "total_row"
    if _is_note(row, header):
        return "note_row"
    if len(row) > len(header.names):
        return "too_many_fields"
    return "too_few_fields" if len(row) < len(header.names) else None


def _is_note(row: Cells, header: Header) -> bool:
    """Whether only the first cell is filled, with words, in a table of several columns."""
    return (
        len(header.names) > 2
        and isinstance(row[0], str)
        and any(letter.isalpha() for letter in row[0])
        and all(is_empty(cell) for cell in row[1:])
    )


def _end_of_data(rows: tuple[Cells, ...], start: int, header: Header) -> int:
    """Return the number of the last row before the footer: notes, sources and blanks at the end of the file."""
    end = len(rows)
    while end > start and _is_footer(rows[end - 1], header):
        end -= 1
    return end


def _is_footer(row: Cells, header: Header) -> bool:
    if all(is_empty(cell) for cell in row):
        return True
    if _is_note(row, header):
        return True
    return len(row) != len(header.names) and bool(FOOTER.match(row_text(row)))


def _header_guesses(header: Header) -> tuple[Guess, ...]:
    guesses = []
    if header.first:
        guesses.append(Guess("rows_above_header", str(header.first), "the column names stand below them"))
    if header.rows > 1:
        guesses.append(Guess("header", "two rows read together", "neither row alone has the needed column names"))
    unused = [name for at, name in enumerate(header.names) if name and at not in header.columns.values()]
    if unused:
        guesses.append(Guess("columns_not_used", ", ".join(unused), "the reader does not know them"))
    return tuple(guesses)


def _wrong_length(place: str, number: int, row: Cells, header: Header) -> InputError:
    return InputError(
        f"{place}, row {number}",
        found=f"{len(row)} cells: {row_text(row)[:120]!r}",
        expected=f"{len(header.names)} cells as in the header",
        todo="look for a missing or unquoted delimiter in this row; the last row may have been cut off",
    )
