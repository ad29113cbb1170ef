"""HTML of a table: every text passes through markupsafe, so no value can become markup."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markupsafe import Markup

from evaluation.tables.cells import Cell, Column

_FRAME = Markup(
    '<div class="scroll" role="group" tabindex="0" aria-labelledby="{name}-caption">\n'
    '<table id="{name}"{attributes}>\n<caption id="{name}-caption">{caption}</caption>\n'
    "<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n</div>{notes}"
)
_ROW, _NUMBER = Markup('<tr><th scope="row">'), Markup("<td>")
_TEXT = Markup('<td class="t">')  # numbers are right-aligned by default: most cells need no class, pages stay small
_SPAN = re.compile(r"(?<=\d)–(?=\d)")  # a word joiner keeps 2023–2027 on one line; files get the plain text
STACK_FROM = 2  # columns of words beside the first: more do not fit a phone side by side
STACK_UP_TO = 30  # rows: a longer table is no longer read from end to end, and scrolls
PHONE, LETTER, PADDING, NARROWEST = 296, 8.5, 15, 72  # pixels: room, a letter, beside a cell, a column of words


def table_html(
    caption: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    notes: Sequence[str],
    empty: str,
    name: str,
    *,
    stacks: bool = True,
) -> Markup:
    """Write a table and its notes.

    On a narrow page a table that does not fit is stacked, a row becoming a block whose cells repeat their headings: cut
    at the edge, 4 414 reads 4 4. To a screen reader it stays a table. A long one scrolls inside itself, reachable by
    keyboard.
    """
    words = sum(not column.numeric for column in columns[1:])
    stacked = stacks and len(rows) <= STACK_UP_TO and (words >= STACK_FROM or _least_width(columns, rows) > PHONE)
    lines = [_row(row, columns, stacked) for row in rows] or [_no_rows(empty, len(columns))]
    described = Markup(' aria-describedby="{}-note"').format(name) if notes else ""
    return _FRAME.format(
        name=name,
        caption=_unbroken(caption),
        attributes=Markup("{}{}").format(Markup(' class="stack"') if stacked else "", described),
        head=Markup("").join(_heading(column) for column in columns),
        body=Markup("\n").join(lines),
        notes=_notes(notes, name),
    )


def _least_width(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> float:
    """Bound the width of a table whose words stand one below the other, in pixels; words and numbers are not broken."""
    width = 0.0
    for place, column in enumerate(columns):
        whole = [part for row in rows for part in _unbreakable(row[place].text, column)]
        longest = max(map(len, [*column.label.split(" "), *whole]), default=0)
        width += max(LETTER * longest, 0 if column.numeric else NARROWEST) + PADDING
    return width


def _unbreakable(text: str, column: Column) -> list[str]:
    return [text] if column.numeric else text.split(" ")


def _heading(column: Column) -> Markup:
    return Markup('<th scope="col"{}>{}</th>').format(Markup(' class="n"') if column.numeric else "", column.label)


def _row(row: Sequence[Cell], columns: Sequence[Column], stacked: bool) -> Markup:
    # HTML lets the end tags of cells and rows be left out; in tables of a thousand cells that is a third of the bytes
    first, *others = row
    write = _labelled_cell if stacked else _cell
    cells = Markup("").join(write(cell, column) for cell, column in zip(others, columns[1:], strict=True))
    return _ROW + _unbroken(first.text) + cells


def _cell(cell: Cell, column: Column) -> Markup:
    # adding to Markup escapes as its format does, in a tenth of the time
    return (_NUMBER if column.numeric else _TEXT) + _unbroken(cell.text)


def _labelled_cell(cell: Cell, column: Column) -> Markup:
    if not cell.text:
        return Markup('<td class="t none">')  # a heading with nothing after it is left out on a phone
    label = Markup("<span>{}</span> ").format(column.label)  # bare: there is one in every cell of a stacked table
    return (_NUMBER if column.numeric else _TEXT) + label + _unbroken(cell.text)


def _unbroken(text: str) -> str:
    return _SPAN.sub("–\u2060", text) if "–" in text else text


def _no_rows(empty: str, width: int) -> Markup:
    return Markup('<tr><td class="t" colspan="{}">{}').format(width, empty)


def _notes(notes: Sequence[str], name: str) -> Markup:
    lines = Markup("<br>").join(notes)
    return Markup('\n<p class="note" id="{}-note">{}</p>').format(name, lines) if notes else Markup("")
