"""Delimited text to rows of cells: line ends, quotes and the delimiter, without repairing anything."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import TYPE_CHECKING

from evaluation.errors import InputError
from evaluation.sources.decoding import decode
from evaluation.sources.reading import Guess, Origin
from evaluation.sources.table import Grid

if TYPE_CHECKING:
    from collections.abc import Callable

    from evaluation.sources.intake import Intake
    from evaluation.sources.table import Cells

DELIMITERS = (";", "\t", ",", "|")
SEP_LINE = re.compile("sep=(.)\r?\n", re.IGNORECASE)
NAMES = {";": "semicolon", "\t": "tab", ",": "comma", "|": "vertical bar"}
LINE_BREAK = re.compile("\r\n|\r|\n")

Rows = tuple["Cells", ...]


def grid_of_text(intake: Intake, is_header: Callable[[Rows], bool] | None = None) -> Grid:
    """Return the rows of a delimited text file.

    The delimiter is the one under which the reader recognises its header; without a header to look for, the one that
    gives the most rows of one length above 1.

    Parameters
    ----------
    intake
        Bytes of the file.
    is_header
        Whether these rows contain the header that the reader looks for.

    Raises
    ------
    InputError
        If the encoding, the quotes or the delimiter cannot be settled.
    """
    decoded = decode(intake)
    place = f"file {intake.file}"
    text, named = _without_sep_line(decoded.text)
    delimiter, why = (named, "named in the first line") if named else _delimiter(place, text, is_header)
    name = NAMES.get(delimiter, delimiter)
    origin = Origin(intake.file, len(intake.data), intake.sha256, None, decoded.encoding, decoded.how, name)
    rows = (("",),) * bool(named) + _without_cut_cell(text, delimiter, records(place, text, delimiter))
    return Grid(place, rows, origin, (Guess("delimiter", name, why), *line_guess(text)), text)


def records(place: str, text: str, delimiter: str) -> Rows:
    """Return every record, blank lines as empty records, cells as they stand.

    Raises
    ------
    InputError
        If a quote opens and does not close, or closes in the middle of a cell, or swallows whole records.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Cells] = []
    try:
        rows.extend(tuple(record) for record in reader)
    except csv.Error as error:
        raise InputError(
            f"{place}, row {len(rows) + 1}",
            found=f"a cell that cannot be read ({error})",
            expected='quotes in pairs; a quote inside a quoted cell written twice ("")',
            todo="correct the quote in or shortly above this row, or export the file again",
        ) from error
    if '"' in text:
        _refuse_swallowed(place, rows, delimiter)
    return tuple(rows)


def _without_cut_cell(text: str, delimiter: str, rows: Rows) -> Rows:
    """Return the rows, the last one without its empty last cell if the file was cut off there.

    The row is then too short, and treated as such.
    """
    return (*rows[:-1], rows[-1][:-1]) if is_cut_off(text, delimiter, rows[:-1]) else rows


def is_cut_off(text: str, delimiter: str, others: Rows) -> bool:
    """Whether a text ends behind a delimiter, in the middle of a row, while most other rows end with a filled cell.

    Where lines end with a line feed, a carriage return at the very end is half a line end, or was added later: it does
    not show that the row before it is whole.
    """
    end = text.removesuffix("\r") if "\n" in text else text
    filled = [row for row in others if row]
    return end.endswith(delimiter) and sum(not row[-1] for row in filled) < 0.6 * len(filled)


def _refuse_swallowed(place: str, rows: list[Cells], delimiter: str) -> None:
    """Refuse a quoted cell that holds what looks like whole records of the same table."""
    usual = Counter(map(len, rows)).most_common(1)[0][0]
    for number, row in enumerate(rows, start=1):
        broken = [str(cell) for cell in row if LINE_BREAK.search(str(cell)) and delimiter in str(cell)]
        if broken and (len(row) != usual or any(holds_rows(cell, delimiter, usual) for cell in broken)):
            raise swallowed(place, number)


def holds_rows(cell: str, delimiter: str, width: int) -> bool:
    """Whether a cell with line breaks has nearly as many delimiters as a row of the table.

    A quote that opens in one row and closes in the next leaves a record of the right length only if it swallows as many
    delimiters as a row has; one fewer is allowed for, because a cell may be missing too.
    """
    return cell.count(delimiter) >= max(2, width - 2)


def swallowed(place: str, number: int) -> InputError:
    """Return the error for a quote that opened too early."""
    return InputError(
        f"{place}, row {number}",
        found="a quoted cell that holds line breaks and what looks like parts of other rows",
        expected="one row per record",
        todo="look for a quote that opens too early in this row",
    )


def _without_sep_line(text: str) -> tuple[str, str | None]:
    match = SEP_LINE.match(text)
    return (text[match.end() :], match[1]) if match else (text, None)


def line_guess(text: str) -> tuple[Guess, ...]:
    """Return the note on a text without a line end behind its last row."""
    end = text.rstrip("\r") if "\n" in text else text
    if end and end[-1] not in "\r\n":
        return (Guess("last_line", "kept", "the last line has no line end: the file may have been cut off"),)
    return ()


def _delimiter(place: str, text: str, is_header: Callable[[Rows], bool] | None) -> tuple[str, str]:
    head = text[: 2**16]
    cut = head if len(head) == len(text) else head[: head.rfind("\n") + 1]
    found = [delimiter for delimiter in DELIMITERS if delimiter in cut]
    if is_header:
        named = [delimiter for delimiter in found if is_header(_loose_records(cut, delimiter))]
        if len(named) == 1:
            return named[0], "the expected column names stand apart with it"
    return _most_regular(place, cut, found)


def _loose_records(text: str, delimiter: str) -> Rows:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return tuple(tuple(record) for record, _ in zip(reader, range(40), strict=False))
    except csv.Error:
        return ()


def _most_regular(place: str, text: str, found: list[str]) -> tuple[str, str]:
    """Return the delimiter under which most rows have the same number of cells, at least two."""
    score = {delimiter: _regularity(_loose_records(text, delimiter)) for delimiter in found}
    best = sorted(score, key=lambda delimiter: score[delimiter], reverse=True)
    if not best or score[best[0]] == (0.0, 0):
        return ";", "no delimiter was found: one column"
    if len(best) > 1 and score[best[0]] == score[best[1]]:
        raise InputError(
            place,
            found=f"rows that {NAMES[best[0]]} and {NAMES[best[1]]} cut equally well",
            expected="one delimiter",
            todo="save the file with semicolons between the columns",
        )
    return best[0], "most rows have the same number of cells with it"


def _regularity(rows: Rows) -> tuple[float, int]:
    lengths = Counter(len(row) for row in rows if row)
    wide = [(number, length) for length, number in lengths.items() if length > 1]
    if not wide:
        return (0.0, 0)
    number, length = max(wide)
    return (round(number / sum(lengths.values()), 1), length)
