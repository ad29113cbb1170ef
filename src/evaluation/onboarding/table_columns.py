"""Which column of a table of counts or of population is what, in the words that offices use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evaluation.onboarding.columns import anything, hint, propose, share_of_numbers
from evaluation.onboarding.sheet import Sheet, SheetColumn
from evaluation.sources.points import parse_point
from evaluation.sources.tidy_counts import DEFAULT_FIELDS, STATUS_WORDS

PRELIMINARY = {**STATUS_WORDS, "1": "preliminary", "0": "final", "ja": "preliminary", "nej": "final"}


Options = dict[str, Any]


def _share(column: SheetColumn, fits: Callable[[str], bool]) -> float:
    return sum(map(fits, column.texts)) / len(column.texts) if column.texts else 0.0


def _code(column: SheetColumn) -> bool:
    return _share(column, lambda text: len(text) in (2, 4, 6) and text.isdigit()) > 0.95


def _year(column: SheetColumn) -> bool:
    return _share(column, lambda text: len(text) == 4 and 1900 <= (int(text) if text.isdigit() else 0) <= 2100) > 0.95


def _point(column: SheetColumn) -> bool:
    return _share(column, lambda text: parse_point(text) is not None) > 0.95


def _within(last: int) -> Callable[[SheetColumn], bool]:
    return lambda column: _share(column, lambda text: text.isdigit() and 1 <= int(text) <= last) > 0.95


def _words(column: SheetColumn) -> bool:
    return share_of_numbers(column) < 0.5 and not _point(column)


def _kinds(column: SheetColumn) -> bool:
    return bool(column.texts) and not _point(column) and (column.repeats > 1.5 or len(column.texts) < 20)


def _status(column: SheetColumn) -> bool:
    return bool(column.texts) and all(text.casefold() in PRELIMINARY for text in column.distinct)


def _mostly_numbers(column: SheetColumn) -> bool:
    return share_of_numbers(column) > 0.5


COUNTS = {
    "status": hint(r"status|prel", _status),
    "rate": hint(r"per\s?100|/100|per_100k", _mostly_numbers),
    "count": hint(r"^antal|^count|^anmälda|^number|^n$", _mostly_numbers),
    "area_code": hint(r"kod|code|kommun|region|area|område", _code),
    "area": hint(r"kommun|region|area|område|stadsdel|^ort$", _words),
    "year": hint(r"^år$|^year$", _year),
    "quarter": hint(r"kvartal|quarter", _within(4)),
    "month": hint(r"månad|month", _within(12)),
    "period": hint(r"period|månad|kvartal|tid|datum|date|month|quarter|^år$|year", _point),
    "offence_type": hint(r"brott|offence|^key$|kategori|category|^typ|type|indikator", _kinds),
}
POPULATION = {
    "mean_population": hint(r"folkm|befolkning|population|invånare|antal", lambda column: bool(column.numbers)),
    "area_code": COUNTS["area_code"],
    "area": COUNTS["area"],
    "year": hint(r"^år$|year|period|tid", _year),
}
PROVEN = frozenset({"area_code", "year", "period", "status", "quarter", "month"})


def propose_counts(sheet: Sheet) -> Options | None:
    """Return the column map of a table of counts, or nothing if a count or a point of time is missing.

    Further options are the words for preliminary figures. A table with a column for the year and one for the month or
    quarter is read by both; `period` only where it alone says the point.
    """
    found = {each.field: each.header for each in propose(sheet, COUNTS, PROVEN)}
    if "year" in found:
        found.pop("period", None)
    if "count" not in found or not {"period", "year"} & set(found):
        return None
    options: Options = {"fields": {ours: theirs for ours, theirs in found.items() if _named(ours, theirs)}}
    status = sheet.column(found["status"]) if "status" in found else None
    words = {text: PRELIMINARY[text.casefold()] for text in sorted(status.distinct)} if status else {}
    strange = {text for text in words if text.casefold() not in STATUS_WORDS}
    return _filled(options) | ({"status_words": words} if strange else {})


def propose_population(sheet: Sheet) -> Options | None:
    """Return the column map of a table of population by area and year, or nothing if a column is missing."""
    found = {each.field: each.header for each in propose(sheet, POPULATION, PROVEN)}
    if not {"mean_population", "area_code", "year"} <= set(found) or not anything(sheet.columns[0]):
        return None
    return _filled({"fields": {ours: theirs for ours, theirs in found.items() if ours != theirs}})


def _filled(options: Options) -> Options:
    return {name: value for name, value in options.items() if value}


def _named(ours: str, theirs: str) -> bool:
    return DEFAULT_FIELDS[ours] != theirs
