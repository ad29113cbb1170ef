"""HTML of a table: every text passes through markupsafe, so no value can become markup."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from evaluation.tables.cells import Cell, Column

_FRAME = Markup(
    '<div class="scroll" role="group" tabindex="0" aria-labelledby="{name}-caption">\n'
    '<table id="{name}"{described}>\n<caption id="{name}-caption">{caption}</caption>\n'
    "<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n</div>{notes}"
)
_TEXT = Markup(
    ' class="t"'
)  # numbers are right-aligned by default: most cells then need no class, and pages stay small


def table_html(
    caption: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    notes: Sequence[str],
    empty: str,
    name: str,
) -> Markup:
    """Write a table that scrolls inside itself on a narrow page, reachable by keyboard, and its notes."""
    return _FRAME.format(
        name=name,
        caption=caption,
        described=Markup(' aria-describedby="{}-note"').format(name) if notes else "",
        head=Markup("").join(_heading(column) for column in columns),
        body=Markup("\n").join(_row(row, columns) for row in rows) if rows else _no_rows(empty, len(columns)),
        notes=_notes(notes, name),
    )


def _heading(column: Column) -> Markup:
    return Markup('<th scope="col"{}>{}</th>').format(Markup(' class="n"') if column.numeric else "", column.label)


def _row(row: Sequence[Cell], columns: Sequence[Column]) -> Markup:
    # HTML lets the end tags of cells and rows be left out; in tables of a thousand cells that is a third of the bytes
    first, *others = zip(row, columns, strict=True)
    cells = Markup("").join(_cell(cell, column) for cell, column in others)
    return Markup('<tr><th scope="row">{}{}').format(first[0].text, cells)


def _cell(cell: Cell, column: Column) -> Markup:
    return Markup("<td{}>{}").format("" if column.numeric else _TEXT, cell.text)


def _no_rows(empty: str, width: int) -> Markup:
    return Markup('<tr><td class="t" colspan="{}">{}</td></tr>').format(width, empty)


def _notes(notes: Sequence[str], name: str) -> Markup:
    lines = Markup("<br>").join(notes)
    return Markup('\n<p class="note" id="{}-note">{}</p>').format(name, lines) if notes else Markup("")
