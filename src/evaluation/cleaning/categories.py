"""What reporters call things, mapped to the offence types of the evaluation by a reviewed table with dates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.cleaning.arrow_text import decode, encode
from evaluation.cleaning.ledger import Cleaned, Mask, flag
from evaluation.errors import InputError

MAP_COLUMNS = ("spelling", "valid_from", "valid_to", "category")


@dataclass(frozen=True, slots=True)
class CategoryEntry:
    """What one spelling means for a while.

    Attributes
    ----------
    spelling
        The word in the file, to the letter.
    valid_from, valid_to
        Inclusive; open ends are the first and last date there is.
    category
        Offence type of the evaluation; "" for what is deliberately none.
    reporter
        Who writes so; "" for everybody.
    breaks
        True where the category holds something else from `valid_from` on (a code split that nothing bridges).
    """

    spelling: str
    valid_from: date
    valid_to: date
    category: str
    reporter: str = ""
    breaks: bool = False

    @property
    def always(self) -> bool:
        """Whether the entry knows no dates."""
        return self.valid_from == date.min and self.valid_to == date.max

    def holds_on(self, days: NDArray[np.datetime64]) -> Mask:
        """Say on which of the days the entry is valid, shape (n,)."""
        return np.asarray((days >= np.datetime64(self.valid_from)) & (days <= np.datetime64(self.valid_to)))


@dataclass(frozen=True, slots=True)
class CategoryMap:
    """A checked category map: no spelling of a reporter means two things on one day."""

    entries: tuple[CategoryEntry, ...]


def read_category_map(table: pd.DataFrame) -> CategoryMap:
    """Check the text table of a `category_map.csv`.

    Parameters
    ----------
    table
        Text columns spelling, valid_from, valid_to (`YYYY-MM-DD`, empty = open, inclusive), category; optional reporter
        (empty = everybody) and break (`yes` where a code split cannot be bridged).

    Raises
    ------
    InputError
        A column is missing, a date is none, or one spelling means two categories on the same day.
    """
    missing = [column for column in MAP_COLUMNS if column not in table.columns]
    if missing:
        raise InputError(
            "category map",
            found=f"columns {', '.join(table.columns)}",
            expected=f"columns {', '.join(MAP_COLUMNS)}, and if needed reporter and break",
            todo=f"add {', '.join(missing)}",
        )
    texts = table.fillna("").astype("str")
    entries = tuple(_entry(row, at) for at, row in enumerate(texts.to_dict("records"), start=1))
    _check_overlaps(entries)
    return CategoryMap(entries)


def _entry(row: Mapping[Hashable, object], number: int) -> CategoryEntry:
    cells = {str(name): str(cell).strip() for name, cell in row.items()}
    return CategoryEntry(
        cells["spelling"],
        _day(cells["valid_from"], date.min, f"category map, entry {number}, valid_from"),
        _day(cells["valid_to"], date.max, f"category map, entry {number}, valid_to"),
        cells["category"],
        cells.get("reporter", ""),
        cells.get("break", "") == "yes",
    )


def _day(text: str, when_empty: date, where: str) -> date:
    try:
        return date.fromisoformat(text) if text else when_empty
    except ValueError:
        raise InputError(
            where, found=repr(text), expected="a date like 2021-12-31, or nothing", todo="correct the date"
        ) from None


def _check_overlaps(entries: tuple[CategoryEntry, ...]) -> None:
    last: dict[tuple[str, str], date] = {}
    for entry in sorted(entries, key=lambda one: one.valid_from):
        key = (entry.reporter, entry.spelling)
        if key in last and entry.valid_from <= last[key]:
            raise InputError(
                f"category map, spelling {entry.spelling!r}"
                + (f", reporter {entry.reporter!r}" if entry.reporter else ""),
                found=f"two entries valid on {entry.valid_from}",
                expected="one category per spelling and day",
                todo="set valid_to of the earlier entry to the day before",
            )
        last[key] = entry.valid_to


def map_categories(frame: pd.DataFrame, category_map: CategoryMap) -> Cleaned:
    """Add `offence_type`: the map's category of the spelling on the day of the incident; "" where the map has none.

    The reporter's own word stays in `category`. An entry for the reporter goes before one for everybody. Rows without
    an entry are flagged "category_not_in_map".
    """
    spelling, reporter = encode(frame["category"]), encode(frame["reporter"])
    pair = spelling.codes * len(reporter.values) + reporter.codes
    names = sorted({"", *(entry.category for entry in category_map.entries)})
    meaning, dated = _meanings(category_map, spelling.values, reporter.values, names)
    mapped = meaning[pair]
    day = frame["occurred_from"].to_numpy()
    found = mapped >= 0
    for number, entries in dated:
        rows = np.flatnonzero(pair == number)
        for entry in entries:
            valid = rows[entry.holds_on(day[rows].astype("datetime64[D]"))]
            mapped[valid], found[valid] = names.index(entry.category), True
    added = frame.assign(offence_type=decode(np.maximum(mapped, 0), names, frame.index))
    return flag(added, ~found, rule="category_not_in_map", column="category")


def _meanings(
    category_map: CategoryMap, spellings: list[str], reporters: list[str], names: list[str]
) -> tuple[NDArray[np.int64], list[tuple[int, list[CategoryEntry]]]]:
    """Place of the category of every pair of spelling and reporter (−1: none always), and the pairs with dates."""
    meaning = np.full(len(spellings) * len(reporters), -1, dtype=np.int64)
    dated = []
    by_spelling = _by_spelling(category_map)
    for number in range(meaning.size):
        word, who = spellings[number // len(reporters)], reporters[number % len(reporters)]
        entries = sorted((one for one in by_spelling[word] if one.reporter in ("", who)), key=lambda one: one.reporter)
        if entries and entries[-1].always:
            meaning[number] = names.index(entries[-1].category)
        elif entries:
            dated.append((number, entries))
    return meaning, dated


def _by_spelling(category_map: CategoryMap) -> dict[str, list[CategoryEntry]]:
    entries: dict[str, list[CategoryEntry]] = defaultdict(list)
    for entry in category_map.entries:
        entries[entry.spelling].append(entry)
    return entries


def category_coverage(frame: pd.DataFrame, category_map: CategoryMap) -> pd.DataFrame:
    """List spellings that the map lacks and entries that no incident used (reporter, spelling, rows, status).

    Parameters
    ----------
    frame
        Incidents after `map_categories`.
    """
    lacking = frame[frame["offence_type"].eq("")]
    counted = lacking.groupby(["reporter", "category"], observed=True).size()
    rows = [(str(key[0]), str(key[1]), int(n), "missing") for key, n in counted.items() if isinstance(key, tuple)]
    rows += [(one.reporter, one.spelling, 0, "unused") for one in category_map.entries if not _is_used(frame, one)]
    return pd.DataFrame(rows, columns=["reporter", "spelling", "rows", "status"])


def _is_used(frame: pd.DataFrame, entry: CategoryEntry) -> bool:
    hit = frame["category"].eq(entry.spelling).to_numpy()
    if entry.reporter:
        hit = hit & frame["reporter"].eq(entry.reporter).to_numpy()
    return bool(entry.holds_on(frame["occurred_from"].to_numpy()[hit].astype("datetime64[D]")).any())


def series_breaks(category_map: CategoryMap) -> pd.DataFrame:
    """List where a category's series is broken (reporter, category, date, reason).

    reason "marked": the map says that a code split is not bridged; "gap": from `date` on no spelling of the reporter
    stands for the category for a while; "ended": none ever again.
    """
    rows = [(one.reporter, one.category, one.valid_from, "marked") for one in category_map.entries if one.breaks]
    named = [one for one in category_map.entries if one.category]
    for key in dict.fromkeys((one.reporter, one.category) for one in named):
        rows += [(*key, *gap) for gap in _gaps([one for one in named if (one.reporter, one.category) == key])]
    breaks = pd.DataFrame(rows, columns=["reporter", "category", "date", "reason"])
    return breaks.sort_values(["category", "reporter", "date"], ignore_index=True)


def _gaps(entries: list[CategoryEntry]) -> Iterator[tuple[date, str]]:
    """First days on which none of the entries holds any more."""
    day = timedelta(days=1)
    ordered = sorted(entries, key=lambda one: one.valid_from)
    reach = ordered[0].valid_to
    for entry in ordered[1:]:
        if reach < date.max and entry.valid_from > reach + day:
            yield reach + day, "gap"
        reach = max(reach, entry.valid_to)
    if reach < date.max:
        yield reach + day, "ended"
