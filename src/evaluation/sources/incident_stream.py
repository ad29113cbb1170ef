"""Large incident logs in record batches: Arrow behind the same gate, memory bounded by the batch.

The file is looked through once (checksum, encoding, control characters, quotes) and then parsed once. What the common
gate refuses is refused here; what it sets aside is set aside here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from numpy.typing import NDArray

from evaluation.errors import InputError
from evaluation.sources.byte_stream import Looked, Transcoded, head_of, look_through, stands_in
from evaluation.sources.dates import DateOrder
from evaluation.sources.delimited import grid_of_text, holds_rows, is_cut_off, line_guess, swallowed
from evaluation.sources.header import Header, Wanted, find_header, has_header, missing_header, refuse_double_names
from evaluation.sources.incident_frame import IncidentFrame, checked, incident_frame, slipped_rows, wanted_columns
from evaluation.sources.incident_schema import TIME_FLAGS, IncidentColumns
from evaluation.sources.reading import Guess, Origin, Reading, ReadingRecord, SetAside, set_aside_frame
from evaluation.sources.row_rules import Shape, rule_of, shape_of, with_quotes
from evaluation.sources.table import row_text

DELIMITER = {"semicolon": ";", "tab": "\t", "comma": ",", "vertical bar": "|"}
BLOCK = 2**20


@dataclass(frozen=True, slots=True)
class Layout:
    """How the large file is laid out: found from its first rows, held against every row."""

    path: Path
    origin: Origin
    header: Header
    shape: Shape
    decomposed: bool
    has_quotes: bool
    is_cut: bool
    guesses: tuple[Guess, ...]

    @property
    def place(self) -> str:
        """The beginning of every message."""
        return f"file {self.origin.file}"

    @property
    def skipped(self) -> int:
        """Rows above the first data row."""
        return self.header.first + self.header.rows


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One parsed part of the file: columns as text, the row number of each row, and rows of another length."""

    table: pa.Table
    numbers: NDArray[np.int64]
    aside: tuple[SetAside, ...]


def stream(path: Path, columns: IncidentColumns, rows: int | None) -> Iterator[Reading]:
    """Yield readings of at most `rows` rows each, or a single one for the whole file.

    Raises
    ------
    InputError
        As `incident_log.read`.
    """
    wanted = wanted_columns(columns)
    looked = look_through(path)
    layout = _layout(path, looked, wanted)
    orders: dict[str, DateOrder | None] = {}
    for part in _parts(layout, looked, rows):
        reading, orders = _reading(layout, part, columns, orders)
        yield reading


def _layout(path: Path, looked: Looked, wanted: Wanted) -> Layout:
    grid = grid_of_text(head_of(path, looked), lambda rows: has_header(rows, wanted))
    header = find_header(grid.rows, wanted)
    if header is None:
        raise missing_header(grid, wanted)
    refuse_double_names(grid.place, header)
    shape = shape_of(header, grid.rows[header.first + header.rows :])
    shape = with_quotes(shape, header, wanted, lambda written: stands_in(path, looked, written))
    origin = replace(
        grid.origin,
        bytes=looked.bytes,
        sha256=looked.sha256,
        encoding=looked.encoding,
        encoding_how=looked.how,
        header_rows=tuple(range(header.first + 1, header.first + header.rows + 1)),
    )
    end = f"\n{looked.end}"
    delimiter = DELIMITER.get(origin.delimiter or "", origin.delimiter or ";")
    is_cut = is_cut_off(end, delimiter, grid.rows)
    guesses = grid.guesses + line_guess(end)
    return Layout(path, origin, header, shape, looked.decomposed, looked.has_quotes, is_cut, guesses)


def _parts(layout: Layout, looked: Looked, rows: int | None) -> Iterator[Part]:
    """Yield parts of at most `rows` rows; the parser runs ahead by one block of 1 MB only."""
    odd: list[pa_csv.InvalidRow] = []
    parser = _parser(layout, looked, odd)
    held: list[pa.RecordBatch] = []
    kept = done = 0
    for batch in chain(parser, [None]):
        if batch is not None:
            held.append(batch)
        while held and (batch is None or (rows and sum(map(len, held)) > rows)):
            table = pa.Table.from_batches(held)
            head, held = table.slice(0, rows), table.slice(rows).to_batches() if rows else []
            part = _part(layout, head.combine_chunks(), kept, odd[done:], done, last=batch is None and not held)
            kept, done = kept + len(head), done + len(part.aside)
            yield part
    if done < len(odd) or not kept:
        nothing = pa.table({f"c{at}": pa.array([], pa.string()) for at in range(layout.shape.length)})
        yield _part(layout, nothing, kept, odd[done:], done, last=True)


def _parser(layout: Layout, looked: Looked, odd: list[pa_csv.InvalidRow]) -> Iterator[pa.RecordBatch]:
    names = [f"c{at}" for at in range(layout.shape.length)]

    def put_aside(row: pa_csv.InvalidRow) -> str:
        odd.append(row)
        return "skip"

    try:
        yield from pa_csv.open_csv(
            pa.PythonFile(Transcoded(layout.path, looked)),
            read_options=pa_csv.ReadOptions(
                block_size=BLOCK, use_threads=False, skip_rows=layout.skipped, column_names=names
            ),
            parse_options=pa_csv.ParseOptions(
                delimiter=DELIMITER.get(layout.origin.delimiter or "", layout.origin.delimiter),
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=put_aside,
            ),
            convert_options=pa_csv.ConvertOptions(
                check_utf8=False,
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=False,
                null_values=[],
            ),
        )
    except pa.ArrowInvalid as error:
        raise InputError(
            layout.place,
            found=f"rows that cannot be told apart ({error})",
            expected="quotes in pairs, and cells shorter than 1 MB",
            todo="look for a quote that opens and does not close",
        ) from error


def _part(layout: Layout, table: pa.Table, kept: int, odd: list[pa_csv.InvalidRow], done: int, *, last: bool) -> Part:
    """Return the part with absolute row numbers; the rows of another length that stand before its end go with it.

    Parameters
    ----------
    kept, done
        Rows of the right length, and of another, in the parts before.
    odd
        Rows of another length that no earlier part has taken.
    """
    places = np.array([row.number for row in odd], dtype=np.int64)
    before = places - layout.skipped - 1 - done - np.arange(len(places))
    index = kept + np.arange(len(table), dtype=np.int64)
    numbers = index + layout.skipped + 1 + done + np.searchsorted(before, index, side="right")
    end = int(numbers[-1]) if len(numbers) else 0
    mine = [_odd_row(layout, row) for row in odd if last or row.number < end]
    part = Part(table, numbers, tuple(_as_footer(row) if last and row.row_number > end else row for row in mine))
    return _without_cut_row(layout, part) if last and layout.is_cut else part


def _without_cut_row(layout: Layout, part: Part) -> Part:
    """Return the last part without its last row, which the file ends in the middle of (see `delimited`)."""
    end = int(part.numbers[-1]) if len(part.numbers) else 0
    if not end or any(row.row_number > end for row in part.aside):
        return part  # the row that was cut off has another length and stands aside already
    cells = tuple(part.table.column(at)[-1].as_py() for at in range(part.table.num_columns - 1))
    row = SetAside(end, rule_of(cells, layout.shape) or "too_few_fields", "", row_text(cells))
    return Part(part.table.slice(0, len(part.table) - 1), part.numbers[:-1], (*part.aside, row))


def _as_footer(row: SetAside) -> SetAside:
    return replace(row, rule="footer") if row.rule == "note_row" else row


def _odd_row(layout: Layout, row: pa_csv.InvalidRow) -> SetAside:
    delimiter = DELIMITER.get(layout.origin.delimiter or "", ";")
    cells = tuple(row.text.split(delimiter))
    if '"' in row.text and "\n" in row.text:
        raise swallowed(layout.place, row.number)
    rule = "too_many_fields" if row.actual_columns > layout.shape.length else rule_of(cells, layout.shape)
    return SetAside(row.number, rule or "too_few_fields", "", row_text(cells))


def _reading(
    layout: Layout, part: Part, columns: IncidentColumns, orders: dict[str, DateOrder | None]
) -> tuple[Reading, dict[str, DateOrder | None]]:
    if layout.has_quotes:
        _refuse_swallowed(layout, part)
    texts = {name: _chunk(part.table, at) for name, at in layout.header.columns.items()}
    incidents = incident_frame(
        layout.place, texts, part.numbers, layout.origin.file, columns, orders, compose=layout.decomposed
    )
    checked(incidents, layout.origin.file)
    incidents, aside = _without_odd(layout, part, incidents)
    record = ReadingRecord(
        source="incident_log",
        origin=replace(layout.origin, footer_rows=tuple(row.row_number for row in aside if row.rule == "footer")),
        rows_read=len(part.table) + len(part.aside),
        rows_kept=len(incidents.frame),
        set_aside=set_aside_frame(aside),
        guesses=layout.guesses + incidents.guesses,
        unknown_codes={field: dict(sorted(counts.items())) for field, counts in incidents.unknown.items()},
    )
    return Reading(incidents.frame, record), {**orders, **incidents.orders}


def _chunk(table: pa.Table, at: int) -> pa.Array:
    column = table.column(at)
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks or [pa.array([], pa.string())])


def _without_odd(layout: Layout, part: Part, incidents: IncidentFrame) -> tuple[IncidentFrame, list[SetAside]]:
    """Return the frame without blanks, repeated headers, notes and totals, found among rows without a readable time."""
    flags = incidents.frame["occurred_from_time"].cat.codes.to_numpy()
    slipped = set(np.flatnonzero(slipped_rows(incidents.frame)).tolist())
    named = len(layout.shape.names)
    suspects = set(np.flatnonzero(flags >= TIME_FLAGS.index("missing")).tolist())
    suspects |= _overfull(part.table, named)
    suspects |= _with_stray_quote(part.table, layout.shape) if layout.has_quotes else set()
    aside = list(part.aside)
    gone = []
    for at, cells in zip(sorted(suspects), _cells(part.table, sorted(suspects)), strict=True):
        rule = rule_of(cells, layout.shape) or ("slipped_row" if at in slipped else None)
        if rule:
            gone.append(at)
            aside.append(SetAside(int(part.numbers[at]), rule, "", row_text(cells)))
    if not gone:
        return incidents, aside
    frame = incidents.frame.drop(index=gone).reset_index(drop=True)
    return replace(incidents, frame=frame), aside


def _cells(table: pa.Table, rows: list[int]) -> list[tuple[str, ...]]:
    """Return the cells of some rows."""
    picked = table.take(pa.array(rows, pa.int64()))
    return list(zip(*(column.to_pylist() for column in picked.columns), strict=True))


def _overfull(table: pa.Table, named: int) -> set[int]:
    """Return rows with something in the columns beyond the header."""
    found: set[int] = set()
    for at in range(named, table.num_columns):
        filled = pc.not_equal(_chunk(table, at), "").to_numpy(zero_copy_only=False)
        found |= set(np.flatnonzero(filled).tolist())
    return found


def _with_stray_quote(table: pa.Table, shape: Shape) -> set[int]:
    """Return rows with an odd number of quotes in a cell in which a lone quote may be a fault."""
    found: set[int] = set()
    for at in shape.quoted:
        quotes = pc.count_substring(_chunk(table, at), '"').to_numpy(zero_copy_only=False)
        found |= set(np.flatnonzero(quotes % 2).tolist())
    return found


def _refuse_swallowed(layout: Layout, part: Part) -> None:
    """Refuse a cell with line breaks and what looks like whole rows of the table (see `delimited`)."""
    delimiter = DELIMITER.get(layout.origin.delimiter or "", ";")
    for at in range(part.table.num_columns):
        column = _chunk(part.table, at)
        broken = pc.match_substring(column, "\n")
        if not pc.any(broken).as_py():
            continue
        for place in np.flatnonzero(broken.to_numpy(zero_copy_only=False)):
            if holds_rows(column[int(place)].as_py(), delimiter, layout.shape.length):
                raise swallowed(layout.place, int(part.numbers[place]))
