"""A first look at a file that nobody has described yet: how the gate reads it, and which readers understand it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from evaluation.errors import EvaluationError
from evaluation.sources.delimited import grid_of_text
from evaluation.sources.intake import take_in
from evaluation.sources.json_gate import read_document
from evaluation.sources.reading import Guess, Origin
from evaluation.sources.registry import KINDS, reader_for
from evaluation.sources.table import Cells, Grid, is_empty

NEED_OPTIONS = frozenset({"incident_log", "survey_microdata"})
SHOWN = 8
FAR_OFF = ("no row with", "no valid JSON", "content of the form")
"""Beginnings of refusals that only say that the file is of another kind altogether."""


@dataclass(frozen=True, slots=True)
class Look:
    """What can be said about a file without knowing its source.

    Attributes
    ----------
    origin, guesses
        As in a reading record.
    rows
        The first rows as text, header and titles included; none for JSON.
    row_lengths
        Number of cells → number of rows.
    understood, refused
        Kinds of source whose reader takes the file, and kind → why not for the others that are close.
    """

    origin: Origin
    guesses: tuple[Guess, ...]
    rows: tuple[tuple[str, ...], ...]
    row_lengths: Mapping[int, int]
    understood: tuple[str, ...]
    refused: Mapping[str, str]


def look_at(path: Path) -> Look:
    """Return how the gate reads a file, and which readers that need no options understand it.

    Raises
    ------
    InputError
        If the file itself is refused: hostile, damaged, no text, no encoding.
    """
    grid = grid_of_file(path)
    understood: list[str] = []
    refused: dict[str, str] = {}
    for kind in sorted(set(KINDS) - NEED_OPTIONS):
        try:
            reader_for(kind)(path)
        except EvaluationError as error:
            refused |= {} if error.found.startswith(FAR_OFF) else {kind: str(error)}
        else:
            understood.append(kind)
    lengths = Counter(len(row) for row in grid.rows)
    rows = tuple(tuple("" if cell is None else str(cell) for cell in row) for row in grid.rows[:SHOWN])
    return Look(grid.origin, grid.guesses, rows, dict(sorted(lengths.items())), tuple(understood), refused)


def grid_of_file(path: Path, head: int | None = None) -> Grid:
    """Return every row of a text table, workbook or SPSS file; no row of a JSON document.

    Parameters
    ----------
    head
        Bytes after which a text file is cut off, at the end of a line; none for the whole file.
    """
    intake = take_in(path, "text", "workbook", "gzip", "spss")
    if head and intake.form == "text" and len(intake.data) > head and b"\n" in intake.data[:head]:
        intake = replace(intake, data=intake.data[: intake.data.rindex(b"\n", 0, head) + 1])
    if intake.form == "workbook":
        from evaluation.sources.spreadsheet import grid_of_workbook

        return grid_of_workbook(intake, _looks_like_table, None)
    if intake.form == "spss":
        from evaluation.sources.spss import grid_of_spss

        return grid_of_spss(path, intake)
    if intake.form == "gzip" or intake.data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}:
        document = read_document(path)
        return Grid(document.place, (), document.origin, document.guesses)
    return grid_of_text(intake)


def _looks_like_table(rows: tuple[Cells, ...]) -> bool:
    return sum(sum(not is_empty(cell) for cell in row) > 1 for row in rows) > 1
