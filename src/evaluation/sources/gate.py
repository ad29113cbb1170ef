"""The reading gate: from a file to data rows under a known header, with every other row set aside by name."""

from __future__ import annotations

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
    refuse_double_names,
)
from evaluation.sources.intake import Intake, take_in
from evaluation.sources.reading import Guess, SetAside
from evaluation.sources.row_rules import WRONG_LENGTH, Shape, is_footer, rule_of, shape_of, with_quotes
from evaluation.sources.table import Cells, Grid, RawTable, is_empty, row_text

if TYPE_CHECKING:
    from pathlib import Path


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
        True: a row with too many or too few cells, or a lone quote, stops the reading (official figures). False: it is
        set aside (logs and surveys).

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
    _refuse_data_above(grid, header)
    shape = shape_of(header, grid.rows[header.first + header.rows :])
    if grid.origin.delimiter:
        shape = with_quotes(shape, header, wanted, lambda written: written in grid.text)
    return _sorted_rows(grid, header, shape, strict)


def _refuse_data_above(grid: Grid, header: Header) -> None:
    """Refuse a header that stands below what looks like rows of the table: the real one may be lost."""
    for number, row in enumerate(grid.rows[: header.first], start=1):
        if sum(not is_empty(cell) for cell in row) > len(header.names) / 2:
            raise InputError(
                f"{grid.place}, row {number}",
                found=f"a filled row above the column names in row {header.first + 1}: {row_text(row)[:120]!r}",
                expected="titles with few cells above the column names",
                todo="put the column names above the first row of figures",
            )


def _sorted_rows(grid: Grid, header: Header, shape: Shape, strict: bool) -> RawTable:
    start = header.first + header.rows
    end = _end_of_data(grid.rows, start, shape)
    rows: list[Cells] = []
    numbers: list[int] = []
    aside: list[SetAside] = []
    for number, row in enumerate(grid.rows[start:], start=start + 1):
        rule = "footer" if number > end and not all(map(is_empty, row)) else rule_of(row, shape)
        if rule in WRONG_LENGTH and strict:
            raise _wrong_length(grid.place, number, row, shape)
        if rule == "stray_quote" and strict:
            raise _stray_quote(grid.place, number, row)
        if rule:
            aside.append(SetAside(number, rule, "", row_text(row)))
        else:
            rows.append(row[: len(shape.names)])
            numbers.append(number)
    origin = replace(
        grid.origin,
        header_rows=tuple(range(header.first + 1, start + 1)),
        footer_rows=tuple(row.row_number for row in aside if row.rule == "footer"),
    )
    guesses = grid.guesses + _header_guesses(header)
    return RawTable(grid.place, origin, shape.names, header.columns, tuple(rows), tuple(numbers), tuple(aside), guesses)


def _end_of_data(rows: tuple[Cells, ...], start: int, shape: Shape) -> int:
    """Return the number of the last row before the footer: notes, sources and blanks at the end of the file."""
    end = len(rows)
    while end > start and is_footer(rows[end - 1], shape):
        end -= 1
    return end


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


def _wrong_length(place: str, number: int, row: Cells, shape: Shape) -> InputError:
    return InputError(
        f"{place}, row {number}",
        found=f"{len(row)} cells: {row_text(row)[:120]!r}",
        expected=f"{shape.length} cells as in the other rows",
        todo="look for a missing or unquoted delimiter in this row; the last row may have been cut off",
    )


def _stray_quote(place: str, number: int, row: Cells) -> InputError:
    return InputError(
        f"{place}, row {number}",
        found=f"a quote without its partner: {row_text(row)[:120]!r}",
        expected="quotes in pairs around a cell, or none",
        todo="correct the quote in or shortly above this row, or export the file again",
    )
