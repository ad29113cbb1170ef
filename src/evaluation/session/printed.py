"""What a run folder prints, as plain data: numbers by their place, tables, and running text."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
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
    """One table as written: where it stands, its caption, and its rows of texts."""

    where: str
    caption: str
    rows: tuple[tuple[str, ...], ...]


def read_results(run_dir: Path) -> dict[str, Any]:
    """Read results.json of a finished run."""
    content: dict[str, Any] = json.loads((run_dir / RESULTS).read_text(encoding="utf-8"))
    return content


def read_tables(run_dir: Path) -> Iterator[PrintedTable]:
    """Read every table of a run: page, files beside it, and the blocks of its notebook."""
    page = run_dir / PAGE
    if page.is_file():
        for number, (caption, rows) in enumerate(_html_tables(page.read_text(encoding="utf-8")), 1):
            yield PrintedTable(f"{PAGE}, table {number}", caption, rows)
    for path in sorted(run_dir.glob(TABLES)):
        lines = _csv_rows(path.read_text(encoding="utf-8-sig"))
        yield PrintedTable(f"tables/{path.name}", " ".join(lines[0]) if lines else "", tuple(lines[1:]))
    for number, block in enumerate(_blocks(run_dir), 1):
        table = block.get("table", block)
        cells = (tuple(_texts(row)) for row in table.get("rows", ()))
        yield PrintedTable(f"{NOTEBOOK}, block {number}", str(table.get("caption", "")), tuple(cells))


def read_texts(run_dir: Path) -> Iterator[tuple[str, str]]:
    """Read every piece of running text of the page, alternative texts included, with where it stands."""
    page = run_dir / PAGE
    if page.is_file():
        for piece in visible_text(page.read_text(encoding="utf-8")).split("\n"):
            yield PAGE, piece


def earlier_numbers(project: Project, study: str) -> Iterator[tuple[str, Numbers]]:
    """Read the numbers of the editions of a study that are already out, those that printed the same places once.

    The sealed history has them all; a page without a history is read as it stands published. Which counts an edition
    gives away follows from the places it filled, not from the values: an edition that filled exactly the places of
    another (the other language, the month before without a new point) can be left out and nothing is missed.
    """
    seen: set[tuple[str, ...]] = set()
    for where, numbers in _every_edition(project, study):
        places = tuple(numbers)
        if places not in seen:
            seen.add(places)
            yield where, numbers


def _every_edition(project: Project, study: str) -> Iterator[tuple[str, Numbers]]:
    sealed = sorted(project.history.glob(f"{study}/*/*.json"))
    for path in sealed:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        yield f"{manifest['job']}, published {manifest['ended'][:10]}", manifest["numbers"]["values"]
    known = {path.parent.name for path in sealed}
    for path in sorted((project.reports / study).glob(f"*/{RESULTS}")):
        if path.parent.name not in known:
            yield path.parent.name, dict(numbers_in(json.loads(path.read_text(encoding="utf-8"))))


@lru_cache(maxsize=65536)
def number_in(text: str, decimal: str) -> tuple[float, float] | None:
    """Read a printed number and half a unit of its last decimal; none for anything that is not a lone number.

    `decimal` is the decimal sign of the language; the other of comma and full stop groups thousands.
    """
    thousands = {",": ".", ".": ","}[decimal]
    plain = re.sub(r"[\s\u00a0\u202f]", "", text).replace("\u2212", "-")
    if re.fullmatch(rf"-?\d{{1,3}}(\{thousands}\d{{3}})+(\{decimal}\d+)?", plain):
        plain = plain.replace(thousands, "")
    plain = plain.replace(decimal, ".")
    if not re.fullmatch(r"-?\d+(\.\d+)?", plain):
        return None
    decimals = len(plain.partition(".")[2])
    return float(plain), 0.5 * 10.0**-decimals


def _html_tables(page: str) -> Iterator[tuple[str, tuple[tuple[str, ...], ...]]]:
    """Give caption and rows of each table; the parser knows which end tags HTML lets go."""
    from lxml.html import document_fromstring

    for table in document_fromstring(page).iter("table"):
        caption = " ".join(found.text_content() for found in table.iter("caption"))
        yield caption, tuple(tuple(cell.text_content() for cell in row) for row in table.iter("tr"))


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
