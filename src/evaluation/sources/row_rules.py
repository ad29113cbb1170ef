"""Which rows of a table are data, and the name of what every other row is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from evaluation.sources.header import Header, Wanted, normal
from evaluation.sources.labels import clean_text
from evaluation.sources.table import Cell, Cells, is_empty, row_text

FOOTER = re.compile(
    r"\s*(källa|källor|source|not|noter|anm|anmärkning|fotnot|kommentar|uttag|uttaget|senast|uppdaterad|statistik|©"
    r"|copyright|[0-9*]+\)|\*+ )\b",
    re.IGNORECASE,
)
TOTALS = frozenset({"totalt", "summa", "total", "delsumma", "subtotal", "grand total", "totalsumma", "summa totalt"})
SENTENCE = re.compile(r"[\s:)]")
WRONG_LENGTH = frozenset({"too_many_fields", "too_few_fields"})


@dataclass(frozen=True, slots=True)
class Shape:
    """What a data row of one table looks like.

    Attributes
    ----------
    names
        Header as written, without unnamed columns at its end.
    first_name
        The first of them as it is compared (`header.normal`).
    length
        Cells that most rows have: as many as names, or more where delimiters trail.
    firsts
        What stands in the first column of the rows of that length.
    quoted
        Positions of the columns in which a lone quote is a fault; none in a workbook, which needs no quotes.
    stands
        Whether something stands in the file as it is written there.
    """

    names: tuple[str, ...]
    first_name: str
    length: int
    firsts: frozenset[str]
    quoted: tuple[int, ...] = ()
    stands: Callable[[str], bool] = bool


def shape_of(header: Header, rows: Sequence[Cells]) -> Shape:
    """Return the shape of the rows under a header."""
    width = max((at + 1 for at, name in enumerate(header.names) if name), default=0)
    lengths = Counter(len(row) for row in rows if len(row) > 1 and not all(map(is_empty, row)))
    usual = max(lengths, key=lambda length: lengths[length]) if lengths else width
    length = max(width, usual)
    firsts = {clean_text(row[0]) for row in rows if len(row) == length and not all(map(is_empty, row[1:]))}
    return Shape(header.names[:width], normal(header.names[0]), length, frozenset(firsts))


def with_quotes(shape: Shape, header: Header, wanted: Wanted, stands: Callable[[str], bool]) -> Shape:
    """Return the shape for a text file, in which a lone quote is a fault outside running text."""
    quoted = tuple(at for name, at in header.columns.items() if name not in wanted.running)
    return replace(shape, quoted=quoted, stands=stands)


def rule_of(row: Cells, shape: Shape) -> str | None:
    """Return why a row under the header is no data row, or None if it is one."""
    filled = [cell for cell in row if not is_empty(cell)]
    if not filled:
        return "blank_row"
    named = row[: len(shape.names)]
    if _repeats_header(named, shape):
        return "repeated_header"
    if _is_total(filled, shape):
        return "total_row"
    if is_note(row, shape):
        return "note_row"
    if len(row) > shape.length or not all(map(is_empty, row[len(shape.names) :])):
        return "too_many_fields"
    if len(row) < shape.length:
        return "too_few_fields"
    return "stray_quote" if any(_has_stray_quote(row[at], shape) for at in shape.quoted) else None


def _has_stray_quote(cell: Cell, shape: Shape) -> bool:
    """Whether a cell has a quote without its partner: what it should close was lost, or stands in another row.

    A lone quote that is written as it should be, twice and inside quotes, belongs to the cell.
    """
    if not isinstance(cell, str) or cell.count('"') % 2 == 0:
        return False
    doubled = cell.replace('"', '""')
    return not shape.stands(f'"{doubled}"')


def _repeats_header(named: Cells, shape: Shape) -> bool:
    return normal(named[0]) == shape.first_name and (
        [normal(cell) for cell in named] == [normal(name) for name in shape.names]
    )


def _is_total(filled: Sequence[Cell], shape: Shape) -> bool:
    """Whether a row begins with a word for total, or has one in a row that is mostly empty."""
    if normal(filled[0]) in TOTALS:
        return True
    return len(filled) <= len(shape.names) / 2 and any(normal(cell) in TOTALS for cell in filled)


def is_note(row: Cells, shape: Shape) -> bool:
    """Whether a row holds nothing but a sentence in its first cell, one that is not the beginning of a data row."""
    if len(shape.names) < 3 or not isinstance(row[0], str) or not all(map(is_empty, row[1:])):
        return False
    text = clean_text(row[0])
    if not any(letter.isalpha() for letter in text) or not SENTENCE.search(text):
        return False
    return not any(first.startswith(text) for first in shape.firsts)


def is_footer(row: Cells, shape: Shape) -> bool:
    """Whether a row may stand below the data: blank, a note, or a source line that the delimiter has cut."""
    if all(map(is_empty, row)) or is_note(row, shape):
        return True
    return len(row) != shape.length and bool(FOOTER.match(row_text(row)))
