"""Finding the header of a raw grid, under titles, over two rows, with merged cells and footnotes in the names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from evaluation.errors import InputError
from evaluation.sources.table import Cells, is_empty

if TYPE_CHECKING:
    from evaluation.sources.table import Cell, Grid

SEARCHED_ROWS = 30
SPACES = re.compile(r"[\s\u00a0\u202f\u2007\u2009\u200b\ufeff\u00ad]+")
FOOTNOTE = re.compile(r"\s*(?:[¹²³⁰⁴-⁹*]+|\s[0-9]\))+$")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The columns that a reader looks for.

    Attributes
    ----------
    names
        Our name → headers it may have in the file; compared without regard to case, spaces and footnote marks.
    required
        Our names that must be there.
    running
        Our names of columns with running text, in which a lone quote may stand for inches.
    """

    names: Mapping[str, tuple[str, ...]]
    required: frozenset[str]
    running: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header stands and what it says."""

    first: int
    rows: int
    names: tuple[str, ...]
    columns: dict[str, int]


def normal(name: Cell) -> str:
    """Return a header for comparison: composed letters, lower case, single spaces, no footnote marks."""
    text = unicodedata.normalize("NFC", "" if name is None else str(name))
    if text.isascii() and text.isalnum():
        return text.casefold()
    return FOOTNOTE.sub("", SPACES.sub(" ", text).strip()).strip().casefold()


def find_header(rows: Sequence[Cells], wanted: Wanted) -> Header | None:
    """Return the first header that has every required column: one row, or two rows read together."""
    searched = range(min(len(rows), SEARCHED_ROWS))
    for at in searched:
        header = _header(at, 1, _names(rows[at]), wanted)
        if wanted.required <= set(header.columns):
            return header
    for at in searched[: len(rows) - 1]:
        for names in (_joined(rows[at], rows[at + 1]), _either(rows[at], rows[at + 1])):
            header = _header(at, 2, names, wanted)
            if wanted.required <= set(header.columns):
                return header
    return None


def has_header(rows: Sequence[Cells], wanted: Wanted) -> bool:
    """Whether the header can be found in these rows."""
    return find_header(rows, wanted) is not None


def _header(at: int, height: int, names: tuple[str, ...], wanted: Wanted) -> Header:
    return Header(at, height, names, _places(names, wanted))


def _names(row: Cells) -> tuple[str, ...]:
    return tuple("" if is_empty(cell) else SPACES.sub(" ", str(cell)).strip() for cell in row)


def _joined(top: Cells, bottom: Cells) -> tuple[str, ...]:
    """Return the names of a header over two rows; an upper name reaches over the empty cells to its right."""
    width = max(len(top), len(bottom))
    upper, lower = (list(_names(row)) + [""] * (width - len(row)) for row in (top, bottom))
    reach = ""
    names = []
    for over, under in zip(upper, lower, strict=True):
        reach = over or (reach if under else "")
        names.append(f"{reach} {under}".strip() if under != reach else under)
    return tuple(names)


def _either(top: Cells, bottom: Cells) -> tuple[str, ...]:
    """Return the names of a header over two rows in which each column has its name in one of them."""
    return tuple(under or over for over, under in zip_longest(_names(top), _names(bottom), fillvalue=""))


def _places(names: Sequence[str], wanted: Wanted) -> dict[str, int]:
    normals = [normal(name) for name in names]
    found: dict[str, int] = {}
    for ours, theirs in wanted.names.items():
        for header in theirs:
            if normal(header) in normals:
                found[ours] = normals.index(normal(header))
                break
    return found


def refuse_double_names(place: str, header: Header) -> None:
    """Refuse a header in which a column that is needed stands twice.

    Raises
    ------
    InputError
        With the name and its columns.
    """
    normals = [normal(name) for name in header.names]
    for at in header.columns.values():
        places = [index + 1 for index, name in enumerate(normals) if name == normals[at]]
        if len(places) > 1:
            raise InputError(
                f"{place}, row {header.first + header.rows}",
                found=f"the column {header.names[at]!r} {len(places)} times (columns {places})",
                expected="each column once",
                todo="remove or rename the column that does not belong there",
            )


def missing_header(grid: Grid, wanted: Wanted) -> InputError:
    """Return the error for a table in which the header was not found, with what stands at its top."""
    shown = next((row for row in grid.rows if not all(map(is_empty, row))), ())
    needed = [" / ".join(wanted.names[ours]) for ours in wanted.names if ours in wanted.required]
    return InputError(
        f"{grid.place}, rows 1-{min(len(grid.rows), SEARCHED_ROWS)}",
        found=f"no row with the needed column names; the first row with text is {list(_names(shown))[:12]}",
        expected=f"columns {', '.join(needed)}",
        todo="give the file its header row, or name its columns in the column map of the source",
    )
