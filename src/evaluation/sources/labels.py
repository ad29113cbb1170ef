"""Texts, names and codes: composed letters, no stray space, leading zeros kept, areas may be called NA."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from evaluation.sources.reading import Guess
from evaluation.sources.table import Cell, Column

INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")
SPACES = re.compile(r"[\s\u00a0\u202f\u2007\u2009]+")
SUPERSCRIPT = re.compile(r"\s*(?:[¹²³⁰⁴-⁹*]+\)?|(?<=\S)\s*[0-9]\))$")
EXCEL_TEXT = re.compile(r'="(.*)"')


@dataclass(frozen=True, slots=True)
class Texts:
    """A column's texts in row order, and what had to be decided about them."""

    values: list[str]
    guesses: tuple[Guess, ...]


def clean_text(cell: Cell) -> str:
    """Return a cell as text: NFC letters, single spaces, nothing invisible; whole numbers without a decimal part."""
    if cell is None:
        return ""
    if isinstance(cell, str) and cell.isascii():
        return cell.strip() if "  " not in cell and "\n" not in cell else " ".join(cell.split())
    if isinstance(cell, float) and cell == int(cell):
        return str(int(cell))
    return SPACES.sub(" ", INVISIBLE.sub("", unicodedata.normalize("NFC", str(cell)))).strip()


def parse_texts(column: Column, *, required: bool = True, footnotes: bool = False) -> Texts:
    """Return a column as text.

    Parameters
    ----------
    column
        Cells as found.
    required
        An empty cell stops the reading.
    footnotes
        Footnote marks glued to the end of a name (`§)1`, `Ale¹`, `Ale 1)`, `Ale*`) are taken off, on record.

    Raises
    ------
    InputError
        At the first empty cell of a required column.
    """
    values = [clean_text(cell) for cell in column.values]
    if required and "" in values:
        raise column.refuse(values.index(""), "a text", "fill in the cell, or remove the row if it is no data row")
    if not footnotes:
        return Texts(values, ())
    bare = [SUPERSCRIPT.sub("", value) for value in values]
    marked = sorted({value for value, without in zip(values, bare, strict=True) if value != without})
    guess = (Guess("footnote_marks", ", ".join(marked[:5]), f"taken off names in column {column.name!r}"),)
    return Texts(bare, guess if marked else ())


def parse_codes(column: Column) -> Texts:
    """Return a column of area codes as text, leading zeros kept.

    Raises
    ------
    InputError
        If a code is empty, has a fraction, or has lost its leading zero (an odd number of digits: `114` for `0114`).
    """
    values = [_code(cell) for cell in column.values]
    for at, value in enumerate(values):
        if not value or " " in value or not value.isascii():
            raise column.refuse(at, "a code without spaces", "fill in the code of the area")
        if not value.isalnum() and not value.replace("_", "").replace("-", "").isalnum():
            raise column.refuse(at, "a code of letters and digits", "a code has no decimals and no signs")
        if value.isdigit() and len(value) % 2:
            todo = "store codes as text; a spreadsheet has probably removed the leading zero (0114 became 114)"
            raise column.refuse(at, "an area code with 2, 4 or 6 digits", todo)
    numeric = any(not isinstance(cell, str) for cell in column.values)
    why = "no code is shorter than its kind, so no leading zero was lost"
    return Texts(values, (Guess("codes_stored_as_numbers", column.name, why),) if numeric else ())


def _code(cell: Cell) -> str:
    text = clean_text(cell)
    match = EXCEL_TEXT.fullmatch(text)
    return (match[1] if match else text).removeprefix("'")


def parse_choice(column: Column, choices: Mapping[str, str], *, default: str | None = None) -> list[str]:
    """Return a column of fixed words, translated by `choices` (compared without regard to case).

    Raises
    ------
    InputError
        At the first word that is not among the choices.
    """
    known = {key.casefold(): value for key, value in choices.items()}
    result = []
    for at, cell in enumerate(column.values):
        text = clean_text(cell).casefold()
        if text not in known and not (default is not None and not text):
            raise column.refuse(at, f"one of {sorted(choices)}", "correct the word, or add it to the source's options")
        result.append(known.get(text, default or ""))
    return result
