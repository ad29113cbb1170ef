"""Workbooks (.xlsx): looked through as an archive first, then read by calamine; nothing in them is executed."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from evaluation.errors import InputError
from evaluation.sources.reading import Guess, Origin
from evaluation.sources.table import Cells, Grid, is_empty
from evaluation.sources.workbook_check import check_workbook

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

    from evaluation.sources.intake import Intake

MergedRange = tuple[tuple[int, int], tuple[int, int]]


def grid_of_workbook(intake: Intake, is_header: Callable[[tuple[Cells, ...]], bool], sheet: str | None) -> Grid:
    """Return the rows of the sheet that is named, or of the only sheet with the header.

    Row numbers are those the spreadsheet program shows. Text in a merged cell over several rows stands in each of
    them.

    Raises
    ------
    InputError
        If the workbook is hostile or damaged, or not exactly one sheet has the header.
    """
    check_workbook(intake)
    grids = [_grid(intake, book_sheet) for book_sheet in _sheets(intake, sheet)]
    if len(grids) == 1:
        return grids[0]
    fitting = [grid for grid in grids if is_header(grid.rows)]
    if len(fitting) == 1:
        others = ", ".join(grid.origin.sheet or "" for grid in grids if grid is not fitting[0])
        guess = Guess("sheet", fitting[0].origin.sheet or "", f"the only one with the expected columns; not: {others}")
        return replace(fitting[0], guesses=(*fitting[0].guesses, guess))
    raise InputError(
        f"file {intake.file}",
        found=f"{len(fitting)} sheets with the expected columns among {[grid.origin.sheet for grid in grids]}",
        expected="one sheet with the expected columns",
        todo="name the sheet in the source's options",
    )


def _sheets(intake: Intake, name: str | None) -> list[CalamineSheet]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(intake.data))
        names = book.sheet_names
        if name is not None and name not in names:
            raise InputError(
                f"file {intake.file}",
                found=f"sheets {names}",
                expected=f"a sheet {name!r}",
                todo="correct the sheet's name in the source's options",
            )
        return [book.get_sheet_by_name(each) for each in ([name] if name else names)]
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise InputError(
            f"file {intake.file}",
            found=f"a workbook that cannot be opened ({error})",
            expected="a workbook as Excel or LibreOffice saves it",
            todo="open it in the spreadsheet program and save it again as .xlsx",
        ) from error


def _grid(intake: Intake, sheet: CalamineSheet) -> Grid:
    place = f"file {intake.file}, sheet {sheet.name}"
    rows = [tuple(row) for row in sheet.to_python(skip_empty_area=False)]
    filled, guesses = _fill_merged(place, rows, sheet.merged_cell_ranges or [])
    origin = Origin(intake.file, len(intake.data), intake.sha256, sheet.name, "xlsx", "workbook")
    return Grid(place, tuple(filled), origin, guesses)


def _fill_merged(place: str, rows: Sequence[Cells], ranges: list[MergedRange]) -> tuple[list[Cells], tuple[Guess, ...]]:
    """Write the text of a cell merged over several rows of one column into each of them.

    Raises
    ------
    InputError
        If such a cell holds a number: whether it counts once or in every row cannot be known.
    """
    filled = list(rows)
    tall = [(top, left, bottom) for (top, left), (bottom, right) in ranges if left == right and bottom > top]
    for top, left, bottom in tall:
        value = rows[top][left] if top < len(rows) and left < len(rows[top]) else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            raise InputError(
                f"{place}, row {top + 1}, column {left + 1}",
                found=f"the number {value:g} in a cell merged over rows {top + 1}-{bottom + 1}",
                expected="one cell per number",
                todo="undo the merge and write the number where it belongs",
            )
        if not is_empty(value):
            for at in range(top, min(bottom + 1, len(filled))):
                filled[at] = (*filled[at][:left], value, *filled[at][left + 1 :])
    guess = Guess("merged_cells", f"{len(tall)} filled downwards", "a merged text belongs to each of its rows")
    return filled, (guess,) if tall else ()
