"""What a run folder prints, as plain data: numbers by their place, tables, and running text."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from evaluation.cleaning.personal_data import visible_text
from evaluation.runs.manifest import numbers_in
from evaluation.runs.project import Project
from evaluation.session.save import RESULTS
from evaluation.tables import BLOCK_MIME

PAGE, NOTEBOOK, TABLES, SEPARATORS = "report.html", "notebook.ipynb", "tables/*.csv", ";,\t"

Numbers = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """One table as written: where it stands and its rows of texts, the heading left out."""

    where: str
    rows: tuple[tuple[str, ...], ...]


def read_results(run_dir: Path) -> dict[str, Any]:
    """Read results.json of a finished run."""
    content: dict[str, Any] = json.loads((run_dir / RESULTS).read_text(encoding="utf-8"))
    return content


def read_tables(run_dir: Path) -> Iterator[PrintedTable]:
    """Read every table of a run: page, files beside it, and the blocks of its notebook."""
    page = run_dir / PAGE
    if page.is_file():
        reader = _HtmlTables()
        reader.feed(page.read_text(encoding="utf-8"))
        for number, rows in enumerate(reader.tables, 1):
            yield PrintedTable(f"{PAGE}, table {number}", tuple(rows))
    for path in sorted(run_dir.glob(TABLES)):
        yield PrintedTable(f"tables/{path.name}", tuple(_csv_rows(path.read_text(encoding="utf-8-sig"))))
    for number, block in enumerate(_blocks(run_dir), 1):
        table = block.get("table", block)
        rows = (tuple(_texts(row)) for row in table.get("rows", ()))
        yield PrintedTable(f"{NOTEBOOK}, block {number}", tuple(rows))


def read_texts(run_dir: Path) -> Iterator[tuple[str, str]]:
    """Read every piece of running text of the page, alternative texts included, with where it stands."""
    page = run_dir / PAGE
    if page.is_file():
        for piece in visible_text(page.read_text(encoding="utf-8")).split("\n"):
            yield PAGE, piece


def earlier_numbers(project: Project, study: str) -> Iterator[tuple[str, Numbers]]:
    """Read the numbers of every edition of a study that is already out.

    The sealed history has them all; a page without a history is read as it stands published.
    """
    sealed = sorted(project.history.glob(f"{study}/*/*.json"))
    for path in sealed:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        yield f"{manifest['job']}, published {manifest['ended'][:10]}", manifest["numbers"]["values"]
    known = {path.parent.name for path in sealed}
    for path in sorted((project.reports / study).glob(f"*/{RESULTS}")):
        if path.parent.name not in known:
            yield path.parent.name, dict(numbers_in(json.loads(path.read_text(encoding="utf-8"))))


def number_in(text: str) -> tuple[float, float] | None:
    """Read a printed number and half a unit of its last decimal; none for anything that is not a lone number."""
    plain = re.sub(r"[\s\u00a0\u202f]", "", text).replace("\u2212", "-").replace(",", ".")
    if not re.fullmatch(r"-?\d+(\.\d+)?", plain):
        return None
    decimals = len(plain.partition(".")[2])
    return float(plain), 0.5 * 10.0**-decimals


def _csv_rows(text: str) -> list[tuple[str, ...]]:
    separator = max(SEPARATORS, key=text.count)
    return [tuple(row) for row in csv.reader(io.StringIO(text), delimiter=separator)]


def _blocks(run_dir: Path) -> Iterator[dict[str, Any]]:
    path = run_dir / NOTEBOOK
    if not path.is_file():
        return
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", ()):
            block = output.get("data", {}).get(BLOCK_MIME)
            if isinstance(block, dict):
                yield block


def _texts(row: object) -> Iterator[str]:
    for cell in row if isinstance(row, list) else []:
        if isinstance(cell, list) and len(cell) == 3:  # text, value, state
            text, value, state = cell
            yield f"{value:.10g}" if isinstance(value, int | float) and state == "shown" else str(text)
        else:
            yield str(cell)


class _HtmlTables(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[tuple[str, ...]]] = []
        self._row: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self._row = []
        elif tag in {"td", "th"} and self._row is not None:
            self._row.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "tr" and self._row is not None:
            self.tables[-1].append(tuple(self._row))
            self._row = None

    def handle_data(self, data: str) -> None:
        if self._row:
            self._row[-1] += data
