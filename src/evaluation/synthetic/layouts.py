"""How each organisation writes its log: file, encoding, headers, spellings by date, wording of free texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from evaluation.synthetic.persons import contact_lines
from evaluation.synthetic.world import World, read_toml

CONTACTS = 3000
MONTH_KEYS = ("first", "last", "repeat_header")


@dataclass(frozen=True, slots=True)
class Layout:
    """One file of the log.

    Attributes
    ----------
    first, last
        Months of occurrence in the file, inclusive.
    grid
        "sweref_99_tm", "sweref_99_18_00" (northing, easting) or "wgs_84" (latitude, longitude, decimal comma).
    thousands
        Share of rows whose coordinates have no-break spaces.
    repeat_header
        Month before which the header stands once more; None for never.
    total, footer
        Whether the file ends with a row of totals and with its source.
    """

    file: str
    format: str
    encoding: str
    reporters: tuple[str, ...]
    first: np.datetime64
    last: np.datetime64
    grid: str
    clock: str
    yes: str
    no: str
    header: tuple[str, ...]
    thousands: float = 0.0
    repeat_header: np.datetime64 | None = None
    total: bool = False
    footer: bool = True

    def covers(self, month: np.datetime64) -> bool:
        """Say whether occurrences of this month belong into the file."""
        return bool(self.first <= month <= self.last)


@dataclass(frozen=True, slots=True)
class Spelling:
    """One spelling of a category by one reporter, and from when to when it is in use (inclusive)."""

    reporter: str
    category: str
    spelling: str
    sub: tuple[str, ...]
    first: str
    last: str
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """Words of the log.

    Attributes
    ----------
    filled, named
        Share of reports with a free text, and of these with a person in it.
    contacts
        Sentences about made-up people.
    """

    note: str
    footer: str
    total: str
    reporter_names: dict[str, str]
    spellings: tuple[Spelling, ...]
    typing_errors: tuple[str, ...]
    layouts: tuple[Layout, ...]
    workbook: dict[str, Any]
    filled: float
    named: float
    phrases: tuple[str, ...]
    rare_phrases: tuple[str, ...]
    contacts: pa.StringArray

    @property
    def mark(self) -> str:
        """The note as a part of file names."""
        return self.note.lower().replace(" ", "_")


@cache
def vocabulary(seed: int) -> Vocabulary:
    """Return the words of the log; the made-up people depend on the seed."""
    raw = read_toml("vocabulary.toml")
    texts = raw["texts"]
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(2,)))
    return Vocabulary(
        note=raw["note"],
        footer=raw["footer"],
        total=raw["total"],
        reporter_names=raw["reporter_names"],
        spellings=tuple(_spelling(name, row) for name, rows in raw["spellings"].items() for row in rows),
        typing_errors=tuple(raw["typing_errors"]),
        layouts=tuple(_layout(row) for row in raw["layouts"]),
        workbook=raw["workbook"],
        filled=texts["filled"],
        named=texts["named"],
        phrases=tuple(texts["phrases"]),
        rare_phrases=tuple(texts["rare_phrases"]),
        contacts=pa.array(contact_lines(rng, texts["names"], texts["person"], CONTACTS)),
    )


def one_file(words: Vocabulary, world: World, name: str) -> Layout:
    """Return a layout that takes the reports of everyone into one plain cp1252 file, for benchmarks."""
    first = words.layouts[0]
    everyone = tuple(reporter.id for reporter in world.reporters)
    return replace(
        first, file=name, reporters=everyone, last=world.months[-1], repeat_header=None, total=False, footer=False
    )


def as_csv(layout: Layout) -> Layout:
    """Return the layout as a CSV file in UTF-8: a worksheet does not hold millions of rows."""
    return replace(layout, format="csv", encoding="utf-8-sig")


def spelling_table(words: Vocabulary, world: World, month: np.datetime64) -> dict[tuple[int, int], Sequence[Spelling]]:
    """Return the spellings in use in a month by (reporter index, category index)."""
    day = str(month.astype("datetime64[D]"))
    table: dict[tuple[int, int], list[Spelling]] = {}
    for entry in words.spellings:
        if entry.first <= day <= entry.last:
            key = world.reporter_index(entry.reporter), world.category_index(entry.category)
            table.setdefault(key, []).append(entry)
    return {key: tuple(entries) for key, entries in table.items()}


def _spelling(reporter: str, row: dict[str, Any]) -> Spelling:
    first, last = row.get("from", "2015-01-01"), row.get("to", "9999-12-31")
    return Spelling(reporter, row["category"], row["spelling"], tuple(row["sub"]), first, last, row.get("share", 1.0))


def _layout(row: dict[str, Any]) -> Layout:
    months = {key: np.datetime64(row[key], "M") for key in MONTH_KEYS if key in row}
    texts = {key: tuple(row[key]) for key in ("reporters", "header")}
    return Layout(**{**row, **months, **texts})
