"""Numbers as Swedish offices write them: one decimal sign for the whole file, thousands with any kind of space.

A value is never repaired on its own: the columns of a file together decide the decimal sign, and a number that can be
read in two ways (`1.234`) stops the reading unless another number of the file, or the caller, decides.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from evaluation.errors import InputError
from evaluation.sources.reading import Guess
from evaluation.sources.table import Cell, Column, is_empty

DecimalSign = Literal[".", ","]

SPACE = " \u00a0\u202f\u2009\u2007\u2008\u200a"
APOSTROPHE = "'’"
MISSING = frozenset(
    {"..", ".", "-", "–", "—", "−", "U", "u", "XX", "xx", "x", "X", "…", "...", "NA", "N/A", "#N/A", "null"}
)
"""Signs for "no figure": not available, not applicable, nothing to report, uncertain, suppressed."""
MARKS = re.compile(r"[¹²³⁰⁴-⁹*]+$")
NUMBER = re.compile(
    rf"(?P<sign>[+-]?)(?P<whole>[0-9]{{1,3}}(?:[{SPACE}{APOSTROPHE}][0-9]{{3}})+|[0-9]{{1,3}}(?:\.[0-9]{{3}}){{2,}}"
    rf"|[0-9]{{1,3}}(?:,[0-9]{{3}}){{2,}}|[0-9]{{1,3}}[.,][0-9]{{3}}(?=[.,])|[0-9]+)(?:(?P<mark>[.,])(?P<fraction>[0-9]+))?"
)


@dataclass(frozen=True, slots=True)
class Signs:
    """How the numbers of one file are written: decimal sign and thousands sign, None where none was met."""

    decimal: DecimalSign | None
    thousands: str | None
    guesses: tuple[Guess, ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The values of one column in row order, None where the file has a sign for "no figure" (counted in `codes`)."""

    values: list[float | None]
    codes: Counter[str]
    guesses: tuple[Guess, ...] = ()

    def whole(self) -> list[int | None]:
        """Return the values as whole numbers; the column was read with `whole=True`."""
        return [None if value is None else int(value) for value in self.values]


def decide_signs(columns: Iterable[Column], decimal: DecimalSign | None = None) -> Signs:
    """Return the decimal and thousands sign that all numbers of a file agree on.

    Parameters
    ----------
    columns
        Every column that holds numbers.
    decimal
        The sign, where the caller knows it.

    Raises
    ------
    InputError
        If two columns or two values contradict each other, with the value that does.
    """
    decimals: dict[str, tuple[Column, int]] = {}
    thousands: dict[str, tuple[Column, int]] = {}
    for column in columns:
        for at, cell in enumerate(column.values):
            if isinstance(cell, str):
                point, group = _evidence(cell)
                decimals.update({point: (column, at)} if point else {})
                thousands.update({group: (column, at)} if group else {})
    return _agreed(decimals, thousands, decimal)


def _agreed(
    decimals: dict[str, tuple[Column, int]], thousands: dict[str, tuple[Column, int]], decimal: DecimalSign | None
) -> Signs:
    allowed = {decimal} if decimal else set(list(decimals)[:1])
    for sign, (column, at) in [*decimals.items(), *thousands.items()]:
        clash = sign in allowed if sign in thousands and sign in ".," else sign in decimals and sign not in allowed
        if clash or (sign in decimals and sign in thousands):
            raise column.refuse(
                at,
                f"one decimal sign in the whole file, and no other use of it (so far: {' '.join(sorted(decimals))})",
                "write all numbers of the file in one way, or name the decimal sign in the source's options",
            )
    if len(thousands) > 1 and set(thousands) & {".", ","}:
        column, at = list(thousands.values())[-1]
        raise column.refuse(at, "one thousands sign in the whole file", "write all numbers of the file in one way")
    found: DecimalSign | None = decimal or ("." if "." in decimals else "," if decimals else None)
    why = "named by the caller" if decimal else "every number agrees"
    guesses = [Guess("decimal_sign", found, why)] if found else []
    group = next(iter(thousands), None)
    if group:
        guesses.append(Guess("thousands_sign", repr(group), "stands before groups of three digits"))
    return Signs(found, group, tuple(guesses))


def _evidence(text: str) -> tuple[str | None, str | None]:
    """Return the decimal sign and the thousands sign that this value proves, None where it proves none."""
    match = NUMBER.fullmatch(_bare(text))
    if not match:
        return None, None
    whole, mark, fraction = match["whole"], match["mark"], match["fraction"]
    group = next((sign for sign in whole if not sign.isdigit()), None)
    if mark and not group and len(fraction) == 3 and 1 <= len(whole) <= 3 and whole != "0":
        return None, None
    return mark, group


def parse_numbers(
    column: Column, signs: Signs, *, whole: bool = False, low: float = -math.inf, high: float = math.inf
) -> Numbers:
    """Return a column's numbers.

    Parameters
    ----------
    column
        Cells as found; numbers of a workbook are taken as they are.
    signs
        From `decide_signs` over all number columns of the file.
    whole
        Only whole numbers are accepted (`2483.0` is one).
    low, high
        Limits, inclusive.

    Raises
    ------
    InputError
        At the first cell that is no number, or can be read in two ways, or lies outside the limits.
    """
    codes: Counter[str] = Counter()
    values: list[float | None] = []
    for at, cell in enumerate(column.values):
        value = _one(column, at, cell, signs)
        if value is None:
            codes[str(cell).strip() if isinstance(cell, str) else ""] += 1
        elif not low <= value <= high or (whole and value != int(value)):
            raise column.refuse(at, _limits(whole, low, high), "correct the value, or ask the sender what it means")
        values.append(value)
    return Numbers(values, codes, _marks(column))


def _marks(column: Column) -> tuple[Guess, ...]:
    marked = [cell for cell in column.values if isinstance(cell, str) and MARKS.search(cell.strip())]
    why = f"{len(marked)} numbers in column {column.name!r} end with one, first {marked[0]!r}" if marked else ""
    return (Guess("footnote_marks", "taken off", why),) if marked else ()


def try_number(text: str, signs: Signs) -> float | None:
    """Return the number a text stands for, or None if it is none; for values that may be words as well."""
    try:
        return _one(Column("", "", [0], [text]), 0, text, signs)
    except InputError:
        return None


def _limits(whole: bool, low: float, high: float) -> str:
    kind = "a whole number" if whole else "a number"
    return kind + (f" from {low:g}" if low > -math.inf else "") + (f" to {high:g}" if high < math.inf else "")


def _one(column: Column, at: int, cell: Cell, signs: Signs) -> float | None:
    if is_missing(cell):
        return None
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell)
    if isinstance(cell, bool | dt.datetime | dt.date | dt.time | dt.timedelta):
        raise column.refuse(at, "a number", "a spreadsheet has turned the number into a date: restore the column")
    return _from_text(column, at, _bare(str(cell)), signs)


def is_missing(cell: Cell) -> bool:
    """Whether a cell says that there is no figure: empty, or one of the signs in `MISSING`."""
    return is_empty(cell) or (isinstance(cell, str) and _bare(cell) in MISSING) or (cell != cell)


def _bare(text: str) -> str:
    """Return a number without surrounding space and footnote marks, with the ASCII minus."""
    bare = MARKS.sub("", text.strip().strip(SPACE)).rstrip(SPACE)
    return f"-{bare[1:]}" if bare[:1] in "−–" and bare[1:2].isdigit() else bare


def _from_text(column: Column, at: int, bare: str, signs: Signs) -> float:
    match = NUMBER.fullmatch(bare)
    if not match:
        raise column.refuse(at, "a number", "correct the value; signs for a missing figure are .. . - U XX")
    if len(match["whole"]) > 1 and match["whole"].startswith("0"):
        raise column.refuse(at, "a number without leading zeros", "check that this is not the column of a code")
    group = next((sign for sign in match["whole"] if not sign.isdigit()), None)
    digits = "".join(sign for sign in match["whole"] if sign.isdigit())
    if match["mark"] and match["mark"] != signs.decimal:
        if not _thousands_by(match, signs):
            raise column.refuse(
                at,
                "a number that can be read in one way only",
                "say in the source's options whether ',' or '.' is the decimal sign",
            )
        digits, fraction = digits + match["fraction"], ""
    else:
        fraction = match["fraction"] or ""
    if len(digits) > 15:
        raise column.refuse(at, "a number with at most 15 digits", "check that this is not the column of a code")
    if group and group == signs.decimal:
        raise column.refuse(at, "one decimal sign in the number", "correct the value")
    return float(f"{match['sign']}{digits}.{fraction or '0'}")


def _thousands_by(match: re.Match[str], signs: Signs) -> bool:
    """Whether the only mark of a number separates thousands: the file's decimal sign is known to be the other one."""
    return signs.decimal is not None and len(match["fraction"]) == 3 and 1 <= len(match["whole"]) <= 3
