"""Proposing which column is what: by its name in Swedish or English, held against what stands in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from evaluation.onboarding.sheet import Sheet, SheetColumn

Certainty = Literal["sure", "likely", "guess"]


@dataclass(frozen=True, slots=True)
class Hint:
    """How a field is known.

    Attributes
    ----------
    names
        Patterns of the header, searched in it (lower case), the most telling first.
    fits
        Whether the cells can be this field; a column whose cells cannot is never proposed.
    telling
        Whether the cells alone speak for the field, where no header does.
    """

    names: tuple[re.Pattern[str], ...]
    fits: Callable[[SheetColumn], bool]
    telling: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """One field and the column proposed for it.

    Attributes
    ----------
    certainty
        "sure": name and cells agree; "likely": the name, and cells that do not object; "guess": the cells alone.
    """

    field: str
    header: str
    certainty: Certainty
    why: str


def hint(names: str | tuple[str, ...], fits: Callable[[SheetColumn], bool], *, telling: bool = False) -> Hint:
    """Return a hint from the text of its patterns."""
    patterns = (names,) if isinstance(names, str) else names
    return Hint(tuple(map(re.compile, patterns)), fits, telling)


def propose(sheet: Sheet, hints: Mapping[str, Hint], proven: frozenset[str]) -> tuple[Proposal, ...]:
    """Return at most one column per field and one field per column; named columns go before telling cells.

    Parameters
    ----------
    hints
        Field → how it is known, the most telling names first.
    proven
        Fields whose cells prove them (dates, coordinates): with the right name they are sure; others are likely.
    """
    by_name: list[Proposal] = []
    for field, known in hints.items():
        free = [each for each in _free(sheet, by_name) if known.fits(each)]
        named = (each for pattern in known.names for each in free if pattern.search(each.name))
        column = next(named, None)
        if column:
            sure = field in proven or any(pattern.fullmatch(column.name) for pattern in known.names)
            by_name.append(Proposal(field, column.header, "sure" if sure else "likely", "its name and its cells"))
    found = list(by_name)
    for field, known in hints.items():
        if known.telling and field not in {each.field for each in found}:
            column = next((each for each in _free(sheet, found) if known.fits(each)), None)
            found += [Proposal(field, column.header, "guess", "its cells alone")] if column else []
    return tuple(sorted(found, key=lambda each: list(hints).index(each.field)))


def _free(sheet: Sheet, taken: list[Proposal]) -> list[SheetColumn]:
    used = {each.header for each in taken}
    return [column for column in sheet.columns if column.header not in used]


def anything(column: SheetColumn) -> bool:
    """Whether the column is filled at all."""
    return bool(column.texts)


def share_of_numbers(column: SheetColumn) -> float:
    """Return the share of filled cells that are numbers."""
    return len(column.numbers) / len(column.texts) if column.texts else 0.0


def all_within(column: SheetColumn, low: float, high: float) -> bool:
    """Whether nearly all cells are numbers between two limits."""
    inside = sum(low <= number <= high for number in column.numbers)
    return bool(column.texts) and inside >= 0.9 * len(column.texts)
