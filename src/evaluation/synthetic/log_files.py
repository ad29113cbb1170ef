"""The files of the log while they grow month by month: text files on disk, workbooks in memory until the end."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import numpy as np
import pyarrow as pa

from evaluation.synthetic.layouts import Layout, Vocabulary
from evaluation.synthetic.lines import csv_lines
from evaluation.synthetic.workbook import Cell, Sheet, typed, workbook_bytes


class LogFile(Protocol):
    """A file of the log: takes months in order, counts its rows, is finished when the context ends."""

    layout: Layout
    rows: int
    path: Path

    def add(self, month: np.datetime64, columns: list[pa.StringArray]) -> None:
        """Append the reports of a month."""

    def __enter__(self) -> Self:
        """Begin the file."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what stands below the rows and close the file."""


class TextFile:
    """A semicolon-separated file: header, rows, perhaps the header again, perhaps a total, its source as last line."""

    def __init__(self, path: Path, layout: Layout, words: Vocabulary) -> None:
        self.path, self.layout, self.words, self.rows = path, layout, words, 0

    def __enter__(self) -> Self:
        """Open the file and write the header."""
        self._stream = self.path.open("wb")
        self._stream.write(self._header().encode(self.layout.encoding))
        return self

    def add(self, month: np.datetime64, columns: list[pa.StringArray]) -> None:
        """Append the reports of a month, after a second header where two exports were pasted together."""
        if month == self.layout.repeat_header:
            self._write(self._header())
        self._write(csv_lines(columns).decode("utf-8"))
        self.rows += len(columns[0])

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write total and source, and close the file."""
        if self.layout.total:
            self._write(f"{self.words.total};{self.rows}\r\n")
        if self.layout.footer:
            self._write(f"{self.words.footer}\r\n")
        self._stream.close()

    def _header(self) -> str:
        return ";".join(self.layout.header) + "\r\n"

    def _write(self, text: str) -> None:
        self._stream.write(text.encode(self.layout.encoding.removesuffix("-sig")))


class WorkbookFile:
    """A workbook with merged headers, written when the context ends."""

    def __init__(self, path: Path, layout: Layout, words: Vocabulary) -> None:
        self.path, self.layout, self.words, self.rows = path, layout, words, 0
        self._cells: list[list[Cell]] = []

    def __enter__(self) -> Self:
        """Begin with an empty sheet."""
        return self

    def add(self, month: np.datetime64, columns: list[pa.StringArray]) -> None:  # noqa: ARG002 - same for every file
        """Append the reports of a month."""
        texts = (column.to_pylist() for column in columns)
        self._cells.extend([typed(text) for text in row] for row in zip(*texts, strict=True))
        self.rows = len(self._cells)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write the workbook."""
        book = self.words.workbook
        groups = tuple((name, first, last) for name, first, last in book["groups"])
        page = Sheet(book["sheet"], book["title"], groups, self.layout.header, self.words.footer)
        self.path.write_bytes(workbook_bytes(page, self._cells))


def open_log_file(folder: Path, layout: Layout, words: Vocabulary) -> LogFile:
    """Return the file of a layout, not yet begun."""
    kind = WorkbookFile if layout.format == "xlsx" else TextFile
    return kind(folder / file_name(layout, words), layout, words)


def file_name(layout: Layout, words: Vocabulary) -> str:
    """Return the name of a file of the log, which says that it is synthetic."""
    return f"{layout.file}_{words.mark}.{layout.format}"
