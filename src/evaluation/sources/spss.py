"""SPSS files (.sav) as a raw grid: codes as numbers, user-defined missing values kept as codes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from evaluation.errors import InputError
from evaluation.sources.reading import Guess, Origin
from evaluation.sources.table import Cell, Grid

if TYPE_CHECKING:
    from evaluation.sources.intake import Intake


def grid_of_spss(path: Path, intake: Intake) -> Grid:
    """Return names and rows of an SPSS file; row 1 is the names, as if it were a sheet.

    Raises
    ------
    InputError
        If the file is damaged.
    """
    import pyreadstat

    try:
        frame, meta = pyreadstat.read_sav(str(path), apply_value_formats=False, user_missing=True)
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, UnicodeDecodeError, ValueError) as error:
        raise InputError(
            f"file {intake.file}",
            found=f"an SPSS file that cannot be read ({str(error)[:120]})",
            expected="a complete .sav file",
            todo="ask the sender for the file again, or for a CSV export",
        ) from error
    columns = [[_cell(value) for value in frame[name]] for name in frame.columns]
    rows = (tuple(str(name) for name in frame.columns), *zip(*columns, strict=True))
    origin = Origin(
        intake.file, len(intake.data), intake.sha256, None, meta.file_encoding or "spss", "named in the file"
    )
    labelled = sorted(meta.variable_value_labels)
    guess = Guess("value_labels", ", ".join(labelled[:10]), "the file has its own labels; the codes are kept")
    return Grid(f"file {intake.file}", rows, origin, (guess,) if labelled else ())


def _cell(value: object) -> Cell:
    if value is None or value != value:
        return ""
    return value.item() if hasattr(value, "item") else value  # type: ignore[return-value]
