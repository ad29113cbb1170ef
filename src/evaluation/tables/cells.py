"""One cell of a table: the text a reader sees, the value an export carries, and whether either may be shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from evaluation.errors import ParameterError
from evaluation.wording import Wording

Kind = Literal["text", "count", "number", "per_cent", "points", "p", "date", "month", "quarter", "year"]
State = Literal["shown", "hidden", "missing"]
NUMERIC: frozenset[str] = frozenset({"count", "number", "per_cent", "points", "p"})


@dataclass(frozen=True, slots=True)
class Column:
    """How one column of a frame is shown.

    Attributes
    ----------
    key
        Column of the frame.
    label
        Heading, in the reader's language, with the unit where the numbers do not carry it.
    kind
        text, count (whole number), number, per_cent (given in per cent), points (percentage points), p, date, month,
        quarter or year.
    digits
        Decimals of numbers.
    signed
        Whether positive numbers carry a plus.
    """

    key: str
    label: str
    kind: Kind = "text"
    digits: int = 0
    signed: bool = False

    @property
    def numeric(self) -> bool:
        """True where the column is right-aligned."""
        return self.kind in NUMERIC


@dataclass(frozen=True, slots=True)
class Cell:
    """A written cell.

    Attributes
    ----------
    text
        What is printed.
    value
        What CSV and XLSX carry: a number for numeric columns, else the text; None where nothing may be carried.
    state
        shown, hidden (protected: the value was never read) or missing (there is no figure).
    """

    text: str
    value: str | float | None
    state: State = "shown"


def write_cell(value: object, column: Column, wording: Wording) -> Cell:
    """Write one value as its column says; a missing one becomes the sign for missing."""
    if is_missing(value):
        return Cell(wording.style.missing, None, "missing")
    text = _WRITERS[column.kind](value, column, wording)
    return Cell(text, float(value) if column.numeric else text)  # type: ignore[arg-type]


def hidden_cell(wording: Wording) -> Cell:
    """Make the cell that stands for a protected value."""
    return Cell(wording.say("tables.hidden"), None, "hidden")


def is_missing(value: object) -> bool:
    """Tell whether a scalar is None, NaN, NaT or NA; the text "NA" is a text."""
    return value is None or bool(pd.isna(value))  # type: ignore[call-overload]


def _number(value: object, column: Column, wording: Wording) -> str:
    _refuse_text(value, column)
    return wording.number(float(value), column.digits, signed=column.signed)  # type: ignore[arg-type]


def _per_cent(value: object, column: Column, wording: Wording) -> str:
    _refuse_text(value, column)
    return wording.per_cent(float(value), column.digits, signed=column.signed)  # type: ignore[arg-type]


def _p(value: object, column: Column, wording: Wording) -> str:
    _refuse_text(value, column)
    return wording.p_value(float(value)).removeprefix("p\u00a0=\u00a0").removeprefix("p\u00a0")  # type: ignore[arg-type]


def _refuse_text(value: object, column: Column) -> None:
    if isinstance(value, str | bytes):
        raise ParameterError(
            f"column {column.key}",
            found=f"the text {value!r}",
            expected=f"a number, for the column is of kind {column.kind}",
            todo="give the numbers, or make it a column of kind text",
        )


_WRITERS: Mapping[str, Callable[[object, Column, Wording], str]] = {
    "text": lambda value, _, __: str(value),
    "count": _number,
    "number": _number,
    "per_cent": _per_cent,
    "points": _number,
    "p": _p,
    "date": lambda value, _, wording: wording.date(value),
    "month": lambda value, _, wording: wording.month(value),
    "quarter": lambda value, _, wording: wording.quarter(value, short=True),
    "year": lambda value, _, wording: wording.point(value, "year"),
}
