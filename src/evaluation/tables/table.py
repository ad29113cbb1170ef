"""The one table of the reports: an immutable value with caption, headed rows, signs explained, everything escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import pandas as pd

from evaluation.errors import ParameterError
from evaluation.tables.cells import Cell, Column, hidden_cell, write_cell
from evaluation.tables.html import table_html
from evaluation.tables.notebook import in_notebook
from evaluation.wording import Wording

BLOCK_MIME = "application/vnd.evaluation.block+json"


@dataclass(frozen=True, slots=True)
class Table:
    """A finished table in one language.

    Attributes
    ----------
    caption
        What the table shows; names it for a screen reader.
    columns
        Heading and alignment of each column.
    rows
        Written cells; the first of each row is its header.
    notes
        Lines under the table: signs explained, the caller's note, the source.
    empty
        What stands in a table without rows.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...]
    empty: str

    def html(self, name: str, *, stacks: bool = True) -> str:
        """Write the table as HTML; `name` makes its ids unique on the page.

        With `stacks`, a table of words carries its headings in each cell, for a page that stacks it on a phone.
        """
        return str(table_html(self.caption, self.columns, self.rows, self.notes, self.empty, name, stacks=stacks))

    def block(self) -> dict[str, Any]:
        """Give the table as plain JSON data, from which a report writes it again (`table_from_block`)."""
        return {
            "kind": "table",
            "caption": self.caption,
            "columns": [[c.key, c.label, c.kind, c.digits, c.signed] for c in self.columns],
            "rows": [[[cell.text, cell.value, cell.state] for cell in row] for row in self.rows],
            "notes": list(self.notes),
            "empty": self.empty,
        }

    def plain(self) -> str:
        """Write the table as tabbed text."""
        lines = [[column.label for column in self.columns], *([cell.text for cell in row] for row in self.rows)]
        return "\n".join([self.caption, *("\t".join(line) for line in lines), *self.notes])

    def _repr_html_(self) -> str:
        return in_notebook(self.html("t" + sha256(self.plain().encode()).hexdigest()[:8], stacks=False))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        del include, exclude
        return {BLOCK_MIME: self.block(), "text/html": self._repr_html_(), "text/plain": self.plain()}


def table(
    frame: pd.DataFrame,
    caption: str,
    columns: Sequence[Column],
    wording: Wording,
    *,
    hidden: pd.DataFrame | None = None,
    note: str = "",
    source: str = "",
) -> Table:
    """Make the report's table from a frame: one row per row, the first column heads its row.

    Parameters
    ----------
    frame
        Data; the index is not shown (reset it first).
    caption
        One line that says what the table shows.
    columns
        What is shown, in order.
    wording
        Words and formats of the language.
    hidden
        Boolean frame of the same length with a column per protected column: where True the value is not even read,
        and a sign stands in its place.
    note, source
        Reader's note, and where the figures come from (`Källa: Brå`).

    Raises
    ------
    ParameterError
        The caption is empty, or a column does not exist, or the mask has another length.
    """
    _refuse_misfits(frame, caption, columns, hidden)
    rows = tuple(
        zip(*(_written(frame[column.key], column, wording, _mask(hidden, column)) for column in columns), strict=True)
    )
    lines = (*_signs(rows, wording), note, wording.say("tables.source", source=source) if source else "")
    return Table(caption, tuple(columns), rows, tuple(line for line in lines if line), wording.say("tables.empty"))


def table_from_block(block: Mapping[str, Any]) -> Table:
    """Rebuild a table from its block; a block of another shape raises KeyError, TypeError or ValueError."""
    columns = tuple(Column(*map(_scalar, column)) for column in block["columns"])  # type: ignore[arg-type]
    rows = tuple(tuple(Cell(*map(_scalar, cell)) for cell in row) for row in block["rows"])  # type: ignore[arg-type]
    if any(len(row) != len(columns) for row in rows):
        raise ValueError("a row has another length than the heading")
    notes = tuple(str(note) for note in block["notes"])
    return Table(str(block["caption"]), columns, rows, notes, str(block["empty"]))


def _written(
    values: pd.Series[Any], column: Column, wording: Wording, hidden: pd.Series[Any] | None
) -> tuple[Cell, ...]:
    flags = [False] * len(values) if hidden is None else [bool(flag) for flag in hidden]
    return tuple(
        hidden_cell(wording) if flag else write_cell(value, column, wording)
        for value, flag in zip(values, flags, strict=True)
    )


def _mask(hidden: pd.DataFrame | None, column: Column) -> pd.Series[Any] | None:
    return hidden[column.key] if hidden is not None and column.key in hidden else None


def _signs(rows: tuple[tuple[Cell, ...], ...], wording: Wording) -> tuple[str, ...]:
    states = {cell.state for row in rows for cell in row}
    hidden = wording.say("tables.hidden_note", sign=wording.say("tables.hidden"))
    missing = wording.say("tables.missing_note", sign=wording.style.missing)
    return tuple(text for state, text in (("hidden", hidden), ("missing", missing)) if state in states)


def _scalar(value: object) -> object:
    if not isinstance(value, str | int | float | None):
        raise TypeError(f"a table cell holds {type(value).__name__}")
    return value


def _refuse_misfits(frame: pd.DataFrame, caption: str, columns: Sequence[Column], hidden: pd.DataFrame | None) -> None:
    absent = [column.key for column in columns if column.key not in frame]
    if not caption.strip() or not columns or absent:
        raise ParameterError(
            f"table {caption!r}",
            found=f"columns {absent} that the frame has not" if absent else "no caption or no columns",
            expected=f"a caption and columns among {list(map(str, frame.columns))}",
            todo="name what the table shows and choose existing columns",
        )
    if hidden is not None and len(hidden) != len(frame):
        raise ParameterError(
            f"table {caption!r}",
            found=f"{len(hidden)} rows in the mask of hidden cells",
            expected=f"{len(frame)}, as in the frame",
            todo="take frame and mask from the same protected table",
        )
