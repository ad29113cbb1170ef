"""What was done under the agreements and what it cost: small tables kept by hand, every fault of a file at once."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pandera.pandas import DataFrameSchema

from evaluation.errors import InputError
from evaluation.sources.counts import real_array
from evaluation.sources.dates import DateOrder, parse_dates
from evaluation.sources.gate import read_table
from evaluation.sources.header import Wanted
from evaluation.sources.labels import parse_choice, parse_texts
from evaluation.sources.numbers import Signs, decide_signs, parse_numbers
from evaluation.sources.reading import Reading, check_schema
from evaluation.sources.record import record_of
from evaluation.sources.rows import keep_first
from evaluation.sources.schemas import COSTS, MEASURES
from evaluation.sources.table import Column, RawTable
from evaluation.study.problems import Problem

LONGEST_TEXT = 300
STATUS_WORDS = {
    **{"planned": "planned", "planerad": "planned", "ongoing": "ongoing", "pågående": "ongoing", "pågår": "ongoing"},
    **{"done": "done", "genomförd": "done", "klar": "done", "not_done": "not_done", "not done": "not_done"},
    **{"inte genomförd": "not_done", "ej genomförd": "not_done"},
}
YES_NO = {"yes": "yes", "ja": "yes", "no": "no", "nej": "no"}
REQUIRED: Mapping[str, frozenset[str]] = {
    "measures": frozenset({"id", "agreement", "priority_area", "name", "source"}),
    "costs": frozenset({"agreement", "amount", "currency", "price_year", "includes", "source"}),
}
_SCHEMAS = {"measures": MEASURES, "costs": COSTS}
_LIMITS = {"price_year": (1990.0, 2100.0)}

Values = Sequence[Any]
Parse = Callable[[Column], Values]


class TableFaultsError(InputError):
    """All faults of one small table at once."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        first = problems[0]
        super().__init__(f"{first.file}: {first.key}", found=first.found, expected=first.expected, todo=first.todo)

    def __str__(self) -> str:
        count = len(self.problems)
        heading = f"{count} fault{'s' if count > 1 else ''} in {self.problems[0].file}"
        return "\n".join([heading, *(f"  - {problem}" for problem in self.problems)])

    def __reduce__(self) -> tuple[object, ...]:
        return (TableFaultsError, (self.problems,))


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """A small table as far as it can be read.

    Attributes
    ----------
    table
        Rows and their numbers, exact repetitions set aside.
    frame
        One row per row, columns of the schema; a cell that cannot be read is empty here and stands in `problems`.
    problems
        Every cell that cannot be read in one way only.
    """

    table: RawTable
    frame: pd.DataFrame
    signs: Signs | None
    problems: tuple[Problem, ...]


def read_measures(path: Path, **options: Any) -> Reading:  # noqa: ANN401 - as the study file gives them
    """Return the measures of the agreements: one row per measure, with days (inclusive), dose and source.

    Parameters
    ----------
    path
        CSV or XLSX; the columns of `schemas.MEASURES`, of which id, agreement, priority_area, name and source must be
        there and filled in every row.
    options
        `fields` (our column → their header), `sheet`, `date_order`.

    Raises
    ------
    TableFaultsError
        With every cell that cannot be read in one way only.
    InputError
        The file is no such table.
    """
    return reading_of(examine("measures", path, **options), "measures")


def read_costs(path: Path, **options: Any) -> Reading:  # noqa: ANN401 - as the study file gives them
    """Return what the agreements cost: one row per sum, with its currency, price year and what is included.

    Parameters
    ----------
    path
        CSV or XLSX; the columns of `schemas.COSTS`. Without start and end a sum covers the whole agreement.
    options
        `fields` (our column → their header), `sheet`, `date_order`.

    Raises
    ------
    TableFaultsError
        With every cell that cannot be read in one way only.
    InputError
        The file is no such table.
    """
    return reading_of(examine("costs", path, **options), "costs")


def examine(
    kind: str,
    path: Path,
    *,
    fields: Mapping[str, str] | None = None,
    sheet: str | None = None,
    date_order: DateOrder | None = None,
) -> Examined:
    """Read a table of measures or costs as far as possible, and say every cell that cannot be read.

    Raises
    ------
    InputError
        The file is no table with the needed columns.
    """
    schema = _SCHEMAS[kind]
    names = [name for name in schema.columns if name != "row_number"]
    wanted = Wanted({name: ((fields or {}).get(name, name),) for name in names}, REQUIRED[kind])
    table = read_table(path, wanted, sheet=sheet)
    signs, problems = _signs(table, schema)
    data: dict[str, Any] = {}
    for name in names:
        values, faults = _values(table, name, _parser(schema, kind, name, signs, date_order))
        problems += [problem_of(fault, path.name) for fault in faults]
        data[name] = _array(values, str(schema.columns[name].dtype))
    table, frame = keep_first(table, pd.DataFrame(data))
    frame.insert(0, "row_number", pd.Series(table.numbers, dtype="Int64"))
    return Examined(table, frame, signs, tuple(problems))


def reading_of(examined: Examined, kind: str) -> Reading:
    """Return the reading of a table without faults.

    Raises
    ------
    TableFaultsError
        With every fault.
    """
    if examined.problems:
        raise TableFaultsError(examined.problems)
    frame = check_schema(examined.frame, _SCHEMAS[kind], examined.table.origin.file)
    return Reading(frame, record_of(kind, examined.table, examined.signs))


def problem_of(fault: InputError, file: str) -> Problem:
    """Return a refused cell as a problem of its file; its key is row and column, whatever the sheet is called."""
    _, row, cell = fault.where.partition(", row ")
    return Problem(file, f"row {cell}" if row else "(file)", fault.found, fault.expected, fault.todo)


def _signs(table: RawTable, schema: DataFrameSchema) -> tuple[Signs | None, list[Problem]]:
    reals = [name for name in schema.columns if str(schema.columns[name].dtype) == "Float64" and name in table]
    try:
        return decide_signs([table.column(name) for name in reals]), []
    except InputError as error:
        return None, [problem_of(error, table.origin.file)]


def _parser(schema: DataFrameSchema, kind: str, name: str, signs: Signs | None, order: DateOrder | None) -> Parse:
    """Choose how the cells of a column are read."""
    column = schema.columns[name]
    dtype, required = str(column.dtype), name in REQUIRED[kind]
    if dtype == "Float64":
        return partial(_numbers, signs=signs, limits=_LIMITS.get(name, (0.0, np.inf)), required=required)
    if dtype.startswith("datetime64"):
        return partial(parse_dates, order=order, required=False)
    if name in ("status", "counts_persons"):
        return partial(parse_choice, choices=STATUS_WORDS if name == "status" else YES_NO, default="")
    return partial(_texts, required=required)


def _values(table: RawTable, name: str, parse: Parse) -> tuple[Values, tuple[InputError, ...]]:
    """Read a column; where that fails, each cell alone, so that every fault is found."""
    if name not in table:
        return [None] * len(table.rows), ()
    column = table.column(name)
    try:
        return parse(column), ()
    except InputError as error:
        alone = [_alone(column, parse, at) for at in range(len(column.values))]
        faults = tuple(cell for cell in alone if isinstance(cell, InputError))
        return [None if isinstance(cell, InputError) or not faults else cell for cell in alone], faults or (error,)


def _alone(column: Column, parse: Parse, at: int) -> Any:  # noqa: ANN401 - a value of any column
    try:
        return parse(Column(column.place, column.name, [column.rows[at]], [column.values[at]]))[0]
    except InputError as error:
        return error


def _numbers(column: Column, *, signs: Signs | None, limits: tuple[float, float], required: bool) -> Values:
    if signs is None:  # the file contradicts itself on its decimal sign, which stands among the faults already
        return [None] * len(column.values)
    values = parse_numbers(column, signs, low=limits[0], high=limits[1]).values
    if required and None in values:
        raise column.refuse(values.index(None), "a number", "fill in the cell, or remove the row")
    return values


def _texts(column: Column, *, required: bool) -> Values:
    """Read texts, and refuse what would not be a text on a page: control signs, turned writing, whole essays."""
    values = parse_texts(column, required=required).values
    for at, value in enumerate(values):
        if any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn") for letter in value):
            raise column.refuse(at, "letters, digits and signs", "remove the invisible control characters")
        if len(value) > LONGEST_TEXT:
            todo = "shorten the text"
            raise column.refuse(at, f"at most {LONGEST_TEXT} characters", todo, found=f"{len(value)} characters")
    return values


def _array(values: Values, dtype: str) -> Any:  # noqa: ANN401 - an array of the column's type
    if dtype == "Float64":
        return real_array(values)
    if dtype.startswith("datetime64"):
        return np.array(list(values), dtype="datetime64[us]")
    texts: list[str] = ["" if value is None else str(value) for value in values]
    return pd.array(texts, dtype="str")
