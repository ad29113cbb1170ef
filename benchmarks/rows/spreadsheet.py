"""A workbook of 30 000 rows × 7 columns through the gate of workbooks, beside openpyxl reading the same cells."""

from __future__ import annotations

from pathlib import Path

from benchmarks.row import Contender, Given, Goal, Row

FILE, COLUMNS = "counts.xlsx", 7

Cells = tuple[tuple[object, ...], ...]


def write_workbook(given: Given) -> None:
    """Municipality, year, month, offence, count, rate and a remark, as offices export."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Antal")
    sheet.append(["kommun", "år", "månad", "brott", "antal", "per 100 000", "anmärkning"])
    for row in range(given.size):
        place, year, month = f"Kommun {row % 290}", 2010 + row % 15, 1 + row % 12
        sheet.append(
            [place, year, month, f"brott {row % 40}", row % 997, row % 997 / 7, "preliminär" if row % 9 else ""]
        )
    book.save(given.folder / FILE)


def path_of(given: Given) -> Path:
    return given.folder / FILE


def ours(path: Path) -> Cells:
    """The whole gate: archive looked through, XML checked, every cell of every sheet."""
    from evaluation.sources.intake import take_in
    from evaluation.sources.spreadsheet import grid_of_workbook

    return grid_of_workbook(take_in(path, "workbook"), lambda _: True, None).rows


def with_openpyxl(path: Path) -> Cells:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    return tuple(tuple(row) for row in book.worksheets[0].iter_rows(values_only=True))


def with_calamine(path: Path) -> Cells:
    import python_calamine

    return tuple(map(tuple, python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()))


def cells_apart(mine: Cells, theirs: Cells) -> float:
    """How many cells differ; an empty cell is the same as an empty text."""
    if len(mine) != len(theirs):
        return float("inf")
    return float(
        sum((a or "") != (b or "") for x, y in zip(mine, theirs, strict=True) for a, b in zip(x, y, strict=True))
    )


ROWS = (
    Row(
        name="spreadsheet",
        work=f"Reading a workbook of 30 000 rows × {COLUMNS} columns",
        unit="one workbook",
        size=30_000,
        quick=3_000,
        ours=Contender("this project, with its gate", ours, path_of),
        peers=(Contender("openpyxl, read-only", with_openpyxl, path_of),),
        floor=Contender("calamine alone", with_calamine, path_of),
        goals=(Goal("openpyxl, read-only", 8),),
        difference=cells_apart,
        tolerance=0.0,
        compared="cells that differ",
        inputs=write_workbook,
    ),
)
